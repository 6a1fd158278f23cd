#include "plan_targets.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "plan_merge.h"

namespace kosei::storage {
namespace {

// A sum of integers and decimals, in units of 10^-18. What does not fit counts as the largest.
__extension__ using Wide = __int128;
constexpr Wide kLargest = std::numeric_limits<Wide>::max();
constexpr int kScale = 18;

Wide WideOf(const Value& value) {
  Decimal number;
  if (value.kind() == ValueKind::kInteger) number.coefficient = value.integer();
  if (value.kind() == ValueKind::kDecimal) number = value.decimal();
  Wide wide = number.coefficient;
  for (int scale = number.scale; scale < kScale; ++scale) wide *= 10;
  return wide;
}

Wide Sum(Wide a, Wide b) {
  Wide sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? kLargest : sum;
}

std::string TextOf(Wide wide) {
  Decimal number;
  int scale = kScale;
  while (scale > 0 && wide % 10 == 0) {
    wide /= 10;
    --scale;
  }
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  if (wide > kMax || wide < -kMax) return "more than can be counted";
  number.coefficient = static_cast<std::int64_t>(wide);
  number.scale = static_cast<std::uint8_t>(scale);
  return FormatDecimal(number);
}

Value ValueOf(const CurrentRecord& record, AttributeNumber number) {
  return record.live ? RecordView::Trust(record.bytes).Find(number) : Value();
}

absl::StatusOr<Wide> LoadOn(const Staging& staging, const std::string& target,
                            RelationshipTypeNumber type, AttributeNumber load) {
  Wide sum = 0;
  for (const std::string& source : staging.FarEnds(target, type, LinkDirection::kIn)) {
    KOSEI_ASSIGN_OR_RETURN(const CurrentRecord record, staging.Find(source));
    sum = Sum(sum, WideOf(ValueOf(record, load)));
  }
  return sum;
}

// Where a source is: a row of positions, or one that is not counted.
struct Position {
  Value at;
  std::int64_t extent = 1;

  bool Meets(const Position& other) const {
    if (at.kind() != ValueKind::kInteger || other.at.kind() != ValueKind::kInteger)
      return at == other.at;
    const Wide first = at.integer();
    const Wide second = other.at.integer();
    return first < second + other.extent && second < first + extent;
  }
  std::string Text(const model::Schema& schema, const model::Attribute* attribute) const {
    if (at.kind() == ValueKind::kInteger && extent > 1) {
      return absl::StrFormat("%d to %d", at.integer(), at.integer() + (extent - 1));
    }
    return attribute == nullptr ? std::string("?") : schema.Format(*attribute, at);
  }
};

std::optional<Position> PositionOf(const CurrentRecord& record, const model::Place& rule) {
  Position position;
  position.at = ValueOf(record, rule.position);
  if (position.at.is_null()) return std::nullopt;
  if (rule.extent.value == 0) return position;
  const Value extent = ValueOf(record, rule.extent);
  if (extent.kind() == ValueKind::kInteger)
    position.extent = std::clamp<std::int64_t>(extent.integer(), 1, INT32_MAX);
  return position;
}

}  // namespace

void SharedTargets::TouchLink(const PutLink& link, const EditOrigin& origin) {
  const model::RelationshipType* type = store_.schema->FindRelationshipType(link.type);
  if (type == nullptr || (type->capacities.empty() && type->places.empty())) return;
  touched_[{link.type, link.target}].push_back({link.source, origin});
}

void SharedTargets::TouchRecord(const Record& changed, const EditOrigin& origin) {
  const auto sets = [&changed](AttributeNumber number) {
    return number.value != 0 && changed.Find(number) != nullptr;
  };
  for (const model::RelationshipType& type : store_.schema->relationship_types()) {
    bool as_source = false;
    bool as_target = false;
    for (const model::Capacity& rule : type.capacities) {
      as_source = as_source || sets(rule.load);
      as_target = as_target || sets(rule.limit);
    }
    for (const model::Place& rule : type.places) {
      as_source = as_source || sets(rule.position) || sets(rule.extent);
    }
    if (as_target) touched_[{type.number, changed.key}].push_back({"", origin});
    if (!as_source) continue;
    for (const std::string& target :
         after_.FarEnds(changed.key, type.number, LinkDirection::kOut)) {
      touched_[{type.number, target}].push_back({changed.key, origin});
    }
  }
}

absl::StatusOr<std::vector<SharedTargets::Finding>> SharedTargets::Check() const {
  std::vector<Finding> findings;
  for (const auto& [name, touches] : touched_) {
    const model::RelationshipType* type = store_.schema->FindRelationshipType(name.first);
    KOSEI_ASSIGN_OR_RETURN(const CurrentRecord target, after_.Find(name.second));
    if (type == nullptr || !target.live) continue;
    const auto holds = [&](ClassNumber wanted) {
      return wanted.value == 0 || store_.schema->IsA(target.class_number, wanted);
    };
    for (const model::Capacity& rule : type->capacities) {
      if (!holds(rule.target)) continue;
      KOSEI_RETURN_IF_ERROR(CheckCapacity(*type, rule, target, name.second, touches, findings));
    }
    for (const model::Place& rule : type->places) {
      if (!holds(rule.target)) continue;
      KOSEI_RETURN_IF_ERROR(CheckPlaces(*type, rule, name.second, touches, findings));
    }
  }
  return findings;
}

absl::Status SharedTargets::CheckCapacity(const model::RelationshipType& type,
                                          const model::Capacity& rule, const CurrentRecord& target,
                                          const std::string& key, const Touches& touches,
                                          std::vector<Finding>& findings) const {
  const Value limit = ValueOf(target, rule.limit);
  if (limit.is_null()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const Wide after, LoadOn(after_, key, type.number, rule.load));
  if (after <= WideOf(limit)) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const CurrentRecord was, before_.Find(key));
  const Value limit_before = ValueOf(was, rule.limit);
  KOSEI_ASSIGN_OR_RETURN(const Wide before, LoadOn(before_, key, type.number, rule.load));
  const bool lowered = limit_before.is_null() || WideOf(limit) < WideOf(limit_before);
  // Overloaded already, and by no more: not the plan's doing.
  if (after <= before && !lowered) return absl::OkStatus();
  const Touch& touch = touches.front();
  Finding finding;
  Conflict& conflict = finding.conflict;
  conflict.kind = ConflictKind::kCapacity;
  conflict.key = touch.source.empty() ? key : touch.source;
  conflict.attribute = std::string(store_.schema->AttributeName(rule.load));
  conflict.other = key;
  conflict.planned = TextOf(after);
  conflict.present = TextOf(before);
  conflict.message = absl::StrFormat(
      "%s of what is %s %s would be %s together, and its %s is %s; it is %s now",
      conflict.attribute, type.definition.name, key, conflict.planned,
      store_.schema->AttributeName(rule.limit), TextOf(WideOf(limit)), conflict.present);
  finding.origin = touch.origin;
  finding.commit = LinkedSince(key, type.number, touch.origin.known);
  findings.push_back(std::move(finding));
  return absl::OkStatus();
}

absl::Status SharedTargets::CheckPlaces(const model::RelationshipType& type,
                                        const model::Place& rule, const std::string& key,
                                        const Touches& touches,
                                        std::vector<Finding>& findings) const {
  struct Placed {
    std::string key;
    Position position;
  };
  std::vector<Placed> placed;
  ClassNumber owner;
  for (std::string& source : after_.FarEnds(key, type.number, LinkDirection::kIn)) {
    KOSEI_ASSIGN_OR_RETURN(const CurrentRecord record, after_.Find(source));
    std::optional<Position> position = PositionOf(record, rule);
    if (!position) continue;
    owner = record.class_number;
    placed.push_back({std::move(source), *std::move(position)});
  }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.key < b.key; });
  const model::Class* some_class = store_.schema->FindClass(owner);
  const model::Attribute* attribute =
      some_class == nullptr ? nullptr : store_.schema->FindAttribute(*some_class, rule.position);
  // The first edit of each source that the plan touches.
  absl::flat_hash_map<std::string_view, const Touch*> touch_of;
  for (const Touch& touch : touches) {
    if (!touch.source.empty()) touch_of.try_emplace(touch.source, &touch);
  }
  for (const Placed& one : placed) {
    const auto touch = touch_of.find(one.key);
    if (touch == touch_of.end()) continue;
    for (const Placed& other : placed) {
      // Of two that the plan touches the later one is told.
      const bool told = touch_of.contains(other.key) && other.key >= one.key;
      if (told || !one.position.Meets(other.position)) continue;
      Finding finding;
      Conflict& conflict = finding.conflict;
      conflict.kind = ConflictKind::kPlace;
      conflict.key = one.key;
      conflict.attribute = std::string(store_.schema->AttributeName(rule.position));
      conflict.other = other.key;
      conflict.planned = one.position.Text(*store_.schema, attribute);
      conflict.present = other.position.Text(*store_.schema, attribute);
      conflict.message = absl::StrFormat("%s %s %s would have %s %s, where %s is (%s)", one.key,
                                         type.definition.name, key, conflict.attribute,
                                         conflict.planned, other.key, conflict.present);
      finding.origin = touch->second->origin;
      const NodeIndex node = store_.directory.Find(other.key);
      const CommitNumber latest = node == 0 ? kNoCommit : store_.directory.Latest(node);
      if (latest > finding.origin.known) finding.commit = latest;
      if (finding.commit == kNoCommit)
        finding.commit = LinkedSince(key, type.number, finding.origin.known);
      findings.push_back(std::move(finding));
    }
  }
  return absl::OkStatus();
}

// The newest commit after `known` that gave the target a source.
CommitNumber SharedTargets::LinkedSince(const std::string& target, RelationshipTypeNumber type,
                                        CommitNumber known) const {
  CommitNumber newest = kNoCommit;
  const NodeIndex node = store_.directory.Find(target);
  if (node == 0) return newest;
  const std::shared_ptr<const TopologyState> state = store_.topology.state();
  for (const DeltaLink& link : state->IntervalsOf(LinkDirection::kIn, node)) {
    if (link.type != type.value || link.end != kOpenEnd || link.begin <= known) continue;
    newest = std::max(newest, link.begin);
  }
  return newest;
}

absl::Status PlanMerge::CheckTargets(const Staging& after) {
  if (take_ == Take::kPlan) return absl::OkStatus();
  EndpointRules endpoints(*store_.schema);
  const StagedState nothing;
  const Staging before(store_, endpoints, nothing, after.commit(), after.time());
  SharedTargets targets(store_, before, after);
  for (const NetLink& net : put_links_) targets.TouchLink(net.link, net.origin);
  for (const NetPut& net : puts_) targets.TouchRecord(net.put.record, net.origin);
  KOSEI_ASSIGN_OR_RETURN(std::vector<SharedTargets::Finding> findings, targets.Check());
  for (SharedTargets::Finding& finding : findings) {
    const CommitNumber commit = finding.commit;
    KOSEI_RETURN_IF_ERROR(NameSides(finding.conflict, finding.origin, commit));
    conflicts_.push_back(std::move(finding.conflict));
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
