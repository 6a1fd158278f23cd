// A store with an attribute of every kind that an index can be over, short ways to ask its indexes,
// and the same questions asked by looking at every record.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "database.h"
#include "gtest/gtest.h"
#include "index_entries.h"
#include "kosei/storage/engine.h"
#include "kosei/storage/folding.h"
#include "kosei/storage/index.h"
#include "kosei/storage/searched_text.h"
#include "kosei/storage/verification.h"
#include "manual_clock.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::testing {

inline constexpr char kIndexModel[] = R"yaml(
classes:
  - name: Item
    label: {en: Item, ja: 品目}
    attributes:
      - {name: name, type: string, index: true, label: {en: a, ja: a}}
      - {name: description, type: text, label: {en: a, ja: a}}
      - {name: count, type: integer, index: true, label: {en: a, ja: a}}
      - {name: price, type: decimal, index: true, label: {en: a, ja: a}}
      - {name: ready, type: boolean, index: true, label: {en: a, ja: a}}
      - {name: seen, type: timestamp, index: true, label: {en: a, ja: a}}
      - {name: due, type: date, index: true, label: {en: a, ja: a}}
      - {name: span, type: duration, index: true, label: {en: a, ja: a}}
      - {name: address, type: ip_address, index: true, label: {en: a, ja: a}}
      - {name: network, type: ip_network, index: true, label: {en: a, ja: a}}
      - {name: mac, type: mac, index: true, label: {en: a, ja: a}}
      - {name: backup, type: reference, reference_class: Item, index: true, label: {en: a, ja: a}}
      - {name: tags, type: list, item_type: string, index: true, search: true, label: {en: a, ja: a}}
      - {name: ports, type: list, item_type: integer, index: true, label: {en: a, ja: a}}
      - {name: closed_at, type: timestamp, index: true, label: {en: a, ja: a}}
      - {name: free, type: integer, label: {en: a, ja: a}}
      - name: state
        type: enum
        index: true
        label: {en: a, ja: a}
        values: [{name: live, label: {en: a, ja: a}}, {name: dead, label: {en: a, ja: a}}]
relationship_types: []
)yaml";

inline constexpr std::string_view kIndexed[] = {
    "name",    "count", "price",  "ready", "seen",  "due",   "span",     "address",
    "network", "mac",   "backup", "tags",  "ports", "state", "closed_at"};

class IndexTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(kIndexModel); }

  void Open(std::string_view model, bool in_background = false) {
    engine_.reset();
    storage::EngineOptions options;
    options.folder = folder_ / "data";
    auto definition = model::ParseModel(model, "index model");
    ASSERT_OK(definition.status());
    options.model = *std::move(definition);
    options.clock = &clock_;
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    options.free_bytes_min = 0;
    options.index_in_background = in_background;
    auto engine = storage::Engine::Open(options);
    ASSERT_OK(engine.status());
    engine_ = *std::move(engine);
  }

  const storage::Reader& reader() { return engine_->reader(); }
  storage::IndexAdmin& admin() { return engine_->indexes(); }
  const model::Class& Item() { return *reader().schema()->FindClass("Item"); }
  const model::Attribute& AttributeOf(std::string_view name) {
    return *reader().schema()->FindAttribute(Item(), name);
  }
  static model::AttributeType TypeOf(const model::Attribute& attribute) {
    const bool list = attribute.definition.type == model::AttributeType::kList;
    return list ? attribute.definition.item_type : attribute.definition.type;
  }

  using Texts = std::vector<std::pair<std::string_view, Value>>;
  Record MakeRecord(const std::string& key, const Texts& attributes) {
    Record record;
    record.class_number = Item().number;
    record.key = key;
    for (const auto& [name, value] : attributes) {
      record.attributes.emplace_back(AttributeOf(name).number, value);
    }
    std::sort(record.attributes.begin(), record.attributes.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return record;
  }
  CommitNumber Put(const std::string& key, const Texts& attributes) {
    return Commit(MakeRecord(key, attributes));
  }
  CommitNumber Commit(Record record) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.put_records.push_back({std::move(record), std::nullopt});
    const auto result = engine_->writer().Commit(std::move(transaction));
    EXPECT_OK(result.status());
    return result.ok() ? result->commit : kNoCommit;
  }
  void End(const std::string& key) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.end_records.push_back({key, std::nullopt});
    EXPECT_OK(engine_->writer().Commit(std::move(transaction)).status());
  }

  void Change(std::string_view model) {
    const auto definition = model::ParseModel(model, "changed model");
    ASSERT_OK(definition.status());
    const auto result = engine_->writer().ChangeModel(*definition, {"test", "model", {}, {}},
                                                      storage::ModelChangeMode::kApply);
    ASSERT_OK(result.status());
  }
  bool Holds(std::string_view key) {
    const auto id = reader().IdOf(key);
    return id && reader().Get(*id, reader().Newest()).ok();
  }

  storage::ValueRange Range(std::string_view name, storage::Comparison comparison,
                            const Value& value) {
    const model::Attribute& attribute = AttributeOf(name);
    if (comparison == storage::Comparison::kPrefix) {
      auto range = storage::PrefixRange(attribute.number, TypeOf(attribute), name, value.text());
      EXPECT_OK(range.status());
      return *range;
    }
    const auto coerced = reader().schema()->CoerceBound(attribute, value);
    EXPECT_OK(coerced.status());
    return storage::RangeOf(attribute.number, TypeOf(attribute), comparison, *coerced);
  }

  static absl::Status Fine() { return absl::OkStatus(); }
  using Keys = std::vector<std::string>;
  std::optional<Keys> Found(storage::IndexReader::Candidates candidates) {
    EXPECT_OK(candidates.status());
    if (!candidates.ok() || !*candidates) return std::nullopt;
    EXPECT_TRUE(std::is_sorted((**candidates).begin(), (**candidates).end()));
    Keys keys;
    for (const RecordId id : **candidates) keys.emplace_back(reader().KeyOf(id));
    return keys;
  }
  std::optional<Keys> Find(const storage::ValueRange& range, const storage::View& view,
                           std::uint64_t limit = 1'000'000) {
    return Found(reader().indexes().Find(range, view, limit, Fine));
  }
  std::optional<Keys> Equal(std::string_view name, const Value& value) {
    return Find(Range(name, storage::Comparison::kEqual, value), reader().Newest());
  }
  std::optional<Keys> FindText(std::string_view text, const storage::View& view) {
    return Found(reader().indexes().FindText(storage::Folded(text), view, 1'000'000, Fine));
  }

  // By looking at every record.
  Keys Scanned(const storage::View& view, absl::FunctionRef<bool(RecordView)> holds) {
    Keys keys;
    EXPECT_OK(reader().Scan(view, RecordId{1}, [&](RecordId, CommitNumber, RecordView record) {
      if (holds(record)) keys.emplace_back(record.key());
      return true;
    }));
    return keys;
  }
  Keys ScannedRange(const storage::ValueRange& range, model::AttributeType type,
                    const storage::View& view) {
    const AttributeNumber closed_at = AttributeOf("closed_at").number;
    return Scanned(view, [&](RecordView record) {
      if (range.open_only && !record.Find(closed_at).is_null()) return false;
      const Value value = record.Find(range.attribute);
      if (value.kind() == ValueKind::kList) {
        return std::any_of(value.list().begin(), value.list().end(), [&](const Value& item) {
          return range.Contains(storage::OrderedValue(type, item));
        });
      }
      return !value.is_null() && range.Contains(storage::OrderedValue(type, value));
    });
  }
  Keys ScannedText(std::string_view text, const storage::View& view) {
    const auto searched = storage::SearchedAttributes(*reader().schema());
    const std::string folded = storage::Folded(text);
    return Scanned(view, [&](RecordView record) {
      bool found = storage::Folded(record.key()).find(folded) != std::string::npos;
      storage::ForEachSearchedText(record, searched, [&](AttributeNumber, std::string_view one) {
        found = found || storage::Folded(one).find(folded) != std::string::npos;
      });
      return found;
    });
  }

  // Everything that a scan finds is among the candidates, if there are any.
  static void HoldsAll(const std::optional<Keys>& found, const Keys& expected) {
    if (!found) return;
    const std::set<std::string> keys(found->begin(), found->end());
    for (const std::string& key : expected) EXPECT_TRUE(keys.contains(key)) << key;
  }

  // The store must be closed.
  storage::VerifyReport Verify() {
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    options.model = *model::ParseModel(kIndexModel, "index model");
    auto report = storage::VerifyStore(options);
    EXPECT_OK(report.status());
    return report.ok() ? *report : storage::VerifyReport();
  }
  // Changes the closed store behind its back.
  void Tamper(absl::FunctionRef<void(storage::Database&)> change) {
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    const auto database = storage::Database::Open(options);
    ASSERT_OK(database.status());
    change(**database);
  }

  storage::IndexInfo InfoOf(std::string_view name) {
    for (const storage::IndexInfo& info : admin().List()) {
      if (info.name == name) return info;
    }
    ADD_FAILURE() << "no index " << name;
    return {};
  }

  TempFolder folder_;
  ManualClock clock_;
  std::unique_ptr<storage::Engine> engine_;
};

}  // namespace kosei::testing
