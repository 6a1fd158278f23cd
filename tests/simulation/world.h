// The world of the simulation: time, what is to happen when, and what people do with records. Each
// deed is done through the client library, is expected to do exactly what the books say it has to,
// and is entered into them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ballots.h"
#include "books.h"
#include "provider.h"
#include "rules.h"
#include "sim_clock.h"

namespace kosei::simulation {

using Texts = std::vector<std::pair<std::string, std::string>>;

struct Deed {
  std::string event = {};  // empty: it is edited
  Texts attributes = {};
  Texts inputs = {};
  std::vector<client::ProcessLink> links = {};
  // What comes along: links of the transition's own, and classes of new records.
  std::vector<client::ProcessLink> brings = {};
  std::vector<std::string> creates = {};
  std::vector<std::string> list = {};  // the values of the attribute `attendees`
};

struct SimulatedDay {
  std::uint64_t commit = 0;  // the last one
  Timestamp at;
};

class World {
 public:
  World(Timestamp start, std::uint64_t seed) : provider(start, seed), dice(seed), now_(start) {}

  Timestamp now() const { return now_; }
  // `what` is done when it is time.
  void Plan(std::int64_t in_micros, std::function<void()> what);
  void PlanAt(Timestamp at, std::function<void()> what);
  // Whatever is planned before, in order. Stops where the test has failed.
  void LiveUntil(Timestamp end);

  // nullptr: it failed. Attributes and links are booked.
  Booked* Open(const std::string& person, const std::string& class_name, const Texts& attributes,
               const std::vector<client::ProcessLink>& links);
  bool Do(const std::string& person, Booked& record, const Deed& deed);
  void Note(const std::string& person, const Booked& record, bool work);
  // What the change would hit is worked out and kept on it, for those who decide.
  bool Assess(const std::string& person, Booked& change);

  // The approval of a record is asked for, by the transition that was just made.
  Asked& Ask(Booked& record, const std::string& policy, std::vector<AskedStep> steps,
             std::set<std::string> apart, std::int64_t expires_micros);
  void Withdraw(const Booked& record);
  // The newest one of a record; nullptr: there never was one.
  Asked* AskedOf(const std::string& record);
  // Somebody who is asked votes, or a deputy. False: nobody could.
  bool VoteOn(Booked& record, std::size_t rejects_percent);
  // What the system has done since with records whose approvals are decided.
  void NoticeDecisions(bool must);

  // The system has done it: the books follow, and look that it is so.
  void FollowSystem(Booked& record, std::string_view event);
  std::string Anyone(std::string_view role) { return dice.OneOf(PeopleWith(role)); }
  std::string AnyoneBut(std::string_view role, std::string_view other);
  void Tick() { MoveTo(After(now_, dice.Between(kSecond, 3 * kSecond))); }

  Provider provider;
  Books books;
  Dice dice;
  Ballots ballots;
  std::vector<SimulatedDay> days;
  std::size_t plans = 0;                      // that were opened besides
  std::vector<std::string> scrapped;          // hosts
  std::map<std::string, std::uint64_t> done;  // how often, by what

 private:
  using When = std::pair<Timestamp, std::uint64_t>;

  void MoveTo(Timestamp at) {
    now_ = at;
    provider.clock().MoveTo(at);
  }
  void DoWhatIsDue();
  void Enter(Booked& record, std::string_view state, std::uint64_t commit, Timestamp at);
  void SetDue(Booked& record);
  void SetDue(Booked& record, std::optional<Timestamp> due);
  void FollowDecision(Booked& record, Asked& asked, std::string_view followed, std::uint64_t commit,
                      Timestamp at);

  Timestamp now_;
  std::uint64_t planned_ = 0;
  std::map<When, std::function<void()>> agenda_;
  std::map<std::string, Asked> asked_;  // the newest, by record
  std::set<std::string> open_;          // records that wait for votes
  std::set<std::pair<Timestamp, std::string>> due_;
};

std::string TextOf(Timestamp at);
client::ProcessStep StepOf(const std::string& key, const Deed& deed);
// What it was refused for.
std::string Told(const client::ProcessOutcome& outcome);
// By the table of docs/processes/incident.md.
std::string PriorityOf(std::string_view impact, std::string_view urgency,
                       std::string_view criticality);

}  // namespace kosei::simulation
