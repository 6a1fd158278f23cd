// LocalGraph: the links that carry failure among chosen records, as arrays of their own. Questions
// that look at the same links again and again ask these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "causal_links.h"
#include "kosei/query/paths.h"
#include "kosei/storage/graph.h"
#include "step_meter.h"

namespace kosei::query {

// A record's position among the chosen ones, which ascend by id: comparing two compares their ids.
using LocalIndex = std::uint32_t;
inline constexpr LocalIndex kNoLocal = UINT32_MAX;

// One of the records that another needs.
struct Need {
  LocalIndex from;
  storage::TypeIndex type;
  bool inverse;  // LinkStep::inverse of the step from it
};

class LocalGraph {
 public:
  // `nodes` ascend, without duplicates; `up` are the links against failure.
  static absl::StatusOr<LocalGraph> Make(const storage::GraphView& graph, const CausalLinks& up,
                                         std::vector<storage::NodeIndex> nodes, StepMeter& meter);

  std::size_t size() const { return nodes_.size(); }
  std::span<const storage::NodeIndex> nodes() const { return nodes_; }
  storage::NodeIndex NodeAt(LocalIndex index) const { return nodes_[index]; }
  // `node` is one of the chosen.
  LocalIndex IndexOf(storage::NodeIndex node) const;
  // What it needs of the chosen, ascending, each once (paths.h says over which link) and itself
  // never.
  std::span<const Need> NeedsOf(LocalIndex index) const {
    const std::uint32_t begin = index == 0 ? 0 : need_ends_[index - 1];
    return std::span(needs_).subspan(begin, need_ends_[index] - begin);
  }
  // The step from `from` to `to`, which needs it.
  LinkStep StepBetween(LocalIndex from, LocalIndex to) const;
  std::uint64_t Bytes() const;

 private:
  std::vector<storage::NodeIndex> nodes_;
  std::vector<std::uint32_t> need_ends_;  // by record: where its needs end
  std::vector<Need> needs_;
};

}  // namespace kosei::query
