// ModelVersions: every model a store has had, compiled when it is asked for. Each version is kept
// in the meta family as the names behind its numbers and its text (docs/storage_format.md).
//
// Thread-safe. What was compiled lives as long as this, so the newest may be used without a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/base/mutex.h"
#include "kosei/model/schema.h"
#include "kosei/storage/model_change.h"

namespace kosei::storage {

// What is stored of a version.
struct StoredModel {
  std::uint32_t version = 0;
  CommitNumber commit;
  model::NameBook book;
  std::string text;  // model::ModelText
};
inline constexpr std::string_view kModelVersionPrefix = "model/version/";
// Ascending names for ascending versions.
std::string ModelVersionKey(std::uint32_t version);
std::string EncodeModel(const StoredModel& model);
// kStorageCorrupt when the bytes are no model.
absl::StatusOr<StoredModel> DecodeModel(std::string_view bytes);
absl::StatusOr<std::shared_ptr<const model::Schema>> CompileModel(const StoredModel& model);
// The text of `definition`, read back and compared: kModelInvalid when it would not come back the
// same.
absl::StatusOr<std::string> TextToStore(const model::ModelDefinition& definition);

class ModelVersions {
 public:
  // The newest. There is one once the store is open.
  const model::Schema* operator->() const { return newest_.load(std::memory_order_acquire); }
  const model::Schema& operator*() const { return *newest_.load(std::memory_order_acquire); }
  std::shared_ptr<const model::Schema> newest() const;
  std::string newest_hash() const;

  // A later version; without schema it is compiled when it is asked for.
  void Add(ModelVersionInfo info, std::shared_ptr<const model::Schema> schema);
  // In place of all others: of a store that has no commits and is to become another one.
  void Replace(ModelVersionInfo info, std::shared_ptr<const model::Schema> schema);
  std::vector<ModelVersionInfo> All() const;
  // The version in force at a commit; the first for everything before it.
  std::uint32_t VersionAt(CommitNumber commit) const;
  // kNotFound when there is no such version. May read the disk.
  absl::StatusOr<std::shared_ptr<const model::Schema>> SchemaOf(const Database& database,
                                                                std::uint32_t version) const;
  // Every commit up to `newest` brought a model and nothing else.
  bool OnlyModels(CommitNumber newest) const;

 private:
  struct Entry {
    ModelVersionInfo info;
    std::shared_ptr<const model::Schema> schema;  // null: not asked for yet
  };
  std::atomic<const model::Schema*> newest_{nullptr};
  mutable SharedMutex mutex_;
  mutable std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);  // by version
  std::vector<Entry> replaced_ ABSL_GUARDED_BY(mutex_);         // perhaps still in use
};

// What is stored of a version. kNotFound.
absl::StatusOr<StoredModel> ReadStoredModel(const Database& database, std::uint32_t version);

}  // namespace kosei::storage
