// PlanCache: what was made of the texts of statements. The least recently used go when there are
// too many, or when their texts are too long together: a plan is some fifty times as large as its
// text. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/plan.h"
#include "kosei/base/mutex.h"
#include "kosei/language/ast.h"

namespace kosei::query {

// The tree is kept because the time clauses are read from it. Shared by runs that go on when it
// has left the cache.
struct Prepared {
  language::Statement statement;
  bool filter = false;              // the text is a list filter
  std::uint32_t model_version = 0;  // that the plan was checked against
  Plan plan;
};

class PlanCache {
 public:
  static constexpr std::size_t kTextBytesMax = std::size_t{4} << 20;      // of all texts
  static constexpr std::size_t kOneTextBytesMax = std::size_t{64} << 10;  // longer: not kept

  explicit PlanCache(std::size_t plans_max) : plans_max_(plans_max) {}

  // Null when there is none; whether its model is the wanted one, the caller looks.
  std::shared_ptr<const Prepared> Find(std::string_view text, bool filter);
  // In place of what there was of the text.
  void Put(std::shared_ptr<const Prepared> prepared);

 private:
  using Key = std::pair<std::string, bool>;
  using Recent = std::list<std::shared_ptr<const Prepared>>;

  void Drop(Recent::iterator prepared) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::size_t plans_max_;
  Mutex mutex_;
  std::size_t text_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Recent recent_ ABSL_GUARDED_BY(mutex_);  // the newest first
  absl::flat_hash_map<Key, Recent::iterator> plans_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::query
