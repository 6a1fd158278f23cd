// Staging of records: merge with what is there, model, expectations, references.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_reader.h"
#include "staging.h"

namespace kosei::storage {
namespace {

std::string Putting(std::string_view key) { return "put record " + std::string(key); }

bool SameContent(const Record& a, const Record& b) {
  return a.attributes == b.attributes && a.ended == b.ended && a.valid_to == b.valid_to;
}

}  // namespace

Staging::Staging(const Store& store, EndpointRules& endpoints, const StagedState& group,
                 CommitNumber commit, Timestamp time)
    : store_(store),
      endpoints_(endpoints),
      group_(group),
      commit_(commit),
      time_(time),
      graph_(store.topology.state(), View{store.published(), time}, store.published(),
             store.directory.limit(), store.directory.class_segments()) {
  own_.next_node = group.next_node;
}

NodeIndex Staging::FindNode(std::string_view key) const {
  if (const NodeIndex node = store_.directory.Find(key); node != 0) return node;
  if (own_.new_keys.empty() && group_.new_keys.empty()) return 0;
  const std::string name(key);
  if (const auto own = own_.new_keys.find(name); own != own_.new_keys.end()) return own->second;
  const auto earlier = group_.new_keys.find(name);
  return earlier == group_.new_keys.end() ? 0 : earlier->second;
}

absl::StatusOr<CurrentRecord> Staging::Find(std::string_view key) const {
  const NodeIndex node = FindNode(key);
  if (node == 0) return CurrentRecord{};
  if (const auto own = own_.records.find(node); own != own_.records.end()) return own->second;
  if (const auto earlier = group_.records.find(node); earlier != group_.records.end())
    return earlier->second;
  KOSEI_ASSIGN_OR_RETURN(std::optional<RecordVersion> newest, ReadNewest(store_, node));
  CurrentRecord current{node, kNoCommit, store_.directory.ClassOf(node), {}, false};
  if (newest) {
    current.begin = newest->begin;
    current.bytes = std::move(newest->bytes);
    current.live = !RecordView::Trust(current.bytes).ended();
  }
  return current;
}

absl::Status Staging::CheckExpected(std::string_view key, const CurrentRecord& current,
                                    const std::optional<CommitNumber>& expected) const {
  if (!expected) return absl::OkStatus();
  if (*expected == kNoCommit) {
    if (!current.live) return absl::OkStatus();
    return MakeError(
        ErrorCode::kAlreadyExists,
        Putting(key) +
            ": it exists already; leave the expectation out to change it, or choose another key",
        "key");
  }
  if (current.live && current.begin == *expected) return absl::OkStatus();
  return MakeError(
      ErrorCode::kVersionConflict,
      absl::StrFormat(
          "put record %s: expected its version of commit %d, found %s; read it again and "
          "decide again",
          key, expected->value,
          current.live ? absl::StrFormat("that of commit %d", current.begin.value)
                       : std::string("none")));
}

absl::StatusOr<Record> Staging::Merged(const CurrentRecord& current, PutRecord& put) const {
  Record& given = put.record;
  if (given.class_number.value == 0) {
    if (!current.live) {
      return MakeError(
          ErrorCode::kUnknownClass,
          Putting(given.key) + ": it does not exist yet and no class is given; name one", "class");
    }
    given.class_number = current.class_number;
  } else if (current.begin != kNoCommit && current.class_number != given.class_number) {
    return MakeError(
        ErrorCode::kClassMismatch,
        absl::StrFormat(
            "put record %s: it is a %s and cannot become a %s; use another key for the new one",
            given.key, store_.schema->ClassName(current.class_number),
            store_.schema->ClassName(given.class_number)),
        "class");
  }
  Record merged;
  if (current.live) {
    merged = RecordView::Trust(current.bytes).Decode();
    for (auto& [number, value] : given.attributes) merged.Set(number, std::move(value));
  } else {
    merged.class_number = given.class_number;
    merged.key = given.key;
    merged.attributes = std::move(given.attributes);
    std::erase_if(merged.attributes,
                  [](const auto& attribute) { return attribute.second.is_null(); });
  }
  merged.valid_from = given.valid_from == kBeginningOfTime ? time_ : given.valid_from;
  merged.valid_to = given.valid_to;
  if (merged.valid_from >= merged.valid_to) {
    return MakeError(ErrorCode::kInvalidArgument,
                     Putting(merged.key) + ": valid_to is not after valid_from", "valid_to");
  }
  const auto defaults =
      current.live ? model::Schema::Defaults::kKeep : model::Schema::Defaults::kFill;
  KOSEI_RETURN_IF_ERROR(store_.schema->Canonicalise(merged, defaults));
  return merged;
}

absl::Status Staging::CheckReferences(const model::Class& owner, const Record& record) const {
  for (const auto& [number, value] : record.attributes) {
    const model::Attribute* attribute = store_.schema->FindAttribute(owner, number);
    if (attribute == nullptr) continue;
    const model::AttributeDefinition& definition = attribute->definition;
    const bool list = definition.type == model::AttributeType::kList;
    if ((list ? definition.item_type : definition.type) != model::AttributeType::kReference)
      continue;
    const ValueList one = list ? ValueList() : ValueList{value};
    for (const Value& reference : list ? value.list() : one) {
      KOSEI_ASSIGN_OR_RETURN(const CurrentRecord target, Find(reference.text()));
      const bool self = reference.text() == record.key;
      if (!self && !target.live) {
        return MakeError(
            ErrorCode::kLinkEndMissing,
            absl::StrFormat("put record %s: %s refers to %s, which does not exist; create it first",
                            record.key, definition.name, reference.text()),
            definition.name);
      }
      const model::Class* wanted = store_.schema->FindClass(definition.reference_class);
      const ClassNumber found = self ? record.class_number : target.class_number;
      if (wanted != nullptr && !store_.schema->IsA(found, wanted->number)) {
        return MakeError(
            ErrorCode::kWrongType,
            absl::StrFormat("put record %s: %s refers to %s, which is a %s; expected a %s",
                            record.key, definition.name, reference.text(),
                            store_.schema->ClassName(found), definition.reference_class),
            definition.name);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Staging::Put(PutRecord put) {
  KOSEI_ASSIGN_OR_RETURN(CurrentRecord current, Find(put.record.key));
  KOSEI_RETURN_IF_ERROR(CheckExpected(put.record.key, current, put.expected_begin));
  const bool at_once = put.record.valid_from == kBeginningOfTime;
  KOSEI_ASSIGN_OR_RETURN(Record merged, Merged(current, put));
  std::optional<Record> before;
  if (current.live) before = RecordView::Trust(current.bytes).Decode();
  if (before && at_once && SameContent(*before, merged)) {
    ++counts_.records_unchanged;
    return absl::OkStatus();
  }
  const model::Class* owner = store_.schema->FindClass(merged.class_number);
  KOSEI_RETURN_IF_ERROR(CheckReferences(*owner, merged));
  const bool is_new = current.node == 0;
  if (is_new) current.node = own_.next_node;
  HolderUpdates updates;
  KOSEI_RETURN_IF_ERROR(
      UpdateHolders(*owner, before ? &*before : nullptr, &merged, RecordOf(current.node), updates));
  if (is_new) {
    ++own_.next_node;
    own_.new_keys[merged.key] = current.node;
    new_node_keys_[current.node] = merged.key;
  }
  for (auto& [identity, holders] : updates) own_.holders[identity] = std::move(holders);
  if (!current.live) ++record_balance_;
  Remember(std::move(current), std::move(merged),
           before ? ChangeKind::kUpdated : ChangeKind::kCreated);
  return absl::OkStatus();
}

absl::Status Staging::End(const EndRecord& end) {
  KOSEI_ASSIGN_OR_RETURN(CurrentRecord current, Find(end.key));
  if (!current.live) {
    return MakeError(ErrorCode::kNotFound, "end record " + end.key + ": there is no such record",
                     "key");
  }
  KOSEI_RETURN_IF_ERROR(CheckExpected(end.key, current, end.expected_begin));
  const Record before = RecordView::Trust(current.bytes).Decode();
  HolderUpdates updates;
  if (const model::Class* owner = store_.schema->FindClass(before.class_number); owner != nullptr) {
    KOSEI_RETURN_IF_ERROR(UpdateHolders(*owner, &before, nullptr, RecordOf(current.node), updates));
  }
  for (auto& [identity, holders] : updates) own_.holders[identity] = std::move(holders);
  std::vector<Neighbour> neighbours;
  CollectLive(LinkDirection::kOut, current.node, neighbours);
  for (const Neighbour& neighbour : neighbours) {
    SetLink(NameOfLink(current.node, RelationshipTypeNumber{neighbour.type}, neighbour.node),
            false);
  }
  CollectLive(LinkDirection::kIn, current.node, neighbours);
  for (const Neighbour& neighbour : neighbours) {
    SetLink(NameOfLink(neighbour.node, RelationshipTypeNumber{neighbour.type}, current.node),
            false);
  }
  Record ended;
  ended.class_number = before.class_number;
  ended.key = before.key;
  ended.valid_from = time_;
  ended.ended = true;
  --record_balance_;
  Remember(std::move(current), std::move(ended), ChangeKind::kEnded);
  return absl::OkStatus();
}

void Staging::Remember(CurrentRecord current, Record record, ChangeKind kind) {
  const NodeIndex node = current.node;
  current.begin = commit_;
  current.class_number = record.class_number;
  current.bytes = EncodeRecord(record);
  current.live = !record.ended;
  const auto [position, inserted] = positions_.try_emplace(node, records_.size());
  if (inserted) {
    records_.push_back({RecordOf(node), record.class_number, kind, {}, current.bytes});
    if (const auto key = new_node_keys_.find(node); key != new_node_keys_.end())
      records_.back().new_key = key->second;
  } else {
    StagedRecord& staged = records_[position->second];
    staged.bytes = current.bytes;
    // Created and then changed in one transaction is created; ended afterwards is ended.
    if (kind == ChangeKind::kEnded || staged.kind != ChangeKind::kCreated) staged.kind = kind;
  }
  own_.records[node] = std::move(current);
}

absl::Status Staging::StageAll(Transaction& transaction) {
  for (PutRecord& put : transaction.put_records) KOSEI_RETURN_IF_ERROR(Put(std::move(put)));
  for (const EndLink& end : transaction.end_links) KOSEI_RETURN_IF_ERROR(Unlink(end));
  for (const PutLink& put : transaction.put_links) KOSEI_RETURN_IF_ERROR(Link(put));
  for (const EndRecord& end : transaction.end_records) KOSEI_RETURN_IF_ERROR(End(end));
  return absl::OkStatus();
}

std::vector<StagedRecord> Staging::TakeRecords() {
  for (const StagedRecord& record : records_) {
    switch (record.kind) {
      case ChangeKind::kCreated:
        ++counts_.records_created;
        break;
      case ChangeKind::kUpdated:
        ++counts_.records_updated;
        break;
      case ChangeKind::kEnded:
        ++counts_.records_ended;
        break;
    }
  }
  std::sort(records_.begin(), records_.end(),
            [](const StagedRecord& a, const StagedRecord& b) { return a.id < b.id; });
  return std::move(records_);
}

}  // namespace kosei::storage
