// kosei baseline create, baseline list, baseline drop
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "display_width.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Baseline;

// A store of an early version did not keep it.
bool IsKnown(Timestamp created) { return created != kBeginningOfTime; }

void WriteBaseline(JsonWriter& json, const Baseline& baseline) {
  json.BeginObject();
  json.Member("name", baseline.name);
  json.Key("view");
  WriteView(json, baseline.view);
  json.Member("description", baseline.description);
  json.Member("creator", baseline.creator);
  json.Key("created");
  if (IsKnown(baseline.created)) {
    json.Text(FormatTimestamp(baseline.created));
  } else {
    json.Null();
  }
  json.End();
}

std::vector<std::string> RowOf(const Baseline& baseline) {
  return {baseline.name,
          std::to_string(baseline.view.commit),
          FormatTimestamp(baseline.view.valid_at),
          IsKnown(baseline.created) ? FormatTimestamp(baseline.created) : "",
          baseline.creator,
          baseline.description};
}

void Write(Context& context, const std::vector<Baseline>& baselines, bool one) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson: {
      JsonWriter json(out);
      if (!one) json.BeginArray(JsonWriter::Layout::kLines);
      for (const Baseline& baseline : baselines) WriteBaseline(json, baseline);
      if (!one) json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kJsonl:
      for (const Baseline& baseline : baselines) {
        JsonWriter json(out, JsonWriter::Layout::kInline);
        WriteBaseline(json, baseline);
        out += '\n';
      }
      break;
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"name", "commit", "valid_at", "created", "creator", "description"});
      for (const Baseline& baseline : baselines) AppendCsvRow(out, RowOf(baseline));
      break;
    case OutputFormat::kTable: {
      Table table({{std::string(context.Say("BASELINE", "ベースライン"))},
                   {std::string(context.Say("COMMIT", "コミット")), Table::Align::kRight},
                   {std::string(context.Say("VALID AT", "有効時点"))},
                   {std::string(context.Say("CREATED", "作成日時"))},
                   {std::string(context.Say("BY", "作成者"))},
                   {std::string(context.Say("DESCRIPTION", "説明"))}});
      for (const Baseline& baseline : baselines) table.AddRow(RowOf(baseline));
      if (table.row_count() > 0) out = table.Render(context.style());
      break;
    }
  }
  context.Write(out);
}

}  // namespace

CommandResult RunBaselineCreate(Context& context, const BaselineCreateOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Baseline baseline,
                         client->CreateBaseline(options.name, options.description, view));
  Write(context, {baseline}, true);
  return ExitCode::kOk;
}

CommandResult RunBaselineDrop(Context& context, const std::string& name) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_RETURN_IF_ERROR(client->DropBaseline(name));
  context.Note(context.japanese()
                   ? absl::StrFormat("ベースライン %s を削除しました", Printable(name))
                   : absl::StrFormat("baseline %s is dropped", Printable(name)));
  return ExitCode::kOk;
}

CommandResult RunBaselineList(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<Baseline> baselines, client->ListBaselines());
  Write(context, baselines, false);
  if (baselines.empty()) {
    context.Note(context.Say("there are no baselines", "ベースラインはありません"));
    return ExitCode::kNothing;
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
