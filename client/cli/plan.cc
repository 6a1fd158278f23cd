// kosei plan open, list, show, drop
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/client/types.h"
#include "list_output.h"
#include "plan_text.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::PlanInfo;
using client::PlanStep;

std::vector<std::string> RowOf(const PlanInfo& plan) {
  return {plan.name,
          std::string(StateOf(plan)),
          std::to_string(plan.base),
          std::to_string(plan.steps),
          std::to_string(plan.edits),
          FormatTimestamp(plan.created),
          plan.actor,
          plan.cause,
          plan.merged == 0 ? "" : std::to_string(plan.merged),
          plan.description};
}

void WritePlans(Context& context, const std::vector<PlanInfo>& plans) {
  const ListForm<PlanInfo> form{{"name", "state", "base", "steps", "edits", "created", "actor",
                                 "cause", "merged", "description"},
                                WritePlan,
                                RowOf};
  Table table({{std::string(context.Say("PLAN", "計画"))},
               {std::string(context.Say("STATE", "状態"))},
               {std::string(context.Say("BASE", "基点")), Table::Align::kRight},
               {std::string(context.Say("EDITS", "変更数")), Table::Align::kRight},
               {std::string(context.Say("BY", "作成者"))},
               {std::string(context.Say("CAUSE", "起因"))},
               {std::string(context.Say("DESCRIPTION", "説明"))}});
  WriteList(context, plans, form, std::move(table),
            [&context](const PlanInfo& plan) -> std::vector<std::string> {
              return {plan.name,
                      StateText(context, plan),
                      std::to_string(plan.base),
                      std::to_string(plan.edits),
                      plan.actor,
                      plan.cause,
                      plan.description};
            });
}

void WriteStep(JsonWriter& json, const PlanStep& step) {
  json.BeginObject();
  json.Member("step", step.number);
  json.Member("time", FormatTimestamp(step.time));
  json.Member("known", step.known);
  json.Member("actor", step.actor);
  json.Member("reason", step.reason);
  json.Member("cause", step.cause);
  json.Member("source", step.source);
  json.Member("records_put", step.records_put);
  json.Member("records_ended", step.records_ended);
  json.Member("links_put", step.links_put);
  json.Member("links_ended", step.links_ended);
  json.End();
}

std::string StepTable(const Context& context, const std::vector<PlanStep>& steps) {
  Table table({{std::string(context.Say("STEP", "段階")), Table::Align::kRight},
               {std::string(context.Say("TIME", "日時"))},
               {std::string(context.Say("BY", "実行者"))},
               {std::string(context.Say("RECORDS", "レコード")), Table::Align::kRight},
               {std::string(context.Say("LINKS", "関係")), Table::Align::kRight},
               {std::string(context.Say("REASON", "理由"))}});
  for (const PlanStep& step : steps) {
    table.AddRow({std::to_string(step.number), ShortTime(step.time), step.actor,
                  std::to_string(step.records_put + step.records_ended),
                  std::to_string(step.links_put + step.links_ended), step.reason});
  }
  return table.row_count() == 0 ? std::string() : table.Render(context.style());
}

}  // namespace

CommandResult RunPlanOpen(Context& context, const PlanOpenOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const PlanInfo plan,
                         client->OpenPlan(options.name, options.description, options.cause));
  WritePlanAlone(context, plan);
  return ExitCode::kOk;
}

CommandResult RunPlanList(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<PlanInfo> plans, client->ListPlans());
  WritePlans(context, plans);
  if (!plans.empty()) return ExitCode::kOk;
  context.Note(context.Say("there are no plans", "計画はありません"));
  return ExitCode::kNothing;
}

CommandResult RunPlanShow(Context& context, const PlanNameOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::PlanSteps shown, client->ShowPlan(options.name));
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, ObjectLayout(context.format()));
      json.BeginObject(JsonWriter::Layout::kLines);
      json.Key("plan");
      WritePlan(json, shown.plan);
      json.Key("steps");
      json.BeginArray(JsonWriter::Layout::kLines);
      for (const PlanStep& step : shown.steps) WriteStep(json, step);
      json.End();
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"step", "time", "known", "actor", "reason", "cause", "source",
                         "records_put", "records_ended", "links_put", "links_ended"});
      for (const PlanStep& step : shown.steps) {
        AppendCsvRow(out,
                     {std::to_string(step.number), FormatTimestamp(step.time),
                      std::to_string(step.known), step.actor, step.reason, step.cause, step.source,
                      std::to_string(step.records_put), std::to_string(step.records_ended),
                      std::to_string(step.links_put), std::to_string(step.links_ended)});
      }
      break;
    case OutputFormat::kTable:
      out = PlanLine(context, shown.plan) + "\n" + StepTable(context, shown.steps);
      break;
  }
  context.Write(out);
  return ExitCode::kOk;
}

CommandResult RunPlanDrop(Context& context, const PlanNameOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_RETURN_IF_ERROR(client->DropPlan(options.name));
  context.Note(context.Say("the plan is gone", "計画を破棄しました"));
  return ExitCode::kOk;
}

}  // namespace kosei::cli
