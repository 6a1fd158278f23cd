#include "process/entering.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "json_writer.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

using client::ProcessOutcome;

void NoteRefusals(Context& context, const ProcessOutcome& outcome, const std::string& what) {
  context.Note(absl::StrCat("kosei: ", what));
  for (const client::ProcessRefusal& refusal : outcome.refusals)
    context.Note(absl::StrCat("  - ", context.japanese() ? refusal.ja : refusal.en));
}

void WriteAdded(Context& context, const std::string& key, const std::string& state) {
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    out = absl::StrCat(key, "  ", state, "\n");
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("key", key);
    json.Member("state", state);
    json.End();
    out += '\n';
  }
  context.Write(out);
}

}  // namespace

CommandResult OpenAndEnter(Context& context, client::Client& client,
                           const client::ProcessNew& record, bool draft) {
  KOSEI_ASSIGN_OR_RETURN(const ProcessOutcome opened, client.OpenProcess(record));
  if (!opened.done()) {
    NoteRefusals(context, opened,
                 std::string(context.Say("it is not added:", "登録できませんでした:")));
    return ExitCode::kConflict;
  }
  if (draft) {
    WriteAdded(context, opened.key, opened.to);
    return ExitCode::kOk;
  }
  const absl::StatusOr<ProcessOutcome> entered =
      client.DoProcess({.key = opened.key, .event = "enter", .reason = record.reason});
  if (entered.ok() && entered->done()) {
    WriteAdded(context, opened.key, entered->to);
    return ExitCode::kOk;
  }
  // What is not in force does not stay behind half made.
  const absl::Status cancelled =
      client
          .DoProcess({.key = opened.key,
                      .event = "cancel",
                      .attributes = {{"cancellation_reason", {std::string("not put in force")}}}})
          .status();
  if (!cancelled.ok()) context.Note(ErrorText(context, cancelled));
  KOSEI_RETURN_IF_ERROR(entered.status());
  NoteRefusals(context, *entered,
               context.japanese()
                   ? absl::StrFormat("%s は登録できないため取り消しました:", opened.key)
                   : absl::StrFormat("%s is not put in force, and cancelled:", opened.key));
  return ExitCode::kConflict;
}

}  // namespace kosei::cli
