#include "desk/change_impact.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"
#include "kosei/query/impact.h"
#include "kosei/query/impact_difference.h"
#include "kosei/query/impact_report.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;

// The worst first; services without one come last.
constexpr std::array<std::string_view, 4> kCriticalities = {"critical", "high", "medium", "low"};

std::size_t RankOf(std::string_view criticality) {
  return static_cast<std::size_t>(std::ranges::find(kCriticalities, criticality) -
                                  kCriticalities.begin());
}

std::string TextAt(const Datum& attributes, std::string_view name) {
  const Datum value = attributes.At(name);
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}

// Records by id, as a View has them.
class Names {
 public:
  Names(const DeskParts& parts, const storage::View& view,
        std::shared_ptr<const model::Schema> schema)
      : parts_(parts), view_(view), schema_(std::move(schema)) {}

  absl::StatusOr<Datum> AttributesOf(RecordId id) const {
    KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion version,
                           parts_.reader.GetWhatIsLeft(id, view_));
    return Datum::Map(query::AttributesOf(*schema_, version.record()));
  }
  std::string KeyOf(RecordId id) const { return std::string(parts_.reader.KeyOf(id)); }
  std::string ClassOf(RecordId id) const {
    return std::string(schema_->ClassName(parts_.reader.ClassOf(id)));
  }

 private:
  const DeskParts& parts_;
  const storage::View view_;
  const std::shared_ptr<const model::Schema> schema_;
};

absl::StatusOr<query::ImpactAnswer> FailureOf(const DeskParts& parts, const storage::View& view,
                                              const std::vector<RecordId>& roots,
                                              const query::Budget& budget) {
  query::ImpactRequest request;
  request.want_groups = true;
  request.roots = roots;
  return query::Impact(parts.reader, view, request, budget);
}

absl::Status AddServices(const DeskParts& parts, const Names& names,
                         const query::ImpactAnswer& answer, const query::Budget& budget,
                         Assessment& assessment) {
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactReport report,
                         query::Report(parts.reader, answer, budget));
  for (const query::AffectedService& each : report.services) {
    KOSEI_ASSIGN_OR_RETURN(const Datum attributes, names.AttributesOf(each.record));
    assessment.services.push_back({names.KeyOf(each.record), TextAt(attributes, "name"),
                                   TextAt(attributes, "criticality"), answer.StateAt(each.position),
                                   answer.DistanceOf(each.position)});
  }
  std::ranges::sort(assessment.services, [](const auto& one, const auto& other) {
    return std::tuple(RankOf(one.criticality), one.state == model::State::kDegraded, one.key) <
           std::tuple(RankOf(other.criticality), other.state == model::State::kDegraded, other.key);
  });
  assessment.worst_criticality =
      assessment.services.empty() ? "none" : assessment.services.front().criticality;
  if (assessment.worst_criticality.empty()) assessment.worst_criticality = "low";
  return absl::OkStatus();
}

void AddReserve(const Names& names, const query::ImpactAnswer& answer, Assessment& assessment) {
  for (const query::GroupFinding& group : answer.groups) {
    if (!group.reserve_before || group.reserve_after) continue;
    assessment.lost_reserve.push_back(
        {names.KeyOf(group.record), group.gate, group.in_service, group.up_after});
  }
  std::ranges::sort(assessment.lost_reserve, {}, &LostReserve::key);
}

// The same failure once the plan is carried out.
absl::Status AddAfterwards(const DeskParts& parts, const storage::View& view, const Names& names,
                           const ChangeItems& items, const query::ImpactAnswer& now,
                           const query::Budget& budget, Assessment& assessment) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> there, ThereIn(parts, view, items.worked_on));
  if (there.empty()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactAnswer then, FailureOf(parts, view, there, budget));
  KOSEI_ASSIGN_OR_RETURN(const query::ImpactDifference difference, query::Difference(now, then));
  assessment.worse_count = difference.worse_count;
  assessment.better_count = difference.records.size() - difference.worse_count;
  for (const query::StateDifference& each : difference.records) {
    if (assessment.afterwards.size() == kAssessmentListMax) break;
    assessment.afterwards.push_back({names.KeyOf(each.record), each.first, each.second});
  }
  return absl::OkStatus();
}

// One line for everything that a board decides upon. The rows of the answer are in a fixed order
// (query/impact.h); keys stand instead of ids.
std::string HashOf(const Names& names, const query::ImpactAnswer& answer,
                   const Assessment& assessment) {
  Sha256 hash;
  const auto line = [&](std::string_view kind, std::string_view key, std::string_view what) {
    hash.Update(absl::StrCat(absl::string_view(kind.data(), kind.size()), " ", key.size(), " ",
                             absl::string_view(key.data(), key.size()), " ",
                             absl::string_view(what.data(), what.size()), "\n"));
  };
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (!answer.Listed(i)) continue;
    line(i < answer.root_count() ? "item" : "hit", names.KeyOf(storage::RecordOf(answer.nodes[i])),
         std::to_string(static_cast<int>(answer.StateAt(i))));
  }
  for (const AssessedService& each : assessment.services)
    line("service", each.key, each.criticality);
  for (const LostReserve& each : assessment.lost_reserve) line("reserve", each.key, each.gate);
  for (const AfterwardsDifference& each : assessment.afterwards) {
    line("afterwards", each.key,
         absl::StrCat(static_cast<int>(each.before), " ", static_cast<int>(each.after)));
  }
  line("worse", "", std::to_string(assessment.worse_count));
  line("better", "", std::to_string(assessment.better_count));
  return ToHex(hash.Finish());
}

}  // namespace

absl::Status AddImpact(const DeskParts& parts, const storage::View& view, const ChangeItems& items,
                       PlanNumber plan, const query::Budget& budget, Assessment& assessment) {
  KOSEI_ASSIGN_OR_RETURN(const auto schema, parts.reader.SchemaAt(view));
  const Names names(parts, view, schema);
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> there, ThereIn(parts, view, items.worked_on));
  for (const ChangeItem& item : items.worked_on) {
    AssessedItem each{names.KeyOf(item.id), names.ClassOf(item.id), "", item.planned};
    if (std::ranges::binary_search(there, item.id)) {
      KOSEI_ASSIGN_OR_RETURN(const Datum attributes, names.AttributesOf(item.id));
      each.name = TextAt(attributes, "name");
    }
    assessment.items.push_back(std::move(each));
  }
  std::ranges::sort(assessment.items, {}, &AssessedItem::key);
  query::ImpactAnswer now;
  now.level_ends = {0};
  if (!there.empty()) {
    KOSEI_ASSIGN_OR_RETURN(now, FailureOf(parts, view, there, budget));
    assessment.affected_count = now.affected_count();
    assessment.degraded_count = now.degraded_count;
    KOSEI_RETURN_IF_ERROR(AddServices(parts, names, now, budget, assessment));
    AddReserve(names, now, assessment);
    if (plan != kNoPlan) {
      const storage::View then{view.commit, view.valid_at, plan};
      KOSEI_RETURN_IF_ERROR(AddAfterwards(parts, then, names, items, now, budget, assessment));
    }
  }
  assessment.impact_hash = HashOf(names, now, assessment);
  return absl::OkStatus();
}

}  // namespace kosei::process
