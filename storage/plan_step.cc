#include "plan_step.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

// A plan's reader saw the committed version of the record, whatever the plan makes of it.
absl::Status CheckExpected(const Store& store, std::string_view key, const CurrentRecord& planned,
                           const std::optional<CommitNumber>& expected) {
  if (!expected) return absl::OkStatus();
  if (*expected == kNoCommit) {
    if (!planned.live) return absl::OkStatus();
    return MakeError(ErrorCode::kAlreadyExists,
                     absl::StrFormat("edit plan: %s exists already; leave the expectation out to "
                                     "change it, or choose another key",
                                     key),
                     "key");
  }
  const NodeIndex node = store.directory.Find(key);
  const CommitNumber latest = node == 0 ? kNoCommit : store.directory.Latest(node);
  if (planned.live && latest == *expected) return absl::OkStatus();
  return MakeError(ErrorCode::kVersionConflict,
                   absl::StrFormat("edit plan: expected the version of commit %d of %s, found %s; "
                                   "read it again and decide again",
                                   expected->value, key,
                                   planned.live ? absl::StrFormat("that of commit %d", latest.value)
                                                : std::string("none")));
}

// The record in canonical values, without those that it has already.
void Reduce(const model::Schema& schema, const CurrentRecord& before, Record& record) {
  const model::Class* owner =
      schema.FindClass(before.live ? before.class_number : record.class_number);
  if (owner == nullptr) return;
  std::optional<Record> known;
  if (before.live) known = RecordView::Trust(before.bytes).Decode();
  for (auto& [number, value] : record.attributes) {
    const model::Attribute* attribute = schema.FindAttribute(*owner, number);
    if (attribute == nullptr) continue;
    absl::StatusOr<Value> canonical = schema.Coerce(*attribute, value);
    if (canonical.ok()) value = *std::move(canonical);
  }
  std::erase_if(record.attributes, [&](const auto& attribute) {
    if (!known) return attribute.second.is_null();
    const Value* value = known->Find(attribute.first);
    return value == nullptr ? attribute.second.is_null() : *value == attribute.second;
  });
}

absl::Status StagePut(const Store& store, Staging& staging, const PutRecord& put,
                      Transaction& kept) {
  KOSEI_ASSIGN_OR_RETURN(const CurrentRecord before, staging.Find(put.record.key));
  KOSEI_RETURN_IF_ERROR(CheckExpected(store, put.record.key, before, put.expected_begin));
  PutRecord edit = put;
  edit.expected_begin.reset();
  KOSEI_RETURN_IF_ERROR(staging.Put(edit));
  Reduce(*store.schema, before, edit.record);
  if (before.live) {
    if (edit.record.attributes.empty()) return absl::OkStatus();
    edit.record.class_number = {};
  }
  kept.put_records.push_back(std::move(edit));
  return absl::OkStatus();
}

// A plan's changes hold from its merge on.
absl::Status CheckUndated(const Transaction& edits) {
  const auto dated = [](const auto& one) {
    return one.valid_from != kBeginningOfTime || one.valid_to != kEndOfTime;
  };
  const bool any = std::any_of(edits.put_records.begin(), edits.put_records.end(),
                               [&](const PutRecord& put) { return dated(put.record); }) ||
                   std::any_of(edits.end_links.begin(), edits.end_links.end(), dated) ||
                   std::any_of(edits.put_links.begin(), edits.put_links.end(), dated) ||
                   std::any_of(edits.end_records.begin(), edits.end_records.end(), dated);
  if (!any) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidArgument,
                   "edit plan: what a plan says holds from its merge on; leave the valid time out, "
                   "or commit the planned fact itself",
                   "valid_from");
}

}  // namespace

absl::StatusOr<Transaction> StageStep(const Store& store, Staging& staging,
                                      const Transaction& edits) {
  KOSEI_RETURN_IF_ERROR(CheckUndated(edits));
  Transaction kept;
  kept.provenance = edits.provenance;
  for (const PutRecord& put : edits.put_records) {
    KOSEI_RETURN_IF_ERROR(StagePut(store, staging, put, kept));
  }
  for (const EndLink& link : edits.end_links) {
    KOSEI_RETURN_IF_ERROR(staging.Unlink(link));
    kept.end_links.push_back(link);
  }
  for (const PutLink& link : edits.put_links) {
    const bool there = staging.HasLink(link.source, link.type, link.target);
    KOSEI_RETURN_IF_ERROR(staging.Link(link));
    if (!there) kept.put_links.push_back(link);
  }
  for (const EndRecord& end : edits.end_records) {
    KOSEI_ASSIGN_OR_RETURN(const CurrentRecord before, staging.Find(end.key));
    KOSEI_RETURN_IF_ERROR(CheckExpected(store, end.key, before, end.expected_begin));
    EndRecord edit = end;
    edit.expected_begin.reset();
    KOSEI_RETURN_IF_ERROR(staging.End(edit));
    kept.end_records.push_back(std::move(edit));
  }
  return kept;
}

}  // namespace kosei::storage
