// A store outside of a test fixture: in children that must not use gtest.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/storage/engine.h"
#include "manual_clock.h"
#include "small_model.h"

namespace kosei::testing {

struct SmallStore {
  ManualClock clock;
  std::unique_ptr<storage::Engine> engine;

  storage::EngineOptions Options(const std::string& folder) const {
    storage::EngineOptions options;
    options.folder = folder;
    options.model = SmallModel();
    options.clock = &clock;
    options.block_cache_bytes = 1 << 20;
    options.write_buffer_bytes = 64 << 10;
    options.free_bytes_min = 0;
    return options;
  }
  absl::Status Open(const storage::EngineOptions& options) {
    auto opened = storage::Engine::Open(options);
    if (!opened.ok()) return opened.status();
    engine = *std::move(opened);
    return absl::OkStatus();
  }
  storage::Reader& reader() const { return engine->reader(); }
  storage::Writer& writer() const { return engine->writer(); }
  RelationshipTypeNumber Type(std::string_view name) const {
    return reader().schema()->FindRelationshipType(name)->number;
  }
  using Attributes = std::vector<std::pair<std::string, Value>>;
  Record Make(std::string_view class_name, const std::string& key,
              const Attributes& attributes = {}) const {
    const model::Class* const owner = reader().schema()->FindClass(class_name);
    Record record;
    record.class_number = owner->number;
    record.key = key;
    for (const auto& [name, value] : attributes)
      record.Set(reader().schema()->FindAttribute(*owner, name)->number, value);
    return record;
  }
  absl::StatusOr<storage::CommitResult> Commit(storage::Transaction transaction) {
    clock.Advance(std::chrono::seconds(1));
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<storage::CommitResult> Put(std::string_view class_name, const std::string& key,
                                            const Attributes& attributes,
                                            const std::string& reason) {
    storage::Transaction transaction;
    transaction.provenance.reason = reason;
    transaction.put_records.push_back({Make(class_name, key, attributes), std::nullopt});
    return Commit(std::move(transaction));
  }
  absl::StatusOr<storage::RecordVersion> Get(std::string_view key) const {
    const auto id = reader().IdOf(key);
    if (!id) return MakeError(ErrorCode::kNotFound, "no such key");
    return reader().Get(*id, reader().Newest());
  }
  // Everything that the View shows, as text.
  absl::StatusOr<std::string> Dump(const storage::View& view) const {
    std::string text;
    const absl::Status scanned =
        reader().Scan(view, RecordId{0}, [&](RecordId id, CommitNumber begin, RecordView record) {
          text += std::to_string(id.value) + "@" + std::to_string(begin.value) + "=";
          text += EncodeRecord(record.Decode());
          return true;
        });
    if (!scanned.ok()) return scanned;
    const auto graph = reader().Graph(view);
    if (!graph.ok()) return graph.status();
    for (storage::NodeIndex node = 1; node < graph->node_limit(); ++node) {
      graph->ForEach(storage::LinkDirection::kOut, node,
                     [&](storage::NodeIndex target, storage::TypeIndex type) {
                       text += std::to_string(node) + ">" + std::to_string(type) + ">" +
                               std::to_string(target) + ";";
                     });
    }
    return text;
  }
};

}  // namespace kosei::testing
