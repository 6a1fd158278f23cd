#include <cstdint>
#include <utility>
#include <vector>

#include "engine/rows.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;

class UnwindPipe final : public Pipe {
 public:
  UnwindPipe(const UnwoundList& list, std::uint32_t slot, Run& run, Pipe& next)
      : list_(list), slot_(slot), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    if (list_.range.empty()) return PushItems(row);
    std::int64_t numbers[] = {0, 0, 1};
    bool whole = true;
    for (std::size_t i = 0; i < list_.range.size(); ++i) {
      const Datum number = list_.range[i]->Evaluate(row, run_);
      if (run_.failed()) return false;
      whole = whole && number.kind() == DatumKind::kInteger;
      if (whole) numbers[i] = number.integer();
    }
    // What is wrong with a range, the function itself says best.
    return whole && numbers[2] != 0 ? PushRange(numbers[0], numbers[1], numbers[2], row)
                                    : PushItems(row);
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  bool PushItems(Datum* row) {
    const Datum list = list_.value->Evaluate(row, run_);
    if (run_.failed()) return false;
    if (list.is_null()) return true;
    if (list.kind() != DatumKind::kList) {
      row[slot_] = list;
      return next_.Push(row);
    }
    for (const Datum& item : list.list()) {
      if (!run_.Step()) return false;
      row[slot_] = item;
      if (!next_.Push(row)) return false;
    }
    return true;
  }

  // Both ends included, without making the list.
  bool PushRange(std::int64_t first, std::int64_t last, std::int64_t step, Datum* row) {
    for (std::int64_t number = first; step > 0 ? number <= last : number >= last;) {
      if (!run_.Step()) return false;
      row[slot_] = Datum::Integer(number);
      if (!next_.Push(row)) return false;
      if (__builtin_add_overflow(number, step, &number)) break;
    }
    return true;
  }

  const UnwoundList& list_;
  const std::uint32_t slot_;
  Run& run_;
  Pipe& next_;
};

class Unwind final : public Operator {
 public:
  Unwind(OperatorPtr input, UnwoundList list, std::uint32_t slot, std::string text)
      : Operator(std::move(input)), list_(std::move(list)), slot_(slot), text_(std::move(text)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<UnwindPipe>(list_, slot_, run, next);
  }
  std::string_view name() const override { return "Unwind"; }
  std::string details() const override { return text_; }

 private:
  const UnwoundList list_;
  const std::uint32_t slot_;
  const std::string text_;
};

}  // namespace

OperatorPtr MakeUnwind(OperatorPtr input, UnwoundList list, std::uint32_t slot, std::string text) {
  return std::make_unique<Unwind>(std::move(input), std::move(list), slot, std::move(text));
}

}  // namespace kosei::query
