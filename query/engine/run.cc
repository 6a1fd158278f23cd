#include "engine/run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/subquery.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

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
// A statement that reads as many values of an attribute is one over the whole estate.
constexpr std::uint32_t kReadsBeforeColumn = 256;
constexpr std::uint32_t kNoProperty = UINT32_MAX;
// With more different values than these it is seldom that two threads want the same one.
constexpr std::uint32_t kOwnValuesMax = 4'096;

}  // namespace

Run::Run(const storage::Reader& reader, const PropertyNames& properties, Moments& moments,
         const Budget& budget, const language::DatumMap& given, Timestamp started)
    : reader_(reader),
      properties_(properties),
      moments_(moments),
      budget_(budget),
      totals_(own_totals_) {
  graph = this;
  parameters = &given;
  now = started;
  random_state = static_cast<std::uint64_t>(started.micros);
  interruption = [this] { return budget_.Check(); };
  LimitMemory(budget_.limits().memory_bytes);
}

Run::Run(Run& owner, Moments& moments, Profile* profile)
    : reader_(owner.reader_),
      properties_(owner.properties_),
      moments_(moments),
      budget_(owner.budget_),
      totals_(owner.totals_),
      helps_(true),
      help_(owner.help_),
      profile_(profile),
      classes_(owner.classes_),
      columns_(owner.columns_),
      columns_use_(owner.columns_use_) {
  graph = this;
  parameters = owner.parameters;
  now = owner.now;
  time_zone = owner.time_zone;
  // Another sequence than the owner's.
  random_state = owner.random_state ^ reinterpret_cast<std::uintptr_t>(this);
  interruption = [this] { return budget_.Check(); };
  LimitMemory(budget_.limits().memory_bytes);
}

Run::~Run() = default;

void Run::TellUse() {
  totals_.steps.fetch_add(steps_ - std::exchange(told_steps_, steps_), std::memory_order_relaxed);
  const std::int64_t held = HeldBytes();
  const std::int64_t more = held - std::exchange(told_held_, held);
  SetHeldElsewhere(totals_.held.fetch_add(more, std::memory_order_relaxed) + more - held);
}

void Run::Leave() {
  subqueries_.clear();
  kept.clear();
  cache_ = {};
  Charge(-std::exchange(cache_bytes_, 0));
  CheckMemory();
  TellUse();
}

void Run::Join(const Run& helper) {
  steps_ += helper.steps_;
  told_steps_ += helper.steps_;
  next_check_ += helper.steps_;
}

bool Run::CheckBudget() {
  next_check_ = steps_ + kStepsPerCheck;
  TellUse();
  absl::Status status = budget_.Check();
  if (status.ok() && helps_ && totals_.stopped.load(std::memory_order_relaxed))
    status = MakeError(ErrorCode::kCancelled, "query: this part is not wanted any more");
  if (status.ok() && totals_.steps.load(std::memory_order_relaxed) >= budget_.limits().steps) {
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
  const std::int64_t more = charged_ - reported_;
  return (more < kReportedBytes && more > -kReportedBytes) || CheckMemory();
}

bool Run::CheckMemory() {
  const auto tell = [this] {
    const std::int64_t more = charged_ - std::exchange(reported_, charged_);
    return totals_.charged.fetch_add(more, std::memory_order_relaxed) + more;
  };
  std::int64_t total = tell();
  // What was kept to be quicker is the first to go.
  if (total > 0 && static_cast<std::uint64_t>(total) > budget_.limits().memory_bytes &&
      cache_bytes_ > 0) {
    cache_ = {};
    charged_ -= std::exchange(cache_bytes_, 0);
    total = tell();
  }
  const absl::Status status =
      budget_.CheckMemory(static_cast<std::uint64_t>(std::max<std::int64_t>(total, 0)));
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
  // What stands behind a dot was given its number when the statement was compiled; what an
  // expression makes, as in n[$name], gets one of those behind.
  if (const auto known = properties_.Find(name); known.has_value()) return *known;
  const bool any = computed_names_.Find(name).has_value() || name == kKeyName || IsAttribute(name);
  return any ? properties_.size() + computed_names_.NumberOf(name) : kNoProperty;
}

const std::string& Run::NameOf(std::uint32_t property) const {
  return property < properties_.size() ? properties_.NameOf(property)
                                       : computed_names_.NameOf(property - properties_.size());
}

bool Run::IsAttribute(std::string_view name) const {
  return std::any_of(moments_.begin(), moments_.end(), [&](const Moment& moment) {
    return AttributeNamed(*moment.schema, name) != nullptr;
  });
}

std::size_t Run::ModelOf(std::uint16_t moment) {
  while (model_of_.size() <= moment) {
    const model::Schema* const model =
        moments_[static_cast<std::uint16_t>(model_of_.size())].schema.get();
    const auto known = std::find(models_.begin(), models_.end(), model);
    model_of_.push_back(static_cast<std::size_t>(known - models_.begin()));
    if (known == models_.end()) models_.push_back(model);
  }
  return model_of_[moment];
}

const Run::Resolved& Run::Resolve(std::uint32_t property, std::uint16_t moment,
                                  ClassNumber class_number) {
  const std::size_t model = ModelOf(moment);
  if (resolved_.size() <= model) resolved_.resize(model + 1);
  if (resolved_[model].size() <= property) resolved_[model].resize(property + std::size_t{1});
  std::vector<Resolved>& by_class = resolved_[model][property];
  if (by_class.size() <= class_number.value) by_class.resize(class_number.value + std::size_t{1});
  Resolved& resolved = by_class[class_number.value];
  if (resolved.known) return resolved;
  resolved.known = true;
  const model::Schema& schema = *models_[model];
  const std::string& name = NameOf(property);
  const model::Class* owner = schema.FindClass(class_number);
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
  if (property == kNoProperty) return {};
  const auto index = static_cast<NodeIndex>(node.record.value);
  const ClassNumber class_number = moments_[node.moment].graph.ClassOf(index);
  const Resolved& resolved = Resolve(property, node.moment, class_number);
  if (resolved.is_key) return Datum::String(std::string(reader_.KeyOf(node.record)));
  if (resolved.attribute == nullptr) return {};
  if (current_ == index && current_moment_ == node.moment)
    return ValueIn(current_record_, resolved);
  const AttributeNumber attribute = resolved.attribute->number;
  Column* const column = ColumnOf(property, node.moment, attribute);
  const CommitNumber version =
      column == nullptr ? kNoCommit : moments_[node.moment].graph.HeldVersionOf(index);
  if (version != kNoCommit) {
    if (const auto number = column->FindNumber(index, version); number.has_value())
      return KeptValue(property, *column, *number);
  }
  const CachedKey key{index, property, node.moment};
  const auto found = cache_.find(key);
  if (found != cache_.end()) return found->second;
  Step();
  Datum value = Read(node, resolved);
  CountRead(property, attribute);
  if (version != kNoCommit && !failed() && columns_->Keep(*column, index, version, value))
    return value;
  if (static_cast<std::uint64_t>(cache_bytes_) < budget_.limits().memory_bytes / kCacheShare) {
    const auto bytes = static_cast<std::int64_t>(kBytesPerCached + value.HeapBytes());
    cache_.emplace(key, value);
    cache_bytes_ += bytes;
    Charge(bytes);
  }
  return value;
}

Datum Run::KeptValue(std::uint32_t property, const Column& column, std::uint32_t number) {
  const Datum& value = column.ValueOf(number);
  if (help_.threads == nullptr || number >= kOwnValuesMax ||
      value.kind() != language::DatumKind::kString)
    return value;
  std::vector<Datum>& own = column_uses_[property].own;
  if (own.size() <= number) own.resize(number + std::size_t{1});
  if (own[number].is_null()) own[number] = Datum::String(value.string());
  return own[number];
}

void Run::set_columns(std::shared_ptr<ColumnSet> columns) {
  columns_ = std::move(columns);
  columns_use_ = columns_->BeginUse();
}

Column* Run::ColumnOf(std::uint32_t property, std::uint16_t moment, AttributeNumber attribute) {
  if (columns_ == nullptr || moments_[moment].schema.get() != columns_->schema()) return nullptr;
  if (column_uses_.size() <= property) column_uses_.resize(property + std::size_t{1});
  ColumnUse& use = column_uses_[property];
  if (!use.asked) {
    use.asked = true;
    use.column = columns_->Find(attribute, columns_use_);
  }
  return use.column.get();
}

void Run::CountRead(std::uint32_t property, AttributeNumber attribute) {
  if (property >= column_uses_.size()) return;
  ColumnUse& use = column_uses_[property];
  if (use.column == nullptr && ++use.reads == kReadsBeforeColumn)
    use.column = columns_->Make(attribute, columns_use_);
}

Datum Run::Property(LinkRef, std::uint32_t, Evaluation&) { return {}; }

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
