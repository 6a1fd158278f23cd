// Parts of messages that several answers have, as plain values. Declared here for the decoders
// alone.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "kosei/client/types.h"

namespace kosei::fb {
struct ContextFinding;
struct RecordVersion;
struct ViewInfo;
struct WriteCounts;
}  // namespace kosei::fb

namespace kosei::client {

// nullopt: there is no such record in the View. kMalformedFrame.
absl::StatusOr<std::optional<RecordVersion>> ToVersion(const fb::RecordVersion* from);
WriteCounts ToCounts(const fb::WriteCounts* from);
View ToView(const fb::ViewInfo* from, std::uint32_t model_version);
ContextFinding ToContextFinding(const fb::ContextFinding& from);
// kUp when it is none of ours.
State ToState(std::uint8_t number);

}  // namespace kosei::client
