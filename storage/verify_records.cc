// Every version of every record, and what is held as unique.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "gate_mark.h"
#include "hash.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "rocksdb_status.h"
#include "unique_value.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

class RecordCheck {
 public:
  explicit RecordCheck(VerifyRun& run) : run_(run) {
    for (const auto& [version, model] : run.models)
      model_since_ = std::max(model_since_, model.commit);
  }

  // Versions come by record, newest first.
  void Add(const keys::RecordKey& key, const std::string& bytes) {
    const std::string where =
        absl::StrFormat("record %d, commit %d", key.id.value, key.commit.value);
    const bool newest = key.id != id_;
    if (key.commit == kNoCommit || key.commit > run_.report.newest) {
      run_.Find(where + ": there is no such commit");
    }
    const absl::StatusOr<RecordView> record = RecordView::Verify(bytes);
    if (!record.ok()) {
      run_.Find(where + ": " + std::string(MessageOf(record.status())));
    } else if (newest) {
      BeginRecord(key.id, *record, where);
    } else if (record->key() != key_) {
      run_.Find(
          absl::StrFormat("%s: its key is %s, later versions have %s", where, record->key(), key_));
    }
    if (record.ok()) CheckValidTime(key.id, *record, where);
    // What was written under an earlier model is not judged by the newest.
    if (record.ok() && key.commit > model_since_ && HasOwnGate(run_.schema, *record) &&
        !run_.IsGated(key.id)) {
      run_.Find(where + ": it has a gate of its own, and the record has no mark that says so");
    }
    if (newest && !record.ok()) key_.clear();
    if (newest) id_ = key.id;
  }

 private:
  void BeginRecord(RecordId id, const RecordView& record, const std::string& where) {
    key_ = std::string(record.key());
    if (key_.empty()) run_.Find(where + ": it has no key");
    if (run_.schema.ClassName(record.class_number()).empty()) {
      run_.Find(
          absl::StrFormat("%s: its class %d was never named", where, record.class_number().value));
    }
    if (run_.known.size() <= id.value)
      run_.known.resize(std::max(id.value + 1, run_.known.size() * 2));
    run_.known[id.value] = true;
    const auto [other, fresh] = keys_.emplace(Hash64(key_), id);
    if (!fresh && KeyOf(other->second) == key_) {
      run_.Find(absl::StrFormat("%s: its key %s is that of record %d too", where, key_,
                                other->second.value));
    }
    if (record.ended()) return;
    ++run_.report.records;
    if (!run_.IsDated(id)) NoteUniqueValues(id, record, where);
  }

  void CheckValidTime(RecordId id, const RecordView& record, const std::string& where) {
    if (record.valid_from() >= record.valid_to()) {
      run_.Find(where + ": it ends in valid time before it begins");
    }
    if (!run_.IsDated(id)) {
      if (record.valid_to() != kEndOfTime) {
        run_.Find(where +
                  ": it has a valid time of its own, and the record has no mark that says so");
      }
      return;
    }
    const model::Class* const owner = run_.schema.FindClass(record.class_number());
    if (owner == nullptr || record.ended()) return;
    for (const model::Attribute& attribute : owner->attributes) {
      if (!attribute.definition.unique) continue;
      const Value value = record.Find(attribute.number);
      if (value.is_null()) continue;
      run_.dated_values.emplace(
          keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value)), id.value);
    }
  }

  void NoteUniqueValues(RecordId id, const RecordView& record, const std::string& where) {
    const model::Class* const owner = run_.schema.FindClass(record.class_number());
    if (owner == nullptr) return;
    for (const model::Attribute& attribute : owner->attributes) {
      if (!attribute.definition.unique) continue;
      const Value value = record.Find(attribute.number);
      if (value.is_null()) continue;
      const auto [held, fresh] = run_.unique.emplace(
          keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value)), id);
      if (!fresh) {
        run_.Find(absl::StrFormat("%s: record %d has the same %s, which is unique", where,
                                  held->second.value, attribute.definition.name));
      }
    }
  }

  std::string KeyOf(RecordId id) const {
    const auto iterator = run_.database.Iterate(Family::kRecords, rocksdb::ReadOptions());
    iterator->Seek(keys::RecordPrefix(id));
    if (!iterator->Valid()) return {};
    const std::string bytes = iterator->value().ToString();
    const auto record = RecordView::Verify(bytes);
    return record.ok() ? std::string(record->key()) : std::string();
  }

  VerifyRun& run_;
  CommitNumber model_since_ = kNoCommit;  // the newest model is
  RecordId id_{0};
  std::string key_;
  absl::flat_hash_map<std::uint64_t, RecordId> keys_;
};

// Marks under the prefix: `of` what, for findings.
void ReadMarks(VerifyRun& run, std::string_view prefix, std::string_view of,
               std::vector<bool>& marks) {
  const auto iterator = run.database.Iterate(Family::kDefault, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(prefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (!key.starts_with(prefix)) break;
    if (key.size() != keys::kMarkKeySize) {
      run.Find(absl::StrFormat("marks of %s: a key of %d bytes", of, key.size()));
      continue;
    }
    const std::uint64_t id = ReadU64(key.data() + prefix.size());
    if (id > UINT32_MAX) {
      run.Find(absl::StrFormat("marks of %s: there is no record %d", of, id));
      continue;
    }
    if (marks.size() <= id) marks.resize(std::max(id + 1, marks.size() * 2));
    marks[id] = true;
  }
  if (!iterator->status().ok()) {
    run.Find(
        absl::StrFormat("marks of %s: cannot be read on: %s", of, iterator->status().ToString()));
  }
}

}  // namespace

void VerifyRecords(VerifyRun& run) {
  ReadMarks(run, keys::kDatedPrefix, "valid time", run.dated);
  ReadMarks(run, keys::kGatedPrefix, "gates", run.gated);
  const std::uint64_t total = run.EstimateOf(Family::kRecords);
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const auto iterator = run.database.Iterate(Family::kRecords, options);
  RecordCheck check(run);
  std::string bytes;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    if (iterator->key().size() != keys::kRecordKeySize) {
      run.Find(absl::StrFormat("records: a key of %d bytes", iterator->key().size()));
      continue;
    }
    bytes.assign(iterator->value().data(), iterator->value().size());
    check.Add(keys::DecodeRecordKey(ViewOf(iterator->key())), bytes);
    run.Progress("records", ++run.report.record_versions, total);
  }
  if (!iterator->status().ok()) {
    run.Find("records: cannot be read on: " + iterator->status().ToString());
  } else if (run.report.record_versions != run.record_entries_expected) {
    run.Find(absl::StrFormat("records: %d versions, the commits wrote %d",
                             run.report.record_versions, run.record_entries_expected));
  }
}

void VerifyUniqueValues(VerifyRun& run) {
  const std::uint64_t total = run.EstimateOf(Family::kIdentity);
  const auto iterator = run.database.Iterate(Family::kIdentity, rocksdb::ReadOptions());
  std::uint64_t seen = 0;
  std::uint64_t right = 0;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    run.Progress("unique values", ++seen, total);
    const auto held = run.unique.find(iterator->key().ToString());
    for (const keys::Holder& holder : keys::DecodeHolders(ViewOf(iterator->value()))) {
      if (!run.IsKnown(holder.id)) {
        run.Find(absl::StrFormat("unique values: one is held by record %d, which there is not",
                                 holder.id.value));
      }
      if (holder.end != kOpenEnd) continue;
      ++run.report.unique_values;
      if (held != run.unique.end() && held->second == holder.id) {
        ++right;
      } else if (!run.dated_values.contains({iterator->key().ToString(), holder.id.value})) {
        run.Find(absl::StrFormat("unique values: one is held by record %d, which does not have it",
                                 holder.id.value));
      }
    }
  }
  if (!iterator->status().ok()) {
    run.Find("unique values: cannot be read on: " + iterator->status().ToString());
  } else if (right != run.unique.size()) {
    run.Find(
        absl::StrFormat("unique values: %d of %d are not in the book, so they could be given "
                        "twice",
                        run.unique.size() - right, run.unique.size()));
  }
}

}  // namespace kosei::storage
