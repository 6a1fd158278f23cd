#include "components.h"

#include <algorithm>
#include <cstddef>

#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

constexpr std::uint32_t kNoComponent = UINT32_MAX;

class Tarjan {
 public:
  Tarjan(const LocalGraph& graph, StepMeter& meter)
      : graph_(graph), meter_(meter), seen_(graph.size(), 0), lowest_(graph.size(), 0) {
    found_.of.resize(graph.size(), kNoComponent);
    found_.members.reserve(graph.size());
  }

  absl::StatusOr<Components> Run() {
    KOSEI_RETURN_IF_ERROR(meter_.CheckMemory(graph_.Bytes() + graph_.size() * kBytesPerRecord));
    for (LocalIndex node = 0; node < graph_.size(); ++node) {
      if (seen_[node] == 0) KOSEI_RETURN_IF_ERROR(RunFrom(node));
    }
    return std::move(found_);
  }

 private:
  // Where a record of the current chain of needs is.
  struct Frame {
    LocalIndex node;
    std::uint32_t next;  // of its needs
  };
  static constexpr std::uint64_t kBytesPerRecord = sizeof(Frame) + 6 * sizeof(std::uint32_t);

  absl::Status RunFrom(LocalIndex root) {
    Enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const LocalIndex node = frame.node;
      const std::span<const Need> needs = graph_.NeedsOf(node);
      if (frame.next < needs.size()) {
        const LocalIndex needed = needs[frame.next++].from;
        if (seen_[needed] == 0) {
          Enter(needed);
        } else if (found_.of[needed] == kNoComponent) {
          lowest_[node] = std::min(lowest_[node], seen_[needed]);
        }
        continue;
      }
      KOSEI_RETURN_IF_ERROR(meter_.Count(needs.size()));
      frames_.pop_back();
      if (lowest_[node] == seen_[node]) Close(node);
      if (!frames_.empty()) {
        std::uint32_t& above = lowest_[frames_.back().node];
        above = std::min(above, lowest_[node]);
      }
    }
    return absl::OkStatus();
  }

  void Enter(LocalIndex node) {
    seen_[node] = lowest_[node] = ++entered_;
    open_.push_back(node);
    frames_.push_back({node, 0});
  }

  // `node` was the first of its component that was entered: all that are open since are of it.
  void Close(LocalIndex node) {
    const std::uint32_t component = found_.count();
    const std::size_t begin = found_.members.size();
    LocalIndex member = kNoLocal;
    do {
      member = open_.back();
      open_.pop_back();
      found_.of[member] = component;
      found_.members.push_back(member);
    } while (member != node);
    std::sort(found_.members.begin() + static_cast<std::ptrdiff_t>(begin), found_.members.end());
    found_.ends.push_back(static_cast<std::uint32_t>(found_.members.size()));
  }

  const LocalGraph& graph_;
  StepMeter& meter_;
  std::vector<std::uint32_t> seen_;    // by record: when it was entered, from 1 on; 0: not yet
  std::vector<std::uint32_t> lowest_;  // by record: the earliest entered that it is known to reach
  std::uint32_t entered_ = 0;
  std::vector<Frame> frames_;
  std::vector<LocalIndex> open_;  // entered, of no component yet
  Components found_;
};

}  // namespace

absl::StatusOr<Components> ComponentsOf(const LocalGraph& graph, StepMeter& meter) {
  return Tarjan(graph, meter).Run();
}

}  // namespace kosei::query
