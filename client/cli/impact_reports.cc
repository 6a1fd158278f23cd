// kosei impact KEY... --report and --explain
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "impact_answer.h"
#include "impact_question.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "record_text.h"
#include "table.h"
#include "value_text.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::State;

constexpr std::int64_t kDayMicros = std::int64_t{86'400} * 1'000'000;
// A link that nobody has said for so long is worth a word.
constexpr std::int64_t kOldLinkDays = 180;

std::string PartiesText(const client::AffectedService& service, client::PartyRole role) {
  std::vector<std::string> names;
  for (const client::ServiceParty& party : service.parties) {
    if (party.role == role) names.push_back(party.name.empty() ? party.key : party.name);
  }
  return absl::StrJoin(names, ", ");
}

std::vector<client::PartyRole> RolesOf(const client::PartyToTell& party) {
  std::vector<client::PartyRole> roles;
  for (std::uint8_t role = 1; role <= static_cast<std::uint8_t>(client::PartyRole::kContact);
       ++role) {
    if ((party.roles >> role & 1U) != 0) roles.push_back(static_cast<client::PartyRole>(role));
  }
  return roles;
}

void WriteParties(JsonWriter& json, const client::ImpactReport& report, const Model& model) {
  json.Key("to_tell");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::PartyToTell& party : report.parties) {
    json.BeginObject();
    json.Member("key", party.key);
    json.Member("class", model.ClassName(party.class_number));
    json.Member("name", party.name);
    json.Key("roles");
    json.BeginArray();
    for (const client::PartyRole role : RolesOf(party)) json.Text(NameOf(role));
    json.End();
    json.Member("records", party.records);
    json.Member("services", party.services);
    json.End();
  }
  json.End();
}

void WriteServices(JsonWriter& json, const client::ImpactReport& report, const Model& model) {
  const AttributeTypes types(model);
  json.Key("services");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::AffectedService& service : report.services) {
    json.BeginObject();
    json.Member("key", service.key);
    json.Member("class", model.ClassName(service.record.record.class_number));
    json.Member("state", NameOf(service.state));
    json.Member("distance", std::uint64_t{service.distance});
    json.Key("attributes");
    WriteAttributes(json, service.record.record, model, types, JsonWriter::Layout::kInline);
    json.Key("parties");
    json.BeginArray();
    for (const client::ServiceParty& party : service.parties) {
      json.BeginObject();
      json.Member("role", NameOf(party.role));
      json.Member("key", party.key);
      json.Member("name", party.name);
      json.End();
    }
    json.End();
    json.End();
  }
  json.End();
}

void WriteReportJson(Context& context, const client::ImpactReport& report, const Model& model) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("view");
  WriteView(json, report.view);
  json.Member("hash", ToHex(report.hash));
  json.Member("affected", report.total);
  json.Member("degraded", report.degraded);
  json.Member("already_down", report.already);
  json.Key("cut");
  json.Boolean(report.truncated != client::TruncationReason::kNone);
  WriteServices(json, report, model);
  json.Member("service_count", report.service_count);
  json.Key("groups");
  WriteGroups(json, report.groups, model);
  json.Member("group_count", report.group_count);
  WriteParties(json, report, model);
  json.Member("to_tell_count", report.party_count);
  WriteContexts(json, report.contexts);
  json.End();
  context.Write(out + "\n");
}

void WriteServicesTable(Context& context, const client::ImpactReport& report, const Model& model) {
  const AttributeTypes types(model);
  Table table({{std::string(context.Say("SERVICE", "サービス"))},
               {std::string(context.Say("STATE", "状態"))},
               {std::string(context.Say("CRITICALITY", "重要度"))},
               {std::string(context.Say("HOURS", "提供時間"))},
               {std::string(context.Say("OWNER", "責任者"))},
               {std::string(context.Say("CUSTOMERS", "顧客"))},
               {std::string(context.Say("AGREEMENTS", "合意"))}});
  for (const client::AffectedService& service : report.services) {
    const Record& record = service.record.record;
    const std::string name = AttributeText(record, "name", model, types);
    std::string owner = PartiesText(service, client::PartyRole::kOwner);
    if (owner.empty()) owner = AttributeText(record, "owner", model, types);
    table.AddRow({name.empty() ? service.key : absl::StrFormat("%s (%s)", name, service.key),
                  std::string(StateLabel(context, service.state)),
                  AttributeText(record, "criticality", model, types),
                  AttributeText(record, "service_hours", model, types), owner,
                  PartiesText(service, client::PartyRole::kCustomer),
                  PartiesText(service, client::PartyRole::kAgreement)});
  }
  context.Write(table.Render(context.style()));
}

void WriteReportTable(Context& context, const client::ImpactReport& report, const Model& model) {
  context.Write(absl::StrFormat(
      "%s: %s  (%s %s, %s %s)  %s: %s  sha256 %s\n\n", context.Say("affected", "影響数"),
      Grouped(report.total), StateLabel(context, State::kFailed),
      Grouped(report.total - report.degraded), StateLabel(context, State::kDegraded),
      Grouped(report.degraded), context.Say("services", "サービス"), Grouped(report.service_count),
      ToHex(report.hash).substr(0, 16)));
  if (!report.services.empty()) WriteServicesTable(context, report, model);
  if (!report.groups.empty()) context.Write("\n" + GroupsTable(context, report.groups));
  if (report.parties.empty()) return;
  Table table({{std::string(context.Say("TELL", "連絡先"))},
               {std::string(context.Say("ROLE", "役割"))},
               {std::string(context.Say("SERVICES", "サービス")), Table::Align::kRight},
               {std::string(context.Say("RECORDS", "件数")), Table::Align::kRight}});
  for (const client::PartyToTell& party : report.parties) {
    std::vector<std::string> roles;
    for (const client::PartyRole role : RolesOf(party))
      roles.emplace_back(RoleLabel(context, role));
    table.AddRow(
        {party.name.empty() ? party.key : absl::StrFormat("%s (%s)", party.name, party.key),
         absl::StrJoin(roles, ", "), Grouped(party.services), Grouped(party.records)});
  }
  context.Write("\n" + table.Render(context.style()));
}

// --- explain
// ---------------------------------------------------------------------------------------

std::int64_t AgeDays(const client::View& view, const client::ExplainedStep& step) {
  return step.said == 0 ? 0 : (view.valid_at.micros - step.said_at.micros) / kDayMicros;
}

void WriteGate(JsonWriter& json, const client::ExplainedGate& gate, const Model& model) {
  json.BeginObject();
  json.Member("text", gate.text);
  json.Member("gate_of", std::string_view(gate.of_record ? "record" : "class"));
  json.Key("below_quorum");
  json.Boolean(gate.below_quorum);
  json.Key("members");
  json.BeginArray();
  for (const client::ExplainedMember& member : gate.members) {
    json.BeginObject();
    json.Member("key", member.key);
    json.Member("type", model.RelationshipTypeName(member.type));
    json.Member("before", NameOf(member.before));
    json.Member("after", NameOf(member.after));
    json.Key("in_service");
    json.Boolean(member.in_service);
    json.End();
  }
  json.End();
  json.End();
}

void WriteStep(JsonWriter& json, const client::ExplainedStep& step, const client::View& view,
               const Model& model) {
  json.BeginObject();
  json.Member("from", step.step.from);
  json.Member("from_state", NameOf(step.from_state));
  json.Member("type", model.RelationshipTypeName(step.step.type));
  json.Member("way", step.step.inverse ? "in" : "out");
  json.Member("to", step.step.to);
  json.Member("to_state", NameOf(step.to_state));
  json.Member("rule", std::uint64_t{step.rule});
  if (step.rule != 0) {
    json.Member("rule_source", step.rule_source);
    json.Member("rule_target", step.rule_target);
  }
  json.Member("said_in_commit", step.said);
  json.Member("said_by", step.said_by);
  json.Member("said_at", step.said == 0 ? "" : FormatTimestamp(step.said_at));
  json.Member("age_days",
              static_cast<std::uint64_t>(std::max<std::int64_t>(0, AgeDays(view, step))));
  if (step.gate.has_value()) {
    json.Key("gate");
    WriteGate(json, *step.gate, model);
  }
  json.End();
}

void WriteExplanationsJson(Context& context, const client::Explanations& answer,
                           const Model& model) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("view");
  WriteView(json, answer.view);
  json.Member("model_version", std::uint64_t{answer.view.model_version});
  json.Key("explanations");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::Explanation& explanation : answer.explanations) {
    json.BeginObject(JsonWriter::Layout::kLines);
    json.Member("key", explanation.key);
    json.Member("state", NameOf(explanation.state));
    json.Member("distance", std::uint64_t{explanation.distance});
    json.Key("steps");
    json.BeginArray(JsonWriter::Layout::kLines);
    for (const client::ExplainedStep& step : explanation.steps)
      WriteStep(json, step, answer.view, model);
    json.End();
    if (!explanation.groups.empty()) {
      json.Key("groups");
      WriteGroups(json, explanation.groups, model);
    }
    json.End();
  }
  json.End();
  json.End();
  context.Write(out + "\n");
}

std::string MembersText(const Context& context, const client::ExplainedGate& gate) {
  std::vector<std::string> members;
  for (const client::ExplainedMember& member : gate.members) {
    std::string_view state;
    if (!member.in_service) {
      state = context.Say("not in service", "対象外");
    } else if (member.before != State::kUp && member.before == member.after) {
      state = context.Say("down already", "すでに停止");
    } else {
      state = StateLabel(context, member.after);
    }
    members.push_back(absl::StrFormat("%s %s", member.key, state));
  }
  return absl::StrJoin(members, ", ");
}

std::string StepText(const Context& context, const client::ExplainedStep& step,
                     const Model& model) {
  const std::string_view type = model.RelationshipTypeName(step.step.type);
  std::string out = absl::StrFormat(
      "  %s %s %s: %s\n", step.step.from,
      step.step.inverse ? absl::StrFormat("<-%s-", type) : absl::StrFormat("-%s->", type),
      step.step.to, StateLabel(context, step.to_state));
  if (step.rule != 0) {
    const auto name = [&](const std::string& class_name) {
      return class_name.empty() ? std::string("*") : class_name;
    };
    out += absl::StrFormat("      %s %s %d (%s -> %s)\n", context.Say("rule", "規則"), type,
                           step.rule, name(step.rule_source), name(step.rule_target));
  }
  if (step.gate.has_value()) {
    out += absl::StrFormat("      %s %s%s: %s\n", context.Say("gate", "ゲート"), step.gate->text,
                           step.gate->below_quorum
                               ? context.Say(" (below quorum before)", "（もともと必要数未満）")
                               : std::string_view(),
                           MembersText(context, *step.gate));
  }
  if (step.said == 0) {
    out += absl::StrFormat("      %s\n", context.Say("link planned", "計画中の関係"));
  } else {
    out += absl::StrFormat("      %s %s, %s %s, %s %d\n", context.Say("link said by", "関係の出典"),
                           step.said_by, context.Say("on", "日時"), FormatTimestamp(step.said_at),
                           context.Say("commit", "コミット"), step.said);
  }
  return out;
}

void WriteExplanationTable(Context& context, const client::Explanations& answer,
                           const Model& model) {
  for (const client::Explanation& explanation : answer.explanations) {
    if (explanation.state == State::kUp) {
      context.Write(
          absl::StrFormat("%s: %s\n", explanation.key, context.Say("not affected", "影響なし")));
      if (!explanation.groups.empty()) context.Write(GroupsTable(context, explanation.groups));
      continue;
    }
    context.Write(absl::StrFormat("%s: %s, %s %d\n", explanation.key,
                                  StateLabel(context, explanation.state),
                                  context.Say("distance", "距離"), explanation.distance));
    std::int64_t old_links = 0;
    std::int64_t oldest = 0;
    for (const client::ExplainedStep& step : explanation.steps) {
      context.Write(StepText(context, step, model));
      oldest = std::max(oldest, AgeDays(answer.view, step));
      if (AgeDays(answer.view, step) > kOldLinkDays) ++old_links;
    }
    if (old_links > 0) {
      context.Note(absl::StrFormat(
          "%s: %s %d %s %d %s", explanation.key, context.Say("rests on", "根拠のうち"), old_links,
          context.Say("links not said again for more than", "件の関係は最後の確認から"),
          kOldLinkDays,
          absl::StrFormat(
              "%s %d", context.Say("days, the oldest for", "日以上経過、最も古いものは"), oldest)));
    }
  }
}

}  // namespace

CommandResult RunImpactReport(Context& context, client::Client& client,
                              const client::ImpactRequest& request) {
  KOSEI_ASSIGN_OR_RETURN(const client::ImpactReport report, client.ReportImpact(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client.ModelOf(report.view));
  if (context.format() == OutputFormat::kTable) {
    WriteReportTable(context, report, *model);
  } else {
    WriteReportJson(context, report, *model);
  }
  if (report.truncated != client::TruncationReason::kNone) {
    context.Note(absl::StrFormat("%s %d",
                                 context.Say("the answer is cut; complete to distance",
                                             "結果は途中で打ち切られています。完全な距離:"),
                                 report.truncated_depth));
  }
  return ExitCode::kOk;
}

CommandResult RunImpactExplain(Context& context, client::Client& client,
                               const client::ImpactRequest& request,
                               const std::vector<std::string>& keys) {
  KOSEI_ASSIGN_OR_RETURN(const client::Explanations answer, client.ExplainImpact(request, keys));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client.ModelOf(answer.view));
  if (context.format() == OutputFormat::kTable) {
    WriteExplanationTable(context, answer, *model);
  } else {
    WriteExplanationsJson(context, answer, *model);
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
