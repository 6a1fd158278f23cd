// What is asked of the graph as a whole, as procedures: impact, points of failure, paths, causes.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/procedure.h"
#include "engine/procedure_arguments.h"
#include "kosei/base/error.h"
#include "kosei/query/impact.h"
#include "kosei/query/path.h"
#include "kosei/query/points_of_failure.h"
#include "kosei/query/root_cause.h"
#include "kosei/query/similar.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumList;
using language::Span;
using Give = absl::FunctionRef<bool(Datum*)>;

Datum StateDatum(model::State state) { return Datum::String(std::string(model::NameOf(state))); }

Datum PathDatum(Run& run, RecordId begin, const std::vector<PathStep>& steps, bool down) {
  language::PathValue path;
  path.nodes.push_back({begin, 0});
  for (const PathStep& step : steps) {
    const bool turned = FromIsTarget(run.moment(0).graph, *run.moment(0).schema, step, down);
    const RecordId source = turned ? step.to : step.from;
    const RecordId target = turned ? step.from : step.to;
    path.links.push_back(LinkDatum(source, step.type, target).relationship());
    path.nodes.push_back({step.to, 0});
  }
  return Datum::Path(std::move(path));
}

void ImpactOf(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.impact", run, values, span);
  ImpactRequest request;
  request.roots = arguments.Records(0);
  const language::DatumMap* options =
      arguments.Options(1, {"direction", "depth", "degraded", "blocked", "contexts"});
  const std::string direction = arguments.Text(options, "direction").value_or("down");
  if (direction != "down" && direction != "up")
    arguments.Fail("direction is 'down' (who is hit) or 'up' (what it needs)");
  if (direction == "up") request.direction = ImpactDirection::kUp;
  if (const auto depth = arguments.Number(options, "depth"); depth.has_value())
    request.depth = static_cast<std::uint32_t>(std::min<std::int64_t>(*depth, UINT32_MAX - 1));
  if (const Datum* degraded = arguments.Option(options, "degraded"); degraded != nullptr) {
    for (const RecordId record : arguments.Records(*degraded, "degraded records"))
      request.scenario.assumptions.push_back({record, model::State::kDegraded});
  }
  if (const Datum* blocked = arguments.Option(options, "blocked"); blocked != nullptr)
    request.scenario.blocked = arguments.Records(*blocked, "blocked records");
  request.scenario.contexts = arguments.Texts(options, "contexts");
  if (!arguments.ok()) return;
  const absl::StatusOr<ImpactAnswer> answer =
      Impact(run.reader(), run.moment(0).view, request, run.budget());
  if (!answer.ok()) {
    run.Fail(answer.status());
    return;
  }
  if (answer->truncated.has_value() && answer->truncated->reason != TruncationReason::kDepth) {
    run.Fail(MakeError(ErrorCode::kRowBudget,
                       "kosei.impact: the budget was spent before the answer was whole; allow more "
                       "time or memory, or give a depth"));
    return;
  }
  for (std::uint64_t i = answer->root_count(); i < answer->nodes.size(); ++i) {
    if (!answer->Listed(i)) continue;
    std::uint64_t root = i;
    while (root >= answer->root_count()) root = answer->parents[root];
    Datum row[] = {NodeDatum(storage::RecordOf(answer->nodes[i])), StateDatum(answer->StateAt(i)),
                   Datum::Integer(answer->DistanceOf(i)),
                   PathDatum(run, storage::RecordOf(answer->nodes[root]), PathTo(*answer, i),
                             request.direction == ImpactDirection::kDown)};
    if (!give(row)) return;
  }
}

void PointsOf(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.spof", run, values, span);
  PointsRequest request;
  if (!values.empty() && !values[0].is_null()) request.services = arguments.Records(0);
  const language::DatumMap* options = arguments.Options(1, {"contexts"});
  request.contexts = arguments.Texts(options, "contexts");
  if (!arguments.ok()) return;
  const auto summary = SinglePoints(
      run.reader(), run.moment(0).view, request, run.budget(), [&](const ServicePoints& service) {
        for (const SinglePoint& point : service.points) {
          Datum row[] = {NodeDatum(service.service), NodeDatum(point.record),
                         StateDatum(point.outcome), Datum::Integer(point.distance),
                         Datum::Boolean(point.by_gate)};
          if (!give(row)) return false;
        }
        return true;
      });
  if (!summary.ok()) run.Fail(summary.status());
}

void PathBetween(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.path", run, values, span);
  const RecordId from = arguments.Record(0, "from");
  const RecordId to = arguments.Record(1, "to");
  if (!arguments.ok()) return;
  const auto path = CausalPath(run.reader(), run.moment(0).view, from, to, run.budget());
  if (!path.ok()) {
    run.Fail(path.status());
    return;
  }
  if (!path->has_value()) return;
  Datum row[] = {PathDatum(run, from, **path, true)};
  give(row);
}

void CausesOf(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.root_cause", run, values, span);
  RootCauseRequest request;
  request.failing = arguments.Records(0);
  const language::DatumMap* options = arguments.Options(1, {"well", "limit"});
  if (const Datum* well = arguments.Option(options, "well"); well != nullptr)
    request.well = arguments.Records(*well, "records that are well");
  if (const auto limit = arguments.Number(options, "limit"); limit.has_value())
    request.limit = static_cast<std::uint64_t>(*limit);
  if (!arguments.ok()) return;
  const auto answer = RootCause(run.reader(), run.moment(0).view, request, run.budget());
  if (!answer.ok()) {
    run.Fail(answer.status());
    return;
  }
  for (const CauseCandidate& candidate : answer->candidates) {
    Datum row[] = {NodeDatum(candidate.record), Datum::Float(candidate.score),
                   Datum::Integer(candidate.fails), Datum::Integer(candidate.degrades),
                   Datum::Integer(static_cast<std::int64_t>(candidate.touch_count))};
    if (!give(row)) return;
  }
}

void SimilarTo(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.similar", run, values, span);
  const language::DatumMap* options = arguments.Options(2, {"limit"});
  const auto limit = arguments.Number(options, "limit");
  if (values[1].kind() != DatumKind::kString)
    arguments.Fail("the second argument is the name of a class, as in 'KnownError'");
  if (!values[0].is_null() && values[0].kind() != DatumKind::kString)
    arguments.Fail("the first argument is a text");
  if (!arguments.ok() || values[0].is_null()) return;
  SimilarRequest request{.text = values[0].string(), .class_name = values[1].string()};
  if (limit.has_value()) request.limit = static_cast<std::uint64_t>(*limit);
  const auto similar = Similar(run.reader(), run.moment(0).view, request, run.budget());
  if (!similar.ok()) {
    run.Fail(similar.status());
    return;
  }
  for (const SimilarRecord& record : *similar) {
    Datum row[] = {NodeDatum(record.id), Datum::Float(record.score)};
    if (!give(row)) return;
  }
}

}  // namespace

std::vector<Procedure> GraphProcedures() {
  return {
      {"kosei.impact",
       "kosei.impact(records, {direction, depth, degraded, blocked, contexts})",
       1,
       2,
       {{"record", DatumKind::kNode},
        {"state", DatumKind::kString},
        {"distance", DatumKind::kInteger},
        {"path", DatumKind::kPath}},
       ImpactOf},
      {"kosei.spof",
       "kosei.spof(services, {contexts}); without services: of all",
       0,
       2,
       {{"service", DatumKind::kNode},
        {"record", DatumKind::kNode},
        {"outcome", DatumKind::kString},
        {"distance", DatumKind::kInteger},
        {"by_gate", DatumKind::kBoolean}},
       PointsOf},
      {"kosei.path", "kosei.path(from, to)", 2, 2, {{"path", DatumKind::kPath}}, PathBetween},
      {"kosei.root_cause",
       "kosei.root_cause(failing, {well, limit})",
       1,
       2,
       {{"record", DatumKind::kNode},
        {"score", DatumKind::kFloat},
        {"fails", DatumKind::kInteger},
        {"degrades", DatumKind::kInteger},
        {"changes", DatumKind::kInteger}},
       CausesOf},
      {"kosei.similar",
       "kosei.similar(text, class, {limit})",
       2,
       3,
       {{"record", DatumKind::kNode}, {"score", DatumKind::kFloat}},
       SimilarTo},
  };
}

}  // namespace kosei::query
