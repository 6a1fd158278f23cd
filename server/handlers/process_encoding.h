// Messages of processes: what requests say, and what is answered.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "call.h"
#include "kosei/language/datum.h"
#include "kosei/process/desk.h"
#include "kosei/protocol/process_generated.h"

namespace kosei::server {

// A PackStream map; null: an empty one. kInvalidArgument, with the field.
absl::StatusOr<language::DatumMap> DecodeNamedValues(
    const flatbuffers::Vector<std::uint8_t>* packed, std::string_view field);
std::vector<process::RecordLink> DecodeProcessLinks(
    const flatbuffers::Vector<flatbuffers::Offset<fb::ProcessLink>>* links);
// kInvalidText.
absl::Status CheckReason(std::string_view reason);

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ProcessRefusal>>> EncodeRefusals(
    Builder& builder, const std::vector<process::Refusal>& refusals);
// Texts of a repeated table: as tables, which a verifier counts.
flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ProcessName>>> EncodeNames(
    Builder& builder, const std::vector<std::string>& names);
flatbuffers::Offset<fb::ProcessOutcome> EncodeProcessOutcome(Builder& builder,
                                                             const process::Outcome& outcome);

}  // namespace kosei::server
