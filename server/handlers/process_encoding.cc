#include "handlers/process_encoding.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/packstream.h"

namespace kosei::server {

absl::StatusOr<language::DatumMap> DecodeNamedValues(
    const flatbuffers::Vector<std::uint8_t>* packed, std::string_view field) {
  if (packed == nullptr || packed->size() == 0) return language::DatumMap();
  absl::StatusOr<language::DatumMap> values =
      language::ReadParameters({reinterpret_cast<const char*>(packed->data()), packed->size()});
  if (values.ok()) return values;
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("process: %s must be a PackStream map: %s", std::string(field),
                                   std::string(MessageOf(values.status()))),
                   field);
}

std::vector<process::RecordLink> DecodeProcessLinks(
    const flatbuffers::Vector<flatbuffers::Offset<fb::ProcessLink>>* links) {
  std::vector<process::RecordLink> decoded;
  if (links == nullptr) return decoded;
  for (const fb::ProcessLink* link : *links) {
    decoded.push_back({std::string(protocol::TextOf(link->type())),
                       std::string(protocol::TextOf(link->other())), link->incoming()});
  }
  return decoded;
}

absl::Status CheckReason(std::string_view reason) {
  if (reason.size() <= kReasonBytesMax && IsValidUtf8(reason)) return absl::OkStatus();
  return MakeError(ErrorCode::kInvalidText,
                   absl::StrFormat("process: the reason must be UTF-8 of at most %d bytes, and has "
                                   "%d",
                                   kReasonBytesMax, reason.size()),
                   "reason");
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ProcessRefusal>>> EncodeRefusals(
    Builder& builder, const std::vector<process::Refusal>& refusals) {
  std::vector<flatbuffers::Offset<fb::ProcessRefusal>> encoded;
  for (const process::Refusal& refusal : refusals) {
    const auto name = Text(builder, refusal.name);
    const auto en = Text(builder, refusal.message.en);
    const auto ja = Text(builder, refusal.message.ja);
    encoded.push_back(
        fb::CreateProcessRefusal(builder, static_cast<std::uint8_t>(refusal.kind), name, en, ja));
  }
  return builder.CreateVector(encoded);
}

flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ProcessName>>> EncodeNames(
    Builder& builder, const std::vector<std::string>& names) {
  std::vector<flatbuffers::Offset<fb::ProcessName>> encoded;
  for (const std::string& name : names)
    encoded.push_back(fb::CreateProcessName(builder, Text(builder, name)));
  return builder.CreateVector(encoded);
}

flatbuffers::Offset<fb::ProcessOutcome> EncodeProcessOutcome(Builder& builder,
                                                             const process::Outcome& outcome) {
  const auto key = Text(builder, outcome.key);
  const auto event = Text(builder, outcome.event);
  const auto from = Text(builder, outcome.from);
  const auto to = Text(builder, outcome.to);
  const auto refusals = EncodeRefusals(builder, outcome.refusals);
  const auto created = builder.CreateVectorOfStrings(outcome.created);
  const auto followed = builder.CreateVectorOfStrings(outcome.followed);
  return fb::CreateProcessOutcome(builder, key, event, from, to, refusals, created, followed,
                                  outcome.commit.value, outcome.time.micros);
}

}  // namespace kosei::server
