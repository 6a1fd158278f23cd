// Points of failure: which single records take a service down when they fail by themselves, and
// which two or three take it down together only. Rules and gates are those of the View, cycles are
// fine. docs/points_of_failure.md tells users the same in plain words.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct PointsRequest {
  // Whose points of failure; any records, duplicates are fine. Empty: every service of the View
  // (model::Schema::IsService), ascending by id.
  std::vector<RecordId> services = {};
  // What is down already, as in a Scenario.
  std::vector<std::string> contexts = {};
  std::optional<TimeWindow> time = std::nullopt;
  // How many points are listed for each service; all are counted.
  std::uint64_t limit = UINT64_MAX;
};

// A record that, failing by itself, makes the service worse than it is.
struct SinglePoint {
  RecordId record;
  model::State outcome = model::State::kFailed;  // what the service comes to
  std::uint32_t distance = 0;                    // links between the two, at least 1
  // The service comes to this over a gate that bears no such loss; else over links alone.
  bool by_gate = false;
  friend bool operator==(const SinglePoint&, const SinglePoint&) = default;
};

struct ServicePoints {
  RecordId service;
  model::State before = model::State::kUp;  // because of what is down already
  std::uint64_t upstream = 0;               // records from which failure can reach it at all
  std::uint64_t failing = 0;
  std::uint64_t degrading = 0;
  std::vector<SinglePoint> points;  // failing ones first, then nearest, then by id
};

struct PointsSummary {
  storage::View view;
  std::uint64_t services = 0;
};

// Calls visit service by service, as asked, until it returns false. kNotFound for a service that
// does not hold in the View, kInvalidArgument for an unknown context, kMemoryBudget,
// kDeadlineExceeded, kRowBudget (steps), kCancelled: what was visited until then is right.
absl::StatusOr<PointsSummary> SinglePoints(const storage::Reader& reader, const storage::View& view,
                                           const PointsRequest& request, const Budget& budget,
                                           absl::FunctionRef<bool(const ServicePoints&)> visit);

// Why an answer does not have all cut sets.
enum class CutSetsEnd : std::uint8_t {
  kWhole = 0,
  kListed = 1,  // as many as were asked for were found
  kTried = 2,   // as many combinations as were allowed were tried
};

struct CutSetsRequest {
  RecordId service = {};
  std::uint32_t size_max = 2;  // 2 or 3
  std::vector<std::string> contexts = {};
  std::optional<TimeWindow> time = std::nullopt;
  std::uint64_t limit = 1'000;           // sets of groups listed
  std::uint64_t tried_max = 20'000'000;  // combinations followed
};

struct CutSet {
  std::uint8_t size = 2;
  std::array<std::uint32_t, 3> groups{};  // ascending; the third of a pair is 0
  friend bool operator==(const CutSet&, const CutSet&) = default;
};

// Records that take down the same members of gates are interchangeable and make up a group: one
// from each group of a set, failing together, make the service fail, and no fewer of them do.
struct CutSets {
  storage::View view;
  model::State before = model::State::kUp;
  std::vector<std::vector<RecordId>> groups;  // each nearest to the service first, then by id
  std::vector<CutSet> sets;                   // by size, then by groups
  std::uint64_t count = 0;                    // sets of records that these stand for; saturates
  CutSetsEnd end = CutSetsEnd::kWhole;
  std::uint32_t whole_to = 3;  // all sets of up to this size are there
};

// As SinglePoints. Single points of failure are in no set. kInvalidArgument for another size.
absl::StatusOr<CutSets> MinimalCutSets(const storage::Reader& reader, const storage::View& view,
                                       const CutSetsRequest& request, const Budget& budget);

}  // namespace kosei::query
