#include "spec_store.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace kosei::query {
namespace {

Record RecordOfSpec(const TestStore& store, const std::string& key, const SpecRecord& spec) {
  const auto schema = store.reader().schema();
  Record record;
  record.class_number = store.Class(spec.class_name);
  record.key = key;
  const auto set = [&](const char* name, Value value) {
    const auto attribute = schema->GetAttribute(*schema->FindClass(record.class_number), name);
    if (attribute.ok()) record.Set((*attribute)->number, std::move(value));
  };
  set("size", spec.size);
  set("status", spec.retired ? "retired" : "live");
  if (!spec.health.empty()) set("health", spec.health);
  if (spec.quorum >= 0) set("quorum", spec.quorum);
  if (!spec.gate.empty()) set("own_gate", TextOf(spec.gate.front()));
  return record;
}

}  // namespace

CommitNumber WriteWorld(TestStore& store, const SpecWorld& world) {
  storage::Transaction transaction;
  for (const auto& [key, spec] : world.records)
    transaction.put_records.push_back({RecordOfSpec(store, key, spec), std::nullopt});
  for (const SpecLink& link : world.links)
    transaction.put_links.push_back({link.source, store.Type(link.type), link.target});
  return store.Commit(std::move(transaction));
}

absl::StatusOr<ImpactAnswer> AskScenario(const TestStore& store, const storage::View& view,
                                         const SpecScenario& scenario) {
  ImpactRequest request;
  for (const auto& [key, state] : scenario.assumed)
    request.scenario.assumptions.push_back({store.Id(key), state});
  for (const std::string& key : scenario.blocked) request.scenario.blocked.push_back(store.Id(key));
  request.scenario.contexts = scenario.contexts;
  request.depth = scenario.depth;
  return Impact(store.reader(), view, request, store.Unlimited());
}

States StatesIn(const TestStore& store, const ImpactAnswer& answer) {
  States states;
  for (const Assumption& each : answer.already) states[store.Key(each.record)] = each.state;
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (!answer.Listed(i)) continue;
    model::State& state = states[store.Key(storage::RecordOf(answer.nodes[i]))];
    state = std::max(state, answer.StateAt(i));
  }
  return states;
}

std::vector<std::string> ToldStates(const TestStore& store, const ImpactAnswer& answer) {
  std::vector<std::string> told;
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (!answer.Listed(i)) continue;
    std::string text = absl::StrFormat("%s %s", store.Key(storage::RecordOf(answer.nodes[i])),
                                       model::NameOf(answer.StateAt(i)));
    if (i >= answer.root_count()) {
      absl::StrAppendFormat(&text, ":%d<%s", answer.DistanceOf(i),
                            store.Key(storage::RecordOf(answer.nodes[answer.parents[i]])));
      if (!answer.states.empty() && (answer.states[i] & RowState::kByGate) != 0) text += " (gate)";
    }
    told.push_back(std::move(text));
  }
  return told;
}

}  // namespace kosei::query
