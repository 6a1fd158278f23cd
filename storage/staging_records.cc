// Staging of records: merge with what is there, model, expectations, references.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process_rule.h"
#include "record_reader.h"
#include "staging.h"

namespace kosei::storage {
namespace {

std::string Putting(std::string_view key) { return "put record " + std::string(key); }

std::vector<const Record*> PointersTo(const std::vector<Record>& records) {
  std::vector<const Record*> pointers;
  for (const Record& record : records) {
    if (!record.ended) pointers.push_back(&record);
  }
  return pointers;
}

}  // namespace

Staging::Staging(const Store& store, EndpointRules& endpoints, const StagedState& group,
                 CommitNumber commit, Timestamp time)
    : store_(store), endpoints_(endpoints), group_(group), commit_(commit), time_(time) {
  own_.next_node = group.next_node;
}

NodeIndex Staging::FindNode(std::string_view key) const {
  if (const NodeIndex node = store_.directory.Find(key); node != 0) return node;
  const absl::string_view name(key.data(), key.size());
  if (const auto own = own_.new_keys.find(name); own != own_.new_keys.end()) return own->second;
  const auto earlier = group_.new_keys.find(name);
  return earlier == group_.new_keys.end() ? 0 : earlier->second;
}

absl::StatusOr<CurrentRecord> Staging::Find(std::string_view key, Timestamp instant) const {
  const NodeIndex node = FindNode(key);
  if (node == 0) return CurrentRecord{};
  CurrentRecord current{node, kNoCommit, store_.directory.ClassOf(node), {}, false};
  // What speaks of the instant is it; what is newer and does not may bound it.
  const auto speaks = [&](CommitNumber begin, const std::string& bytes) {
    const RecordView record = RecordView::Trust(bytes);
    current.class_number = record.class_number();
    if (record.valid_from() > instant) {
      current.until = std::min(current.until, record.valid_from());
      return false;
    }
    if (record.valid_to() <= instant) return false;
    current.until = std::min(current.until, record.valid_to());
    current.begin = begin;
    current.bytes = bytes;
    current.live = !record.ended();
    return true;
  };
  for (const StagedState* state : {&std::as_const(own_), &group_}) {
    const auto staged = state->records.find(node);
    if (staged != state->records.end() && speaks(staged->second.begin, staged->second.bytes))
      return current;
  }
  KOSEI_ASSIGN_OR_RETURN(const std::optional<RecordVersion> newest, ReadNewest(store_, node));
  if (!newest || speaks(newest->begin, newest->bytes)) return current;
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store_, RecordOf(node), store_.published()));
  for (const RecordVersion& version : versions) {
    if (speaks(version.begin, version.bytes)) break;
  }
  return current;
}

Record Staging::KnownRecord(std::string_view bytes) const {
  Record record = RecordView::Trust(bytes).Decode();
  store_.schema->Widen(record);
  return record;
}

absl::Status Staging::CheckOnce(NodeIndex node, std::string_view key, ValidInterval valid) const {
  const auto staged = positions_.find(node);
  if (node == 0 || staged == positions_.end()) return absl::OkStatus();
  const bool plain = valid.from == time_ && valid.to == kEndOfTime;
  if (plain && !records_[staged->second].dated) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidArgument,
                   Putting(key) +
                       ": the transaction says two things about it, one with a valid time of its "
                       "own; use two transactions",
                   "valid_from");
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
    merged = KnownRecord(current.bytes);
    for (auto& [number, value] : given.attributes) merged.Set(number, std::move(value));
  } else {
    merged.class_number = given.class_number;
    merged.key = given.key;
    merged.attributes = std::move(given.attributes);
    std::erase_if(merged.attributes,
                  [](const auto& attribute) { return attribute.second.is_null(); });
  }
  merged.valid_from = given.valid_from == kBeginningOfTime ? time_ : given.valid_from;
  // Until the next change that is known already, unless told otherwise.
  merged.valid_to = given.valid_to == kEndOfTime ? current.until : given.valid_to;
  if (merged.valid_from >= merged.valid_to) {
    return MakeError(ErrorCode::kInvalidArgument,
                     Putting(merged.key) + ": valid_to is not after valid_from", "valid_to");
  }
  const auto defaults =
      current.live ? model::Schema::Defaults::kKeep : model::Schema::Defaults::kFill;
  KOSEI_RETURN_IF_ERROR(store_.schema->Canonicalise(merged, defaults));
  return merged;
}

absl::Status Staging::CheckProcess(ClassNumber class_number, std::string_view key) const {
  return by_process_ ? absl::OkStatus() : CheckNoProcessRecord(*store_.schema, class_number, key);
}

absl::Status Staging::CheckReferences(const model::Class& owner, const Record& record) const {
  // Both ascend by number.
  auto attribute = owner.attributes.begin();
  for (const auto& [number, value] : record.attributes) {
    while (attribute != owner.attributes.end() && attribute->number < number) ++attribute;
    if (attribute == owner.attributes.end()) break;
    if (attribute->number != number) continue;
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
  const bool at_once = put.record.valid_from == kBeginningOfTime;
  KOSEI_ASSIGN_OR_RETURN(CurrentRecord current,
                         Find(put.record.key, at_once ? time_ : put.record.valid_from));
  KOSEI_RETURN_IF_ERROR(CheckExpected(put.record.key, current, put.expected_begin));
  KOSEI_ASSIGN_OR_RETURN(Record merged, Merged(current, put));
  const bool there = current.live;
  if (there && merged.valid_to <= current.until &&
      KnownRecord(current.bytes).attributes == merged.attributes) {
    ++counts_.records_unchanged;
    return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(CheckProcess(merged.class_number, merged.key));
  KOSEI_RETURN_IF_ERROR(CheckOnce(current.node, merged.key, {merged.valid_from, merged.valid_to}));
  const model::Class* owner = store_.schema->FindClass(merged.class_number);
  KOSEI_RETURN_IF_ERROR(CheckReferences(*owner, merged));
  const bool is_new = current.node == 0;
  if (is_new) current.node = own_.next_node;
  KOSEI_ASSIGN_OR_RETURN(const Presence presence, PresenceOf(current, merged));
  HolderUpdates updates;
  KOSEI_RETURN_IF_ERROR(UpdateClaims(*owner, presence, merged, current.node, updates));
  if (is_new) {
    ++own_.next_node;
    own_.new_keys[merged.key] = current.node;
    new_node_keys_[current.node] = merged.key;
  }
  for (auto& [identity, holders] : updates) own_.holders[identity] = std::move(holders);
  Remember(std::move(current), std::move(merged),
           there ? ChangeKind::kUpdated : ChangeKind::kCreated, presence);
  return absl::OkStatus();
}

absl::Status Staging::End(const EndRecord& end) {
  const bool at_once = end.valid_from == kBeginningOfTime;
  const ValidInterval valid{at_once ? time_ : end.valid_from, end.valid_to};
  KOSEI_ASSIGN_OR_RETURN(CurrentRecord current, Find(end.key, valid.from));
  if (!current.live) {
    return MakeError(ErrorCode::kNotFound,
                     "end record " + end.key + ": there is no such record" +
                         (at_once ? std::string() : " at " + FormatTimestamp(valid.from)),
                     "key");
  }
  if (valid.from >= valid.to) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "end record " + end.key + ": valid_to is not after valid_from", "valid_to");
  }
  KOSEI_RETURN_IF_ERROR(CheckProcess(current.class_number, end.key));
  KOSEI_RETURN_IF_ERROR(CheckExpected(end.key, current, end.expected_begin));
  KOSEI_RETURN_IF_ERROR(CheckOnce(current.node, end.key, valid));
  Record ended;
  ended.class_number = current.class_number;
  ended.key = end.key;
  ended.valid_from = valid.from;
  ended.valid_to = valid.to;
  ended.ended = true;
  KOSEI_ASSIGN_OR_RETURN(const Presence presence, PresenceOf(current, ended));
  HolderUpdates updates;
  if (const model::Class* owner = store_.schema->FindClass(ended.class_number); owner != nullptr) {
    KOSEI_RETURN_IF_ERROR(UpdateClaims(*owner, presence, ended, current.node, updates));
  }
  for (auto& [identity, holders] : updates) own_.holders[identity] = std::move(holders);
  KOSEI_RETURN_IF_ERROR(EndLinksOf(current.node, valid));
  Remember(std::move(current), std::move(ended), ChangeKind::kEnded, presence);
  return absl::OkStatus();
}

absl::Status Staging::UpdateClaims(const model::Class& owner, const Presence& presence,
                                   const Record& said, NodeIndex node,
                                   HolderUpdates& updates) const {
  const std::vector<const Record*> before = PointersTo(presence.known);
  std::vector<const Record*> after;
  if (presence.said_in_force && !said.ended) after.push_back(&said);
  for (const std::size_t i : presence.in_force) after.push_back(&presence.known[i]);
  return UpdateHolders(owner, before, after, RecordOf(node), updates);
}

void Staging::Remember(CurrentRecord current, Record record, ChangeKind kind,
                       const Presence& presence) {
  const NodeIndex node = current.node;
  current.begin = commit_;
  current.class_number = record.class_number;
  current.bytes = EncodeRecord(record);
  current.live = !record.ended;
  record_balance_ += static_cast<int>(presence.after) - static_cast<int>(presence.before);
  const bool dated = record.valid_from != time_ || record.valid_to != kEndOfTime;
  const auto [position, inserted] = positions_.try_emplace(node, records_.size());
  if (inserted) {
    records_.push_back(
        {RecordOf(node), record.class_number, kind, {}, current.bytes, presence.after, dated});
    if (const auto key = new_node_keys_.find(node); key != new_node_keys_.end())
      records_.back().new_key = key->second;
  } else {
    StagedRecord& staged = records_[position->second];
    staged.bytes = current.bytes;
    staged.live = presence.after;
    // Created and then changed in one transaction is created; ended afterwards is ended.
    if (kind == ChangeKind::kEnded || staged.kind != ChangeKind::kCreated) staged.kind = kind;
  }
  own_.records[node] = std::move(current);
}

absl::Status Staging::StageAll(Transaction& transaction) {
  AllowProcessRecords(transaction.by_process);
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
