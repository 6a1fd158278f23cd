// How policies and holds are written down (meta, "retention/" and "hold/"), and read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/storage/retention.h"

namespace kosei::storage {

inline constexpr std::string_view kPolicyPrefix = "retention/";
inline constexpr std::string_view kHoldPrefix = "hold/";

// "retention/" class:u16.
std::string PolicyName(ClassNumber class_number);
std::string EncodePolicy(const RetentionPolicy& policy);
// kStorageCorrupt when the bytes are none.
absl::StatusOr<RetentionPolicy> DecodePolicy(ClassNumber class_number, std::string_view bytes);

// "hold/" name.
std::string HoldName(std::string_view name);
std::string EncodeHold(const LegalHold& hold);
absl::StatusOr<LegalHold> DecodeHold(std::string_view name, std::string_view bytes);

absl::StatusOr<std::vector<RetentionPolicy>> ReadPolicies(const Database& database);
absl::StatusOr<std::vector<LegalHold>> ReadHolds(const Database& database);

// Views up to `commit` may show a version that was retired, and those of instants before `instant`.
struct RetiredUntil {
  CommitNumber commit;
  Timestamp instant = kBeginningOfTime;
};
inline constexpr std::string_view kRetiredUntilName = "retired_until";
std::string EncodeRetiredUntil(const RetiredUntil& until);
// kNoCommit when nothing was ever retired.
absl::StatusOr<RetiredUntil> ReadRetiredUntil(const Database& database);

}  // namespace kosei::storage
