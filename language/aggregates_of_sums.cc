// Aggregates that are made of sums: sum, avg and the standard deviations.
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "aggregates.h"
#include "run_errors.h"
#include "temporal_calls.h"

namespace kosei::language {
namespace {

// A sum of numbers: of integers exact, in 128 bits, so that it does not matter in which order they
// come; of floats with the lost digits kept (Neumaier).
class NumberSum {
 public:
  void Add(const Datum& value) {
    if (value.kind() == DatumKind::kInteger) {
      whole_ += value.integer();
    } else {
      any_float_ = true;
      AddFloat(value.real());
    }
  }
  void Add(const NumberSum& other) {
    whole_ += other.whole_;
    if (!other.any_float_) return;
    any_float_ = true;
    AddFloat(other.sum_);
    lost_ += other.lost_;
  }
  bool fits() const {
    return whole_ >= std::numeric_limits<std::int64_t>::min() &&
           whole_ <= std::numeric_limits<std::int64_t>::max();
  }
  bool any_float() const { return any_float_; }
  std::int64_t whole() const { return static_cast<std::int64_t>(whole_); }
  double AsFloat() const {
    const double floats = std::isfinite(sum_) ? sum_ + lost_ : sum_;
    return floats + static_cast<double>(whole_);
  }

 private:
  void AddFloat(double value) {
    const double next = sum_ + value;
    if (std::isfinite(next))
      lost_ += std::abs(sum_) >= std::abs(value) ? (sum_ - next) + value : (value - next) + sum_;
    sum_ = next;
  }

  __extension__ using Wide = __int128;
  Wide whole_ = 0;
  double sum_ = 0;
  double lost_ = 0;
  bool any_float_ = false;
};

enum class Kind : std::uint8_t { kSum, kAverage };

class Sum final : public Aggregate {
 public:
  Sum(Kind kind, Span span) : kind_(kind), span_(span) {}
  void Add(const Datum& value, Evaluation& evaluation) override {
    if (value.is_null()) return;
    if (value.is_number() && durations_.is_null()) {
      numbers_.Add(value);
    } else if (value.kind() == DatumKind::kDuration && (count_ == 0 || !durations_.is_null())) {
      durations_ = durations_.is_null() ? value : AddTemporal(durations_, value, span_, evaluation);
    } else {
      WrongKind(name(), value, "numbers alone, or durations alone", span_, evaluation);
      return;
    }
    ++count_;
  }
  void Merge(Aggregate& later, Evaluation& evaluation) override {
    const auto& other = static_cast<const Sum&>(later);
    if (other.count_ == 0) return;
    if (!other.durations_.is_null()) {
      Add(other.durations_, evaluation);
      count_ += other.count_ - 1;
      return;
    }
    if (!durations_.is_null()) {
      // Numbers after durations: the same error as one after the other.
      Add(Datum::Integer(0), evaluation);
      return;
    }
    numbers_.Add(other.numbers_);
    count_ += other.count_;
  }
  Datum Result(Evaluation& evaluation) override {
    if (kind_ == Kind::kAverage) return Average(evaluation);
    if (!durations_.is_null()) return durations_;
    if (numbers_.any_float()) return Datum::Float(numbers_.AsFloat());
    if (numbers_.fits()) return Datum::Integer(numbers_.whole());
    return Fail(ErrorCode::kQueryArithmetic, "IntegerOverflow", span_,
                "sum(): the sum does not fit into 64 bits; sum toFloat() of the values",
                evaluation);
  }

 private:
  std::string_view name() const { return kind_ == Kind::kSum ? "sum()" : "avg()"; }
  Datum Average(Evaluation& evaluation) const {
    if (count_ == 0) return {};
    if (!durations_.is_null())
      return DivideDuration(durations_, Datum::Integer(count_), span_, evaluation);
    return Datum::Float(numbers_.AsFloat() / static_cast<double>(count_));
  }

  Kind kind_;
  Span span_;
  std::int64_t count_ = 0;
  NumberSum numbers_;
  Datum durations_;  // null: none yet
};

// Welford's method, which keeps its digits.
class Deviation final : public Aggregate {
 public:
  Deviation(double bias, Span span) : bias_(bias), span_(span) {}
  void Add(const Datum& value, Evaluation& evaluation) override {
    if (value.is_null()) return;
    if (!value.is_number()) {
      WrongKind("standard deviation", value, "a number", span_, evaluation);
      return;
    }
    ++count_;
    const double distance = value.number() - mean_;
    mean_ += distance / count_;
    squares_ += distance * (value.number() - mean_);
  }
  // Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
  // variances" (1979).
  void Merge(Aggregate& later, Evaluation&) override {
    const auto& other = static_cast<const Deviation&>(later);
    if (other.count_ == 0) return;
    const double count = count_ + other.count_;
    const double distance = other.mean_ - mean_;
    mean_ += distance * other.count_ / count;
    squares_ += other.squares_ + distance * distance * count_ * other.count_ / count;
    count_ = count;
  }
  Datum Result(Evaluation&) override {
    if (count_ <= bias_) return Datum::Float(0);
    return Datum::Float(std::sqrt(squares_ / (count_ - bias_)));
  }

 private:
  double bias_;  // 1: of a sample, 0: of a whole population
  Span span_;
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace

AggregatePtr MakeSum(const Datum&, Span span, Evaluation&) {
  return std::make_unique<Sum>(Kind::kSum, span);
}
AggregatePtr MakeAverage(const Datum&, Span span, Evaluation&) {
  return std::make_unique<Sum>(Kind::kAverage, span);
}
AggregatePtr MakeSampleDeviation(const Datum&, Span span, Evaluation&) {
  return std::make_unique<Deviation>(1, span);
}
AggregatePtr MakePopulationDeviation(const Datum&, Span span, Evaluation&) {
  return std::make_unique<Deviation>(0, span);
}

}  // namespace kosei::language
