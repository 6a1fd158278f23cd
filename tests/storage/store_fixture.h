// A real store in a folder of its own, with a small model, and short ways to write and read it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kosei/storage/engine.h"
#include "manual_clock.h"
#include "small_model.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::testing {

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  storage::EngineOptions Options() {
    storage::EngineOptions options;
    options.folder = folder_ / "data";
    options.model = SmallModel();
    options.clock = &clock_;
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    options.free_bytes_min = 0;
    return options;
  }
  void Open() {
    auto engine = storage::Engine::Open(Options());
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }
  void Reopen() {
    engine_.reset();
    Open();
  }

  storage::Reader& reader() { return engine_->reader(); }
  storage::Writer& writer() { return engine_->writer(); }
  ClassNumber ClassOf(std::string_view name) { return reader().schema()->FindClass(name)->number; }
  RelationshipTypeNumber TypeOf(std::string_view name) {
    return reader().schema()->FindRelationshipType(name)->number;
  }
  AttributeNumber AttributeOf(std::string_view name) {
    const model::Class* owner = reader().schema()->FindClass("Server");
    return reader().schema()->FindAttribute(*owner, name)->number;
  }
  using Attributes = std::vector<std::pair<std::string, Value>>;
  Record MakeRecord(std::string_view class_name, std::string_view key,
                    const Attributes& attributes = {}) {
    Record record;
    record.class_number = class_name.empty() ? ClassNumber{} : ClassOf(class_name);
    record.key = std::string(key);
    // Kept as given: null means "remove".
    for (const auto& [name, value] : attributes)
      record.attributes.emplace_back(AttributeOf(name), value);
    std::sort(record.attributes.begin(), record.attributes.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return record;
  }
  absl::StatusOr<storage::CommitResult> Put(std::string_view class_name, std::string_view key,
                                            const Attributes& attributes = {}) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.provenance.actor = "test";
    transaction.put_records.push_back({MakeRecord(class_name, key, attributes), std::nullopt});
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<storage::CommitResult> Link(const std::string& source, std::string_view type,
                                             const std::string& target) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.put_links.push_back({source, TypeOf(type), target});
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<storage::CommitResult> Unlink(const std::string& source, std::string_view type,
                                               const std::string& target) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.end_links.push_back({source, TypeOf(type), target});
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<storage::CommitResult> End(const std::string& key) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.end_records.push_back({key, std::nullopt});
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<Record> Get(std::string_view key, const storage::View& view) {
    const std::optional<RecordId> id = reader().IdOf(key);
    if (!id) return MakeError(ErrorCode::kNotFound, "no such key");
    auto version = reader().Get(*id, view);
    if (!version.ok()) return version.status();
    return version->record().Decode();
  }
  absl::StatusOr<Record> Get(std::string_view key) { return Get(key, reader().Newest()); }
  storage::View At(CommitNumber commit) {
    auto view = reader().Resolve({storage::ViewName::Kind::kCommit, commit, {}, {}});
    EXPECT_TRUE(view.ok()) << view.status();
    return *view;
  }
  bool HasLink(const std::string& source, std::string_view type, const std::string& target,
               const storage::View& view) {
    const auto from = reader().IdOf(source);
    const auto to = reader().IdOf(target);
    if (!from || !to) return false;
    return reader().Graph(view)->HasLink(storage::NodeOf(*from),
                                         static_cast<storage::TypeIndex>(TypeOf(type).value),
                                         storage::NodeOf(*to));
  }

  TempFolder folder_;
  ManualClock clock_;
  std::unique_ptr<storage::Engine> engine_;
};

}  // namespace kosei::testing
