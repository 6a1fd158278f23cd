#include "model_versions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"

namespace kosei::storage {
namespace {

absl::Status Damaged(std::string_view what) {
  return MakeError(ErrorCode::kStorageCorrupt,
                   "read model: " + std::string(what) + "; restore the folder from a backup");
}

void AppendBlock(std::string& bytes, std::string_view block) {
  AppendU32(bytes, static_cast<std::uint32_t>(block.size()));
  bytes += block;
}

// The next block, or false when the bytes end before it does.
bool TakeBlock(std::string_view& bytes, std::string_view& block) {
  if (bytes.size() < 4) return false;
  const std::uint32_t size = ReadU32(bytes.data());
  bytes.remove_prefix(4);
  if (bytes.size() < size) return false;
  block = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

}  // namespace

std::string ModelVersionKey(std::uint32_t version) {
  return absl::StrFormat("%s%08x", kModelVersionPrefix, version);
}

std::string EncodeModel(const StoredModel& model) {
  std::string bytes;
  AppendU32(bytes, model.version);
  AppendU64(bytes, model.commit.value);
  AppendBlock(bytes, EncodeNames(model.book.classes));
  AppendBlock(bytes, EncodeNames(model.book.attributes));
  AppendBlock(bytes, EncodeNames(model.book.relationship_types));
  return bytes + model.text;
}

absl::StatusOr<StoredModel> DecodeModel(std::string_view bytes) {
  if (bytes.size() < 12) return Damaged("a version is cut short");
  StoredModel model;
  model.version = ReadU32(bytes.data());
  model.commit = CommitNumber{ReadU64(bytes.data() + 4)};
  bytes.remove_prefix(12);
  for (std::vector<std::string>* names :
       {&model.book.classes, &model.book.attributes, &model.book.relationship_types}) {
    std::string_view block;
    if (!TakeBlock(bytes, block))
      return Damaged(absl::StrFormat("the names of version %d are cut short", model.version));
    KOSEI_ASSIGN_OR_RETURN(*names, DecodeNames(block));
  }
  model.text = std::string(bytes);
  return model;
}

absl::StatusOr<std::shared_ptr<const model::Schema>> CompileModel(const StoredModel& model) {
  absl::StatusOr<model::ModelDefinition> definition =
      model::ReadModelText(model.text, absl::StrFormat("model version %d", model.version));
  if (!definition.ok()) return Damaged(MessageOf(definition.status()));
  model::NameBook book = model.book;
  auto schema = model::Schema::Build(*std::move(definition), book);
  if (!schema.ok()) return Damaged(MessageOf(schema.status()));
  if (book != model.book)
    return Damaged(absl::StrFormat("version %d uses names that have no number", model.version));
  return schema;
}

absl::StatusOr<std::string> TextToStore(const model::ModelDefinition& definition) {
  std::string text = model::ModelText(definition);
  absl::StatusOr<model::ModelDefinition> again = model::ReadModelText(text, "stored model");
  if (!again.ok()) return again.status();
  if (model::CanonicalText(*again) != model::CanonicalText(definition)) {
    return MakeError(ErrorCode::kModelInvalid,
                     "store model: its text does not come back as the same model; leave out what "
                     "was added last and report this");
  }
  return text;
}

absl::StatusOr<StoredModel> ReadStoredModel(const Database& database, std::uint32_t version) {
  const absl::StatusOr<std::string> bytes = database.Get(Family::kMeta, ModelVersionKey(version));
  if (HasCode(bytes.status(), ErrorCode::kNotFound)) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("read model: there is no version %d of it", version),
                     "version");
  }
  if (!bytes.ok()) return bytes.status();
  return DecodeModel(*bytes);
}

std::shared_ptr<const model::Schema> ModelVersions::newest() const {
  const ReaderLock lock(mutex_);
  return entries_.empty() ? nullptr : entries_.back().schema;
}

std::string ModelVersions::newest_hash() const {
  const ReaderLock lock(mutex_);
  return entries_.empty() ? std::string() : entries_.back().info.hash;
}

void ModelVersions::Add(ModelVersionInfo info, std::shared_ptr<const model::Schema> schema) {
  const model::Schema* const newest = schema.get();
  const WriterLock lock(mutex_);
  entries_.push_back({std::move(info), std::move(schema)});
  newest_.store(newest, std::memory_order_release);
}

void ModelVersions::Replace(ModelVersionInfo info, std::shared_ptr<const model::Schema> schema) {
  const model::Schema* const newest = schema.get();
  const WriterLock lock(mutex_);
  for (Entry& entry : entries_) replaced_.push_back(std::move(entry));
  entries_.clear();
  entries_.push_back({std::move(info), std::move(schema)});
  newest_.store(newest, std::memory_order_release);
}

std::vector<ModelVersionInfo> ModelVersions::All() const {
  const ReaderLock lock(mutex_);
  std::vector<ModelVersionInfo> all;
  for (const Entry& entry : entries_) all.push_back(entry.info);
  return all;
}

std::uint32_t ModelVersions::VersionAt(CommitNumber commit) const {
  const ReaderLock lock(mutex_);
  if (entries_.empty()) return 0;
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), commit,
      [](CommitNumber wanted, const Entry& entry) { return wanted < entry.info.commit; });
  return after == entries_.begin() ? entries_.front().info.version : (after - 1)->info.version;
}

absl::StatusOr<std::shared_ptr<const model::Schema>> ModelVersions::SchemaOf(
    const Database& database, std::uint32_t version) const {
  const auto find = [version](const std::vector<Entry>& entries) {
    return std::find_if(entries.begin(), entries.end(),
                        [version](const Entry& entry) { return entry.info.version == version; });
  };
  {
    const ReaderLock lock(mutex_);
    const auto entry = find(entries_);
    if (entry == entries_.end()) {
      return MakeError(ErrorCode::kNotFound,
                       absl::StrFormat("read model: there is no version %d of it", version),
                       "version");
    }
    if (entry->schema != nullptr) return entry->schema;
  }
  KOSEI_ASSIGN_OR_RETURN(const StoredModel stored, ReadStoredModel(database, version));
  KOSEI_ASSIGN_OR_RETURN(auto schema, CompileModel(stored));
  const WriterLock lock(mutex_);
  const auto position = static_cast<std::size_t>(find(entries_) - entries_.begin());
  std::shared_ptr<const model::Schema>& kept = entries_[position].schema;
  if (kept == nullptr) kept = std::move(schema);
  return kept;
}

bool ModelVersions::OnlyModels(CommitNumber newest) const {
  const ReaderLock lock(mutex_);
  const auto with_commit = std::count_if(entries_.begin(), entries_.end(), [](const Entry& entry) {
    return entry.info.commit != kNoCommit;
  });
  return static_cast<std::uint64_t>(with_commit) == newest.value;
}

}  // namespace kosei::storage
