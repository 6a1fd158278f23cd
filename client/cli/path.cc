// kosei path A B
#include <string>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "impact_answer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "record_text.h"
#include "step_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

void Write(Context& context, const PathOptions& options, const client::PathResult& result,
           const client::Model& model) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, ObjectLayout(context.format()));
      json.BeginObject(JsonWriter::Layout::kLines);
      json.Key("view");
      WriteView(json, result.view);
      json.Member("from", options.from);
      json.Member("to", options.to);
      json.Key("found");
      json.Boolean(result.found);
      json.Key("path");
      WritePath(json, result.steps, model);
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"from", "type", "to"});
      for (const client::PathStep& step : result.steps) {
        AppendCsvRow(out, {step.from, std::string(model.RelationshipTypeName(step.type)), step.to});
      }
      break;
    case OutputFormat::kTable:
      // One step a line reads better than one long line.
      for (const client::PathStep& step : result.steps) {
        out += StepsText({step}, model, 0) + "\n";
      }
      break;
  }
  context.Write(out);
}

}  // namespace

CommandResult RunPath(Context& context, const PathOptions& options) {
  if (options.all || options.nearest.has_value()) return RunPaths(context, options);
  if (options.limit.has_value()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "path: --limit bounds a list of paths; ask for one with --all or --k N",
                     "--limit");
  }
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::PathResult result,
                         client->Path(options.from, options.to, view));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  Write(context, options, result, *model);
  if (result.found) return ExitCode::kOk;
  context.Note(absl::StrFormat("%s: %s -> %s",
                               context.Say("no failure travels", "障害は伝わりません"),
                               options.from, options.to));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli
