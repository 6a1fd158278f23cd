// kosei baseline create, baseline list, baseline drop
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/display_width.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
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

void Write(Context& context, const std::vector<Baseline>& baselines) {
  const ListForm<Baseline> form{
      {"name", "commit", "valid_at", "created", "creator", "description"}, WriteBaseline, RowOf};
  Table table({{std::string(context.Say("BASELINE", "ベースライン"))},
               {std::string(context.Say("COMMIT", "コミット")), Table::Align::kRight},
               {std::string(context.Say("VALID AT", "有効時点"))},
               {std::string(context.Say("CREATED", "作成日時"))},
               {std::string(context.Say("BY", "作成者"))},
               {std::string(context.Say("DESCRIPTION", "説明"))}});
  WriteList(context, baselines, form, std::move(table), RowOf);
}

// One alone is no array.
void Write(Context& context, const Baseline& baseline) {
  if (context.format() != OutputFormat::kJson) {
    Write(context, std::vector<Baseline>{baseline});
    return;
  }
  std::string out;
  JsonWriter json(out);
  WriteBaseline(json, baseline);
  context.Write(out + "\n");
}

}  // namespace

CommandResult RunBaselineCreate(Context& context, const BaselineCreateOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Baseline baseline,
                         client->CreateBaseline(options.name, options.description, view));
  Write(context, baseline);
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
  Write(context, baselines);
  if (baselines.empty()) {
    context.Note(context.Say("there are no baselines", "ベースラインはありません"));
    return ExitCode::kNothing;
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
