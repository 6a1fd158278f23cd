// RecordPipe: what all operators that bring records into rows have in common.
#pragma once

#include "engine/scan.h"

namespace kosei::query {

// A record becomes a row, when it is one of the target's.
class RecordPipe : public Pipe {
 public:
  RecordPipe(const ScanTarget& target, Run& run, Pipe& next)
      : target_(target), run_(run), next_(next) {}
  bool Finish(language::Datum* row) override { return next_.Finish(row); }

 protected:
  bool Fits(storage::NodeIndex node) const {
    const Moment& moment = run_.moment(target_.moment);
    return moment.Shows(node) &&
           (!target_.classes.has_value() || target_.classes->Has(moment.graph.ClassOf(node)));
  }
  bool Give(storage::NodeIndex node, language::Datum* row) {
    row[target_.slot] = language::Datum::Node({storage::RecordOf(node), target_.moment});
    return next_.Push(row);
  }
  // False: enough.
  bool GiveIfThere(storage::NodeIndex node, language::Datum* row) {
    if (!run_.Step()) return false;
    if (node == 0 || node >= graph().node_limit() || !Fits(node)) return true;
    if (!run_.IsThere(node, target_.moment)) return !run_.failed();
    return Give(node, row);
  }
  NodeRange All() const { return {1, graph().node_limit()}; }
  bool GiveAll(const NodeRange& range, language::Datum* row) {
    for (storage::NodeIndex node = range.first; node < range.end; ++node) {
      if (!GiveIfThere(node, row)) return false;
    }
    return true;
  }
  const storage::GraphView& graph() const { return run_.moment(target_.moment).graph; }

  const ScanTarget& target_;
  Run& run_;
  Pipe& next_;
};

}  // namespace kosei::query
