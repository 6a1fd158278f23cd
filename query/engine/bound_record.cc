#include <utility>

#include "engine/scan.h"

namespace kosei::query {
namespace {

using language::Datum;
using storage::NodeIndex;

class BoundRecordPipe final : public Pipe {
 public:
  BoundRecordPipe(const ScanTarget& target, Run& run, Pipe& next)
      : target_(target), run_(run), next_(next) {}
  bool Push(Datum* row) override {
    const Datum& value = row[target_.slot];
    if (value.kind() != language::DatumKind::kNode) return true;
    const bool there = IsThere(value.node());
    if (run_.failed()) return false;
    return !there || next_.Push(row);
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  bool IsThere(language::NodeRef record) {
    const Moment& moment = run_.moment(target_.moment);
    const NodeIndex node = storage::NodeOf(record.record);
    if (node >= moment.graph.node_limit() || !moment.Shows(node)) return false;
    if (target_.classes.has_value() && !target_.classes->Has(moment.graph.ClassOf(node)))
      return false;
    return record.moment == target_.moment || (run_.Step() && run_.IsThere(node, target_.moment));
  }

  const ScanTarget& target_;
  Run& run_;
  Pipe& next_;
};

class BoundRecord final : public Operator {
 public:
  BoundRecord(OperatorPtr input, ScanTarget target)
      : Operator(std::move(input)), target_(std::move(target)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<BoundRecordPipe>(target_, run, next);
  }
  std::string_view name() const override { return "BoundRecord"; }
  std::string details() const override { return target_.text; }

 private:
  const ScanTarget target_;
};

}  // namespace

OperatorPtr MakeBoundRecord(OperatorPtr input, ScanTarget target) {
  return std::make_unique<BoundRecord>(std::move(input), std::move(target));
}

}  // namespace kosei::query
