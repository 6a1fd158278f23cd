// The k shortest loopless paths: Yen, "Finding the K Shortest Loopless Paths in a Network"
// (Management Science 17, 1971), with the partition of Lawler, "A Procedure for Computing the K
// Best Solutions to Discrete Optimization Problems" (Management Science 18, 1972), so that no path
// is found twice.
//
// It runs from the end back to the beginning, because paths are compared from their end backwards
// (paths.h): a set of paths that share their last steps is then a set with one prefix. A walk from
// the beginning has given each record its distance, which is never more than what is left to go
// once records are forbidden. So a set waits in the queue under a bound, and its best path is
// looked for only when the bound is the least of all, and among records that can keep it.
#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/paths.h"
#include "local_graph.h"
#include "roots.h"
#include "step_meter.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

using Chain = std::vector<LocalIndex>;  // from the end backwards

// The paths that begin with chain[0] .. chain[fork] and go on with none of `excluded`.
struct PathGroup {
  std::shared_ptr<const Chain> chain;  // shared by the groups that branch off from it
  std::size_t fork = 0;
  std::vector<LocalIndex> excluded = {};  // ascending
  std::size_t bound = 0;                  // no path of the group has fewer links
  bool found = false;                     // `chain` is its best path, of `bound` links
};

// Whether `a` comes out of the queue after `b`: what is not known yet may be better than what is.
struct ComesLater {
  bool operator()(const PathGroup& a, const PathGroup& b) const {
    if (a.bound != b.bound) return a.bound > b.bound;
    if (a.found != b.found) return a.found;
    return a.found && *a.chain > *b.chain;
  }
};

class NearestPathSearch {
 public:
  NearestPathSearch(const storage::GraphView& graph, const model::Schema& schema,
                    const Budget& budget)
      : graph_(graph),
        down_(FollowedLinks(schema, ImpactDirection::kDown)),
        up_(FollowedLinks(schema, ImpactDirection::kUp)),
        meter_(budget, "path") {}

  absl::StatusOr<CausalPaths> Run(NodeIndex from, NodeIndex to, std::size_t k) {
    KOSEI_ASSIGN_OR_RETURN(const bool reached, FindRecordsBetween(from, to));
    CausalPaths answer;
    if (!reached) return answer;
    from_ = local_.IndexOf(from);
    const LocalIndex end = local_.IndexOf(to);
    Push({.chain = std::make_shared<const Chain>(Chain{end}), .bound = left_[end]});
    std::vector<Chain> chains;
    while (!queue_.empty() && chains.size() <= k) {
      PathGroup group = queue_.top();
      queue_.pop();
      if (!group.found) {
        KOSEI_RETURN_IF_ERROR(FindBest(std::move(group)));
        continue;
      }
      chains.push_back(*group.chain);
      KOSEI_RETURN_IF_ERROR(Divide(group));
    }
    answer.more = chains.size() > k;
    if (answer.more) chains.pop_back();
    answer.count = chains.size();
    Tell(chains, answer);
    return answer;
  }

 private:
  // The records that failure of `from` reaches and `to` needs, each with its distance from `from`.
  absl::StatusOr<bool> FindRecordsBetween(NodeIndex from, NodeIndex to) {
    BreadthFirst forward(graph_, down_, meter_.budget());
    forward.Start({&from, 1});
    KOSEI_RETURN_IF_ERROR(WalkToTheEnd(forward, meter_));
    if (!forward.Reached(to)) return false;
    BreadthFirst backward(graph_, up_, meter_.budget());
    backward.Start({&to, 1});
    KOSEI_RETURN_IF_ERROR(WalkToTheEnd(backward, meter_));
    std::vector<std::pair<NodeIndex, std::uint32_t>> between;
    for (std::uint32_t depth = 0; depth < forward.level_ends().size(); ++depth) {
      for (const NodeIndex node : forward.Level(depth)) {
        if (backward.Reached(node)) between.emplace_back(node, depth);
      }
    }
    std::sort(between.begin(), between.end());
    std::vector<NodeIndex> nodes;
    nodes.reserve(between.size());
    left_.reserve(between.size());
    for (const auto& [node, depth] : between) {
      nodes.push_back(node);
      left_.push_back(depth);
    }
    KOSEI_ASSIGN_OR_RETURN(local_, LocalGraph::Make(graph_, up_, std::move(nodes), meter_));
    marks_.resize(local_.size(), 0);
    parents_.resize(local_.size(), kNoLocal);
    distances_.resize(local_.size(), 0);
    return true;
  }

  // A path that has been taken leaves the paths that share its beginning up to some record and go
  // on otherwise there: a group for each such record from the fork of its own group on.
  absl::Status Divide(const PathGroup& group) {
    const Chain& chain = *group.chain;
    ++mark_;
    for (std::size_t i = 0; i < group.fork; ++i) marks_[chain[i]] = mark_;
    for (std::size_t i = group.fork; i + 1 < chain.size(); ++i) {
      marks_[chain[i]] = mark_;
      std::vector<LocalIndex> excluded;
      if (i == group.fork) excluded = group.excluded;
      excluded.insert(std::upper_bound(excluded.begin(), excluded.end(), chain[i + 1]),
                      chain[i + 1]);
      std::size_t bound = SIZE_MAX;
      const std::span<const Need> needs = local_.NeedsOf(chain[i]);
      for (const Need& need : needs) {
        if (marks_[need.from] == mark_ ||
            std::binary_search(excluded.begin(), excluded.end(), need.from)) {
          continue;
        }
        bound = std::min(bound, i + 1 + left_[need.from]);
      }
      KOSEI_RETURN_IF_ERROR(meter_.Count(needs.size()));
      if (bound == SIZE_MAX) continue;
      Push({.chain = group.chain, .fork = i, .excluded = std::move(excluded), .bound = bound});
    }
    return meter_.CheckMemory(local_.Bytes() + bytes_);
  }

  // Breadth first from the fork, lowest record first, so that the first way that arrives is the
  // first in the order of paths. Records too far away for the bound are passed over; when that
  // leaves no way, the bound rises to the least that they would allow.
  absl::Status FindBest(PathGroup group) {
    const Chain& chain = *group.chain;
    const LocalIndex fork = chain[group.fork];
    ++mark_;
    for (std::size_t i = 0; i <= group.fork; ++i) marks_[chain[i]] = mark_;
    Chain reached = {fork};
    distances_[fork] = static_cast<std::uint32_t>(group.fork);
    std::size_t next_bound = SIZE_MAX;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      const LocalIndex node = reached[i];
      const std::span<const Need> needs = local_.NeedsOf(node);
      KOSEI_RETURN_IF_ERROR(meter_.Count(needs.size()));
      for (const Need& need : needs) {
        if (marks_[need.from] == mark_) continue;
        if (i == 0 && std::binary_search(group.excluded.begin(), group.excluded.end(), need.from)) {
          continue;
        }
        const std::size_t through = std::size_t{distances_[node]} + 1 + left_[need.from];
        if (through > group.bound) {
          next_bound = std::min(next_bound, through);
          continue;
        }
        marks_[need.from] = mark_;
        parents_[need.from] = node;
        distances_[need.from] = distances_[node] + 1;
        if (need.from == from_) {
          group.chain = std::make_shared<const Chain>(ChainThrough(group));
          group.found = true;
          Push(std::move(group));
          return absl::OkStatus();
        }
        reached.push_back(need.from);
      }
    }
    if (next_bound == SIZE_MAX) return absl::OkStatus();
    group.bound = next_bound;
    Push(std::move(group));
    return absl::OkStatus();
  }

  // The group's beginning, and from its fork on the way that has just been found.
  Chain ChainThrough(const PathGroup& group) const {
    Chain way;
    for (LocalIndex node = from_; node != (*group.chain)[group.fork]; node = parents_[node]) {
      way.push_back(node);
    }
    const auto begin = group.chain->begin();
    Chain chain(begin, begin + static_cast<std::ptrdiff_t>(group.fork) + 1);
    chain.insert(chain.end(), way.rbegin(), way.rend());
    return chain;
  }

  void Push(PathGroup group) {
    bytes_ += sizeof(PathGroup) + group.excluded.size() * sizeof(LocalIndex);
    if (group.found) bytes_ += group.chain->size() * sizeof(LocalIndex);
    queue_.push(std::move(group));
  }

  void Tell(const std::vector<Chain>& chains, CausalPaths& answer) const {
    struct Place {
      std::size_t distance;
      LocalIndex node;
      auto operator<=>(const Place&) const = default;
    };
    std::vector<Place> places;
    std::vector<std::uint64_t> paths(local_.size(), 0);
    for (const Chain& chain : chains) {
      std::vector<LinkStep>& steps = answer.paths.emplace_back();
      for (std::size_t i = chain.size(); i-- > 0;) {
        places.push_back({chain.size() - 1 - i, chain[i]});
        ++paths[chain[i]];
        if (i > 0) steps.push_back(local_.StepBetween(chain[i], chain[i - 1]));
      }
    }
    std::sort(places.begin(), places.end());
    for (const Place& place : places) {
      const std::uint64_t count = std::exchange(paths[place.node], 0);
      if (count > 0)
        answer.records.push_back({storage::RecordOf(local_.NodeAt(place.node)), count});
    }
  }

  const storage::GraphView& graph_;
  const CausalLinks down_;
  const CausalLinks up_;
  StepMeter meter_;
  LocalGraph local_;
  LocalIndex from_ = kNoLocal;
  std::vector<std::uint32_t> left_;  // by record: its distance from the beginning
  std::priority_queue<PathGroup, std::vector<PathGroup>, ComesLater> queue_;
  std::uint64_t bytes_ = 0;  // all that was ever queued: more than is kept
  // Of the search or division under way, by record.
  std::vector<std::uint32_t> marks_;  // forbidden or reached when it is mark_
  std::vector<LocalIndex> parents_;
  std::vector<std::uint32_t> distances_;
  std::uint32_t mark_ = 0;
};

}  // namespace

absl::StatusOr<CausalPaths> KShortestPaths(const storage::Reader& reader, const storage::View& view,
                                           const PathEnds& ends, std::size_t k,
                                           const Budget& budget) {
  if (k < 1 || k > kPathsMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("path: the %d shortest paths were asked for, expected 1 to %d",
                                     k, kPathsMax),
                     "k");
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, ends.from, "path from"));
  KOSEI_RETURN_IF_ERROR(CheckHolds(reader, graph, ends.to, "path to"));
  if (ends.from == ends.to) {
    return CausalPaths{.count = 1, .more = false, .paths = {{}}, .records = {{ends.from, 1}}};
  }
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  NearestPathSearch search(graph, *schema, budget);
  return search.Run(storage::NodeOf(ends.from), storage::NodeOf(ends.to), k);
}

}  // namespace kosei::query
