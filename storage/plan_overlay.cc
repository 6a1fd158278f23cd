#include "plan_overlay.h"

#include <algorithm>
#include <bit>

#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kBitsANode = 16;  // so that one in sixteen others is looked at in vain
constexpr std::size_t kBitsMax = std::size_t{1} << 26;

}  // namespace

NodeBits::NodeBits(std::size_t nodes) {
  const std::size_t wanted = std::clamp(nodes * kBitsANode, std::size_t{64}, kBitsMax);
  const std::size_t size = std::bit_ceil(wanted);
  mask = static_cast<NodeIndex>(size - 1);
  bits.assign(size / 64, 0);
}

AttributeEdit& RecordEdit::Set(AttributeNumber number) {
  const auto at = std::lower_bound(
      sets.begin(), sets.end(), number,
      [](const AttributeEdit& edit, AttributeNumber wanted) { return edit.number < wanted; });
  if (at != sets.end() && at->number == number) return *at;
  return *sets.insert(at, {number, {}, {}});
}

void PlanOverlay::Put(NodeIndex node, const Record& record, Timestamp time, EditOrigin origin) {
  RecordEdit& edit = records_[node];
  edit.node = node;
  edit.key = record.key;
  if (record.class_number.value != 0) {
    edit.replaces = edit.ends || edit.replaces;
    edit.ends = false;
    edit.creates = record.class_number;
    edit.sets.clear();
  }
  for (const auto& [number, value] : record.attributes) {
    AttributeEdit& set = edit.Set(number);
    set.value = value;
    set.origin = origin;
  }
  edit.time = time;
  edit.origin = origin;
}

void PlanOverlay::End(NodeIndex node, std::string_view key, Timestamp time, EditOrigin origin) {
  ForgetLinksOf(node);
  RecordEdit edit;
  edit.node = node;
  edit.key = std::string(key);
  edit.ends = true;
  edit.time = time;
  edit.origin = origin;
  records_[node] = std::move(edit);
}

void PlanOverlay::SetLink(const LinkName& name, bool live, EditOrigin origin) {
  const auto [link, inserted] = links_.insert_or_assign(name, LinkEdit{live, origin});
  static_cast<void>(link);
  if (!inserted) return;
  links_of_[SourceOf(name)].push_back(name);
  if (SourceOf(name) != TargetOf(name)) links_of_[TargetOf(name)].push_back(name);
}

void PlanOverlay::ForgetLinksOf(NodeIndex node) {
  const auto names = links_of_.find(node);
  if (names == links_of_.end()) return;
  for (const LinkName& name : names->second) links_.erase(name);
  names->second.clear();
}

void PlanOverlay::Finish() {
  links_of_.clear();
  std::vector<NodeIndex> nodes;
  nodes.reserve(records_.size() + links_.size() * 2);
  bytes_ = sizeof(*this);
  for (const auto& [node, edit] : records_) {
    nodes.push_back(node);
    if (edit.creates.value != 0) created_.push_back(node);
    if (edit.cuts()) cut_.push_back(node);
    bytes_ += sizeof(edit) + edit.key.size() + edit.sets.size() * sizeof(AttributeEdit) * 2;
  }
  for (const auto& [name, edit] : links_) {
    const NodeIndex source = SourceOf(name);
    const NodeIndex target = TargetOf(name);
    nodes.push_back(source);
    nodes.push_back(target);
    bytes_ += sizeof(name) + sizeof(edit) + 2 * sizeof(Neighbour) + 64;
    if (!edit.live) continue;
    const auto type = static_cast<TypeIndex>(name.second);
    added_[StagedState::TouchKey(LinkDirection::kOut, source)].push_back({target, type});
    added_[StagedState::TouchKey(LinkDirection::kIn, target)].push_back({source, type});
  }
  std::sort(created_.begin(), created_.end());
  std::sort(cut_.begin(), cut_.end());
  touched_count_ = nodes.size();
  touched_ = NodeBits(nodes.size());
  for (const NodeIndex node : nodes) touched_.Add(node);
  bytes_ += touched_.bits.size() * sizeof(std::uint64_t);
}

const RecordEdit* PlanOverlay::Find(NodeIndex node) const {
  const auto found = records_.find(node);
  return found == records_.end() ? nullptr : &found->second;
}

const std::vector<Neighbour>& PlanOverlay::AddedTo(LinkDirection direction, NodeIndex node) const {
  static const std::vector<Neighbour> kNone;
  const auto found = added_.find(StagedState::TouchKey(direction, node));
  return found == added_.end() ? kNone : found->second;
}

bool PlanOverlay::Hides(const LinkName& name) const {
  if (const auto link = links_.find(name); link != links_.end()) return !link->second.live;
  for (const NodeIndex end : {SourceOf(name), TargetOf(name)}) {
    const RecordEdit* edit = Find(end);
    if (edit != nullptr && edit->cuts()) return true;
  }
  return false;
}

std::string PlannedBytes(const model::Schema& schema, const RecordEdit& edit,
                         std::string_view before) {
  if (edit.ends) return {};
  const bool anew = edit.creates.value != 0 && (edit.replaces || before.empty());
  if (!anew && before.empty()) return {};
  Record record;
  if (anew) {
    record.class_number = edit.creates;
    record.key = edit.key;
    record.valid_from = edit.time;
  } else {
    record = RecordView::Trust(before).Decode();
  }
  for (const AttributeEdit& set : edit.sets) record.Set(set.number, set.value);
  if (anew) {
    Record filled = record;
    // A model that changed since may refuse it; then it is shown as it was planned.
    if (schema.Canonicalise(filled, model::Schema::Defaults::kFill).ok())
      record = std::move(filled);
  }
  return EncodeRecord(record);
}

}  // namespace kosei::storage
