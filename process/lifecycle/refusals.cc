#include "lifecycle/refusals.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "kosei/base/error.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/text_form.h"

namespace kosei::process {
namespace {

constexpr std::size_t kRowsShownMax = 5;

// "assignment_group (Assignment group)", or the name alone when that says the same.
std::string Named(std::string_view name, std::string_view label) {
  if (label.empty() || label == name) return std::string(name);
  return absl::StrFormat("%s (%s)", name, label);
}

std::string Bracketed(std::string_view text) { return absl::StrFormat("「%s」", text); }

std::string NamedJa(std::string_view name, std::string_view label) {
  if (label.empty() || label == name) return Bracketed(name);
  return absl::StrFormat("「%s」(%s)", label, name);
}

Label LabelOfState(const LifeCycleDefinition& life_cycle, std::string_view name) {
  const auto found = std::ranges::find(life_cycle.states, name, &StateDefinition::name);
  return found == life_cycle.states.end() ? Label{std::string(name), std::string(name)}
                                          : found->label;
}

std::string PossibleEn(const std::vector<std::string>& possible) {
  return possible.empty() ? "nothing leads out of it" : "possible now: " + Joined(possible);
}
std::string PossibleJa(const std::vector<std::string>& possible) {
  return possible.empty() ? "この状態からの遷移はありません"
                          : "現在可能な遷移: " + Joined(possible);
}

std::string_view ExpectedJa(InputType type) {
  switch (type) {
    case InputType::kText:
      return "文字列";
    case InputType::kInteger:
      return "整数";
    case InputType::kDecimal:
      return "数値";
    case InputType::kBoolean:
      return "真偽値";
    case InputType::kTimestamp:
      return "日時";
    case InputType::kDate:
      return "日付";
    case InputType::kDuration:
      return "期間";
    case InputType::kEnum:
      return "列挙値";
    case InputType::kKey:
      return "レコードのキー";
  }
  return "値";
}

}  // namespace

Refusal UnknownEvent(const LifeCycleDefinition& life_cycle, std::string_view event,
                     const std::vector<std::string>& possible) {
  return {RefusalKind::kUnknownEvent,
          std::string(event),
          {absl::StrFormat("life cycle %s has no transition %s; %s", life_cycle.name, Shown(event),
                           PossibleEn(possible)),
           absl::StrFormat("ライフサイクル「%s」に遷移「%s」はありません。%s", life_cycle.label.ja,
                           event, PossibleJa(possible))}};
}

Refusal WrongState(const LifeCycleDefinition& life_cycle, const CompiledTransition& transition,
                   std::string_view state, const std::vector<std::string>& possible) {
  std::vector<std::string> sources_ja;
  for (const std::string_view source : transition.sources)
    sources_ja.push_back(Bracketed(LabelOfState(life_cycle, source).ja));
  const TransitionDefinition& definition = *transition.definition;
  return {RefusalKind::kWrongState,
          definition.name,
          {absl::StrFormat("%s leads out of %s, and the record is in %s; %s", definition.name,
                           Joined(transition.sources), state, PossibleEn(possible)),
           absl::StrFormat("「%s」は%sからの遷移ですが、現在の状態は「%s」です。%s",
                           definition.label.ja, Joined(sources_ja, "、"),
                           LabelOfState(life_cycle, state).ja, PossibleJa(possible))}};
}

Refusal SystemOnly(const TransitionDefinition& transition) {
  return {RefusalKind::kSystemOnly,
          transition.name,
          {absl::StrFormat("%s is done by the system itself when the time has come; nobody does it "
                           "by hand",
                           transition.name),
           absl::StrFormat("「%s」はシステムが自動で行います。手動では実行できません",
                           transition.label.ja)}};
}

Refusal MissingRole(const TransitionDefinition& transition, const Actor& actor) {
  const std::string needed = Joined(transition.roles);
  const std::string has = actor.roles.empty() ? "none" : Joined(actor.roles);
  const std::string has_ja = actor.roles.empty() ? "なし" : Joined(actor.roles);
  const bool one = transition.roles.size() == 1;
  return {RefusalKind::kRole,
          needed,
          {absl::StrFormat("%s needs %s %s; the roles of %s: %s", transition.name,
                           one ? "the role" : "one of the roles", needed, actor.key, has),
           absl::StrFormat("「%s」には%s %s が必要です。%s のロール: %s", transition.label.ja,
                           one ? "ロール" : "次のいずれかのロール", needed, actor.key, has_ja)}};
}

Refusal StateWritten(const TransitionDefinition& transition, std::string_view attribute) {
  return {RefusalKind::kStateWritten,
          std::string(attribute),
          {absl::StrFormat("%s cannot be changed along with %s; leave it out of the changes",
                           attribute, transition.name),
           absl::StrFormat("「%s」は「%s」と同時に変更できません。変更から除いてください",
                           attribute, transition.label.ja)}};
}

Refusal MissingAttribute(const TransitionDefinition& transition,
                         const RequiredAttribute& attribute) {
  return {RefusalKind::kMissingAttribute,
          attribute.name,
          {absl::StrFormat("%s has no value, and %s requires one; give it along",
                           Named(attribute.name, attribute.label.en), transition.name),
           absl::StrFormat("%sに値がありません。「%s」には値が必要です",
                           NamedJa(attribute.name, attribute.label.ja), transition.label.ja)}};
}

Refusal MissingInput(const TransitionDefinition& transition, const InputDefinition& input) {
  return {RefusalKind::kMissingInput,
          input.name,
          {absl::StrFormat("%s requires the input %s; give it along", transition.name,
                           Named(input.name, input.label.en)),
           absl::StrFormat("「%s」には入力%sが必要です", transition.label.ja,
                           NamedJa(input.name, input.label.ja))}};
}

Refusal UnknownInput(const TransitionDefinition& transition, std::string_view name) {
  std::vector<std::string> known;
  for (const InputDefinition& input : transition.inputs) known.push_back(input.name);
  return {
      RefusalKind::kWrongInput,
      std::string(name),
      {absl::StrFormat("%s takes no input %s%s", transition.name, Shown(name), Hint(name, known)),
       absl::StrFormat("「%s」に入力「%s」はありません。入力: %s", transition.label.ja, name,
                       known.empty() ? "なし" : Joined(known))}};
}

Refusal WrongInput(const InputDefinition& input, const language::Datum& value) {
  language::Evaluation evaluation;
  const std::string found = language::ToText(value, evaluation);
  const bool is_enum = input.type == InputType::kEnum;
  const std::string expected = is_enum ? "one of " + Joined(input.values)
                                       : "a value of type " + std::string(NameOf(input.type));
  const std::string expected_ja =
      is_enum ? Joined(input.values) + " のいずれか" : std::string(ExpectedJa(input.type));
  return {RefusalKind::kWrongInput,
          input.name,
          {absl::StrFormat("input %s is %s, expected %s", Named(input.name, input.label.en), found,
                           expected),
           absl::StrFormat("入力%sは %s ですが、%sを指定してください",
                           NamedJa(input.name, input.label.ja), found, expected_ja)}};
}

Refusal UnmetGuard(std::string_view guard, const Label& message,
                   const std::vector<std::string>& shown) {
  std::vector<std::string> rows = shown;
  const bool all = rows.size() <= kRowsShownMax;
  if (!all) rows.resize(kRowsShownMax);
  const std::string listed =
      rows.empty() ? "" : absl::StrFormat(" (%s%s)", Joined(rows), all ? "" : ", ...");
  return {RefusalKind::kGuard, std::string(guard), {message.en + listed, message.ja + listed}};
}

Refusal FailedExpression(const TransitionDefinition& transition, std::string_view what,
                         const absl::Status& status) {
  const std::string_view message = MessageOf(status);
  return {
      RefusalKind::kExpression,
      std::string(what),
      {absl::StrFormat("%s: the expression of %s fails: %s", transition.name, what, message),
       absl::StrFormat("「%s」: %s の式を評価できません: %s", transition.label.ja, what, message)}};
}

}  // namespace kosei::process
