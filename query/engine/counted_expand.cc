#include "engine/counted_expand.h"

#include <algorithm>
#include <utility>

#include "engine/expand.h"
#include "engine/link_walk.h"
#include "engine/record_counts.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::LinkRef;
using language::PatternDirection;
using storage::NodeIndex;

// Rows by the record that they stand at, and by the one that a link leads them to.
class EndCounts {
 public:
  EndCounts(const ExpandStep& step, Run& run) : step_(step), run_(run) {}

  // False: the run failed.
  bool Add(const Datum* row) {
    const Datum& from = row[step_.from];
    if (from.kind() != DatumKind::kNode) return !run_.failed();
    const auto node = static_cast<NodeIndex>(from.node().record.value);
    if (node >= limit()) return true;
    if (!run_.Step()) return false;
    if (MayComeAgain(row, node)) return Follow(node, 1, row);
    return Count(begins_, node, 1);
  }
  // Takes in what another one has counted, whose bytes were handed over.
  bool Merge(EndCounts& other) {
    run_.TakeOver(other.charged_);
    bool more = true;
    const auto take = [&](RecordCounts& from, RecordCounts& to) {
      from.Drain([&](NodeIndex node, std::int64_t count) {
        return more = run_.Step() && Count(to, node, count);
      });
    };
    take(other.begins_, begins_);
    if (more) take(other.ends_, ends_);
    run_.Charge(-std::exchange(other.charged_, 0));
    return more && !run_.failed();
  }
  void HandOver() { run_.HandOver(charged_); }

  // The links of where rows stand are followed once for all of them; then visit(record, rows) for
  // each where rows end, until it returns false. Then there are none.
  template <typename Visit>
  void Drain(Visit&& visit) {
    begins_.Drain([&](NodeIndex node, std::int64_t count) { return Follow(node, count, nullptr); });
    if (!run_.failed()) ends_.Drain(visit);
    begins_ = {};
    ends_ = {};
    run_.Charge(-std::exchange(charged_, 0));
  }

 private:
  NodeIndex limit() const { return run_.moment(step_.moment).graph.node_limit(); }

  // Whether a link of `node` may be one of the row's: only one from the record to itself can.
  bool MayComeAgain(const Datum* row, NodeIndex node) const {
    return std::any_of(step_.distinct_from.begin(), step_.distinct_from.end(),
                       [&](std::uint32_t slot) {
                         if (row[slot].kind() != DatumKind::kRelationship) return false;
                         const LinkRef link = row[slot].relationship();
                         return link.source == node && link.target == node;
                       });
  }

  // `row`: the only one that is meant; null: none that a link could come again in.
  bool Follow(NodeIndex node, std::int64_t count, const Datum* row) {
    const Moment& moment = run_.moment(step_.moment);
    bool more = true;
    ForEachLink(moment, step_, node, [&](LinkRef link, NodeIndex other) {
      if (!run_.Step()) return more = false;
      if (step_.to_classes.has_value() && !step_.to_classes->Has(moment.graph.ClassOf(other)))
        return true;
      if (row != nullptr && IsUsed(row, step_.distinct_from, link)) return true;
      return more = Count(ends_, other, count);
    });
    return more;
  }

  bool Count(RecordCounts& counts, NodeIndex node, std::int64_t count) {
    counts.Add(node, count, limit());
    const std::int64_t more = begins_.bytes() + ends_.bytes() - charged_;
    if (more == 0) return true;
    charged_ += more;
    return run_.Charge(more);
  }

  const ExpandStep& step_;
  Run& run_;
  RecordCounts begins_;
  RecordCounts ends_;
  std::int64_t charged_ = 0;
};

class CountedPartPipe final : public Pipe {
 public:
  CountedPartPipe(const ExpandStep& step, Run& run) : counts_(step, run) {}
  bool Push(Datum* row) override { return counts_.Add(row); }
  bool Finish(Datum*) override {
    counts_.HandOver();
    return true;
  }
  EndCounts& counts() { return counts_; }

 private:
  EndCounts counts_;
};

class CountedExpandPipe final : public Pipe {
 public:
  CountedExpandPipe(const ExpandStep& step, std::uint32_t count, Run& run, Pipe& next)
      : step_(step), count_(count), run_(run), next_(next), counts_(step, run) {}

  bool Push(Datum* row) override { return counts_.Add(row); }
  PartOrder part_order() const override { return PartOrder::kAny; }
  std::unique_ptr<Pipe> OpenPart(Run& run) override {
    return std::make_unique<CountedPartPipe>(step_, run);
  }
  bool TakePart(Pipe& part) override {
    return counts_.Merge(static_cast<CountedPartPipe&>(part).counts());
  }

  bool Finish(Datum* row) override {
    counts_.Drain([&](NodeIndex node, std::int64_t count) {
      row[step_.to] = Datum::Node({storage::RecordOf(node), step_.moment});
      row[count_] = Datum::Integer(count);
      return run_.Step() && next_.Push(row);
    });
    return !run_.failed() && next_.Finish(row);
  }

 private:
  const ExpandStep& step_;
  const std::uint32_t count_;
  Run& run_;
  Pipe& next_;
  EndCounts counts_;
};

// Stands in the place of an Expand, which it keeps because that has what comes before.
class CountedExpand final : public Operator {
 public:
  CountedExpand(OperatorPtr expand, std::uint32_t count)
      : Operator(nullptr),
        expand_(std::move(expand)),
        step_(*ExpandStepOf(*expand_)),
        count_(count) {
    AddInner(expand_.get());
  }
  const Operator* input() const override { return expand_->input(); }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<CountedExpandPipe>(step_, count_, run, next);
  }
  std::string_view name() const override { return "CountedExpand"; }
  std::string details() const override { return step_.text; }

 private:
  const OperatorPtr expand_;
  const ExpandStep& step_;
  const std::uint32_t count_;
};

bool Opposite(PatternDirection a, PatternDirection b) {
  return (a == PatternDirection::kRight && b == PatternDirection::kLeft) ||
         (a == PatternDirection::kLeft && b == PatternDirection::kRight);
}

// Whether a link of the second step can be that of the first only when it leads from a record to
// itself.
bool ShareOnlyLoops(const ExpandStep& first, const ExpandStep& second) {
  if (!first.types.MayShare(second.types)) return true;
  if (first.to == second.from)
    return first.direction == second.direction && first.direction != PatternDirection::kEither;
  return first.from == second.from && Opposite(first.direction, second.direction);
}

// The step that puts a link into the slot; null: something else does.
const ExpandStep* StepOfLink(const Operator* last, std::uint32_t slot) {
  for (const Operator* each = last; each != nullptr; each = each->input()) {
    const ExpandStep* const step = ExpandStepOf(*each);
    if (step != nullptr && step->link == slot && !step->link_bound) return step;
  }
  return nullptr;
}

}  // namespace

bool CanCountEnds(const Operator& last, std::optional<std::uint32_t> record) {
  const ExpandStep* const step = ExpandStepOf(last);
  if (step == nullptr || step->to_bound || step->link_bound) return false;
  if (record.has_value() && *record != step->to) return false;
  return std::all_of(step->distinct_from.begin(), step->distinct_from.end(),
                     [&](std::uint32_t slot) {
                       const ExpandStep* const before = StepOfLink(last.input(), slot);
                       return before != nullptr && ShareOnlyLoops(*before, *step);
                     });
}

OperatorPtr MakeCountedExpand(OperatorPtr last, std::uint32_t count) {
  return std::make_unique<CountedExpand>(std::move(last), count);
}

}  // namespace kosei::query
