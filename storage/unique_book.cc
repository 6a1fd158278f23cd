#include "unique_book.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "model_versions.h"
#include "rocksdb_status.h"
#include "unique_value.h"
#include "valid_time.h"

namespace kosei::storage {
namespace {

using Identity = std::array<char, keys::kIdentityKeySize>;

// A model, and the commit and time from which on it was in force.
struct ModelInForce {
  std::shared_ptr<const model::Schema> schema;
  CommitNumber commit;
  Timestamp time;
};

struct StoredVersion {
  CommitNumber commit;
  std::string bytes;
  RecordView record() const { return RecordView::Trust(bytes); }
};

struct BookEntry {
  Identity identity;
  keys::Holder holder;
};
// Sorts as keys do.
std::string_view KeyOf(const BookEntry& entry) {
  return {entry.identity.data(), entry.identity.size()};
}

absl::StatusOr<std::vector<ModelInForce>> ReadModels(const Database& database,
                                                     const model::ModelDefinition& given) {
  std::vector<ModelInForce> models;
  KOSEI_ASSIGN_OR_RETURN(const auto versions, ListMeta(database, kModelVersionPrefix));
  for (const auto& [name, bytes] : versions) {
    KOSEI_ASSIGN_OR_RETURN(const StoredModel stored, DecodeModel(bytes));
    ModelInForce model{nullptr, stored.commit, kBeginningOfTime};
    KOSEI_ASSIGN_OR_RETURN(model.schema, CompileModel(stored));
    if (stored.commit != kNoCommit) {
      KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(database, stored.commit));
      model.time = commit.info.time;
    }
    models.push_back(std::move(model));
  }
  if (!models.empty()) return models;
  KOSEI_ASSIGN_OR_RETURN(model::NameBook book, ReadNameBook(database));
  KOSEI_ASSIGN_OR_RETURN(auto schema, model::Schema::Build(given, book));
  models.push_back({std::move(schema), kNoCommit, kBeginningOfTime});
  return models;
}

absl::StatusOr<absl::flat_hash_set<std::uint64_t>> ReadDated(const Database& database) {
  absl::flat_hash_set<std::uint64_t> dated;
  const auto iterator = database.Iterate(Family::kDefault, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(keys::kDatedPrefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view key = ViewOf(iterator->key());
    if (!key.starts_with(keys::kDatedPrefix) || key.size() != keys::kMarkKeySize) break;
    dated.insert(ReadU64(key.data() + keys::kDatedPrefix.size()));
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read marks of valid time"));
  return dated;
}

// One record's life, commit by commit: its own, and those that changed the model.
class RecordLife {
 public:
  RecordLife(const std::vector<ModelInForce>& models, RecordId id, bool dated,
             std::vector<BookEntry>& book)
      : models_(models), id_(id), dated_(dated), book_(book) {}

  // Versions oldest first, and when each of their commits was.
  void Run(const std::vector<StoredVersion>& versions, const std::vector<Timestamp>& times) {
    for (std::size_t i = 0; i < versions.size(); ++i) {
      ChangeModels(versions[i].commit, i == 0);
      said_.insert(said_.begin(), &versions[i]);
      in_force_ = InForceFrom(times[i]);
      Hold(ClaimsOf(in_force_), versions[i].commit);
    }
    ChangeModels(kOpenEnd, false);
    for (const auto& [identity, begin] : held_) Close(identity, begin, kOpenEnd);
  }

 private:
  using Claims = std::vector<Identity>;

  // Models that came before that commit. What a value was held under is given up, and taken under
  // its new name when it still counts.
  void ChangeModels(CommitNumber before, bool silently) {
    while (model_ + 1 < models_.size() && models_[model_ + 1].commit < before) {
      const ModelInForce& next = models_[++model_];
      if (silently) continue;
      Claims claims = ClaimsOf(in_force_);
      std::erase_if(claims, [this](const Identity& claim) { return !Holds(claim); });
      const Claims from_now = ClaimsOf(InForceFrom(next.time));
      claims.insert(claims.end(), from_now.begin(), from_now.end());
      Hold(std::move(claims), next.commit);
    }
  }

  // What has been said and counts at that time or later.
  std::vector<const StoredVersion*> InForceFrom(Timestamp time) const {
    if (!dated_) return {said_.front()};
    std::vector<ValidInterval> row;
    for (const StoredVersion* version : said_)
      row.push_back({version->record().valid_from(), version->record().valid_to()});
    std::vector<const StoredVersion*> counting;
    for (const ValidSegment& segment : SegmentsOf(row, {time, kEndOfTime}))
      counting.push_back(said_[segment.statement]);
    return counting;
  }

  Claims ClaimsOf(const std::vector<const StoredVersion*>& versions) const {
    Claims claims;
    const model::Schema& schema = *models_[model_].schema;
    for (const StoredVersion* version : versions) {
      const RecordView record = version->record();
      const model::Class* const owner = schema.FindClass(record.class_number());
      if (owner == nullptr || record.ended()) continue;
      for (const model::Attribute& attribute : owner->attributes) {
        if (!attribute.definition.unique) continue;
        const Value value = record.Find(attribute.number);
        if (value.is_null()) continue;
        const std::string key = keys::IdentityKey(attribute.declared_in, attribute.number,
                                                  UniqueText(schema.Widened(attribute, value)));
        std::memcpy(claims.emplace_back().data(), key.data(), key.size());
      }
    }
    return claims;
  }

  bool Holds(const Identity& identity) const {
    return std::any_of(held_.begin(), held_.end(),
                       [&](const auto& held) { return held.first == identity; });
  }

  // From that commit on the record holds these and no others.
  void Hold(const Claims& claims, CommitNumber commit) {
    std::erase_if(held_, [&](const auto& held) {
      if (std::find(claims.begin(), claims.end(), held.first) != claims.end()) return false;
      Close(held.first, held.second, commit);
      return true;
    });
    for (const Identity& claim : claims) {
      if (!Holds(claim)) held_.emplace_back(claim, commit);
    }
  }

  void Close(const Identity& identity, CommitNumber begin, CommitNumber end) {
    book_.push_back({identity, {id_, begin, end}});
  }

  const std::vector<ModelInForce>& models_;
  const RecordId id_;
  const bool dated_;
  std::vector<BookEntry>& book_;
  std::size_t model_ = 0;
  std::vector<const StoredVersion*> said_;      // newest first
  std::vector<const StoredVersion*> in_force_;  // as of the last own commit
  std::vector<std::pair<Identity, CommitNumber>> held_;
};

// All records, one after the other.
class BookReading {
 public:
  BookReading(const Database& database, const std::vector<ModelInForce>& models,
              absl::flat_hash_set<std::uint64_t> dated)
      : database_(database), models_(models), dated_(std::move(dated)) {}

  absl::StatusOr<std::vector<BookEntry>> Run() {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{2} << 20;
    const auto iterator = database_.Iterate(Family::kRecords, options);
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
      const bool sized = iterator->key().size() == keys::kRecordKeySize;
      std::string bytes = iterator->value().ToString();
      if (!sized || !RecordView::Verify(bytes).ok()) {
        return MakeError(
            ErrorCode::kStorageCorrupt,
            absl::StrFormat("derive unique values: a version of record %d is damaged", id_.value));
      }
      const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
      if (key.id != id_) KOSEI_RETURN_IF_ERROR(EndRecord());
      id_ = key.id;
      versions_.push_back({key.commit, std::move(bytes)});
    }
    KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "derive unique values: read records"));
    KOSEI_RETURN_IF_ERROR(EndRecord());
    return std::move(book_);
  }

 private:
  absl::Status EndRecord() {
    if (versions_.empty()) return absl::OkStatus();
    std::reverse(versions_.begin(), versions_.end());
    const bool dated = dated_.contains(id_.value);
    std::vector<Timestamp> times;
    for (const StoredVersion& version : versions_) {
      // Of any other record every version speaks from its commit's time on.
      Timestamp time = version.record().valid_from();
      if (dated) {
        KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(database_, version.commit));
        time = commit.info.time;
      }
      times.push_back(time);
    }
    RecordLife(models_, id_, dated, book_).Run(versions_, times);
    versions_.clear();
    return absl::OkStatus();
  }

  const Database& database_;
  const std::vector<ModelInForce>& models_;
  const absl::flat_hash_set<std::uint64_t> dated_;
  RecordId id_{0};
  std::vector<StoredVersion> versions_;
  std::vector<BookEntry> book_;
};

}  // namespace

absl::Status DeriveUniqueBook(
    const Database& database, const model::ModelDefinition& given,
    absl::FunctionRef<absl::Status(std::string_view key, std::string_view holders)> put) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ModelInForce> models, ReadModels(database, given));
  KOSEI_ASSIGN_OR_RETURN(auto dated, ReadDated(database));
  KOSEI_ASSIGN_OR_RETURN(std::vector<BookEntry> book,
                         BookReading(database, models, std::move(dated)).Run());
  std::sort(book.begin(), book.end(), [](const BookEntry& a, const BookEntry& b) {
    const auto order = [](const BookEntry& entry) {
      return std::tuple(KeyOf(entry), entry.holder.begin, entry.holder.id);
    };
    return order(a) < order(b);
  });
  std::vector<keys::Holder> holders;
  for (std::size_t i = 0; i < book.size(); ++i) {
    holders.push_back(book[i].holder);
    if (i + 1 < book.size() && book[i + 1].identity == book[i].identity) continue;
    KOSEI_RETURN_IF_ERROR(put(KeyOf(book[i]), keys::EncodeHolders(holders)));
    holders.clear();
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
