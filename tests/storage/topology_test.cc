// The topology against a naive list of intervals: any commit, before, during and after merges, with
// readers running.
#include "topology.h"

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "pch.h"

namespace kosei::storage {
namespace {

constexpr NodeIndex kNodes = 40;

struct Naive {
  std::vector<LinkInterval> links;

  bool Holds(NodeIndex source, TypeIndex type, NodeIndex target, CommitNumber commit) const {
    for (const LinkInterval& link : links) {
      if (link.source == source && link.type == type && link.target == target &&
          link.begin <= commit && commit < link.end) {
        return true;
      }
    }
    return false;
  }
  std::multiset<std::pair<NodeIndex, TypeIndex>> Neighbours(LinkDirection direction, NodeIndex node,
                                                            CommitNumber commit) const {
    std::multiset<std::pair<NodeIndex, TypeIndex>> found;
    for (const LinkInterval& link : links) {
      if (link.begin > commit || commit >= link.end) continue;
      if (direction == LinkDirection::kOut && link.source == node)
        found.emplace(link.target, link.type);
      if (direction == LinkDirection::kIn && link.target == node)
        found.emplace(link.source, link.type);
    }
    return found;
  }
};

class Classes {
 public:
  Classes() : segments_(65'536) {}
  const std::atomic<std::uint16_t*>* get() const { return segments_.data(); }

 private:
  std::vector<std::atomic<std::uint16_t*>> segments_;
};

// No link of these tests becomes a timed one.
Timestamp NoTime(CommitNumber) { return {}; }

std::vector<LinkChange> RandomChanges(std::mt19937& random, Naive& naive, CommitNumber commit) {
  std::vector<LinkChange> changes;
  std::set<std::tuple<NodeIndex, TypeIndex, NodeIndex>> touched;
  const int count = static_cast<int>(random() % 4) + 1;
  for (int i = 0; i < count; ++i) {
    const NodeIndex source = random() % kNodes + 1;
    const NodeIndex target = random() % kNodes + 1;
    const auto type = static_cast<TypeIndex>(random() % 2 + 1);
    if (!touched.emplace(source, type, target).second) continue;
    const bool live = naive.Holds(source, type, target, commit);
    changes.push_back({RecordOf(source), RelationshipTypeNumber{type}, RecordOf(target),
                       live ? ChangeKind::kEnded : ChangeKind::kCreated});
    if (!live) {
      naive.links.push_back({source, target, type, commit, kOpenEnd});
      continue;
    }
    for (LinkInterval& link : naive.links) {
      if (link.source == source && link.type == type && link.target == target &&
          link.end == kOpenEnd) {
        link.end = commit;
      }
    }
  }
  return changes;
}

void ExpectSame(const Topology& topology, const Naive& naive, CommitNumber commit,
                const Classes& classes) {
  const GraphView graph(topology.state(), View{commit, kEndOfTime}, commit, kNodes + 1,
                        {classes.get(), nullptr});
  for (NodeIndex node = 1; node <= kNodes; ++node) {
    for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
      std::multiset<std::pair<NodeIndex, TypeIndex>> found;
      graph.ForEach(direction, node, [&found](NodeIndex neighbour, TypeIndex type) {
        found.emplace(neighbour, type);
      });
      ASSERT_EQ(found, naive.Neighbours(direction, node, commit))
          << "node " << node << " commit " << commit.value;
      for (const auto& [neighbour, type] : found) {
        if (direction == LinkDirection::kOut) ASSERT_TRUE(graph.HasLink(node, type, neighbour));
      }
    }
  }
}

TEST(Topology, AnswersLikeANaiveListInEveryPast) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Classes classes;
  for (int round = 0; round < 20; ++round) {
    Topology topology;
    Naive naive;
    for (std::uint64_t c = 1; c <= 60; ++c) {
      const CommitNumber commit{c};
      topology.Apply(commit, Timestamp{}, RandomChanges(random, naive, commit), NoTime);
      if (random() % 10 == 0) topology.MergeNow();
    }
    for (std::uint64_t c = 0; c <= 60; c += 1 + random() % 3)
      ExpectSame(topology, naive, CommitNumber{c}, classes);
    topology.MergeNow();
    for (std::uint64_t c = 0; c <= 60; c += 5)
      ExpectSame(topology, naive, CommitNumber{c}, classes);
  }
}

// Hundreds of merges: rows are written behind each other until there is no room, and then all move.
TEST(Topology, ManyMergesKeepEveryPast) {
  std::mt19937 random(11);
  const Classes classes;
  Topology topology;
  Naive naive;
  for (std::uint64_t c = 1; c <= 1'500; ++c) {
    topology.Apply(CommitNumber{c}, Timestamp{}, RandomChanges(random, naive, CommitNumber{c}),
                   NoTime);
    topology.MergeNow();
  }
  for (std::uint64_t c = 0; c <= 1'500; c += 50)
    ExpectSame(topology, naive, CommitNumber{c}, classes);
  const SettledTopology settled = topology.Settled();
  EXPECT_EQ(settled.covers, CommitNumber{1'500});
  EXPECT_LE(settled.base->out.ended.size(), 16U);
  EXPECT_LT(settled.base->out.nodes.size(), 8'192U);
}

TEST(Topology, ReadersOfAPinnedViewSeeOneGraphWhileOthersWriteAndMerge) {
  std::mt19937 random(7);
  const Classes classes;
  Topology topology;
  Naive naive;
  for (std::uint64_t c = 1; c <= 30; ++c) {
    topology.Apply(CommitNumber{c}, Timestamp{}, RandomChanges(random, naive, CommitNumber{c}),
                   NoTime);
  }
  const Naive then = naive;
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop.load()) ExpectSame(topology, then, CommitNumber{30}, classes);
  });
  for (std::uint64_t c = 31; c <= 400; ++c) {
    topology.Apply(CommitNumber{c}, Timestamp{}, RandomChanges(random, naive, CommitNumber{c}),
                   NoTime);
  }
  topology.MergeNow();
  stop.store(true);
  reader.join();
  ExpectSame(topology, naive, CommitNumber{400}, classes);
}

}  // namespace
}  // namespace kosei::storage
