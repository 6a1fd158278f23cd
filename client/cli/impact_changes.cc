// kosei impact KEY... --versus-..., --follow; kosei groups
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "impact_answer.h"
#include "impact_question.h"
#include "kosei/base/status_macros.h"
#include "record_text.h"
#include "step_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::State;

std::string_view ChangeWord(const Context& context, const client::StateDifference& record) {
  if (record.second > record.first) {
    return record.first == State::kUp ? context.Say("newly hit", "新たに影響")
                                      : context.Say("worse", "悪化");
  }
  return record.second == State::kUp ? context.Say("freed", "影響解消")
                                     : context.Say("better", "改善");
}

void WriteRecords(JsonWriter& json, const std::vector<client::StateDifference>& records,
                  const Model& model, JsonWriter::Layout layout) {
  json.Key("records");
  json.BeginArray(layout);
  for (const client::StateDifference& record : records) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("class", model.ClassName(record.class_number));
    json.Member("first", NameOf(record.first));
    json.Member("second", NameOf(record.second));
    json.Key("path");
    WritePath(json, record.path, model);
    json.End();
  }
  json.End();
}

void WriteReserve(Context& context, const std::vector<client::GroupFinding>& lost,
                  const std::vector<client::GroupFinding>& gained) {
  const auto groups = [&](std::string_view title, const std::vector<client::GroupFinding>& list) {
    if (list.empty()) return;
    context.Write(absl::StrFormat("\n%s\n", title));
    context.Write(GroupsTable(context, list));
  };
  groups(context.Say("Lost their reserve:", "余裕を失うグループ:"), lost);
  groups(context.Say("Gained reserve:", "余裕を得るグループ:"), gained);
}

void WriteDifferenceJson(Context& context, const client::ImpactDifference& difference,
                         const Model& model) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("first_view");
  WriteView(json, difference.first_view);
  json.Key("second_view");
  WriteView(json, difference.second_view);
  json.Member("worse", difference.worse_count);
  json.Member("better", difference.better_count);
  WriteRecords(json, difference.records, model, JsonWriter::Layout::kLines);
  json.Key("lost_reserve");
  WriteGroups(json, difference.lost_reserve, model);
  json.Key("gained_reserve");
  WriteGroups(json, difference.gained_reserve, model);
  json.End();
  context.Write(out + "\n");
}

void WriteDifferenceTable(Context& context, const client::ImpactDifference& difference,
                          const Model& model) {
  if (!difference.records.empty()) {
    Table table({{std::string(context.Say("CHANGE", "変化"))},
                 {std::string(context.Say("KEY", "キー"))},
                 {std::string(context.Say("CLASS", "クラス"))},
                 {std::string(context.Say("STATE", "状態"))},
                 {std::string(context.Say("PATH", "経路"))}});
    for (const client::StateDifference& record : difference.records) {
      table.AddRow({std::string(ChangeWord(context, record)), record.key,
                    std::string(model.ClassName(record.class_number)),
                    absl::StrFormat("%s -> %s", StateLabel(context, record.first),
                                    StateLabel(context, record.second)),
                    StepsText(record.path, model, 0)});
    }
    context.Write(table.Render(context.style()));
  }
  WriteReserve(context, difference.lost_reserve, difference.gained_reserve);
  context.Note(absl::StrFormat("%s %s, %s %s", Grouped(difference.worse_count),
                               context.Say("worse", "件悪化"), Grouped(difference.better_count),
                               context.Say("better", "件改善")));
}

// --- follow
// ---------------------------------------------------------------------------------------

std::string EventLine(const client::ImpactEvent& event, const Model& model) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kInline);
  json.BeginObject();
  json.Key("view");
  WriteView(json, event.view);
  json.Member("total", event.total);
  json.Member("degraded", event.degraded);
  json.Member("changed", event.changed);
  WriteRecords(json, event.records, model, JsonWriter::Layout::kInline);
  json.Key("lost_reserve");
  WriteGroups(json, event.lost_reserve, model);
  json.Key("gained_reserve");
  WriteGroups(json, event.gained_reserve, model);
  json.End();
  return out + "\n";
}

void WriteEventText(Context& context, const client::ImpactEvent& event, const Model& model) {
  context.Write(absl::StrFormat("%s %d  %s %s (%s %s)\n", context.Say("commit", "コミット"),
                                event.view.commit, Grouped(event.total),
                                context.Say("affected", "件に影響"), Grouped(event.degraded),
                                context.Say("degraded", "件は低下")));
  for (const client::StateDifference& record : event.records) {
    context.Write(absl::StrFormat("  %s  %s (%s)  %s -> %s\n", ChangeWord(context, record),
                                  record.key, model.ClassName(record.class_number),
                                  StateLabel(context, record.first),
                                  StateLabel(context, record.second)));
  }
  WriteReserve(context, event.lost_reserve, event.gained_reserve);
}

}  // namespace

CommandResult RunImpactFollow(Context& context, client::Client& client,
                              const client::ImpactRequest& request, std::uint64_t events) {
  context.DefaultToLines();
  std::uint64_t seen = 0;
  absl::Status written = absl::OkStatus();
  const absl::Status status = client.WatchImpact(request, [&](const client::ImpactEvent& event) {
    const auto model = client.model();
    if (context.format() == OutputFormat::kTable) {
      WriteEventText(context, event, *model);
    } else {
      context.Write(EventLine(event, *model));
    }
    written = context.Flush();
    return written.ok() && ++seen < events;
  });
  KOSEI_RETURN_IF_ERROR(status);
  KOSEI_RETURN_IF_ERROR(written);
  return ExitCode::kOk;
}

CommandResult RunImpactDifference(Context& context, client::Client& client,
                                  const client::ImpactRequest& request, const VersusOptions& versus,
                                  std::optional<std::uint64_t> limit) {
  constexpr std::uint64_t kListedDefault = 1'000;
  KOSEI_ASSIGN_OR_RETURN(const client::ImpactRequest second, QuestionVersus(request, versus));
  KOSEI_ASSIGN_OR_RETURN(const client::ImpactDifference difference,
                         client.CompareImpact(request, second,
                                              static_cast<std::uint32_t>(std::min<std::uint64_t>(
                                                  limit.value_or(kListedDefault), UINT32_MAX))));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client.ModelOf(difference.second_view));
  if (context.format() == OutputFormat::kTable) {
    WriteDifferenceTable(context, difference, *model);
  } else {
    WriteDifferenceJson(context, difference, *model);
  }
  return ExitCode::kOk;
}

CommandResult RunGroups(Context& context, const GroupsOptions& options) {
  client::GroupsRequest request;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  SetContexts(options.count, request.contexts, request.all_contexts);
  request.all = options.all;
  request.limit = options.limit;
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::GroupsResult result, client->Groups(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(result.view));
  if (context.format() == OutputFormat::kTable) {
    if (!result.groups.empty()) context.Write(GroupsTable(context, result.groups));
    context.Note(result.matched == 0
                     ? std::string(context.Say("every group has reserve",
                                               "すべてのグループに余裕があります"))
                     : absl::StrFormat("%s / %s %s", Grouped(result.groups.size()),
                                       Grouped(result.matched),
                                       context.Say("groups listed", "グループを表示")));
    return ExitCode::kOk;
  }
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("view");
  WriteView(json, result.view);
  json.Key("groups");
  WriteGroups(json, result.groups, *model);
  json.Member("matched", result.matched);
  json.End();
  context.Write(out + "\n");
  return ExitCode::kOk;
}

}  // namespace kosei::cli
