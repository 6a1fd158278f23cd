// The canonical hash of an impact answer: what was asked, of which View, under which rules, and all
// that was answered. Whoever asks the same again, years later, gets the same 32 bytes; whatever
// would make a difference to a board changes them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// SHA-256 over a text of one line for each of these, in this order; keys and names are quoted, so
// that no two different answers have one text:
//   the View (commit, its hash, valid instant, number of the plan), the version of the model and
//   the hash of its text, direction, depth, the assumptions by key, blocked records by key,
//   contexts by name, time, each row of the answer: key, state, distance, type, key of the record
//   before it, truncation.
// kCancelled, kDeadlineExceeded, and the errors of reading.
absl::StatusOr<std::string> AnswerHash(const storage::Reader& reader, const ImpactRequest& request,
                                       const ImpactAnswer& answer, const Budget& budget);

}  // namespace kosei::query
