// Many small random graphs in one store, each of records of its own, with a past: and what should
// be answered about one of them, found the slow and obvious way.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kosei/query/order.h"
#include "kosei/query/paths.h"
#include "kosei/query/trace.h"
#include "test_store.h"

namespace kosei::query {

// What holds in one View, by record id.
struct SmallGraph {
  storage::View view;
  std::vector<RecordId> records;  // ascending
  struct Link {
    RecordId source;
    std::string type;
    RecordId target;
    auto operator<=>(const Link&) const = default;
  };
  std::set<Link> links;

  // Who needs whom: needs[a] has the step from what a needs, which is the lowest, by that record.
  std::map<RecordId, std::map<RecordId, LinkStep>> Needs(const TestStore& store) const;
};

// `count` graphs at two commits: the second ends some links and makes others.
class SmallGraphs {
 public:
  SmallGraphs(TestStore& store, std::uint64_t seed, int count);

  std::vector<SmallGraph> graphs;  // each at both commits

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  NamedLink SomeLink(const std::vector<std::string>& keys);

  std::mt19937_64 random_;
};

using NaivePath = std::vector<RecordId>;

// Every loopless path from one record to another, in the order of paths.h.
std::vector<NaivePath> AllPaths(const TestStore& store, const SmallGraph& graph, PathEnds ends);

// What Order should answer, without OrderCycle::steps.
struct NaiveOrder {
  std::uint32_t waves = 0;
  std::vector<OrderedRecord> records;     // `after` left out
  std::vector<std::set<RecordId>> after;  // by position in `records`: any of these
  std::vector<std::pair<std::uint32_t, std::uint64_t>> cycles;  // wave and size
};
NaiveOrder OrderOf(const TestStore& store, const SmallGraph& graph, const std::set<RecordId>& set,
                   OrderDirection direction, OrderLinks links);

}  // namespace kosei::query
