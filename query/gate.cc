#include "kosei/query/gate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "effects.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using model::GateKind;
using model::GatePart;
using model::State;
using storage::NodeIndex;
using storage::TypeIndex;

// A third of three is one, whatever floating point makes of it.
constexpr double kRounding = 1e-9;

std::optional<double> NumberOf(const Value& value) {
  if (value.kind() == ValueKind::kInteger) return static_cast<double>(value.integer());
  if (value.kind() != ValueKind::kDecimal) return std::nullopt;
  return static_cast<double>(value.decimal().coefficient) / std::pow(10.0, value.decimal().scale);
}

double NumberOf(Decimal decimal) { return *NumberOf(Value(decimal)); }

// Builds one gate. The record's own attributes and those of its members are read as needed.
class Maker {
 public:
  Maker(const storage::Reader& reader, const storage::GraphView& graph, const model::Schema& schema,
        NodeIndex node, const GatePart& part, const std::string& text,
        std::optional<storage::RecordVersion> record)
      : reader_(reader),
        graph_(graph),
        schema_(schema),
        part_(part),
        record_(std::move(record)),
        gate_(std::make_unique<Gate>()) {
    gate_->node = node;
    gate_->text = text;
  }

  absl::StatusOr<std::unique_ptr<const Gate>> Run(bool of_record) {
    gate_->of_record = of_record;
    CollectFeeders();
    KOSEI_RETURN_IF_ERROR(AddGroup(part_).status());
    for (const GateMember& member : gate_->members)
      gate_->links.emplace_back(member.node, member.via);
    std::sort(gate_->links.begin(), gate_->links.end());
    return std::unique_ptr<const Gate>(std::move(gate_));
  }

 private:
  void CollectFeeders() {
    ForEachGiver(graph_, schema_, gate_->node,
                 [&](NodeIndex giver, TypeIndex type, const model::ImpactRule& rule) {
                   feeders_.push_back({giver, type, rule.effect, 1, true});
                 });
    std::sort(feeders_.begin(), feeders_.end(), [](const GateMember& a, const GateMember& b) {
      return std::pair(a.node, a.via) < std::pair(b.node, b.via);
    });
  }

  static bool IsLeaf(const GatePart& part) {
    return part.kind == GateKind::kMembers || part.kind == GateKind::kRecord;
  }

  absl::StatusOr<std::uint32_t> AddGroup(const GatePart& part) {
    const auto position = static_cast<std::uint32_t>(gate_->groups.size());
    gate_->groups.emplace_back();
    GateGroup group;
    // A leaf by itself is all of its members.
    group.kind = IsLeaf(part) ? GateKind::kAll : part.kind;
    if (IsLeaf(part)) {
      KOSEI_RETURN_IF_ERROR(AddMembers(part, group));
    } else {
      for (const GatePart& child : part.parts) {
        if (IsLeaf(child) && part.kind != GateKind::kPrimary) {
          KOSEI_RETURN_IF_ERROR(AddMembers(child, group));
          continue;
        }
        KOSEI_ASSIGN_OR_RETURN(const std::uint32_t below, AddGroup(child));
        group.groups.push_back(below);
      }
    }
    KOSEI_RETURN_IF_ERROR(SetThresholds(part, group));
    gate_->groups[position] = std::move(group);
    return position;
  }

  absl::Status AddMembers(const GatePart& leaf, GateGroup& group) {
    const model::RelationshipType* type = nullptr;
    ClassNumber class_number;
    std::optional<RecordId> record;
    if (leaf.kind == GateKind::kRecord) {
      record = reader_.IdOf(leaf.key);
    } else {
      type = schema_.FindRelationshipType(leaf.type);
      const model::Class* found = schema_.FindClass(leaf.class_name);
      if (found != nullptr) class_number = found->number;
      // Names that left the model since: nothing is of them.
      if (type == nullptr || (found == nullptr && !leaf.class_name.empty()))
        return absl::OkStatus();
    }
    bool any = false;
    for (const GateMember& feeder : feeders_) {
      const bool fits = leaf.kind == GateKind::kRecord
                            ? record.has_value() && feeder.node == storage::NodeOf(*record)
                            : feeder.via == type->number.value &&
                                  (leaf.class_name.empty() ||
                                   schema_.IsA(graph_.ClassOf(feeder.node), class_number));
      if (!fits) continue;
      any = true;
      GateMember member = feeder;
      KOSEI_RETURN_IF_ERROR(Describe(leaf.share, member));
      group.members.push_back(static_cast<std::uint32_t>(gate_->members.size()));
      gate_->members.push_back(member);
    }
    if (!any && leaf.kind == GateKind::kRecord) gate_->missing.push_back(leaf.key);
    return absl::OkStatus();
  }

  // What the member's own record says: whether it is in service, and what it counts.
  absl::Status Describe(const model::Amount& share, GateMember& member) {
    const ClassNumber class_number = graph_.ClassOf(member.node);
    const model::OutOfService* out = schema_.OutOfServiceOf(class_number);
    member.amount = share.attribute.empty() ? NumberOf(share.number) : 0;
    if (out == nullptr && share.attribute.empty()) return absl::OkStatus();
    const absl::StatusOr<storage::RecordVersion> version =
        reader_.Get(storage::RecordOf(member.node), graph_.view());
    if (HasCode(version.status(), ErrorCode::kNotFound)) {
      member.in_service = false;
      return absl::OkStatus();
    }
    KOSEI_RETURN_IF_ERROR(version.status());
    const RecordView record = version->record();
    if (out != nullptr) {
      const std::string_view value = record.Text(out->attribute);
      member.in_service =
          std::find(out->values.begin(), out->values.end(), value) == out->values.end();
    }
    if (!share.attribute.empty()) member.amount = AttributeOf(record, share.attribute).value_or(0);
    return absl::OkStatus();
  }

  std::optional<double> AttributeOf(const RecordView& record, std::string_view name) const {
    const model::Class* owner = schema_.FindClass(record.class_number());
    const model::Attribute* attribute =
        owner == nullptr ? nullptr : schema_.FindAttribute(*owner, name);
    return attribute == nullptr ? std::nullopt : NumberOf(record.Find(attribute->number));
  }

  // nullopt when it names an attribute of which the record has no value.
  std::optional<double> AmountOf(const model::Amount& amount) const {
    if (amount.attribute.empty()) return NumberOf(amount.number);
    return record_.has_value() ? AttributeOf(record_->record(), amount.attribute) : std::nullopt;
  }

  absl::Status SetThresholds(const GatePart& part, GateGroup& group) {
    const auto count = static_cast<double>(group.groups.size() + group.members.size());
    auto present = static_cast<double>(group.groups.size());
    double amount = 0;
    for (const std::uint32_t member : group.members) {
      if (!gate_->members[member].in_service) continue;
      present += 1;
      amount += gate_->members[member].amount;
    }
    double there = present;
    if (group.kind == GateKind::kWeighted) {
      group.degrades = AmountOf(part.first).value_or(0);
      group.fails = AmountOf(part.second).value_or(0);
      return absl::OkStatus();
    }
    if (group.kind == GateKind::kAny) {
      group.asked = std::min(1.0, count);
    } else if (group.kind == GateKind::kAtLeast) {
      const std::optional<double> first = AmountOf(part.first);
      group.asked = !first.has_value()   ? count
                    : part.first.percent ? std::ceil(count * *first / 100 - kRounding)
                                         : std::ceil(*first);
    } else if (group.kind == GateKind::kCapacity) {
      there = amount;
      group.asked = AmountOf(part.first).value_or(amount);
    } else {
      group.asked = present;  // who is out of service is not asked for
    }
    group.asked = std::max(group.asked, 0.0);
    group.below_quorum = group.asked > there;
    group.needed = std::min(group.asked, there);
    return absl::OkStatus();
  }

  const storage::Reader& reader_;
  const storage::GraphView& graph_;
  const model::Schema& schema_;
  const GatePart& part_;
  const std::optional<storage::RecordVersion> record_;
  std::vector<GateMember> feeders_;
  std::unique_ptr<Gate> gate_;
};

}  // namespace

State Gate::EvaluateGroup(std::uint32_t group_position, StateOfMember state_of) const {
  const GateGroup& group = groups[group_position];
  if (group.kind == GateKind::kPrimary) {
    State best_standby = State::kFailed;
    for (std::size_t i = 0; i < group.groups.size(); ++i) {
      const State state = EvaluateGroup(group.groups[i], state_of);
      if (i == 0 && state == State::kUp) return State::kUp;
      best_standby = std::min(best_standby, state);
    }
    // A standby that took over carries on, and nothing stands by for it.
    return std::max(best_standby, State::kDegraded);
  }
  double up = 0;
  double working = 0;  // up or degraded
  double loss = 0;
  const auto count = [&](State state, double amount, double weight) {
    if (state == State::kUp) up += amount;
    if (state != State::kFailed) working += amount;
    loss += state == State::kFailed ? weight : state == State::kDegraded ? weight / 2 : 0;
  };
  const bool by_amount = group.kind == GateKind::kCapacity;
  for (const std::uint32_t position : group.members) {
    const GateMember& member = members[position];
    if (!member.in_service) continue;
    const State state = member.effect[static_cast<std::size_t>(state_of(member.node))];
    count(state, by_amount ? member.amount : 1, member.amount);
  }
  for (const std::uint32_t below : group.groups) {
    count(EvaluateGroup(below, state_of), by_amount ? 0 : 1, 1);
  }
  if (group.kind == GateKind::kWeighted) {
    if (group.fails > 0 && loss >= group.fails) return State::kFailed;
    if (group.degrades > 0 && loss >= group.degrades) return State::kDegraded;
    return State::kUp;
  }
  if (up >= group.needed) return State::kUp;
  return working >= group.needed ? State::kDegraded : State::kFailed;
}

State Gate::Evaluate(StateOfMember state_of) const { return EvaluateGroup(0, state_of); }

bool Gate::below_quorum() const {
  return !missing.empty() || std::any_of(groups.begin(), groups.end(),
                                         [](const GateGroup& group) { return group.below_quorum; });
}

bool Gate::Holds(NodeIndex giver, TypeIndex via) const {
  return std::binary_search(links.begin(), links.end(), std::pair(giver, via));
}

bool Gate::WithoutReserve(StateOfMember state_of) const {
  const State now = Evaluate(state_of);
  if (now == State::kFailed) return true;
  NodeIndex last = 0;
  for (const GateMember& member : members) {
    if (!member.in_service || member.node == last) continue;
    last = member.node;
    if (state_of(member.node) == State::kFailed) continue;
    const State then = Evaluate(
        [&](NodeIndex node) { return node == member.node ? State::kFailed : state_of(node); });
    if (then > now) return true;
  }
  return false;
}

GateBook::GateBook(const storage::Reader& reader, const storage::GraphView& graph,
                   const model::Schema& schema)
    : reader_(reader), graph_(graph), schema_(schema), marked_(graph.MayHaveGates()) {
  for (const model::Class& each : schema.classes()) {
    if (schema.GateOf(each.number) == nullptr) continue;
    if (class_has_gate_.size() <= each.number.value)
      class_has_gate_.resize(each.number.value + std::size_t{1});
    class_has_gate_[each.number.value] = 1;
    class_gates_ = true;
  }
}

GateBook::~GateBook() = default;

bool GateBook::ClassMayHave(NodeIndex node) const {
  const std::size_t class_number = graph_.ClassOf(node).value;
  return class_number < class_has_gate_.size() && class_has_gate_[class_number] != 0;
}

absl::StatusOr<const Gate*> GateBook::Of(NodeIndex node) {
  const auto known = gates_.find(node);
  if (known != gates_.end()) return known->second.get();
  KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<const Gate> gate, Make(node));
  bytes_ += 64;
  if (gate != nullptr) {
    bytes_ += sizeof(Gate) + gate->members.size() * (sizeof(GateMember) + 4) +
              gate->groups.size() * sizeof(GateGroup);
  }
  return gates_.emplace(node, std::move(gate)).first->second.get();
}

absl::StatusOr<std::unique_ptr<const Gate>> GateBook::Make(NodeIndex node) {
  const ClassNumber class_number = graph_.ClassOf(node);
  const GatePart* part = schema_.GateOf(class_number);
  const AttributeNumber attribute = schema_.GateAttributeOf(class_number);
  const bool may_own = marked_ && graph_.MayHaveGate(node) && attribute != AttributeNumber{};
  if (part == nullptr && !may_own) return nullptr;
  absl::StatusOr<storage::RecordVersion> version =
      reader_.Get(storage::RecordOf(node), graph_.view());
  if (HasCode(version.status(), ErrorCode::kNotFound)) return nullptr;
  KOSEI_RETURN_IF_ERROR(version.status());
  const std::string text(version->record().Text(attribute));
  const bool own = may_own && !text.empty();
  if (part == nullptr && !own) return nullptr;
  const Parsed* parsed = nullptr;
  if (own) {
    KOSEI_ASSIGN_OR_RETURN(parsed, Parse(text));
  } else {
    parsed = &OfClass(class_number, *part);
  }
  Maker maker(reader_, graph_, schema_, node, parsed->part, parsed->text, *std::move(version));
  return maker.Run(own);
}

absl::StatusOr<const GateBook::Parsed*> GateBook::Parse(const std::string& text) {
  const auto known = parsed_.find(text);
  if (known != parsed_.end()) return known->second.get();
  KOSEI_ASSIGN_OR_RETURN(GatePart part, model::ParseGate(text));
  std::string canonical = model::GateText(part);
  return parsed_
      .emplace(text, std::make_unique<const Parsed>(Parsed{std::move(part), std::move(canonical)}))
      .first->second.get();
}

const GateBook::Parsed& GateBook::OfClass(ClassNumber class_number, const GatePart& part) {
  std::unique_ptr<const Parsed>& known = of_class_[class_number];
  if (known == nullptr) known = std::make_unique<const Parsed>(Parsed{part, model::GateText(part)});
  return *known;
}

}  // namespace kosei::query
