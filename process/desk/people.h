// Who an account is: the person's record whose `login` it is, with the roles that it names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "kosei/base/mutex.h"
#include "kosei/process/definitions.h"
#include "kosei/process/desk.h"
#include "kosei/process/life_cycle.h"
#include "kosei/storage/reader.h"

namespace kosei::process {

// Who accounts were when they were last asked for. What was kept counts as long as the person's
// record has not changed: nobody else can have the login meanwhile, as it is unique. Thread-safe.
class Accounts {
 public:
  explicit Accounts(const storage::Reader& reader) : reader_(reader) {}

  // Nothing: it has to be asked.
  std::optional<Actor> Find(const storage::View& view, std::string_view account) const;
  const storage::Reader& reader() const { return reader_; }
  void Keep(const storage::View& view, std::string_view account, const Actor& actor);

 private:
  struct Known {
    RecordId person;
    CommitNumber begin;
    Actor actor;
  };
  // More than these at once are not kept.
  static constexpr std::size_t kKnownMax = 100'000;

  const storage::Reader& reader_;
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
};

// An account without a person has no roles, unless it is an administrator's: that has all.
absl::StatusOr<Actor> ActorOf(const Asking& asking, const Caller& caller,
                              const Definitions& definitions);
// The same, with what is kept.
absl::StatusOr<Actor> ActorOf(const Asking& asking, const Caller& caller,
                              const Definitions& definitions, Accounts& accounts);

}  // namespace kosei::process
