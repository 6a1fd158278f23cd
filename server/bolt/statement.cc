#include "bolt/statement.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/statement.h"

namespace kosei::server::bolt {
namespace {

class RecordWriter final : public query::RowVisitor {
 public:
  RecordWriter(Result& result, language::PackForm form) : result_(result), form_(form) {}

  void Columns(std::span<const std::string> names, const storage::View&) override {
    result_.columns.assign(names.begin(), names.end());
  }
  bool Row(std::span<const language::Datum> values, language::Evaluation& evaluation) override {
    message_.clear();
    language::PackWriter writer(message_, form_, kCollectedBytesMax);
    writer.StructureHead(1, kRecordTag);
    writer.ListHead(values.size());
    for (const language::Datum& value : values) writer.Value(value, evaluation);
    if (evaluation.failed()) return false;
    const absl::Status added = result_.Add(message_);
    if (!added.ok()) evaluation.Fail(added);
    return added.ok();
  }

 private:
  Result& result_;
  const language::PackForm form_;
  std::string message_;
};

// How many operators give rows to each directly.
std::vector<std::size_t> ChildrenOf(const std::vector<query::PlanLine>& lines) {
  std::vector<std::size_t> children(lines.size(), 0);
  std::vector<std::size_t> open;  // the operators above the line, the nearest last
  for (std::size_t i = 0; i < lines.size(); ++i) {
    while (!open.empty() && lines[open.back()].depth >= lines[i].depth) open.pop_back();
    if (!open.empty()) ++children[open.back()];
    open.push_back(i);
  }
  return children;
}

// The operators as drivers read them: maps within maps. The children stand last in each, and so
// behind it in the order of the lines.
std::string PackPlan(const query::StatementSummary& summary) {
  const bool profile = summary.mode == language::StatementMode::kProfile;
  const std::vector<std::size_t> children = ChildrenOf(summary.plan);
  std::string plan;
  language::PackWriter writer(plan, language::PackForm::kBolt5);
  for (std::size_t i = 0; i < summary.plan.size(); ++i) {
    const query::PlanLine& line = summary.plan[i];
    writer.MapHead(profile ? 6 : 4);
    writer.String("operatorType");
    writer.String(line.name);
    writer.String("identifiers");
    writer.ListHead(0);
    writer.String("args");
    writer.MapHead(profile && i == 0 ? 2 : 1);
    writer.String("Details");
    writer.String(line.details);
    if (profile && i == 0) {
      writer.String("Steps");
      writer.Integer(static_cast<std::int64_t>(summary.steps));
    }
    if (profile) {
      writer.String("rows");
      writer.Integer(static_cast<std::int64_t>(line.rows));
      writer.String("time");
      writer.Integer(line.time.count());
    }
    writer.String("children");
    writer.ListHead(children[i]);
  }
  return plan;
}

Metadata SummaryOf(const query::StatementSummary& summary) {
  Metadata metadata;
  metadata.Text("type", "r");
  if (summary.plan.empty()) return metadata;
  metadata.AddPacked(summary.mode == language::StatementMode::kProfile ? "profile" : "plan",
                     PackPlan(summary));
  return metadata;
}

absl::StatusOr<query::Limits> LimitsOfJob(const Services& services, const StatementJob& job) {
  Call call;
  call.operation = protocol::FindOperation(static_cast<std::uint16_t>(protocol::Operation::kQuery));
  call.arrived = job.arrived;
  if (!job.deadline.has_value()) return LimitsOf(services, call, 0);
  if (*job.deadline <= job.arrived) {
    return MakeError(ErrorCode::kDeadlineExceeded,
                     "query: the time that was set for the transaction is over");
  }
  const auto allowed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::min<Instant>(*job.deadline - job.arrived, kQueryTimeMax));
  // Of nothing the limits would make their default.
  return LimitsOf(services, call,
                  static_cast<std::uint32_t>(std::max<std::int64_t>(1, allowed.count())));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Result>> CarryOut(const Services& services,
                                                 const StatementJob& job) {
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits, LimitsOfJob(services, job));
  const query::Budget budget(limits, services.clock, job.cancelled);
  query::StatementRequest request;
  request.text = job.run.text;
  KOSEI_ASSIGN_OR_RETURN(request.parameters, language::ReadParameters(job.run.parameters));
  request.view = job.run.terms.view;
  request.classes = job.principal->classes;
  auto result = std::make_unique<Result>(services);
  result->commit = services.reader.Newest().commit;
  RecordWriter writer(
      *result, job.version.major >= 5 ? language::PackForm::kBolt5 : language::PackForm::kBolt4);
  KOSEI_ASSIGN_OR_RETURN(const query::StatementSummary summary,
                         services.statements.Run(request, budget, writer));
  KOSEI_RETURN_IF_ERROR(result->Seal());
  result->commit = std::max(result->commit, summary.view.commit);
  result->summary = SummaryOf(summary);
  return result;
}

}  // namespace kosei::server::bolt
