#include "impact_question.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::State;

std::string OutOf(std::uint32_t up, std::uint32_t members) {
  return absl::StrFormat("%d/%d", up, members);
}

}  // namespace

absl::StatusOr<std::pair<Timestamp, Timestamp>> ParseDuring(std::string_view command,
                                                            const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto failed = [&](std::string_view why) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s: --during %s: %s; write two RFC 3339 times with a "
                                     "slash between them, as in "
                                     "2026-12-01T20:00:00+09:00/2026-12-02T02:00:00+09:00",
                                     command, text, why),
                     "--during");
  };
  if (slash == std::string::npos) return failed("there is no slash");
  const absl::StatusOr<Timestamp> from = ParseTimestamp(text.substr(0, slash));
  if (!from.ok()) return failed(MessageOf(from.status()));
  const absl::StatusOr<Timestamp> to = ParseTimestamp(text.substr(slash + 1));
  if (!to.ok()) return failed(MessageOf(to.status()));
  if (*to <= *from) return failed("it ends before it begins");
  return std::pair(*from, *to);
}

void SetContexts(const std::vector<std::string>& names, std::vector<std::string>& contexts,
                 bool& all) {
  all = std::find(names.begin(), names.end(), "all") != names.end();
  if (!all) contexts = names;
}

absl::StatusOr<client::ImpactRequest> QuestionOf(const ImpactOptions& options) {
  client::ImpactRequest request;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  request.roots = options.keys;
  request.direction = options.direction == "up" ? client::Direction::kUp : client::Direction::kDown;
  request.depth = options.depth;
  request.want_hash = options.hash;
  request.want_needs = options.alone;
  if (options.alone && options.direction != "up") {
    return MakeError(
        ErrorCode::kInvalidArgument,
        "impact: --alone says of each record needed what it does alone; ask for it with "
        "--direction up",
        "--alone");
  }
  client::ImpactScenario& scenario = request.scenario;
  for (const std::string& key : options.degraded)
    scenario.assumptions.push_back({key, State::kDegraded});
  scenario.blocked = options.blocked;
  SetContexts(options.count, scenario.contexts, scenario.all_contexts);
  if (!options.during.empty()) {
    KOSEI_ASSIGN_OR_RETURN(scenario.time, ParseDuring("impact", options.during));
  }
  if (request.roots.empty() && scenario.assumptions.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact: no record is named; name what fails, or what is degraded with "
                     "--degraded",
                     "KEY");
  }
  return request;
}

absl::StatusOr<client::ImpactRequest> QuestionVersus(client::ImpactRequest request,
                                                     const VersusOptions& versus) {
  ViewOptions view;
  view.as_of = versus.as_of;
  view.valid_at = versus.valid_at;
  view.plan = versus.plan;
  if (!view.as_of.empty() || !view.valid_at.empty() || !view.plan.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(view));
  }
  if (!versus.fails.empty()) request.roots = versus.fails;
  return request;
}

std::string_view NameOf(State state) {
  switch (state) {
    case State::kUp:
      return "up";
    case State::kDegraded:
      return "degraded";
    case State::kFailed:
      return "failed";
  }
  return "unknown";
}

std::string_view StateLabel(const Context& context, State state) {
  switch (state) {
    case State::kUp:
      return context.Say("up", "稼働");
    case State::kDegraded:
      return context.Say("degraded", "低下");
    case State::kFailed:
      return context.Say("failed", "停止");
  }
  return "unknown";
}

std::string_view NameOf(client::PartyRole role) {
  switch (role) {
    case client::PartyRole::kNone:
      return "none";
    case client::PartyRole::kOwner:
      return "owner";
    case client::PartyRole::kCustomer:
      return "customer";
    case client::PartyRole::kAgreement:
      return "agreement";
    case client::PartyRole::kSupport:
      return "support";
    case client::PartyRole::kContact:
      return "contact";
  }
  return "unknown";
}

std::string_view RoleLabel(const Context& context, client::PartyRole role) {
  switch (role) {
    case client::PartyRole::kNone:
      return "";
    case client::PartyRole::kOwner:
      return context.Say("owner", "責任者");
    case client::PartyRole::kCustomer:
      return context.Say("customer", "顧客");
    case client::PartyRole::kAgreement:
      return context.Say("agreement", "合意");
    case client::PartyRole::kSupport:
      return context.Say("support", "サポート");
    case client::PartyRole::kContact:
      return context.Say("contact", "連絡先");
  }
  return "unknown";
}

void WriteContexts(JsonWriter& json, const std::vector<client::ContextFinding>& contexts) {
  if (contexts.empty()) return;
  json.Key("contexts");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::ContextFinding& finding : contexts) {
    json.BeginObject();
    json.Member("key", finding.key);
    json.Member("state", NameOf(finding.state));
    json.Member("because_of", finding.because_of);
    json.Member("context", finding.context);
    json.End();
  }
  json.End();
}

void WriteGroups(JsonWriter& json, const std::vector<client::GroupFinding>& groups,
                 const client::Model& model) {
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::GroupFinding& group : groups) {
    json.BeginObject();
    json.Member("key", group.key);
    json.Member("class", model.ClassName(group.class_number));
    json.Member("gate", group.gate);
    json.Member("gate_of", std::string_view(group.of_record ? "record" : "class"));
    json.Member("members", std::uint64_t{group.members});
    json.Member("in_service", std::uint64_t{group.in_service});
    json.Member("up_before", std::uint64_t{group.up_before});
    json.Member("up_after", std::uint64_t{group.up_after});
    json.Member("before", NameOf(group.before));
    json.Member("after", NameOf(group.after));
    json.Key("below_quorum");
    json.Boolean(group.below_quorum);
    json.Key("reserve_before");
    json.Boolean(group.reserve_before);
    json.Key("reserve_after");
    json.Boolean(group.reserve_after);
    json.Key("missing");
    json.BeginArray();
    for (const std::string& key : group.missing) json.Text(key);
    json.End();
    json.End();
  }
  json.End();
}

std::string GroupText(const Context& context, const client::GroupFinding& group) {
  std::vector<std::string> words;
  if (group.before != group.after) {
    words.push_back(absl::StrFormat("%s -> %s", StateLabel(context, group.before),
                                    StateLabel(context, group.after)));
  } else if (group.after != State::kUp) {
    words.emplace_back(StateLabel(context, group.after));
  }
  if (group.below_quorum) words.emplace_back(context.Say("below quorum", "必要数未満"));
  if (!group.reserve_after && group.after != State::kFailed) {
    words.emplace_back(group.reserve_before ? context.Say("loses its reserve", "余裕がなくなる")
                                            : context.Say("no reserve", "余裕なし"));
  }
  if (!group.missing.empty()) {
    words.push_back(absl::StrFormat("%s %s", context.Say("not linked:", "未接続:"),
                                    absl::StrJoin(group.missing, ", ")));
  }
  if (words.empty()) words.emplace_back(context.Say("in reserve", "余裕あり"));
  return absl::StrJoin(words, context.japanese() ? "、" : ", ");
}

std::string GroupsTable(const Context& context, const std::vector<client::GroupFinding>& groups) {
  Table table({{std::string(context.Say("GROUP", "グループ"))},
               {std::string(context.Say("UP BEFORE", "稼働(前)")), Table::Align::kRight},
               {std::string(context.Say("UP AFTER", "稼働(後)")), Table::Align::kRight},
               {std::string(context.Say("FINDING", "所見"))},
               {std::string(context.Say("GATE", "ゲート"))}});
  for (const client::GroupFinding& group : groups) {
    table.AddRow({group.key, OutOf(group.up_before, group.members),
                  OutOf(group.up_after, group.members), GroupText(context, group), group.gate});
  }
  return table.Render(context.style());
}

}  // namespace kosei::cli
