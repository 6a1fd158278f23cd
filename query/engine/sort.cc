#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/row_set.h"
#include "engine/rows.h"
#include "kosei/language/compare.h"

namespace kosei::query {
namespace {

using language::Datum;

class SortPipe final : public Pipe {
 public:
  SortPipe(const std::vector<SortKey>& keys, const std::vector<std::uint32_t>& live,
           const Slice& top, Run& run, Pipe& next)
      : keys_(keys), live_(live), top_(top), run_(run), next_(next) {}

  bool Push(Datum* row) override {
    if (!Begin(row)) return false;
    if (wanted_ == 0) return false;
    Kept kept;
    kept.order = pushed_++;
    kept.values.reserve(keys_.size() + live_.size());
    for (const SortKey& key : keys_) kept.values.push_back(key.value->Evaluate(row, run_));
    if (run_.failed()) return false;
    const auto before = [this](const Kept& a, const Kept& b) { return Before(a, b); };
    if (rows_.size() == wanted_) {
      // A heap of the best so far, the last of them in front.
      if (!Before(kept, rows_.front())) return true;
      std::pop_heap(rows_.begin(), rows_.end(), before);
      Charge(-BytesOf(rows_.back().values));
      rows_.pop_back();
    }
    for (const std::uint32_t slot : live_) kept.values.push_back(row[slot]);
    if (!Charge(BytesOf(kept.values))) return false;
    rows_.push_back(std::move(kept));
    if (bounded_) std::push_heap(rows_.begin(), rows_.end(), before);
    return true;
  }

  bool Finish(Datum* row) override {
    if (!Begin(row)) {
      begun_ = false;
      return false;
    }
    begun_ = false;
    std::sort(rows_.begin(), rows_.end(),
              [this](const Kept& a, const Kept& b) { return Before(a, b); });
    bool more = !run_.failed();
    for (Kept& kept : rows_) {
      if (!more || !run_.Step()) break;
      for (std::size_t i = 0; i < live_.size(); ++i)
        row[live_[i]] = std::move(kept.values[keys_.size() + i]);
      more = next_.Push(row);
    }
    rows_.clear();
    pushed_ = 0;
    run_.Charge(-std::exchange(charged_, 0));
    return !run_.failed() && next_.Finish(row);
  }

 private:
  struct Kept {
    RowValues values;  // keys, then live slots
    std::uint64_t order = 0;
  };

  bool Begin(Datum* row) {
    if (begun_) return true;
    begun_ = true;
    bounded_ = top_.limit != nullptr;
    wanted_ = CountOf(top_.limit.get(), top_.limit_span, run_, row, "LIMIT", UINT64_MAX);
    if (bounded_) {
      const std::uint64_t skip = CountOf(top_.skip.get(), top_.skip_span, run_, row, "SKIP", 0);
      wanted_ = wanted_ > UINT64_MAX - skip ? UINT64_MAX : wanted_ + skip;
    }
    return !run_.failed();
  }
  bool Before(const Kept& a, const Kept& b) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const int order = language::CompareOrder(a.values[i], b.values[i]);
      if (order != 0) return keys_[i].descending ? order > 0 : order < 0;
    }
    return a.order < b.order;
  }
  bool Charge(std::int64_t bytes) {
    charged_ += bytes;
    return run_.Charge(bytes);
  }

  const std::vector<SortKey>& keys_;
  const std::vector<std::uint32_t>& live_;
  const Slice& top_;
  Run& run_;
  Pipe& next_;
  bool begun_ = false;
  bool bounded_ = false;
  std::uint64_t wanted_ = UINT64_MAX;
  std::uint64_t pushed_ = 0;
  std::vector<Kept> rows_;
  std::int64_t charged_ = 0;
};

class Sort final : public Operator {
 public:
  Sort(OperatorPtr input, std::vector<SortKey> keys, std::vector<std::uint32_t> live,
       std::string text, Slice top)
      : Operator(std::move(input)),
        keys_(std::move(keys)),
        live_(std::move(live)),
        text_(std::move(text)),
        top_(std::move(top)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<SortPipe>(keys_, live_, top_, run, next);
  }
  std::string_view name() const override { return top_.limit == nullptr ? "Sort" : "Top"; }
  std::string details() const override { return text_; }

 private:
  const std::vector<SortKey> keys_;
  const std::vector<std::uint32_t> live_;
  const std::string text_;
  const Slice top_;
};

}  // namespace

OperatorPtr MakeSort(OperatorPtr input, std::vector<SortKey> keys, std::vector<std::uint32_t> live,
                     std::string text, Slice top) {
  return std::make_unique<Sort>(std::move(input), std::move(keys), std::move(live), std::move(text),
                                std::move(top));
}

}  // namespace kosei::query
