// A store in a folder of its own that holds a made-up estate, for benchmarks in process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/record.h"
#include "kosei/estate/estate.h"
#include "kosei/storage/engine.h"

namespace kosei::bench {

// A benchmark cannot go on after an error: says what it was and ends the program.
[[noreturn]] void GiveUp(const absl::Status& status);
inline void Must(const absl::Status& status) {
  if (!status.ok()) GiveUp(status);
}
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) GiveUp(result.status());
  return *std::move(result);
}

// KOSEI_BENCH_CIS, or 100,000.
std::uint32_t ItemsWanted();

// Gone with all that is in it when destroyed.
class BenchFolder {
 public:
  BenchFolder();
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

// A number below `count` that looks random; the same sequence in every run.
class Sequence {
 public:
  std::uint32_t Below(std::uint32_t count);

 private:
  std::uint64_t state_ = 1;
};

class EstateStore {
 public:
  // Open, and empty.
  EstateStore();
  // Opens it again after Close(); with or without reading the checkpoint that closing wrote.
  enum class Start : std::uint8_t { kFromCheckpoint, kFromStore };
  void Open(Start start);
  void Close() { engine_.reset(); }
  // All of the estate, in order, as a load wants it.
  void ForEachChunk(absl::FunctionRef<void(storage::BulkChunk)> visit) const;
  std::vector<storage::BulkChunk> Chunks() const;
  // Loads everything and waits until it is durable.
  void Load();
  void Load(std::vector<storage::BulkChunk> chunks);

  Record RecordAt(std::uint32_t position) const;
  std::vector<storage::PutLink> LinksOf(std::uint32_t position) const;
  std::string KeyAt(std::uint32_t position) const;
  AttributeNumber AttributeOf(std::string_view name) const;
  std::uint32_t item_count() const { return estate_.item_count(); }
  const BenchFolder& folder() const { return folder_; }
  storage::Reader& reader() { return engine_->reader(); }
  storage::Writer& writer() { return engine_->writer(); }
  storage::IndexAdmin& indexes() { return engine_->indexes(); }
  storage::Plans& plans() { return engine_->plans(); }

 private:
  BenchFolder folder_;
  estate::Estate estate_;
  std::unique_ptr<storage::Engine> engine_;
  std::vector<ClassNumber> classes_;
  std::vector<AttributeNumber> attributes_;
  std::vector<RelationshipTypeNumber> types_;
};

// Filled and indexed when first asked for, and shared by the benchmarks of one program.
EstateStore& LoadedStore();

}  // namespace kosei::bench
