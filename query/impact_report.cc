#include "kosei/query/impact_report.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {

absl::StatusOr<ImpactReport> Report(const storage::Reader& reader, const ImpactAnswer& answer,
                                    const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(answer.view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(answer.view));
  std::array<model::PartyRole, 256> roles{};
  std::uint16_t bits = 0;
  for (const model::RelationshipType& type : schema->relationship_types()) {
    if (type.definition.role == model::PartyRole::kNone) continue;
    roles[type.number.value] = type.definition.role;
    bits |= storage::TypeBit(static_cast<storage::TypeIndex>(type.number.value));
  }
  ImpactReport report;
  absl::flat_hash_map<RecordId, PartyToTell> parties;
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (i % kStepsPerCheck == 0) {
      KOSEI_RETURN_IF_ERROR(budget.Check());
      KOSEI_RETURN_IF_ERROR(budget.CheckMemory(report.services.size() * sizeof(AffectedService) +
                                               parties.size() * 2 * sizeof(PartyToTell)));
    }
    if (!answer.Listed(i)) continue;
    const storage::NodeIndex node = answer.nodes[i];
    const bool is_service = schema->IsService(graph.ClassOf(node));
    if (is_service) report.services.push_back({storage::RecordOf(node), i, {}});
    graph.ForEachOf(storage::LinkDirection::kOut, node, bits,
                    [&](storage::NodeIndex target, storage::TypeIndex type) {
                      const model::PartyRole role = roles[type];
                      if (role == model::PartyRole::kNone) return;
                      PartyToTell& party = parties[storage::RecordOf(target)];
                      party.party = storage::RecordOf(target);
                      party.roles |= 1U << static_cast<unsigned>(role);
                      ++party.records;
                      if (!is_service) return;
                      ++party.services;
                      report.services.back().parties.push_back({party.party, role});
                    });
  }
  for (AffectedService& service : report.services)
    std::sort(service.parties.begin(), service.parties.end());
  std::sort(report.services.begin(), report.services.end(),
            [&](const AffectedService& a, const AffectedService& b) {
              return std::pair(answer.StateAt(b.position), a.position) <
                     std::pair(answer.StateAt(a.position), b.position);
            });
  for (const auto& [id, party] : parties) report.parties.push_back(party);
  std::sort(report.parties.begin(), report.parties.end(),
            [](const PartyToTell& a, const PartyToTell& b) {
              return std::tuple(b.services, b.records, a.party) <
                     std::tuple(a.services, a.records, b.party);
            });
  return report;
}

}  // namespace kosei::query
