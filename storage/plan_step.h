// One step of a plan: checked, and brought into the form in which it is kept.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "kosei/storage/writer.h"
#include "staging.h"
#include "store.h"

namespace kosei::storage {

// Stages the edits one after the other; the first refusal stops. Answers them without what would
// change nothing, values in canonical form, class 0 on a record that is there.
absl::StatusOr<Transaction> StageStep(const Store& store, Staging& staging,
                                      const Transaction& edits);

inline std::uint64_t EditCountOf(const Transaction& edits) {
  return edits.put_records.size() + edits.end_links.size() + edits.put_links.size() +
         edits.end_records.size();
}

}  // namespace kosei::storage
