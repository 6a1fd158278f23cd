// A real store in a folder of its own, and short words for writing to it and asking it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/query/path.h"
#include "kosei/query/paths.h"
#include "kosei/storage/engine.h"
#include "manual_clock.h"
#include "temp_folder.h"

namespace kosei::query {

// Things that need, run on and give each other, and persons who own them:
//   needs, runs_on  carry failure from target to source
//   gives           carries failure from source to target
//   owned_by        carries none
extern const std::string_view kThingModel;

struct NamedLink {
  std::string source, type, target;
};

// One commit's worth, all things of class Thing but for those in `others`.
struct Edit {
  std::vector<std::string> add = {};
  std::vector<NamedLink> link = {};
  std::vector<NamedLink> unlink = {};
  std::vector<std::string> end = {};
  std::vector<std::pair<std::string, std::string>> others = {};  // class, key
};

// Aborts the test program when the store itself fails.
class TestStore {
 public:
  explicit TestStore(std::string_view model_yaml = kThingModel);

  // The commit's number. Time moves on by a second with each.
  CommitNumber Apply(const Edit& edit);
  CommitNumber Commit(storage::Transaction transaction);
  // Closes and opens: what was in the topology's delta comes back as its base.
  void Reopen();

  storage::Engine& engine() { return *engine_; }
  const storage::Reader& reader() const { return engine_->reader(); }
  const testing::ManualClock& clock() const { return clock_; }
  storage::View Newest() const { return reader().Newest(); }
  storage::View At(CommitNumber commit) const;
  RecordId Id(std::string_view key) const;
  std::string Key(RecordId id) const { return std::string(reader().KeyOf(id)); }
  RelationshipTypeNumber Type(std::string_view name) const;
  ClassNumber Class(std::string_view name) const;
  Budget Unlimited() const { return Budget(Limits{}, clock_); }

 private:
  testing::TempFolder folder_;
  testing::ManualClock clock_;
  std::string model_yaml_;
  std::unique_ptr<storage::Engine> engine_;
};

// "a", "b:1<a" (key, distance, key of the record before it), in the answer's order.
std::vector<std::string> Told(const TestStore& store, const ImpactAnswer& answer);
// "a -needs-> b": every step of a path.
std::vector<std::string> Told(const TestStore& store, const std::vector<PathStep>& path);
std::vector<std::string> Told(const TestStore& store, const std::vector<LinkStep>& path);

}  // namespace kosei::query
