// kosei change impact, collisions
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "collision_text.h"
#include "commands.h"
#include "impact_question.h"
#include "json_writer.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "process/process_commands.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ChangeAssessment;

// Lines of a table that people still read.
constexpr std::size_t kShownMax = 20;
// Fewer are in the score and nobody's reason.
constexpr double kPointsShown = 0.05;

void WriteServices(JsonWriter& json, const ChangeAssessment& assessment) {
  json.Key("services");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::AssessedService& service : assessment.services) {
    json.BeginObject();
    json.Member("key", service.key);
    json.Member("name", service.name);
    json.Member("criticality", service.criticality);
    json.Member("state", NameOf(service.state));
    json.Member("distance", std::uint64_t{service.distance});
    json.End();
  }
  json.End();
  json.Key("lost_reserve");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::LostReserve& group : assessment.lost_reserve) {
    json.BeginObject();
    json.Member("key", group.key);
    json.Member("gate", group.gate);
    json.Member("in_service", std::uint64_t{group.in_service});
    json.Member("up_after", std::uint64_t{group.up_after});
    json.End();
  }
  json.End();
}

void WriteAfterwards(JsonWriter& json, const ChangeAssessment& assessment) {
  json.Key("afterwards");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::AfterwardsDifference& record : assessment.afterwards) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("before", NameOf(record.before));
    json.Member("after", NameOf(record.after));
    json.End();
  }
  json.End();
  json.Member("worse", assessment.worse);
  json.Member("better", assessment.better);
}

void WriteRisk(JsonWriter& json, const ChangeAssessment& assessment) {
  json.Key("risk");
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("level", assessment.risk_level);
  json.Key("why");
  json.BeginObject();
  json.Member("en", assessment.level_en);
  json.Member("ja", assessment.level_ja);
  json.End();
  json.Member("score", absl::StrFormat("%.4g", assessment.score));
  json.Key("factors");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::RiskFactor& factor : assessment.factors) {
    json.BeginObject();
    json.Member("measure", factor.measure);
    json.Member("measured", absl::StrFormat("%.4g", factor.measured));
    json.Member("coefficient", absl::StrFormat("%.4g", factor.coefficient));
    json.Member("points", absl::StrFormat("%.4g", factor.points));
    json.End();
  }
  json.End();
  json.Member("rules", assessment.rules);
  json.End();
}

void WriteCollisions(JsonWriter& json, const ChangeAssessment& assessment,
                     const client::Model& model) {
  json.Key("collisions");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::Collision& collision : assessment.collisions)
    WriteCollision(json, collision, model);
  json.End();
  json.Member("collision_count", assessment.collision_count);
}

std::string JsonOf(const ChangeAssessment& assessment, const client::Model& model,
                   JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(layout);
  json.Member("key", assessment.key);
  json.Member("commit", assessment.commit);
  json.Member("time", FormatTimestamp(assessment.time));
  if (assessment.window.has_value()) {
    json.Member("from", FormatTimestamp(assessment.window->from));
    json.Member("to", FormatTimestamp(assessment.window->to));
  }
  if (assessment.plan.has_value()) json.Member("plan", assessment.plan->name);
  json.Key("items");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::AssessedItem& item : assessment.items) {
    json.BeginObject();
    json.Member("key", item.key);
    json.Member("class", item.class_name);
    json.Member("name", item.name);
    json.Key("planned");
    json.Boolean(item.planned);
    json.End();
  }
  json.End();
  json.Member("affected", assessment.affected);
  json.Member("degraded", assessment.degraded);
  WriteServices(json, assessment);
  WriteAfterwards(json, assessment);
  WriteCollisions(json, assessment, model);
  WriteRisk(json, assessment);
  json.Member("worst_criticality", assessment.worst_criticality);
  json.Member("impact_hash", assessment.impact_hash);
  json.Member("kept", assessment.kept);
  json.End();
  return out + "\n";
}

std::string Title(const Context& context, const char* english, const char* japanese) {
  return std::string(context.Say(english, japanese));
}

std::string HeadOf(const Context& context, const ChangeAssessment& assessment) {
  std::string out = assessment.key;
  if (assessment.window.has_value()) {
    absl::StrAppend(&out, "  ", ShortTime(assessment.window->from), " - ",
                    ShortTime(assessment.window->to));
  } else {
    absl::StrAppend(&out, "  ", Title(context, "not planned for a time yet", "予定日時は未定です"));
  }
  const bool japanese = context.japanese();
  absl::StrAppend(&out, "\n", Title(context, "works on", "対象品目"), ":");
  std::size_t shown = 0;
  for (const client::AssessedItem& item : assessment.items) {
    if (++shown > kShownMax) break;
    absl::StrAppend(&out, " ", item.key, item.planned ? Title(context, " (plan)", " (計画)") : "");
  }
  if (assessment.items.size() > kShownMax)
    absl::StrAppend(&out, " +", assessment.items.size() - kShownMax);
  if (assessment.items.empty()) {
    absl::StrAppend(&out, " ",
                    Title(context, "nothing; link what it changes: --link targets=KEY",
                          "なし。対象を関連付けてください: --link targets=KEY"));
  }
  absl::StrAppend(&out, "\n",
                  japanese
                      ? absl::StrFormat("停止中に影響を受ける品目: %s (うち縮退 %s)",
                                        Grouped(assessment.affected), Grouped(assessment.degraded))
                      : absl::StrFormat("hit while they are down: %s, %s of them degraded",
                                        Counted(assessment.affected, "item", "items"),
                                        Grouped(assessment.degraded)),
                  "\n");
  return out;
}

std::string ServicesOf(const Context& context, const ChangeAssessment& assessment) {
  std::string out;
  if (!assessment.services.empty()) {
    Table table({{Title(context, "SERVICE", "サービス")},
                 {Title(context, "CRITICALITY", "重要度")},
                 {Title(context, "STATE", "状態")},
                 {Title(context, "NAME", "名称")}});
    for (const client::AssessedService& service : assessment.services) {
      if (table.row_count() == kShownMax) break;
      table.AddRow(
          {service.key, service.criticality, std::string(NameOf(service.state)), service.name});
    }
    absl::StrAppend(&out, "\n", table.Render(context.style()));
    if (assessment.services.size() > kShownMax)
      absl::StrAppend(&out, "+", assessment.services.size() - kShownMax, "\n");
  }
  if (!assessment.lost_reserve.empty()) {
    Table table({{Title(context, "WITHOUT RESERVE", "予備なし")},
                 {Title(context, "UP", "稼働")},
                 {Title(context, "OF", "全体")},
                 {Title(context, "GATE", "ゲート")}});
    for (const client::LostReserve& group : assessment.lost_reserve) {
      if (table.row_count() == kShownMax) break;
      table.AddRow({group.key, std::to_string(group.up_after), std::to_string(group.in_service),
                    group.gate});
    }
    absl::StrAppend(&out, "\n", table.Render(context.style()));
  }
  return out;
}

std::string AfterwardsOf(const Context& context, const ChangeAssessment& assessment) {
  if (!assessment.plan.has_value()) return {};
  if (assessment.afterwards.empty()) {
    return absl::StrCat(
        "\n",
        Title(context, "once the plan is carried out the same failure hits the same",
              "計画の実施後も、同じ障害の影響範囲は変わりません"),
        "\n");
  }
  Table table({{Title(context, "THE SAME FAILURE AFTERWARDS", "実施後の同じ障害")},
               {Title(context, "BEFORE", "実施前")},
               {Title(context, "AFTER", "実施後")}});
  for (const client::AfterwardsDifference& record : assessment.afterwards) {
    if (table.row_count() == kShownMax) break;
    table.AddRow(
        {record.key, std::string(NameOf(record.before)), std::string(NameOf(record.after))});
  }
  return "\n" + table.Render(context.style());
}

std::string CollisionsOf(const Context& context, const ChangeAssessment& assessment) {
  if (assessment.collision_count == 0) {
    return absl::StrCat("\n",
                        assessment.window.has_value()
                            ? Title(context, "no collisions", "衝突はありません")
                            : Title(context, "no planned time, so no collisions are looked for",
                                    "予定日時がないため衝突は調べていません"),
                        "\n");
  }
  return "\n" + CollisionTable(context, assessment.collisions);
}

std::string RiskOf(const Context& context, const ChangeAssessment& assessment) {
  Table table({{Title(context, "RISK", "リスク要因")},
               {Title(context, "MEASURED", "値"), Table::Align::kRight},
               {Title(context, "POINTS", "点"), Table::Align::kRight},
               {""}});
  for (const client::RiskFactor& factor : assessment.factors) {
    if (factor.points < kPointsShown) break;  // the most points come first
    table.AddRow({context.japanese() ? factor.ja : factor.en,
                  absl::StrFormat("%.4g", factor.measured), absl::StrFormat("%.4g", factor.points),
                  factor.at_ceiling ? Title(context, "at most", "上限") : ""});
  }
  return absl::StrFormat("\n%s%s: %s (%.4g)  %s\n", table.Render(context.style()),
                         Title(context, "risk", "リスク"), assessment.risk_level, assessment.score,
                         context.japanese() ? assessment.level_ja : assessment.level_en);
}

}  // namespace

CommandResult RunChangeImpact(Context& context, const ChangeImpactOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const ChangeAssessment assessment,
                         client->AssessChange(options.key, options.keep));
  if (context.format() != OutputFormat::kTable) {
    context.Write(JsonOf(assessment, *client->model(), ObjectLayout(context.format())));
    return ExitCode::kOk;
  }
  context.Write(absl::StrCat(HeadOf(context, assessment), ServicesOf(context, assessment),
                             AfterwardsOf(context, assessment), CollisionsOf(context, assessment),
                             RiskOf(context, assessment)));
  if (assessment.kept != 0) {
    context.Note(context.japanese()
                     ? absl::StrFormat("分析結果を %s に記録しました", assessment.key)
                     : absl::StrFormat("kept on %s", assessment.key));
  }
  return ExitCode::kOk;
}

CommandResult RunChangeCollisions(Context& context, const ChangeImpactOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const ChangeAssessment assessment,
                         client->AssessChange(options.key, false));
  if (context.format() != OutputFormat::kTable) {
    std::string out;
    JsonWriter json(out, ObjectLayout(context.format()));
    json.BeginObject(ObjectLayout(context.format()));
    json.Member("key", assessment.key);
    WriteCollisions(json, assessment, *client->model());
    json.End();
    context.Write(out + "\n");
    return ExitCode::kOk;
  }
  if (assessment.collision_count > 0) {
    context.Write(CollisionTable(context, assessment.collisions));
    return ExitCode::kOk;
  }
  context.Note(assessment.window.has_value()
                   ? context.Say("no collisions", "衝突はありません")
                   : context.Say("it has no planned time (planned_start, planned_end), so no "
                                 "collisions are looked for",
                                 "予定日時 (planned_start, planned_end) がないため"
                                 "衝突は調べていません"));
  return ExitCode::kOk;
}

}  // namespace kosei::cli
