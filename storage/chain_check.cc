#include "chain_check.h"

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {

absl::Status CheckChainBetween(const Database& database, const ChainEnd& from, CommitNumber to) {
  if (from.commit > to) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     absl::StrFormat("the newest commit is %d, and commit %d was there before",
                                     to.value, from.commit.value));
  }
  std::string hash = from.hash;
  if (from.commit != kNoCommit) {
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit begin, ReadCommit(database, from.commit));
    if (begin.info.hash != from.hash) {
      return MakeError(
          ErrorCode::kStorageCorrupt,
          absl::StrFormat("commit %d has the hash %s, expected %s: this is another "
                          "history",
                          from.commit.value, ToHex(begin.info.hash), ToHex(from.hash)));
    }
  }
  for (std::uint64_t number = from.commit.value + 1; number <= to.value; ++number) {
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(database, CommitNumber{number}));
    if (commit.info.number.value != number || commit.info.previous_hash != hash) {
      return MakeError(
          ErrorCode::kStorageCorrupt,
          absl::StrFormat("commit %d does not follow commit %d: the hash it carries "
                          "is %s, expected %s",
                          number, number - 1, ToHex(commit.info.previous_hash), ToHex(hash)));
    }
    hash = commit.info.hash;
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
