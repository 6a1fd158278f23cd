#include "plan_erasure.h"

#include <memory>
#include <utility>

#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "plan_codec.h"
#include "rocksdb_status.h"

namespace kosei::storage {

absl::StatusOr<ErasedPlans> ErasePlanned(const Database& database, std::string_view key,
                                         absl::FunctionRef<bool(AttributeNumber)> is_erased,
                                         rocksdb::WriteBatch& batch) {
  ErasedPlans erased;
  const auto iterator = database.Iterate(Family::kPlans, rocksdb::ReadOptions());
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const std::string_view entry = ViewOf(iterator->key());
    const PlanNumber plan{ReadU64(entry.data())};
    if (plan == kNoPlan || ReadU32(entry.data() + sizeof(std::uint64_t)) == 0) continue;
    KOSEI_ASSIGN_OR_RETURN(PlanStep step, DecodeStep(ViewOf(iterator->value())));
    bool any = false;
    for (PutRecord& put : step.edits.put_records) {
      if (put.record.key != key) continue;
      // Taking a value away tells nothing of it.
      any = std::erase_if(put.record.attributes,
                          [&](const auto& attribute) {
                            return is_erased(attribute.first) && !attribute.second.is_null();
                          }) > 0 ||
            any;
    }
    if (!any) continue;
    KOSEI_RETURN_IF_ERROR(
        ToStatus(batch.Put(database.family(Family::kPlans), iterator->key(), EncodeStep(step)),
                 "erase in plans"));
    if (erased.plans.empty() || erased.plans.back() != plan) erased.plans.push_back(plan);
    ++erased.steps;
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "erase in plans"));
  return erased;
}

}  // namespace kosei::storage
