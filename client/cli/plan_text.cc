#include "plan_text.h"

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "kosei/base/time.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::Conflict;
using client::ConflictKind;
using client::PlanInfo;

std::string_view KindOf(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::kAttribute:
      return "attribute";
    case ConflictKind::kEndedInMain:
      return "ended_in_main";
    case ConflictKind::kEndedInPlan:
      return "ended_in_plan";
    case ConflictKind::kCreatedTwice:
      return "created_twice";
    case ConflictKind::kUniqueValue:
      return "unique_value";
    case ConflictKind::kCardinality:
      return "cardinality";
    case ConflictKind::kLinkEndMissing:
      return "link_end_missing";
    case ConflictKind::kCapacity:
      return "capacity";
    case ConflictKind::kPlace:
      return "place";
    case ConflictKind::kRule:
      break;
  }
  return "rule";
}

}  // namespace

std::string_view StateOf(const PlanInfo& plan) {
  return plan.state == client::PlanState::kMerged ? "merged" : "open";
}

std::string StateText(const Context& context, const PlanInfo& plan) {
  return std::string(plan.state == client::PlanState::kMerged ? context.Say("merged", "適用済み")
                                                              : context.Say("open", "作成中"));
}

std::string PlanLine(const Context& context, const PlanInfo& plan) {
  if (context.japanese()) {
    return absl::StrFormat("計画 %s: %s、基点コミット %d、段階 %d、変更 %d", plan.name,
                           StateText(context, plan), plan.base, plan.steps, plan.edits);
  }
  return absl::StrFormat("plan %s: %s, %s in %s on commit %d", plan.name, StateOf(plan),
                         Counted(plan.edits, "edit", "edits"), Counted(plan.steps, "step", "steps"),
                         plan.base);
}

void WritePlan(JsonWriter& json, const PlanInfo& plan) {
  json.BeginObject();
  json.Member("name", plan.name);
  json.Member("state", StateOf(plan));
  json.Member("base", plan.base);
  json.Member("steps", plan.steps);
  json.Member("edits", plan.edits);
  json.Member("created", FormatTimestamp(plan.created));
  json.Member("actor", plan.actor);
  json.Member("cause", plan.cause);
  json.Member("description", plan.description);
  if (plan.state == client::PlanState::kMerged) {
    json.Member("merged", plan.merged);
    json.Member("merged_by", plan.merged_by);
  }
  json.End();
}

void WritePlanAlone(Context& context, const PlanInfo& plan) {
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    out = PlanLine(context, plan);
  } else if (context.format() == OutputFormat::kCsv) {
    AppendCsvRow(out, {"name", "state", "base", "steps", "edits"});
    AppendCsvRow(out, {plan.name, std::string(StateOf(plan)), std::to_string(plan.base),
                       std::to_string(plan.steps), std::to_string(plan.edits)});
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WritePlan(json, plan);
  }
  if (!out.ends_with('\n')) out += '\n';
  context.Write(out);
}

void WriteConflicts(JsonWriter& json, const std::vector<Conflict>& conflicts) {
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const Conflict& conflict : conflicts) {
    json.BeginObject();
    json.Member("kind", KindOf(conflict.kind));
    json.Member("key", conflict.key);
    json.Member("attribute", conflict.attribute);
    json.Member("other", conflict.other);
    json.Member("planned", conflict.planned);
    json.Member("present", conflict.present);
    json.Member("message", conflict.message);
    json.Member("step", conflict.step);
    json.Member("step_actor", conflict.step_actor);
    json.Key("commit");
    if (conflict.commit == 0) {
      json.Null();
    } else {
      json.Unsigned(conflict.commit);
    }
    json.Member("commit_actor", conflict.commit_actor);
    json.End();
  }
  json.End();
}

std::string ConflictLines(const Context& context, const std::vector<Conflict>& conflicts) {
  std::string out;
  for (const Conflict& conflict : conflicts) {
    out += conflict.message;
    std::string sides;
    if (conflict.step != 0) {
      sides += absl::StrFormat("%s %d", context.Say("step", "段階"), conflict.step);
      if (!conflict.step_actor.empty()) sides += " " + conflict.step_actor;
    }
    if (conflict.commit != 0) {
      if (!sides.empty()) sides += ", ";
      sides += absl::StrFormat("%s %d", context.Say("commit", "コミット"), conflict.commit);
      if (!conflict.commit_actor.empty()) sides += " " + conflict.commit_actor;
    }
    if (!sides.empty()) out += " (" + sides + ")";
    out += '\n';
  }
  return out;
}

std::vector<std::string> ConflictColumns() {
  return {"kind",    "key",  "attribute",  "other",  "planned",     "present",
          "message", "step", "step_actor", "commit", "commit_actor"};
}

std::vector<std::string> ConflictRow(const Conflict& conflict) {
  return {std::string(KindOf(conflict.kind)),
          conflict.key,
          conflict.attribute,
          conflict.other,
          conflict.planned,
          conflict.present,
          conflict.message,
          std::to_string(conflict.step),
          conflict.step_actor,
          conflict.commit == 0 ? "" : std::to_string(conflict.commit),
          conflict.commit_actor};
}

}  // namespace kosei::cli
