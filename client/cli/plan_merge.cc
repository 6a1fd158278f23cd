// kosei plan diff, rebase, merge; kosei revert
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "mutate.h"
#include "plan_text.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::MergeOutcome;
using client::Model;
using client::PlanDiff;
using client::PlannedRecord;

const Record& RecordOf(const std::optional<client::RecordVersion>& version) {
  static const Record kNone;
  return version.has_value() ? version->record : kNone;
}

std::string_view ChangeOf(const PlannedRecord& record) {
  if (!record.planned.has_value()) return record.present.has_value() ? "ended" : "none";
  if (!record.present.has_value()) return "created";
  return "updated";
}

// The attributes that the plan changes, or that were changed since its base.
std::vector<AttributeNumber> AttributesOf(const PlannedRecord& record) {
  std::vector<AttributeNumber> numbers;
  for (const auto& [before, after] :
       {std::pair(&record.base, &record.planned), std::pair(&record.present, &record.planned)}) {
    for (const AttributeChange& change : ChangesBetween(RecordOf(*before), RecordOf(*after))) {
      const auto at = std::lower_bound(numbers.begin(), numbers.end(), change.attribute);
      if (at == numbers.end() || *at != change.attribute) numbers.insert(at, change.attribute);
    }
  }
  return numbers;
}

Value ValueOf(const std::optional<client::RecordVersion>& version, AttributeNumber number) {
  const Value* value = RecordOf(version).Find(number);
  return value == nullptr ? Value() : *value;
}

std::string Json(const PlanDiff& diff, const Model& model, JsonWriter::Layout layout) {
  const AttributeTypes types(model);
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("plan");
  WritePlan(json, diff.plan);
  json.Key("records");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const PlannedRecord& record : diff.records) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("change", ChangeOf(record));
    json.Key("attributes");
    json.BeginArray(JsonWriter::Layout::kLines);
    for (const AttributeNumber number : AttributesOf(record)) {
      json.BeginObject();
      json.Member("attribute", model.AttributeName(number));
      for (const auto& [name, version] :
           {std::pair("base", &record.base), std::pair("present", &record.present),
            std::pair("planned", &record.planned)}) {
        json.Key(name);
        WriteValue(json, ValueOf(*version, number), types.Of(number));
      }
      json.End();
    }
    json.End();
    json.End();
  }
  json.End();
  json.Key("links");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::PlannedLink& link : diff.links) {
    json.BeginObject();
    json.Member("change", link.added ? "added" : "removed");
    json.Member("source", link.source);
    json.Member("type", model.RelationshipTypeName(link.type));
    json.Member("target", link.target);
    json.Key("pending");
    json.Boolean(link.pending);
    json.End();
  }
  json.End();
  json.Member("record_count", diff.record_count);
  json.Member("link_count", diff.link_count);
  json.Key("conflicts");
  WriteConflicts(json, diff.conflicts);
  json.End();
  return out + "\n";
}

// Change, subject, and the values at the base, now and in the plan.
std::vector<std::vector<std::string>> Rows(const PlanDiff& diff, const Model& model) {
  const AttributeTypes types(model);
  std::vector<std::vector<std::string>> rows;
  for (const PlannedRecord& record : diff.records) {
    rows.push_back({std::string(ChangeOf(record)), record.key, "", "", ""});
    for (const AttributeNumber number : AttributesOf(record)) {
      const ValueType type = types.Of(number);
      rows.push_back({"attribute",
                      absl::StrFormat("%s %s", record.key, model.AttributeName(number)),
                      FormatValue(ValueOf(record.base, number), type),
                      FormatValue(ValueOf(record.present, number), type),
                      FormatValue(ValueOf(record.planned, number), type)});
    }
  }
  for (const client::PlannedLink& link : diff.links) {
    rows.push_back({link.added ? "link added" : "link removed",
                    absl::StrFormat("%s %s %s", link.source, model.RelationshipTypeName(link.type),
                                    link.target),
                    "", "", ""});
  }
  return rows;
}

// Says what did not go in: on stdout as data in JSON and CSV, for people on stderr.
absl::Status Refuse(Context& context, const MergeOutcome& outcome, const std::string& doing) {
  if (context.format() == OutputFormat::kTable) {
    context.Note(ConflictLines(context, outcome.conflicts));
  }
  return MakeError(
      ErrorCode::kPlanConflict,
      absl::StrFormat("%s: %s; nothing was written; settle them in the plan, or take a side with "
                      "--take plan or --take main",
                      doing, Counted(outcome.conflicts.size(), "conflict", "conflicts")));
}

void WriteOutcome(Context& context, const MergeOutcome& outcome) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kTable:
      for (const client::WriteCounts& commit : outcome.commits) {
        out += absl::StrFormat("commit %d: %s\n", commit.commit, CountsText(commit));
      }
      break;
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, ObjectLayout(context.format()));
      json.BeginObject(JsonWriter::Layout::kLines);
      if (!outcome.plan.name.empty()) {
        json.Key("plan");
        WritePlan(json, outcome.plan);
      }
      json.Key("commits");
      json.BeginArray(JsonWriter::Layout::kLines);
      for (const client::WriteCounts& commit : outcome.commits) {
        json.BeginObject();
        kosei::cli::WriteCounts(json, commit);
        json.End();
      }
      json.End();
      json.Key("conflicts");
      WriteConflicts(json, outcome.conflicts);
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, ConflictColumns());
      for (const client::Conflict& conflict : outcome.conflicts) {
        AppendCsvRow(out, ConflictRow(conflict));
      }
      break;
  }
  context.Write(out);
}

client::MergeOptions OptionsOf(const PlanMergeOptions& options) {
  client::MergeOptions merge;
  merge.provenance = ProvenanceOf(options.provenance);
  merge.keep_steps = options.keep_steps;
  if (options.take == "plan") merge.take = client::Take::kPlan;
  if (options.take == "main") merge.take = client::Take::kMain;
  return merge;
}

CommandResult Finish(Context& context, const MergeOutcome& outcome, const std::string& doing) {
  WriteOutcome(context, outcome);
  if (!outcome.conflicts.empty()) return Refuse(context, outcome, doing);
  if (outcome.commits.empty()) {
    context.Note(context.Say("nothing changed", "変更はありません"));
  }
  return ExitCode::kOk;
}

}  // namespace

CommandResult RunPlanDiff(Context& context, const PlanDiffOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const PlanDiff diff, client->DiffPlan(options.name, options.limit));
  const auto model = client->model();
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(Json(diff, *model, JsonWriter::Layout::kLines));
      break;
    case OutputFormat::kJsonl:
      context.Write(Json(diff, *model, JsonWriter::Layout::kInline));
      break;
    case OutputFormat::kCsv: {
      std::string out;
      AppendCsvRow(out, {"change", "subject", "base", "present", "planned"});
      for (const auto& row : Rows(diff, *model)) AppendCsvRow(out, row);
      context.Write(out);
      break;
    }
    case OutputFormat::kTable: {
      Table table({{std::string(context.Say("CHANGE", "変更"))},
                   {std::string(context.Say("SUBJECT", "対象"))},
                   {absl::StrFormat("@%d", diff.plan.base)},
                   {std::string(context.Say("NOW", "現在"))},
                   {std::string(context.Say("PLAN", "計画"))}});
      for (std::vector<std::string>& row : Rows(diff, *model)) table.AddRow(std::move(row));
      if (table.row_count() > 0) context.Write(table.Render(context.style()));
      context.Write(ConflictLines(context, diff.conflicts));
      break;
    }
  }
  if (diff.records.size() < diff.record_count || diff.links.size() < diff.link_count) {
    context.Note(absl::StrFormat(
        "%d of %d records and %d of %d relationships are listed; --limit lists more",
        diff.records.size(), diff.record_count, diff.links.size(), diff.link_count));
  }
  if (diff.record_count + diff.link_count > 0) return ExitCode::kNothing;
  context.Note(context.Say("no difference", "差異はありません"));
  return ExitCode::kOk;
}

CommandResult RunPlanRebase(Context& context, const PlanMergeOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const client::Take take = options.take == "plan" ? client::Take::kPlan : client::Take::kNeither;
  KOSEI_ASSIGN_OR_RETURN(const MergeOutcome outcome, client->RebasePlan(options.name, take));
  if (outcome.conflicts.empty()) {
    WritePlanAlone(context, outcome.plan);
    return ExitCode::kOk;
  }
  WriteOutcome(context, outcome);
  if (context.format() == OutputFormat::kTable) {
    context.Note(ConflictLines(context, outcome.conflicts));
  }
  return MakeError(
      ErrorCode::kPlanConflict,
      absl::StrFormat("rebase plan '%s': %s; its base is commit %d; settle them in "
                      "the plan, or let its values stand with --take plan",
                      options.name, Counted(outcome.conflicts.size(), "conflict", "conflicts"),
                      outcome.plan.base));
}

CommandResult RunPlanMerge(Context& context, const PlanMergeOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const MergeOutcome outcome,
                         client->MergePlan(options.name, OptionsOf(options)));
  return Finish(context, outcome, absl::StrFormat("merge plan '%s'", options.name));
}

CommandResult RunRevert(Context& context, const PlanMergeOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const MergeOutcome outcome,
                         client->Revert(options.commit, OptionsOf(options)));
  return Finish(context, outcome, absl::StrFormat("revert commit %d", options.commit));
}

}  // namespace kosei::cli
