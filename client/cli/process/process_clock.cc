// kosei NOUN clock: what was promised on time, what is left of it, and why.
#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "process/process_commands.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ClockTarget;
using client::ClockVerdict;
using client::ProcessClock;
using client::ProcessExplanation;
using client::ProcessTarget;

constexpr std::int64_t kMicrosOfSecond = 1'000'000;
constexpr std::array<std::string_view, 4> kLevels = {"", "customer", "internal", "supplier"};
constexpr std::array<std::string_view, 4> kPauseOwners = {"customer", "supplier", "provider",
                                                          "planned_change"};

// "16:05", "-0:30", "0:00:12" when there are seconds. Hours are not made days, which have as many
// hours as the calendar works.
std::string LengthText(std::int64_t micros) {
  const std::int64_t seconds = std::llabs(micros) / kMicrosOfSecond;
  std::string text =
      absl::StrFormat("%s%d:%02d", micros < 0 ? "-" : "", seconds / 3600, seconds / 60 % 60);
  if (seconds % 60 != 0) absl::StrAppendFormat(&text, ":%02d", seconds % 60);
  return text;
}

std::string InstantText(const std::optional<Timestamp>& instant) {
  return instant.has_value() ? ShortTime(*instant) : std::string();
}

std::string TargetText(const Context& context, ClockTarget target) {
  if (target == ClockTarget::kRespond) return std::string(context.Say("respond", "初動"));
  return std::string(context.Say("resolve", "解決"));
}

bool HasTime(const ProcessTarget& target) {
  return target.verdict != ClockVerdict::kNoTarget && target.verdict != ClockVerdict::kError;
}

void WriteInstant(JsonWriter& json, std::string_view name,
                  const std::optional<Timestamp>& instant) {
  json.Key(name);
  instant.has_value() ? json.Text(FormatTimestamp(*instant)) : json.Null();
}

void WriteSeconds(JsonWriter& json, std::string_view name, std::int64_t micros) {
  json.Key(name);
  json.Integer(micros / kMicrosOfSecond);
}

void WriteTarget(JsonWriter& json, const ProcessTarget& target) {
  json.BeginObject();
  json.Member("agreement", target.agreement);
  json.Member("level", target.level < kLevels.size() ? kLevels[target.level] : "");
  json.Member("party", target.party);
  json.Member("target", client::NameOf(target.target));
  json.Member("state", target.verdict_name);
  json.Member("calendar", target.calendar);
  json.Member("priority", target.priority);
  WriteInstant(json, "due", target.deadline);
  WriteInstant(json, "started", target.started);
  WriteInstant(json, "stopped", target.stopped);
  WriteSeconds(json, "given_seconds", target.given);
  WriteSeconds(json, "elapsed_seconds", target.counted);
  WriteSeconds(json, "remaining_seconds", target.remaining);
  json.Key("percent");
  json.Number(
      absl::StrFormat("%d.%02d", target.percent_hundredths / 100, target.percent_hundredths % 100));
  json.Key("warnings");
  json.BeginArray();
  for (const client::ProcessWarning& warning : target.warnings) {
    json.BeginObject();
    json.Member("percent", std::uint64_t{warning.percent});
    WriteInstant(json, "at", warning.at);
    json.Key("reached");
    json.Boolean(warning.reached);
    json.End();
  }
  json.End();
  json.Key("error");
  target.error.empty() ? json.Null() : json.Text(target.error);
  json.End();
}

void WriteExplanation(JsonWriter& json, const ProcessExplanation& explanation) {
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("agreement", explanation.target.agreement);
  json.Member("target", client::NameOf(explanation.target.target));
  json.Key("intervals");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::ProcessInterval& interval : explanation.intervals) {
    json.BeginObject();
    json.Member("from", FormatTimestamp(interval.from));
    json.Member("to", FormatTimestamp(interval.to));
    json.Key("counted");
    json.Boolean(interval.counted);
    json.Member("state", interval.state);
    json.Member("party", interval.party);
    json.Member("en", interval.en);
    json.Member("ja", interval.ja);
    json.End();
  }
  json.End();
  json.Key("parties");
  json.BeginArray();
  for (const client::ProcessShare& share : explanation.parties) {
    json.BeginObject();
    json.Member("party", share.party);
    WriteSeconds(json, "elapsed_seconds", share.counted);
    json.End();
  }
  json.End();
  json.Key("paused_seconds");
  json.BeginObject();
  for (std::size_t i = 0; i < explanation.paused.size() && i < kPauseOwners.size(); ++i)
    WriteSeconds(json, kPauseOwners[i], explanation.paused[i]);
  json.End();
  json.End();
}

std::string JsonOf(const ProcessClock& clock, const std::vector<ProcessExplanation>& explained,
                   bool explain, JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(layout);
  json.Member("key", clock.key);
  json.Member("at", FormatTimestamp(clock.at));
  json.Key("targets");
  json.BeginArray(layout);
  for (const ProcessTarget& target : clock.targets) WriteTarget(json, target);
  json.End();
  if (explain) {
    json.Key("explanations");
    json.BeginArray(layout);
    for (const ProcessExplanation& each : explained) WriteExplanation(json, each);
    json.End();
  }
  json.End();
  return out + "\n";
}

std::string CsvOf(const ProcessClock& clock, const std::vector<ProcessExplanation>& explained,
                  bool explain) {
  std::string out;
  const auto instant = [](const std::optional<Timestamp>& at) {
    return at.has_value() ? FormatTimestamp(*at) : std::string();
  };
  if (explain) {
    AppendCsvRow(out, {"agreement", "target", "from", "to", "counted", "state", "party", "why"});
    for (const ProcessExplanation& each : explained) {
      for (const client::ProcessInterval& interval : each.intervals) {
        AppendCsvRow(out, {each.target.agreement, std::string(client::NameOf(each.target.target)),
                           FormatTimestamp(interval.from), FormatTimestamp(interval.to),
                           interval.counted ? "true" : "false", interval.state, interval.party,
                           interval.en});
      }
    }
    return out;
  }
  AppendCsvRow(out, {"agreement", "party", "target", "state", "due", "elapsed_seconds",
                     "remaining_seconds", "given_seconds"});
  for (const ProcessTarget& target : clock.targets) {
    AppendCsvRow(out, {target.agreement, target.party, std::string(client::NameOf(target.target)),
                       target.verdict_name, instant(target.deadline),
                       std::to_string(target.counted / kMicrosOfSecond),
                       std::to_string(target.remaining / kMicrosOfSecond),
                       std::to_string(target.given / kMicrosOfSecond)});
  }
  return out;
}

std::string TargetsTable(const Context& context, const ProcessClock& clock) {
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  const auto right = Table::Align::kRight;
  Table table({{title("AGREEMENT", "合意")},
               {title("TARGET", "目標")},
               {title("STATE", "状況")},
               {title("DUE", "期限")},
               {title("ELAPSED", "経過"), right},
               {title("REMAINING", "残り"), right},
               {"%", right}});
  for (const ProcessTarget& target : clock.targets) {
    std::string agreement = target.agreement;
    if (!target.party.empty()) absl::StrAppend(&agreement, " (", target.party, ")");
    const bool timed = HasTime(target);
    table.AddRow({std::move(agreement), TargetText(context, target.target),
                  context.japanese() ? target.verdict_ja : target.verdict_en,
                  InstantText(target.deadline), timed ? LengthText(target.counted) : "",
                  timed ? LengthText(target.remaining) : "",
                  timed ? absl::StrFormat("%d.%02d", target.percent_hundredths / 100,
                                          target.percent_hundredths % 100)
                        : ""});
  }
  return table.Render(context.style());
}

std::string ExplanationTable(const Context& context, const ProcessExplanation& explanation) {
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  const auto right = Table::Align::kRight;
  Table table({{title("FROM", "開始")},
               {title("TO", "終了")},
               {title("COUNTED", "算入"), right},
               {title("STATE", "状態")},
               {title("PARTY", "担当")},
               {title("WHY", "理由")}});
  for (const client::ProcessInterval& interval : explanation.intervals) {
    table.AddRow({ShortTime(interval.from), ShortTime(interval.to),
                  interval.counted ? LengthText(interval.to.micros - interval.from.micros) : "",
                  interval.state, interval.party, context.japanese() ? interval.ja : interval.en});
  }
  return absl::StrFormat("\n%s, %s\n%s", explanation.target.agreement,
                         TargetText(context, explanation.target.target),
                         table.Render(context.style()));
}

// Of all targets, those that --agreement and --target leave.
absl::StatusOr<std::vector<ProcessExplanation>> Explain(client::Client& client,
                                                        const ProcessClock& clock,
                                                        const ProcessClockOptions& options) {
  std::vector<ProcessExplanation> explained;
  for (const ProcessTarget& target : clock.targets) {
    if (!options.agreement.empty() && options.agreement != target.agreement) continue;
    if (!options.target.empty() && options.target != client::NameOf(target.target)) continue;
    KOSEI_ASSIGN_OR_RETURN(
        ProcessClock answer,
        client.ClockOfProcess({clock.key, clock.at, target.agreement, target.target}));
    if (answer.explanation.has_value()) explained.push_back(*std::move(answer.explanation));
  }
  if (!explained.empty() || (options.agreement.empty() && options.target.empty())) return explained;
  return MakeError(
      ErrorCode::kNotFound,
      absl::StrFormat("clock of %s: no target%s%s governs it; `kosei %s clock %s` lists those that "
                      "do",
                      clock.key,
                      options.agreement.empty() ? "" : absl::StrCat(" of ", options.agreement),
                      options.target.empty() ? "" : absl::StrCat(" to ", options.target),
                      options.noun, clock.key),
      options.agreement.empty() ? "--target" : "--agreement");
}

}  // namespace

CommandResult RunProcessClock(Context& context, const ProcessClockOptions& options) {
  client::ProcessClockQuestion question{.key = options.key};
  if (!options.at.empty()) {
    const absl::StatusOr<Timestamp> at = ParseTimestamp(options.at);
    if (!at.ok()) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("--at '%s': %s", options.at, std::string(MessageOf(at.status()))),
          "--at");
    }
    question.at = *at;
  }
  const bool explain = options.explain || !options.agreement.empty() || !options.target.empty();
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const ProcessClock clock, client->ClockOfProcess(question));
  std::vector<ProcessExplanation> explained;
  if (explain) {
    KOSEI_ASSIGN_OR_RETURN(explained, Explain(*client, clock, options));
  }
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(JsonOf(clock, explained, explain, JsonWriter::Layout::kLines));
      break;
    case OutputFormat::kJsonl:
      context.Write(JsonOf(clock, explained, explain, JsonWriter::Layout::kInline));
      break;
    case OutputFormat::kCsv:
      context.Write(CsvOf(clock, explained, explain));
      break;
    case OutputFormat::kTable:
      if (!clock.targets.empty()) context.Write(TargetsTable(context, clock));
      for (const ProcessExplanation& each : explained)
        context.Write(ExplanationTable(context, each));
      break;
  }
  for (const ProcessTarget& target : clock.targets) {
    if (!target.error.empty()) context.Note(absl::StrCat(target.agreement, ": ", target.error));
  }
  if (!clock.targets.empty()) return ExitCode::kOk;
  context.Note(context.Say("no agreement on time governs it, or it was not open then",
                           "適用される合意がないか、その時点ではまだ起票されていません"));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli
