#include "commit_writer.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "commit_codec.h"
#include "commit_log.h"
#include "gate_mark.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "link_statement.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

void Put(const Store& store, rocksdb::WriteBatch& batch, Family family, std::string_view key,
         std::string_view value) {
  batch.Put(store.database->family(family), SliceOf(key), SliceOf(value)).PermitUncheckedError();
}

// Of a commit that is durable. Where it cannot be read the store is damaged, which is found when it
// is opened or verified; the link is then as if it had always been so.
Timestamp TimeOf(const Store& store, CommitNumber number) {
  const absl::StatusOr<DecodedCommit> commit = ReadCommit(*store.database, number);
  return commit.ok() ? commit->info.time : kBeginningOfTime;
}

// What the commit writes of records and links, into the batch and into its content hash.
PendingCommit AppendEntries(const Store& store, Staging& staging, ContentHash& content,
                            rocksdb::WriteBatch& batch) {
  PendingCommit pending;
  pending.record_balance = staging.record_balance();
  pending.records = staging.TakeRecords();
  pending.links = staging.TakeLinks();
  pending.link_balance = staging.link_balance();
  for (StagedRecord& record : pending.records) {
    char key[keys::kRecordKeySize];
    keys::WriteRecordKey(key, record.id, staging.commit());
    const RecordView version = RecordView::Trust(record.bytes);
    Put(store, batch, Family::kRecords, {key, sizeof(key)}, record.bytes);
    if (record.dated && !store.directory.Dated(NodeOf(record.id)))
      Put(store, batch, Family::kDefault, keys::DatedKey(record.id), {});
    record.gated = HasOwnGate(*store.schema, version);
    if (record.gated && !store.directory.Gated(NodeOf(record.id)))
      Put(store, batch, Family::kDefault, keys::GatedKey(record.id), {});
    content.AddStored(record.id, version);
  }
  for (const LinkChange& link : pending.links) {
    char key[keys::kLinkKeySize];
    keys::WriteLinkKey(key, {link.source, link.type, link.target, staging.commit()});
    const std::string value = EncodeLinkValue(ValueOf(link));
    Put(store, batch, Family::kLinks, {key, sizeof(key)}, value);
    content.AddLink(link.source, link.type, link.target, value);
  }
  return pending;
}

// The header and the list of changes; the commit is the head from here on.
void AppendHeader(const Store& store, const PendingCommit& pending, std::string_view header,
                  ChangesListed listed, Head& head, rocksdb::WriteBatch& batch) {
  const CommitInfo& info = pending.info;
  Put(store, batch, Family::kCommits, keys::CommitKey(info.number, 0), header);
  head = {info.number, info.time, info.hash};
  if (listed == ChangesListed::kNo) return;
  std::vector<RecordChange> record_changes;
  record_changes.reserve(pending.records.size());
  for (const StagedRecord& record : pending.records) {
    record_changes.push_back({record.id, record.class_number, record.kind});
  }
  const std::vector<std::string> parts = EncodeChanges(record_changes, pending.links);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Put(store, batch, Family::kCommits,
        keys::CommitKey(info.number, static_cast<std::uint32_t>(i + 1)), parts[i]);
  }
}

}  // namespace

PendingCommit AppendCommit(const Store& store, Staging& staging, const Provenance& provenance,
                           Head& head, rocksdb::WriteBatch& batch) {
  ContentHash content;
  PendingCommit pending = AppendEntries(store, staging, content, batch);
  const CommitResult& counts = staging.counts();
  CommitInfo& info = pending.info;
  info.number = staging.commit();
  info.time = staging.time();
  info.actor = provenance.actor;
  info.reason = provenance.reason;
  info.cause = provenance.cause;
  info.source = provenance.source;
  info.plan = provenance.plan;
  info.records_created = counts.records_created;
  info.records_updated = counts.records_updated;
  info.records_ended = counts.records_ended;
  info.links_created = counts.links_created;
  info.links_ended = counts.links_ended;
  info.content_hash = content.Finish();
  info.previous_hash = head.hash;
  // The model that came with the store is in the chain as well.
  if (head.commit == kNoCommit) info.model_hash = store.schema.newest_hash();
  const std::string header = EncodeCommit(info, store.model_version, ChangesListed::kYes);
  info.hash = Sha256::Of(header);
  AppendHeader(store, pending, header, ChangesListed::kYes, head, batch);
  return pending;
}

absl::StatusOr<PendingCommit> AppendReplayed(const Store& store, Staging& staging,
                                             const ReplayedCommit& commit, Head& head,
                                             rocksdb::WriteBatch& batch) {
  batch.SetSavePoint();
  ContentHash content(commit.decoded.content_form);
  PendingCommit pending = AppendEntries(store, staging, content, batch);
  pending.info = commit.decoded.info;
  if (content.Finish() != pending.info.content_hash) {
    batch.RollbackToSavePoint().PermitUncheckedError();
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("commit %d: what it wrote is not what its content hash says: "
                                     "a record or link of it was altered or is missing",
                                     pending.info.number.value));
  }
  batch.PopSavePoint().PermitUncheckedError();
  AppendHeader(store, pending, commit.header, commit.decoded.listed, head, batch);
  return pending;
}

void AppendHolders(const Store& store, const StagedState& group, rocksdb::WriteBatch& batch) {
  for (const auto& [identity, holders] : group.holders) {
    Put(store, batch, Family::kIdentity, identity, keys::EncodeHolders(holders));
  }
}

void ApplyToMemory(Store& store, const PendingCommit& commit) {
  for (const StagedRecord& record : commit.records) {
    const NodeIndex node = NodeOf(record.id);
    if (!record.new_key.empty()) {
      store.directory.Insert(node, record.new_key, record.class_number);
    } else if (record.kind == ChangeKind::kCreated) {
      store.directory.SetClass(node, record.class_number);
    }
    // What was just written is what is read and changed next.
    store.record_cache.Insert(record.id, commit.info.number, record.bytes);
    store.directory.SetLatest(node, commit.info.number, record.live);
    if (record.dated) store.directory.MarkDated(node);
    if (record.gated) store.directory.MarkGated(node);
  }
  store.topology.Apply(commit.info.number, commit.info.time, commit.links,
                       [&store](CommitNumber number) { return TimeOf(store, number); });
  store.unsaved_changes.fetch_add(1 + commit.records.size() + commit.links.size(),
                                  std::memory_order_relaxed);
  store.record_count.fetch_add(static_cast<std::uint64_t>(commit.record_balance),
                               std::memory_order_relaxed);
  store.link_count.fetch_add(static_cast<std::uint64_t>(commit.link_balance),
                             std::memory_order_relaxed);
}

}  // namespace kosei::storage
