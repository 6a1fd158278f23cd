// The passage from the tree to evaluators: what its parts, a file for each subject, share. Every
// part takes an expression of its kinds and gives its evaluator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/error.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"

namespace kosei::language {

using EvaluatorResult = absl::StatusOr<EvaluatorPtr>;

inline constexpr std::uint32_t kBooleanKind = BitOf(DatumKind::kBoolean);
inline constexpr std::uint32_t kStringKind = BitOf(DatumKind::kString);
inline constexpr std::uint32_t kIntegerKind = BitOf(DatumKind::kInteger);
inline constexpr std::uint32_t kNumberKinds = kIntegerKind | BitOf(DatumKind::kFloat);
inline constexpr std::uint32_t kDurationKind = BitOf(DatumKind::kDuration);
inline constexpr std::uint32_t kListKind = BitOf(DatumKind::kList);
inline constexpr std::uint32_t kMapKind = BitOf(DatumKind::kMap);
inline constexpr std::uint32_t kNodeKind = BitOf(DatumKind::kNode);
inline constexpr std::uint32_t kRelationshipKind = BitOf(DatumKind::kRelationship);
inline constexpr std::uint32_t kPathKind = BitOf(DatumKind::kPath);
inline constexpr std::uint32_t kTemporalKinds =
    kDurationKind | BitOf(DatumKind::kDate) | BitOf(DatumKind::kTime) |
    BitOf(DatumKind::kLocalTime) | BitOf(DatumKind::kDateTime) | BitOf(DatumKind::kLocalDateTime);

// A base with what is known of the value.
class TypedEvaluator : public Evaluator {
 public:
  explicit TypedEvaluator(StaticType type) : type_(type) {}
  explicit TypedEvaluator(std::uint32_t kinds) : type_{kinds, kAnyKinds} {}
  StaticType type() const final { return type_; }

 private:
  StaticType type_;
};

// A value that is known when the plan is made.
class Constant final : public Evaluator {
 public:
  explicit Constant(Datum value) : value_(std::move(value)) {}
  Datum Evaluate(Datum*, Evaluation&) const override { return value_; }
  StaticType type() const override { return TypeOf(value_); }
  const Datum* constant() const override { return &value_; }

 private:
  Datum value_;
};

// A text of 1 MiB has place for some 80,000 calls. Literals need no such bound: they are about as
// large as they are written.
inline constexpr std::size_t kFoldedBytesMax = 1'024;
inline constexpr std::size_t kFoldedLiteralMax = std::size_t{1} << 40;

class Compiler {
 public:
  Compiler(Scope& scope, const CompileContext& context) : scope_(scope), context_(context) {}

  EvaluatorResult Compile(const Expression& expression);
  // An evaluator whose operands are all constant is evaluated once: here, when its value is small,
  // as plans are kept; else in each run, as far as that can be kept, and so when it fails.
  EvaluatorPtr Folded(EvaluatorPtr evaluator, bool operands_are_constant,
                      std::size_t bytes_max = kFoldedBytesMax) const;

  // kQuerySyntax at the expression.
  absl::Status Error(std::string_view detail, const Expression& at, std::string_view message,
                     ErrorCode code = ErrorCode::kQuerySyntax) const;
  // InvalidArgumentType unless the value can be of one of these kinds.
  absl::Status Demand(const Evaluator& value, std::uint32_t kinds, std::string_view what,
                      std::string_view wanted, const Expression& at,
                      ErrorCode code = ErrorCode::kQuerySyntax) const;

  Scope& scope() { return scope_; }
  const CompileContext& context() const { return context_; }

 private:
  Scope& scope_;
  const CompileContext& context_;
};

bool AllConstant(const std::vector<EvaluatorPtr>& evaluators);
absl::StatusOr<std::vector<EvaluatorPtr>> CompileAll(const std::vector<ExpressionPtr>& expressions,
                                                     Compiler& compiler);

EvaluatorResult CompileLogic(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileArithmetic(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileComparison(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileIn(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileTextTest(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileProperty(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileHasLabels(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileIndex(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileSlice(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileCollection(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileCase(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileLoop(const Expression& expression, Compiler& compiler);
EvaluatorResult CompileFunction(const Expression& expression, Compiler& compiler);

}  // namespace kosei::language
