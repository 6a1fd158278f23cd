#include <utility>
#include <vector>

#include "engine/scan.h"
#include "kosei/base/error.h"

namespace kosei::query {
namespace {

using language::Datum;
using storage::NodeIndex;

class VersionPipe final : public Pipe {
 public:
  VersionPipe(const ScanTarget& target, CommitNumber from, const language::Evaluator* key, Run& run,
              Pipe& next)
      : target_(target), from_(from), key_(key), run_(run), next_(next) {}

  bool Push(Datum* row) override {
    const NodeIndex limit = run_.moment(target_.moment).graph.node_limit();
    if (key_ != nullptr) {
      const Datum key = key_->Evaluate(row, run_);
      if (run_.failed() || key.kind() != language::DatumKind::kString) return !run_.failed();
      const std::optional<RecordId> id = run_.reader().IdOf(key.string());
      return !id.has_value() || id->value >= limit || Give(storage::NodeOf(*id), row);
    }
    for (NodeIndex node = 1; node < limit; ++node) {
      if (!Give(node, row)) return false;
    }
    return true;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  bool Give(NodeIndex node, Datum* row) {
    const Moment& moment = run_.moment(target_.moment);
    if (!run_.Step()) return false;
    if (!moment.Shows(node)) return true;
    if (target_.classes.has_value() && !target_.classes->Has(moment.graph.ClassOf(node)))
      return true;
    const auto versions = run_.reader().History(storage::RecordOf(node), moment.view);
    if (HasCode(versions.status(), ErrorCode::kNotFound)) return true;
    if (!versions.ok()) {
      run_.Fail(versions.status());
      return false;
    }
    for (const storage::RecordVersion& version : *versions) {
      if (version.end <= from_) break;  // newest first: so are all that follow
      if (version.record().ended()) continue;
      const std::optional<std::uint16_t> at = run_.MomentAt(version.begin);
      if (!at.has_value()) return false;
      if (!run_.moment(*at).Shows(node)) continue;
      row[target_.slot] = Datum::Node({storage::RecordOf(node), *at});
      if (!run_.Step() || !next_.Push(row)) return false;
    }
    return true;
  }

  const ScanTarget& target_;
  const CommitNumber from_;
  const language::Evaluator* const key_;
  Run& run_;
  Pipe& next_;
};

class VersionScan final : public Operator {
 public:
  VersionScan(OperatorPtr input, ScanTarget target, CommitNumber from, language::EvaluatorPtr key)
      : Operator(std::move(input)), target_(std::move(target)), from_(from), key_(std::move(key)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<VersionPipe>(target_, from_, key_.get(), run, next);
  }
  std::string_view name() const override { return "VersionScan"; }
  std::string details() const override { return target_.text; }

 private:
  const ScanTarget target_;
  const CommitNumber from_;
  const language::EvaluatorPtr key_;
};

}  // namespace

OperatorPtr MakeVersionScan(OperatorPtr input, ScanTarget target, CommitNumber from,
                            language::EvaluatorPtr key) {
  return std::make_unique<VersionScan>(std::move(input), std::move(target), from, std::move(key));
}

}  // namespace kosei::query
