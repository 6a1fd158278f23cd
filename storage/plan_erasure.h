// Values of a record out of what plans say of it.
#pragma once

#include <rocksdb/write_batch.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/base/ids.h"

namespace kosei::storage {

struct ErasedPlans {
  std::vector<PlanNumber> plans;  // that lost something, ascending
  std::uint64_t steps = 0;
};

// Into `batch`, open plans and merged ones. On the committing thread; PlanBook::Rewritten follows.
absl::StatusOr<ErasedPlans> ErasePlanned(const Database& database, std::string_view key,
                                         absl::FunctionRef<bool(AttributeNumber)> is_erased,
                                         rocksdb::WriteBatch& batch);

}  // namespace kosei::storage
