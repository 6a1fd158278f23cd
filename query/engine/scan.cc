#include "engine/scan.h"

#include <charconv>
#include <utility>

#include "engine/stored_value.h"
#include "kosei/base/error.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using storage::NodeIndex;

// The most candidates that an index is asked for; with more a scan is as good.
constexpr std::uint64_t kCandidatesMax = 1'000'000;

// What all of them have in common: a record becomes a row, when it is one of the target's.
class RecordPipe : public Pipe {
 public:
  RecordPipe(const ScanTarget& target, Run& run, Pipe& next)
      : target_(target), run_(run), next_(next) {}
  bool Finish(Datum* row) override { return next_.Finish(row); }

 protected:
  bool Fits(NodeIndex node) const {
    const Moment& moment = run_.moment(target_.moment);
    return moment.Shows(node) &&
           (!target_.classes.has_value() || target_.classes->Has(moment.graph.ClassOf(node)));
  }
  bool Give(NodeIndex node, Datum* row) {
    row[target_.slot] = Datum::Node({storage::RecordOf(node), target_.moment});
    return next_.Push(row);
  }
  // False: enough.
  bool GiveIfThere(NodeIndex node, Datum* row) {
    if (!run_.Step()) return false;
    if (node == 0 || node >= graph().node_limit() || !Fits(node)) return true;
    if (!run_.IsThere(node, target_.moment)) return !run_.failed();
    return Give(node, row);
  }
  bool GiveAll(Datum* row) {
    const NodeIndex limit = graph().node_limit();
    for (NodeIndex node = 1; node < limit; ++node) {
      if (!GiveIfThere(node, row)) return false;
    }
    return true;
  }
  const storage::GraphView& graph() const { return run_.moment(target_.moment).graph; }

  const ScanTarget& target_;
  Run& run_;
  Pipe& next_;
};

class ScanPipe final : public RecordPipe {
 public:
  ScanPipe(const ScanTarget& target, bool reads, Run& run, Pipe& next)
      : RecordPipe(target, run, next), reads_(reads) {}
  bool Push(Datum* row) override { return reads_ ? Read(row) : GiveAll(row); }

 private:
  bool Read(Datum* row) {
    bool more = true;
    const absl::Status status = run_.reader().Scan(
        graph().view(), RecordId{1}, [&](RecordId id, CommitNumber, RecordView record) {
          const NodeIndex node = storage::NodeOf(id);
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
};

class RecordScan final : public Operator {
 public:
  RecordScan(OperatorPtr input, ScanTarget target, bool reads)
      : Operator(std::move(input)), target_(std::move(target)), reads_(reads) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<ScanPipe>(target_, reads_, run, next);
  }
  std::string_view name() const override {
    return target_.classes.has_value() ? "ClassScan" : "RecordScan";
  }
  std::string details() const override { return target_.text; }

 private:
  const ScanTarget target_;
  const bool reads_;
};

enum class SeekBy : std::uint8_t { kKey, kId };

class SeekPipe final : public RecordPipe {
 public:
  SeekPipe(const ScanTarget& target, SeekBy by, const language::Evaluator& value, Run& run,
           Pipe& next)
      : RecordPipe(target, run, next), by_(by), value_(value) {}
  bool Push(Datum* row) override {
    const Datum value = value_.Evaluate(row, run_);
    if (run_.failed()) return false;
    const NodeIndex node = by_ == SeekBy::kKey ? ByKey(value) : ById(value);
    return node == 0 || GiveIfThere(node, row);
  }

 private:
  NodeIndex ByKey(const Datum& value) const {
    if (value.kind() != DatumKind::kString) return 0;
    const std::optional<RecordId> id = run_.reader().IdOf(value.string());
    return id.has_value() ? storage::NodeOf(*id) : 0;
  }
  NodeIndex ById(const Datum& value) const {
    std::int64_t number = 0;
    if (value.kind() == DatumKind::kInteger) {
      number = value.integer();
    } else if (value.kind() == DatumKind::kString) {
      const std::string& text = value.string();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return 0;
    }
    return number > 0 && number < graph().node_limit() ? static_cast<NodeIndex>(number) : 0;
  }

  const SeekBy by_;
  const language::Evaluator& value_;
};

class Seek final : public Operator {
 public:
  Seek(OperatorPtr input, ScanTarget target, SeekBy by, language::EvaluatorPtr value)
      : Operator(std::move(input)), target_(std::move(target)), by_(by), value_(std::move(value)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<SeekPipe>(target_, by_, *value_, run, next);
  }
  std::string_view name() const override { return by_ == SeekBy::kKey ? "KeySeek" : "IdSeek"; }
  std::string details() const override { return target_.text; }

 private:
  const ScanTarget target_;
  const SeekBy by_;
  const language::EvaluatorPtr value_;
};

struct IndexedAttribute {
  AttributeNumber number;
  std::string name;
  storage::Comparison comparison;
};

class IndexPipe final : public RecordPipe {
 public:
  IndexPipe(const ScanTarget& target, const IndexedAttribute& attribute,
            const language::Evaluator& value, Run& run, Pipe& next)
      : RecordPipe(target, run, next), attribute_(attribute), value_(value) {}
  bool Push(Datum* row) override {
    const Datum wanted = value_.Evaluate(row, run_);
    if (run_.failed()) return false;
    if (wanted.is_null()) return true;  // nothing compares with null
    const std::optional<storage::ValueRange> range =
        RangeFor(*run_.moment(target_.moment).schema, attribute_.number, attribute_.name,
                 attribute_.comparison, wanted);
    if (!range.has_value()) return GiveAll(row);
    const auto candidates = run_.reader().indexes().Find(*range, graph().view(), kCandidatesMax,
                                                         [this] { return run_.budget().Check(); });
    if (!candidates.ok()) {
      run_.Fail(candidates.status());
      return false;
    }
    if (!candidates->has_value()) return GiveAll(row);
    for (const RecordId id : **candidates) {
      if (!GiveIfThere(storage::NodeOf(id), row)) return false;
    }
    return true;
  }

 private:
  const IndexedAttribute& attribute_;
  const language::Evaluator& value_;
};

class IndexSeek final : public Operator {
 public:
  IndexSeek(OperatorPtr input, ScanTarget target, IndexedAttribute attribute,
            language::EvaluatorPtr value)
      : Operator(std::move(input)),
        target_(std::move(target)),
        attribute_(std::move(attribute)),
        value_(std::move(value)) {}
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<IndexPipe>(target_, attribute_, *value_, run, next);
  }
  std::string_view name() const override { return "IndexSeek"; }
  std::string details() const override {
    return target_.text + " by " + attribute_.name + " " +
           std::string(storage::NameOf(attribute_.comparison));
  }

 private:
  const ScanTarget target_;
  const IndexedAttribute attribute_;
  const language::EvaluatorPtr value_;
};

}  // namespace

OperatorPtr MakeRecordScan(OperatorPtr input, ScanTarget target, bool reads) {
  return std::make_unique<RecordScan>(std::move(input), std::move(target), reads);
}

OperatorPtr MakeKeySeek(OperatorPtr input, ScanTarget target, language::EvaluatorPtr key) {
  return std::make_unique<Seek>(std::move(input), std::move(target), SeekBy::kKey, std::move(key));
}

OperatorPtr MakeIdSeek(OperatorPtr input, ScanTarget target, language::EvaluatorPtr id) {
  return std::make_unique<Seek>(std::move(input), std::move(target), SeekBy::kId, std::move(id));
}

OperatorPtr MakeIndexSeek(OperatorPtr input, ScanTarget target, AttributeNumber attribute,
                          std::string attribute_name, storage::Comparison comparison,
                          language::EvaluatorPtr value) {
  return std::make_unique<IndexSeek>(
      std::move(input), std::move(target),
      IndexedAttribute{attribute, std::move(attribute_name), comparison}, std::move(value));
}

}  // namespace kosei::query
