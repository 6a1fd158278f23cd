#include <utility>

#include "engine/rows.h"

namespace kosei::query {
namespace {

using language::Datum;

class OptionalPipe final : public Pipe {
 public:
  OptionalPipe(const Operator* inner, const std::vector<std::uint32_t>& slots, Run& run, Pipe& next)
      : slots_(slots), run_(run), next_(next), end_(*this), pipeline_(inner, run, end_) {}

  bool Push(Datum* row) override {
    found_ = false;
    more_ = true;
    pipeline_.Push(row);
    if (!run_.failed()) pipeline_.Finish(row);
    if (run_.failed()) return false;
    if (!found_) {
      for (const std::uint32_t slot : slots_) row[slot] = Datum();
      return next_.Push(row);
    }
    return more_;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  class End final : public Pipe {
   public:
    explicit End(OptionalPipe& owner) : owner_(owner) {}
    bool Push(Datum* row) override {
      owner_.found_ = true;
      return owner_.more_ = owner_.next_.Push(row);
    }
    bool Finish(Datum*) override { return true; }

   private:
    OptionalPipe& owner_;
  };

  const std::vector<std::uint32_t>& slots_;
  Run& run_;
  Pipe& next_;
  bool found_ = false;
  bool more_ = true;
  End end_;
  Pipeline pipeline_;
};

class Optional final : public Operator {
 public:
  Optional(OperatorPtr input, OperatorPtr inner, std::vector<std::uint32_t> slots)
      : Operator(std::move(input)), inner_(std::move(inner)), slots_(std::move(slots)) {
    AddInner(inner_.get());
  }
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<OptionalPipe>(inner_.get(), slots_, run, next);
  }
  std::string_view name() const override { return "Optional"; }
  std::vector<const Operator*> inner() const override { return {inner_.get()}; }

 private:
  const OperatorPtr inner_;
  const std::vector<std::uint32_t> slots_;
};

}  // namespace

OperatorPtr MakeOptional(OperatorPtr input, OperatorPtr inner, std::vector<std::uint32_t> slots) {
  return std::make_unique<Optional>(std::move(input), std::move(inner), std::move(slots));
}

}  // namespace kosei::query
