#include "lifecycle/canonical_parts.h"

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"
#include "kosei/language/text_form.h"

namespace kosei::process {
namespace {

using language::QuotedText;

// Expressions and statements that mean the same print alike; one that does not parse stays as it
// is.
std::string ExpressionText(std::string_view text) {
  const absl::StatusOr<language::ExpressionPtr> tree = language::ParseExpression(text);
  return tree.ok() ? language::ToText(**tree) : std::string(text);
}
std::string StatementText(std::string_view text) {
  const absl::StatusOr<language::Statement> tree = language::Parse(text);
  return tree.ok() ? language::ToText(*tree) : std::string(text);
}

std::string LabelText(const Label& label) {
  if (label.en.empty() && label.ja.empty()) return {};
  return QuotedText(label.en) + ", " + QuotedText(label.ja);
}

std::string ListText(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + QuotedText(text);
  return joined;
}

std::string SettingsText(const std::vector<Setting>& settings) {
  std::string joined;
  for (const Setting& setting : settings) {
    joined += absl::StrFormat("%s%s: %s", joined.empty() ? "" : ", ", setting.attribute,
                              QuotedText(ExpressionText(setting.expression)));
  }
  return joined;
}

void Add(Aspects& aspects, std::string_view name, std::string text) {
  if (!text.empty()) aspects.emplace_back(name, std::move(text));
}

void AddRoles(Aspects& aspects, std::string_view name,
              const std::optional<std::vector<std::string>>& roles) {
  if (roles) Add(aspects, name, roles->empty() ? "nobody" : ListText(*roles));
}

std::string Braced(const Aspects& aspects) {
  std::string joined;
  for (const auto& [name, text] : aspects)
    joined += absl::StrFormat("%s%s: [%s]", joined.empty() ? "" : ", ", name, text);
  return "{" + joined + "}";
}

std::string InputText(const InputDefinition& input) {
  Aspects aspects = {{"name", input.name}, {"type", std::string(NameOf(input.type))}};
  Add(aspects, "label", LabelText(input.label));
  if (input.required) Add(aspects, "required", "true");
  Add(aspects, "values", ListText(input.values));
  return Braced(aspects);
}

std::string GuardText(const GuardDefinition& guard) {
  Aspects aspects = {{"name", guard.name}};
  Add(aspects, "message", LabelText(guard.message));
  switch (guard.kind) {
    case GuardKind::kCheck: {
      language::Evaluation evaluation;
      Add(aspects, "check", guard.text);
      if (!guard.with.empty())
        Add(aspects, "with", language::ToText(language::Datum::Map(guard.with), evaluation));
      break;
    }
    case GuardKind::kQuery:
      Add(aspects, guard.expects_rows ? "query that gives rows" : "query",
          QuotedText(StatementText(guard.text)));
      break;
    case GuardKind::kExpression:
      Add(aspects, "expression", QuotedText(ExpressionText(guard.text)));
      break;
  }
  return Braced(aspects);
}

std::string EffectText(const EffectDefinition& effect) {
  Aspects aspects = {{NameOf(effect.kind), effect.target}};
  Add(aspects, effect.incoming ? "link to it" : "link", effect.link);
  if (!effect.keys.empty()) Add(aspects, "keys", QuotedText(ExpressionText(effect.keys)));
  Add(aspects, "template", effect.notification);
  Add(aspects, "set", SettingsText(effect.set));
  return Braced(aspects);
}

std::string AutomaticText(const AutomaticDefinition& automatic) {
  switch (automatic.kind) {
    case AutomaticKind::kAfter:
      return absl::StrFormat("after %s in %s%s%s", FormatPeriod(automatic.wait), automatic.state,
                             automatic.calendar.empty() ? "" : " by ", automatic.calendar);
    case AutomaticKind::kWhen:
      return "when " + QuotedText(ExpressionText(automatic.condition));
    case AutomaticKind::kOn:
      return "on " + automatic.signal;
  }
  return {};
}

template <typename Items, typename Text>
std::string Each(const Items& items, Text text) {
  std::string joined;
  for (const auto& item : items) joined += (joined.empty() ? "" : ", ") + text(item);
  return joined;
}

// What begins each line of a part.
std::string Lines(std::string_view indent, const Aspects& aspects) {
  std::string lines;
  for (const auto& [name, text] : aspects)
    lines += absl::StrFormat("%s%s: %s\n", indent, name, text);
  return lines;
}

}  // namespace

Aspects AspectsOf(const LifeCycleDefinition& definition) {
  Aspects aspects = {{"class", definition.class_name},
                     {"attribute", definition.attribute},
                     {"initial", definition.initial}};
  Add(aspects, "label", LabelText(definition.label));
  if (definition.applies) {
    Add(aspects, "applies",
        definition.applies->attribute + ": " + ListText(definition.applies->values));
  }
  AddRoles(aspects, "opened_by", definition.opened_by);
  AddRoles(aspects, "edited_by", definition.edited_by);
  return aspects;
}

Aspects AspectsOf(const StateDefinition& state) {
  Aspects aspects = {{"kind", std::string(NameOf(state.kind))}};
  Add(aspects, "label", LabelText(state.label));
  if (state.final) Add(aspects, "final", "true");
  Add(aspects, "waits_for", state.waits_for);
  Add(aspects, "allows", ListText(state.allows));
  Add(aspects, "renamed_from", ListText(state.renamed_from));
  AddRoles(aspects, "edited_by", state.edited_by);
  return aspects;
}

Aspects AspectsOf(const TransitionDefinition& transition) {
  Aspects aspects = {
      {"from", transition.from.empty() ? std::string("any") : ListText(transition.from)},
      {"to", transition.to.empty() ? std::string("same") : transition.to}};
  Add(aspects, "label", LabelText(transition.label));
  Add(aspects, "roles", ListText(transition.roles));
  Add(aspects, "required", ListText(transition.required));
  Add(aspects, "set", SettingsText(transition.set));
  Add(aspects, "input", Each(transition.inputs, InputText));
  Add(aspects, "guards", Each(transition.guards, GuardText));
  Add(aspects, "effects", Each(transition.effects, EffectText));
  if (transition.automatic) Add(aspects, "automatic", AutomaticText(*transition.automatic));
  return aspects;
}

std::string CanonicalText(const LifeCycleDefinition& definition) {
  std::string text =
      absl::StrFormat("life_cycle %s version %d\n", definition.name, definition.version);
  text += Lines("  ", AspectsOf(definition));
  for (const StateDefinition& state : definition.states)
    text += absl::StrFormat("state %s\n%s", state.name, Lines("  ", AspectsOf(state)));
  for (const TransitionDefinition& transition : definition.transitions) {
    text +=
        absl::StrFormat("transition %s\n%s", transition.name, Lines("  ", AspectsOf(transition)));
  }
  return text;
}

std::string HashOf(const LifeCycleDefinition& definition) {
  std::string hex;
  for (const char byte : Sha256::Of(CanonicalText(definition)))
    hex += absl::StrFormat("%02x", static_cast<unsigned char>(byte));
  return hex;
}

}  // namespace kosei::process
