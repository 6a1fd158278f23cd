#include "waves.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kosei::query {
namespace {

// Something that has to come before: of two, the one that comes later counts, and then the lower.
struct Before {
  std::uint32_t wave = 0;
  LocalIndex node = kNoLocal;

  void Consider(const Before& other) {
    if (other.node == kNoLocal) return;
    if (node == kNoLocal || other.wave > wave || (other.wave == wave && other.node < node)) {
      *this = other;
    }
  }
};

class WaveCount {
 public:
  WaveCount(const LocalGraph& graph, const Components& components,
            const std::vector<std::uint8_t>& ordered)
      : graph_(graph), components_(components), ordered_(ordered) {
    waves_.of.resize(components.count(), 0);
    waves_.after.resize(components.count(), kNoLocal);
    waves_.lowest.resize(components.count(), kNoLocal);
    before_.resize(components.count());
  }

  Waves Run(OrderDirection direction) {
    for (std::uint32_t component = 0; component < components_.count(); ++component) {
      Place(component);
    }
    if (direction == OrderDirection::kNeededFirst) {
      for (std::uint32_t component = 0; component < components_.count(); ++component) {
        AskNeeded(component);
      }
    } else {
      for (std::uint32_t& wave : waves_.of) wave = waves_.count + 1 - wave;
      for (std::uint32_t component = components_.count(); component-- > 0;) TellNeeded(component);
    }
    for (std::uint32_t component = 0; component < components_.count(); ++component) {
      waves_.after[component] = before_[component].node;
    }
    return std::move(waves_);
  }

 private:
  // As early as what it needs, which has been placed before, allows.
  void Place(std::uint32_t component) {
    std::uint32_t wave = 0;
    for (const LocalIndex node : components_.Members(component)) {
      if (ordered_[node] != 0) {
        waves_.lowest[component] = std::min(waves_.lowest[component], node);
      }
      for (const Need& need : graph_.NeedsOf(node)) {
        const std::uint32_t needed = components_.of[need.from];
        if (needed != component) wave = std::max(wave, waves_.of[needed]);
      }
    }
    if (waves_.lowest[component] != kNoLocal) ++wave;
    waves_.of[component] = wave;
    waves_.count = std::max(waves_.count, wave);
  }

  // What stands at `node` for those beyond it: itself, or what stands before it.
  Before Standing(LocalIndex node) const {
    const std::uint32_t component = components_.of[node];
    if (ordered_[node] != 0) return {waves_.of[component], node};
    if (waves_.lowest[component] != kNoLocal) {
      return {waves_.of[component], waves_.lowest[component]};
    }
    return before_[component];
  }

  void AskNeeded(std::uint32_t component) {
    for (const LocalIndex node : components_.Members(component)) {
      for (const Need& need : graph_.NeedsOf(node)) {
        if (components_.of[need.from] == component) continue;
        before_[component].Consider(Standing(need.from));
      }
    }
  }

  // Backwards it is what needs a record that comes before it.
  void TellNeeded(std::uint32_t component) {
    for (const LocalIndex node : components_.Members(component)) {
      for (const Need& need : graph_.NeedsOf(node)) {
        const std::uint32_t needed = components_.of[need.from];
        if (needed != component) before_[needed].Consider(Standing(node));
      }
    }
  }

  const LocalGraph& graph_;
  const Components& components_;
  const std::vector<std::uint8_t>& ordered_;
  Waves waves_;
  std::vector<Before> before_;  // by component
};

}  // namespace

Waves WavesOf(const LocalGraph& graph, const Components& components,
              const std::vector<std::uint8_t>& ordered, OrderDirection direction) {
  return WaveCount(graph, components, ordered).Run(direction);
}

}  // namespace kosei::query
