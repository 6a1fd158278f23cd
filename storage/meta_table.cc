#include "meta_table.h"

#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kClassNames = "model/classes";
constexpr std::string_view kAttributeNames = "model/attributes";
constexpr std::string_view kRelationshipTypeNames = "model/relationship_types";

absl::StatusOr<std::vector<std::string>> ReadNames(const Database& database,
                                                   std::string_view name) {
  const absl::StatusOr<std::string> bytes = database.Get(Family::kMeta, name);
  if (HasCode(bytes.status(), ErrorCode::kNotFound)) return std::vector<std::string>();
  if (!bytes.ok()) return bytes.status();
  return DecodeNames(*bytes);
}

}  // namespace

absl::Status PutMeta(const Database& database, std::string_view name, std::string_view value) {
  rocksdb::WriteBatch batch;
  batch.Put(database.family(Family::kMeta), SliceOf(name), SliceOf(value)).PermitUncheckedError();
  return database.WriteSynced(batch, "write setting " + std::string(name));
}

absl::Status RemoveMeta(const Database& database, std::string_view name) {
  rocksdb::WriteBatch batch;
  batch.Delete(database.family(Family::kMeta), SliceOf(name)).PermitUncheckedError();
  return database.WriteSynced(batch, "remove setting " + std::string(name));
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ListMeta(const Database& database,
                                                                          std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> entries;
  const auto iterator = database.Iterate(Family::kMeta, rocksdb::ReadOptions());
  for (iterator->Seek(SliceOf(prefix)); iterator->Valid(); iterator->Next()) {
    const std::string_view name = ViewOf(iterator->key());
    if (!name.starts_with(prefix)) break;
    entries.emplace_back(name.substr(prefix.size()), iterator->value().ToString());
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "list settings"));
  return entries;
}

std::string EncodeNames(const std::vector<std::string>& names) {
  std::string bytes;
  for (const std::string& name : names) {
    AppendU16(bytes, static_cast<std::uint16_t>(name.size()));
    bytes += name;
  }
  return bytes;
}

absl::StatusOr<std::vector<std::string>> DecodeNames(std::string_view bytes) {
  std::vector<std::string> names;
  while (!bytes.empty()) {
    const std::size_t size = bytes.size() < 2 ? bytes.size() : ReadU16(bytes.data());
    if (bytes.size() < 2 + size)
      return MakeError(ErrorCode::kStorageCorrupt, "read names of the model: cut short");
    names.emplace_back(bytes.substr(2, size));
    bytes.remove_prefix(2 + size);
  }
  return names;
}

absl::StatusOr<model::NameBook> ReadNameBook(const Database& database) {
  model::NameBook book;
  KOSEI_ASSIGN_OR_RETURN(book.classes, ReadNames(database, kClassNames));
  KOSEI_ASSIGN_OR_RETURN(book.attributes, ReadNames(database, kAttributeNames));
  KOSEI_ASSIGN_OR_RETURN(book.relationship_types, ReadNames(database, kRelationshipTypeNames));
  return book;
}

namespace {

constexpr std::size_t kBaselineViewSize = 16;
// What follows the View is a description, in the first form of a baseline, unless it begins with a
// byte that no text has.
constexpr char kBaselineMark = '\xff';
constexpr std::size_t kBaselineHeadSize = kBaselineViewSize + 1 + 8 + 2;

}  // namespace

std::string EncodeBaseline(const Baseline& baseline) {
  std::string bytes;
  AppendU64(bytes, baseline.view.commit.value);
  AppendU64(bytes, static_cast<std::uint64_t>(baseline.view.valid_at.micros));
  bytes.push_back(kBaselineMark);
  AppendU64(bytes, static_cast<std::uint64_t>(baseline.created.micros));
  AppendU16(bytes, static_cast<std::uint16_t>(baseline.creator.size()));
  return bytes + baseline.creator + baseline.description;
}

absl::StatusOr<Baseline> DecodeBaseline(std::string_view name, std::string_view bytes) {
  const auto cut_short = [name] {
    return MakeError(ErrorCode::kStorageCorrupt,
                     "read baseline " + std::string(name) + ": cut short");
  };
  if (bytes.size() < kBaselineViewSize) return cut_short();
  Baseline baseline;
  baseline.name = std::string(name);
  baseline.view = {CommitNumber{ReadU64(bytes.data())},
                   Timestamp{static_cast<std::int64_t>(ReadU64(bytes.data() + 8))}};
  if (bytes.size() == kBaselineViewSize || bytes[kBaselineViewSize] != kBaselineMark) {
    baseline.description = std::string(bytes.substr(kBaselineViewSize));
    return baseline;
  }
  if (bytes.size() < kBaselineHeadSize) return cut_short();
  const std::size_t creator_size = ReadU16(bytes.data() + kBaselineHeadSize - 2);
  if (bytes.size() < kBaselineHeadSize + creator_size) return cut_short();
  baseline.created =
      Timestamp{static_cast<std::int64_t>(ReadU64(bytes.data() + kBaselineViewSize + 1))};
  baseline.creator = std::string(bytes.substr(kBaselineHeadSize, creator_size));
  baseline.description = std::string(bytes.substr(kBaselineHeadSize + creator_size));
  return baseline;
}

}  // namespace kosei::storage
