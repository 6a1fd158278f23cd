// Questions about an impact answer: why, who, what differs; and the groups behind gates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/client/types.h"

namespace kosei::client {

// A group behind a gate; before: with what is down already, after: with what is assumed.
struct GroupFinding {
  std::string key;
  ClassNumber class_number;
  std::string gate;
  bool of_record = false;            // else of its class
  bool below_quorum = false;         // all together are less than the gate asks for
  std::vector<std::string> missing;  // keys that the gate names and that do not feed the record
  std::uint32_t members = 0, in_service = 0, up_before = 0, up_after = 0;
  State before = State::kUp, after = State::kUp;     // what the gate lets through
  bool reserve_before = true, reserve_after = true;  // any one member may fail
};

struct ExplainedMember {
  std::string key;
  RelationshipTypeNumber type;
  bool in_service = true;
  double amount = 1;
  State before = State::kUp, after = State::kUp;  // what arrived from it
};
struct ExplainedGate {
  std::string text;
  bool of_record = false, below_quorum = false;
  std::vector<std::string> missing;
  std::vector<ExplainedMember> members;
};
struct ExplainedStep {
  PathStep step;
  State from_state = State::kFailed, to_state = State::kFailed;
  std::uint16_t rule = 0;  // place in the type's impact_rules, from 1 on; 0: what the type says
  std::string rule_source, rule_target;  // classes that the rule names; empty: any
  std::optional<ExplainedGate> gate;
  std::uint64_t said = 0;  // commit that said the link; 0: a plan
  Timestamp said_at = kBeginningOfTime;
  std::string said_by;
};
struct Explanation {
  std::string key;
  ClassNumber class_number;
  State state = State::kUp;  // kUp: not affected
  std::uint32_t distance = 0;
  std::vector<ExplainedStep> steps;
  std::vector<GroupFinding> groups;  // of a record that is not affected: its gate held
};
struct Explanations {
  View view;
  std::vector<Explanation> explanations;  // as asked
};

// What the target of a relationship is to its source (model: role).
enum class PartyRole : std::uint8_t {
  kNone = 0,
  kOwner = 1,
  kCustomer = 2,
  kAgreement = 3,
  kSupport = 4,
  kContact = 5,
};
struct ServiceParty {
  std::string key, name;
  PartyRole role = PartyRole::kNone;
};
struct AffectedService {
  std::string key;
  RecordVersion record;
  State state = State::kFailed;
  std::uint32_t distance = 0;
  std::vector<ServiceParty> parties;
};
struct PartyToTell {
  std::string key;
  ClassNumber class_number;
  std::string name;
  std::uint32_t roles = 0;  // a bit for each PartyRole
  std::uint64_t records = 0, services = 0;
};
struct ImpactReport {
  View view;
  std::uint64_t total = 0, degraded = 0;
  TruncationReason truncated = TruncationReason::kNone;
  std::uint32_t truncated_depth = 0;
  std::vector<AffectedService> services;  // failed before degraded, nearest first
  std::uint64_t service_count = 0;
  std::vector<PartyToTell> parties;
  std::uint64_t party_count = 0;
  std::vector<GroupFinding> groups;  // of which a member worsened
  std::uint64_t group_count = 0;
  std::vector<ContextFinding> contexts;
  std::uint64_t already = 0;
  std::string hash;  // 32 bytes
};

struct StateDifference {
  std::string key;
  ClassNumber class_number;
  State first = State::kUp, second = State::kUp;
  std::vector<PathStep> path;  // in the answer in which it is worse
};
struct ImpactDifference {
  View first_view, second_view;
  std::uint64_t worse_count = 0, better_count = 0;
  std::vector<StateDifference> records;  // worse ones first
  std::vector<GroupFinding> lost_reserve, gained_reserve;
};

// What commits made of an impact answer. The first event has everything that is hit.
struct ImpactEvent {
  View view;  // everything up to its commit is told
  std::uint64_t total = 0, degraded = 0;
  std::vector<StateDifference> records;  // `first` is the state before
  std::uint64_t changed = 0;             // records that differ in all
  std::vector<GroupFinding> lost_reserve, gained_reserve;
};

struct GroupsRequest {
  ViewName view = {};
  std::vector<std::string> contexts = {};
  bool all_contexts = false;
  bool all = false;  // sound ones as well
  std::uint32_t limit = 1'000;
};
struct GroupsResult {
  View view;
  std::vector<GroupFinding> groups;
  std::uint64_t matched = 0;
};

}  // namespace kosei::client
