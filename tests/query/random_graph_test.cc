// Random stores with histories, asked in random Views, against the slow and obvious answer
// (reference_walk.h): every array must be equal, so that order, distances and paths are, too.
#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_format.h"
#include "reference_walk.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

constexpr const char* kTypes[] = {"needs", "owned_by", "gives", "runs_on"};

class RandomGraph {
 public:
  RandomGraph(TestStore& store, std::uint64_t seed)
      : store_(store), reference_(store), random_(seed) {}

  const ReferenceGraph& reference() const { return reference_; }
  CommitNumber newest() const { return newest_; }
  std::size_t Below(std::size_t bound) { return random_() % bound; }

  // One commit with some of everything.
  void Grow(std::size_t records, std::size_t links) {
    Edit edit;
    std::vector<std::string> keys = reference_.KeysAt(newest_);
    for (std::size_t i = 0; i < records; ++i) {
      edit.add.push_back(absl::StrFormat("k%d", ++made_));
      keys.push_back(edit.add.back());
    }
    EndSome(edit, keys);
    std::map<std::vector<std::string>, bool> there;
    for (const NamedLink& link : reference_.LinksAt(newest_)) {
      const bool ends = std::count(edit.end.begin(), edit.end.end(), link.source) +
                            std::count(edit.end.begin(), edit.end.end(), link.target) >
                        0;
      if (!ends && Below(12) == 0) {
        edit.unlink.push_back(link);
      } else {
        there[{link.source, link.type, link.target}] = true;
      }
    }
    for (const NamedLink& link : edit.unlink) there[{link.source, link.type, link.target}] = true;
    for (std::size_t i = 0; i < links && !keys.empty(); ++i) {
      // Squared, so that some records are needed by many.
      const std::size_t from = Below(keys.size());
      const std::size_t to = Below(Below(keys.size()) + 1);
      const NamedLink link{keys[from], kTypes[Below(4)], keys[to]};
      if (!std::exchange(there[{link.source, link.type, link.target}], true)) {
        edit.link.push_back(link);
      }
    }
    const CommitNumber commit = store_.Apply(edit);
    if (commit == kNoCommit) return;
    newest_ = commit;
    reference_.Apply(edit, commit);
  }

  CommitNumber SomeCommit() { return CommitNumber{1 + Below(newest_.value)}; }
  std::vector<std::string> SomeKeys(CommitNumber commit, std::size_t count) {
    std::vector<std::string> keys = reference_.KeysAt(commit);
    std::shuffle(keys.begin(), keys.end(), random_);
    keys.resize(std::min(keys.size(), count));
    return keys;
  }

 private:
  void EndSome(Edit& edit, std::vector<std::string>& keys) {
    while (Below(3) == 0 && keys.size() > edit.add.size()) {
      const std::size_t victim = Below(keys.size() - edit.add.size());
      edit.end.push_back(keys[victim]);
      keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(victim));
    }
  }

  TestStore& store_;
  ReferenceGraph reference_;
  std::mt19937_64 random_;
  CommitNumber newest_;
  int made_ = 0;
};

void ExpectSame(const ImpactAnswer& answer, const ImpactAnswer& expected) {
  ASSERT_EQ(answer.nodes, expected.nodes);
  EXPECT_EQ(answer.level_ends, expected.level_ends);
  EXPECT_EQ(answer.parents, expected.parents);
  EXPECT_EQ(answer.vias, expected.vias);
  ASSERT_EQ(answer.truncated.has_value(), expected.truncated.has_value());
  if (!expected.truncated.has_value()) return;
  EXPECT_EQ(answer.truncated->reason, expected.truncated->reason);
  EXPECT_EQ(answer.truncated->depth, expected.truncated->depth);
  EXPECT_EQ(answer.truncated->frontier, expected.truncated->frontier);
}

// Each step is a link of the View that carries failure that way, and there are as many as the
// distance says.
void ExpectRealPath(const TestStore& store, const ReferenceGraph& reference, CommitNumber commit,
                    const ImpactAnswer& answer, std::uint64_t position, ImpactDirection direction) {
  const std::vector<NamedLink> links = reference.LinksAt(commit);
  const std::vector<PathStep> path = PathTo(answer, position);
  EXPECT_EQ(path.size(), answer.DistanceOf(position));
  for (const PathStep& step : path) {
    const bool from_is_target =
        (step.type != store.Type("gives")) == (direction == ImpactDirection::kDown);
    const std::string source = store.Key(from_is_target ? step.to : step.from);
    const std::string target = store.Key(from_is_target ? step.from : step.to);
    const bool real = std::any_of(links.begin(), links.end(), [&](const NamedLink& link) {
      return link.source == source && link.target == target && store.Type(link.type) == step.type &&
             link.type != "owned_by";
    });
    EXPECT_TRUE(real) << source << " " << step.type.value << " " << target;
  }
}

void AskImpact(const TestStore& store, RandomGraph& graph) {
  const CommitNumber commit = graph.SomeCommit();
  ImpactRequest request;
  for (const std::string& key : graph.SomeKeys(commit, 1 + graph.Below(3))) {
    request.roots.push_back(store.Id(key));
  }
  if (request.roots.empty()) return;
  request.direction = graph.Below(2) == 0 ? ImpactDirection::kDown : ImpactDirection::kUp;
  if (graph.Below(2) == 0) request.depth = static_cast<std::uint32_t>(graph.Below(5));
  SCOPED_TRACE(absl::StrFormat("commit %d, root %s, depth %d", commit.value,
                               store.Key(request.roots[0]),
                               request.depth.has_value() ? static_cast<int>(*request.depth) : -1));
  ASSERT_OK_AND_ASSIGN(const ImpactAnswer answer,
                       Impact(store.reader(), store.At(commit), request, store.Unlimited()));
  ExpectSame(answer, graph.reference().Walk(commit, request));
  const std::uint64_t position = graph.Below(answer.nodes.size());
  ExpectRealPath(store, graph.reference(), commit, answer, position, request.direction);
}

void AskPath(const TestStore& store, RandomGraph& graph) {
  const CommitNumber commit = graph.SomeCommit();
  const std::vector<std::string> ends = graph.SomeKeys(commit, 2);
  if (ends.size() < 2) return;
  const RecordId from = store.Id(ends[0]);
  const RecordId to = store.Id(ends[1]);
  SCOPED_TRACE(absl::StrFormat("commit %d, path from %s to %s", commit.value, ends[0], ends[1]));
  ASSERT_OK_AND_ASSIGN(const auto path,
                       CausalPath(store.reader(), store.At(commit), from, to, store.Unlimited()));
  const ImpactAnswer reached = graph.reference().Walk(commit, {.roots = {from}});
  const auto place = std::find(reached.nodes.begin(), reached.nodes.end(), storage::NodeOf(to));
  ASSERT_EQ(path.has_value(), place != reached.nodes.end());
  if (!path.has_value()) return;
  const auto position = static_cast<std::uint64_t>(place - reached.nodes.begin());
  EXPECT_EQ(Told(store, *path), Told(store, PathTo(reached, position)));
}

void AskMany(const TestStore& store, RandomGraph& graph, int questions) {
  for (int i = 0; i < questions && !::testing::Test::HasFailure(); ++i) {
    AskImpact(store, graph);
    AskPath(store, graph);
  }
}

TEST(RandomGraphs, ImpactAndPathsAreThoseOfTheReference) {
  for (std::uint64_t run = 0; run < 4; ++run) {
    SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d, run %d", TestSeed(), run));
    TestStore store;
    RandomGraph graph(store, TestSeed() + run);
    for (int commit = 0; commit < 50; ++commit) {
      graph.Grow(graph.Below(4), graph.Below(12));
      if (graph.newest() == kNoCommit) continue;
      AskMany(store, graph, 5);
      // Sometimes everything so far becomes the base, and what follows a delta on it.
      if (graph.Below(16) == 0) store.Reopen();
    }
    store.Reopen();
    AskMany(store, graph, 250);
  }
}

TEST(RandomGraphs, BigLevelsAreInOrderAsWell) {
  SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d", TestSeed()));
  TestStore store;
  RandomGraph graph(store, TestSeed());
  graph.Grow(3'000, 9'000);
  graph.Grow(10, 1'000);
  AskMany(store, graph, 20);
  store.Reopen();
  graph.Grow(10, 1'000);
  AskMany(store, graph, 20);
}

}  // namespace
}  // namespace kosei::query
