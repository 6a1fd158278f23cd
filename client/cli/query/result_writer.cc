#include "query/result_writer.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "query/value_form.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{1} << 16;

std::string PropertyText(const language::PackedNode& node, std::string_view name) {
  for (const language::PackedEntry& entry : node.properties) {
    if (entry.key == name) return CellText(entry.value, "");
  }
  return "";
}

// What a filter found, as `search` shows it.
std::vector<std::string> RecordCells(const client::QueryRow& row) {
  const auto* const node = row.empty() ? nullptr : row.front().As<language::PackedNode>();
  if (node == nullptr) return {row.empty() ? "" : CellText(row.front(), "")};
  return {node->element_id, node->labels.empty() ? "" : node->labels.front(),
          PropertyText(*node, "status"), PropertyText(*node, "name")};
}

void WritePlan(JsonWriter& json, const client::StatementSummary& summary) {
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::PlanLine& line : summary.plan) {
    json.BeginObject();
    json.Member("depth", std::uint64_t{line.depth});
    json.Member("operator", line.name);
    json.Member("details", line.details);
    if (!summary.explained) {
      json.Member("rows", line.rows);
      json.Member("nanoseconds", static_cast<std::uint64_t>(line.time.count()));
    }
    json.End();
  }
  json.End();
}

}  // namespace

ResultWriter::ResultWriter(Context& context, Form form)
    : context_(context),
      form_(form),
      json_(out_, form.format == OutputFormat::kJson ? JsonWriter::Layout::kLines
                                                     : JsonWriter::Layout::kInline) {
  if (form_.format == OutputFormat::kJson && form_.several)
    json_.BeginArray(JsonWriter::Layout::kLines);
}

void ResultWriter::Begin(const std::vector<std::string>& columns) {
  begun_ = true;
  columns_ = columns;
  const bool records = form_.filter && columns.size() == 1;
  switch (form_.format) {
    case OutputFormat::kJson:
      json_.BeginObject(JsonWriter::Layout::kLines);
      json_.Key("columns");
      json_.BeginArray();
      for (const std::string& column : columns) json_.Text(column);
      json_.End();
      json_.Key("rows");
      json_.BeginArray(JsonWriter::Layout::kLines);
      break;
    case OutputFormat::kJsonl:
      break;
    case OutputFormat::kCsv:
      if (statements_ > 0) out_ += '\n';
      AppendCsvRow(out_,
                   records ? std::vector<std::string>{"key", "class", "status", "name"} : columns);
      break;
    case OutputFormat::kTable:
      table_ = std::make_unique<ResultTable>(
          records ? std::vector<std::string>{std::string(context_.Say("KEY", "キー")),
                                             std::string(context_.Say("CLASS", "クラス")),
                                             std::string(context_.Say("STATUS", "状態")),
                                             std::string(context_.Say("NAME", "名前"))}
                  : columns);
      break;
  }
}

void ResultWriter::WriteJsonRow(JsonWriter& json, const client::QueryRow& row) const {
  json.BeginObject();
  for (std::size_t i = 0; i < row.size(); ++i) {
    json.Key(columns_[i]);
    WriteQueryValue(json, row[i]);
  }
  json.End();
}

void ResultWriter::WriteCsvRow(const client::QueryRow& row) {
  if (form_.filter) {
    AppendCsvRow(out_, RecordCells(row));
    return;
  }
  std::vector<std::string> cells;
  for (const client::QueryValue& value : row) cells.push_back(CellText(value, ""));
  AppendCsvRow(out_, cells);
}

void ResultWriter::Row(const std::vector<std::string>& columns, const client::QueryRow& row) {
  if (!begun_) Begin(columns);
  switch (form_.format) {
    case OutputFormat::kJson:
      WriteJsonRow(json_, row);
      break;
    case OutputFormat::kJsonl: {
      JsonWriter line(out_, JsonWriter::Layout::kInline);
      WriteJsonRow(line, row);
      out_ += '\n';
      break;
    }
    case OutputFormat::kCsv:
      WriteCsvRow(row);
      break;
    case OutputFormat::kTable:
      if (form_.filter) {
        table_->AddCells(RecordCells(row));
      } else {
        table_->AddRow(row);
      }
      break;
  }
  if (out_.size() < kFlushBytes) return;
  context_.Write(out_);
  out_.clear();
}

void ResultWriter::EndJson(const client::StatementSummary& summary) {
  json_.End();
  json_.Key("view");
  WriteView(json_, summary.view);
  json_.Member("row_count", summary.rows);
  json_.Key("cut");
  json_.Boolean(summary.cut);
  if (!summary.plan.empty()) {
    json_.Key("plan");
    WritePlan(json_, summary);
  }
  json_.End();
  if (!form_.several) out_ += '\n';
}

void ResultWriter::EndLines(const client::StatementSummary& summary) {
  if (summary.plan.empty()) return;
  JsonWriter line(out_, JsonWriter::Layout::kInline);
  line.BeginObject();
  line.Key("plan");
  WritePlan(line, summary);
  line.End();
  out_ += '\n';
}

void ResultWriter::EndCsv(const client::StatementSummary& summary) {
  if (summary.plan.empty()) return;
  if (summary.explained) {
    out_.clear();  // the header of rows that there are none of
    if (statements_ > 0) out_ += '\n';
  } else {
    out_ += '\n';
  }
  AppendCsvRow(out_, {"depth", "operator", "details", "rows", "nanoseconds"});
  for (const client::PlanLine& line : summary.plan) {
    AppendCsvRow(out_, {std::to_string(line.depth), line.name, line.details,
                        summary.explained ? "" : std::to_string(line.rows),
                        summary.explained ? "" : std::to_string(line.time.count())});
  }
}

void ResultWriter::EndTable(const client::StatementSummary& summary) {
  const std::size_t width = context_.columns();
  const bool shown = table_->row_count() > 0;
  if (statements_ > 0 && (shown || !summary.plan.empty())) out_ += '\n';
  if (shown) out_ += table_->Render(width, context_.style());
  if (!summary.plan.empty()) {
    if (shown) out_ += '\n';
    out_ += RenderPlan(summary.plan, !summary.explained, width, context_.style());
  }
  table_.reset();
}

void ResultWriter::End(const client::StatementSummary& summary) {
  if (!begun_) Begin(summary.columns);
  switch (form_.format) {
    case OutputFormat::kJson:
      EndJson(summary);
      break;
    case OutputFormat::kJsonl:
      EndLines(summary);
      break;
    case OutputFormat::kCsv:
      EndCsv(summary);
      break;
    case OutputFormat::kTable:
      EndTable(summary);
      break;
  }
  context_.Write(out_);
  out_.clear();
  begun_ = false;
  ++statements_;
}

void ResultWriter::Finish() {
  if (form_.format == OutputFormat::kJson) {
    if (begun_) {
      json_.End();
      json_.End();
      if (!form_.several) out_ += '\n';
    }
    if (form_.several) {
      json_.End();
      out_ += '\n';
    }
  }
  begun_ = false;
  table_.reset();
  context_.Write(out_);
  out_.clear();
}

void NoteCut(Context& context, const client::StatementSummary& summary) {
  if (!summary.cut) return;
  context.Note(context.japanese()
                   ? absl::StrFormat("%s 行を表示しました。続きは --limit で指定してください",
                                     Grouped(summary.rows))
                   : absl::StrFormat("%s listed, there are more; ask for them with --limit",
                                     Counted(summary.rows, "row", "rows")));
}

}  // namespace kosei::cli
