// TrailStack: a path that never uses a link twice, and on each of its levels the ways in which it
// may go on. Whoever walks adds the ways of a level and then takes one after the other, depth
// first, without recursion: a path may be as long as there are links.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "engine/run.h"
#include "kosei/language/datum.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

class TrailStack {
 public:
  // A link, and the record that it leads to.
  struct Hop {
    language::LinkRef link;
    storage::NodeIndex to = 0;
  };

  // Each way is `stride` hops, at least one.
  explicit TrailStack(std::size_t stride) : stride_(stride) {}

  // A path without hops, and no ways.
  void Begin() {
    path_.clear();
    used_.clear();
    ways_.clear();
    levels_.clear();
  }
  std::span<const Hop> path() const { return path_; }
  std::size_t length() const { return path_.size() / stride_; }  // in ways
  bool done() const { return levels_.empty(); }

  // The ways behind the path are what is added between these two; in units of `stride` hops.
  void OpenLevel() { opened_ = ways_.size(); }
  void Add(Hop hop) { ways_.push_back(hop); }
  // False: there are none, so there is no level; or the run failed.
  bool CloseLevel(Run& run) {
    if (ways_.size() == opened_ || !Charge(run)) return false;
    levels_.push_back({opened_, opened_, false});
    return true;
  }

  // Takes the next way of the highest level, in place of the one before it. False: that was none,
  // or one that uses a link again; try again until done().
  bool Advance() {
    Level& level = levels_.back();
    if (level.taken) Shorten();
    level.taken = false;
    if (level.next == ways_.size()) {
      ways_.resize(level.begin);
      levels_.pop_back();
      return false;
    }
    const std::size_t way = level.next;
    level.next += stride_;
    for (std::size_t i = way; i < way + stride_; ++i) {
      if (IsUsed(ways_[i].link)) return false;
    }
    for (std::size_t i = way; i < way + stride_; ++i) Lengthen(ways_[i]);
    level.taken = true;
    return true;
  }

 private:
  // The links of longer paths are looked up, those of short ones compared one by one.
  static constexpr std::size_t kShortPath = 32;

  struct LinkHash {
    std::size_t operator()(language::LinkRef link) const {
      const std::uint64_t ends = std::uint64_t{link.source} << 32 | link.target;
      return (ends ^ link.type) * 0x9E37'79B9'7F4A'7C15;
    }
  };
  // Its ways stand in ways_ from `begin` on, up to those of the next level.
  struct Level {
    std::size_t begin;
    std::size_t next;
    bool taken;
  };

  bool IsUsed(language::LinkRef link) const {
    if (path_.size() > kShortPath) return used_.contains(link);
    return std::any_of(path_.begin(), path_.end(),
                       [&](const Hop& hop) { return hop.link == link; });
  }
  void Lengthen(const Hop& hop) {
    path_.push_back(hop);
    if (path_.size() < kShortPath + 1) return;
    if (path_.size() > kShortPath + 1) {
      used_.insert(hop.link);
      return;
    }
    for (const Hop& each : path_) used_.insert(each.link);
  }
  void Shorten() {
    for (std::size_t i = 0; i < stride_; ++i) {
      if (path_.size() > kShortPath + 1) used_.erase(path_.back().link);
      path_.pop_back();
      if (path_.size() == kShortPath) used_.clear();
    }
  }
  // What was charged once is kept for the next paths.
  bool Charge(Run& run) {
    const std::size_t bytes = (ways_.capacity() + path_.capacity()) * sizeof(Hop) +
                              used_.capacity() * (sizeof(language::LinkRef) + 1) +
                              levels_.capacity() * sizeof(Level);
    if (bytes <= charged_) return !run.failed();
    const auto more = static_cast<std::int64_t>(bytes - charged_);
    charged_ = bytes;
    return run.Charge(more) && !run.failed();
  }

  const std::size_t stride_;
  std::vector<Hop> path_;
  absl::flat_hash_set<language::LinkRef, LinkHash> used_;  // of a path that is not short
  std::vector<Hop> ways_;
  std::vector<Level> levels_;
  std::size_t opened_ = 0;
  std::size_t charged_ = 0;
};

}  // namespace kosei::query
