// Operators carry out a statement. A plan is a chain of them, each with the one before it as its
// input; it is made once, is immutable, and may be run by many threads. What a run needs of its own
// is in pipes, opened from the operators back to front, so that each knows the next.
//
// Rows are pushed: an operator calls the next for each row it makes, and all of them work in one
// array of slots, so nothing is copied between them. Those that must see all rows first (sorting,
// aggregation) keep what they need and push when the rows before them are finished.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/run.h"
#include "kosei/language/datum.h"

namespace kosei::query {

class Pipe {
 public:
  virtual ~Pipe() = default;
  // `row` is the array of slots; only the slots of the operators before may be read. False: no more
  // rows are wanted, be it because there are enough or because the run failed.
  virtual bool Push(language::Datum* row) = 0;
  // After the last row, also when Push has said false; the pipe is then as it was when it was
  // opened. False: the run failed, or those behind want no more.
  virtual bool Finish(language::Datum* row) = 0;
};

class Operator {
 public:
  explicit Operator(std::unique_ptr<const Operator> input)
      : input_(std::move(input)), length_(LengthOf(input_.get()) + 1) {}
  virtual ~Operator() = default;
  virtual std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const = 0;

  // For EXPLAIN and PROFILE.
  virtual std::string_view name() const = 0;
  virtual std::string details() const { return {}; }
  // Chains that are run within this one.
  virtual std::vector<const Operator*> inner() const { return {}; }

  virtual const Operator* input() const { return input_.get(); }  // null: the first
  // Operators up to this one, those within included: rows pass through as many calls at the most.
  static std::uint32_t LengthOf(const Operator* last) {
    return last == nullptr ? 0 : last->length_;
  }

 protected:
  void AddInner(const Operator* last) { length_ += LengthOf(last); }

 private:
  std::unique_ptr<const Operator> input_;
  std::uint32_t length_;
};
using OperatorPtr = std::unique_ptr<const Operator>;

// A chain, opened: rows pushed in come out of the last operator into `end`.
class Pipeline {
 public:
  // `last` null: rows go straight to `end`. All must outlive it.
  Pipeline(const Operator* last, Run& run, Pipe& end);
  ~Pipeline();
  bool Push(language::Datum* row) { return first_->Push(row); }
  bool Finish(language::Datum* row) { return first_->Finish(row); }

 private:
  std::vector<std::unique_ptr<Pipe>> pipes_;
  Pipe* first_;
};

}  // namespace kosei::query
