#include "handlers/encode.h"

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {

absl::StatusOr<storage::ViewName> DecodeViewName(const fb::ViewSpec* spec) {
  storage::ViewName name;
  if (spec == nullptr) return name;
  if (spec->valid_at() != kBeginningOfTime.micros) name.valid_at = Timestamp{spec->valid_at()};
  name.plan = std::string(protocol::TextOf(spec->plan()));
  switch (spec->kind()) {
    case fb::ViewKind::newest:
      return name;
    case fb::ViewKind::commit:
      name.kind = storage::ViewName::Kind::kCommit;
      name.commit = CommitNumber{spec->commit()};
      return name;
    case fb::ViewKind::time:
      name.kind = storage::ViewName::Kind::kTime;
      name.time = Timestamp{spec->time()};
      return name;
    case fb::ViewKind::baseline:
      name.kind = storage::ViewName::Kind::kBaseline;
      name.baseline = std::string(protocol::TextOf(spec->baseline()));
      return name;
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("resolve view: kind %d, expected 0 (newest), 1 (commit), 2 "
                                   "(time) or 3 (baseline)",
                                   static_cast<int>(spec->kind())),
                   "view");
}

absl::StatusOr<storage::View> ResolveView(const storage::Reader& reader, const fb::ViewSpec* spec) {
  KOSEI_ASSIGN_OR_RETURN(const storage::ViewName name, DecodeViewName(spec));
  return reader.Resolve(name);
}

absl::StatusOr<std::optional<storage::View>> ResolveViewInMemory(const storage::Reader& reader,
                                                                 const fb::ViewSpec* spec) {
  KOSEI_ASSIGN_OR_RETURN(const storage::ViewName name, DecodeViewName(spec));
  const std::optional<absl::StatusOr<storage::View>> view = reader.ResolveIfCached(name);
  if (!view.has_value()) return std::nullopt;
  KOSEI_RETURN_IF_ERROR(view->status());
  return **view;
}

absl::StatusOr<RecordId> IdOfKey(const storage::Reader& reader, std::string_view operation,
                                 std::string_view key) {
  const std::optional<RecordId> id = reader.IdOf(key);
  if (id.has_value()) return *id;
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("%s %s: no record has this key; \"kosei search\" finds records "
                                   "by a part of their name",
                                   operation, key),
                   "key");
}

absl::StatusOr<std::vector<std::string>> ContextsOf(
    const storage::Reader& reader, const storage::View& view,
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* names, bool all) {
  std::vector<std::string> contexts;
  if (all) {
    KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
    for (const model::ImpactContext& context : schema->impact_contexts())
      contexts.push_back(context.definition.name);
  } else if (names != nullptr) {
    for (const flatbuffers::String* name : *names) contexts.emplace_back(protocol::TextOf(name));
  }
  return contexts;
}

absl::StatusOr<std::vector<RecordId>> IdsOfKeys(
    const storage::Reader& reader, std::string_view operation,
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* keys) {
  std::vector<RecordId> ids;
  if (keys == nullptr) return ids;
  if (keys->size() > protocol::kImpactRootsMax) {
    return MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("%s %d records: at most %d are taken", operation, keys->size(),
                                     protocol::kImpactRootsMax),
                     "keys");
  }
  ids.reserve(keys->size());
  for (const flatbuffers::String* key : *keys) {
    KOSEI_ASSIGN_OR_RETURN(const RecordId id, IdOfKey(reader, operation, protocol::TextOf(key)));
    ids.push_back(id);
  }
  return ids;
}

absl::StatusOr<std::vector<ClassNumber>> ClassesOf(
    const model::Schema& schema,
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* names) {
  std::vector<ClassNumber> classes;
  if (names == nullptr) return classes;
  for (const flatbuffers::String* name : *names) {
    KOSEI_ASSIGN_OR_RETURN(const model::Class* const found,
                           schema.GetClass(protocol::TextOf(name)));
    classes.push_back(found->number);
  }
  return classes;
}

flatbuffers::Offset<flatbuffers::String> Text(Builder& builder, std::string_view text) {
  return builder.CreateString(text.data(), text.size());
}

flatbuffers::Offset<fb::RecordVersion> EncodeVersion(Builder& builder,
                                                     const storage::RecordVersion& version) {
  const auto bytes = protocol::CreateRecordBytes(builder, version.bytes);
  return fb::CreateRecordVersion(builder, version.id.value, version.begin.value, version.end.value,
                                 bytes);
}

flatbuffers::Offset<fb::CommitSummary> EncodeCommit(Builder& builder, const storage::Plans& plans,
                                                    const storage::CommitInfo& commit) {
  const auto actor = Text(builder, commit.actor);
  const auto reason = Text(builder, commit.reason);
  const auto cause = Text(builder, commit.cause);
  const auto source = Text(builder, commit.source);
  const auto hash = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(commit.hash.data()),
                                         commit.hash.size());
  const auto plan = Text(builder, plans.NameOf(commit.plan));
  return fb::CreateCommitSummary(builder, commit.number.value, commit.time.micros, actor, reason,
                                 cause, source, commit.records_created, commit.records_updated,
                                 commit.records_ended, commit.links_created, commit.links_ended,
                                 hash, plan);
}

flatbuffers::Offset<fb::LinkSpan> EncodeLink(Builder& builder, const storage::Reader& reader,
                                             const storage::LinkVersion& link) {
  const auto source = Text(builder, reader.KeyOf(link.source));
  const auto target = Text(builder, reader.KeyOf(link.target));
  return fb::CreateLinkSpan(builder, source, link.type.value, target, link.begin.value,
                            link.end.value, link.valid_from.micros, link.valid_to.micros);
}

flatbuffers::Offset<fb::WriteCounts> EncodeCounts(Builder& builder,
                                                  const storage::CommitResult& result) {
  return fb::CreateWriteCounts(builder, result.commit.value, result.time.micros,
                               result.records_created, result.records_updated,
                               result.records_unchanged, result.records_ended, result.links_created,
                               result.links_unchanged, result.links_ended);
}

flatbuffers::Offset<fb::Error> EncodeErrorTable(Builder& builder, const absl::Status& status) {
  const ErrorInfo& info = InfoOf(CodeOf(status));
  const auto symbol = Text(builder, info.symbol);
  const auto message = Text(builder, MessageOf(status));
  const auto message_ja =
      Text(builder, absl::StrFormat("%s: %s", info.title_ja, MessageOf(status)));
  const std::string field_name = FieldOf(status);
  const auto field = Text(builder, field_name);
  return fb::CreateError(builder, static_cast<std::uint32_t>(info.code), symbol,
                         static_cast<std::uint8_t>(info.category), info.retryable, 0, message,
                         message_ja, field);
}

absl::Status TooLarge(const Call& call, std::string_view remedy) {
  return MakeError(ErrorCode::kRowBudget,
                   absl::StrFormat("%s: the answer is larger than one frame of %d bytes; %s",
                                   call.operation->name, call.reply_bytes_max, remedy));
}

absl::Status KeptBytes::Add(std::uint64_t bytes, std::uint64_t max) {
  bytes_ += bytes;
  if (gauge_.fetch_add(bytes) + bytes <= max) return absl::OkStatus();
  return MakeError(ErrorCode::kOverloaded,
                   "answers that wait for their readers fill the memory set aside for them; try "
                   "again later");
}

absl::Status CollectedStream::Add(const Call& call, std::string_view body) {
  KOSEI_RETURN_IF_ERROR(kept_.Add(body.size(), services_.limits.stream_bytes_max));
  collected_ += body.size();
  if (collected_ > kCollectedBytesMax) {
    return MakeError(ErrorCode::kMemoryBudget,
                     absl::StrFormat("%s: the answer is larger than %d MiB; ask for less at once",
                                     call.operation->name, kCollectedBytesMax >> 20));
  }
  bodies_.emplace_back(body);
  return absl::OkStatus();
}

absl::StatusOr<Stream::Part> CollectedStream::Next(std::size_t, Builder&) {
  const bool last = next_ + 1 >= bodies_.size();
  if (next_ > 0) std::string().swap(bodies_[next_ - 1]);
  return Part{last ? State::kLast : State::kMore, bodies_[next_++]};
}

}  // namespace kosei::server
