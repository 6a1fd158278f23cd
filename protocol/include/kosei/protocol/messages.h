// Opening and closing message bodies: verification with tight limits on the way in, errors on the
// way out. The only place where an absl::Status becomes a wire error and back.
//
//   flatbuffers::FlatBufferBuilder builder;
//   const auto root = fb::CreatePong(builder, nonce);
//   send(FinishFrame(builder, root, ReplyHeader(request)));              // no copy at all
//   AppendFrame(batch, ReplyHeader(request), FinishBody(builder, root)); // many small ones in a
//   row
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"

namespace kosei::fb {
struct BaselineListReply;
struct BulkChunkReply;
struct CollisionsReply;
struct DiffReply;
struct ModelApplyReply;
struct ModelHistoryReply;
struct ModelReply;
struct ModelTextReply;
struct OrderReply;
struct PathReply;
struct PathsReply;
struct PlanDiffReply;
struct PlanListReply;
struct PlanMergeReply;
struct PlanRebaseReply;
struct PlanShowReply;
struct PointsReply;
struct RevertReply;
struct RootCauseReply;
struct TokenListReply;
struct WatchEvent;
}  // namespace kosei::fb

namespace kosei::protocol {

// How many tables a message may hold. Some answers list all that they found in one frame.
template <typename Table>
inline constexpr std::uint32_t kTablesMax = kVerifierTablesMax;
template <>
inline constexpr std::uint32_t kTablesMax<fb::BaselineListReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::BulkChunkReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::CollisionsReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::DiffReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::ModelApplyReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::ModelHistoryReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::ModelTextReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::ModelReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::OrderReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PathReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PathsReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PlanDiffReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PlanListReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PlanMergeReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PlanRebaseReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PlanShowReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::PointsReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::RootCauseReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::RevertReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::TokenListReply> = kVerifierTablesMaxOfLists;
template <>
inline constexpr std::uint32_t kTablesMax<fb::WatchEvent> = kVerifierTablesMaxOfLists;

// The root of a body from outside, after the verifier with our limits and the walk budget
// (limits.h): everything the accessors reach is inside `body` and bounded by kWalkFactorMax times
// its size. kMalformedFrame otherwise. `body` is 8-byte aligned; the result lives as long as it.
template <typename Table>
absl::StatusOr<const Table*> Open(std::string_view body);

// Finishes a message; the bytes are valid until the builder changes. Their number is a multiple of
// 8, so that frames in a row stay aligned for their reader.
template <typename Table>
std::string_view FinishBody(flatbuffers::FlatBufferBuilder& builder,
                            flatbuffers::Offset<Table> root);
// The same as a whole frame, header in front, without copying. The bytes belong to the builder;
// builder.Release() takes them along (as flatbuffers::DetachedBuffer) to wait for their socket.
template <typename Table>
std::string_view FinishFrame(flatbuffers::FlatBufferBuilder& builder,
                             flatbuffers::Offset<Table> root, const FrameHeader& header,
                             Checksum checksum = Checksum::kCompute);

// Bytes of a finished builder. Valid until the builder changes.
inline std::string_view BytesOf(const flatbuffers::FlatBufferBuilder& builder) {
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}
inline std::string_view TextOf(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view() : std::string_view(text->c_str(), text->size());
}

// Record bytes inside a message (the fields with force_align 8): written so that they lie 8-byte
// aligned, and read with a check that they do, since neither the builder nor the verifier looks at
// that. An absent vector is empty; kMalformedFrame when misaligned.
flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> CreateRecordBytes(
    flatbuffers::FlatBufferBuilder& builder, std::string_view bytes);
absl::StatusOr<std::string_view> RecordBytes(const flatbuffers::Vector<std::uint8_t>* bytes);

// At most `size_max` bytes of UTF-8, never ending inside a character.
std::string_view CutAtCharacter(std::string_view text, std::size_t size_max);

// A body of type Error. A message beyond kErrorMessageMax bytes is cut at a character.
std::string EncodeError(const absl::Status& status);
// The status an Error body stands for, with code and field. A code that this build does not know
// becomes the nearest one of its category, so that the caller still acts rightly. A body that is no
// Error is kMalformedFrame itself. Never OK.
absl::Status DecodeError(std::string_view body);
// The whole answer: an error frame to `request`, appended to `out`.
void AppendErrorFrame(std::string& out, const FrameHeader& request, const absl::Status& status,
                      std::uint32_t sequence = 0);

namespace internal {
absl::Status CheckBytes(std::string_view body);
absl::Status Malformed(std::string_view what);
// Whether all that is reachable from the root stays within the budget. Safe for any aligned bytes,
// but only the verifier proves the rest.
absl::Status CheckWalk(std::string_view body, const flatbuffers::TypeTable* type);
void PushHeader(flatbuffers::FlatBufferBuilder& builder, const FrameHeader& header,
                Checksum checksum);
}  // namespace internal

template <typename Table>
absl::StatusOr<const Table*> Open(std::string_view body) {
  if (absl::Status bytes = internal::CheckBytes(body); !bytes.ok()) return bytes;
  const auto* start = reinterpret_cast<const std::uint8_t*>(body.data());
  flatbuffers::Verifier verifier(start, body.size(), kVerifierDepthMax, kTablesMax<Table>);
  if (!verifier.VerifyBuffer<Table>(nullptr)) {
    return internal::Malformed("it does not verify as its message, or is nested or split too far");
  }
  absl::Status walk = internal::CheckWalk(body, Table::MiniReflectTypeTable());
  if (!walk.ok()) return walk;
  return flatbuffers::GetRoot<Table>(start);
}

template <typename Table>
std::string_view FinishBody(flatbuffers::FlatBufferBuilder& builder,
                            flatbuffers::Offset<Table> root) {
  builder.TrackMinAlign(sizeof(std::uint64_t));
  builder.Finish(root);
  return BytesOf(builder);
}

template <typename Table>
std::string_view FinishFrame(flatbuffers::FlatBufferBuilder& builder,
                             flatbuffers::Offset<Table> root, const FrameHeader& header,
                             Checksum checksum) {
  FinishBody(builder, root);
  internal::PushHeader(builder, header, checksum);
  return BytesOf(builder);
}

}  // namespace kosei::protocol
