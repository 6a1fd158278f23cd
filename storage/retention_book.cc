#include "retention_book.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"

namespace kosei::storage {
namespace {

constexpr std::uint8_t kHasKeepFor = 1;
constexpr std::uint8_t kHasAfterEnd = 2;

void AppendText(std::string& out, std::string_view text) {
  AppendU16(out, static_cast<std::uint16_t>(text.size()));
  out += text;
}
void AppendTime(std::string& out, Timestamp time) {
  AppendU64(out, static_cast<std::uint64_t>(time.micros));
}
void AppendPeriod(std::string& out, const std::optional<Period>& period) {
  const Period written = period.value_or(Period{});
  AppendU32(out, written.months);
  AppendU64(out, static_cast<std::uint64_t>(written.micros));
}
void AppendDecision(std::string& out, const Decision& decision) {
  AppendU64(out, decision.commit.value);
  AppendTime(out, decision.time);
  AppendText(out, decision.actor);
  AppendText(out, decision.reason);
}

// Takes what stands at the front; after the first that is missing everything is empty.
class Scanner {
 public:
  explicit Scanner(std::string_view bytes) : rest_(bytes) {}
  bool sound() const { return sound_; }
  bool at_end() const { return rest_.empty(); }

  std::string_view Take(std::size_t size) {
    sound_ = sound_ && size <= rest_.size();
    if (!sound_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::uint8_t TakeU8() {
    const std::string_view taken = Take(1);
    return sound_ ? static_cast<std::uint8_t>(taken.front()) : std::uint8_t{0};
  }
  std::uint16_t TakeU16() {
    const std::string_view taken = Take(sizeof(std::uint16_t));
    return sound_ ? ReadU16(taken.data()) : std::uint16_t{0};
  }
  std::uint32_t TakeU32() {
    const std::string_view taken = Take(sizeof(std::uint32_t));
    return sound_ ? ReadU32(taken.data()) : 0U;
  }
  std::uint64_t TakeU64() {
    const std::string_view taken = Take(sizeof(std::uint64_t));
    return sound_ ? ReadU64(taken.data()) : std::uint64_t{0};
  }
  std::string TakeText() {
    const std::uint16_t size = TakeU16();
    return std::string(Take(size));
  }
  Period TakePeriod() {
    Period period;
    period.months = TakeU32();
    period.micros = static_cast<std::int64_t>(TakeU64());
    return period;
  }
  Decision TakeDecision() {
    Decision decision;
    decision.commit = CommitNumber{TakeU64()};
    decision.time = Timestamp{static_cast<std::int64_t>(TakeU64())};
    decision.actor = TakeText();
    decision.reason = TakeText();
    return decision;
  }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

absl::Status Damaged(std::string_view what) {
  return MakeError(ErrorCode::kStorageCorrupt, absl::StrFormat("read %s: it is damaged", what));
}

}  // namespace

std::string PolicyName(ClassNumber class_number) {
  std::string name(kPolicyPrefix);
  AppendU16(name, class_number.value);
  return name;
}

std::string EncodePolicy(const RetentionPolicy& policy) {
  std::string bytes;
  const int parts = (policy.keep_for ? kHasKeepFor : 0) | (policy.after_end ? kHasAfterEnd : 0);
  bytes.push_back(static_cast<char>(parts));
  AppendPeriod(bytes, policy.keep_for);
  AppendU32(bytes, policy.keep_versions);
  AppendPeriod(bytes, policy.after_end);
  AppendDecision(bytes, policy.set);
  return bytes;
}

absl::StatusOr<RetentionPolicy> DecodePolicy(ClassNumber class_number, std::string_view bytes) {
  Scanner scanner(bytes);
  RetentionPolicy policy{class_number};
  const std::uint8_t parts = scanner.TakeU8();
  const Period keep_for = scanner.TakePeriod();
  if ((parts & kHasKeepFor) != 0) policy.keep_for = keep_for;
  policy.keep_versions = scanner.TakeU32();
  const Period after_end = scanner.TakePeriod();
  if ((parts & kHasAfterEnd) != 0) policy.after_end = after_end;
  policy.set = scanner.TakeDecision();
  if (!scanner.sound() || !scanner.at_end()) return Damaged("retention policy");
  return policy;
}

std::string HoldName(std::string_view name) { return std::string(kHoldPrefix).append(name); }

std::string EncodeHold(const LegalHold& hold) {
  std::string bytes;
  AppendU16(bytes, hold.class_number.value);
  AppendU32(bytes, static_cast<std::uint32_t>(hold.keys.size()));
  for (const std::string& key : hold.keys) AppendText(bytes, key);
  AppendDecision(bytes, hold.added);
  bytes.push_back(hold.dropped ? '\1' : '\0');
  if (hold.dropped) AppendDecision(bytes, *hold.dropped);
  return bytes;
}

absl::StatusOr<LegalHold> DecodeHold(std::string_view name, std::string_view bytes) {
  Scanner scanner(bytes);
  LegalHold hold{std::string(name)};
  hold.class_number = ClassNumber{scanner.TakeU16()};
  const std::uint32_t keys = scanner.TakeU32();
  for (std::uint32_t i = 0; i < keys && scanner.sound(); ++i)
    hold.keys.push_back(scanner.TakeText());
  hold.added = scanner.TakeDecision();
  if (scanner.TakeU8() != 0) hold.dropped = scanner.TakeDecision();
  if (!scanner.sound() || !scanner.at_end()) return Damaged("hold " + hold.name);
  return hold;
}

absl::StatusOr<std::vector<RetentionPolicy>> ReadPolicies(const Database& database) {
  KOSEI_ASSIGN_OR_RETURN(const auto entries, ListMeta(database, kPolicyPrefix));
  std::vector<RetentionPolicy> policies;
  for (const auto& [name, bytes] : entries) {
    if (name.size() != sizeof(std::uint16_t)) return Damaged("retention policy");
    KOSEI_ASSIGN_OR_RETURN(RetentionPolicy policy,
                           DecodePolicy(ClassNumber{ReadU16(name.data())}, bytes));
    policies.push_back(std::move(policy));
  }
  return policies;
}

absl::StatusOr<std::vector<LegalHold>> ReadHolds(const Database& database) {
  KOSEI_ASSIGN_OR_RETURN(const auto entries, ListMeta(database, kHoldPrefix));
  std::vector<LegalHold> holds;
  for (const auto& [name, bytes] : entries) {
    KOSEI_ASSIGN_OR_RETURN(LegalHold hold, DecodeHold(name, bytes));
    holds.push_back(std::move(hold));
  }
  return holds;
}

std::string EncodeRetiredUntil(const RetiredUntil& until) {
  std::string bytes;
  AppendU64(bytes, until.commit.value);
  AppendTime(bytes, until.instant);
  return bytes;
}

absl::StatusOr<RetiredUntil> ReadRetiredUntil(const Database& database) {
  const absl::StatusOr<std::string> bytes = database.Get(Family::kMeta, kRetiredUntilName);
  if (HasCode(bytes.status(), ErrorCode::kNotFound)) return RetiredUntil{};
  KOSEI_RETURN_IF_ERROR(bytes.status());
  Scanner scanner(*bytes);
  RetiredUntil until;
  until.commit = CommitNumber{scanner.TakeU64()};
  until.instant = Timestamp{static_cast<std::int64_t>(scanner.TakeU64())};
  if (!scanner.sound() || !scanner.at_end()) return Damaged("how far versions were retired");
  return until;
}

}  // namespace kosei::storage
