#include "engine/run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/record_values.h"
#include "engine/subquery.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::Evaluation;
using language::LinkRef;
using language::NodeRef;
using storage::NodeIndex;

// The part of a memory budget that values read may take.
constexpr std::uint64_t kCacheShare = 4;
constexpr std::uint64_t kBytesPerCached = 40;
constexpr std::int64_t kReportedBytes = 64 << 10;
constexpr std::string_view kKeyName = "key";
constexpr std::size_t kMomentsMax = 65'000;
constexpr std::uint32_t kNoNumber = UINT32_MAX;  // of a name that is not in the statement's text

}  // namespace

Run::Run(const storage::Reader& reader, const PropertyNames& properties, Moments& moments,
         const Budget& budget, const language::DatumMap& given, Timestamp started)
    : reader_(reader), properties_(properties), moments_(moments), budget_(budget) {
  graph = this;
  parameters = &given;
  now = started;
  random_state = static_cast<std::uint64_t>(started.micros);
}

Run::~Run() = default;

bool Run::CheckBudget() {
  next_check_ = steps_ + kStepsPerCheck;
  absl::Status status = budget_.Check();
  if (status.ok() && steps_ >= budget_.limits().steps) {
    status =
        MakeError(ErrorCode::kRowBudget,
                  "query: more records and links were looked at than the budget allows; narrow "
                  "the pattern, or allow more steps");
  }
  if (!status.ok()) Fail(std::move(status));
  return !failed();
}

bool Run::Charge(std::int64_t bytes) {
  charged_ += bytes;
  if (charged_ < reported_ + kReportedBytes) return true;
  reported_ = charged_;
  const absl::Status status = budget_.CheckMemory(static_cast<std::uint64_t>(charged_));
  if (!status.ok()) Fail(status);
  return !failed();
}

Subquery& Run::SubqueryOf(const SubqueryPlan& plan) {
  std::unique_ptr<Subquery>& subquery = subqueries_[&plan];
  if (subquery == nullptr) subquery = std::make_unique<Subquery>(plan, *this);
  return *subquery;
}

std::optional<std::uint16_t> Run::MomentAt(CommitNumber commit) {
  const auto known = moments_at_.find(commit.value);
  if (known != moments_at_.end()) return known->second;
  if (moments_.size() > kMomentsMax) {
    Fail(MakeError(ErrorCode::kMemoryBudget,
                   absl::StrFormat("query: more than %d commits are in the range of time; take a "
                                   "shorter one, or fewer records",
                                   kMomentsMax)));
    return std::nullopt;
  }
  storage::ViewName name;
  name.kind = storage::ViewName::Kind::kCommit;
  name.commit = commit;
  const auto open = [&]() -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const storage::View view, reader_.Resolve(name));
    KOSEI_ASSIGN_OR_RETURN(Moment moment, OpenMoment(reader_, view, classes_));
    moments_.push_back(std::move(moment));
    return absl::OkStatus();
  };
  const absl::Status status = open();
  if (!status.ok()) {
    Fail(status);
    return std::nullopt;
  }
  const auto number = static_cast<std::uint16_t>(moments_.size() - 1);
  moments_at_.emplace(commit.value, number);
  return number;
}

bool Run::IsThere(NodeIndex node, std::uint16_t moment) {
  const storage::GraphView& view = moments_[moment].graph;
  const storage::Presence presence = view.PresenceOf(node);
  if (presence != storage::Presence::kUnknown) return presence == storage::Presence::kThere;
  const absl::Status status = reader_.GetWhatIsLeft(storage::RecordOf(node), view.view()).status();
  if (status.ok()) return true;
  if (!HasCode(status, ErrorCode::kNotFound)) Fail(status);
  return false;
}

void Run::SetCurrent(NodeIndex node, std::uint16_t moment, RecordView record) {
  current_ = node;
  current_moment_ = moment;
  current_record_ = record;
}

std::uint32_t Run::PropertyNumber(std::string_view name) {
  for (std::uint32_t i = 0; i < properties_.size(); ++i) {
    if (properties_.NameOf(i) == name) return i;
  }
  return kNoNumber;
}

const Run::Resolved& Run::Resolve(std::uint32_t property, std::uint16_t moment,
                                  ClassNumber class_number) {
  if (resolved_.size() <= moment) resolved_.resize(moment + std::size_t{1});
  if (resolved_[moment].size() <= property) resolved_[moment].resize(property + std::size_t{1});
  std::vector<Resolved>& by_class = resolved_[moment][property];
  if (by_class.size() <= class_number.value) by_class.resize(class_number.value + std::size_t{1});
  Resolved& resolved = by_class[class_number.value];
  if (!resolved.known) resolved = ResolveName(properties_.NameOf(property), moment, class_number);
  return resolved;
}

Run::Resolved Run::ResolveName(std::string_view name, std::uint16_t moment,
                               ClassNumber class_number) const {
  const model::Schema& schema = *moments_[moment].schema;
  const model::Class* owner = schema.FindClass(class_number);
  Resolved resolved;
  resolved.known = true;
  resolved.attribute = owner == nullptr ? nullptr : schema.FindAttribute(*owner, name);
  resolved.is_key = resolved.attribute == nullptr && name == kKeyName;
  return resolved;
}

Datum Run::ValueIn(RecordView record, const Resolved& resolved) const {
  if (resolved.is_key) return Datum::String(std::string(record.key()));
  return DatumOf(record.Find(resolved.attribute->number), resolved.attribute->definition);
}

Datum Run::Read(NodeRef node, const Resolved& resolved) {
  const std::optional<storage::RecordVersion> version = VersionOf(node);
  return version.has_value() ? ValueIn(version->record(), resolved) : Datum();
}

std::optional<storage::RecordVersion> Run::VersionOf(NodeRef node) {
  absl::StatusOr<storage::RecordVersion> version =
      reader_.Get(node.record, moments_[node.moment].view);
  if (version.ok()) return *std::move(version);
  if (!HasCode(version.status(), ErrorCode::kNotFound)) Fail(version.status());
  return std::nullopt;
}

Datum Run::Property(NodeRef node, std::uint32_t property, Evaluation&) {
  const auto index = static_cast<NodeIndex>(node.record.value);
  const ClassNumber class_number = moments_[node.moment].graph.ClassOf(index);
  const Resolved& resolved = Resolve(property, node.moment, class_number);
  if (auto value = WithoutReading(node, resolved)) return *std::move(value);
  const CachedKey key{index, node.moment, static_cast<std::uint16_t>(property)};
  const auto found = cache_.find(key);
  if (found != cache_.end()) return found->second;
  Step();
  Datum value = Read(node, resolved);
  if (cache_bytes_ < budget_.limits().memory_bytes / kCacheShare) {
    cache_bytes_ += kBytesPerCached + value.HeapBytes();
    cache_.emplace(key, value);
  }
  return value;
}

Datum Run::PropertyNamed(NodeRef node, std::string_view name, Evaluation& evaluation) {
  const std::uint32_t number = PropertyNumber(name);
  if (number != kNoNumber) return Property(node, number, evaluation);
  const auto index = static_cast<NodeIndex>(node.record.value);
  const ClassNumber class_number = moments_[node.moment].graph.ClassOf(index);
  const Resolved resolved = ResolveName(name, node.moment, class_number);
  if (auto value = WithoutReading(node, resolved)) return *std::move(value);
  Step();
  return Read(node, resolved);
}

std::optional<Datum> Run::WithoutReading(NodeRef node, const Resolved& resolved) const {
  if (resolved.is_key) return Datum::String(std::string(reader_.KeyOf(node.record)));
  if (resolved.attribute == nullptr) return Datum();
  if (current_ == node.record.value && current_moment_ == node.moment)
    return ValueIn(current_record_, resolved);
  return std::nullopt;
}

Datum Run::Property(LinkRef, std::uint32_t, Evaluation&) { return {}; }
Datum Run::PropertyNamed(LinkRef, std::string_view, Evaluation&) { return {}; }

language::DatumMap Run::Properties(NodeRef node, Evaluation&) {
  language::DatumMap properties;
  const auto add = [&](RecordView record) {
    const model::Schema& schema = *moments_[node.moment].schema;
    const model::Class* owner = schema.FindClass(record.class_number());
    record.ForEach([&](AttributeNumber number, const Value& value) {
      const model::Attribute* attribute =
          owner == nullptr ? nullptr : schema.FindAttribute(*owner, number);
      if (attribute == nullptr) return;
      properties.emplace_back(attribute->definition.name, DatumOf(value, attribute->definition));
    });
  };
  const auto index = static_cast<NodeIndex>(node.record.value);
  if (current_ == index && current_moment_ == node.moment) {
    add(current_record_);
  } else if (const auto version = VersionOf(node); version.has_value()) {
    add(version->record());
  }
  std::sort(properties.begin(), properties.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return properties;
}

language::DatumMap Run::Properties(LinkRef, Evaluation&) { return {}; }

std::vector<std::string> Run::Labels(NodeRef node, Evaluation&) {
  const Moment& moment = moments_[node.moment];
  const ClassNumber class_number = moment.graph.ClassOf(static_cast<NodeIndex>(node.record.value));
  const auto labels = moment.schema->LabelsOf(class_number);
  return {labels.begin(), labels.end()};
}

bool Run::HasLabel(NodeRef node, std::string_view label, Evaluation&) {
  const Moment& moment = moments_[node.moment];
  const ClassNumber class_number = moment.graph.ClassOf(static_cast<NodeIndex>(node.record.value));
  const auto labels = moment.schema->LabelsOf(class_number);
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::string Run::TypeOf(LinkRef link) {
  return std::string(
      moments_[link.moment].schema->RelationshipTypeName(RelationshipTypeNumber{link.type}));
}

}  // namespace kosei::query
