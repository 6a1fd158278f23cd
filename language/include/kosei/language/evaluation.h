// Evaluation: expressions compiled once per statement and evaluated once per row. A row is an array
// of slots; each variable has one (Scope). Reading what records and links hold goes through Graph,
// and patterns inside expressions through Subqueries, so this layer knows no store.
//
// Null and comparison rules are those of openCypher: three-valued logic, null for what is missing.
// An error stops the row: Evaluate records it in Evaluation::error (the first one stays) and gives
// null; whoever drives looks at it after each row.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"

namespace kosei::language {

// What records and links hold. One per thread of a statement; errors through Evaluation::error.
struct Evaluation;
class Graph {
 public:
  virtual ~Graph() = default;
  // A number for a property name; Property takes it. Asked once for each that a statement writes,
  // and in each row for one that is a value there (n[$name]).
  virtual std::uint32_t PropertyNumber(std::string_view name) = 0;
  virtual Datum Property(NodeRef node, std::uint32_t property, Evaluation& evaluation) = 0;
  virtual Datum Property(LinkRef link, std::uint32_t property, Evaluation& evaluation) = 0;
  virtual DatumMap Properties(NodeRef node, Evaluation& evaluation) = 0;
  virtual DatumMap Properties(LinkRef link, Evaluation& evaluation) = 0;
  virtual std::vector<std::string> Labels(NodeRef node, Evaluation& evaluation) = 0;
  virtual bool HasLabel(NodeRef node, std::string_view label, Evaluation& evaluation) = 0;
  virtual std::string TypeOf(LinkRef link) = 0;
  // What a record is called outside, for ever; elementId() gives it.
  virtual std::string ElementId(NodeRef node) { return std::to_string(node.record.value); }
};

// What a statement sees while it runs.
struct Evaluation {
  Graph* graph = nullptr;
  const DatumMap* parameters = nullptr;
  Timestamp now;                // of the statement: every now() in it is the same
  std::string time_zone = "Z";  // IANA name or offset: of date-times that are given none
  std::uint64_t random_state = 0;
  // Asked now and then by what loops over lists and by what works on large values: an error (time
  // is up, cancelled) stops the row. Empty: never asked.
  std::function<absl::Status()> interruption;
  // What evaluators keep for themselves from row to row (lists made ready for look-up, patterns).
  std::unordered_map<const void*, std::shared_ptr<void>> kept;
  absl::Status error;
  // Whether a loop may take its next step, or work that takes as long as so many.
  bool Proceed(std::uint64_t count = 1) {
    loop_steps_ += count;
    if (loop_steps_ < kLoopStepsPerQuestion) return error.ok();
    loop_steps_ = 0;
    if (interruption && error.ok()) error = interruption();
    return error.ok();
  }
  // From now on values may take so many bytes more on this thread. At first there is no limit.
  void LimitMemory(std::uint64_t bytes) {
    memory_bytes_ = bytes;
    held_before_ = HeldDatumBytes();
  }
  // What values have taken since LimitMemory, on this thread; negative when more went than came.
  std::int64_t HeldBytes() const { return HeldDatumBytes() - held_before_; }
  // What other threads hold of the same statement.
  void SetHeldElsewhere(std::int64_t bytes) { held_elsewhere_ = bytes; }
  // Whether `more` bytes can be made beside the values that are held. If not, that is the error, at
  // `span`. Whoever makes values asks; afterwards is soon enough for those of a bounded size.
  bool HasRoom(std::uint64_t more, Span span) {
    const std::int64_t held = HeldBytes() + held_elsewhere_;
    const std::uint64_t taken = held > 0 ? static_cast<std::uint64_t>(held) : 0;
    if (taken <= memory_bytes_ && more <= memory_bytes_ - taken) return true;
    return FailForMemory(span);
  }
  bool failed() const { return !error.ok(); }
  // Keeps the first error. Gives null, so that callers can `return evaluation.Fail(...)`.
  Datum Fail(absl::Status status) {
    if (error.ok()) error = std::move(status);
    return {};
  }

 private:
  static constexpr std::uint64_t kLoopStepsPerQuestion = 1'024;
  bool FailForMemory(Span span);

  std::uint64_t loop_steps_ = 0;
  std::uint64_t memory_bytes_ = UINT64_MAX;
  std::int64_t held_before_ = 0;
  std::int64_t held_elsewhere_ = 0;
};

// What is known of a value before anything runs: the kinds it can have (a bit each, BitOf), and if
// it can be a list, the kinds its items can have. Null is always possible besides, where `kinds`
// says so or not does not matter.
inline constexpr std::uint32_t kAnyKinds = (BitOf(DatumKind::kPath) << 1) - 1;
struct StaticType {
  std::uint32_t kinds = kAnyKinds;
  std::uint32_t item_kinds = kAnyKinds;
  // Whether a value of one of the kinds is possible.
  bool MayBe(std::uint32_t some) const { return (kinds & (some | BitOf(DatumKind::kNull))) != 0; }
};
StaticType TypeOf(const Datum& value);

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual StaticType type() const { return {}; }
  // The value, if it is the same in every row.
  virtual const Datum* constant() const { return nullptr; }
  // `row` is an array of the scope's slots; those of inner variables (comprehensions) are written.
  virtual Datum Evaluate(Datum* row, Evaluation& evaluation) const = 0;
};
using EvaluatorPtr = std::unique_ptr<Evaluator>;

// Which variable is in which slot. Names that are hidden by an inner one come back when it ends.
class Scope {
 public:
  // The first variable gets this slot.
  explicit Scope(std::uint32_t first_slot = 0) : slot_count_(first_slot) {}
  // The slot of a new variable; slots are never used twice within a statement's part.
  std::uint32_t Add(std::string name, StaticType type = {});
  std::optional<std::uint32_t> Find(std::string_view name) const;
  // Of the newest variable of that name; anything when there is none.
  StaticType TypeOf(std::string_view name) const;
  void Remove(std::string_view name);  // the newest of that name
  std::uint32_t slot_count() const { return slot_count_; }
  // Leaves out the slots below: those that a scope within this one has used.
  void SkipTo(std::uint32_t slot_count) {
    if (slot_count > slot_count_) slot_count_ = slot_count;
  }
  std::vector<std::string> Names() const;

 private:
  struct Variable {
    std::uint32_t slot = 0;
    StaticType type;
  };
  std::map<std::string, std::vector<Variable>, std::less<>> variables_;
  std::uint32_t slot_count_;
};

// Compiles what needs the graph's patterns: kPattern, kPatternComprehension, kExists, kCount.
class Subqueries {
 public:
  virtual ~Subqueries() = default;
  virtual absl::StatusOr<EvaluatorPtr> Compile(const Expression& expression, Scope& scope) = 0;
};

// What compiling needs beside the expression.
struct CompileContext {
  std::string_view text;  // of the statement, for messages
  Graph* graph = nullptr;
  Subqueries* subqueries = nullptr;
  // Functions that the engine adds (kosei.valid_from(n), ...): nullptr when it has none. Asked
  // after the built-in ones.
  class Functions* functions = nullptr;
};

// A function written elsewhere.
class Functions {
 public:
  virtual ~Functions() = default;
  // `arguments` are compiled. nullptr: no such function. A wrong number of arguments is
  // kQuerySyntax / InvalidNumberOfArguments.
  virtual absl::StatusOr<EvaluatorPtr> Make(const Expression& call,
                                            std::vector<EvaluatorPtr>& arguments) = 0;
  virtual std::vector<std::string> Names() const = 0;
};

// Errors are kQuerySyntax with details such as UndefinedVariable, UnknownFunction,
// InvalidArgumentType (of literals), InvalidNumberOfArguments. Aggregates must have been taken out
// by the planner: one that is left is InvalidAggregation.
absl::StatusOr<EvaluatorPtr> Compile(const Expression& expression, Scope& scope,
                                     const CompileContext& context);

// Whether `name` (any case) is an aggregate: count, sum, avg, min, max, collect, stdev, stdevp,
// percentile_cont, percentile_disc.
bool IsAggregate(std::string_view name);

}  // namespace kosei::language
