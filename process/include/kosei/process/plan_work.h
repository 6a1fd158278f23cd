// Plan work: what becomes of the plan that a change owns (docs/plans.md tells of plans). The plan
// has the name of the record and the record as its cause; it can be edited as long as the state of
// the record allows `edit_plan`, and carried out while it allows `implement`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/storage/plans.h"

namespace kosei::process {

// On the wire: never renumber.
enum class PlanDeed : std::uint8_t {
  kOpen = 1,      // an empty plan
  kCompare = 2,   // what is there with what was planned; the result is kept on the record
  kMerge = 3,     // carries it out
  kTakeBack = 4,  // takes back what carrying it out has written
};
std::string_view NameOf(PlanDeed deed);  // "take_back": as in YAML

// What stands of a plan, by content: whoever wrote it, and whether through the plan or not.
enum class CarriedOut : std::uint8_t { kAsPlanned = 1, kPartly = 2, kNotAtAll = 3 };
std::string_view NameOf(CarriedOut result);  // "as_planned": as in the model

// One thing that was planned.
struct PlannedThing {
  std::string key;        // of a record, or the source of a link
  std::string attribute;  // or the relationship type; empty: the record as a whole
  std::string other;      // the target of a link
  std::string planned;    // value as text; empty: taken away, ended
  std::string present;
  bool done = false;
};

struct PlanWork {
  storage::PlanInfo plan;
  CarriedOut result = CarriedOut::kNotAtAll;
  std::uint64_t things = 0;                  // planned
  std::uint64_t things_done = 0;             // of these
  std::vector<PlannedThing> missing;         // not done; at most kMissingMax
  std::vector<storage::Conflict> conflicts;  // with any nothing was written
  std::vector<storage::CommitResult> commits;
};
inline constexpr std::size_t kMissingMax = 200;

}  // namespace kosei::process
