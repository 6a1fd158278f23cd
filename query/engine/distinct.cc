#include <utility>

#include "engine/row_set.h"
#include "engine/rows.h"

namespace kosei::query {
namespace {

using language::Datum;

class DistinctPipe final : public Pipe {
 public:
  DistinctPipe(const std::vector<std::uint32_t>& slots, Run& run, Pipe& next)
      : slots_(slots), values_(slots.size()), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    for (std::size_t i = 0; i < slots_.size(); ++i) values_[i] = row[slots_[i]];
    if (!seen_.try_emplace(values_).second) return true;
    const std::int64_t bytes = BytesOf(values_);
    charged_ += bytes;
    return run_.Charge(bytes) && next_.Push(row);
  }
  bool Finish(Datum* row) override {
    seen_.clear();
    run_.Charge(-std::exchange(charged_, 0));
    return next_.Finish(row);
  }

 private:
  struct Nothing {};
  const std::vector<std::uint32_t>& slots_;
  RowValues values_;
  RowMap<Nothing> seen_;
  std::int64_t charged_ = 0;
  Run& run_;
  Pipe& next_;
};

class Distinct final : public Operator {
 public:
  Distinct(OperatorPtr input, std::vector<std::uint32_t> slots)
      : Operator(std::move(input)), slots_(std::move(slots)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<DistinctPipe>(slots_, run, next);
  }
  std::string_view name() const override { return "Distinct"; }

 private:
  const std::vector<std::uint32_t> slots_;
};

}  // namespace

OperatorPtr MakeDistinct(OperatorPtr input, std::vector<std::uint32_t> slots) {
  return std::make_unique<Distinct>(std::move(input), std::move(slots));
}

}  // namespace kosei::query
