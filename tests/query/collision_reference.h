// Collisions of planned work, found the slow and obvious way: hour by hour, each set of changes
// simulated anew (state_reference.h).
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/query/collisions.h"
#include "state_reference.h"
#include "work_store.h"

namespace kosei::query {

using Ids = std::vector<std::string>;
// What collides: by kind and changes, for each hour, each record and its state.
using ToldWork = std::map<std::pair<CollisionKind, Ids>, std::map<int, States>>;

inline constexpr int kHours = 12;

struct PlannedWork {
  SpecWorld world;
  std::vector<SpecChange> changes;
  std::vector<SpecWindow> windows;
  std::set<std::string> blocked;
  std::vector<std::string> contexts;
};

class CollisionReference {
 public:
  explicit CollisionReference(const PlannedWork& work) : work_(work) {
    if (!work.contexts.empty()) {
      for (const auto& [key, record] : work.world.records) {
        if (record.health == "bad") down_[key] = model::State::kFailed;
        if (record.health == "poor") down_[key] = model::State::kDegraded;
      }
    }
    base_ = StatesAfter(work.world, down_, work.blocked);
  }

  const SpecChange& Change(const std::string& id) const {
    return *std::find_if(work_.changes.begin(), work_.changes.end(),
                         [&](const SpecChange& change) { return change.id == id; });
  }
  // With all of these under way.
  const States& Joint(const Ids& ids) {
    const auto known = joints_.find(ids);
    if (known != joints_.end()) return known->second;
    States assumed = base_;
    for (const std::string& id : ids) {
      for (const auto& [key, state] : Change(id).down) assumed[key] = std::max(assumed[key], state);
    }
    return joints_.emplace(ids, StatesAfter(work_.world, assumed, work_.blocked)).first->second;
  }
  std::set<std::string> Worked(const SpecChange& change) const {
    std::set<std::string> worked(change.written.begin(), change.written.end());
    for (const auto& [key, state] : change.down) worked.insert(key);
    return worked;
  }
  // What it works on or makes worse.
  States Reach(const SpecChange& change) {
    States reach;
    for (const std::string& key : Worked(change)) reach[key] = Joint({change.id}).at(key);
    for (const auto& [key, state] : Joint({change.id})) {
      if (state > base_.at(key)) reach[key] = state;
    }
    return reach;
  }

  // What two changes have to do with each other.
  std::map<CollisionKind, States> Pair(const SpecChange& a, const SpecChange& b) {
    std::map<CollisionKind, States> found;
    const States reach_a = Reach(a);
    const States reach_b = Reach(b);
    for (const auto& [key, state] : reach_a) {
      const auto other = reach_b.find(key);
      if (other == reach_b.end()) continue;
      const bool same = Worked(a).contains(key) && Worked(b).contains(key);
      found[same ? CollisionKind::kSameRecord : CollisionKind::kReach][key] =
          std::max(state, other->second);
    }
    for (const auto& [key, state] : Joint(Sorted({a.id, b.id}))) {
      if (state > std::max(Joint({a.id}).at(key), Joint({b.id}).at(key)))
        found[CollisionKind::kGate][key] = state;
    }
    return found;
  }
  static Ids Sorted(Ids ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  Ids UnderWay(int hour) const {
    Ids ids;
    for (const SpecChange& change : work_.changes) {
      if (change.from <= hour && hour < change.to) ids.push_back(change.id);
    }
    return Sorted(ids);
  }
  // What neither one nor two of them bring down.
  States BeyondPairs(const Ids& ids) {
    States beyond;
    for (const auto& [key, state] : Joint(ids)) {
      bool explained = state <= base_.at(key);
      for (const std::string& a : ids) {
        for (const std::string& b : ids)
          explained |= Joint(a == b ? Ids{a} : Sorted({a, b})).at(key) >= state;
      }
      if (!explained) beyond[key] = state;
    }
    return beyond;
  }
  ToldWork Pairs() {
    ToldWork told;
    for (std::size_t i = 0; i < work_.changes.size(); ++i) {
      for (std::size_t k = i + 1; k < work_.changes.size(); ++k) {
        const SpecChange& a = work_.changes[i];
        const SpecChange& b = work_.changes[k];
        for (int hour = std::max(a.from, b.from); hour < std::min(a.to, b.to); ++hour) {
          for (const auto& [kind, states] : Pair(a, b))
            told[{kind, Sorted({a.id, b.id})}][hour] = states;
        }
      }
    }
    return told;
  }

  std::set<std::string> Scope(const SpecWindow& window) const {
    std::set<std::string> scope(window.records.begin(), window.records.end());
    const bool all = window.records.empty() && window.classes.empty() && window.services.empty();
    for (const auto& [key, record] : work_.world.records) {
      for (const std::string& name : window.classes) {
        // Everything is below Thing.
        if (name == "Thing" || name == record.class_name) scope.insert(key);
      }
      if (all) scope.insert(key);
    }
    std::vector<std::string> open = window.services;
    while (!open.empty()) {
      const std::string key = open.back();
      open.pop_back();
      if (!rests_.insert(key).second) continue;
      for (const SpecLink& link : work_.world.links) {
        const bool to_cluster = work_.world.records.at(link.target).class_name == "Cluster";
        const bool up = link.type == "gives" || link.type == "twins" ||
                        (link.type == "member_of" && to_cluster);
        const bool down = link.type == "needs" || link.type == "soft" || link.type == "twins" ||
                          (link.type == "member_of" && !to_cluster);
        if (down && link.source == key) open.push_back(link.target);
        if (up && link.target == key) open.push_back(link.source);
      }
    }
    scope.insert(rests_.begin(), rests_.end());
    rests_.clear();
    return scope;
  }
  States Frozen(const SpecChange& change, const SpecWindow& window) {
    States hit;
    const std::set<std::string> scope = Scope(window);
    for (const auto& [key, state] : Reach(change)) {
      if (scope.contains(key)) hit[key] = state;
    }
    return hit;
  }
  // Whether the record may be hit in this hour.
  bool Open(const std::string& key, int hour) const {
    bool any = false;
    for (const SpecWindow& window : work_.windows) {
      if (window.kind != CalendarKind::kMaintenance || !Scope(window).contains(key)) continue;
      any = true;
      if (window.from <= hour && hour < window.to) return true;
    }
    return !any;
  }
  States Outside(const SpecChange& change) {
    States outside;
    for (const auto& [key, state] : Reach(change)) {
      for (int hour = change.from; hour < change.to; ++hour) {
        if (!Open(key, hour)) outside[key] = state;
      }
    }
    return outside;
  }

  // Whether the change may be under way in this hour beside all others.
  bool Free(const SpecChange& change, int hour) {
    const Ids others = Without(UnderWay(hour), change.id);
    for (const std::string& other : others) {
      if (!Pair(change, Change(other)).empty()) return false;
    }
    Ids all = others;
    all.push_back(change.id);
    for (const auto& [key, state] : Joint(Sorted(all))) {
      if (state > std::max(Joint(others).at(key), Joint({change.id}).at(key))) return false;
    }
    for (const SpecWindow& window : work_.windows) {
      const bool now = window.from <= hour && hour < window.to;
      if (window.kind == CalendarKind::kFreeze && now && !Frozen(change, window).empty())
        return false;
    }
    const States reach = Reach(change);
    return std::all_of(reach.begin(), reach.end(),
                       [&](const auto& record) { return Open(record.first, hour); });
  }
  std::vector<std::string> Slots(const SpecChange& change, int from, int to, std::size_t count) {
    const int length = change.to - change.from;
    std::vector<std::string> slots;
    for (int start = from; start + length <= to && slots.size() < count;) {
      int end = start;
      while (end < to && Free(change, end)) ++end;
      if (end - start < length) {
        start = end + 1;
        continue;
      }
      slots.push_back(absl::StrFormat("%d-%d (latest %d)", start, start + length, end - length));
      start += length;
    }
    return slots;
  }

 private:
  static Ids Without(Ids ids, const std::string& id) {
    std::erase(ids, id);
    return ids;
  }

  const PlannedWork& work_;
  States down_;
  States base_;
  std::map<Ids, States> joints_;
  mutable std::set<std::string> rests_;
};

}  // namespace kosei::query
