#include "test_store.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "kosei/model/definition.h"

namespace kosei::query {

const std::string_view kThingModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, label: {en: Name, ja: Name}}]}
  - {name: Thing, parent: Item, label: {en: Thing, ja: Thing}}
  - {name: Machine, parent: Thing, label: {en: Machine, ja: Machine}}
  - {name: Person, parent: Item, label: {en: Person, ja: Person}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
  - {name: owned_by, label: {en: Owned by, ja: Owned by}, inverse_label: {en: Owns, ja: Owns},
     endpoints: [{source: Item, target: Item}], impact: none}
  - {name: gives, label: {en: Gives, ja: Gives}, inverse_label: {en: Given by, ja: Given by},
     endpoints: [{source: Item, target: Item}], impact: source_to_target}
  - {name: runs_on, label: {en: Runs on, ja: Runs on}, inverse_label: {en: Runs, ja: Runs},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
)";

namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "test store: %s\n", result.status().ToString().c_str());
    std::abort();
  }
  return *std::move(result);
}

}  // namespace

TestStore::TestStore(std::string_view model_yaml) : model_yaml_(model_yaml) { Reopen(); }

void TestStore::Reopen() {
  engine_.reset();
  storage::EngineOptions options;
  options.folder = folder_ / "store";
  options.model = Must(model::ParseModel(model_yaml_, "test.yaml"));
  options.block_cache_bytes = std::size_t{4} << 20;
  options.write_buffer_bytes = std::size_t{4} << 20;
  options.free_bytes_min = 0;
  options.clock = &clock_;
  engine_ = Must(storage::Engine::Open(std::move(options)));
}

CommitNumber TestStore::Commit(storage::Transaction transaction) {
  clock_.Advance(std::chrono::seconds(1));
  transaction.provenance.actor = "test";
  return Must(engine_->writer().Commit(std::move(transaction))).commit;
}

CommitNumber TestStore::Apply(const Edit& edit) {
  storage::Transaction transaction;
  const auto put = [&](ClassNumber class_number, const std::string& key) {
    Record record;
    record.class_number = class_number;
    record.key = key;
    transaction.put_records.push_back({std::move(record), std::nullopt});
  };
  for (const std::string& key : edit.add) put(Class("Thing"), key);
  for (const auto& [class_name, key] : edit.others) put(Class(class_name), key);
  for (const NamedLink& link : edit.unlink) {
    transaction.end_links.push_back({link.source, Type(link.type), link.target});
  }
  for (const NamedLink& link : edit.link) {
    transaction.put_links.push_back({link.source, Type(link.type), link.target});
  }
  for (const std::string& key : edit.end) transaction.end_records.push_back({key, std::nullopt});
  return Commit(std::move(transaction));
}

storage::View TestStore::At(CommitNumber commit) const {
  storage::ViewName name;
  name.kind = storage::ViewName::Kind::kCommit;
  name.commit = commit;
  return Must(reader().Resolve(name));
}

RecordId TestStore::Id(std::string_view key) const {
  const std::optional<RecordId> id = reader().IdOf(key);
  return id.value_or(RecordId{0});
}

RelationshipTypeNumber TestStore::Type(std::string_view name) const {
  return Must(reader().schema()->GetRelationshipType(name))->number;
}

ClassNumber TestStore::Class(std::string_view name) const {
  return Must(reader().schema()->GetClass(name))->number;
}

std::vector<std::string> Told(const TestStore& store, const ImpactAnswer& answer) {
  std::vector<std::string> told;
  for (std::size_t i = 0; i < answer.nodes.size(); ++i) {
    const std::string key = store.Key(storage::RecordOf(answer.nodes[i]));
    if (i < answer.root_count()) {
      told.push_back(key);
      continue;
    }
    const std::string before = store.Key(storage::RecordOf(answer.nodes[answer.parents[i]]));
    told.push_back(absl::StrFormat("%s:%d<%s", key, answer.DistanceOf(i), before));
  }
  return told;
}

std::vector<std::string> Told(const TestStore& store, const std::vector<PathStep>& path) {
  std::vector<std::string> told;
  const auto schema = store.reader().schema();
  for (const PathStep& step : path) {
    told.push_back(absl::StrFormat("%s -%s-> %s", store.Key(step.from),
                                   schema->RelationshipTypeName(step.type), store.Key(step.to)));
  }
  return told;
}

std::vector<std::string> Told(const TestStore& store, const std::vector<LinkStep>& path) {
  std::vector<PathStep> steps;
  steps.reserve(path.size());
  for (const LinkStep& step : path) steps.push_back({step.from, step.type, step.to});
  return Told(store, steps);
}

}  // namespace kosei::query
