#include "engine/scan.h"

#include <utility>

#include "engine/record_pipe.h"

namespace kosei::query {
namespace {

using language::Datum;
using storage::NodeIndex;

class ScanPipe final : public RecordPipe {
 public:
  // `range` null: all.
  ScanPipe(const ScanTarget& target, bool reads, const NodeRange* range, Run& run, Pipe& next)
      : RecordPipe(target, run, next), reads_(reads), range_(range) {}
  bool Push(Datum* row) override {
    const NodeRange range = range_ == nullptr ? All() : *range_;
    return reads_ ? Read(range, row) : GiveAll(range, row);
  }

 private:
  bool Read(const NodeRange& range, Datum* row) {
    bool more = true;
    const absl::Status status =
        run_.reader().Scan(graph().view(), storage::RecordOf(range.first),
                           [&](RecordId id, CommitNumber, RecordView record) {
                             const NodeIndex node = storage::NodeOf(id);
                             if (node >= range.end) return false;
                             if (!run_.Step()) return more = false;
                             if (!Fits(node)) return true;
                             run_.SetCurrent(node, target_.moment, record);
                             return more = Give(node, row);
                           });
    run_.ForgetCurrent();
    if (!status.ok()) run_.Fail(status);
    return more && !run_.failed();
  }

  const bool reads_;
  const NodeRange* const range_;
};

class RecordScan final : public Operator {
 public:
  RecordScan(OperatorPtr input, ScanTarget target, bool reads)
      : Operator(std::move(input)), target_(std::move(target)), reads_(reads) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<ScanPipe>(target_, reads_, nullptr, run, next);
  }
  bool takes_parts() const override { return true; }
  bool scans() const override { return true; }
  NodeIndex ScanLimit(const Run& run) const override {
    return run.moment(target_.moment).graph.node_limit();
  }
  std::unique_ptr<Pipe> OpenRange(Run& run, Pipe& next, const NodeRange& range) const override {
    return std::make_unique<ScanPipe>(target_, reads_, &range, run, next);
  }
  std::string_view name() const override {
    return target_.classes.has_value() ? "ClassScan" : "RecordScan";
  }
  std::string details() const override { return target_.text; }

 private:
  const ScanTarget target_;
  const bool reads_;
};

}  // namespace

OperatorPtr MakeRecordScan(OperatorPtr input, ScanTarget target, bool reads) {
  return std::make_unique<RecordScan>(std::move(input), std::move(target), reads);
}

}  // namespace kosei::query
