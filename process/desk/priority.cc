#include "desk/priority.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/compare.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::string_view kTable = "priority";
constexpr std::string_view kReason = "priority_override_reason";
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

// The value that a record has with the changes; nullptr: none.
const Datum* After(const DatumMap& before, const DatumMap& changes, std::string_view name) {
  const Datum* const given = Find(changes, name);
  const Datum* const value = given != nullptr ? given : Find(before, name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// What the table gives; null: nothing, as impact or urgency is not known.
absl::StatusOr<Datum> Decided(const Asking& asking, const DecisionTable& table,
                              std::string_view key, const DatumMap& before,
                              const std::vector<RecordLink>& links, const DatumMap& changes) {
  DatumMap facts;
  for (const std::string_view name : {"impact", "urgency"}) {
    const Datum* const value = After(before, changes, name);
    if (value == nullptr) return Datum();
    facts.emplace_back(name, *value);
  }
  KOSEI_ASSIGN_OR_RETURN(const std::string criticality, WorstCriticality(asking, key, links));
  if (!criticality.empty()) facts.emplace_back("criticality", Datum::String(criticality));
  KOSEI_ASSIGN_OR_RETURN(const Decision decision, table.Decide(Datum::Map(facts).map()));
  if (decision.hits.empty()) return Datum();
  const Datum* const priority = Find(decision.hits.front().outputs, "priority");
  return priority == nullptr ? Datum() : *priority;
}

Refusal ReasonWanted(const std::string& given, const std::string& decided) {
  return {RefusalKind::kMissingAttribute,
          std::string(kReason),
          {absl::StrFormat("impact, urgency and the services give %s; for %s say why (%s)", decided,
                           given, kReason),
           absl::StrFormat("影響・緊急度・サービスから決まる優先度は %s です。%s "
                           "にする理由を記入してください (%s)",
                           decided, given, kReason)}};
}

}  // namespace

absl::Status AddPriority(const Asking& asking, const Definitions& definitions,
                         const model::Class& owner, std::string_view key, const DatumMap& before,
                         const std::vector<RecordLink>& links, DatumMap& changes,
                         std::vector<Refusal>& refusals) {
  const DecisionTable* const table = definitions.tables().Find(kTable);
  if (table == nullptr) return absl::OkStatus();
  for (const std::string_view name : {"priority", "impact", "urgency"}) {
    if (definitions.schema().FindAttribute(owner, name) == nullptr) return absl::OkStatus();
  }
  const bool has_reason = definitions.schema().FindAttribute(owner, kReason) != nullptr;
  if (const Datum* const given = Find(changes, "priority"); given != nullptr) {
    if (!has_reason || given->kind() != DatumKind::kString ||
        After(before, changes, kReason) != nullptr)
      return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(const Datum decided,
                           Decided(asking, *table, key, before, links, changes));
    if (!decided.is_null() && !language::Equivalent(decided, *given))
      refusals.push_back(ReasonWanted(given->string(), decided.string()));
    return absl::OkStatus();
  }
  // What it is about, not whatever else it is linked to.
  const bool touched =
      Find(changes, "impact") != nullptr || Find(changes, "urgency") != nullptr ||
      std::ranges::any_of(links, [](const RecordLink& link) {
        return !link.incoming && (link.type == "concerns" || link.type == "affects");
      });
  if (!touched) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(Datum decided, Decided(asking, *table, key, before, links, changes));
  if (decided.is_null()) return absl::OkStatus();
  changes.emplace_back("priority", std::move(decided));
  if (has_reason && Find(changes, kReason) == nullptr && After(before, changes, kReason) != nullptr)
    changes.emplace_back(kReason, Datum());
  return absl::OkStatus();
}

}  // namespace kosei::process
