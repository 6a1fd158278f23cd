// kosei admin scrub
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ScrubAction;
using client::ScrubState;
using client::ScrubStatus;

ScrubAction ActionOf(const ScrubOptions& options) {
  if (options.start) return ScrubAction::kStart;
  if (options.pause) return ScrubAction::kPause;
  return options.resume ? ScrubAction::kResume : ScrubAction::kShow;
}

std::string_view StateName(ScrubState state) {
  switch (state) {
    case ScrubState::kOff:
      return "off";
    case ScrubState::kWaiting:
      return "waiting";
    case ScrubState::kRunning:
      return "running";
    case ScrubState::kPaused:
      return "paused";
  }
  return "";
}

std::string StateText(const Context& context, ScrubState state) {
  switch (state) {
    case ScrubState::kOff:
      return std::string(
          context.Say("off: reads only when asked to", "停止（指示されたときのみ）"));
    case ScrubState::kWaiting:
      return std::string(context.Say("waiting for the next round", "次の巡回を待機中"));
    case ScrubState::kRunning:
      return std::string(context.Say("running", "実行中"));
    case ScrubState::kPaused:
      return std::string(context.Say("paused", "一時停止中"));
  }
  return {};
}

// Empty when there is none.
std::string TimeOf(Timestamp time) {
  const bool none = time == kBeginningOfTime || time == kEndOfTime;
  return none ? std::string() : FormatTimestamp(time);
}

void WriteJson(JsonWriter& json, const ScrubStatus& status, JsonWriter::Layout layout) {
  const auto time = [&json](std::string_view name, Timestamp at) {
    json.Key(name);
    if (const std::string text = TimeOf(at); !text.empty()) {
      json.Text(text);
    } else {
      json.Null();
    }
  };
  json.BeginObject(layout);
  json.Member("state", StateName(status.state));
  json.Member("period_seconds", static_cast<std::uint64_t>(status.period_seconds));
  time("begun", status.begun);
  json.Member("bytes_done", status.bytes_done);
  json.Member("bytes_total", status.bytes_total);
  time("finished", status.finished);
  json.Member("finished_bytes", status.finished_bytes);
  time("next", status.next);
  json.Member("finding_count", status.finding_count);
  json.Key("findings");
  json.BeginArray();
  for (const client::ScrubFinding& finding : status.findings) {
    json.BeginObject();
    time("time", finding.time);
    json.Member("what", finding.what);
    json.End();
  }
  json.End();
  json.End();
}

std::string CsvOf(const ScrubStatus& status) {
  std::string out;
  AppendCsvRow(out, {"time", "what"});
  for (const client::ScrubFinding& finding : status.findings)
    AppendCsvRow(out, {FormatTimestamp(finding.time), finding.what});
  return out;
}

void WriteTable(Context& context, const ScrubStatus& status) {
  Table table({{std::string(context.Say("SCRUB", "巡回検査"))}, {context.options().server}});
  const auto row = [&](std::string_view english, std::string_view japanese, std::string text) {
    table.AddRow({std::string(context.Say(english, japanese)), std::move(text)});
  };
  row("state", "状態", StateText(context, status.state));
  if (status.bytes_total > 0) {
    row("this round", "今回",
        absl::StrFormat("%s / %s (%d %%)", Grouped(status.bytes_done), Grouped(status.bytes_total),
                        status.bytes_done * 100 / status.bytes_total));
  }
  row("begun", "開始", TimeOf(status.begun));
  row("last whole round", "前回の完了", TimeOf(status.finished));
  row("bytes read in it", "その読み取りバイト数", Grouped(status.finished_bytes));
  row("next round", "次回", TimeOf(status.next));
  row("findings", "検出", Grouped(status.finding_count));
  context.Write(table.Render(context.style()));
  for (const client::ScrubFinding& finding : status.findings) {
    context.Write(absl::StrFormat("%s  %s\n", FormatTimestamp(finding.time), finding.what));
  }
}

}  // namespace

CommandResult RunScrub(Context& context, const ScrubOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const ScrubStatus status, client->Scrub(ActionOf(options)));
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      const bool lines = context.format() == OutputFormat::kJson;
      const auto layout = lines ? JsonWriter::Layout::kLines : JsonWriter::Layout::kInline;
      JsonWriter json(out, layout);
      WriteJson(json, status, layout);
      context.Write(out + "\n");
      break;
    }
    case OutputFormat::kCsv:
      context.Write(CsvOf(status));
      break;
    case OutputFormat::kTable:
      WriteTable(context, status);
      break;
  }
  return status.finding_count == 0 ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
