#include "first_replay.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "gate_mark.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "unique_value.h"

namespace kosei::storage {
namespace {

absl::Status Bad(std::string_view what) { return MakeError(ErrorCode::kInvalidArgument, what); }

auto NameOf(const LinkInterval& link) { return std::tie(link.source, link.type, link.target); }

}  // namespace

absl::StatusOr<std::unique_ptr<FirstReplay>> FirstReplay::Begin(Store& store, std::string header,
                                                                DecodedCommit commit) {
  std::unique_ptr<FirstReplay> replay(new FirstReplay(store, std::move(header), std::move(commit)));
  KOSEI_ASSIGN_OR_RETURN(replay->files_,
                         SortedFiles::Create(*store.database, store.options.folder + "/load"));
  return replay;
}

// The number gets its key; what an earlier import that was given up has reserved may be in the way.
absl::Status FirstReplay::Reserve(NodeIndex node, const RecordView& record) {
  Directory& directory = store_.directory;
  const NodeIndex known = directory.Find(record.key());
  if (known == node) return absl::OkStatus();
  if (!directory.KeyOf(node).empty()) {
    return Bad(absl::StrFormat(
        "record %d: an import that was given up has left its number to \"%s\"; restart koseid and "
        "import again",
        node, directory.KeyOf(node)));
  }
  if (known == 0) {
    directory.Insert(node, record.key(), record.class_number());
  } else {
    directory.Move(known, node, record.class_number());
  }
  return absl::OkStatus();
}

absl::Status FirstReplay::AddRecord(const RecordLine& line) {
  const RecordView record = RecordView::Trust(line.bytes);
  const RecordId id = line.id;
  if (id.value == 0 || id.value >= UINT32_MAX || record.class_number().value == 0 ||
      record.key().empty() || record.ended()) {
    return Bad(
        absl::StrFormat("record %d: one of a first load has a class, a key, a number from 1 "
                        "to 4294967294, and has not ended",
                        id.value));
  }
  const NodeIndex node = NodeOf(id);
  if (!links_.empty() || (!nodes_.empty() && node <= nodes_.back())) {
    return Bad("records come before links, ascending by number");
  }
  KOSEI_RETURN_IF_ERROR(Reserve(node, record));
  char key[keys::kRecordKeySize];
  keys::WriteRecordKey(key, id, commit_.info.number);
  KOSEI_RETURN_IF_ERROR(files_->Put(Family::kRecords, {key, sizeof(key)}, line.bytes));
  content_.AddStored(id, record);
  const Timestamp time = commit_.info.time;
  if (record.valid_from() != time || record.valid_to() != kEndOfTime) {
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kDefault, keys::DatedKey(id), {}));
    dated_.push_back(node);
    if (record.valid_to() <= time) over_.push_back(node);
  }
  if (HasOwnGate(*store_.schema, record)) gated_.push_back(node);
  nodes_.push_back(node);
  Claim(node, record);
  return absl::OkStatus();
}

void FirstReplay::Claim(NodeIndex node, const RecordView& record) {
  const model::Class* owner = store_.schema->FindClass(record.class_number());
  if (owner == nullptr) return;
  for (const model::Attribute& attribute : owner->attributes) {
    if (!attribute.definition.unique) continue;
    const Value value = record.Find(attribute.number);
    if (value.is_null()) continue;
    unique_.try_emplace(
        keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value)), node);
  }
}

absl::Status FirstReplay::AddLink(const LinkLine& line) {
  const NodeIndex source = store_.directory.Find(line.source);
  const NodeIndex target = store_.directory.Find(line.target);
  if (source == 0 || target == 0) {
    return Bad(absl::StrFormat("link %s to %s: there is no record \"%s\" so far", line.source,
                               line.target, source == 0 ? line.source : line.target));
  }
  const LinkInterval link{source, target, static_cast<TypeIndex>(line.type.value),
                          commit_.info.number, kOpenEnd};
  if (!links_.empty() && NameOf(link) <= NameOf(links_.back())) {
    return Bad(
        "links ascend by the number of their source, their type, and the number of their "
        "target");
  }
  if (line.value != std::string_view("\1", 1)) {
    return Bad("a link of a first load holds from its commit on");
  }
  char key[keys::kLinkKeySize];
  keys::WriteLinkKey(key, {RecordOf(source), line.type, RecordOf(target), commit_.info.number});
  KOSEI_RETURN_IF_ERROR(files_->Put(Family::kLinks, {key, sizeof(key)}, line.value));
  content_.AddLink(RecordOf(source), line.type, RecordOf(target), line.value);
  links_.push_back(link);
  return absl::OkStatus();
}

absl::Status FirstReplay::WriteHolders() {
  std::vector<std::pair<std::string_view, NodeIndex>> sorted(unique_.begin(), unique_.end());
  std::sort(sorted.begin(), sorted.end());
  for (const auto& [identity, node] : sorted) {
    const std::string holders =
        keys::EncodeHolders({{RecordOf(node), commit_.info.number, kOpenEnd}});
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kIdentity, identity, holders));
  }
  return absl::OkStatus();
}

absl::StatusOr<Head> FirstReplay::Finish(WatermarkKeeper& watermark) {
  const CommitNumber number = commit_.info.number;
  if (content_.Finish() != commit_.info.content_hash) {
    return Bad(
        absl::StrFormat("commit %d: what it wrote is not what its content hash says: a "
                        "record or link of it was altered or is missing",
                        number.value));
  }
  KOSEI_RETURN_IF_ERROR(WriteHolders());
  KOSEI_RETURN_IF_ERROR(files_->Put(Family::kCommits, keys::CommitKey(number, 0), header_));
  // Behind the marks of dated records, which came with theirs: a file's keys ascend.
  for (const NodeIndex node : gated_)
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kDefault, keys::GatedKey(RecordOf(node)), {}));
  KOSEI_RETURN_IF_ERROR(files_->Finish());
  const Head head{number, commit_.info.time, commit_.info.hash};
  absl::Status taken = files_->Ingest();
  if (taken.ok()) taken = watermark.Barrier(head);
  KOSEI_RETURN_IF_ERROR(store_.Wrote(std::move(taken)));
  store_.BeginApply(head);
  Directory& directory = store_.directory;
  for (const NodeIndex node : nodes_) directory.SetLatest(node, number, true);
  for (const NodeIndex node : dated_) directory.MarkDated(node);
  for (const NodeIndex node : gated_) directory.MarkGated(node);
  for (const NodeIndex node : over_) directory.SetLatest(node, number, false);
  store_.topology.Replace(BuildBase(links_, directory.limit(), number));
  store_.record_count.store(nodes_.size() - over_.size(), std::memory_order_relaxed);
  store_.link_count.store(links_.size(), std::memory_order_relaxed);
  return head;
}

}  // namespace kosei::storage
