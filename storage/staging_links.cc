// Staging of links: endpoints, cardinality, and which links there are.
#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "staging.h"

namespace kosei::storage {
namespace {

std::string Linking(const model::Schema& schema, std::string_view source,
                    RelationshipTypeNumber type, std::string_view target) {
  return absl::StrFormat("link %s %s %s", source, schema.RelationshipTypeName(type), target);
}

}  // namespace

std::string_view Staging::KeyOf(NodeIndex node) const {
  if (const std::string_view key = store_.directory.KeyOf(node); !key.empty()) return key;
  if (const auto own = new_node_keys_.find(node); own != new_node_keys_.end()) return own->second;
  for (const auto& [key, earlier] : group_.new_keys) {
    if (earlier == node) return key;
  }
  return "(unknown)";
}

const GraphView& Staging::graph() const {
  if (!graph_) {
    graph_.emplace(store_.topology.state(), View{store_.published(), time_}, store_.published(),
                   store_.directory.limit(), store_.directory.segments());
  }
  return *graph_;
}

bool Staging::LinkLive(const LinkName& name) const {
  if (const auto own = own_.links.find(name); own != own_.links.end()) return own->second;
  if (const auto earlier = group_.links.find(name); earlier != group_.links.end())
    return earlier->second;
  const NodeIndex source = SourceOf(name);
  return source < graph().node_limit() &&
         graph().HasLink(source, static_cast<TypeIndex>(name.second), TargetOf(name));
}

bool Staging::HasLink(std::string_view source, RelationshipTypeNumber type,
                      std::string_view target) const {
  const NodeIndex from = FindNode(source);
  const NodeIndex to = FindNode(target);
  return from != 0 && to != 0 && LinkLive(NameOfLink(from, type, to));
}

void Staging::CollectLive(LinkDirection direction, NodeIndex node,
                          std::vector<Neighbour>& neighbours) const {
  const auto name_of = [&](const Neighbour& neighbour) {
    const RelationshipTypeNumber type{neighbour.type};
    return direction == LinkDirection::kOut ? NameOfLink(node, type, neighbour.node)
                                            : NameOfLink(neighbour.node, type, node);
  };
  graph().Collect(direction, node, neighbours);
  const std::uint64_t touch = StagedState::TouchKey(direction, node);
  for (const StagedState* state : {&group_, &own_}) {
    const auto touched = state->touched.find(touch);
    if (touched != state->touched.end()) {
      neighbours.insert(neighbours.end(), touched->second.begin(), touched->second.end());
    }
  }
  absl::flat_hash_set<LinkName> seen;
  std::erase_if(neighbours, [&](const Neighbour& neighbour) {
    const LinkName name = name_of(neighbour);
    return !seen.insert(name).second || !LinkLive(name);
  });
}

std::vector<std::string> Staging::FarEnds(std::string_view key, RelationshipTypeNumber type,
                                          LinkDirection direction) const {
  std::vector<Neighbour> neighbours;
  std::vector<std::string> keys;
  const NodeIndex node = FindNode(key);
  if (node == 0) return keys;
  CollectLive(direction, node, neighbours);
  for (const Neighbour& neighbour : neighbours) {
    if (neighbour.type == type.value) keys.emplace_back(KeyOf(neighbour.node));
  }
  return keys;
}

absl::StatusOr<NodeIndex> Staging::LiveEnd(std::string_view key, std::string_view what,
                                           Timestamp instant, Timestamp& until) const {
  const NodeIndex node = FindNode(key);
  bool live = false;
  if (node != 0 && (instant != time_ || IsDated(node))) {
    KOSEI_ASSIGN_OR_RETURN(const Timestamp end, ThereUntil(node, instant, key, what));
    until = std::min(until, end);
    return node;
  }
  if (node != 0) {
    // The common case needs no bytes: a record that is neither staged nor ended.
    const bool staged = own_.records.contains(node) || group_.records.contains(node);
    if (staged) {
      KOSEI_ASSIGN_OR_RETURN(const CurrentRecord current, Find(key));
      live = current.live;
    } else {
      live = store_.directory.Live(node);
    }
  }
  if (live) return node;
  return MakeError(ErrorCode::kLinkEndMissing,
                   absl::StrFormat("there is no record %s; create it first or mend the key", key),
                   what);
}

absl::Status Staging::CheckCardinality(const model::RelationshipType& type, const LinkName& name,
                                       const PutLink& put) const {
  const auto refuse = [&](std::string_view one, std::string_view end, std::string_view other) {
    return MakeError(ErrorCode::kCardinality,
                     absl::StrFormat("%s: %s already has %s as its only %s %s; end that link first",
                                     Linking(*store_.schema, put.source, put.type, put.target), one,
                                     other, type.definition.name, end),
                     "type");
  };
  const auto check = [&](LinkDirection direction, NodeIndex node, std::string_view one,
                         std::string_view end) -> absl::Status {
    std::vector<Neighbour> neighbours;
    CollectLive(direction, node, neighbours);
    for (const Neighbour& neighbour : neighbours) {
      if (neighbour.type == type.number.value) return refuse(one, end, KeyOf(neighbour.node));
    }
    return absl::OkStatus();
  };
  const model::Cardinality cardinality = type.definition.cardinality;
  if (cardinality == model::Cardinality::kManyToOne ||
      cardinality == model::Cardinality::kOneToOne) {
    KOSEI_RETURN_IF_ERROR(check(LinkDirection::kOut, SourceOf(name), put.source, "target"));
  }
  if (cardinality == model::Cardinality::kOneToMany ||
      cardinality == model::Cardinality::kOneToOne) {
    KOSEI_RETURN_IF_ERROR(check(LinkDirection::kIn, TargetOf(name), put.target, "source"));
  }
  return absl::OkStatus();
}

absl::Status Staging::SetLink(const LinkName& name, bool live) {
  if (IsTimed(name)) {
    if (!live) return SayTimed(name, false, {time_, kEndOfTime});
    KOSEI_ASSIGN_OR_RETURN(const std::vector<LinkStatement> statements, StatementsOf(name));
    const std::vector<ValidInterval> row = NewestFirst(statements);
    return SayTimed(name, true, {time_, SegmentAt(row, time_).valid.to});
  }
  links_before_.try_emplace(name, LinkLive(name));
  own_.SetLink(name, live);
  return absl::OkStatus();
}

ClassNumber Staging::ClassOf(NodeIndex node) const {
  for (const StagedState* state : {&std::as_const(own_), &group_}) {
    const auto staged = state->records.find(node);
    if (staged != state->records.end()) return staged->second.class_number;
  }
  return store_.directory.ClassOf(node);
}

absl::Status Staging::CheckProcess(NodeIndex source, NodeIndex target) const {
  if (by_process_) return absl::OkStatus();
  for (const NodeIndex node : {source, target}) {
    if (node != 0) KOSEI_RETURN_IF_ERROR(CheckProcess(ClassOf(node), KeyOf(node)));
  }
  return absl::OkStatus();
}

absl::Status Staging::Link(const PutLink& put) {
  const model::RelationshipType* type = store_.schema->FindRelationshipType(put.type);
  if (type == nullptr) {
    return MakeError(ErrorCode::kUnknownRelationshipType,
                     absl::StrFormat("link %s to %s: there is no relationship type %d", put.source,
                                     put.target, put.type.value),
                     "type");
  }
  const auto context = [&] { return Linking(*store_.schema, put.source, put.type, put.target); };
  if (const absl::Status in_use = EndpointRules::CheckInUse(*type); !in_use.ok())
    return WithContext(in_use, context());
  const Timestamp instant = put.valid_from == kBeginningOfTime ? time_ : put.valid_from;
  Timestamp until = kEndOfTime;
  const absl::StatusOr<NodeIndex> source = LiveEnd(put.source, "source", instant, until);
  if (!source.ok()) return WithContext(source.status(), context());
  const absl::StatusOr<NodeIndex> target = LiveEnd(put.target, "target", instant, until);
  if (!target.ok()) return WithContext(target.status(), context());
  if (!endpoints_.Allowed(*type, ClassOf(*source), ClassOf(*target))) {
    return MakeError(
        ErrorCode::kEndpointNotAllowed,
        absl::StrFormat("%s: %s does not join a %s to a %s", context(), type->definition.name,
                        store_.schema->ClassName(ClassOf(*source)),
                        store_.schema->ClassName(ClassOf(*target))),
        "type");
  }
  KOSEI_RETURN_IF_ERROR(CheckProcess(*source, *target));
  const LinkName name = NameOfLink(*source, put.type, *target);
  const bool plain = put.valid_from == kBeginningOfTime && put.valid_to == kEndOfTime;
  if (!plain || until != kEndOfTime || IsTimed(name)) return LinkTimed(put, *type, name, until);
  if (LinkLive(name)) {
    ++counts_.links_unchanged;
    return absl::OkStatus();
  }
  if (type->definition.cardinality != model::Cardinality::kManyToMany) {
    KOSEI_RETURN_IF_ERROR(CheckCardinality(*type, name, put));
  }
  return SetLink(name, true);
}

absl::Status Staging::Unlink(const EndLink& end) {
  const NodeIndex source = FindNode(end.source);
  const NodeIndex target = FindNode(end.target);
  KOSEI_RETURN_IF_ERROR(CheckProcess(source, target));
  const LinkName name = NameOfLink(source, end.type, target);
  const bool plain = end.valid_from == kBeginningOfTime && end.valid_to == kEndOfTime;
  if (source != 0 && target != 0 && (!plain || IsTimed(name))) return UnlinkTimed(end, name);
  if (source == 0 || target == 0 || !LinkLive(name)) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("unlink %s %s %s: there is no such link", end.source,
                                     store_.schema->RelationshipTypeName(end.type), end.target));
  }
  return SetLink(name, false);
}

absl::Status Staging::EndOthers(std::span<const std::string> sources,
                                std::span<const RelationshipTypeNumber> types,
                                const ChunkLinks& kept) {
  absl::flat_hash_set<LinkName> keep;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const ChunkLinks::Link& link = kept.At(i);
    const NodeIndex source = FindNode(kept.KeyAt(link.source));
    const NodeIndex target = FindNode(kept.KeyAt(link.target));
    if (source != 0 && target != 0) keep.insert(NameOfLink(source, link.type, target));
  }
  std::vector<Neighbour> neighbours;
  for (const std::string& key : sources) {
    const NodeIndex source = FindNode(key);
    if (source == 0) continue;
    CollectLive(LinkDirection::kOut, source, neighbours);
    for (const Neighbour& neighbour : neighbours) {
      const RelationshipTypeNumber type{neighbour.type};
      const LinkName name = NameOfLink(source, type, neighbour.node);
      const bool in_question = std::find(types.begin(), types.end(), type) != types.end();
      if (!in_question || keep.contains(name)) continue;
      // A source of configuration items knows nothing of what a process has linked to them.
      if (!by_process_ && store_.schema->IsProcess(ClassOf(neighbour.node))) continue;
      KOSEI_RETURN_IF_ERROR(SetLink(name, false));
    }
  }
  return absl::OkStatus();
}

bool Staging::changed() const {
  return !records_.empty() || !timed_.empty() ||
         std::any_of(links_before_.begin(), links_before_.end(),
                     [this](const auto& link) { return own_.links.at(link.first) != link.second; });
}

std::vector<LinkChange> Staging::TakeLinks() {
  std::vector<LinkChange> changes;
  for (const auto& [name, before] : links_before_) {
    const bool live = own_.links.at(name);
    if (live == before) continue;
    ++(live ? counts_.links_created : counts_.links_ended);
    link_balance_ += live ? 1 : -1;
    changes.push_back({RecordOf(SourceOf(name)), RelationshipTypeNumber{name.second},
                       RecordOf(TargetOf(name)), live ? ChangeKind::kCreated : ChangeKind::kEnded});
  }
  for (const auto& [name, said] : timed_) {
    ++(said.live ? counts_.links_created : counts_.links_ended);
    changes.push_back(
        {RecordOf(SourceOf(name)), RelationshipTypeNumber{name.second}, RecordOf(TargetOf(name)),
         said.live ? ChangeKind::kCreated : ChangeKind::kEnded, said.valid.from, said.valid.to});
  }
  std::sort(changes.begin(), changes.end(), [](const LinkChange& a, const LinkChange& b) {
    return std::tuple(a.source, a.type, a.target) < std::tuple(b.source, b.type, b.target);
  });
  return changes;
}

}  // namespace kosei::storage
