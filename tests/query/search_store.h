// A store with attributes of several types, and searching in one line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/query/search.h"
#include "test_store.h"

namespace kosei::query {

inline constexpr std::string_view kSearchModel = R"(
classes:
  - name: Item
    abstract: true
    label: {en: Item, ja: Item}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: Name}}
      - {name: description, type: text, label: {en: Description, ja: Description}}
  - name: Device
    abstract: true
    parent: Item
    label: {en: Device, ja: Device}
    attributes:
      - {name: tags, type: list, item_type: string, label: {en: Tags, ja: Tags}}
  - name: Server
    parent: Device
    label: {en: Server, ja: Server}
    attributes:
      - {name: port, type: integer, label: {en: Port, ja: Port}}
      - {name: mac, type: mac, label: {en: MAC, ja: MAC}}
      - {name: found, type: any, label: {en: Found, ja: Found}}
  - name: Switch
    parent: Device
    label: {en: Switch, ja: Switch}
    attributes:
      - name: state
        type: enum
        label: {en: State, ja: State}
        values: [{name: live, label: {en: Live, ja: Live}}]
  - name: Person
    parent: Item
    label: {en: Person, ja: Person}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
)";

struct SearchOutcome {
  std::vector<std::string> keys;
  SearchSummary summary;
};

class SearchStore {
 public:
  explicit SearchStore(std::string_view model = kSearchModel) : store_(model) {}

  TestStore& store() { return store_; }

  // Attributes as text.
  void Put(std::string_view class_name, const std::string& key,
           const std::vector<std::pair<std::string, std::string>>& attributes) {
    const auto schema = store_.reader().schema();
    const model::Class* const owner = schema->FindClass(class_name);
    Record record;
    record.class_number = owner->number;
    record.key = key;
    for (const auto& [name, text] : attributes) {
      record.Set(schema->FindAttribute(*owner, name)->number, Value(text));
    }
    storage::Transaction transaction;
    transaction.put_records.push_back({std::move(record), std::nullopt});
    store_.Commit(std::move(transaction));
  }

  absl::StatusOr<SearchOutcome> Search(const SearchRequest& request, const storage::View& view,
                                       const Limits& limits) {
    SearchOutcome outcome;
    const Budget budget(limits, store_.clock());
    const absl::StatusOr<SearchSummary> summary = query::Search(
        store_.reader(), view, request, budget, [&](const storage::RecordVersion& hit) {
          outcome.keys.emplace_back(hit.record().key());
          return true;
        });
    if (!summary.ok()) return summary.status();
    outcome.summary = *summary;
    return outcome;
  }

  // The keys found; a failure is a failure of the test.
  std::vector<std::string> Find(const SearchRequest& request, const storage::View& view) {
    absl::StatusOr<SearchOutcome> outcome = Search(request, view, Limits{});
    EXPECT_TRUE(outcome.ok()) << outcome.status().ToString();
    return outcome.ok() ? std::move(outcome->keys) : std::vector<std::string>();
  }

 private:
  TestStore store_;
};

}  // namespace kosei::query
