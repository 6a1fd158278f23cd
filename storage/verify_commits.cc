// The chain of commits, and what each of them says it wrote.
#include <utility>

#include "absl/strings/str_format.h"
#include "commit_codec.h"
#include "commit_log.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "rocksdb_status.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

std::string NameOf(CommitNumber commit) { return absl::StrFormat("commit %d", commit.value); }

void AddStored(ContentHash& hash, RecordId id, const std::string& bytes) {
  const auto record = RecordView::Verify(bytes);
  if (record.ok()) {
    hash.AddStored(id, *record);
  } else {
    hash.AddRecord(id, bytes);
  }
}

// Feeds the versions that the commit lists into `hash`; false when one is missing.
bool HashListed(VerifyRun& run, CommitNumber commit, const CommitChanges& changes,
                ContentHash& hash) {
  bool whole = true;
  for (const RecordChange& change : changes.records) {
    char key[keys::kRecordKeySize];
    keys::WriteRecordKey(key, change.record, commit);
    const auto bytes = run.database.Get(Family::kRecords, {key, sizeof(key)});
    if (!bytes.ok()) {
      run.Find(absl::StrFormat("%s: its version of record %d: %s", NameOf(commit),
                               change.record.value, MessageOf(bytes.status())));
      whole = false;
      continue;
    }
    AddStored(hash, change.record, *bytes);
  }
  for (const LinkChange& change : changes.links) {
    char key[keys::kLinkKeySize];
    keys::WriteLinkKey(key, {change.source, change.type, change.target, commit});
    const auto value = run.database.Get(Family::kLinks, {key, sizeof(key)});
    if (!value.ok()) {
      run.Find(absl::StrFormat("%s: its version of link %d -(%d)-> %d: %s", NameOf(commit),
                               change.source.value, change.type.value, change.target.value,
                               MessageOf(value.status())));
      whole = false;
      continue;
    }
    hash.AddLink(change.source, change.type, change.target, *value);
  }
  return whole;
}

// The commit of a first load lists nothing: it wrote all that carries its number.
bool HashByScan(VerifyRun& run, CommitNumber commit, ContentHash& hash, std::uint64_t& records,
                std::uint64_t& links) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const auto record = run.database.Iterate(Family::kRecords, options);
  for (record->SeekToFirst(); record->Valid(); record->Next()) {
    if (record->key().size() != keys::kRecordKeySize) continue;
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(record->key()));
    if (key.commit != commit) continue;
    AddStored(hash, key.id, record->value().ToString());
    run.Progress("commits", ++records, run.EstimateOf(Family::kRecords));
  }
  const auto link = run.database.Iterate(Family::kLinks, options);
  for (link->SeekToFirst(); link->Valid(); link->Next()) {
    if (link->key().size() != keys::kLinkKeySize) continue;
    const keys::LinkKey key = keys::DecodeLinkKey(ViewOf(link->key()));
    if (key.commit != commit) continue;
    hash.AddLink(key.source, key.type, key.target, ViewOf(link->value()));
    ++links;
  }
  for (const auto& status : {record->status(), link->status()}) {
    if (!status.ok())
      run.Find(NameOf(commit) + ": its content cannot be read: " + status.ToString());
    if (!status.ok()) return false;
  }
  return true;
}

void CheckContent(VerifyRun& run, const DecodedCommit& commit) {
  const CommitNumber number = commit.info.number;
  ContentHash hash(commit.content_form);
  bool whole = false;
  if (commit.listed == ChangesListed::kNo) {
    std::uint64_t records = 0;
    std::uint64_t links = 0;
    whole = HashByScan(run, number, hash, records, links);
    run.record_entries_expected += records;
    run.link_entries_expected += links;
    if (whole && (records != commit.info.records_created || links != commit.info.links_created)) {
      run.Find(absl::StrFormat("%s: %d records and %d links carry its number, expected %d and %d",
                               NameOf(number), records, links, commit.info.records_created,
                               commit.info.links_created));
    }
  } else {
    const auto changes = ReadChanges(run.database, number, SIZE_MAX);
    if (!changes.ok()) {
      run.Find(NameOf(number) +
               ": its list of changes: " + std::string(MessageOf(changes.status())));
      return;
    }
    run.record_entries_expected += changes->records.size();
    run.link_entries_expected += changes->links.size();
    whole = HashListed(run, number, *changes, hash);
  }
  if (whole && hash.Finish() != commit.info.content_hash) {
    run.Find(NameOf(number) +
             ": what it wrote is not what its hash says: a record or link of it "
             "was altered");
  }
}

// What the commit before said; the first has none.
struct Previous {
  CommitNumber number = kNoCommit;
  Timestamp time = kBeginningOfTime;
  std::string hash = std::string(32, '\0');
  bool known = true;  // false after a header that could not be read
  std::uint32_t model_version = 0;
};

// A commit that names a model names what is stored of that version, and one that goes over to
// another version names it.
void CheckModel(VerifyRun& run, const DecodedCommit& commit, const Previous& previous) {
  const std::string name = NameOf(commit.info.number);
  if (commit.info.model_hash.empty()) {
    // Commits of form 1 are from before models were kept.
    const bool other = previous.known && previous.model_version != commit.model_version;
    if (other && previous.number != kNoCommit && commit.content_form != ContentForm::kBytes)
      run.Find(name + ": it goes over to another model without naming it");
    return;
  }
  const auto stored = run.models.find(commit.model_version);
  if (stored == run.models.end()) {
    run.Find(absl::StrFormat("%s: version %d of the model, under which it was made, is missing",
                             name, commit.model_version));
  } else if (stored->second.hash != commit.info.model_hash) {
    run.Find(
        absl::StrFormat("%s: what is stored of version %d of the model is not what it says: "
                        "it was altered",
                        name, commit.model_version));
  }
}

void CheckChain(VerifyRun& run, const CommitInfo& commit, const Previous& previous) {
  if (commit.number.value != previous.number.value + 1) {
    run.Find(absl::StrFormat("commits: %d to %d are missing", previous.number.value + 1,
                             commit.number.value - 1));
    return;
  }
  if (!previous.known) return;
  if (commit.previous_hash != previous.hash) {
    run.Find(
        absl::StrFormat("%s: the hash it carries of commit %d is not that commit's hash: one of "
                        "the two was altered",
                        NameOf(commit.number), previous.number.value));
  }
  if (commit.time <= previous.time) {
    run.Find(NameOf(commit.number) + ": its time is not after that of the commit before");
  }
}

void CheckWatermark(VerifyRun& run, const WatermarkValue& watermark) {
  const std::uint64_t writes = run.database.db().GetLatestSequenceNumber();
  if (writes < watermark.writes) {
    run.Find(
        absl::StrFormat("names: the newest baselines, settings or plans were acknowledged and are "
                        "not there (it ends "
                        "with write %d, expected %d at least)",
                        writes, watermark.writes));
  }
  if (watermark.commit == kNoCommit) return;
  if (run.report.newest < watermark.commit) {
    run.Find(absl::StrFormat("commits: %d to %d were acknowledged and are not there",
                             run.report.newest.value + 1, watermark.commit.value));
    return;
  }
  const auto named = ReadCommit(run.database, watermark.commit);
  if (named.ok() && named->info.hash != watermark.hash) {
    run.Find(absl::StrFormat("%s: its hash is %s, the watermark remembers %s",
                             NameOf(watermark.commit), ToHex(named->info.hash),
                             ToHex(watermark.hash)));
  }
}

}  // namespace

void VerifyCommits(VerifyRun& run, const WatermarkValue& watermark) {
  const std::uint64_t total = run.EstimateOf(Family::kCommits);
  const auto iterator = run.database.Iterate(Family::kCommits, rocksdb::ReadOptions());
  Previous previous;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (key.size() != keys::kCommitKeySize) {
      run.Find("commits: a key of " + std::to_string(key.size()) + " bytes");
      continue;
    }
    std::uint32_t part = 0;
    const CommitNumber number = keys::DecodeCommitKey(key, part);
    if (part != 0) continue;
    run.Progress("commits", ++run.report.commits, total);
    const auto commit = DecodeCommit(ViewOf(iterator->value()));
    if (!commit.ok() || commit->info.number != number) {
      run.Find(NameOf(number) + ": its header is damaged");
      previous = {number, kBeginningOfTime, {}, false, 0};
      continue;
    }
    CheckChain(run, commit->info, previous);
    CheckContent(run, *commit);
    CheckModel(run, *commit, previous);
    previous = {number, commit->info.time, commit->info.hash, true, commit->model_version};
  }
  if (!iterator->status().ok()) {
    run.Find("commits: cannot be read on: " + iterator->status().ToString());
  }
  run.report.newest = previous.number;
  CheckWatermark(run, watermark);
}

}  // namespace kosei::storage
