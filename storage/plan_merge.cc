#include "plan_merge.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "unique_value.h"

namespace kosei::storage {
namespace {

ConflictKind KindOf(ErrorCode code) {
  if (code == ErrorCode::kDuplicateValue) return ConflictKind::kUniqueValue;
  if (code == ErrorCode::kCardinality) return ConflictKind::kCardinality;
  if (code == ErrorCode::kLinkEndMissing) return ConflictKind::kLinkEndMissing;
  return ConflictKind::kRule;
}

// Errors of the store itself say nothing about the plan.
bool IsRefusal(ErrorCode code) {
  const std::uint32_t number = static_cast<std::uint32_t>(code);
  return (number > 300 && number < 500) || code == ErrorCode::kInvalidArgument;
}

EndLink EndOf(const PutLink& link) {
  EndLink end;
  end.source = link.source;
  end.type = link.type;
  end.target = link.target;
  return end;
}

}  // namespace

PlanMerge::PlanMerge(const Store& store, const PlanOverlay& overlay, CommitNumber base, Take take,
                     const StepActors& actors)
    : store_(store), overlay_(overlay), base_(base), take_(take), actors_(actors) {}

// `present`: what is to be begun anew, if anything is there.
void PlanMerge::AddPut(const RecordEdit& edit, const Record* present) {
  NetPut net;
  net.origin = edit.origin;
  Record& record = net.put.record;
  record.class_number = edit.creates;
  record.key = edit.key;
  for (const AttributeEdit& set : edit.sets) {
    // A new record has nothing that could be taken away.
    if (!(set.value.is_null() && edit.creates.value != 0))
      record.attributes.emplace_back(set.number, set.value);
  }
  if (present != nullptr && edit.replaces) {
    for (const auto& [number, value] : present->attributes) {
      if (record.Find(number) != nullptr) continue;
      const auto at = std::lower_bound(
          record.attributes.begin(), record.attributes.end(), number,
          [](const auto& attribute, AttributeNumber wanted) { return attribute.first < wanted; });
      record.attributes.insert(at, {number, Value()});
    }
  }
  puts_.push_back(std::move(net));
}

void PlanMerge::AddLinks() {
  for (const auto& [name, edit] : overlay_.links()) {
    NetLink net;
    net.origin = edit.origin;
    net.link.source = KeyOf(SourceOf(name));
    net.link.type = RelationshipTypeNumber{name.second};
    net.link.target = KeyOf(TargetOf(name));
    (edit.live ? put_links_ : end_links_).push_back(std::move(net));
  }
  // What the plan ended and began anew has none of its links but those it was given again.
  const std::shared_ptr<const TopologyState> state = store_.topology.state();
  for (const NodeIndex node : overlay_.cut()) {
    const RecordEdit& edit = *overlay_.Find(node);
    if (!edit.replaces || left_.contains(node)) continue;
    for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
      for (const DeltaLink& link : state->IntervalsOf(direction, node)) {
        const bool out = direction == LinkDirection::kOut;
        const RelationshipTypeNumber type{link.type};
        const LinkName name =
            out ? NameOfLink(node, type, link.neighbour) : NameOfLink(link.neighbour, type, node);
        if (link.end != kOpenEnd || !overlay_.Hides(name) || overlay_.links().contains(name))
          continue;
        NetLink net;
        net.origin = edit.origin;
        net.link.source = KeyOf(SourceOf(name));
        net.link.type = type;
        net.link.target = KeyOf(TargetOf(name));
        end_links_.push_back(std::move(net));
      }
    }
  }
}

void PlanMerge::Sort() {
  const auto in_order = [](const auto& a, const auto& b) {
    return a.origin.order < b.origin.order;
  };
  std::sort(puts_.begin(), puts_.end(), in_order);
  std::sort(end_links_.begin(), end_links_.end(), in_order);
  std::sort(put_links_.begin(), put_links_.end(), in_order);
  std::sort(ends_.begin(), ends_.end(), in_order);
}

absl::Status PlanMerge::Stage(Staging& staging) {
  for (NetPut& net : puts_) {
    Conflict conflict;
    conflict.key = net.put.record.key;
    KOSEI_RETURN_IF_ERROR(StageOne(staging.Put(net.put), std::move(conflict), net.origin));
  }
  const auto of_link = [this](const PutLink& link) {
    Conflict conflict;
    conflict.key = link.source;
    conflict.attribute = std::string(store_.schema->RelationshipTypeName(link.type));
    conflict.other = link.target;
    return conflict;
  };
  for (const NetLink& net : end_links_) {
    const PutLink& link = net.link;
    if (!staging.HasLink(link.source, link.type, link.target)) continue;
    KOSEI_RETURN_IF_ERROR(StageOne(staging.Unlink(EndOf(link)), of_link(link), net.origin));
  }
  for (const NetLink& net : put_links_) {
    KOSEI_RETURN_IF_ERROR(StageOne(staging.Link(net.link), of_link(net.link), net.origin));
  }
  for (const NetEnd& net : ends_) {
    Conflict conflict;
    conflict.key = net.key;
    EndRecord end;
    end.key = net.key;
    KOSEI_RETURN_IF_ERROR(StageOne(staging.End(end), std::move(conflict), net.origin));
  }
  return absl::OkStatus();
}

absl::Status PlanMerge::StageStep(Staging& staging, const PlanStep& step) {
  EditOrigin origin{step.number, step.known, 0};
  for (const PutRecord& put : step.edits.put_records) {
    const NodeIndex node = store_.directory.Find(put.record.key);
    if (left_.contains(node)) continue;
    PutRecord left = put;
    std::erase_if(left.record.attributes, [&](const auto& attribute) {
      return left_attributes_.contains(std::pair(node, attribute.first));
    });
    if (left.record.attributes.empty() && left.record.class_number.value == 0) continue;
    Conflict conflict;
    conflict.key = put.record.key;
    KOSEI_RETURN_IF_ERROR(StageOne(staging.Put(std::move(left)), std::move(conflict), origin));
  }
  const auto of_link = [this](const auto& link) {
    Conflict conflict;
    conflict.key = link.source;
    conflict.attribute = std::string(store_.schema->RelationshipTypeName(link.type));
    conflict.other = link.target;
    return conflict;
  };
  for (const EndLink& link : step.edits.end_links) {
    if (!staging.HasLink(link.source, link.type, link.target)) continue;
    KOSEI_RETURN_IF_ERROR(StageOne(staging.Unlink(link), of_link(link), origin));
  }
  for (const PutLink& link : step.edits.put_links) {
    KOSEI_RETURN_IF_ERROR(StageOne(staging.Link(link), of_link(link), origin));
  }
  for (const EndRecord& end : step.edits.end_records) {
    if (left_.contains(store_.directory.Find(end.key))) continue;
    KOSEI_ASSIGN_OR_RETURN(const CurrentRecord current, staging.Find(end.key));
    if (!current.live) continue;
    Conflict conflict;
    conflict.key = end.key;
    KOSEI_RETURN_IF_ERROR(StageOne(staging.End(end), std::move(conflict), origin));
  }
  return absl::OkStatus();
}

absl::Status PlanMerge::StageOne(const absl::Status& staged, Conflict conflict,
                                 const EditOrigin& origin) {
  if (staged.ok()) return absl::OkStatus();
  if (!IsRefusal(CodeOf(staged))) return staged;
  // Already told as changed on both sides.
  const bool told = std::any_of(conflicts_.begin(), conflicts_.end(), [&](const Conflict& one) {
    return one.kind == ConflictKind::kEndedInMain && one.key == conflict.key &&
           conflict.other.empty();
  });
  if (told) return absl::OkStatus();
  conflict.kind = KindOf(CodeOf(staged));
  conflict.message = std::string(MessageOf(staged));
  KOSEI_RETURN_IF_ERROR(NameSides(conflict, origin, kNoCommit));
  KOSEI_RETURN_IF_ERROR(FindOtherSide(conflict, staged));
  conflicts_.push_back(std::move(conflict));
  return absl::OkStatus();
}

absl::Status PlanMerge::FindOtherSide(Conflict& conflict, const absl::Status& refused) const {
  if (conflict.kind == ConflictKind::kUniqueValue) {
    conflict.attribute = FieldOf(refused);
    KOSEI_RETURN_IF_ERROR(FindHolder(conflict));
  } else if (conflict.kind == ConflictKind::kCardinality) {
    FindLinkInTheWay(conflict);
  } else if (conflict.kind == ConflictKind::kLinkEndMissing) {
    FindMissingEnd(conflict, refused);
  } else if (conflict.attribute.empty()) {
    conflict.attribute = FieldOf(refused);
  }
  if (conflict.commit == kNoCommit) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(*store_.database, conflict.commit));
  conflict.commit_actor = commit.info.actor;
  return absl::OkStatus();
}

// Who holds the value that the plan gives to conflict.key, if it was committed.
absl::Status PlanMerge::FindHolder(Conflict& conflict) const {
  const NodeIndex node = store_.directory.Find(conflict.key);
  const RecordEdit* edit = overlay_.Find(node);
  const model::Class* owner = store_.schema->FindClass(
      edit != nullptr && edit->creates.value != 0 ? edit->creates : store_.directory.ClassOf(node));
  const model::Attribute* attribute =
      owner == nullptr ? nullptr : store_.schema->FindAttribute(*owner, conflict.attribute);
  if (attribute == nullptr || edit == nullptr) return absl::OkStatus();
  const auto set =
      std::find_if(edit->sets.begin(), edit->sets.end(),
                   [&](const AttributeEdit& one) { return one.number == attribute->number; });
  if (set == edit->sets.end()) return absl::OkStatus();
  conflict.planned = store_.schema->Format(*attribute, set->value);
  const absl::StatusOr<std::string> stored = store_.database->Get(
      Family::kIdentity,
      keys::IdentityKey(attribute->declared_in, attribute->number, UniqueText(set->value)));
  if (HasCode(stored.status(), ErrorCode::kNotFound)) return absl::OkStatus();
  if (!stored.ok()) return stored.status();
  for (const keys::Holder& holder : keys::DecodeHolders(*stored)) {
    if (holder.end != kOpenEnd || NodeOf(holder.id) == node) continue;
    conflict.other = KeyOf(NodeOf(holder.id));
    conflict.commit = holder.begin;
  }
  return absl::OkStatus();
}

// The committed link of the type that one of the ends has already.
void PlanMerge::FindLinkInTheWay(Conflict& conflict) const {
  const model::RelationshipType* type = store_.schema->FindRelationshipType(conflict.attribute);
  if (type == nullptr) return;
  const std::shared_ptr<const TopologyState> state = store_.topology.state();
  const auto look = [&](LinkDirection direction, const std::string& key) {
    for (const DeltaLink& link : state->IntervalsOf(direction, store_.directory.Find(key))) {
      if (link.end != kOpenEnd || link.type != type->number.value) continue;
      conflict.present = KeyOf(link.neighbour);
      conflict.commit = link.begin;
    }
  };
  conflict.planned = conflict.other;
  const model::Cardinality cardinality = type->definition.cardinality;
  if (cardinality != model::Cardinality::kOneToMany) look(LinkDirection::kOut, conflict.key);
  if (conflict.commit == kNoCommit && cardinality != model::Cardinality::kManyToOne) {
    conflict.planned = conflict.key;
    look(LinkDirection::kIn, conflict.other);
  }
}

// Which end, and who ended it.
void PlanMerge::FindMissingEnd(Conflict& conflict, const absl::Status& refused) const {
  const std::string field = FieldOf(refused);
  if (field != "source" && field != "target") {
    conflict.attribute = field;  // a reference
    return;
  }
  const std::string& missing = field == "source" ? conflict.key : conflict.other;
  const NodeIndex node = store_.directory.Find(missing);
  if (node != 0) conflict.commit = store_.directory.Latest(node);
}

absl::Status PlanMerge::NameSides(Conflict& conflict, const EditOrigin& origin,
                                  CommitNumber commit) const {
  conflict.step = origin.step;
  if (origin.step > 0 && origin.step <= actors_.size()) {
    conflict.step_actor = actors_[origin.step - 1];
  }
  conflict.commit = commit;
  if (commit == kNoCommit) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit read, ReadCommit(*store_.database, commit));
  conflict.commit_actor = read.info.actor;
  return absl::OkStatus();
}

}  // namespace kosei::storage
