// kosei change plan open, compare, merge, back
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "json_writer.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "plan_text.h"
#include "process/process_commands.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ChangePlanResult;

client::PlanDeed DeedOf(ChangePlanVerb verb) {
  switch (verb) {
    case ChangePlanVerb::kOpen:
      return client::PlanDeed::kOpen;
    case ChangePlanVerb::kMerge:
      return client::PlanDeed::kMerge;
    case ChangePlanVerb::kBack:
      return client::PlanDeed::kTakeBack;
    case ChangePlanVerb::kCompare:
      break;
  }
  return client::PlanDeed::kCompare;
}

client::Take TakeOf(const std::string& word) {
  if (word == "plan") return client::Take::kPlan;
  if (word == "main") return client::Take::kMain;
  return client::Take::kNeither;
}

std::string JsonOf(const ChangePlanResult& result, JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(layout);
  json.Key("plan");
  WritePlan(json, result.plan);
  json.Member("result", client::NameOf(result.result));
  json.Member("things", result.things);
  json.Member("things_done", result.things_done);
  json.Key("missing");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::PlannedThing& thing : result.missing) {
    json.BeginObject();
    json.Member("key", thing.key);
    json.Member("attribute", thing.attribute);
    json.Member("other", thing.other);
    json.Member("planned", thing.planned);
    json.Member("present", thing.present);
    json.End();
  }
  json.End();
  json.Key("conflicts");
  WriteConflicts(json, result.conflicts);
  json.Key("commits");
  json.BeginArray();
  for (const client::WriteCounts& commit : result.commits)
    json.Number(std::to_string(commit.commit));
  json.End();
  json.End();
  return out + "\n";
}

std::string ResultText(const Context& context, client::CarriedOut result) {
  switch (result) {
    case client::CarriedOut::kAsPlanned:
      return std::string(context.Say("as planned", "計画どおり"));
    case client::CarriedOut::kPartly:
      return std::string(context.Say("partly", "一部のみ"));
    case client::CarriedOut::kNotAtAll:
      break;
  }
  return std::string(context.Say("not at all", "未実施"));
}

std::string TextOf(const Context& context, const ChangePlanResult& result) {
  std::string out = PlanLine(context, result.plan) + "\n";
  absl::StrAppend(&out, context.japanese() ? "現状との比較: " : "what is there: ",
                  ResultText(context, result.result), " (", Grouped(result.things_done), "/",
                  Grouped(result.things), ")\n");
  if (result.missing.empty()) return out;
  Table table({{std::string(context.Say("NOT AS PLANNED", "計画との相違"))},
               {std::string(context.Say("ATTRIBUTE", "属性"))},
               {std::string(context.Say("PLANNED", "計画"))},
               {std::string(context.Say("PRESENT", "現状"))}});
  for (const client::PlannedThing& thing : result.missing) {
    table.AddRow({thing.other.empty() ? thing.key : absl::StrCat(thing.key, " -> ", thing.other),
                  thing.attribute, thing.planned.empty() ? "-" : thing.planned,
                  thing.present.empty() ? "-" : thing.present});
  }
  return out + table.Render(context.style());
}

}  // namespace

CommandResult RunChangePlan(Context& context, const ChangePlanOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(
      const ChangePlanResult result,
      client->WorkOnPlanOf(options.key, DeedOf(options.verb), TakeOf(options.take)));
  const bool table = context.format() == OutputFormat::kTable;
  if (!table) {
    context.Write(JsonOf(result, ObjectLayout(context.format())));
  } else if (!result.conflicts.empty()) {
    context.Write(ConflictLines(context, result.conflicts));
  } else if (options.verb == ChangePlanVerb::kOpen) {
    context.Write(PlanLine(context, result.plan) + "\n");
  } else {
    context.Write(TextOf(context, result));
  }
  return result.conflicts.empty() ? ExitCode::kOk : ExitCode::kConflict;
}

}  // namespace kosei::cli
