#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/record_pipe.h"
#include "engine/stored_value.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using storage::NodeIndex;

// The most candidates that an index is asked for; with more a scan is as good.
constexpr std::uint64_t kCandidatesMax = 1'000'000;

class SeekPipe final : public RecordPipe {
 public:
  SeekPipe(const ScanTarget& target, const std::vector<SeekPart>& parts, Run& run, Pipe& next)
      : RecordPipe(target, run, next), parts_(parts) {}

  bool Push(Datum* row) override {
    candidates_.clear();
    for (const SeekPart& part : parts_) {
      const bool found = Look(part, row);
      if (run_.failed()) return false;
      if (!found || candidates_.size() > kCandidatesMax) return GiveAll(All(), row);
    }
    if (candidates_.size() > 1) {
      std::sort(candidates_.begin(), candidates_.end());
      candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    }
    for (const NodeIndex node : candidates_) {
      if (!GiveIfThere(node, row)) return false;
    }
    return true;
  }

 private:
  // False: it cannot be said by looking up.
  bool Look(const SeekPart& part, Datum* row) {
    if (part.by == SeekBy::kOpen) return AddFound(storage::OpenRecords(part.attribute));
    const Datum value = part.value->Evaluate(row, run_);
    if (run_.failed()) return false;
    if (!part.each_item) return LookFor(part, value);
    if (value.is_null()) return true;
    if (value.kind() != DatumKind::kList) return false;  // the condition says what is wrong
    for (const Datum& item : value.list()) {
      if (!run_.Step() || !LookFor(part, item)) return false;
    }
    return true;
  }

  bool LookFor(const SeekPart& part, const Datum& value) {
    if (value.is_null()) return true;  // nothing compares with null
    switch (part.by) {
      case SeekBy::kKey:
        AddKey(value);
        return ChargeCandidates();
      case SeekBy::kId:
        AddId(value);
        return ChargeCandidates();
      case SeekBy::kIndex:
        return AddIndexed(part, value);
      case SeekBy::kOpen:
        break;  // without a value
    }
    return false;
  }

  void AddKey(const Datum& value) {
    if (value.kind() != DatumKind::kString) return;
    const std::optional<RecordId> id = run_.reader().IdOf(value.string());
    if (id.has_value()) candidates_.push_back(storage::NodeOf(*id));
  }

  void AddId(const Datum& value) {
    std::int64_t number = 0;
    if (value.kind() == DatumKind::kInteger) {
      number = value.integer();
    } else if (value.kind() == DatumKind::kString) {
      const std::string& text = value.string();
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return;
    } else if (value.kind() == DatumKind::kFloat && value.real() == std::floor(value.real()) &&
               value.real() >= 1 && value.real() < graph().node_limit()) {
      // Drivers of languages without integers send every number as a float.
      number = static_cast<std::int64_t>(value.real());
    }
    if (number > 0 && number < graph().node_limit())
      candidates_.push_back(static_cast<NodeIndex>(number));
  }

  bool AddIndexed(const SeekPart& part, const Datum& value) {
    std::optional<storage::ValueRange> range =
        RangeFor(*run_.moment(target_.moment).schema, part.attribute, part.attribute_name,
                 part.comparison, value);
    if (!range.has_value()) return false;
    range->open_only = part.open_only;
    return AddFound(*range);
  }

  bool AddFound(const storage::ValueRange& range) {
    const auto found = run_.reader().indexes().Find(range, graph().view(), kCandidatesMax,
                                                    [this] { return run_.budget().Check(); });
    if (!found.ok()) {
      run_.Fail(found.status());
      return false;
    }
    if (!found->has_value()) return false;
    for (const RecordId id : **found) candidates_.push_back(storage::NodeOf(id));
    return ChargeCandidates();
  }

  // What was charged once is kept for the next rows.
  bool ChargeCandidates() {
    const std::size_t bytes = candidates_.capacity() * sizeof(NodeIndex);
    return bytes <= charged_ ||
           run_.Charge(static_cast<std::int64_t>(bytes - std::exchange(charged_, bytes)));
  }

  const std::vector<SeekPart>& parts_;
  std::vector<NodeIndex> candidates_;
  std::size_t charged_ = 0;
};

std::string_view NameOf(SeekBy by) {
  switch (by) {
    case SeekBy::kKey:
      return "KeySeek";
    case SeekBy::kId:
      return "IdSeek";
    case SeekBy::kIndex:
    case SeekBy::kOpen:
      return "IndexSeek";
  }
  return "Seek";
}

std::string TextOf(const SeekPart& part) {
  if (part.by == SeekBy::kOpen) return part.attribute_name + " IS NULL";
  const std::string what = part.by == SeekBy::kKey  ? "key"
                           : part.by == SeekBy::kId ? "id"
                                                    : part.attribute_name;
  return what + " " + (part.each_item ? "IN" : std::string(storage::NameOf(part.comparison))) +
         (part.open_only ? " of open records" : "");
}

class Seek final : public Operator {
 public:
  Seek(OperatorPtr input, ScanTarget target, std::vector<SeekPart> parts)
      : Operator(std::move(input)), target_(std::move(target)), parts_(std::move(parts)) {}
  bool takes_parts() const override { return true; }
  std::unique_ptr<Pipe> Open(Run& run, Pipe& next) const override {
    return std::make_unique<SeekPipe>(target_, parts_, run, next);
  }
  std::string_view name() const override {
    const bool alike = std::all_of(parts_.begin(), parts_.end(), [this](const SeekPart& part) {
      return NameOf(part.by) == NameOf(parts_.front().by);
    });
    return alike ? NameOf(parts_.front().by) : "Seek";
  }
  std::string details() const override {
    const SeekPart& first = parts_.front();
    if (parts_.size() == 1 && first.attribute_name.empty() && !first.each_item) return target_.text;
    std::string text;
    for (const SeekPart& part : parts_) text += (text.empty() ? "" : " or ") + TextOf(part);
    return target_.text + " by " + text;
  }

 private:
  const ScanTarget target_;
  const std::vector<SeekPart> parts_;
};

}  // namespace

OperatorPtr MakeSeek(OperatorPtr input, ScanTarget target, std::vector<SeekPart> parts) {
  return std::make_unique<Seek>(std::move(input), std::move(target), std::move(parts));
}

}  // namespace kosei::query
