// STARTS WITH, ENDS WITH, CONTAINS and =~. Anything that is no text gives null.
#include <re2/re2.h>

#include <memory>

#include "absl/strings/str_format.h"
#include "code_points.h"
#include "compiler.h"
#include "kosei/base/status_macros.h"
#include "run_errors.h"
#include "text_search.h"
#include "work.h"

namespace kosei::language {
namespace {

bool Holds(ExpressionKind kind, const std::string& text, const std::string& part) {
  if (kind == ExpressionKind::kStartsWith) return text.starts_with(part);
  if (kind == ExpressionKind::kEndsWith) return text.ends_with(part);
  return FindText(text, part) != std::string::npos;
}

bool AreTexts(const Datum& a, const Datum& b) {
  return a.kind() == DatumKind::kString && b.kind() == DatumKind::kString;
}

class TextTest final : public TypedEvaluator {
 public:
  TextTest(EvaluatorPtr text, EvaluatorPtr part, ExpressionKind kind)
      : TypedEvaluator(kBooleanKind), text_(std::move(text)), part_(std::move(part)), kind_(kind) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum text = text_->Evaluate(row, evaluation);
    const Datum part = part_->Evaluate(row, evaluation);
    if (!AreTexts(text, part) || !MayPassOver(text, part, evaluation)) return {};
    return Datum::Boolean(Holds(kind_, text.string(), part.string()));
  }

 private:
  EvaluatorPtr text_;
  EvaluatorPtr part_;
  ExpressionKind kind_;
};

std::unique_ptr<re2::RE2> PatternOf(const std::string& text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return std::make_unique<re2::RE2>(text, options);
}

std::string NotAPattern(const re2::RE2& pattern) {
  return absl::StrFormat("'%s' is no regular expression (RE2): %s; mend it",
                         Shortened(pattern.pattern()), Shortened(pattern.error()));
}

// The pattern of the row before is kept: mostly it is the same in all rows.
class Matches final : public TypedEvaluator {
 public:
  Matches(EvaluatorPtr text, EvaluatorPtr pattern, Span span)
      : TypedEvaluator(kBooleanKind),
        text_(std::move(text)),
        pattern_(std::move(pattern)),
        span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    const Datum text = text_->Evaluate(row, evaluation);
    const Datum wanted = pattern_->Evaluate(row, evaluation);
    if (!AreTexts(text, wanted) || !MayPassOver(text, wanted, evaluation)) return {};
    std::shared_ptr<void>& kept = evaluation.kept[this];
    auto* pattern = static_cast<re2::RE2*>(kept.get());
    if (pattern == nullptr || pattern->pattern() != wanted.string()) {
      std::shared_ptr<re2::RE2> made = PatternOf(wanted.string());
      pattern = made.get();
      kept = std::move(made);
    }
    if (!pattern->ok()) {
      return Fail(ErrorCode::kQueryArgument, "InvalidRegularExpression", span_,
                  NotAPattern(*pattern), evaluation);
    }
    return Datum::Boolean(re2::RE2::FullMatch(
        re2::StringPiece(text.string().data(), text.string().size()), *pattern));
  }

 private:
  EvaluatorPtr text_;
  EvaluatorPtr pattern_;
  Span span_;
};

}  // namespace

EvaluatorResult CompileTextTest(const Expression& expression, Compiler& compiler) {
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr text, compiler.Compile(*expression.operands[0]));
  KOSEI_ASSIGN_OR_RETURN(EvaluatorPtr part, compiler.Compile(*expression.operands[1]));
  const bool constant = text->constant() != nullptr && part->constant() != nullptr;
  if (expression.kind != ExpressionKind::kMatches) {
    return compiler.Folded(
        std::make_unique<TextTest>(std::move(text), std::move(part), expression.kind), constant);
  }
  if (part->constant() != nullptr && part->constant()->kind() == DatumKind::kString) {
    const std::unique_ptr<re2::RE2> pattern = PatternOf(part->constant()->string());
    if (!pattern->ok()) {
      return compiler.Error("InvalidRegularExpression", *expression.operands[1],
                            NotAPattern(*pattern));
    }
  }
  return compiler.Folded(
      std::make_unique<Matches>(std::move(text), std::move(part), expression.span), constant);
}

}  // namespace kosei::language
