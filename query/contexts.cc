#include "contexts.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/search.h"

namespace kosei::query {
namespace {

absl::StatusOr<std::uint32_t> PositionOf(const model::Schema& schema, const std::string& name) {
  const auto& contexts = schema.impact_contexts();
  std::vector<std::string> known;
  for (std::uint32_t i = 0; i < contexts.size(); ++i) {
    if (contexts[i].definition.name == name) return i;
    known.push_back(contexts[i].definition.name);
  }
  return MakeError(
      ErrorCode::kInvalidArgument,
      known.empty()
          ? absl::StrFormat("impact: there is no context \"%s\", the model has none; leave it out, "
                            "or add it to impact_contexts of the model",
                            name)
          : absl::StrFormat("impact: there is no context \"%s\"; the model has %s", name,
                            absl::StrJoin(known, ", ")),
      "contexts");
}

Timestamp TimeIn(const RecordView& record, AttributeNumber attribute, Timestamp otherwise) {
  if (attribute == AttributeNumber{}) return otherwise;
  const Value value = record.Find(attribute);
  return value.kind() == ValueKind::kInteger ? Timestamp{value.integer()} : otherwise;
}

}  // namespace

absl::StatusOr<std::vector<ImpactContextFinding>> FindContexts(const storage::Reader& reader,
                                                               const storage::View& view,
                                                               const model::Schema& schema,
                                                               const Scenario& scenario,
                                                               const Budget& budget) {
  std::vector<ImpactContextFinding> found;
  if (scenario.contexts.empty()) return found;
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  const TimeWindow time =
      scenario.time.value_or(TimeWindow{view.valid_at, Timestamp{view.valid_at.micros + 1}});
  for (const std::string& name : scenario.contexts) {
    KOSEI_ASSIGN_OR_RETURN(const std::uint32_t position, PositionOf(schema, name));
    const model::ImpactContext& context = schema.impact_contexts()[position];
    const model::ImpactContextDefinition& definition = context.definition;
    for (const std::string& value : definition.values) {
      SearchRequest request;
      request.class_name = definition.class_name;
      request.where.push_back({definition.attribute, value});
      request.order = SearchOrder::kById;
      const auto take = [&](const storage::RecordVersion& version) {
        const RecordView record = version.record();
        const Timestamp from = TimeIn(record, context.from, kBeginningOfTime);
        const Timestamp to = TimeIn(record, context.to, kEndOfTime);
        if (!(from < time.to && time.from < to)) return true;
        if (context.over == RelationshipTypeNumber{}) {
          found.push_back({{version.id, definition.state}, version.id, position});
          return true;
        }
        graph.ForEach(storage::LinkDirection::kOut, storage::NodeOf(version.id),
                      [&](storage::NodeIndex target, storage::TypeIndex type) {
                        if (type != context.over.value) return;
                        found.push_back(
                            {{storage::RecordOf(target), definition.state}, version.id, position});
                      });
        return true;
      };
      KOSEI_RETURN_IF_ERROR(Search(reader, view, request, budget, take).status());
    }
  }
  const auto order = [](const ImpactContextFinding& finding) {
    return std::tuple(finding.assumption.record, finding.context, finding.because_of);
  };
  std::sort(found.begin(), found.end(),
            [&](const ImpactContextFinding& a, const ImpactContextFinding& b) {
              return order(a) < order(b);
            });
  found.erase(std::unique(found.begin(), found.end(),
                          [&](const ImpactContextFinding& a, const ImpactContextFinding& b) {
                            return order(a) == order(b);
                          }),
              found.end());
  return found;
}

}  // namespace kosei::query
