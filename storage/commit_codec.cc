#include "commit_codec.h"

#include <algorithm>
#include <span>

#include "flatbuffers/flatbuffers.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/record/commit_generated.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kHashBuffer = std::size_t{64} << 10;

flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> Bytes(
    flatbuffers::FlatBufferBuilder& builder, std::string_view bytes) {
  return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string BytesOf(const flatbuffers::FlatBufferBuilder& builder) {
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::string TextOf(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}
std::string TextOf(const flatbuffers::Vector<std::uint8_t>* bytes) {
  return bytes == nullptr ? std::string() : std::string(bytes->begin(), bytes->end());
}

// FlatBuffers reads in place and needs aligned bytes; what comes from RocksDB need not be.
std::vector<std::uint64_t> Aligned(std::string_view bytes) {
  std::vector<std::uint64_t> aligned(bytes.size() / 8 + 1);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(aligned.data()));
  return aligned;
}

template <typename Table>
const Table* Root(const std::vector<std::uint64_t>& aligned, std::size_t size,
                  const char* identifier) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(aligned.data());
  flatbuffers::Verifier verifier(bytes, size, 8, 100);
  return verifier.VerifyBuffer<Table>(identifier) ? flatbuffers::GetRoot<Table>(bytes) : nullptr;
}

}  // namespace

void ContentHash::Flush() {
  hash_.Update(buffer_);
  buffer_.clear();
}

void ContentHash::AddRecord(RecordId id, std::string_view bytes) {
  if (form_ == ContentForm::kHashes) {
    AddRecordHash(id, Sha256::Of(bytes));
    return;
  }
  AppendU64(buffer_, id.value);
  AppendU32(buffer_, static_cast<std::uint32_t>(bytes.size()));
  buffer_.append(bytes);
  if (buffer_.size() > kHashBuffer) Flush();
}

void ContentHash::AddStored(RecordId id, const RecordView& record) {
  const std::string_view original = OriginalHashOf(record);
  if (original.empty()) {
    AddRecord(id, record.bytes());
  } else {
    AddRecordHash(id, original);
  }
}

void ContentHash::AddRecordHash(RecordId id, std::string_view hash) {
  AppendU64(buffer_, id.value);
  buffer_.append(hash);
  if (buffer_.size() > kHashBuffer) Flush();
}

void ContentHash::AddLink(RecordId source, RelationshipTypeNumber type, RecordId target,
                          std::string_view value) {
  AppendU64(buffer_, source.value);
  AppendU16(buffer_, type.value);
  AppendU64(buffer_, target.value);
  if (form_ == ContentForm::kBytes) {
    buffer_.push_back(!value.empty() && (value[0] & 1) != 0 ? '\1' : '\0');
  } else {
    buffer_.push_back(static_cast<char>(value.size()));
    buffer_.append(value);
  }
  if (buffer_.size() > kHashBuffer) Flush();
}

std::string ContentHash::Finish() {
  Flush();
  return hash_.Finish();
}

std::string EncodeCommit(const CommitInfo& info, std::uint32_t model_version,
                         ChangesListed listed) {
  thread_local flatbuffers::FlatBufferBuilder builder(512);
  builder.Clear();
  const auto actor = builder.CreateString(info.actor);
  const auto reason = builder.CreateString(info.reason);
  const auto cause = builder.CreateString(info.cause);
  const auto source = builder.CreateString(info.source);
  const auto content = Bytes(builder, info.content_hash);
  const auto previous = Bytes(builder, info.previous_hash);
  const auto model = info.model_hash.empty() ? 0 : Bytes(builder, info.model_hash);
  builder.Finish(
      fb::CreateCommit(builder, info.number.value, info.time.micros, actor, reason, cause, source,
                       info.records_created, info.records_updated, info.records_ended,
                       info.links_created, info.links_ended, content, previous, model_version,
                       listed == ChangesListed::kYes,
                       static_cast<std::uint8_t>(ContentForm::kHashes), model, info.plan.value),
      fb::CommitIdentifier());
  return BytesOf(builder);
}

absl::StatusOr<DecodedCommit> DecodeCommit(std::string_view bytes) {
  const std::vector<std::uint64_t> aligned = Aligned(bytes);
  const auto* commit = Root<fb::Commit>(aligned, bytes.size(), fb::CommitIdentifier());
  if (commit == nullptr)
    return MakeError(ErrorCode::kStorageCorrupt, "read commit: its header is damaged");
  DecodedCommit decoded;
  CommitInfo& info = decoded.info;
  info.number = CommitNumber{commit->number()};
  info.time = Timestamp{commit->time()};
  info.actor = TextOf(commit->actor());
  info.reason = TextOf(commit->reason());
  info.cause = TextOf(commit->cause());
  info.source = TextOf(commit->source());
  info.plan = PlanNumber{commit->plan()};
  info.records_created = commit->records_created();
  info.records_updated = commit->records_updated();
  info.records_ended = commit->records_ended();
  info.links_created = commit->links_created();
  info.links_ended = commit->links_ended();
  info.content_hash = TextOf(commit->content_hash());
  info.previous_hash = TextOf(commit->previous_hash());
  info.model_hash = TextOf(commit->model_hash());
  info.hash = Sha256::Of(bytes);
  decoded.model_version = commit->model_version();
  decoded.listed = commit->changes_listed() ? ChangesListed::kYes : ChangesListed::kNo;
  decoded.info.lists_changes = commit->changes_listed();
  decoded.content_form = static_cast<ContentForm>(commit->content_form());
  if (decoded.content_form != ContentForm::kBytes && decoded.content_form != ContentForm::kHashes) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     "read commit: its content hash has a form that this koseid does not know");
  }
  return decoded;
}

std::vector<std::string> EncodeChanges(const std::vector<RecordChange>& records,
                                       const std::vector<LinkChange>& links) {
  std::vector<std::string> parts;
  thread_local flatbuffers::FlatBufferBuilder builder(1024);
  std::size_t record = 0;
  std::size_t link = 0;
  while (record < records.size() || link < links.size()) {
    builder.Clear();
    std::vector<fb::RecordChange> record_part;
    std::vector<fb::LinkChange> link_part;
    while (record < records.size() && record_part.size() < kChangesPerPart) {
      const RecordChange& change = records[record++];
      record_part.emplace_back(change.record.value, change.class_number.value,
                               static_cast<std::uint8_t>(change.kind));
    }
    while (link < links.size() && record_part.size() + link_part.size() < kChangesPerPart) {
      const LinkChange& change = links[link++];
      link_part.emplace_back(change.source.value, change.target.value, change.type.value,
                             static_cast<std::uint8_t>(change.kind));
    }
    const auto record_offset = builder.CreateVectorOfStructs(record_part);
    const auto link_offset = builder.CreateVectorOfStructs(link_part);
    builder.Finish(fb::CreateChanges(builder, record_offset, link_offset));
    parts.push_back(BytesOf(builder));
  }
  return parts;
}

absl::Status DecodeChanges(std::string_view bytes, CommitChanges& changes) {
  const std::vector<std::uint64_t> aligned = Aligned(bytes);
  const auto* part = Root<fb::Changes>(aligned, bytes.size(), nullptr);
  if (part == nullptr)
    return MakeError(ErrorCode::kStorageCorrupt, "read commit: its list of changes is damaged");
  if (part->records() != nullptr) {
    for (const fb::RecordChange* change : *part->records()) {
      changes.records.push_back({RecordId{change->record()}, ClassNumber{change->class_number()},
                                 static_cast<ChangeKind>(change->kind())});
    }
  }
  if (part->links() != nullptr) {
    for (const fb::LinkChange* change : *part->links()) {
      changes.links.push_back(
          {RecordId{change->source()}, RelationshipTypeNumber{change->relationship_type()},
           RecordId{change->target()}, static_cast<ChangeKind>(change->kind())});
    }
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
