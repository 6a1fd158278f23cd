// What Impact should answer, found the slow and obvious way: a list of links with their intervals,
// and a breadth-first search over maps.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kosei/query/impact.h"
#include "test_store.h"

namespace kosei::query {

class ReferenceGraph {
 public:
  explicit ReferenceGraph(const TestStore& store) : store_(store) {}

  // The same edit as the store took, with the commit it became.
  void Apply(const Edit& edit, CommitNumber commit);
  bool Holds(const std::string& key, CommitNumber commit) const;
  std::vector<std::string> KeysAt(CommitNumber commit) const;
  std::vector<NamedLink> LinksAt(CommitNumber commit) const;

  // Nodes, parents, vias, level ends and truncation as Impact must give them; nothing else is
  // filled in. Every root holds.
  ImpactAnswer Walk(CommitNumber commit, const ImpactRequest& request) const;

 private:
  struct Interval {
    CommitNumber begin;
    CommitNumber end = kOpenEnd;
    bool Has(CommitNumber commit) const { return begin <= commit && commit < end; }
  };
  struct Step {  // how a record is reached; the least one counts
    std::uint32_t parent;
    bool as_target;
    storage::TypeIndex type;
    auto operator<=>(const Step&) const = default;
  };

  const TestStore& store_;
  std::map<std::string, std::vector<Interval>> records_;
  std::map<std::vector<std::string>, std::vector<Interval>> links_;  // source, type, target
};

// A program-wide seed, printed with every failure; KOSEI_TEST_SEED repeats a run.
std::uint64_t TestSeed();

}  // namespace kosei::query
