// Thousands of small graphs, in the present and in the past, against every path found one by one,
// every step of a trace taken one by one, and an order made of what has to come before what.
#include <algorithm>
#include <deque>

#include "absl/strings/str_format.h"
#include "reference_walk.h"
#include "small_graphs.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

class RandomPaths : public ::testing::Test {
 protected:
  static constexpr int kGraphs = 400;

  // ask(graph, random) for each graph of several stores, whose newest commit lies in the topology's
  // delta, or in its base.
  template <typename Ask>
  void WithEach(Ask&& ask) {
    for (std::uint64_t run = 0; run < 4; ++run) {
      TestStore store;
      const SmallGraphs small(store, TestSeed() + run, kGraphs);
      if (run % 2 == 1) store.Reopen();
      std::mt19937_64 random(TestSeed() + run);
      for (std::size_t i = 0; i < small.graphs.size() && !HasFailure(); ++i) {
        SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d, run %d, graph %d", TestSeed(), run, i));
        ask(store, small.graphs[i], random);
      }
    }
  }

  static PathEnds SomeEnds(const SmallGraph& graph, std::mt19937_64& random) {
    return {graph.records[random() % graph.records.size()],
            graph.records[random() % graph.records.size()]};
  }
};

std::vector<LinkStep> StepsOf(const TestStore& store, const SmallGraph& graph,
                              const NaivePath& path) {
  const auto needs = graph.Needs(store);
  std::vector<LinkStep> steps;
  for (std::size_t i = 1; i < path.size(); ++i) {
    steps.push_back(needs.at(path[i]).at(path[i - 1]));
  }
  return steps;
}

void ExpectPaths(const TestStore& store, const SmallGraph& graph, const CausalPaths& answer,
                 const std::vector<NaivePath>& counted, std::size_t listed) {
  EXPECT_EQ(answer.count, counted.size());
  ASSERT_EQ(answer.paths.size(), std::min(listed, counted.size()));
  for (std::size_t i = 0; i < answer.paths.size(); ++i) {
    EXPECT_EQ(answer.paths[i], StepsOf(store, graph, counted[i])) << "path " << i;
  }
  std::map<RecordId, std::pair<std::size_t, std::uint64_t>> through;  // least distance, paths
  for (const NaivePath& path : counted) {
    for (std::size_t i = 0; i < path.size(); ++i) {
      auto& [distance, paths] = through.try_emplace(path[i], i, 0).first->second;
      distance = std::min(distance, i);
      ++paths;
    }
  }
  std::vector<std::pair<std::size_t, RecordId>> order;
  for (const auto& [record, place] : through) order.emplace_back(place.first, record);
  std::sort(order.begin(), order.end());
  ASSERT_EQ(answer.records.size(), order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    EXPECT_EQ(answer.records[i].record, order[i].second);
    EXPECT_EQ(answer.records[i].paths, through[order[i].second].second);
  }
}

TEST_F(RandomPaths, AllShortestOnesAreCountedAndListedInOrder) {
  WithEach([](const TestStore& store, const SmallGraph& graph, std::mt19937_64& random) {
    const PathEnds ends = SomeEnds(graph, random);
    const std::size_t listed = random() % 6;
    ASSERT_OK_AND_ASSIGN(
        const CausalPaths answer,
        AllShortestPaths(store.reader(), graph.view, ends, listed, store.Unlimited()));
    std::vector<NaivePath> shortest = AllPaths(store, graph, ends);
    std::erase_if(shortest, [length = shortest.empty() ? 0 : shortest[0].size()](
                                const NaivePath& path) { return path.size() > length; });
    EXPECT_FALSE(answer.more);
    ExpectPaths(store, graph, answer, shortest, listed);
    ASSERT_OK_AND_ASSIGN(const auto path, CausalPath(store.reader(), graph.view, ends.from, ends.to,
                                                     store.Unlimited()));
    ASSERT_EQ(path.has_value(), !shortest.empty());
    if (!path.has_value() || answer.paths.empty()) return;
    EXPECT_EQ(Told(store, *path), Told(store, answer.paths[0]));
  });
}

TEST_F(RandomPaths, TheShortestLooplessOnesComeInOrder) {
  WithEach([](const TestStore& store, const SmallGraph& graph, std::mt19937_64& random) {
    const PathEnds ends = SomeEnds(graph, random);
    const std::size_t k = 1 + random() % 20;
    ASSERT_OK_AND_ASSIGN(const CausalPaths answer,
                         KShortestPaths(store.reader(), graph.view, ends, k, store.Unlimited()));
    std::vector<NaivePath> paths = AllPaths(store, graph, ends);
    EXPECT_EQ(answer.more, paths.size() > k);
    paths.resize(std::min(paths.size(), k));
    ExpectPaths(store, graph, answer, paths, k);
  });
}

// Each record by the first step that gets there, taken in the order that impact.h names.
std::vector<std::string> Traced(const TestStore& store, const SmallGraph& graph,
                                const TraceRequest& request) {
  struct Way {
    RecordId to;
    bool as_target;
    RelationshipTypeNumber type;
    auto operator<=>(const Way&) const = default;
  };
  std::multimap<RecordId, Way> ways;
  for (const SmallGraph::Link& link : graph.links) {
    for (const TracedType& traced : request.over) {
      if (traced.type != store.Type(link.type)) continue;
      if (traced.way != TraceWay::kIn) {
        ways.insert({link.source, {link.target, true, traced.type}});
      }
      if (traced.way != TraceWay::kOut) {
        ways.insert({link.target, {link.source, false, traced.type}});
      }
    }
  }
  std::set<RecordId> reached(request.roots.begin(), request.roots.end());
  std::vector<RecordId> level(request.roots.begin(), request.roots.end());
  std::vector<std::string> told;
  for (std::uint32_t distance = 1; !level.empty(); ++distance) {
    if (request.depth.has_value() && distance > *request.depth) break;
    struct Entry {
      std::size_t parent;
      bool as_target;
      RelationshipTypeNumber type;
      auto operator<=>(const Entry&) const = default;
    };
    std::map<RecordId, Entry> next;
    for (std::size_t i = 0; i < level.size(); ++i) {
      const auto [begin, end] = ways.equal_range(level[i]);
      for (auto way = begin; way != end; ++way) {
        if (reached.contains(way->second.to)) continue;
        const Entry entry{i, way->second.as_target, way->second.type};
        const auto [known, fresh] = next.try_emplace(way->second.to, entry);
        if (!fresh) known->second = std::min(known->second, entry);
      }
    }
    std::vector<RecordId> records;
    for (const auto& [record, entry] : next) {
      reached.insert(record);
      records.push_back(record);
      told.push_back(absl::StrFormat("%d %s<%s %d %s", distance, store.Key(record),
                                     store.Key(level[entry.parent]), entry.type.value,
                                     entry.as_target ? "out" : "in"));
    }
    level = records;
  }
  return told;
}

TEST_F(RandomPaths, ATraceIsTheOneTakenStepByStep) {
  WithEach([](const TestStore& store, const SmallGraph& graph, std::mt19937_64& random) {
    TraceRequest request;
    std::vector<RecordId> records = graph.records;
    std::shuffle(records.begin(), records.end(), random);
    request.roots.assign(records.begin(), records.begin() + 1 + random() % 2);
    for (const char* type : {"needs", "owned_by", "gives", "runs_on"}) {
      if (random() % 2 == 0) continue;
      request.over.push_back({store.Type(type), static_cast<TraceWay>(1 + random() % 3)});
    }
    if (request.over.empty()) request.over.push_back({store.Type("needs"), TraceWay::kBoth});
    if (random() % 2 == 0) request.depth = static_cast<std::uint32_t>(random() % 4);
    if (random() % 2 == 0) request.classes = {store.Class("Machine")};
    ASSERT_OK_AND_ASSIGN(const TraceAnswer answer,
                         Trace(store.reader(), graph.view, request, store.Unlimited()));
    std::vector<std::string> told;
    std::vector<std::uint32_t> listed;
    const ImpactAnswer& reached = answer.reached;
    for (std::uint64_t i = reached.root_count(); i < reached.nodes.size(); ++i) {
      const RecordId record = storage::RecordOf(reached.nodes[i]);
      told.push_back(
          absl::StrFormat("%d %s<%s %d %s", reached.DistanceOf(i), store.Key(record),
                          store.Key(storage::RecordOf(reached.nodes[reached.parents[i]])),
                          reached.vias[i], answer.inverse[i] == 0 ? "out" : "in"));
      if (request.classes.empty() || store.reader().ClassOf(record) == store.Class("Machine")) {
        listed.push_back(static_cast<std::uint32_t>(i));
      }
      for (const LinkStep& step : StepsTo(answer, i)) {
        const auto has = [&](const SmallGraph::Link& link) {
          return store.Type(link.type) == step.type &&
                 link.source == (step.inverse ? step.to : step.from) &&
                 link.target == (step.inverse ? step.from : step.to);
        };
        EXPECT_TRUE(std::any_of(graph.links.begin(), graph.links.end(), has));
      }
    }
    EXPECT_EQ(told, Traced(store, graph, request));
    EXPECT_EQ(answer.listed, listed);
  });
}

// It begins and ends at the lowest member, names another one, and each step is a link.
void ExpectCycle(const TestStore& store, const SmallGraph& graph, const OrderAnswer& answer,
                 std::uint32_t cycle) {
  std::set<RecordId> members;
  for (const OrderedRecord& ordered : answer.records) {
    if (ordered.cycle == cycle) members.insert(ordered.record);
  }
  const std::vector<LinkStep>& steps = answer.cycles[cycle].steps;
  ASSERT_GE(steps.size(), 2U);
  EXPECT_EQ(steps.front().from, *members.begin());
  EXPECT_EQ(steps.back().to, *members.begin());
  const auto needs = graph.Needs(store);
  bool another = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (i > 0) EXPECT_EQ(steps[i].from, steps[i - 1].to);
    EXPECT_EQ(steps[i], needs.at(steps[i].to).at(steps[i].from));
    another = another || (steps[i].to != *members.begin() && members.contains(steps[i].to));
  }
  EXPECT_TRUE(another);
}

void AskOrder(const TestStore& store, const SmallGraph& graph, const OrderRequest& request,
              const std::set<RecordId>& set) {
  ASSERT_OK_AND_ASSIGN(const OrderAnswer answer,
                       Order(store.reader(), graph.view, request, store.Unlimited()));
  const NaiveOrder expected = OrderOf(store, graph, set, request.direction, request.links);
  EXPECT_EQ(answer.waves, expected.waves);
  const auto told = [&](const std::vector<OrderedRecord>& records) {
    std::vector<std::string> lines;
    for (const OrderedRecord& one : records) {
      lines.push_back(absl::StrFormat("%d %d cycle %d", one.wave, one.record.value,
                                      static_cast<int>(one.cycle)));
    }
    return lines;
  };
  ASSERT_EQ(told(answer.records), told(expected.records));
  for (std::size_t i = 0; i < answer.records.size(); ++i) {
    const RecordId after = answer.records[i].after;
    EXPECT_TRUE(after.value == 0 ? expected.after[i].empty() : expected.after[i].contains(after));
  }
  ASSERT_EQ(answer.cycles.size(), expected.cycles.size());
  for (std::uint32_t i = 0; i < answer.cycles.size(); ++i) {
    EXPECT_EQ(answer.cycles[i].wave, expected.cycles[i].first);
    EXPECT_EQ(answer.cycles[i].size, expected.cycles[i].second);
    ExpectCycle(store, graph, answer, i);
  }
}

TEST_F(RandomPaths, AnOrderHasWavesAndCyclesAsWhatHasToComeFirstDemands) {
  WithEach([](const TestStore& store, const SmallGraph& graph, std::mt19937_64& random) {
    OrderRequest request;
    std::set<RecordId> set;
    for (const RecordId record : graph.records) {
      if (random() % 3 != 0) set.insert(record);
    }
    if (set.empty()) set.insert(graph.records.front());
    request.records.assign(set.begin(), set.end());
    for (const OrderDirection direction :
         {OrderDirection::kNeededFirst, OrderDirection::kNeededLast}) {
      for (const OrderLinks links : {OrderLinks::kDirect, OrderLinks::kThrough}) {
        SCOPED_TRACE(absl::StrFormat("direction %d, links %d", static_cast<int>(direction),
                                     static_cast<int>(links)));
        request.direction = direction;
        request.links = links;
        AskOrder(store, graph, request, set);
      }
    }
  });
}

TEST_F(RandomPaths, AnOrderOfWhatIsHitOrNeededIsOneOfThese) {
  WithEach([](const TestStore& store, const SmallGraph& graph, std::mt19937_64& random) {
    const RecordId root = graph.records[random() % graph.records.size()];
    const ImpactDirection direction =
        random() % 2 == 0 ? ImpactDirection::kDown : ImpactDirection::kUp;
    ASSERT_OK_AND_ASSIGN(const ImpactAnswer reached,
                         Impact(store.reader(), graph.view,
                                {.roots = {root}, .direction = direction}, store.Unlimited()));
    OrderRequest request;
    (direction == ImpactDirection::kDown ? request.affected_by : request.needed_by) = {root};
    if (random() % 2 == 0) request.classes = {store.Class("Machine")};
    std::set<RecordId> set;
    for (const storage::NodeIndex node : reached.nodes) {
      const RecordId record = storage::RecordOf(node);
      if (request.classes.empty() || store.reader().ClassOf(record) == store.Class("Machine")) {
        set.insert(record);
      }
    }
    request.records = {graph.records.front()};
    set.insert(graph.records.front());
    AskOrder(store, graph, request, set);
  });
}

}  // namespace
}  // namespace kosei::query
