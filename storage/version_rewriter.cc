#include "version_rewriter.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {

absl::Status VersionRewriter::CheckForm(CommitNumber commit) {
  if (commit == checked_) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit decoded, ReadCommit(*store_.database, commit));
  if (decoded.content_form != ContentForm::kHashes) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("%s: commit %d was written by a kosei whose hashes do not outlast it; load "
                        "what the store has now into a new one",
                        doing_, commit.value));
  }
  checked_ = commit;
  return absl::OkStatus();
}

absl::Status VersionRewriter::Rewrite(const std::vector<RecordVersion>& versions, RemnantKind kind,
                                      absl::FunctionRef<bool(const RecordVersion&, Record&)> reduce,
                                      rocksdb::WriteBatch& batch) {
  std::vector<RecordVersion> after(versions.rbegin(), versions.rend());
  bool any = false;
  for (RecordVersion& version : after) {
    Record rest = version.record().Decode();
    if (!reduce(version, rest)) continue;
    any = true;
    KOSEI_RETURN_IF_ERROR(CheckForm(version.begin));
    const std::string_view known = OriginalHashOf(version.record());
    const std::string hash = known.empty() ? Sha256::Of(version.bytes) : std::string(known);
    char key[keys::kRecordKeySize];
    keys::WriteRecordKey(key, version.id, version.begin);
    version.bytes = EncodeRemnant(rest, hash, kind);
    KOSEI_RETURN_IF_ERROR(ToStatus(batch.Put(store_.database->family(Family::kRecords),
                                             rocksdb::Slice(key, sizeof(key)), version.bytes),
                                   doing_));
    replaced_.emplace_back(version.id, version.begin);
  }
  if (!any) return absl::OkStatus();
  return indexes_.Add({versions.rbegin(), versions.rend()}, after, batch);
}

void VersionRewriter::Forget() const {
  for (const auto& [id, commit] : replaced_) store_.record_cache.Forget(id, commit);
}

}  // namespace kosei::storage
