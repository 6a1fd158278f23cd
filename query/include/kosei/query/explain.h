// Why a record is hit: the shortest causal path, step by step, with the rule of the model that let
// failure pass, the gate that opened and its members, and how long ago each link was last said.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct ExplainedMember {
  RecordId record;
  RelationshipTypeNumber via;
  bool in_service = true;
  double amount = 1;
  model::State before = model::State::kUp;  // what arrived before the assumptions
  model::State after = model::State::kUp;   // what arrives in the end
};

struct ExplainedGate {
  RecordId record;
  std::string text;
  bool of_record = false;  // else of its class
  bool below_quorum = false;
  std::vector<std::string> missing;  // keys that it names and that do not feed the record
  std::vector<ExplainedMember> members;
};

struct ExplainedStep {
  PathStep step;                // the way failure travels (kUp: from dependent to what it needs)
  bool from_is_target = false;  // else the link's source
  model::State from_state = model::State::kFailed;
  model::State to_state = model::State::kFailed;
  // Position in the impact_rules of the type + 1; 0: what the type says itself.
  std::uint16_t rule = 0;
  std::optional<ExplainedGate> gate;
  // The commit that said the link, and from which time on it holds.
  CommitNumber said;
  Timestamp said_at;
  std::string said_by;  // the commit's source, or its actor when it names none
};

struct Explanation {
  RecordId record;
  model::State state = model::State::kFailed;
  std::uint32_t distance = 0;
  std::vector<ExplainedStep> steps;  // empty for a root
};

// `positions` are entries of the answer, which was given by this reader. May read the disk. The
// errors of reading; kCancelled and kDeadlineExceeded.
absl::StatusOr<std::vector<Explanation>> Explain(const storage::Reader& reader,
                                                 const ImpactAnswer& answer,
                                                 std::span<const std::uint64_t> positions,
                                                 const Budget& budget);

}  // namespace kosei::query
