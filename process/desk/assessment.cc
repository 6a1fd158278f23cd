#include "desk/assessment.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "desk/change_collisions.h"
#include "desk/change_impact.h"
#include "desk/change_items.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::string_view kRiskTable = "change_risk";
constexpr double kMicrosPerDay = 86'400e6;
// How far back failures of the same kind count.
constexpr std::int64_t kHistoryMicros = std::int64_t{365} * 86'400 * 1'000'000;

std::string TextOf(const Datum& value) {
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}
bool IsTrue(const Datum& value) { return value.kind() == DatumKind::kBoolean && value.boolean(); }

std::optional<query::TimeWindow> WindowOf(const Datum& record) {
  const Datum from = record.At("planned_start");
  const Datum to = record.At("planned_end");
  if (from.kind() != DatumKind::kDateTime || to.kind() != DatumKind::kDateTime) return std::nullopt;
  const auto instant = [](const Datum& value) {
    return Timestamp{value.date_time().seconds * 1'000'000 + value.date_time().nanos / 1'000};
  };
  const query::TimeWindow window{instant(from), instant(to)};
  if (window.from < window.to) return window;
  return std::nullopt;
}

// Days since the oldest of the items was last written.
absl::StatusOr<double> AgeOf(const DeskParts& parts, const storage::View& view,
                             const ChangeItems& items, Timestamp now) {
  Timestamp oldest = now;
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> there, ThereIn(parts, view, items.worked_on));
  for (const RecordId id : there) {
    KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion version,
                           parts.reader.GetWhatIsLeft(id, view));
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, parts.reader.Commit(version.begin));
    oldest = std::min(oldest, commit.time);
  }
  return static_cast<double>(now.micros - oldest.micros) / kMicrosPerDay;
}

// Changes that failed within a year, and are of the same items or of the same category.
absl::StatusOr<double> FailuresOf(const DeskParts& parts, const Asking& asking,
                                  const ChangeItems& items, std::string_view key,
                                  const Datum& record, Timestamp now) {
  language::DatumList keys;
  for (const ChangeItem& item : items.worked_on)
    keys.push_back(Datum::String(std::string(parts.reader.KeyOf(item.id))));
  double failures = 0;
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (c:Change {outcome: 'failed'}) WHERE c.actual_end > $since AND c.key <> $record AND "
      "(c.category = $category OR EXISTS { MATCH (c)-[:targets]->(o) WHERE o.key IN $items }) "
      "RETURN count(c)",
      {{"category", Datum::String(TextOf(record.At("category")))},
       {"items", Datum::List(std::move(keys))},
       {"record", Datum::String(std::string(key))},
       {"since", query::DatumOf(Timestamp{now.micros - kHistoryMicros})}},
      [&](std::span<const Datum> row) {
        failures = static_cast<double>(row[0].integer());
        return false;
      }));
  return failures;
}

RiskMeasures MeasuresOf(const Assessment& assessment, const ChangeItems& items,
                        const Datum& record) {
  RiskMeasures measures{};
  const auto at = [&](RiskMeasure measure) -> double& {
    return measures[static_cast<std::size_t>(measure)];
  };
  for (const AssessedService& service : assessment.services) {
    if (service.criticality == "critical") {
      ++at(RiskMeasure::kServicesCritical);
    } else if (service.criticality == "high") {
      ++at(RiskMeasure::kServicesHigh);
    } else if (service.criticality == "medium") {
      ++at(RiskMeasure::kServicesMedium);
    } else {
      ++at(RiskMeasure::kServicesLow);
    }
  }
  at(RiskMeasure::kReserveLost) = static_cast<double>(assessment.lost_reserve.size());
  at(RiskMeasure::kItemsHit) = static_cast<double>(assessment.affected_count);
  at(RiskMeasure::kItemsChanged) =
      static_cast<double>(std::max<std::uint64_t>(items.edits, items.worked_on.size()));
  at(RiskMeasure::kWorseAfterwards) = static_cast<double>(assessment.worse_count);
  at(RiskMeasure::kBackOutUntested) = IsTrue(record.At("backout_tested")) ? 0 : 1;
  at(RiskMeasure::kServicesUnknown) = assessment.items.empty() ? 1 : 0;
  for (const query::Collision& each : assessment.collisions) {
    const bool window = each.kind == query::CollisionKind::kFreeze ||
                        each.kind == query::CollisionKind::kOutsideMaintenance;
    ++at(window ? RiskMeasure::kWindowsViolated : RiskMeasure::kChangesColliding);
  }
  return measures;
}

// By the table: what was found, and what people say of the change.
absl::Status AddLevel(const Definitions& definitions, const RiskMeasures& measures,
                      const Datum& record, Assessment& assessment) {
  const DecisionTable* const table = definitions.tables().Find(kRiskTable);
  if (table == nullptr) return absl::OkStatus();
  DatumMap facts;
  for (const FactDefinition& fact : table->definition().inputs) {
    if (fact.name == "risk_score") {
      facts.emplace_back(fact.name, Datum::Float(assessment.risk.total));
    } else if (fact.name == "worst_criticality") {
      if (!assessment.worst_criticality.empty())
        facts.emplace_back(fact.name, Datum::String(assessment.worst_criticality));
    } else if (fact.name == "loses_reserve") {
      facts.emplace_back(fact.name, Datum::Boolean(!assessment.lost_reserve.empty()));
    } else if (fact.name == "recent_failures") {
      const double failures = measures[static_cast<std::size_t>(RiskMeasure::kRecentFailures)];
      facts.emplace_back(fact.name, Datum::Integer(static_cast<std::int64_t>(failures)));
    } else if (const Datum value = record.At(fact.name); !value.is_null()) {
      facts.emplace_back(fact.name, value);
    }
  }
  KOSEI_ASSIGN_OR_RETURN(assessment.level, table->Decide(Datum::Map(std::move(facts)).map()));
  if (!assessment.level.hits.empty())
    assessment.risk_level =
        TextOf(Datum::Map(assessment.level.hits.front().outputs).At("risk_level"));
  return absl::OkStatus();
}

absl::StatusOr<PlanNumber> PlanOf(const DeskParts& parts, const std::string& name,
                                  Assessment& assessment) {
  if (name.empty() || parts.options.plans == nullptr) return kNoPlan;
  KOSEI_ASSIGN_OR_RETURN(assessment.plan, parts.options.plans->Find(name));
  // One that was carried out is in the present.
  return assessment.plan->state == storage::PlanState::kOpen ? assessment.plan->number : kNoPlan;
}

}  // namespace

absl::StatusOr<Assessment> Assess(const DeskParts& parts, const Definitions& definitions,
                                  const Asking& asking, const FoundRecord& found,
                                  std::string_view key) {
  const RiskVectorDefinition* const vector = definitions.RiskVectorOf(*found.owner);
  if (vector == nullptr) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("record %s: the risk of a %s is not defined; name its class "
                                     "in the risk_vectors of the definitions",
                                     std::string(key), found.owner->definition.name),
                     "key");
  }
  const query::Budget budget(query::Limits{}, *parts.options.clock);
  const Datum record = Datum::Map(found.attributes);
  Assessment assessment;
  assessment.key = key;
  assessment.view = asking.view();
  assessment.time = parts.options.clock->Now();
  const std::string plan = TextOf(record.At("plan"));
  KOSEI_ASSIGN_OR_RETURN(const PlanNumber number, PlanOf(parts, plan, assessment));
  KOSEI_ASSIGN_OR_RETURN(const ChangeItems items, ItemsOf(parts, asking, key, plan));
  KOSEI_RETURN_IF_ERROR(AddImpact(parts, asking.view(), items, number, budget, assessment));
  assessment.window = WindowOf(record);
  if (assessment.window.has_value()) {
    KOSEI_ASSIGN_OR_RETURN(
        query::CollisionReport report,
        CollisionsOf(parts, definitions, asking, key, *assessment.window, items, budget));
    assessment.collision_count = report.total();
    assessment.collisions = std::move(report.collisions);
  }
  RiskMeasures measures = MeasuresOf(assessment, items, record);
  KOSEI_ASSIGN_OR_RETURN(measures[static_cast<std::size_t>(RiskMeasure::kDataAgeDays)],
                         AgeOf(parts, asking.view(), items, assessment.time));
  KOSEI_ASSIGN_OR_RETURN(measures[static_cast<std::size_t>(RiskMeasure::kRecentFailures)],
                         FailuresOf(parts, asking, items, key, record, assessment.time));
  assessment.risk = Weigh(*vector, measures);
  KOSEI_RETURN_IF_ERROR(AddLevel(definitions, measures, record, assessment));
  return assessment;
}

absl::StatusOr<std::string> ImpactHashOf(const DeskParts& parts, const Asking& asking,
                                         const DatumMap& attributes, std::string_view key) {
  const query::Budget budget(query::Limits{}, *parts.options.clock);
  Assessment assessment;
  std::string plan = TextOf(Datum::Map(attributes).At("plan"));
  const absl::StatusOr<PlanNumber> number = PlanOf(parts, plan, assessment);
  if (HasCode(number.status(), ErrorCode::kUnknownPlan)) {
    plan.clear();
  } else {
    KOSEI_RETURN_IF_ERROR(number.status());
  }
  KOSEI_ASSIGN_OR_RETURN(const ChangeItems items, ItemsOf(parts, asking, key, plan));
  KOSEI_RETURN_IF_ERROR(
      AddImpact(parts, asking.view(), items, number.value_or(kNoPlan), budget, assessment));
  return assessment.impact_hash;
}

DatumMap KeptOf(const Assessment& assessment, const model::Schema& schema,
                const model::Class& owner) {
  DatumMap kept;
  const auto keep = [&](std::string_view name, Datum value) {
    if (schema.FindAttribute(owner, name) != nullptr) kept.emplace_back(name, std::move(value));
  };
  language::DatumList factors;
  for (const RiskContribution& each : assessment.risk.contributions) {
    factors.push_back(Datum::String(absl::StrFormat("%s: %.4g * %.4g = %.4g", NameOf(each.measure),
                                                    each.measured, each.coefficient, each.points)));
  }
  keep("impact_hash", Datum::String(assessment.impact_hash));
  keep("impact_asked_at", query::DatumOf(assessment.time));
  keep("impact_commit", Datum::Integer(static_cast<std::int64_t>(assessment.view.commit.value)));
  keep("items_hit", Datum::Integer(static_cast<std::int64_t>(assessment.affected_count)));
  keep("services_hit", Datum::Integer(static_cast<std::int64_t>(assessment.services.size())));
  keep("collisions_found", Datum::Integer(static_cast<std::int64_t>(assessment.collision_count)));
  keep("loses_reserve", Datum::Boolean(!assessment.lost_reserve.empty()));
  keep("risk_score", Datum::Float(assessment.risk.total));
  keep("risk_factors", Datum::List(std::move(factors)));
  keep("risk_rules", Datum::String(absl::StrFormat("%s v%d, %s v%d", assessment.risk.name,
                                                   assessment.risk.version, assessment.level.table,
                                                   assessment.level.version)));
  keep("worst_criticality", assessment.worst_criticality.empty()
                                ? Datum()
                                : Datum::String(assessment.worst_criticality));
  keep("risk_level",
       assessment.risk_level.empty() ? Datum() : Datum::String(assessment.risk_level));
  return kept;
}

}  // namespace kosei::process
