#include "retention_service.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "retention_book.h"
#include "rocksdb_status.h"
#include "staging.h"

namespace kosei::storage {
namespace {

std::string TextOf(const RetentionPolicy& policy) {
  std::vector<std::string> parts;
  if (policy.keep_for) parts.push_back("keep for " + FormatPeriod(*policy.keep_for));
  if (policy.keep_versions != 0)
    parts.push_back(absl::StrFormat("keep %d versions", policy.keep_versions));
  if (policy.after_end) parts.push_back("after the end " + FormatPeriod(*policy.after_end));
  return absl::StrJoin(parts, ", ");
}

}  // namespace

absl::Status RetentionService::CheckClass(std::string_view doing, ClassNumber class_number) const {
  if (!store_.schema->ClassName(class_number).empty()) return absl::OkStatus();
  return MakeError(ErrorCode::kUnknownClass,
                   absl::StrFormat("%s: there is no class number %d", doing, class_number.value),
                   "class");
}

absl::StatusOr<CommitResult> RetentionService::Decide(
    const Provenance& provenance, const std::string& what,
    absl::FunctionRef<absl::StatusOr<Entry>(const Decision& decision)> entry) {
  CommitResult result;
  KOSEI_RETURN_IF_ERROR(committer_.Compose(
      [&](Composer& composer) -> absl::Status {
        Staging staging = composer.Next();
        Provenance said = provenance;
        said.reason = provenance.reason.empty() ? what : what + ": " + provenance.reason;
        const Decision decision{staging.commit(), staging.time(), provenance.actor,
                                provenance.reason};
        KOSEI_ASSIGN_OR_RETURN(const Entry written, entry(decision));
        result = composer.Add(staging, said);
        rocksdb::ColumnFamilyHandle* const meta = store_.database->family(Family::kMeta);
        const rocksdb::Status status =
            written.bytes.empty() ? composer.batch().Delete(meta, written.name)
                                  : composer.batch().Put(meta, written.name, written.bytes);
        return ToStatus(status, what);
      },
      [] {}));
  return result;
}

absl::StatusOr<CommitResult> RetentionService::SetPolicy(const RetentionPolicy& policy,
                                                         const Provenance& provenance) {
  KOSEI_RETURN_IF_ERROR(CheckClass("set retention", policy.class_number));
  const std::string name(store_.schema->ClassName(policy.class_number));
  if (!policy.keep_for && policy.keep_versions == 0 && !policy.after_end) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "set retention of " + name +
                         ": say how long (keep_for), how many versions (keep_versions) or how long "
                         "after the end of a record (after_end); `kosei admin retention clear` "
                         "keeps everything",
                     "keep_for");
  }
  return Decide(provenance, absl::StrFormat("retention of %s set: %s", name, TextOf(policy)),
                [&](const Decision& decision) -> absl::StatusOr<Entry> {
                  RetentionPolicy set = policy;
                  set.set = decision;
                  return Entry{PolicyName(policy.class_number), EncodePolicy(set)};
                });
}

absl::StatusOr<CommitResult> RetentionService::ClearPolicy(ClassNumber class_number,
                                                           const Provenance& provenance) {
  KOSEI_RETURN_IF_ERROR(CheckClass("clear retention", class_number));
  const std::string name(store_.schema->ClassName(class_number));
  return Decide(provenance, absl::StrFormat("retention of %s cleared", name),
                [&](const Decision&) -> absl::StatusOr<Entry> {
                  const absl::Status known =
                      store_.database->Get(Family::kMeta, PolicyName(class_number)).status();
                  if (HasCode(known, ErrorCode::kNotFound)) {
                    return MakeError(
                        ErrorCode::kNotFound,
                        "clear retention of " + name +
                            ": the class has no policy of its own; `kosei admin retention "
                            "list` shows them",
                        "class");
                  }
                  KOSEI_RETURN_IF_ERROR(known);
                  return Entry{PolicyName(class_number), {}};
                });
}

absl::StatusOr<std::vector<RetentionPolicy>> RetentionService::Policies() const {
  return ReadPolicies(*store_.database);
}

absl::StatusOr<CommitResult> RetentionService::AddHold(const LegalHold& hold,
                                                       const Provenance& provenance) {
  const std::string doing = "add hold " + hold.name;
  if (hold.name.empty() || hold.name.size() > kKeyBytesMax || !IsValidUtf8(hold.name)) {
    return MakeError(ErrorCode::kInvalidText, "add hold: its name is empty, too long or not UTF-8",
                     "name");
  }
  if (hold.keys.empty() && hold.class_number.value == 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     doing + ": say which records it keeps, by their keys or by a class", "key");
  }
  if (hold.class_number.value != 0) KOSEI_RETURN_IF_ERROR(CheckClass(doing, hold.class_number));
  for (const std::string& key : hold.keys) {
    const NodeIndex node = store_.directory.Find(key);
    if (node != 0 && store_.directory.Latest(node) != kNoCommit) continue;
    return MakeError(ErrorCode::kNotFound, doing + ": no record has the key " + key, "key");
  }
  return Decide(provenance, "hold " + hold.name + " added",
                [&](const Decision& decision) -> absl::StatusOr<Entry> {
                  const absl::Status known =
                      store_.database->Get(Family::kMeta, HoldName(hold.name)).status();
                  if (known.ok()) {
                    return MakeError(ErrorCode::kAlreadyExists,
                                     doing + ": there is, or was, one of that name; choose another",
                                     "name");
                  }
                  if (!HasCode(known, ErrorCode::kNotFound)) return known;
                  LegalHold added = hold;
                  added.added = decision;
                  added.dropped.reset();
                  return Entry{HoldName(hold.name), EncodeHold(added)};
                });
}

absl::StatusOr<CommitResult> RetentionService::DropHold(std::string_view name,
                                                        const Provenance& provenance) {
  const std::string doing = absl::StrFormat("drop hold %s", name);
  return Decide(
      provenance, absl::StrFormat("hold %s dropped", name),
      [&](const Decision& decision) -> absl::StatusOr<Entry> {
        const absl::StatusOr<std::string> bytes =
            store_.database->Get(Family::kMeta, HoldName(name));
        const absl::Status none = MakeError(
            ErrorCode::kNotFound,
            doing + ": there is none of that name in force; `kosei admin hold list` shows them",
            "name");
        if (HasCode(bytes.status(), ErrorCode::kNotFound)) return none;
        KOSEI_RETURN_IF_ERROR(bytes.status());
        KOSEI_ASSIGN_OR_RETURN(LegalHold hold, DecodeHold(name, *bytes));
        if (hold.dropped) return none;
        hold.dropped = decision;
        return Entry{HoldName(name), EncodeHold(hold)};
      });
}

absl::StatusOr<std::vector<LegalHold>> RetentionService::Holds() const {
  return ReadHolds(*store_.database);
}

absl::StatusOr<RetentionReport> RetentionService::Run(const Provenance& provenance, bool dry_run,
                                                      const std::function<bool()>& go_on) {
  if (running_.exchange(true)) {
    return MakeError(ErrorCode::kOverloaded,
                     "run retention: another run is under way; try again when it has finished");
  }
  RetentionRun run(store_, committer_, indexer_, provenance, dry_run);
  absl::StatusOr<RetentionReport> report = run.Run(go_on);
  running_.store(false);
  return report;
}

}  // namespace kosei::storage
