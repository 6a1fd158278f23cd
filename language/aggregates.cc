// Aggregates that keep one value, or all: count, min, max, collect, and the percentiles.
#include "aggregates.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/language/compare.h"
#include "kosei/language/made_values.h"
#include "numbers.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

void MoveBehind(DatumList& from, DatumList& to) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
  from.clear();
}

class Count final : public Aggregate {
 public:
  void Add(const Datum& value, Evaluation&) override { count_ += value.is_null() ? 0 : 1; }
  void Merge(Aggregate& later, Evaluation&) override {
    count_ += static_cast<Count&>(later).count_;
  }
  Datum Result(Evaluation&) override { return Datum::Integer(count_); }

 private:
  std::int64_t count_ = 0;
};

// The value that is furthest in the global order; `direction` 1: the greatest, -1: the least.
class Extreme final : public Aggregate {
 public:
  explicit Extreme(int direction) : direction_(direction) {}
  void Add(const Datum& value, Evaluation&) override {
    if (value.is_null()) return;
    if (best_.is_null() || CompareOrder(value, best_) * direction_ > 0) best_ = value;
  }
  void Merge(Aggregate& later, Evaluation& evaluation) override {
    Add(static_cast<Extreme&>(later).best_, evaluation);
  }
  Datum Result(Evaluation&) override { return best_; }
  std::size_t HeapBytes() const override { return best_.HeapBytes(); }

 private:
  int direction_;
  Datum best_;
};

class Collect final : public Aggregate {
 public:
  explicit Collect(Span span) : span_(span) {}
  void Add(const Datum& value, Evaluation& evaluation) override {
    if (value.is_null()) return;
    if (items_.size() >= kListItemsMax) {
      TooLarge("collect()", span_, evaluation);
      return;
    }
    bytes_ += value.HeapBytes();
    items_.push_back(value);
  }
  void Merge(Aggregate& later, Evaluation& evaluation) override {
    auto& other = static_cast<Collect&>(later);
    if (other.items_.size() > kListItemsMax - items_.size()) {
      TooLarge("collect()", span_, evaluation);
      return;
    }
    bytes_ += other.bytes_;
    MoveBehind(other.items_, items_);
  }
  Datum Result(Evaluation& evaluation) override {
    return MakeList(std::move(items_), span_, evaluation);
  }
  std::size_t HeapBytes() const override { return bytes_ + items_.capacity() * sizeof(Datum); }

 private:
  Span span_;
  DatumList items_;
  std::size_t bytes_ = 0;
};

class Percentile final : public Aggregate {
 public:
  Percentile(double part, bool continuous, Span span)
      : part_(part), continuous_(continuous), span_(span) {}
  void Add(const Datum& value, Evaluation& evaluation) override {
    if (value.is_null()) return;
    if (!value.is_number()) {
      WrongKind("percentile", value, "a number", span_, evaluation);
      return;
    }
    values_.push_back(value);
  }
  void Merge(Aggregate& later, Evaluation&) override {
    MoveBehind(static_cast<Percentile&>(later).values_, values_);
  }
  Datum Result(Evaluation&) override {
    if (values_.empty()) return {};
    std::ranges::sort(values_,
                      [](const Datum& a, const Datum& b) { return CompareOrder(a, b) < 0; });
    const auto size = static_cast<double>(values_.size());
    if (!continuous_) {
      const double rank = std::ceil(part_ * size);
      return values_[rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1];
    }
    const double place = part_ * (size - 1);
    const double below = std::floor(place);
    const double low = values_[static_cast<std::size_t>(below)].number();
    if (below == place) return Datum::Float(low);
    const double high = values_[static_cast<std::size_t>(below) + 1].number();
    return Datum::Float(low + (high - low) * (place - below));
  }
  std::size_t HeapBytes() const override { return values_.capacity() * sizeof(Datum); }

 private:
  double part_;
  bool continuous_;
  Span span_;
  DatumList values_;
};

AggregatePtr MakePercentile(const Datum& part, bool continuous, Span span, Evaluation& evaluation) {
  double value = 0;
  if (!part.is_number()) {
    WrongKind("percentile", part, "a number from 0.0 to 1.0", span, evaluation);
  } else if (!(part.number() >= 0 && part.number() <= 1)) {
    Fail(ErrorCode::kQueryArgument, "NumberOutOfRange", span,
         absl::StrFormat("percentile: found %s, expected a number from 0.0 to 1.0",
                         DecimalText(part.number())),
         evaluation);
  } else {
    value = part.number();
  }
  return std::make_unique<Percentile>(value, continuous, span);
}

}  // namespace

AggregatePtr MakeCount(const Datum&, Span, Evaluation&) { return std::make_unique<Count>(); }
AggregatePtr MakeLeast(const Datum&, Span, Evaluation&) { return std::make_unique<Extreme>(-1); }
AggregatePtr MakeGreatest(const Datum&, Span, Evaluation&) { return std::make_unique<Extreme>(1); }
AggregatePtr MakeCollect(const Datum&, Span span, Evaluation&) {
  return std::make_unique<Collect>(span);
}
AggregatePtr MakeContinuousPercentile(const Datum& part, Span span, Evaluation& evaluation) {
  return MakePercentile(part, true, span, evaluation);
}
AggregatePtr MakeDiscretePercentile(const Datum& part, Span span, Evaluation& evaluation) {
  return MakePercentile(part, false, span, evaluation);
}

}  // namespace kosei::language
