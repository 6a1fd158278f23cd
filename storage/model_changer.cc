#include "model_changer.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "commit_codec.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kReasonsInMessage = 5;

void Put(const Store& store, rocksdb::WriteBatch& batch, Family family, std::string_view key,
         std::string_view value) {
  batch.Put(store.database->family(family), SliceOf(key), SliceOf(value)).PermitUncheckedError();
}

}  // namespace

absl::StatusOr<Head> ModelChanger::Change(const model::ModelDefinition& definition,
                                          const Provenance& provenance, ModelChangeMode mode,
                                          ModelChangeResult& result) {
  const Head head = store_.head();
  if (store_.loading.load()) {
    return MakeError(ErrorCode::kOverloaded,
                     "change model: the first load of this store is under way; try again when it "
                     "has finished");
  }
  const std::uint32_t version = store_.model_version.load();
  KOSEI_ASSIGN_OR_RETURN(const StoredModel current, ReadStoredModel(*store_.database, version));
  StoredModel next{version + 1, CommitNumber{head.commit.value + 1}, current.book, {}};
  KOSEI_ASSIGN_OR_RETURN(auto schema, model::Schema::Build(definition, next.book));
  KOSEI_ASSIGN_OR_RETURN(next.text, TextToStore(definition));
  result = ModelChangeResult{};
  result.version = version;
  if (next.text == current.text) return head;
  const std::shared_ptr<const model::Schema> before = store_.schema.newest();
  const model::ModelComparison comparison = model::Compare(*before, *schema);
  result.changes = comparison.changes;
  result.outcome = ModelOutcome::kRefused;
  if (comparison.safety() == model::ChangeSafety::kNever) return head;
  ModelCheck check(store_, *before, *schema, comparison);
  KOSEI_RETURN_IF_ERROR(check.Run(std::max(store_.options.clock->Now(), head.time)));
  result.findings = check.findings();
  result.finding_count = check.finding_count();
  if (result.finding_count > 0) return head;
  result.outcome = ModelOutcome::kFits;
  if (mode == ModelChangeMode::kDryRun) return head;
  return Commit(std::move(next), std::move(schema), check, provenance, head, result);
}

// One batch: the commit, the model it brings, and unique values under their new names.
absl::StatusOr<Head> ModelChanger::Write(const CommitInfo& info, std::string_view header,
                                         const StoredModel& model,
                                         std::shared_ptr<const model::Schema> schema,
                                         const ModelCheck& check) {
  rocksdb::WriteBatch batch;
  Put(store_, batch, Family::kCommits, keys::CommitKey(info.number, 0), header);
  Put(store_, batch, Family::kMeta, ModelVersionKey(model.version), EncodeModel(model));
  KOSEI_ASSIGN_OR_RETURN(const auto identities, check.IdentityEntries(info.number));
  for (const auto& [identity, holders] : identities)
    Put(store_, batch, Family::kIdentity, identity, holders);
  const Head after{info.number, info.time, info.hash};
  rocksdb::WriteOptions options;
  options.sync = true;
  absl::Status written =
      ToStatus(store_.database->db().Write(options, &batch), "commit the new model");
  if (written.ok()) written = watermark_.Committed(after);
  if (!written.ok()) {
    store_.StopWriting(std::string(MessageOf(written)));
    return written;
  }
  store_.schema.Add({model.version, info.number, info.model_hash}, std::move(schema));
  store_.model_version.store(model.version);
  return after;
}

absl::Status ModelChanger::TakeOverFirst(const StoredModel& model) {
  const std::string stored = EncodeModel(model);
  const std::vector<ModelVersionInfo> own = store_.schema.All();
  const std::string hash = Sha256::Of(stored);
  if (!own.empty() && own.front().hash == hash) return absl::OkStatus();
  if (store_.head().commit != kNoCommit) {
    return MakeError(ErrorCode::kVersionConflict,
                     "this store began with another model; a history goes into an empty store, or "
                     "into one that has its beginning");
  }
  KOSEI_ASSIGN_OR_RETURN(auto schema, CompileModel(model));
  rocksdb::WriteBatch batch;
  for (const ModelVersionInfo& version : own) {
    batch.Delete(store_.database->family(Family::kMeta), SliceOf(ModelVersionKey(version.version)))
        .PermitUncheckedError();
  }
  Put(store_, batch, Family::kMeta, ModelVersionKey(model.version), stored);
  rocksdb::WriteOptions options;
  options.sync = true;
  KOSEI_RETURN_IF_ERROR(store_.Wrote(
      ToStatus(store_.database->db().Write(options, &batch), "take over the first model")));
  store_.schema.Replace({model.version, kNoCommit, hash}, std::move(schema));
  store_.model_version.store(model.version);
  return absl::OkStatus();
}

absl::StatusOr<Head> ModelChanger::TakeOver(const StoredModel& model, std::string_view header,
                                            const DecodedCommit& commit) {
  const Head head = store_.head();
  const CommitInfo& info = commit.info;
  if (info.number.value != head.commit.value + 1 || info.previous_hash != head.hash ||
      info.time <= head.time) {
    return MakeError(ErrorCode::kVersionConflict,
                     absl::StrFormat("commit %d does not follow commit %d of this store",
                                     info.number.value, head.commit.value));
  }
  if (Sha256::Of(EncodeModel(model)) != info.model_hash ||
      ContentHash(commit.content_form).Finish() != info.content_hash) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("commit %d: version %d of the model is not what its hash "
                                     "says: it was altered",
                                     info.number.value, model.version));
  }
  KOSEI_ASSIGN_OR_RETURN(auto schema, CompileModel(model));
  const std::shared_ptr<const model::Schema> before = store_.schema.newest();
  const model::ModelComparison comparison = model::Compare(*before, *schema);
  // It was judged in its day; here only where unique values are booked counts.
  ModelCheck check(store_, *before, *schema, comparison);
  KOSEI_RETURN_IF_ERROR(check.Run(info.time));
  return Write(info, header, model, schema, check);
}

absl::StatusOr<Head> ModelChanger::Commit(StoredModel model,
                                          std::shared_ptr<const model::Schema> schema,
                                          const ModelCheck& check, const Provenance& provenance,
                                          const Head& head, ModelChangeResult& result) {
  const std::string stored = EncodeModel(model);
  CommitInfo info;
  info.number = model.commit;
  info.time = std::max(store_.options.clock->Now(), Timestamp{head.time.micros + 1});
  info.actor = provenance.actor;
  info.reason = provenance.reason;
  info.cause = provenance.cause;
  info.source = provenance.source;
  info.content_hash = ContentHash().Finish();
  info.previous_hash = head.hash;
  info.model_hash = Sha256::Of(stored);
  const std::string header = EncodeCommit(info, model.version, ChangesListed::kYes);
  info.hash = Sha256::Of(header);
  KOSEI_ASSIGN_OR_RETURN(const Head after, Write(info, header, model, std::move(schema), check));
  result.outcome = ModelOutcome::kApplied;
  result.version = model.version;
  result.commit = info.number;
  result.time = info.time;
  return after;
}

absl::Status RefusalOf(const ModelChangeResult& result) {
  std::string message = "change model: refused";
  std::size_t said = 0;
  for (const model::ModelChange& change : result.changes) {
    if (change.safety != model::ChangeSafety::kNever || said++ >= kReasonsInMessage) continue;
    message += absl::StrFormat(
        "; %s: %s %s, which no store takes: give it another name, or remove "
        "it now and add it again later",
        change.subject, change.what, change.detail);
  }
  if (result.finding_count > 0) {
    message +=
        absl::StrFormat("; %d things that are stored would not be valid:", result.finding_count);
  }
  for (std::size_t i = 0; i < result.findings.size() && i < kReasonsInMessage; ++i) {
    const ModelFinding& finding = result.findings[i];
    message +=
        absl::StrFormat("%s %s%s%s%s (%s)", i == 0 ? "" : ",", finding.key,
                        finding.subject.empty() ? "" : " ", finding.subject,
                        finding.value.empty() ? "" : " \"" + finding.value + "\"", finding.problem);
  }
  if (result.finding_count > kReasonsInMessage) message += ", ...";
  return MakeError(ErrorCode::kModelRefused, message);
}

}  // namespace kosei::storage
