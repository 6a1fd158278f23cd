// kosei NOUN new, do, set, comment, log, next
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "process/approval_text.h"
#include "process/process_commands.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ProcessEvent;
using client::ProcessLink;
using client::ProcessOutcome;
using client::ProcessRefusal;

// "name=value"; nothing after the sign takes the value away.
absl::StatusOr<language::PackedMap> MapOf(const std::vector<std::string>& assignments,
                                          std::string_view what) {
  language::PackedMap map;
  for (const std::string& text : assignments) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("%s \"%s\": write NAME=VALUE", std::string(what), text),
                       what);
    }
    language::PackedValue value;
    if (sign + 1 < text.size()) value.value = text.substr(sign + 1);
    map.push_back({text.substr(0, sign), std::move(value)});
  }
  return map;
}

absl::StatusOr<std::vector<ProcessLink>> LinksOf(const std::vector<std::string>& texts) {
  std::vector<ProcessLink> links;
  for (const std::string& text : texts) {
    const std::size_t sign = text.find_first_of("=<");
    if (sign == std::string::npos || sign == 0 || sign + 1 == text.size()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("link \"%s\": write TYPE=KEY for a link to the record KEY, "
                                       "or \"TYPE<KEY\" for one from it",
                                       text),
                       "link");
    }
    links.push_back({text.substr(0, sign), text.substr(sign + 1), text[sign] == '<'});
  }
  return links;
}

void WriteRefusals(JsonWriter& json, std::string_view name,
                   const std::vector<ProcessRefusal>& refusals) {
  json.Key(name);
  json.BeginArray();
  for (const ProcessRefusal& refusal : refusals) {
    json.BeginObject();
    json.Member("name", refusal.name);
    json.Member("en", refusal.en);
    json.Member("ja", refusal.ja);
    json.End();
  }
  json.End();
}

void WriteTexts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.Key(name);
  json.BeginArray();
  for (const std::string& text : texts) json.Text(text);
  json.End();
}

std::string OutcomeJson(const ProcessOutcome& outcome) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kInline);
  json.BeginObject();
  json.Member("key", outcome.key);
  json.Member("event", outcome.event);
  json.Member("from", outcome.from);
  json.Member("to", outcome.to);
  json.Key("done");
  json.Boolean(outcome.done());
  WriteRefusals(json, "refusals", outcome.refusals);
  WriteTexts(json, "created", outcome.created);
  WriteTexts(json, "followed", outcome.followed);
  json.Member("commit", outcome.commit);
  json.Member("time", FormatTimestamp(outcome.time));
  json.End();
  out += '\n';
  return out;
}

const std::string& SaidIn(const Context& context, const ProcessRefusal& refusal) {
  return context.japanese() && !refusal.ja.empty() ? refusal.ja : refusal.en;
}

std::string OutcomeText(const Context& context, const ProcessOutcome& outcome) {
  std::string out = outcome.key;
  if (!outcome.from.empty() && outcome.from != outcome.to) {
    absl::StrAppend(&out, "  ", outcome.from, " -> ", outcome.to);
  } else if (!outcome.to.empty()) {
    absl::StrAppend(&out, "  ", outcome.to);
  }
  out += '\n';
  for (const std::string& key : outcome.created)
    absl::StrAppend(&out, "  ", std::string(context.Say("created", "作成")), " ", key, "\n");
  for (const std::string& event : outcome.followed)
    absl::StrAppend(&out, "  ", std::string(context.Say("then", "続けて")), " ", event, "\n");
  return out;
}

// Refusals go to those who have to do something about them; programs get them with the rest.
CommandResult WriteOutcome(Context& context, const absl::StatusOr<ProcessOutcome>& outcome) {
  KOSEI_RETURN_IF_ERROR(outcome.status());
  const bool table = context.format() == OutputFormat::kTable;
  if (outcome->done()) {
    context.Write(table ? OutcomeText(context, *outcome) : OutcomeJson(*outcome));
    return ExitCode::kOk;
  }
  if (!table) context.Write(OutcomeJson(*outcome));
  // A record that was not opened has no key, and an edit no event.
  std::string what = outcome->key;
  if (!outcome->event.empty()) absl::StrAppend(&what, what.empty() ? "" : " ", outcome->event);
  if (!what.empty()) what += ": ";
  context.Note(absl::StrCat(
      "kosei: ", what,
      std::string(outcome->key.empty() ? context.Say("it is not opened:", "起票できません:")
                                       : context.Say("not now:", "今は実行できません:"))));
  for (const ProcessRefusal& refusal : outcome->refusals)
    context.Note(absl::StrCat("  - ", SaidIn(context, refusal)));
  return ExitCode::kConflict;
}

}  // namespace

CommandResult RunProcessNew(Context& context, const ProcessNewOptions& options) {
  client::ProcessNew record;
  record.class_name = options.noun.class_name;
  KOSEI_ASSIGN_OR_RETURN(record.attributes, MapOf(options.assignments, "attribute"));
  if (!options.title.empty()) record.attributes.push_back({"name", {options.title}});
  KOSEI_ASSIGN_OR_RETURN(record.links, LinksOf(options.links));
  record.reason = options.reason;
  record.template_key = options.template_key;
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  return WriteOutcome(context, client->OpenProcess(record));
}

CommandResult RunProcessDo(Context& context, const ProcessDoOptions& options) {
  client::ProcessStep step;
  step.key = options.key;
  step.event = options.event;
  KOSEI_ASSIGN_OR_RETURN(step.attributes, MapOf(options.assignments, "attribute"));
  KOSEI_ASSIGN_OR_RETURN(step.inputs, MapOf(options.inputs, "input"));
  KOSEI_ASSIGN_OR_RETURN(step.links, LinksOf(options.links));
  KOSEI_ASSIGN_OR_RETURN(step.end_links, LinksOf(options.end_links));
  step.expected_begin = options.expect;
  step.reason = options.reason;
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  return WriteOutcome(context, client->DoProcess(step));
}

CommandResult RunProcessWatch(Context& context, const ProcessWatchOptions& options) {
  client::ProcessStep step;
  step.key = options.key;
  (options.ends ? step.end_links : step.links).push_back({"watches", options.person, true});
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  return WriteOutcome(context, client->DoProcess(step));
}

CommandResult RunProcessNote(Context& context, const ProcessNoteOptions& options) {
  client::ProcessNote note;
  note.key = options.key;
  note.text = options.text;
  note.work = options.work;
  note.minutes = options.minutes;
  note.is_public = options.is_public;
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  return WriteOutcome(context, client->NoteProcess(note));
}

CommandResult RunProcessVote(Context& context, const ProcessVoteOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  return WriteOutcome(context,
                      client->VoteOnProcess({options.key, options.reject, options.comment,
                                             options.on_behalf_of, options.policy, options.step}));
}

CommandResult RunProcessNext(Context& context, const ProcessShowOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessOutlook outlook, client->LookAtProcess(options.key));
  std::string out;
  if (context.format() != OutputFormat::kTable) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("key", outlook.key);
    json.Member("class", outlook.class_name);
    json.Member("life_cycle", outlook.life_cycle);
    json.Member("version", std::uint64_t{outlook.version});
    json.Member("state", outlook.state);
    json.Key("events");
    json.BeginArray();
    for (const ProcessEvent& event : outlook.events) {
      json.BeginObject();
      json.Member("name", event.name);
      json.Member("to", event.to);
      json.Key("automatic");
      json.Boolean(event.automatic);
      json.Key("allowed");
      json.Boolean(event.allowed);
      WriteRefusals(json, "needs", event.needs);
      WriteRefusals(json, "refusals", event.refusals);
      json.End();
    }
    json.End();
    json.Key("approvals");
    WriteApprovals(json, outlook.approvals);
    json.End();
    out += '\n';
    context.Write(out);
    return ExitCode::kOk;
  }
  const bool japanese = context.japanese();
  out = absl::StrFormat("%s  %s\n", outlook.key, japanese ? outlook.state_ja : outlook.state_en);
  Table table({{std::string(context.Say("event", "遷移"))},
               {std::string(context.Say("leads to", "遷移先"))},
               {""},
               {std::string(context.Say("needs", "必要なもの"))}});
  for (const ProcessEvent& event : outlook.events) {
    // What is missing is named; what is in the way is said.
    std::string needs;
    for (const ProcessRefusal& refusal : event.needs)
      absl::StrAppend(&needs, needs.empty() ? "" : ", ", refusal.name);
    for (const ProcessRefusal& refusal : event.refusals)
      absl::StrAppend(&needs, needs.empty() ? "" : "; ", SaidIn(context, refusal));
    table.AddRow({event.name, event.to,
                  event.automatic ? std::string(context.Say("system", "自動"))
                  : event.allowed ? std::string(context.Say("yes", "可"))
                                  : std::string(context.Say("no", "不可")),
                  std::move(needs)});
  }
  out += table.Render(context.style());
  if (const std::string votes = VotesText(outlook.approvals, japanese); !votes.empty())
    absl::StrAppend(&out, std::string(context.Say("approvals", "承認")), ": ", votes, "\n");
  context.Write(out);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
