#include "bulk_chunk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/server/limits.h"
#include "mutation.h"

namespace kosei::server {
namespace {

// The reader of a reply verifies at most so many tables (protocol/messages.h); an item takes two.
constexpr std::size_t kRejectedMax = 60'000;
constexpr std::size_t kRecordAlignment = 8;

absl::Status Malformed(std::string_view what) {
  return MakeError(ErrorCode::kMalformedFrame, absl::StrFormat("bulk chunk: %s", what));
}

template <typename Vector>
std::size_t SizeOf(const Vector* vector) {
  return vector == nullptr ? 0 : vector->size();
}

absl::Status DecodeRecords(const fb::BulkChunkRequest& request, DecodedChunk& decoded) {
  const std::size_t count = SizeOf(request.record_lengths());
  KOSEI_ASSIGN_OR_RETURN(const std::string_view bytes,
                         protocol::RecordBytes(request.record_bytes()));
  decoded.chunk.records.reserve(count);
  decoded.positions.reserve(count);
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t length = request.record_lengths()->Get(i);
    if (at > bytes.size() || length > bytes.size() - at) {
      return Malformed("the record lengths add up to more than the record bytes");
    }
    absl::StatusOr<Record> record = DecodeRecord(bytes.substr(at, length));
    at += (length + kRecordAlignment - 1) / kRecordAlignment * kRecordAlignment;
    if (record.ok()) {
      decoded.chunk.records.push_back(*std::move(record));
      decoded.positions.push_back(i);
    } else {
      decoded.rejected.push_back({storage::RejectedItem::Kind::kRecord, i, record.status()});
    }
  }
  return absl::OkStatus();
}

absl::Status DecodeLinks(const fb::BulkChunkRequest& request, DecodedChunk& decoded) {
  const std::size_t count = SizeOf(request.link_sources());
  if (SizeOf(request.link_types()) != count || SizeOf(request.link_targets()) != count) {
    return Malformed("link_sources, link_types and link_targets differ in length");
  }
  const std::size_t times = SizeOf(request.link_valid_from());
  if (times != SizeOf(request.link_valid_to()) || (times != 0 && times != count)) {
    return Malformed("link_valid_from and link_valid_to are neither absent nor one a link");
  }
  const std::size_t keys = SizeOf(request.keys());
  storage::ChunkLinks& links = decoded.chunk.links;
  links.Reserve(keys, count);
  for (std::uint32_t i = 0; i < keys; ++i) links.AddKey(protocol::TextOf(request.keys()->Get(i)));
  for (std::uint32_t i = 0; i < count; ++i) {
    storage::ChunkLinks::Link link{request.link_sources()->Get(i),
                                   RelationshipTypeNumber{request.link_types()->Get(i)},
                                   request.link_targets()->Get(i)};
    if (link.source >= keys || link.target >= keys)
      return Malformed("a link names a key that is not there");
    if (times != 0) {
      link.valid_from = Timestamp{request.link_valid_from()->Get(i)};
      link.valid_to = Timestamp{request.link_valid_to()->Get(i)};
    }
    links.Add(link);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DecodedChunk> DecodeChunk(const fb::BulkChunkRequest& request) {
  const std::size_t items = SizeOf(request.record_lengths()) + SizeOf(request.link_sources());
  if (items > kBulkItemsMax) {
    return MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("bulk chunk: %d items, at most %d are taken; send smaller "
                                     "chunks",
                                     items, kBulkItemsMax));
  }
  DecodedChunk decoded;
  KOSEI_RETURN_IF_ERROR(DecodeRecords(request, decoded));
  KOSEI_RETURN_IF_ERROR(DecodeLinks(request, decoded));
  for (std::size_t i = 0; i < SizeOf(request.complete_types()); ++i) {
    decoded.chunk.complete_types.push_back(RelationshipTypeNumber{
        request.complete_types()->Get(static_cast<flatbuffers::uoffset_t>(i))});
  }
  decoded.chunk.number = request.number();
  decoded.chunk.digest = request.digest();
  return decoded;
}

absl::StatusOr<std::string> AddChunk(storage::BulkLoad& load, DecodedChunk decoded,
                                     std::uint64_t number, const protocol::FrameHeader& header,
                                     protocol::Checksum checksum, std::uint32_t reply_bytes_max) {
  const std::vector<std::uint32_t> positions = std::move(decoded.positions);
  std::vector<storage::RejectedItem> rejected = std::move(decoded.rejected);
  KOSEI_ASSIGN_OR_RETURN(storage::ChunkResult result, load.Add(std::move(decoded.chunk)));
  for (storage::RejectedItem& item : result.rejected) {
    if (item.kind == storage::RejectedItem::Kind::kRecord) item.index = positions[item.index];
    rejected.push_back(std::move(item));
  }
  Builder builder;
  std::vector<flatbuffers::Offset<fb::Rejected>> offsets;
  for (const storage::RejectedItem& item : rejected) {
    if (offsets.size() >= kRejectedMax || builder.GetSize() > reply_bytes_max / 2) {
      return MakeError(
          ErrorCode::kRowBudget,
          absl::StrFormat("bulk chunk %d: %d items were refused, more than one answer "
                          "can list; send smaller chunks (the first: %s)",
                          number, rejected.size(), MessageOf(rejected.front().status)));
    }
    const auto error = EncodeErrorTable(builder, item.status);
    offsets.push_back(fb::CreateRejected(builder, item.kind == storage::RejectedItem::Kind::kLink,
                                         item.index, error));
  }
  const auto rejected_vector = builder.CreateVector(offsets);
  const auto counts = EncodeCounts(builder, result.counts);
  const std::string_view body = protocol::FinishBody(
      builder, fb::CreateBulkChunkReply(builder, number, rejected_vector, counts));
  std::string frame;
  protocol::AppendFrame(frame, protocol::ReplyHeader(header), body, checksum);
  return frame;
}

absl::StatusOr<std::string> FinishLoad(storage::BulkLoad& load, const protocol::FrameHeader& header,
                                       protocol::Checksum checksum) {
  KOSEI_ASSIGN_OR_RETURN(const storage::CommitResult result, load.Finish());
  Builder builder;
  const auto counts = EncodeCounts(builder, result);
  const std::string_view body =
      protocol::FinishBody(builder, fb::CreateBulkEndReply(builder, counts));
  std::string frame;
  protocol::AppendFrame(frame, protocol::ReplyHeader(header), body, checksum);
  return frame;
}

}  // namespace kosei::server
