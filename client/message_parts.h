// Parts of messages that several answers have, as plain values. Declared here for the decoders
// alone.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "kosei/client/types.h"

namespace kosei::fb {
struct RecordVersion;
struct WriteCounts;
}  // namespace kosei::fb

namespace kosei::client {

// nullopt: there is no such record in the View. kMalformedFrame.
absl::StatusOr<std::optional<RecordVersion>> ToVersion(const fb::RecordVersion* from);
WriteCounts ToCounts(const fb::WriteCounts* from);

}  // namespace kosei::client
