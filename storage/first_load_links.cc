// Links of a first load: their ends are looked up once a chunk; at the end they are sorted and go
// into files that are written at once.
#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "first_load.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

// Fewer are not worth a file of their own.
constexpr std::size_t kLinksOfFileMin = 50'000;
constexpr std::size_t kLinkFilesMax = 4;
// Handed to one file, then to the next.
constexpr std::size_t kLinksOfTurn = 8'192;
constexpr std::size_t kKeysAtOnce = 1'024;
constexpr std::string_view kLinkValue("\1", 1);

std::uint64_t PairOf(NodeIndex node, RelationshipTypeNumber type) {
  return std::uint64_t{node} << 16 | type.value;
}

}  // namespace

void FirstLoad::AddLinks(const ChunkLinks& links, ChunkResult& result) {
  FindEnds(links);
  links_of_chunks_.emplace_back().reserve(links.size());
  for (std::size_t i = 0; i < links.size(); ++i) {
    absl::Status status = AddLink(links, i);
    if (status.ok()) continue;
    result.rejected.push_back(
        {RejectedItem::Kind::kLink, static_cast<std::uint32_t>(i), std::move(status)});
  }
}

void FirstLoad::FindEnds(const ChunkLinks& links) {
  std::array<std::string_view, kKeysAtOnce> keys;
  std::array<NodeIndex, kKeysAtOnce> nodes{};
  ends_.assign(links.key_count(), End());
  for (std::size_t begin = 0; begin < ends_.size(); begin += kKeysAtOnce) {
    const std::size_t count = std::min(kKeysAtOnce, ends_.size() - begin);
    for (std::size_t i = 0; i < count; ++i) keys[i] = links.KeyAt(begin + i);
    store_.directory.FindAll(std::span(keys).first(count), std::span(nodes).first(count));
    for (std::size_t i = 0; i < count; ++i) {
      const NodeIndex node = nodes[i];
      if (Loaded(node))
        ends_[begin + i] = {node, store_.directory.ClassOf(node), bounded_.contains(node)};
    }
  }
}

absl::Status FirstLoad::CheckCardinality(const model::RelationshipType& type,
                                         const ChunkLinks& links, std::size_t i) {
  const model::Cardinality cardinality = type.definition.cardinality;
  if (cardinality == model::Cardinality::kManyToMany) return absl::OkStatus();
  const ChunkLinks::Link& link = links.At(i);
  const NodeIndex source = ends_[link.source].node;
  const NodeIndex target = ends_[link.target].node;
  const auto refuse = [&](std::uint32_t one, NodeIndex other, std::string_view end) {
    return MakeError(
        ErrorCode::kCardinality,
        absl::StrFormat("link %s %s %s: %s already has %s as its only %s %s",
                        links.KeyAt(link.source), type.definition.name, links.KeyAt(link.target),
                        links.KeyAt(one), store_.directory.KeyOf(other), type.definition.name, end),
        "type");
  };
  if (cardinality != model::Cardinality::kOneToMany) {
    const auto [only, fresh] = only_target_.try_emplace(PairOf(source, type.number), target);
    if (!fresh && only->second != target) return refuse(link.source, only->second, "target");
  }
  if (cardinality != model::Cardinality::kManyToOne) {
    const auto [only, fresh] = only_source_.try_emplace(PairOf(target, type.number), source);
    if (!fresh && only->second != source) return refuse(link.target, only->second, "source");
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::AddLink(const ChunkLinks& links, std::size_t i) {
  const ChunkLinks::Link& link = links.At(i);
  const model::RelationshipType* type = store_.schema->FindRelationshipType(link.type);
  if (type == nullptr) {
    return MakeError(
        ErrorCode::kUnknownRelationshipType,
        absl::StrFormat("link %s to %s: there is no relationship type %d", links.KeyAt(link.source),
                        links.KeyAt(link.target), link.type.value),
        "type");
  }
  KOSEI_RETURN_IF_ERROR(EndpointRules::CheckInUse(*type));
  const End& source = ends_[link.source];
  const End& target = ends_[link.target];
  if (source.node == 0 || target.node == 0) {
    const bool at_source = source.node == 0;
    return MakeError(
        ErrorCode::kLinkEndMissing,
        absl::StrFormat("link %s %s %s: there is no record %s; create it first or mend the key",
                        links.KeyAt(link.source), type->definition.name, links.KeyAt(link.target),
                        links.KeyAt(at_source ? link.source : link.target)),
        at_source ? "source" : "target");
  }
  if (!endpoints_.Allowed(*type, source.class_number, target.class_number)) {
    return MakeError(
        ErrorCode::kEndpointNotAllowed,
        absl::StrFormat("link %s %s %s: %s does not join a %s to a %s", links.KeyAt(link.source),
                        type->definition.name, links.KeyAt(link.target), type->definition.name,
                        store_.schema->ClassName(source.class_number),
                        store_.schema->ClassName(target.class_number)),
        "type");
  }
  const bool timed = link.valid_from != kBeginningOfTime || link.valid_to != kEndOfTime ||
                     source.bounded || target.bounded;
  if (timed) {
    timed_links_.push_back(links[i]);
    return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(CheckCardinality(*type, links, i));
  links_of_chunks_.back().push_back(
      {source.node, target.node, static_cast<TypeIndex>(link.type.value)});
  ++counts_.links_created;
  return absl::OkStatus();
}

// Ascending by source, type and target, each once. Sources are dense: links are put in their places
// and only those of one source compared.
void FirstLoad::SortLinks() {
  std::vector<std::uint32_t> begins(std::size_t{next_node_} + 1, 0);
  std::size_t count = 0;
  for (const std::vector<Link>& links : links_of_chunks_) {
    count += links.size();
    for (const Link& link : links) ++begins[link.source + 1];
  }
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  std::vector<Link> sorted(count);
  for (std::vector<Link>& links : links_of_chunks_) {
    for (const Link& link : links) sorted[begins[link.source]++] = link;
    std::vector<Link>().swap(links);
  }
  // Each begin has become the end.
  const auto name = [](const Link& link) { return std::tie(link.type, link.target); };
  const auto less = [&name](const Link& a, const Link& b) { return name(a) < name(b); };
  const auto same = [&name](const Link& a, const Link& b) {
    return a.source == b.source && name(a) == name(b);
  };
  auto begin = sorted.begin();
  for (const std::uint32_t place : begins) {
    const auto end = std::max(begin, sorted.begin() + place);
    std::sort(begin, end, less);
    begin = end;
  }
  const auto last = std::unique(sorted.begin(), sorted.end(), same);
  const auto repeated = static_cast<std::uint64_t>(sorted.end() - last);
  sorted.erase(last, sorted.end());
  links_ = std::move(sorted);
  counts_.links_created -= repeated;
  counts_.links_unchanged += repeated;
}

// Several files are filled at once, each by a thread of its own (sorted_file.h).
absl::Status FirstLoad::WriteLinks() {
  const std::size_t count =
      std::clamp<std::size_t>(links_.size() / kLinksOfFileMin, 1, kLinkFilesMax);
  const std::size_t part = (links_.size() + count - 1) / count;
  std::vector<SortedFile*> files(links_.empty() ? 0 : count);
  for (SortedFile*& file : files) {
    KOSEI_ASSIGN_OR_RETURN(file, files_->Another(Family::kLinks));
  }
  for (std::size_t turn = 0; turn < part; turn += kLinksOfTurn) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::size_t end = std::min(links_.size(), (i + 1) * part);
      const std::size_t until = std::min(end, i * part + turn + kLinksOfTurn);
      for (std::size_t at = i * part + turn; at < until; ++at) {
        const Link& link = links_[at];
        char key[keys::kLinkKeySize];
        keys::WriteLinkKey(key, {RecordOf(link.source), RelationshipTypeNumber{link.type},
                                 RecordOf(link.target), commit_});
        KOSEI_RETURN_IF_ERROR(files[i]->Put({key, sizeof(key)}, kLinkValue));
      }
    }
  }
  return absl::OkStatus();
}

void FirstLoad::HashLinks(ContentHash& content) const {
  for (const Link& link : links_) {
    content.AddLink(RecordOf(link.source), RelationshipTypeNumber{link.type}, RecordOf(link.target),
                    kLinkValue);
  }
}

TopologyBase FirstLoad::BaseOfLinks() const {
  BaseBuilder builder;
  for (const Link& link : links_)
    builder.Add({link.source, link.target, link.type, commit_, kOpenEnd});
  return builder.Finish(next_node_, commit_);
}

}  // namespace kosei::storage
