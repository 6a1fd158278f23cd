#include "record_ranks.h"

#include <algorithm>
#include <tuple>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/index_value.h"

namespace kosei::query {
namespace {

using storage::NodeIndex;

// When more records than a fourth may have a value, it is not worth knowing which.
constexpr std::uint64_t kCandidatesShare = 4;
// So many records are read sooner than the index says which have a value.
constexpr std::size_t kReadWithoutIndex = 1'024;

bool Before(const RankedRecord& a, const RankedRecord& b) {
  return std::tuple(a.rank, !a.service, 0xFF - a.state, a.node) <
         std::tuple(b.rank, !b.service, 0xFF - b.state, b.node);
}

void KeepFirst(std::vector<RankedRecord>& records, std::size_t listed) {
  const std::size_t kept = std::min(listed, records.size());
  std::partial_sort(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(kept),
                    records.end(), Before);
  records.resize(kept);
  records.shrink_to_fit();
}

}  // namespace

void RankedSummary::Add(const RankedSummary& other, std::size_t listed) {
  count += other.count;
  services += other.services;
  first.insert(first.end(), other.first.begin(), other.first.end());
  KeepFirst(first, listed);
}

std::uint8_t RankedSummary::rank() const {
  return first.empty() ? RecordRanks::kNone : first.front().rank;
}

RecordRanks::RecordRanks(const storage::Reader& reader, const storage::GraphView& graph,
                         const model::Schema& schema, std::string_view attribute,
                         std::size_t listed)
    : reader_(reader), graph_(graph), listed_(std::max<std::size_t>(listed, 1)) {
  for (const model::Class& each : schema.classes()) {
    const std::size_t position = each.number.value;
    if (by_class_.size() <= position) {
      by_class_.resize(position + 1);
      services_.resize(position + 1);
    }
    services_[position] = schema.IsService(each.number) ? 1 : 0;
    const model::Attribute* const found = schema.FindAttribute(each, attribute);
    if (found == nullptr || found->definition.type != model::AttributeType::kEnum) continue;
    by_class_[position] = found;
    attribute_ = found->number;
  }
}

const model::Attribute* RecordRanks::AttributeOf(ClassNumber class_number) const {
  return class_number.value < by_class_.size() ? by_class_[class_number.value] : nullptr;
}

bool RecordRanks::IsService(NodeIndex node) const {
  const std::size_t class_number = ClassOf(node).value;
  return class_number < services_.size() && services_[class_number] != 0;
}

absl::Status RecordRanks::FindCandidates(const Budget& budget) {
  looked_ = true;
  const storage::ValueRange any = storage::RangeOf(attribute_, model::AttributeType::kEnum,
                                                   storage::Comparison::kGreaterOrEqual, Value(""));
  const std::uint64_t most = graph_.node_limit() / kCandidatesShare + kStepsPerCheck;
  KOSEI_ASSIGN_OR_RETURN(
      const auto found,
      reader_.indexes().Find(any, graph_.view(), most, [&budget] { return budget.Check(); }));
  if (!found.has_value()) return absl::OkStatus();
  candidates_.assign((std::size_t{graph_.node_limit()} >> 6) + 1, 0);
  for (const RecordId record : *found) {
    const NodeIndex node = storage::NodeOf(record);
    if (node < graph_.node_limit()) candidates_[node >> 6] |= std::uint64_t{1} << (node & 63);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::uint8_t> RecordRanks::RankOf(NodeIndex node) {
  const model::Attribute* const attribute = AttributeOf(ClassOf(node));
  if (attribute == nullptr) return kNone;
  if (!candidates_.empty() && ((candidates_[node >> 6] >> (node & 63)) & 1) == 0) return kNone;
  const auto [known, fresh] = known_.emplace(node, kNone);
  if (!fresh) return known->second;
  const absl::StatusOr<storage::RecordVersion> version =
      reader_.Get(storage::RecordOf(node), graph_.view());
  if (HasCode(version.status(), ErrorCode::kNotFound) ||
      HasCode(version.status(), ErrorCode::kHistoryRetired))
    return kNone;
  if (!version.ok()) {
    known_.erase(known);
    return version.status();
  }
  const std::string_view value = version->record().Text(attribute->number);
  const auto& values = attribute->definition.values;
  for (std::size_t i = 0; i < values.size() && i < kNone; ++i) {
    if (values[i].name == value) known->second = static_cast<std::uint8_t>(i);
  }
  return known->second;
}

absl::StatusOr<RankedSummary> RecordRanks::Summarise(const std::vector<NodeIndex>& nodes,
                                                     const std::vector<std::uint8_t>& states,
                                                     const Budget& budget) {
  if (!looked_ && known_.size() + nodes.size() > kReadWithoutIndex &&
      attribute_ != AttributeNumber{})
    KOSEI_RETURN_IF_ERROR(FindCandidates(budget));
  RankedSummary summary;
  summary.count = nodes.size();
  summary.first.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
    RankedRecord record{.service = IsService(nodes[i]), .state = states[i], .node = nodes[i]};
    KOSEI_ASSIGN_OR_RETURN(record.rank, RankOf(nodes[i]));
    if (record.service) ++summary.services;
    summary.first.push_back(record);
  }
  KeepFirst(summary.first, listed_);
  return summary;
}

std::string RecordRanks::ValueOf(const RankedRecord& record) const {
  const model::Attribute* const attribute = AttributeOf(ClassOf(record.node));
  if (attribute == nullptr || record.rank >= attribute->definition.values.size()) return {};
  return attribute->definition.values[record.rank].name;
}

}  // namespace kosei::query
