#include "lifecycle/transition_parser.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "lifecycle/keywords.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 11> kTransitionKeys = {
    "name", "label", "from",   "to",      "roles",    "required",
    "set",  "input", "guards", "effects", "automatic"};
constexpr std::array<std::string_view, 5> kInputKeys = {"name", "label", "type", "required",
                                                        "values"};
constexpr std::array<std::string_view, 7> kGuardKeys = {"check",  "query", "expression", "with",
                                                        "expect", "name",  "message"};
constexpr std::array<std::string_view, 14> kEffectKeys = {
    "create", "link", "unlink", "notify",   "ask_approval", "withdraw_approval",
    "fire",   "plan", "to",     "baseline", "template",     "direction",
    "set",    "from"};
constexpr std::array<std::string_view, 3> kAutomaticKeys = {"after", "when", "on"};
constexpr std::array<std::string_view, 3> kAfterKeys = {"state", "wait", "calendar"};

absl::Status ReadSettings(const YamlBlock& block, std::vector<Setting>& out) {
  const YAML::Node* node = block.Find("set");
  if (node == nullptr) return absl::OkStatus();
  YamlFile& file = block.file();
  return file.ForEachPair(
      *node, "set", [&](const std::string& attribute, const YAML::Node& value) -> absl::Status {
        KOSEI_ASSIGN_OR_RETURN(std::string expression,
                               file.Text(value, absl::StrFormat("the value of %s", attribute)));
        out.push_back({attribute, std::move(expression), file.At(value)});
        return absl::OkStatus();
      });
}

absl::Status ReadInput(const YamlBlock& block, InputDefinition& input) {
  input.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", input.name));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", input.label));
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "type", kInputTypes, input.type));
  KOSEI_RETURN_IF_ERROR(block.ReadFlag("required", input.required));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("values", input.values));
  if ((input.type == InputType::kEnum) == !input.values.empty()) return absl::OkStatus();
  return block.Error(input.values.empty()
                         ? absl::StrFormat("input %s is an enum without values; add \"values: "
                                           "[...]\"",
                                           input.name)
                         : absl::StrFormat("input %s has values but its type is %s; write \"type: "
                                           "enum\" or drop them",
                                           input.name, NameOf(input.type)));
}

// A plain true, false or whole number is one; what is in quotes is text.
language::Datum ScalarOf(const YAML::Node& node, std::string text) {
  const bool plain = node.Tag() != "!";
  std::int64_t number = 0;
  if (plain && (text == "true" || text == "false")) return language::Datum::Boolean(text == "true");
  if (plain && absl::SimpleAtoi(text, &number)) return language::Datum::Integer(number);
  return language::Datum::String(std::move(text));
}

absl::Status ReadArguments(const YamlBlock& block, language::DatumMap& out) {
  const YAML::Node* node = block.Find("with");
  if (node == nullptr) return absl::OkStatus();
  YamlFile& file = block.file();
  language::DatumMap arguments;
  KOSEI_RETURN_IF_ERROR(file.ForEachPair(
      *node, "with of a guard",
      [&](const std::string& name, const YAML::Node& value) -> absl::Status {
        KOSEI_ASSIGN_OR_RETURN(std::string text,
                               file.Text(value, absl::StrFormat("argument %s", name)));
        arguments.emplace_back(name, ScalarOf(value, std::move(text)));
        return absl::OkStatus();
      }));
  out = language::Datum::Map(std::move(arguments)).map();
  return absl::OkStatus();
}

absl::Status ReadExpect(const YamlBlock& block, GuardDefinition& guard) {
  static constexpr Words<bool, 2> kExpectations = {{{"rows", true}, {"no_rows", false}}};
  if (block.Has("expect") && guard.kind != GuardKind::kQuery)
    return block.ErrorAt("expect", "only a guard with a query expects rows; drop expect");
  return ReadWord(block, "expect", kExpectations, guard.expects_rows);
}

absl::Status ReadGuard(const YamlBlock& block, GuardDefinition& guard) {
  static constexpr Words<GuardKind, 3> kKinds = {{{"check", GuardKind::kCheck},
                                                  {"query", GuardKind::kQuery},
                                                  {"expression", GuardKind::kExpression}}};
  guard.origin = block.At();
  std::size_t count = 0;
  for (const auto& [key, kind] : kKinds) {
    if (!block.Has(key)) continue;
    ++count;
    guard.kind = kind;
    KOSEI_RETURN_IF_ERROR(block.ReadText(key, guard.text));
  }
  if (count != 1) {
    return block.Error(
        absl::StrFormat("a guard has %d of check, query and expression, expected "
                        "one; write each guard as an item of its own",
                        count));
  }
  const bool check = guard.kind == GuardKind::kCheck;
  if (!check || block.Has("name")) KOSEI_RETURN_IF_ERROR(block.RequireName("name", guard.name));
  if (guard.name.empty()) guard.name = guard.text;
  if (!check || block.Has("message"))
    KOSEI_RETURN_IF_ERROR(block.RequireLabel("message", guard.message));
  if (block.Has("with") && !check)
    return block.ErrorAt("with", "only a guard with a check has arguments; drop with");
  KOSEI_RETURN_IF_ERROR(ReadArguments(block, guard.with));
  return ReadExpect(block, guard);
}

// Which keys each effect may have beside its own, and which it needs.
struct EffectRule {
  EffectKind kind;
  Words<bool, 4> keys;  // key, whether it is needed; an empty key: none
};
constexpr std::array<EffectRule, 9> kEffectRules = {
    {{EffectKind::kCreate, {{{"link", false}, {"direction", false}, {"set", false}, {}}}},
     {EffectKind::kLink, {{{"to", true}, {"direction", false}, {}, {}}}},
     {EffectKind::kUnlink, {{{"from", true}, {"direction", false}, {}, {}}}},
     {EffectKind::kNotify, {{{"template", true}, {}, {}, {}}}},
     {EffectKind::kAskApproval, {}},
     {EffectKind::kWithdrawApproval, {}},
     {EffectKind::kFire, {{{"to", true}, {}, {}, {}}}},
     {EffectKind::kPlan, {}},
     {EffectKind::kBaseline, {}}}};

absl::Status CheckEffectKeys(const YamlBlock& block, EffectKind kind) {
  const std::string_view own = NameOf(kind);
  for (const EffectRule& rule : kEffectRules) {
    if (rule.kind != kind) continue;
    for (const std::string_view key : kEffectKeys) {
      bool known = key == own;
      for (const auto& [allowed, needed] : rule.keys) known = known || allowed == key;
      if (!known && block.Has(key)) {
        return block.ErrorAt(key, absl::StrFormat("an effect with %s takes no %s; drop it, or "
                                                  "write it as an effect of its own",
                                                  own, key));
      }
    }
    for (const auto& [key, needed] : rule.keys) {
      if (needed && !block.Has(key)) {
        return block.Error(
            absl::StrFormat("an effect with %s has no %s; add \"%s: ...\"", own, key, key));
      }
    }
  }
  return absl::OkStatus();
}

// By the key that names it. "link" stands with "create" as well, so that it counts last.
std::optional<EffectKind> KindOfEffect(const YamlBlock& block) {
  for (const auto& [key, kind] : kEffects)
    if (kind != EffectKind::kLink && block.Has(key)) return kind;
  if (block.Has("link")) return EffectKind::kLink;
  return std::nullopt;
}

absl::Status ReadEffect(const YamlBlock& block, EffectDefinition& effect) {
  static constexpr Words<bool, 2> kDirections = {{{"outgoing", false}, {"incoming", true}}};
  effect.origin = block.At();
  const std::optional<EffectKind> kind = KindOfEffect(block);
  if (!kind) {
    return block.Error(
        "an effect does nothing; add one of create, link, unlink, notify, ask_approval, "
        "withdraw_approval, fire, plan and baseline");
  }
  effect.kind = *kind;
  KOSEI_RETURN_IF_ERROR(CheckEffectKeys(block, *kind));
  const bool links = *kind == EffectKind::kLink || *kind == EffectKind::kUnlink;
  KOSEI_RETURN_IF_ERROR(block.ReadText(NameOf(*kind), links ? effect.link : effect.target));
  if (*kind == EffectKind::kCreate) KOSEI_RETURN_IF_ERROR(block.ReadText("link", effect.link));
  if (*kind == EffectKind::kWithdrawApproval && effect.target == "all") effect.target.clear();
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "direction", kDirections, effect.incoming));
  KOSEI_RETURN_IF_ERROR(block.ReadText("to", effect.keys));
  KOSEI_RETURN_IF_ERROR(block.ReadText("from", effect.keys));
  KOSEI_RETURN_IF_ERROR(block.ReadText("template", effect.notification));
  if (block.Has("direction") && effect.link.empty())
    return block.ErrorAt("direction", "an effect has a direction but no link; add \"link: ...\"");
  return ReadSettings(block, effect.set);
}

absl::Status ReadAfter(const YamlBlock& block, AutomaticDefinition& automatic) {
  automatic.kind = AutomaticKind::kAfter;
  KOSEI_ASSIGN_OR_RETURN(const YamlBlock after,
                         YamlBlock::Open(block.file(), *block.Find("after"), "after", kAfterKeys));
  KOSEI_RETURN_IF_ERROR(after.RequireText("state", automatic.state));
  std::string wait;
  KOSEI_RETURN_IF_ERROR(after.RequireText("wait", wait));
  KOSEI_RETURN_IF_ERROR(after.ReadText("calendar", automatic.calendar));
  absl::StatusOr<Period> period = ParsePeriod(wait);
  if (!period.ok()) {
    return after.ErrorAt("wait", absl::StrFormat("wait of after is %s, expected an ISO 8601 "
                                                 "duration such as P3D, PT8H or P1M",
                                                 Shown(wait)));
  }
  automatic.wait = *period;
  if (automatic.calendar.empty() || period->months == 0) return absl::OkStatus();
  return after.ErrorAt("wait", absl::StrFormat("wait of after is %s with a calendar, expected days "
                                               "or hours: months are not worked; drop the calendar "
                                               "or write days",
                                               wait));
}

absl::Status ReadAutomatic(const YamlBlock& transition, std::optional<AutomaticDefinition>& out) {
  const YAML::Node* node = transition.Find("automatic");
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                         YamlBlock::Open(transition.file(), *node, "automatic", kAutomaticKeys));
  AutomaticDefinition& automatic = out.emplace();
  automatic.origin = block.At();
  const int count = int{block.Has("after")} + int{block.Has("when")} + int{block.Has("on")};
  if (count != 1) {
    return block.Error(
        absl::StrFormat("automatic has %d of after, when and on, expected one; "
                        "write a transition for each",
                        count));
  }
  if (block.Has("after")) return ReadAfter(block, automatic);
  automatic.kind = block.Has("when") ? AutomaticKind::kWhen : AutomaticKind::kOn;
  KOSEI_RETURN_IF_ERROR(block.ReadText("when", automatic.condition));
  return block.ReadText("on", automatic.signal);
}

absl::Status ReadEnds(const YamlBlock& block, TransitionDefinition& transition) {
  if (!block.Has("from")) {
    return block.Error(
        absl::StrFormat("transition %s has no from; add \"from: [...]\" with the "
                        "states it leads out of, or \"from: any\"",
                        transition.name));
  }
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("from", transition.from));
  if (transition.from.empty())
    return block.ErrorAt("from", "from of a transition is an empty list; write \"from: any\"");
  if (transition.from == std::vector<std::string>{"any"}) transition.from.clear();
  KOSEI_RETURN_IF_ERROR(block.RequireText("to", transition.to));
  if (transition.to == "same") transition.to.clear();
  return absl::OkStatus();
}

absl::Status ReadTransition(const YamlBlock& block, TransitionDefinition& out) {
  out.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", out.name));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", out.label));
  KOSEI_RETURN_IF_ERROR(ReadEnds(block, out));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("roles", out.roles));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("required", out.required));
  KOSEI_RETURN_IF_ERROR(ReadSettings(block, out.set));
  KOSEI_RETURN_IF_ERROR(block.ForEachBlock(
      "input", "an input", kInputKeys,
      [&](const YamlBlock& input) { return ReadInput(input, out.inputs.emplace_back()); }));
  KOSEI_RETURN_IF_ERROR(block.ForEachBlock(
      "guards", "a guard", kGuardKeys,
      [&](const YamlBlock& guard) { return ReadGuard(guard, out.guards.emplace_back()); }));
  KOSEI_RETURN_IF_ERROR(block.ForEachBlock(
      "effects", "an effect", kEffectKeys,
      [&](const YamlBlock& effect) { return ReadEffect(effect, out.effects.emplace_back()); }));
  return ReadAutomatic(block, out.automatic);
}

}  // namespace

absl::Status ReadTransitions(const YamlBlock& life_cycle, std::vector<TransitionDefinition>& out) {
  return life_cycle.ForEachBlock(
      "transitions", "a transition", kTransitionKeys,
      [&](const YamlBlock& block) { return ReadTransition(block, out.emplace_back()); });
}

}  // namespace kosei::process
