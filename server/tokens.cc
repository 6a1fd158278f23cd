// Setting value := "1 " sha256:64 hex " " role " " created us " " expires us
//                | "2 " the same " " class number *("," class number)
#include "kosei/server/tokens.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/server/limits.h"

namespace kosei::server {
namespace {

constexpr std::string_view kSettingPrefix = "token/";
constexpr std::string_view kTokenPrefix = "kos_";
constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kTokenLetters = ((kSecretBytes + kChecksumBytes) * 8 + 4) / 5;
constexpr std::int64_t kLeewayMicros = std::chrono::microseconds(kTokenLeeway).count();
constexpr std::int64_t kMicrosPerDay = std::int64_t{86'400} * 1'000'000;

std::string Base32(std::string_view bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out.push_back(kAlphabet[(buffer >> bits) & 31]);
    }
  }
  if (bits > 0) out.push_back(kAlphabet[(buffer << (5 - bits)) & 31]);
  return out;
}

// The bytes behind the letters; empty when a letter is foreign, or when the bits that fill up the
// last letter are not zero (RFC 4648, 3.5): one secret has one spelling.
std::string UnBase32(std::string_view letters) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : letters) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return {};
    buffer = (buffer << 5) | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<char>((buffer >> bits) & 0xff));
    }
  }
  if ((buffer & ((1U << bits) - 1)) != 0) return {};
  return out;
}

std::string Checksum(std::string_view secret) {
  return Sha256::Of(std::string(kTokenPrefix) + std::string(secret)).substr(0, kChecksumBytes);
}

bool SameDigest(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool ValidName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._@-").find(c) != std::string_view::npos;
  });
}

absl::StatusOr<std::int64_t> ReadNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return MakeError(ErrorCode::kStorageCorrupt, "a number was expected");
  }
  return number;
}

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

absl::Status Refused() {
  return MakeError(ErrorCode::kUnauthenticated,
                   "hello: the token is not valid here; ask an administrator for a new one with "
                   "\"kosei admin token create\"");
}

}  // namespace

std::string MakeTokenText(Random& random) {
  const std::string secret = random.Bytes(kSecretBytes);
  return std::string(kTokenPrefix) + Base32(secret + Checksum(secret));
}

bool LooksLikeToken(std::string_view text) {
  if (text.size() != kTokenPrefix.size() + kTokenLetters || !text.starts_with(kTokenPrefix)) {
    return false;
  }
  const std::string bytes = UnBase32(text.substr(kTokenPrefix.size()));
  if (bytes.size() != kSecretBytes + kChecksumBytes) return false;
  return Checksum(bytes.substr(0, kSecretBytes)) == bytes.substr(kSecretBytes);
}

TokenBook::TokenBook(storage::Writer& store, Random& random, const Clock& clock)
    : store_(store), random_(random), clock_(clock) {}

absl::StatusOr<std::unique_ptr<TokenBook>> TokenBook::Open(storage::Writer& store, Random& random,
                                                           const Clock& clock) {
  std::unique_ptr<TokenBook> book(new TokenBook(store, random, clock));
  KOSEI_ASSIGN_OR_RETURN(const auto settings, store.Settings(kSettingPrefix));
  MutexLock lock(book->mutex_);
  for (const auto& [name, value] : settings) {
    std::string_view short_name = name;
    if (short_name.starts_with(kSettingPrefix)) short_name.remove_prefix(kSettingPrefix.size());
    KOSEI_ASSIGN_OR_RETURN(Entry entry, Decode(short_name, value));
    book->entries_.push_back(std::move(entry));
  }
  std::sort(book->entries_.begin(), book->entries_.end(),
            [](const Entry& a, const Entry& b) { return a.info.name < b.info.name; });
  return book;
}

std::string TokenBook::Encode(const Entry& entry) {
  const bool limited = !entry.info.classes.empty();
  std::string text = absl::StrFormat("%d %s %s %d %d", limited ? 2 : 1, ToHex(entry.digest),
                                     NameOf(entry.info.role), entry.info.created.micros,
                                     entry.info.expires.micros);
  for (std::size_t i = 0; i < entry.info.classes.size(); ++i)
    absl::StrAppendFormat(&text, "%c%d", i == 0 ? ' ' : ',', entry.info.classes[i].value);
  return text;
}

absl::StatusOr<TokenBook::Entry> TokenBook::Decode(std::string_view name, std::string_view value) {
  const std::vector<std::string_view> words = Split(value, ' ');
  const auto corrupt = [&] {
    return MakeError(
        ErrorCode::kStorageCorrupt,
        absl::StrFormat("read token %s: the setting is not of a form this version knows", name));
  };
  const bool plain = words.size() == 5 && words[0] == "1";
  const bool limited = words.size() == 6 && words[0] == "2";
  if (!(plain || limited) || words[1].size() != 2 * Sha256::kSize) return corrupt();
  Entry entry;
  entry.info.name = std::string(name);
  for (std::size_t i = 0; i < words[1].size(); i += 2) {
    unsigned byte = 0;
    const char* at = words[1].data() + i;
    if (std::from_chars(at, at + 2, byte, 16).ptr != at + 2) return corrupt();
    entry.digest.push_back(static_cast<char>(byte));
  }
  entry.info.role = protocol::RoleOf(words[2]);
  const auto created = ReadNumber(words[3]);
  const auto expires = ReadNumber(words[4]);
  if (entry.info.role == protocol::Role::kNobody || !created.ok() || !expires.ok()) {
    return corrupt();
  }
  entry.info.created = Timestamp{*created};
  entry.info.expires = Timestamp{*expires};
  if (!limited) return entry;
  for (const std::string_view word : Split(words[5], ',')) {
    const auto number = ReadNumber(word);
    if (!number.ok() || *number <= 0 || *number > UINT16_MAX) return corrupt();
    entry.info.classes.push_back(ClassNumber{static_cast<std::uint16_t>(*number)});
  }
  return entry;
}

bool TokenBook::Expired(const Principal& principal) const {
  return clock_.Now().micros > principal.expires.micros + kLeewayMicros;
}

absl::Status TokenBook::CheckTime(const TokenInfo& info) const {
  const std::int64_t now = clock_.Now().micros;
  if (now > info.expires.micros + kLeewayMicros) {
    return MakeError(ErrorCode::kUnauthenticated,
                     absl::StrFormat("hello: the token expired at %s; ask an administrator for a "
                                     "new one with \"kosei admin token create\"",
                                     FormatTimestamp(info.expires)));
  }
  if (now < info.created.micros - kLeewayMicros) {
    return MakeError(
        ErrorCode::kUnauthenticated,
        absl::StrFormat("hello: the token is valid from %s on, and the server's clock "
                        "says %s; mend the clock of the server",
                        FormatTimestamp(info.created), FormatTimestamp(Timestamp{now})));
  }
  return absl::OkStatus();
}

absl::StatusOr<Principal> TokenBook::Authenticate(std::string_view token) const {
  const std::string digest = Sha256::Of(token);
  const std::uint64_t generation = generation_.load(std::memory_order_acquire);
  std::optional<TokenInfo> found;
  {
    MutexLock lock(mutex_);
    for (const Entry& entry : entries_) {
      if (SameDigest(entry.digest, digest)) found = entry.info;
    }
  }
  if (!found.has_value() || !LooksLikeToken(token)) return Refused();
  KOSEI_RETURN_IF_ERROR(CheckTime(*found));
  return Principal{found->name, found->role, found->expires, found->classes, digest, generation};
}

absl::Status TokenBook::Recheck(Principal& principal) const {
  const std::uint64_t generation = generation_.load(std::memory_order_acquire);
  std::optional<TokenInfo> found;
  {
    MutexLock lock(mutex_);
    for (const Entry& entry : entries_) {
      if (SameDigest(entry.digest, principal.digest)) found = entry.info;
    }
  }
  if (!found.has_value()) return Refused();
  KOSEI_RETURN_IF_ERROR(CheckTime(*found));
  principal.generation = generation;
  return absl::OkStatus();
}

absl::Status TokenBook::Store(Entry entry) {
  KOSEI_RETURN_IF_ERROR(
      store_.PutSetting(std::string(kSettingPrefix) + entry.info.name, Encode(entry)));
  MutexLock lock(mutex_);
  const auto at = std::lower_bound(
      entries_.begin(), entries_.end(), entry.info.name,
      [](const Entry& a, const std::string& wanted) { return a.info.name < wanted; });
  if (at != entries_.end() && at->info.name == entry.info.name) {
    *at = std::move(entry);
  } else {
    entries_.insert(at, std::move(entry));
  }
  generation_.fetch_add(1, std::memory_order_acq_rel);
  return absl::OkStatus();
}

absl::StatusOr<NewToken> TokenBook::Create(std::string_view name, protocol::Role role,
                                           std::uint32_t expires_in_days,
                                           std::vector<ClassNumber> classes) {
  if (!ValidName(name)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("create token: the name must be 1 to %d letters, digits or "
                                     "characters of \"._@-\"",
                                     kNameBytesMax),
                     "name");
  }
  if (role == protocol::Role::kNobody) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("create token %s: the role must be reader, writer or "
                                     "administrator",
                                     name),
                     "role");
  }
  if (expires_in_days == 0 || expires_in_days > kTokenDaysMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("create token %s: it would expire in %d days; 1 to %d are "
                                     "allowed",
                                     name, expires_in_days, kTokenDaysMax),
                     "expires_in_days");
  }
  if (!classes.empty() && role != protocol::Role::kReader) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("create token %s: only a reader can be limited to classes, "
                                     "and the role is %s; leave the classes out, or make it a "
                                     "reader",
                                     name, NameOf(role)),
                     "classes");
  }
  MutexLock changing(changing_);
  for (const TokenInfo& known : List()) {
    if (known.name == name) {
      return MakeError(ErrorCode::kAlreadyExists,
                       absl::StrFormat("create token %s: there is one of this name; revoke it "
                                       "first or choose another name",
                                       name),
                       "name");
    }
  }
  NewToken made;
  made.token = MakeTokenText(random_);
  made.info.name = std::string(name);
  made.info.role = role;
  made.info.classes = std::move(classes);
  made.info.created = clock_.Now();
  made.info.expires = Timestamp{made.info.created.micros + expires_in_days * kMicrosPerDay};
  KOSEI_RETURN_IF_ERROR(Store(Entry{made.info, Sha256::Of(made.token)}));
  return made;
}

absl::Status TokenBook::Install(std::string_view name, protocol::Role role,
                                std::string_view token) {
  MutexLock changing(changing_);
  Entry entry;
  entry.info.name = std::string(name);
  entry.info.role = role;
  entry.info.created = clock_.Now();
  entry.info.expires = Timestamp{entry.info.created.micros + kTokenDaysMax * kMicrosPerDay};
  entry.digest = Sha256::Of(token);
  return Store(std::move(entry));
}

absl::Status TokenBook::Revoke(std::string_view name) {
  MutexLock changing(changing_);
  const std::vector<TokenInfo> known = List();
  if (std::none_of(known.begin(), known.end(),
                   [&](const TokenInfo& info) { return info.name == name; })) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("revoke token %s: there is none of this name; \"kosei admin "
                                     "token list\" shows all",
                                     name),
                     "name");
  }
  KOSEI_RETURN_IF_ERROR(store_.PutSetting(std::string(kSettingPrefix) + std::string(name), {}));
  MutexLock lock(mutex_);
  std::erase_if(entries_, [&](const Entry& entry) { return entry.info.name == name; });
  generation_.fetch_add(1, std::memory_order_acq_rel);
  return absl::OkStatus();
}

std::vector<TokenInfo> TokenBook::List() const {
  MutexLock lock(mutex_);
  std::vector<TokenInfo> infos;
  infos.reserve(entries_.size());
  for (const Entry& entry : entries_) infos.push_back(entry.info);
  return infos;
}

bool TokenBook::HasAdministrator() const {
  MutexLock lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.info.role == protocol::Role::kAdministrator && CheckTime(entry.info).ok();
  });
}

}  // namespace kosei::server
