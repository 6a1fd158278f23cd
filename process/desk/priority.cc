#include "desk/priority.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::string_view kTable = "priority";
// The worst first.
constexpr std::array<std::string_view, 4> kCriticalities = {"critical", "high", "medium", "low"};

const Datum* Find(const DatumMap& map, std::string_view name) {
  for (const auto& [key, value] : map) {
    if (key == name) return &value;
  }
  return nullptr;
}

Datum ListOf(const std::set<std::string>& keys) {
  language::DatumList items;
  for (const std::string& key : keys) items.push_back(Datum::String(key));
  return Datum::List(std::move(items));
}

// Empty: none of the services says.
absl::StatusOr<std::string> WorstCriticality(const Asking& asking, std::string_view key,
                                             const std::vector<RecordLink>& links) {
  std::set<std::string> services;
  std::set<std::string> items;
  for (const RecordLink& link : links) {
    if (link.incoming) continue;
    if (link.type == "concerns") services.insert(link.other);
    if (link.type == "affects") items.insert(link.other);
  }
  if (!key.empty()) {
    KOSEI_RETURN_IF_ERROR(
        asking.Ask("MATCH (r {key: $record})-[l:concerns|affects]->(o) RETURN type(l), key(o)",
                   {{"record", Datum::String(std::string(key))}}, [&](std::span<const Datum> row) {
                     (row[0].string() == "concerns" ? services : items).insert(row[1].string());
                     return true;
                   }));
  }
  std::size_t worst = kCriticalities.size();
  const auto look = [&](std::span<const Datum> row) {
    if (row[0].kind() != DatumKind::kString) return true;
    const auto* const found =
        std::find(kCriticalities.begin(), kCriticalities.end(), row[0].string());
    worst = std::min(worst, static_cast<std::size_t>(found - kCriticalities.begin()));
    return true;
  };
  if (!services.empty()) {
    KOSEI_RETURN_IF_ERROR(
        asking.Ask("MATCH (s:Service) WHERE s.key IN $keys RETURN DISTINCT s.criticality",
                   {{"keys", ListOf(services)}}, look));
  }
  if (!items.empty()) {
    KOSEI_RETURN_IF_ERROR(
        asking.Ask("CALL kosei.impact($keys) YIELD record WITH record WHERE record:Service RETURN "
                   "DISTINCT record.criticality",
                   {{"keys", ListOf(items)}}, look));
  }
  return worst < kCriticalities.size() ? std::string(kCriticalities[worst]) : std::string();
}

}  // namespace

absl::Status AddPriority(const Asking& asking, const Definitions& definitions,
                         const model::Class& owner, std::string_view key, const DatumMap& before,
                         const std::vector<RecordLink>& links, DatumMap& changes) {
  const DecisionTable* const table = definitions.tables().Find(kTable);
  if (table == nullptr || Find(changes, "priority") != nullptr) return absl::OkStatus();
  for (const std::string_view name : {"priority", "impact", "urgency"}) {
    if (definitions.schema().FindAttribute(owner, name) == nullptr) return absl::OkStatus();
  }
  DatumMap facts;
  // What it is about, not whatever else it is linked to.
  bool touched = std::ranges::any_of(links, [](const RecordLink& link) {
    return !link.incoming && (link.type == "concerns" || link.type == "affects");
  });
  for (const std::string_view name : {"impact", "urgency"}) {
    const Datum* const given = Find(changes, name);
    const Datum* const value = given != nullptr ? given : Find(before, name);
    touched = touched || given != nullptr;
    if (value == nullptr || value->is_null()) return absl::OkStatus();
    facts.emplace_back(name, *value);
  }
  if (!touched) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const std::string criticality, WorstCriticality(asking, key, links));
  if (!criticality.empty()) facts.emplace_back("criticality", Datum::String(criticality));
  KOSEI_ASSIGN_OR_RETURN(const Decision decision, table->Decide(Datum::Map(facts).map()));
  if (decision.hits.empty()) return absl::OkStatus();
  if (const Datum* const priority = Find(decision.hits.front().outputs, "priority");
      priority != nullptr)
    changes.emplace_back("priority", *priority);
  return absl::OkStatus();
}

}  // namespace kosei::process
