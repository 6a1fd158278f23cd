// kosei admin erase
#include <string>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/display_width.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "record_text.h"

namespace kosei::cli {

CommandResult RunErase(Context& context, const EraseOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::EraseResult result,
                         client->Erase({.key = options.key,
                                        .attributes = options.attributes,
                                        .reason = options.reason,
                                        .cause = options.cause}));
  const bool any = result.commit != 0;
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, ObjectLayout(context.format()));
      json.BeginObject(JsonWriter::Layout::kLines);
      json.Member("key", options.key);
      json.Key("commit");
      any ? json.Unsigned(result.commit) : json.Null();
      json.Key("time");
      any ? json.Text(FormatTimestamp(result.time)) : json.Null();
      json.Member("versions", result.versions);
      json.Member("plan_steps", result.plan_steps);
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"key", "commit", "time", "versions", "plan_steps"});
      AppendCsvRow(out, {options.key, any ? std::to_string(result.commit) : "",
                         any ? FormatTimestamp(result.time) : "", std::to_string(result.versions),
                         std::to_string(result.plan_steps)});
      break;
    case OutputFormat::kTable: {
      const std::string versions = Counted(result.versions, "version", "versions");
      const std::string count = Grouped(result.versions);
      const std::string key = Printable(options.key);
      out = context.japanese()
                ? absl::StrFormat("%s: %s 個の版から消去しました (コミット %d)\n", key, count,
                                  result.commit)
                : absl::StrFormat("%s: erased from %s (commit %d)\n", key, versions, result.commit);
      break;
    }
  }
  if (any || context.format() != OutputFormat::kTable) context.Write(out);
  if (!any)
    context.Note(context.Say("no version has such values", "該当する値を持つ版はありません"));
  return any ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
