// kosei admin retention set, list, clear, run; kosei admin hold add, list, drop
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Decision;
using client::LegalHold;
using client::RetentionCounts;
using client::RetentionPolicy;
using client::RetentionReport;

// The commit that a decision became.
CommandResult WriteDecision(Context& context, const absl::StatusOr<Decision>& decision) {
  KOSEI_RETURN_IF_ERROR(decision.status());
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, JsonWriter::Layout::kInline);
      json.BeginObject();
      json.Member("commit", decision->commit);
      json.Member("time", FormatTimestamp(decision->time));
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"commit", "time"});
      AppendCsvRow(out, {std::to_string(decision->commit), FormatTimestamp(decision->time)});
      break;
    case OutputFormat::kTable:
      out = absl::StrFormat("%s %d\n", context.Say("commit", "コミット"), decision->commit);
      break;
  }
  context.Write(out);
  return ExitCode::kOk;
}

void WriteDecision(JsonWriter& json, const Decision& decision) {
  json.BeginObject();
  json.Member("commit", decision.commit);
  json.Member("time", FormatTimestamp(decision.time));
  json.Member("actor", decision.actor);
  json.Member("reason", decision.reason);
  json.End();
}

void WritePolicy(JsonWriter& json, const RetentionPolicy& policy) {
  const auto text = [&json](std::string_view name, const std::string& value) {
    json.Key(name);
    value.empty() ? json.Null() : json.Text(value);
  };
  json.BeginObject();
  json.Member("class", policy.class_name);
  text("keep_for", policy.keep_for);
  json.Key("keep_versions");
  policy.keep_versions == 0 ? json.Null() : json.Unsigned(policy.keep_versions);
  text("after_end", policy.after_end);
  json.Key("set");
  WriteDecision(json, policy.set);
  json.End();
}

std::vector<std::string> RowOf(const RetentionPolicy& policy) {
  return {policy.class_name,
          policy.keep_for,
          policy.keep_versions == 0 ? "" : std::to_string(policy.keep_versions),
          policy.after_end,
          std::to_string(policy.set.commit),
          FormatTimestamp(policy.set.time),
          policy.set.actor,
          policy.set.reason};
}

void WriteHold(JsonWriter& json, const LegalHold& hold) {
  json.BeginObject();
  json.Member("name", hold.name);
  json.Key("keys");
  json.BeginArray();
  for (const std::string& key : hold.keys) json.Text(key);
  json.End();
  json.Key("class");
  hold.class_name.empty() ? json.Null() : json.Text(hold.class_name);
  json.Key("added");
  WriteDecision(json, hold.added);
  json.Key("dropped");
  hold.dropped ? WriteDecision(json, *hold.dropped) : json.Null();
  json.End();
}

std::vector<std::string> RowOf(const LegalHold& hold) {
  const Decision dropped = hold.dropped.value_or(Decision{});
  return {hold.name,
          absl::StrJoin(hold.keys, ";"),
          hold.class_name,
          std::to_string(hold.added.commit),
          FormatTimestamp(hold.added.time),
          hold.added.actor,
          hold.added.reason,
          hold.dropped ? std::to_string(dropped.commit) : "",
          hold.dropped ? FormatTimestamp(dropped.time) : "",
          dropped.actor,
          dropped.reason};
}

std::vector<std::string> TableRowOf(const LegalHold& hold) {
  const Decision last = hold.dropped.value_or(hold.added);
  std::string what = absl::StrJoin(hold.keys, ", ");
  if (!hold.class_name.empty()) what += (what.empty() ? "" : ", ") + hold.class_name;
  return {hold.name,
          what,
          ShortTime(hold.added.time),
          hold.dropped ? ShortTime(hold.dropped->time) : "-",
          last.actor,
          last.reason};
}

void WriteCounts(JsonWriter& json, const RetentionCounts& counts) {
  json.BeginObject();
  json.Member("class", counts.class_name);
  json.Member("records", counts.records);
  json.Member("versions", counts.versions);
  json.Member("retired", counts.retired);
  json.Member("gone_before", counts.gone);
  json.Key("kept");
  json.BeginObject();
  json.Member("policy", counts.kept_policy);
  json.Member("newest", counts.kept_newest);
  json.Member("baseline", counts.kept_baseline);
  json.Member("plan", counts.kept_plan);
  json.Member("hold", counts.kept_hold);
  json.End();
  json.End();
}

std::vector<std::string> NumbersOf(const RetentionCounts& counts,
                                   std::string (*text)(std::uint64_t)) {
  return {counts.class_name,        text(counts.records),       text(counts.versions),
          text(counts.retired),     text(counts.gone),          text(counts.kept_policy),
          text(counts.kept_newest), text(counts.kept_baseline), text(counts.kept_plan),
          text(counts.kept_hold)};
}

void WriteReport(Context& context, const RetentionReport& report, bool dry_run) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, ObjectLayout(context.format()));
      json.BeginObject(JsonWriter::Layout::kLines);
      json.Key("dry_run");
      json.Boolean(dry_run);
      json.Key("commit");
      report.commit == 0 ? json.Null() : json.Unsigned(report.commit);
      json.Key("classes");
      json.BeginArray(JsonWriter::Layout::kLines);
      for (const RetentionCounts& counts : report.classes) WriteCounts(json, counts);
      json.End();
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"class", "records", "versions", "retired", "gone_before", "kept_policy",
                         "kept_newest", "kept_baseline", "kept_plan", "kept_hold"});
      for (const RetentionCounts& counts : report.classes) {
        AppendCsvRow(out, NumbersOf(counts, [](std::uint64_t n) { return std::to_string(n); }));
      }
      break;
    case OutputFormat::kTable: {
      const auto right = Table::Align::kRight;
      Table table({{std::string(context.Say("CLASS", "クラス"))},
                   {std::string(context.Say("RECORDS", "レコード")), right},
                   {std::string(context.Say("VERSIONS", "版")), right},
                   {std::string(dry_run ? context.Say("WOULD GO", "削除予定")
                                        : context.Say("RETIRED", "削除")),
                    right},
                   {std::string(context.Say("GONE BEFORE", "削除済み")), right},
                   {std::string(context.Say("YOUNG", "保存期間内")), right},
                   {std::string(context.Say("NEWEST", "最新")), right},
                   {std::string(context.Say("BASELINE", "ベースライン")), right},
                   {std::string(context.Say("PLAN", "計画")), right},
                   {std::string(context.Say("HOLD", "保全")), right}});
      for (const RetentionCounts& counts : report.classes) {
        table.AddRow(NumbersOf(counts, [](std::uint64_t n) { return Grouped(n); }));
      }
      if (!report.classes.empty()) out = table.Render(context.style());
      break;
    }
  }
  context.Write(out);
}

}  // namespace

CommandResult RunRetentionSet(Context& context, const RetentionSetOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return WriteDecision(context, client->SetRetention({.class_name = options.class_name,
                                                      .keep_for = options.keep_for,
                                                      .keep_versions = options.keep_versions,
                                                      .after_end = options.after_end},
                                                     options.reason));
}

CommandResult RunRetentionClear(Context& context, const RetentionSetOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return WriteDecision(context, client->ClearRetention(options.class_name, options.reason));
}

CommandResult RunRetentionList(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::RetentionState state, client->ListRetention());
  const ListForm<RetentionPolicy> form{
      {"class", "keep_for", "keep_versions", "after_end", "commit", "time", "actor", "reason"},
      WritePolicy,
      RowOf};
  Table table({{std::string(context.Say("CLASS", "クラス"))},
               {std::string(context.Say("KEEP FOR", "保存期間"))},
               {std::string(context.Say("VERSIONS", "版数")), Table::Align::kRight},
               {std::string(context.Say("AFTER END", "終了後"))},
               {std::string(context.Say("SET", "設定日時"))},
               {std::string(context.Say("BY", "実行者"))},
               {std::string(context.Say("REASON", "理由"))}});
  WriteList(context, state.policies, form, std::move(table),
            [](const RetentionPolicy& policy) -> std::vector<std::string> {
              const auto or_dash = [](const std::string& text) {
                return text.empty() ? std::string("-") : text;
              };
              return {policy.class_name,
                      or_dash(policy.keep_for),
                      policy.keep_versions == 0 ? "-" : std::to_string(policy.keep_versions),
                      or_dash(policy.after_end),
                      ShortTime(policy.set.time),
                      policy.set.actor,
                      policy.set.reason};
            });
  if (state.policies.empty()) {
    context.Note(context.Say("no class has a policy: everything is kept",
                             "保存期間の設定はなく、すべて保存されます"));
  }
  return ExitCode::kOk;
}

CommandResult RunRetentionRun(Context& context, const RetentionRunOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const std::string reason = options.reason.empty() ? "by hand" : options.reason;
  KOSEI_ASSIGN_OR_RETURN(const RetentionReport report,
                         client->RunRetention(options.dry_run, reason));
  WriteReport(context, report, options.dry_run);
  if (report.classes.empty()) {
    context.Note(context.Say("no record has a class with a policy, so nothing may go",
                             "保存期間が設定されたクラスのレコードはありません"));
  }
  return ExitCode::kOk;
}

CommandResult RunHoldAdd(Context& context, const HoldOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return WriteDecision(
      context, client->AddHold(
                   {.name = options.name, .keys = options.keys, .class_name = options.class_name},
                   options.reason));
}

CommandResult RunHoldDrop(Context& context, const HoldOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return WriteDecision(context, client->DropHold(options.name, options.reason));
}

CommandResult RunHoldList(Context& context, const HoldOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(client::RetentionState state, client->ListRetention());
  if (!options.all) {
    std::erase_if(state.holds, [](const LegalHold& hold) { return hold.dropped.has_value(); });
  }
  const ListForm<LegalHold> form{
      {"name", "keys", "class", "added_commit", "added", "added_by", "added_reason",
       "dropped_commit", "dropped", "dropped_by", "dropped_reason"},
      WriteHold,
      RowOf};
  Table table({{std::string(context.Say("HOLD", "保全"))},
               {std::string(context.Say("KEEPS", "対象"))},
               {std::string(context.Say("ADDED", "追加日時"))},
               {std::string(context.Say("DROPPED", "解除日時"))},
               {std::string(context.Say("BY", "実行者"))},
               {std::string(context.Say("REASON", "理由"))}});
  WriteList(context, state.holds, form, std::move(table), TableRowOf);
  if (state.holds.empty()) {
    context.Note(context.Say("no hold is in force", "有効な保全はありません"));
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
