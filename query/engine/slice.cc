#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/rows.h"
#include "kosei/language/query_error.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;

class SlicePipe final : public Pipe {
 public:
  SlicePipe(const Slice& slice, Run& run, Pipe& next) : slice_(slice), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    if (!Begin(row)) return false;
    if (skipped_ < skip_) {
      ++skipped_;
      return true;
    }
    if (given_ == limit_) return false;
    ++given_;
    return next_.Push(row) && given_ < limit_;
  }
  bool Finish(Datum* row) override {
    // Bad numbers are errors, also when there are no rows.
    if (!Begin(row)) {
      begun_ = false;
      return false;
    }
    begun_ = false;
    return next_.Finish(row);
  }

 private:
  bool Begin(Datum* row) {
    if (begun_) return true;
    begun_ = true;
    skipped_ = given_ = 0;
    skip_ = CountOf(slice_.skip.get(), slice_.skip_span, run_, row, "SKIP", 0);
    limit_ = CountOf(slice_.limit.get(), slice_.limit_span, run_, row, "LIMIT", UINT64_MAX);
    return !run_.failed();
  }

  const Slice& slice_;
  Run& run_;
  Pipe& next_;
  bool begun_ = false;
  std::uint64_t skip_ = 0, limit_ = 0, skipped_ = 0, given_ = 0;
};

class SliceOperator final : public Operator {
 public:
  SliceOperator(OperatorPtr input, Slice slice)
      : Operator(std::move(input)), slice_(std::move(slice)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<SlicePipe>(slice_, run, next);
  }
  std::string_view name() const override {
    return slice_.skip == nullptr ? "Limit" : slice_.limit == nullptr ? "Skip" : "SkipAndLimit";
  }

 private:
  const Slice slice_;
};

}  // namespace

std::uint64_t CountOf(const language::Evaluator* evaluator, language::Span span, Run& run,
                      Datum* row, std::string_view what, std::uint64_t otherwise) {
  if (evaluator == nullptr) return otherwise;
  const Datum value = evaluator->Evaluate(row, run);
  if (run.failed()) return 0;
  std::int64_t number = -1;
  bool whole = value.kind() == DatumKind::kInteger;
  if (whole) {
    number = value.integer();
  } else if (value.kind() == DatumKind::kFloat && value.real() == std::floor(value.real()) &&
             std::abs(value.real()) < 9e15 && evaluator->constant() == nullptr) {
    // Drivers of languages without integers send every number as a float.
    whole = true;
    number = static_cast<std::int64_t>(value.real());
  }
  if (!whole) {
    run.Fail(
        language::MakeQueryError(ErrorCode::kQuerySyntax, "InvalidArgumentType", span,
                                 absl::StrFormat("%s takes a whole number, not a value of type %s",
                                                 what, language::NameOf(value.kind()))));
    return 0;
  }
  if (number < 0) {
    run.Fail(language::MakeQueryError(
        ErrorCode::kQuerySyntax, "NegativeIntegerArgument", span,
        absl::StrFormat("%s takes a number that is not negative, not %d", what, number)));
    return 0;
  }
  return static_cast<std::uint64_t>(number);
}

OperatorPtr MakeSlice(OperatorPtr input, Slice slice) {
  return std::make_unique<SliceOperator>(std::move(input), std::move(slice));
}

}  // namespace kosei::query
