#include "erasure.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "index_work.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "plan_erasure.h"
#include "purge.h"
#include "record_reader.h"
#include "retention_rules.h"
#include "rocksdb_status.h"
#include "staging.h"
#include "unique_value.h"
#include "version_rewriter.h"

namespace kosei::storage {
namespace {

// One erasure on the committing thread, which it has for itself.
class ErasureRun {
 public:
  ErasureRun(Store& store, const Erasure& erasure)
      : store_(store), erasure_(erasure), rewriter_(store, *store.schema, Erasing()) {}

  absl::Status Run(Committer::Composer& composer) {
    KOSEI_RETURN_IF_ERROR(Find());
    const auto reduce = [this](const RecordVersion&, Record& record) {
      return std::erase_if(record.attributes,
                           [this](const auto& entry) { return IsErased(entry.first); }) > 0;
    };
    KOSEI_RETURN_IF_ERROR(
        rewriter_.Rewrite(versions_, RemnantKind::kErased, reduce, composer.batch()));
    KOSEI_RETURN_IF_ERROR(rewriter_.Finish(composer.batch()));
    const auto is_erased = [this](AttributeNumber attribute) { return IsErased(attribute); };
    KOSEI_ASSIGN_OR_RETURN(
        planned_, ErasePlanned(*store_.database, erasure_.key, is_erased, composer.batch()));
    result_.versions = rewriter_.count();
    result_.plan_steps = planned_.steps;
    if (result_.versions + result_.plan_steps == 0) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(AddCommit(composer));
    KOSEI_RETURN_IF_ERROR(ForgetUniqueValues(composer));
    return ToStatus(composer.batch().Put(store_.database->family(Family::kMeta),
                                         PurgeMarkName(result_.commit), EncodePurgeMark(Spans())),
                    Erasing());
  }

  // When it is durable.
  void Forget() {
    rewriter_.Forget();
    store_.plans->Rewritten(planned_.plans);
  }

  const ErasureResult& result() const { return result_; }

 private:
  std::string Erasing() const { return "erase " + erasure_.key; }

  // Where the old bytes are.
  std::vector<PurgedSpan> Spans() const {
    std::vector<PurgedSpan> spans;
    spans.push_back(
        {Family::kRecords, keys::RecordPrefix(id_), keys::RecordPrefix(RecordId{id_.value + 1})});
    for (const std::string& prefix : identities_) {
      spans.push_back(
          {Family::kIdentity, prefix, prefix + std::string(keys::kIdentityKeySize, '\xff')});
    }
    for (const IndexNumber index : rewriter_.indexes()) {
      const IndexSpan span = SpanOf(index);
      spans.push_back({span.family, span.begin, span.end});
    }
    for (const PlanNumber plan : planned_.plans) {
      spans.push_back(
          {Family::kPlans, keys::PlanKey(plan, 0), keys::PlanKey(PlanNumber{plan.value + 1}, 0)});
    }
    return spans;
  }

  absl::Status Find() {
    const NodeIndex node = store_.directory.Find(erasure_.key);
    if (node == 0 || store_.directory.Latest(node) == kNoCommit) {
      return MakeError(ErrorCode::kNotFound, Erasing() + ": no record has this key", "key");
    }
    id_ = RecordOf(node);
    KOSEI_ASSIGN_OR_RETURN(versions_, ReadVersions(store_, id_, store_.head().commit));
    live_ = store_.directory.Live(node);
    const bool there = live_ || ThereFrom(versions_, store_.options.clock->Now());
    KOSEI_ASSIGN_OR_RETURN(const RetentionRules rules, RetentionRules::Read(store_));
    const std::string hold = rules.HoldOf(erasure_.key, store_.directory.ClassOf(node));
    if (!hold.empty()) {
      return MakeError(ErrorCode::kLegalHold,
                       Erasing() + ": hold " + hold +
                           " keeps it as it is; drop the hold first (`kosei admin hold drop`)",
                       "key");
    }
    if (there && erasure_.attributes.empty()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       Erasing() +
                           ": the record is still there; end it first (`kosei end`), or name the "
                           "attributes to erase",
                       "key");
    }
    return absl::OkStatus();
  }

  bool IsErased(AttributeNumber attribute) const {
    const std::vector<AttributeNumber>& named = erasure_.attributes;
    return named.empty() || std::find(named.begin(), named.end(), attribute) != named.end();
  }

  // What is there now loses the values by an ordinary change, so that everybody hears of it.
  absl::Status AddCommit(Committer::Composer& composer) {
    Staging staging = composer.Next();
    if (live_) {
      staging.AllowProcessRecords(true);
      PutRecord put;
      put.record.key = erasure_.key;
      for (const AttributeNumber attribute : erasure_.attributes) {
        put.record.attributes.emplace_back(attribute, Value());
      }
      KOSEI_RETURN_IF_ERROR(WithContext(staging.Put(std::move(put)), Erasing()));
    }
    Provenance provenance = erasure_.provenance;
    provenance.reason =
        absl::StrFormat("erased %s of %s: %s", AttributeNames(), erasure_.key, provenance.reason);
    const CommitResult added = composer.Add(staging, provenance);
    result_.commit = added.commit;
    result_.time = added.time;
    return absl::OkStatus();
  }

  std::string AttributeNames() const {
    if (erasure_.attributes.empty()) return "all values";
    return absl::StrJoin(erasure_.attributes, ", ", [this](std::string* out, AttributeNumber one) {
      out->append(store_.schema->AttributeName(one));
    });
  }

  // The book of unique values knows of a value only by its hash, and that goes too.
  absl::Status ForgetUniqueValues(Committer::Composer& composer) {
    const model::Class* const owner =
        store_.schema->FindClass(store_.directory.ClassOf(NodeOf(id_)));
    if (owner == nullptr) return absl::OkStatus();
    for (const RecordVersion& version : versions_) {
      for (const model::Attribute& attribute : owner->attributes) {
        if (!attribute.definition.unique || !IsErased(attribute.number)) continue;
        const Value value = version.record().Find(attribute.number);
        if (value.is_null()) continue;
        KOSEI_RETURN_IF_ERROR(ForgetHolder(
            keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value)),
            composer));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ForgetHolder(const std::string& identity, Committer::Composer& composer) {
    const absl::StatusOr<std::string> bytes = store_.database->Get(Family::kIdentity, identity);
    composer.state().holders.erase(identity);  // the commit's own word comes from here as well
    if (HasCode(bytes.status(), ErrorCode::kNotFound)) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(bytes.status());
    std::vector<keys::Holder> holders = keys::DecodeHolders(*bytes);
    std::erase_if(holders, [this](const keys::Holder& holder) { return holder.id == id_; });
    rocksdb::ColumnFamilyHandle* const family = store_.database->family(Family::kIdentity);
    const rocksdb::Status status =
        holders.empty() ? composer.batch().Delete(family, identity)
                        : composer.batch().Put(family, identity, keys::EncodeHolders(holders));
    identities_.insert(identity.substr(0, keys::kIdentityPrefixSize));
    return ToStatus(status, Erasing());
  }

  Store& store_;
  const Erasure& erasure_;
  VersionRewriter rewriter_;
  RecordId id_{0};
  bool live_ = false;
  std::vector<RecordVersion> versions_;
  ErasedPlans planned_;
  std::set<std::string> identities_;  // parts of the book of unique values that lost one
  ErasureResult result_;
};

}  // namespace

absl::StatusOr<ErasureResult> Erase(Store& store, Committer& committer, Indexer& indexer,
                                    const Erasure& erasure) {
  ErasureRun run(store, erasure);
  KOSEI_RETURN_IF_ERROR(indexer.RunBetweenPieces([&] {
    return committer.Compose([&run](Committer::Composer& composer) { return run.Run(composer); },
                             [&run] { run.Forget(); });
  }));
  KOSEI_RETURN_IF_ERROR(WithContext(
      FinishPurges(*store.database),
      "erase " + erasure.key +
          ": nobody can read the values any more, but their old bytes are still in files; restart "
          "koseid, which takes them out"));
  return run.result();
}

}  // namespace kosei::storage
