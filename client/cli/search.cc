// kosei search [TEXT]
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

struct Sign {
  std::string_view text;
  client::Comparison comparison;
};
// Longer ones first.
constexpr Sign kSigns[] = {
    {"<=", client::Comparison::kLessOrEqual}, {">=", client::Comparison::kGreaterOrEqual},
    {"^=", client::Comparison::kPrefix},      {"=", client::Comparison::kEqual},
    {"<", client::Comparison::kLess},         {">", client::Comparison::kGreater}};

// "attribute=value", with another sign between them as well.
absl::StatusOr<client::Condition> ParseCondition(const std::string& text) {
  const std::size_t at = text.find_first_of("=<>^");
  if (at != 0 && at != std::string::npos) {
    for (const Sign& sign : kSigns) {
      if (!std::string_view(text).substr(at).starts_with(sign.text)) continue;
      return client::Condition{text.substr(0, at), text.substr(at + sign.text.size()),
                               sign.comparison};
    }
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("search where '%s': expected attribute=value, or <, <=, >, >= "
                                   "or ^= between them",
                                   text),
                   "--where");
}

absl::StatusOr<client::SearchRequest> RequestOf(const SearchOptions& options) {
  client::SearchRequest request;
  request.text = options.text;
  request.class_name = options.class_name;
  request.limit = options.limit;
  for (const std::string& condition : options.where) {
    KOSEI_ASSIGN_OR_RETURN(client::Condition parsed, ParseCondition(condition));
    request.where.push_back(std::move(parsed));
  }
  request.by_id = options.order == "id";
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  return request;
}

// Rows that are written as they come; a table needs all of them first.
class Hits {
 public:
  Hits(Context& context, const client::Model& model)
      : context_(context),
        model_(model),
        types_(model),
        table_({{std::string(context.Say("KEY", "キー"))},
                {std::string(context.Say("CLASS", "クラス"))},
                {std::string(context.Say("STATUS", "状態"))},
                {std::string(context.Say("NAME", "名前"))}}) {}

  void Add(const client::RecordVersion& hit) {
    const auto text = [&](std::string_view name) {
      return AttributeText(hit.record, name, model_, types_);
    };
    std::vector<std::string> row = {hit.record.key,
                                    std::string(model_.ClassName(hit.record.class_number)),
                                    text("status"), text("name")};
    switch (context_.format()) {
      case OutputFormat::kJson:
        records_.push_back(hit);
        break;
      case OutputFormat::kJsonl: {
        std::string line;
        JsonWriter json(line, JsonWriter::Layout::kInline);
        WriteRecord(json, hit, model_, types_, JsonWriter::Layout::kInline);
        context_.Write(line + "\n");
        break;
      }
      case OutputFormat::kCsv: {
        std::string line;
        if (!header_written_) AppendCsvRow(line, {"key", "class", "status", "name"});
        header_written_ = true;
        AppendCsvRow(line, row);
        context_.Write(line);
        break;
      }
      case OutputFormat::kTable:
        table_.AddRow(std::move(row));
        break;
    }
  }

  void Finish(const client::SearchSummary& summary) {
    if (context_.format() == OutputFormat::kTable && table_.row_count() > 0) {
      context_.Write(table_.Render(context_.style()));
    }
    if (context_.format() == OutputFormat::kCsv && !header_written_) {
      context_.Write("key,class,status,name\n");
    }
    if (context_.format() != OutputFormat::kJson) return;
    std::string out;
    JsonWriter json(out);
    json.BeginObject(JsonWriter::Layout::kLines);
    json.Key("view");
    WriteView(json, summary.view);
    json.Key("records");
    json.BeginArray(JsonWriter::Layout::kLines);
    for (const client::RecordVersion& record : records_) {
      WriteRecord(json, record, model_, types_, JsonWriter::Layout::kInline);
    }
    json.End();
    json.Member("matched", summary.matched);
    json.Key("cut");
    json.Boolean(summary.cut);
    json.End();
    context_.Write(out + "\n");
  }

 private:
  Context& context_;
  const client::Model& model_;
  AttributeTypes types_;
  Table table_;
  std::vector<client::RecordVersion> records_;
  bool header_written_ = false;
};

}  // namespace

CommandResult RunSearch(Context& context, const SearchOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::SearchRequest request, RequestOf(options));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  // Hits are shown as they come, under the names of their day.
  auto model = client->model();
  if (request.view.kind != client::ViewName::Kind::kNewest) {
    KOSEI_ASSIGN_OR_RETURN(model, client->ModelAt(request.view));
  }
  Hits hits(context, *model);
  std::uint64_t seen = 0;
  KOSEI_ASSIGN_OR_RETURN(const client::SearchSummary summary,
                         client->Search(request, [&](const client::RecordVersion& hit) {
                           hits.Add(hit);
                           ++seen;
                           return true;
                         }));
  hits.Finish(summary);
  if (summary.retired > 0) {
    context.Note(
        context.japanese()
            ? absl::StrFormat("注: %d 件は当時の値の保存期間が過ぎており、該当するか不明です",
                              summary.retired)
            : absl::StrFormat("note: of %s nobody knows any more whether they fit: what "
                              "they were then was retired",
                              Counted(summary.retired, "record", "records")));
  }
  if (summary.cut) {
    context.Note(context.japanese()
                     ? absl::StrFormat("%s 件を表示しました。続きは --limit で指定してください",
                                       Grouped(seen))
                     : absl::StrFormat("%s listed, there are more; ask for them with --limit",
                                       Counted(seen, "record", "records")));
  }
  if (seen > 0) return ExitCode::kOk;
  context.Note(context.Say("nothing found", "見つかりませんでした"));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli
