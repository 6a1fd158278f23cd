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
#include "kosei/storage/graph.h"

namespace kosei::query {

// Records by number, [first, end).
struct NodeRange {
  storage::NodeIndex first = 0;
  storage::NodeIndex end = 0;
};

class Pipe {
 public:
  virtual ~Pipe() = default;
  // `row` is the array of slots; only the slots of the operators before may be read. False: no more
  // rows are wanted, be it because there are enough or because the run failed.
  virtual bool Push(language::Datum* row) = 0;
  // After the last row, also when Push has said false; the pipe is then as it was when it was
  // opened. False: the run failed, or those behind want no more.
  virtual bool Finish(language::Datum* row) = 0;

  // Rows may also come in parts that several threads make (parallel.h): each goes into a pipe of
  // OpenPart, with the run of the thread that makes it, and when that is finished, TakePart takes
  // it. kNone: rows are taken only one after the other. kAny: one pipe may take several parts, and
  // these need not be neighbours.
  enum class PartOrder : std::uint8_t { kNone, kInOrder, kAny };
  virtual PartOrder part_order() const { return PartOrder::kNone; }
  virtual std::unique_ptr<Pipe> OpenPart(Run&) { return nullptr; }
  virtual bool TakePart(Pipe&) { return true; }  // false: as of Push
};

class Operator {
 public:
  explicit Operator(std::unique_ptr<const Operator> input)
      : input_(std::move(input)), length_(LengthOf(input_.get()) + 1) {}
  virtual ~Operator() = default;
  virtual std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const = 0;

  // Whether what it gives for rows is what it gives for parts of them, one part after the other.
  virtual bool takes_parts() const { return false; }
  // Of a scan of records: how many there may be, and a pipe that gives those of a range, which may
  // be another one each time that it is pushed. Null, of others.
  virtual storage::NodeIndex ScanLimit(const Run&) const { return 0; }
  virtual bool scans() const { return false; }
  virtual std::unique_ptr<Pipe> OpenRange(Run&, Pipe&, const NodeRange&) const { return nullptr; }

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
  struct Options {
    // The first operator is a scan, and gives the records that are in the range when a row is
    // pushed. Null: all.
    const NodeRange* range = nullptr;
    // The operators up to this one are carried out by several threads (parallel.h). Null: none are.
    const Operator* parallel = nullptr;
  };
  // `last` null: rows go straight to `end`. All must outlive it.
  Pipeline(const Operator* last, Run& run, Pipe& end) : Pipeline(last, run, end, Options()) {}
  Pipeline(const Operator* last, Run& run, Pipe& end, const Options& options);
  ~Pipeline();
  bool Push(language::Datum* row) { return first_->Push(row); }
  bool Finish(language::Datum* row) { return first_->Finish(row); }

 private:
  std::vector<std::unique_ptr<Pipe>> pipes_;
  Pipe* first_;
};

}  // namespace kosei::query
