// Life cycles as they are written: states, transitions, and what guards and follows each. Read from
// YAML (docs/processes/life_cycles.md has every key); compiled into a LifeCycle (life_cycle.h),
// which checks them. The states are those that ISO/IEC 20000-1 asks to be defined, recorded and
// followed (8.1, 8.2, 9.1, 9.2, 9.3); which ones there are is data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/period.h"
#include "kosei/language/datum.h"
#include "kosei/model/definition.h"

namespace kosei::process {

using Label = model::Label;

// One file of definitions. `name` is how messages call it.
struct DefinitionFile {
  std::string name;
  std::string text;  // YAML, UTF-8, at most 1 MiB
};

enum class StateKind : std::uint8_t {
  kOpen = 1,     // being worked on
  kWaiting = 2,  // somebody else is waited for
  kDone = 3,     // the work is done: a service clock stops here
};
std::string_view NameOf(StateKind kind);  // "open": as in YAML

struct StateDefinition {
  std::string name;  // lower-case letters, digits, underscores; a value of the enum
  Label label;
  StateKind kind = StateKind::kOpen;
  bool final = false;     // nothing leads out of it
  std::string waits_for;  // kWaiting: whom, as in "customer"; empty: not said
  // What else is open in this state, as in "edit_plan" or "implement": words that others ask for.
  std::vector<std::string> allows;
  std::vector<std::string> renamed_from;  // names it had in earlier versions
  // Who edits a record in it without a transition, instead of what the life cycle says.
  std::optional<std::vector<std::string>> edited_by;
  std::string origin;  // "file:line" for messages
};

// An attribute and the expression of the query language that gives its value. Variables: `record`
// (a map of its attributes, with what the caller changes and what was set before), `input` (a map),
// `actor` (a key), `roles` (a list) and `now`.
struct Setting {
  std::string attribute;
  std::string expression;
  std::string origin;
};

enum class InputType : std::uint8_t {
  kText = 1,
  kInteger = 2,
  kDecimal = 3,
  kBoolean = 4,
  kTimestamp = 5,
  kDate = 6,
  kDuration = 7,
  kEnum = 8,
  kKey = 9,  // the key of a record
};
std::string_view NameOf(InputType type);

// What the caller gives besides attributes.
struct InputDefinition {
  std::string name;
  Label label;
  InputType type = InputType::kText;
  bool required = false;
  std::vector<std::string> values;  // kEnum
  std::string origin;
};

enum class GuardKind : std::uint8_t {
  kCheck = 1,       // a named check of the program's
  kQuery = 2,       // a statement of the query language
  kExpression = 3,  // must be true
};

struct GuardDefinition {
  GuardKind kind = GuardKind::kExpression;
  std::string name;           // of a check without one: the check's
  Label message;              // what would satisfy it; a check says that itself when it is empty
  std::string text;           // the check's name, the statement or the expression
  language::DatumMap with;    // kCheck: its arguments, each a text, an integer or a boolean
  bool expects_rows = false;  // kQuery: refused without rows; otherwise refused with rows
  std::string origin;
};

enum class EffectKind : std::uint8_t {
  kCreate = 1,            // a record of `target`, linked when `link` is not empty
  kLink = 2,              // to the records whose keys `keys` gives
  kUnlink = 3,            // from these
  kNotify = 4,            // the audience `target`, with `notification`
  kAskApproval = 5,       // by the policy `target`
  kWithdrawApproval = 6,  // of the policy `target`; empty: every one that is open
  kFire = 7,              // the event `target` of the records whose keys `keys` gives
  kPlan = 8,              // the plan that the record owns: `target` is a PlanDeed's name
  kBaseline = 9,          // names the graph as it was just before: the key, "-", `target`
};
std::string_view NameOf(EffectKind kind);

struct EffectDefinition {
  EffectKind kind = EffectKind::kNotify;
  std::string target;        // class, audience, policy or event, by kind
  std::string link;          // relationship type
  bool incoming = false;     // the link leads to the record, not from it
  std::string keys;          // an expression: a key or a list of keys
  std::string notification;  // kNotify: the template's name
  std::vector<Setting> set;  // kCreate
  std::string origin;
};

enum class AutomaticKind : std::uint8_t {
  kAfter = 1,  // so long after the record came into `state`
  kWhen = 2,   // as soon as `condition` is true
  kOn = 3,     // when the signal comes, as in "approval_granted"
};

// Done by the system itself.
struct AutomaticDefinition {
  AutomaticKind kind = AutomaticKind::kWhen;
  std::string state;      // kAfter
  Period wait;            // kAfter
  std::string calendar;   // kAfter: whose hours count; empty: every hour
  std::string condition;  // kWhen
  std::string signal;     // kOn
  std::string origin;
};

struct TransitionDefinition {
  std::string name;  // the event
  Label label;
  std::vector<std::string> from;  // empty: any state that is neither final nor `to`
  std::string to;                 // empty: the state stays
  // Any of them. Empty: whoever may write the record; of an automatic one, the system alone.
  std::vector<std::string> roles;
  std::vector<std::string> required;  // attributes that have a value afterwards
  std::vector<Setting> set;           // in this order; later ones see what earlier ones set
  std::vector<InputDefinition> inputs;
  std::vector<GuardDefinition> guards;
  std::vector<EffectDefinition> effects;
  std::optional<AutomaticDefinition> automatic;
  std::string origin;
};

// For which records of the class it is: those whose attribute has one of these values. So that
// standard, normal and emergency changes may each have one of their own.
struct AppliesDefinition {
  std::string attribute;  // an enum
  std::vector<std::string> values;
};

struct LifeCycleDefinition {
  std::string name;
  std::string class_name;  // records of it and below
  std::string attribute;   // the enum that holds the state
  std::uint32_t version = 1;
  Label label;
  std::string initial;
  std::optional<AppliesDefinition> applies;
  // Roles of which any may open a record, or edit its attributes and links without a transition.
  // Not given: whoever may write records. Given and empty: nobody.
  std::optional<std::vector<std::string>> opened_by;
  std::optional<std::vector<std::string>> edited_by;
  std::vector<StateDefinition> states;
  std::vector<TransitionDefinition> transitions;
  std::string origin;
};

// The life cycles of one file (`life_cycles:`). Only the form is checked here; what it means is
// checked by LifeCycle::Make. kModelInvalid with file and line.
absl::StatusOr<std::vector<LifeCycleDefinition>> ParseLifeCycles(std::string_view yaml,
                                                                 std::string_view origin);

// All that the definition says, in one form: two texts of YAML that mean the same give the same.
// Names, order and labels count; white space, comments, the order of keys and the writing of
// expressions do not.
std::string CanonicalText(const LifeCycleDefinition& definition);
// SHA-256 of it, 64 hexadecimal digits: names a version for ever.
std::string HashOf(const LifeCycleDefinition& definition);

// What a part of a life cycle has gone through between two versions.
struct LifeCyclePart {
  std::string name;
  std::vector<std::string> aspects;  // of one that changed: "label", "to", "guards", ...
};

struct LifeCycleComparison {
  std::vector<std::string> states_added;
  std::vector<std::string> states_removed;  // renamed ones are not among them
  std::vector<std::pair<std::string, std::string>> states_renamed;  // old name, new name
  std::vector<LifeCyclePart> states_changed;
  std::vector<std::string> transitions_added;
  std::vector<std::string> transitions_removed;
  std::vector<LifeCyclePart> transitions_changed;
  std::vector<std::string> aspects;  // of the life cycle itself: "initial", "label", ...
  // States that went, and that no state of the new version names in renamed_from: a record that is
  // in one needs to be told where it goes.
  std::vector<std::string> unmapped;
  bool same() const;
};
// All lists in the order of the definitions.
LifeCycleComparison CompareLifeCycles(const LifeCycleDefinition& before,
                                      const LifeCycleDefinition& after);

enum class LabelLanguage : std::uint8_t { kEnglish = 1, kJapanese = 2 };
const std::string& TextOf(const Label& label, LabelLanguage language);

// A stateDiagram-v2 of Mermaid, for documents. States and transitions in their order.
std::string ToMermaid(const LifeCycleDefinition& definition, LabelLanguage language);

}  // namespace kosei::process
