// A life cycle, checked and compiled: may this person do this now, and what follows? Asking is a
// pure function of what is passed in: no store, no clock. Whoever asks holds the record's version
// still (optimistic locking) and carries out the step.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/process/life_cycle_definition.h"
#include "kosei/process/vocabulary.h"

namespace kosei::process {

// Who asks.
struct Actor {
  std::string key;  // of a person's record; of the system, what it calls itself
  std::vector<std::string> roles;
  bool is_system = false;  // may do what is automatic, whatever the roles
};

// Answers guards that need the graph. One per question; not used after it.
class GuardRunner {
 public:
  struct CheckAnswer {
    bool met = false;
    Label message;  // when it is not met: what would satisfy it
  };
  struct QueryAnswer {
    bool has_rows = false;
    std::vector<std::string> shown;  // some of the rows, as a person would like to see them
  };
  virtual ~GuardRunner() = default;
  // `check` is one of the vocabulary's, `with` has the arguments of its signature.
  virtual absl::StatusOr<CheckAnswer> Check(std::string_view check,
                                            const language::DatumMap& with) = 0;
  // `text` is the statement's, for messages. Parameters: record (the key), actor (a key), now,
  // input and attributes (maps).
  virtual absl::StatusOr<QueryAnswer> Query(const language::Statement& statement,
                                            std::string_view text,
                                            const language::DatumMap& parameters) = 0;
};

// What is asked. Everything must outlive the call only.
struct Question {
  std::string_view record_key;
  std::string_view state;  // in which the record is
  Actor actor;
  language::DatumMap attributes;  // of the record, before
  language::DatumMap changes;     // what the caller changes along with it; null takes a value away
  language::DatumMap inputs;
  Timestamp now;
  std::string time_zone = "Z";  // IANA name or offset: of date-times in expressions
};

enum class RefusalKind : std::uint8_t {
  kUnknownEvent = 1,  // the life cycle has no such transition
  kWrongState = 2,    // it does not lead out of this state
  kSystemOnly = 3,    // it is automatic
  kRole = 4,          // none of the roles that may
  kStateWritten = 5,  // the caller changes the state by hand, or what says which life cycle holds
  kMissingAttribute = 6,
  kMissingInput = 7,
  kWrongInput = 8,  // unknown, or of another type
  kGuard = 9,
  kExpression = 10,  // an expression of the definition fails on these values
};

// Why not, and what would satisfy it.
struct Refusal {
  RefusalKind kind = RefusalKind::kGuard;
  std::string name;  // of the event, attribute, input, guard; of kRole the roles, joined by ", "
  Label message;     // a sentence in lower case without a final stop
};

struct Assignment {
  std::string attribute;
  language::Datum value;  // null: the value is taken away
};

struct PlannedEffect {
  EffectKind kind = EffectKind::kNotify;
  std::string target;
  std::string link;
  bool incoming = false;
  std::vector<std::string> keys;
  std::string notification;
  std::vector<Assignment> set;
};

struct Step {
  std::string event;
  std::string from;
  std::string to;
  // What the transition sets, then the state when it changes. The caller's changes are not here.
  std::vector<Assignment> set;
  std::vector<PlannedEffect> effects;  // in order
};

// Exactly one of the two: a step, or at least one refusal. All that is wrong is told at once, in
// the order of RefusalKind, guards in the order of the definition.
struct Judgement {
  std::optional<Step> step;
  std::vector<Refusal> refusals;
  bool allowed() const { return step.has_value(); }
};

// An event that leads out of a state, as one person sees it.
struct Outlook {
  std::string event;
  Label label;
  std::string to;
  bool automatic = false;
  bool allowed = false;           // once `needs` has been given
  std::vector<Refusal> needs;     // missing attributes and inputs, which the caller may still give
  std::vector<Refusal> refusals;  // all the rest
};

// Immutable; thread-safe.
class LifeCycle {
 public:
  // Checks the definition as a whole: names, labels in both languages, every state reachable and
  // with a way to a final one, expressions and statements that parse, known attributes, roles and
  // checks, no automatic transitions that go round for ever. kModelInvalid; the message has file
  // and line, what is wrong and how to mend it.
  static absl::StatusOr<std::shared_ptr<const LifeCycle>> Make(LifeCycleDefinition definition,
                                                               const Vocabulary& vocabulary);
  ~LifeCycle();
  LifeCycle(const LifeCycle&) = delete;
  LifeCycle& operator=(const LifeCycle&) = delete;

  const LifeCycleDefinition& definition() const;
  const std::string& hash() const;  // HashOf(definition())

  // nullptr when unknown.
  const StateDefinition* FindState(std::string_view name) const;
  // The transition `event` when it leads out of `state`.
  const TransitionDefinition* Find(std::string_view state, std::string_view event) const;
  // Those that lead out of it, in the order of the definition.
  std::vector<const TransitionDefinition*> TransitionsFrom(std::string_view state) const;
  // Where it leads from this state.
  static std::string_view TargetOf(const TransitionDefinition& transition, std::string_view state);

  // Errors are those of the runner, and kInvalidArgument for a state that the life cycle lacks.
  absl::StatusOr<Judgement> Judge(const Question& question, std::string_view event,
                                  GuardRunner& runner) const;
  absl::StatusOr<std::vector<Outlook>> PossibleEvents(const Question& question,
                                                      GuardRunner& runner) const;

  // Of the automatic transitions out of this state with `when`, the first whose condition is true;
  // empty: none. Guards are not asked here. An expression that fails is an error.
  absl::StatusOr<std::string> NextWhen(const Question& question) const;
  // Whether any has `when` there at all.
  bool MayGoOn(std::string_view state) const;
  // The automatic transitions that wait in this state, and those for the signal.
  std::vector<const TransitionDefinition*> WaitingIn(std::string_view state) const;
  std::vector<const TransitionDefinition*> OnSignal(std::string_view state,
                                                    std::string_view signal) const;

 private:
  class Impl;
  explicit LifeCycle(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

// All life cycles of a store. Immutable; thread-safe.
class LifeCycleBook {
 public:
  // Each of LifeCycle::Make, and together: names are given once, no record has two, and those that
  // share an attribute use all of its values and no other.
  static absl::StatusOr<LifeCycleBook> Load(std::span<const DefinitionFile> files,
                                            const Vocabulary& vocabulary);

  const std::vector<std::shared_ptr<const LifeCycle>>& life_cycles() const { return life_cycles_; }
  // nullptr when unknown.
  const LifeCycle* Find(std::string_view name) const;
  // Of a record with these attributes. `classes` are the record's class and those above, nearest
  // first; the nearest with a life cycle for it counts. nullptr: it has none.
  const LifeCycle* For(std::span<const std::string> classes,
                       const language::DatumMap& attributes) const;

 private:
  std::vector<std::shared_ptr<const LifeCycle>> life_cycles_;
};

}  // namespace kosei::process
