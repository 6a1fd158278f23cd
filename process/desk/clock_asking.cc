#include "desk/clock_asking.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "desk/clock_events.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

constexpr std::string_view kConcerns = "concerns";

absl::StatusOr<std::vector<RecordStatement>> StatementsOf(const DeskParts& parts,
                                                          const Definitions& definitions,
                                                          RecordId id, const storage::View& view) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<storage::RecordVersion> versions,
                         parts.reader.History(id, view));
  std::vector<RecordStatement> statements;
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    const RecordView record = version->record();
    if (IsRetired(record)) {
      return MakeError(ErrorCode::kHistoryRetired,
                       absl::StrFormat("clock of %s: what it was as of commit %d was retired, so "
                                       "that its time cannot be counted any more; keep records "
                                       "as long as their agreements are reported on",
                                       std::string(record.key()), version->begin.value),
                       "key");
    }
    RecordStatement& statement = statements.emplace_back();
    statement.from = record.valid_from();
    statement.to = record.valid_to();
    statement.ended = record.ended();
    if (statement.from == kBeginningOfTime) {
      KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, parts.reader.Commit(version->begin));
      statement.from = commit.time;
    }
    statement.attributes = query::AttributesOf(definitions.schema(), record);
  }
  return statements;
}

// Where the links of a record lead whose type is wanted.
template <typename Wanted>
absl::StatusOr<std::vector<RecordId>> Linked(const storage::Reader& reader, RecordId from,
                                             const storage::View& view, Wanted&& wanted) {
  std::vector<RecordId> linked;
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  const storage::NodeIndex node = storage::NodeOf(from);
  if (node >= graph.node_limit()) return linked;
  graph.ForEach(storage::LinkDirection::kOut, node,
                [&](storage::NodeIndex other, storage::TypeIndex type) {
                  if (wanted(RelationshipTypeNumber{type}))
                    linked.push_back(storage::RecordOf(other));
                });
  return linked;
}

// The name of the agreement; empty: none.
absl::StatusOr<std::string> GoverningOf(const DeskParts& parts, const Definitions& definitions,
                                        RecordId id, const model::Class& owner,
                                        const storage::View& view, Timestamp opening) {
  const model::Schema& schema = definitions.schema();
  const model::RelationshipType* const concerns = schema.FindRelationshipType(kConcerns);
  std::vector<RecordId> services;
  if (concerns != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(
        services, Linked(parts.reader, id, view,
                         [&](RelationshipTypeNumber type) { return type == concerns->number; }));
  }
  const auto is_agreement = [&](RelationshipTypeNumber type) {
    const model::RelationshipType* const known = schema.FindRelationshipType(type);
    return known != nullptr && known->definition.role == model::PartyRole::kAgreement;
  };
  std::set<std::string> names;
  for (const RecordId service : services) {
    KOSEI_ASSIGN_OR_RETURN(
        const std::vector<RecordId> covering,
        Linked(parts.reader, service, {view.commit, opening, view.plan}, is_agreement));
    for (const RecordId record : covering) {
      const Agreement* const named = definitions.agreements().Find(parts.reader.KeyOf(record));
      if (named != nullptr && named->level == AgreementLevel::kCustomer) names.insert(named->name);
    }
  }
  if (!names.empty()) return *names.begin();
  const Agreement* const common = definitions.DefaultAgreementOf(owner);
  return common == nullptr ? std::string() : common->name;
}

}  // namespace

absl::StatusOr<Ticket> TicketOfRecord(const DeskParts& parts, const Definitions& definitions,
                                      std::string_view key) {
  const storage::View view = parts.reader.Newest();
  KOSEI_ASSIGN_OR_RETURN(const FoundRecord found, FindRecord(parts, definitions, view, key));
  const RecordId id = *parts.reader.IdOf(key);
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordStatement> statements,
                         StatementsOf(parts, definitions, id, view));
  Ticket ticket = TicketOf(std::string(key), statements, *found.life_cycle);
  if (ticket.events.empty()) return ticket;
  const Timestamp opening = ticket.events.front().at;
  KOSEI_ASSIGN_OR_RETURN(std::string agreement,
                         GoverningOf(parts, definitions, id, *found.owner, view, opening));
  if (agreement.empty()) return ticket;
  ticket.events.push_back(
      {.at = opening, .kind = EventKind::kAgreementAttached, .agreement = std::move(agreement)});
  return ticket;
}

}  // namespace kosei::process
