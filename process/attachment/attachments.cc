#include "kosei/process/attachments.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "attachment/attachment_checks.h"
#include "desk/asking.h"
#include "desk/draft.h"
#include "desk/entry_keys.h"
#include "desk/people.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// As base64 it and what is around it fit into a record (kRecordBytesMax).
constexpr std::size_t kPartBytes = std::size_t{512} << 10;
constexpr std::string_view kAttachmentClass = "Attachment";
// Somebody else was given the same key meanwhile.
constexpr int kTriesMax = 20;

std::string ContentKey(std::string_view sha256) { return "sha256:" + std::string(sha256); }
std::string PartKey(std::string_view sha256, std::uint64_t part) {
  return absl::StrFormat("sha256:%s/%d", std::string(sha256), part);
}
std::uint64_t PartCount(std::uint64_t bytes) { return (bytes + kPartBytes - 1) / kPartBytes; }

std::string TextIn(const DatumMap& attributes, std::string_view name) {
  for (const auto& [each, value] : attributes) {
    if (each == name && value.kind() == DatumKind::kString) return value.string();
  }
  return {};
}

class StoreAttachments final : public Attachments {
 public:
  StoreAttachments(const storage::Reader& reader, storage::Writer& writer,
                   query::StatementRunner& statements, Desk& desk, const Clock& clock,
                   const AttachmentLimits& limits)
      : reader_(reader),
        writer_(writer),
        statements_(statements),
        desk_(desk),
        clock_(clock),
        limits_(limits) {}

  absl::Status Check(const AttachmentHead& head) override;
  absl::StatusOr<Attached> Add(const Caller& caller, const AttachmentHead& head,
                               std::string_view content, std::string_view sha256) override;
  absl::StatusOr<AttachmentInfo> Find(std::string_view key, std::string_view name) override;
  absl::StatusOr<std::string> Read(const AttachmentInfo& attachment, std::uint64_t offset,
                                   std::size_t count) override;

 private:
  Asking AskingNow() const { return Asking(statements_, clock_, reader_.Newest(), "Z"); }
  // The version of a record now.
  absl::StatusOr<storage::RecordVersion> Version(std::string_view key,
                                                 const storage::View& view) const;
  // The attachment of the record with this name and hash, if there is one.
  absl::StatusOr<std::optional<std::string>> Same(const Asking& asking, const AttachmentHead& head,
                                                  std::string_view sha256) const;
  absl::StatusOr<bool> PutContent(const model::Schema& schema, const storage::View& view,
                                  std::string_view content, std::string_view sha256,
                                  Draft& draft) const;
  bool HasPart(const model::Schema& schema, const storage::View& view,
               const std::string& key) const;

  const storage::Reader& reader_;
  storage::Writer& writer_;
  query::StatementRunner& statements_;
  Desk& desk_;
  const Clock& clock_;
  const AttachmentLimits limits_;
};

absl::StatusOr<storage::RecordVersion> StoreAttachments::Version(std::string_view key,
                                                                 const storage::View& view) const {
  const std::optional<RecordId> id = reader_.IdOf(key);
  if (id.has_value()) return reader_.Get(*id, view);
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("record %s: there is none; look for its key with `kosei search`",
                                   std::string(key)),
                   "key");
}

absl::Status StoreAttachments::Check(const AttachmentHead& head) {
  KOSEI_RETURN_IF_ERROR(CheckHead(head, limits_));
  const Asking asking = AskingNow();
  KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion owner, Version(head.key, asking.view()));
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  const model::Schema& schema = definitions->schema();
  if (!schema.IsProcess(owner.record().class_number())) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("attach: %s is no record of a process; attach to an incident, "
                                     "a change or the like, and link the item to that",
                                     head.key),
                     "key");
  }
  for (const std::string_view name : {kAttachmentClass, std::string_view("AttachmentContent"),
                                      std::string_view("AttachmentPart")}) {
    // A store whose model is older; the message says how it is changed.
    KOSEI_RETURN_IF_ERROR(schema.GetClass(name).status());
  }
  std::int64_t count = 0;
  KOSEI_RETURN_IF_ERROR(
      asking.Ask("MATCH (a:Attachment)-[:attached_to]->(r {key: $key}) RETURN count(a)",
                 {{"key", Datum::String(head.key)}}, [&](std::span<const Datum> row) {
                   count = row[0].integer();
                   return false;
                 }));
  if (count < limits_.count_max) return absl::OkStatus();
  return MakeError(ErrorCode::kOutOfRange,
                   absl::StrFormat("attach: %s has %d attachments, and at most %d are taken; pack "
                                   "several files into one",
                                   head.key, count, limits_.count_max),
                   "key");
}

absl::StatusOr<std::optional<std::string>> StoreAttachments::Same(const Asking& asking,
                                                                  const AttachmentHead& head,
                                                                  std::string_view sha256) const {
  std::optional<std::string> found;
  KOSEI_RETURN_IF_ERROR(
      asking.Ask("MATCH (a:Attachment {sha256: $hash})-[:attached_to]->(r {key: $key}) WHERE "
                 "a.name = $name RETURN key(a)",
                 {{"hash", Datum::String(std::string(sha256))},
                  {"key", Datum::String(head.key)},
                  {"name", Datum::String(head.name)}},
                 [&](std::span<const Datum> row) {
                   found = row[0].string();
                   return false;
                 }));
  return found;
}

bool StoreAttachments::HasPart(const model::Schema& schema, const storage::View& view,
                               const std::string& key) const {
  const auto version = Version(key, view);
  return version.ok() && !TextIn(query::AttributesOf(schema, version->record()), "content").empty();
}

// What is there already stays as it is, and what was erased of it comes back. Whether something is
// new.
absl::StatusOr<bool> StoreAttachments::PutContent(const model::Schema& schema,
                                                  const storage::View& view,
                                                  std::string_view content, std::string_view sha256,
                                                  Draft& draft) const {
  KOSEI_ASSIGN_OR_RETURN(const model::Class* whole, schema.GetClass("AttachmentContent"));
  KOSEI_ASSIGN_OR_RETURN(const model::Class* piece, schema.GetClass("AttachmentPart"));
  const std::uint64_t parts = PartCount(content.size());
  const std::string key = ContentKey(sha256);
  bool is_new = !Version(key, view).ok();
  if (is_new) {
    KOSEI_RETURN_IF_ERROR(
        draft.Put(*whole, key,
                  {{"bytes", Datum::Integer(static_cast<std::int64_t>(content.size()))},
                   {"part_count", Datum::Integer(static_cast<std::int64_t>(parts))}},
                  std::nullopt));
  }
  for (std::uint64_t part = 0; part < parts; ++part) {
    const std::string part_key = PartKey(sha256, part);
    if (HasPart(schema, view, part_key)) continue;
    const std::string_view bytes = content.substr(part * kPartBytes, kPartBytes);
    KOSEI_RETURN_IF_ERROR(draft.Put(*piece, part_key,
                                    {{"content", Datum::String(absl::Base64Escape(absl::string_view(
                                                     bytes.data(), bytes.size())))}},
                                    std::nullopt));
    is_new = true;
  }
  return is_new;
}

absl::StatusOr<Attached> StoreAttachments::Add(const Caller& caller, const AttachmentHead& head,
                                               std::string_view content, std::string_view sha256) {
  KOSEI_RETURN_IF_ERROR(Check(head));
  const std::string found = ToHex(Sha256::Of(content));
  if (content.size() != head.bytes || !IsSha256Text(sha256) || found != sha256) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("attach %s: %d bytes with SHA-256 %s have arrived, and %d with "
                        "%s were said; send it again",
                        head.name, content.size(), found, head.bytes, std::string(sha256)),
        "sha256");
  }
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  const model::Schema& schema = definitions->schema();
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, schema.GetClass(kAttachmentClass));
  absl::Status last;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    const Asking asking = AskingNow();
    KOSEI_ASSIGN_OR_RETURN(const auto same, Same(asking, head, sha256));
    if (same.has_value()) return Attached{*same, kNoCommit, false};
    KOSEI_ASSIGN_OR_RETURN(const Actor actor, ActorOf(asking, caller, *definitions));
    Attached attached;
    attached.key = NextEntryKey(reader_, head.key, "a");
    Draft draft(schema, actor.key, "");
    draft.set_cause(head.key);
    KOSEI_ASSIGN_OR_RETURN(attached.stored,
                           PutContent(schema, asking.view(), content, sha256, draft));
    KOSEI_RETURN_IF_ERROR(
        draft.Put(*owner, attached.key,
                  {{"bytes", Datum::Integer(static_cast<std::int64_t>(head.bytes))},
                   {"media_type", Datum::String(head.media_type)},
                   {"name", Datum::String(head.name)},
                   {"sha256", Datum::String(std::string(sha256))},
                   {"written_at", query::DatumOf(clock_.Now())},
                   {"written_by", Datum::String(actor.key)}},
                  kNoCommit));
    KOSEI_RETURN_IF_ERROR(draft.Link(attached.key, {"attached_to", head.key, false}));
    const absl::StatusOr<storage::CommitResult> result = writer_.Commit(draft.Take());
    if (result.ok()) {
      attached.commit = result->commit;
      return attached;
    }
    last = result.status();
    if (!HasCode(last, ErrorCode::kAlreadyExists) && !HasCode(last, ErrorCode::kVersionConflict))
      return last;
  }
  return last;
}

absl::StatusOr<AttachmentInfo> StoreAttachments::Find(std::string_view key, std::string_view name) {
  const Asking asking = AskingNow();
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  const model::Schema& schema = definitions->schema();
  AttachmentInfo info;
  const model::Class* const owner = schema.FindClass(kAttachmentClass);
  if (owner == nullptr) return NoSuchAttachment(key, name);
  std::string owner_key;
  // Of two under one name the newest.
  const std::string_view statement =
      name.empty()
          ? "MATCH (a:Attachment {key: $key})-[:attached_to]->(r) RETURN key(a), key(r)"
          : "MATCH (a:Attachment)-[:attached_to]->(r {key: $key}) WHERE a.name = $name OR a.sha256 "
            "= $name RETURN key(a), key(r) ORDER BY a.written_at DESC, key(a) DESC LIMIT 1";
  DatumMap parameters{{"key", Datum::String(std::string(key))}};
  if (!name.empty()) parameters.emplace_back("name", Datum::String(std::string(name)));
  KOSEI_RETURN_IF_ERROR(
      asking.Ask(statement, std::move(parameters), [&](std::span<const Datum> row) {
        info.key = row[0].string();
        owner_key = row[1].string();
        return false;
      }));
  if (info.key.empty()) return NoSuchAttachment(key, name);
  KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion version, Version(info.key, asking.view()));
  KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion of, Version(owner_key, asking.view()));
  const DatumMap attributes = query::AttributesOf(schema, version.record());
  info.name = TextIn(attributes, "name");
  info.media_type = TextIn(attributes, "media_type");
  info.sha256 = TextIn(attributes, "sha256");
  for (const auto& [each, value] : attributes) {
    if (each == "bytes" && value.kind() == DatumKind::kInteger)
      info.bytes = static_cast<std::uint64_t>(value.integer());
  }
  info.class_number = version.record().class_number();
  info.owner_class = of.record().class_number();
  return info;
}

absl::StatusOr<std::string> StoreAttachments::Read(const AttachmentInfo& attachment,
                                                   std::uint64_t offset, std::size_t count) {
  if (offset >= attachment.bytes || count == 0) return std::string();
  const storage::View view = reader_.Newest();
  const std::string key = PartKey(attachment.sha256, offset / kPartBytes);
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  const absl::StatusOr<storage::RecordVersion> version = Version(key, view);
  std::string text;
  if (version.ok())
    text = TextIn(query::AttributesOf(definitions->schema(), version->record()), "content");
  if (text.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("attachment %s: its content is no more (%s); it was erased, "
                                     "and a backup has it unless that is of later",
                                     attachment.key, key),
                     "key");
  }
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     absl::StrFormat("attachment %s: %s is no base64", attachment.key, key));
  }
  const std::size_t at = offset % kPartBytes;
  return at >= bytes.size() ? std::string() : bytes.substr(at, count);
}

}  // namespace

absl::Status NoSuchAttachment(std::string_view key, std::string_view name) {
  return MakeError(
      ErrorCode::kNotFound,
      absl::StrFormat("attachment%s%s of %s: there is none; `kosei attachment list %s` "
                      "shows them",
                      name.empty() ? "" : " ", std::string(name), std::string(key),
                      std::string(key)),
      "name");
}

std::unique_ptr<Attachments> Attachments::Open(const storage::Reader& reader,
                                               storage::Writer& writer,
                                               query::StatementRunner& statements, Desk& desk,
                                               const Clock& clock, const AttachmentLimits& limits) {
  return std::make_unique<StoreAttachments>(reader, writer, statements, desk, clock, limits);
}

}  // namespace kosei::process
