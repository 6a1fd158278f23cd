// Tokens: who may speak to this server, and as what. A token is "kos_" and 58 letters and digits:
// 256 random bits and a checksum, so that scanners recognise a leaked one. The store keeps only its
// SHA-256, under the setting "token/<name>".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/mutex.h"
#include "kosei/base/random.h"
#include "kosei/base/time.h"
#include "kosei/protocol/operations.h"
#include "kosei/storage/writer.h"

namespace kosei::server {

struct TokenInfo {
  std::string name;
  protocol::Role role = protocol::Role::kNobody;
  Timestamp created;
  Timestamp expires;
  // Only records of these classes, and of those below them, are shown; empty: all.
  std::vector<ClassNumber> classes;
};

struct NewToken {
  std::string token;  // secret: shown once, never kept
  TokenInfo info;
};

// Who speaks on a connection: what a token stood for when it was presented.
struct Principal {
  std::string name;
  protocol::Role role = protocol::Role::kNobody;
  Timestamp expires;
  std::vector<ClassNumber> classes;  // as in TokenInfo
  std::string digest;                // of the token
  std::uint64_t generation = 0;      // of the book when this was last found good
};

// A fresh token text, and whether a text has the form and checksum of one.
std::string MakeTokenText(Random& random);
bool LooksLikeToken(std::string_view text);

// Thread-safe.
class TokenBook {
 public:
  // Reads every token of the store. kStorageCorrupt when one cannot be read.
  static absl::StatusOr<std::unique_ptr<TokenBook>> Open(storage::Writer& store, Random& random,
                                                         const Clock& clock);

  // Compares with every token in constant time. kUnauthenticated otherwise, without telling an
  // unknown token from a revoked one.
  absl::StatusOr<Principal> Authenticate(std::string_view token) const;
  // Cheap: whether the principal's token still stands. Looks into the book only after a revocation.
  absl::Status Recheck(Principal& principal) const;
  // What tells whether Recheck is needed: one look at the clock, and one atomic read.
  bool Expired(const Principal& principal) const;
  bool Unchanged(const Principal& principal) const {
    return principal.generation == generation_.load(std::memory_order_acquire);
  }

  // Durable when they return. kAlreadyExists, kInvalidArgument, kOutOfRange; kNotFound. Only a
  // reader can be limited to classes.
  absl::StatusOr<NewToken> Create(std::string_view name, protocol::Role role,
                                  std::uint32_t expires_in_days,
                                  std::vector<ClassNumber> classes = {});
  absl::Status Revoke(std::string_view name);
  std::vector<TokenInfo> List() const;  // by name
  // An administrator token that has not expired exists.
  bool HasAdministrator() const;

  // Makes the text of a new administrator token called `name` valid, replacing one of that name.
  // For the first start: the caller has already put the text where its owner finds it.
  absl::Status Install(std::string_view name, protocol::Role role, std::string_view token);

 private:
  struct Entry {
    TokenInfo info;
    std::string digest;
  };

  TokenBook(storage::Writer& store, Random& random, const Clock& clock);
  static absl::StatusOr<Entry> Decode(std::string_view name, std::string_view value);
  static std::string Encode(const Entry& entry);
  absl::Status CheckTime(const TokenInfo& info) const;
  absl::Status Store(Entry entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(changing_);

  storage::Writer& store_;
  Random& random_;
  const Clock& clock_;
  std::atomic<std::uint64_t> generation_{1};
  // Held over a synced write, so never taken on an I/O thread; mutex_ is held for moments only.
  Mutex changing_ ABSL_ACQUIRED_BEFORE(mutex_);
  mutable Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // by name
};

}  // namespace kosei::server
