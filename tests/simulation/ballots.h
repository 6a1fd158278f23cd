// Approvals, counted the simple way: who may vote, who counts, and what the votes come to, by the
// words of docs/processes/approvals.md.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/time.h"

namespace kosei::simulation {

struct Away {
  std::string person;
  std::string deputy;  // empty: none
  Timestamp from, to;
  bool Holds(Timestamp at) const { return from <= at && at < to; }
};

enum class Decision : std::uint8_t { kOpen, kApproved, kRejected, kExpired, kWithdrawn };

struct AskedStep {
  std::string name;
  std::set<std::string> members;             // without those who are kept apart
  bool half = false;                         // of those who count; otherwise any one decides
  std::map<std::string, bool> ballots = {};  // whether it rejects, by whose voice it is
  std::set<std::string> voters = {};
  Decision decision = Decision::kOpen;
};

// What was asked of those who decide on one record.
struct Asked {
  std::string record;
  std::string policy;
  bool in_order = false;
  std::set<std::string> apart;
  std::vector<AskedStep> steps;
  Timestamp seen;  // up to when it was counted
  Timestamp expires;
  Decision decision = Decision::kOpen;

  // nullptr: none is open.
  AskedStep* OpenStep();
};

class Ballots {
 public:
  void Add(Away away) { away_.push_back(std::move(away)); }
  bool IsAway(std::string_view person, Timestamp at) const;
  // Who may stand in for somebody in a step now; empty: nobody.
  std::string DeputyFor(const Asked& asked, const AskedStep& step, std::string_view person,
                        Timestamp at) const;
  // What absences and time alone make of it.
  void Advance(Asked& asked, Timestamp to) const;
  void Count(Asked& asked, AskedStep& step, const std::string& voter, const std::string& person,
             bool rejects, Timestamp at) const;
  // Absences that begin or end.
  const std::vector<Away>& away() const { return away_; }

 private:
  void Settle(Asked& asked, Timestamp at) const;
  void SettleStep(const Asked& asked, AskedStep& step, Timestamp at) const;

  std::vector<Away> away_;
};

}  // namespace kosei::simulation
