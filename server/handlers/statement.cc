// query: a statement of the query language, or a list filter. Its rows are collected, because a
// statement cannot pause, and then streamed as their reader grants credit.
#include "kosei/query/statement.h"

#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/packstream.h"
#include "kosei/protocol/statement_generated.h"

namespace kosei::server {
namespace {

constexpr std::uint32_t kFrameRowsMax = 10'000;

class RowWriter final : public query::RowVisitor {
 public:
  RowWriter(const Services& services, const Call& call)
      : services_(services), call_(call), stream_(std::make_unique<CollectedStream>(services)) {}

  void Columns(std::span<const std::string> names, const storage::View& view) override {
    columns_.assign(names.begin(), names.end());
    info_ = EncodeView(view);
    model_version_ = services_.reader.ModelVersionAt(view.commit);
  }
  bool Row(std::span<const language::Datum> values, language::Evaluation& evaluation) override {
    // A frame holds one row at least.
    language::PackWriter writer(rows_, language::PackForm::kBolt5,
                                rows_.size() + call_.reply_bytes_max);
    writer.ListHead(values.size());
    for (const language::Datum& value : values) writer.Value(value, evaluation);
    if (evaluation.failed()) return false;
    ++row_count_;
    if (rows_.size() < kStreamFrameBytes && row_count_ < kFrameRowsMax) return true;
    const absl::Status status = Cut(nullptr);
    if (!status.ok()) evaluation.Fail(status);
    return status.ok();
  }
  absl::StatusOr<std::unique_ptr<Stream>> Finish(const query::StatementSummary& summary) {
    KOSEI_RETURN_IF_ERROR(Cut(&summary));
    return std::move(stream_);
  }

 private:
  // `summary`: of the last frame.
  absl::Status Cut(const query::StatementSummary* summary) {
    const auto columns =
        first_
            ? builder_.CreateVectorOfStrings(columns_)
            : flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>>();
    first_ = false;
    const auto rows =
        builder_.CreateVector(reinterpret_cast<const std::uint8_t*>(rows_.data()), rows_.size());
    std::vector<flatbuffers::Offset<fb::PlanLine>> lines;
    if (summary != nullptr) {
      for (const query::PlanLine& line : summary->plan) {
        const auto name = Text(builder_, line.name);
        const auto details = Text(builder_, line.details);
        lines.push_back(fb::CreatePlanLine(builder_, line.depth, name, details, line.rows,
                                           static_cast<std::uint64_t>(line.time.count())));
      }
    }
    const auto plan = builder_.CreateVector(lines);
    fb::StatementReplyBuilder reply(builder_);
    reply.add_view(&info_);
    reply.add_model_version(model_version_);
    reply.add_columns(columns);
    reply.add_rows(rows);
    reply.add_row_count(row_count_);
    if (summary != nullptr) {
      reply.add_total(summary->rows);
      reply.add_cut(summary->cut);
      reply.add_steps(summary->steps);
      reply.add_mode(static_cast<std::uint8_t>(summary->mode));
      reply.add_plan(plan);
    }
    const absl::Status status = stream_->Add(call_, protocol::FinishBody(builder_, reply.Finish()));
    builder_.Clear();
    rows_.clear();
    row_count_ = 0;
    return status;
  }

  const Services& services_;
  const Call& call_;
  std::unique_ptr<CollectedStream> stream_;
  std::vector<std::string> columns_;
  fb::ViewInfo info_;
  std::uint32_t model_version_ = 0;
  Builder builder_;
  std::string rows_;
  std::uint32_t row_count_ = 0;
  bool first_ = true;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenStatement(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::StatementRequest* request,
                         protocol::Open<fb::StatementRequest>(call.body));
  query::StatementRequest statement;
  statement.text = protocol::TextOf(request->text());
  statement.filter = request->filter();
  statement.classes = call.classes;
  if (request->parameters() != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(
        statement.parameters,
        language::ReadParameters({reinterpret_cast<const char*>(request->parameters()->data()),
                                  request->parameters()->size()}));
  }
  KOSEI_ASSIGN_OR_RETURN(statement.view, DecodeViewName(request->view()));
  if (request->time_zone() != nullptr && request->time_zone()->size() > 0)
    statement.time_zone = request->time_zone()->str();
  KOSEI_ASSIGN_OR_RETURN(query::Limits limits, LimitsOf(services, call, request->deadline_ms()));
  limits.rows = request->rows_max();
  const query::Budget budget(limits, services.clock, call.cancelled);
  RowWriter writer(services, call);
  KOSEI_ASSIGN_OR_RETURN(const query::StatementSummary summary,
                         services.statements.Run(statement, budget, writer));
  return writer.Finish(summary);
}

}  // namespace kosei::server
