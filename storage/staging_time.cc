// Staging of what has a valid time of its own: late reports, planned facts, corrections. Such a
// transaction is a group of its own (committer.cc), so what is known is in the store or in own_.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_reader.h"
#include "staging.h"

namespace kosei::storage {
namespace {

std::vector<ValidInterval> RowOf(const std::vector<Record>& newest_first) {
  std::vector<ValidInterval> row;
  row.reserve(newest_first.size());
  for (const Record& record : newest_first) row.push_back({record.valid_from, record.valid_to});
  return row;
}

}  // namespace

bool Staging::IsDated(NodeIndex node) const {
  if (store_.directory.Dated(node)) return true;
  const auto staged = positions_.find(node);
  return staged != positions_.end() && records_[staged->second].dated;
}

absl::StatusOr<std::vector<Record>> Staging::StatementsOf(NodeIndex node) const {
  std::vector<Record> statements;
  for (const StagedState* state : {&std::as_const(own_), &group_}) {
    const auto staged = state->records.find(node);
    if (staged == state->records.end()) continue;
    statements.push_back(KnownRecord(staged->second.bytes));
  }
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store_, RecordOf(node), store_.published()));
  for (const RecordVersion& version : versions) statements.push_back(KnownRecord(version.bytes));
  return statements;
}

absl::StatusOr<Staging::Presence> Staging::PresenceOf(const CurrentRecord& current,
                                                      const Record& said) const {
  Presence presence;
  const bool plain = said.valid_from <= time_ && said.valid_to == kEndOfTime;
  if (plain && (current.node == 0 || !IsDated(current.node))) {
    presence.before = current.live;
    presence.after = !said.ended;
    if (current.live) presence.known.push_back(KnownRecord(current.bytes));
    return presence;
  }
  if (current.node != 0) {
    KOSEI_ASSIGN_OR_RETURN(presence.known, StatementsOf(current.node));
  }
  const ValidInterval from_now{time_, kEndOfTime};
  for (const ValidSegment& segment : SegmentsOf(RowOf(presence.known), from_now)) {
    presence.before = presence.before || !presence.known[segment.statement].ended;
  }
  std::vector<ValidInterval> row = RowOf(presence.known);
  row.insert(row.begin(), {said.valid_from, said.valid_to});
  presence.said_in_force = false;
  for (const ValidSegment& segment : SegmentsOf(row, from_now)) {
    if (segment.statement == 0) {
      presence.said_in_force = true;
      presence.after = presence.after || !said.ended;
    } else {
      const Record& known = presence.known[segment.statement - 1];
      presence.after = presence.after || !known.ended;
      if (!known.ended) presence.in_force.push_back(segment.statement - 1);
    }
  }
  return presence;
}

absl::StatusOr<Timestamp> Staging::ThereUntil(NodeIndex node, Timestamp instant,
                                              std::string_view key, std::string_view what) const {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<Record> statements, StatementsOf(node));
  Timestamp until = instant;
  for (const ValidSegment& segment : SegmentsOf(RowOf(statements), {instant, kEndOfTime})) {
    if (segment.valid.from != until || statements[segment.statement].ended) break;
    until = segment.valid.to;
  }
  if (until != instant) return until;
  return MakeError(
      ErrorCode::kLinkEndMissing,
      absl::StrFormat("record %s is not there at %s, as far as is known; say first that it is, or "
                      "choose another time",
                      key, FormatTimestamp(instant)),
      what);
}

bool Staging::IsTimed(const LinkName& name) const {
  return timed_.contains(name) || store_.topology.timed().Contains(name);
}

absl::StatusOr<std::vector<LinkStatement>> Staging::StatementsOf(const LinkName& name) const {
  std::vector<LinkStatement> statements = store_.topology.timed().StatementsOf(name);
  if (!statements.empty()) return statements;
  const auto add = [&](CommitNumber commit, bool live) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit decoded, ReadCommit(*store_.database, commit));
    statements.push_back({commit, live, {decoded.info.time, kEndOfTime}});
    return absl::OkStatus();
  };
  const auto state = store_.topology.state();
  for (const DeltaLink& link : state->IntervalsOf(LinkDirection::kOut, SourceOf(name))) {
    if (link.neighbour != TargetOf(name) || link.type != name.second) continue;
    KOSEI_RETURN_IF_ERROR(add(link.begin, true));
    if (link.end != kOpenEnd) KOSEI_RETURN_IF_ERROR(add(link.end, false));
  }
  std::sort(statements.begin(), statements.end(),
            [](const LinkStatement& a, const LinkStatement& b) { return a.commit < b.commit; });
  return statements;
}

absl::Status Staging::SayTimed(const LinkName& name, bool live, ValidInterval valid) {
  KOSEI_ASSIGN_OR_RETURN(std::vector<LinkStatement> statements, StatementsOf(name));
  const ValidInterval from_now{time_, kEndOfTime};
  const bool before = !LiveParts(statements, from_now).empty();
  statements.push_back({commit_, live, valid});
  const bool after = !LiveParts(statements, from_now).empty();
  link_balance_ += static_cast<int>(after) - static_cast<int>(before);
  own_.SetLink(name, HoldsAt(statements, commit_, time_));
  timed_[name] = statements.back();
  return absl::OkStatus();
}

absl::Status Staging::CheckSaidOnce(const LinkName& name) const {
  if (!timed_.contains(name) && !links_before_.contains(name)) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("link %s %s %s: the transaction says two things about it; use two",
                      KeyOf(SourceOf(name)),
                      store_.schema->RelationshipTypeName(RelationshipTypeNumber{name.second}),
                      KeyOf(TargetOf(name))),
      "valid_from");
}

absl::Status Staging::CheckTimedCardinality(const model::RelationshipType& type,
                                            const LinkName& name, const PutLink& put,
                                            ValidInterval valid) const {
  const auto check = [&](LinkDirection direction, NodeIndex node, std::string_view key,
                         std::string_view end) -> absl::Status {
    std::vector<Neighbour> others;
    for (const DeltaLink& link : store_.topology.state()->IntervalsOf(direction, node))
      others.push_back({link.neighbour, link.type});
    for (const TimedLink& link : store_.topology.timed().LinksOf(direction, node))
      others.push_back({direction == LinkDirection::kOut ? link.target : link.source, link.type});
    const auto staged = own_.touched.find(StagedState::TouchKey(direction, node));
    if (staged != own_.touched.end())
      others.insert(others.end(), staged->second.begin(), staged->second.end());
    for (const Neighbour& other : others) {
      const LinkName other_name = direction == LinkDirection::kOut
                                      ? NameOfLink(node, type.number, other.node)
                                      : NameOfLink(other.node, type.number, node);
      if (other.type != type.number.value || other_name == name) continue;
      KOSEI_ASSIGN_OR_RETURN(std::vector<LinkStatement> statements, StatementsOf(other_name));
      if (const auto said = timed_.find(other_name); said != timed_.end()) {
        statements.push_back(said->second);
      } else if (const auto own = own_.links.find(other_name); own != own_.links.end()) {
        statements.push_back({commit_, own->second, {time_, kEndOfTime}});
      }
      if (LiveParts(statements, valid).empty()) continue;
      return MakeError(
          ErrorCode::kCardinality,
          absl::StrFormat("link %s %s %s: %s has %s as its only %s %s in a part of that time; end "
                          "that link there first",
                          put.source, type.definition.name, put.target, key, KeyOf(other.node),
                          type.definition.name, end),
          "type");
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

absl::Status Staging::LinkTimed(const PutLink& put, const model::RelationshipType& type,
                                const LinkName& name, Timestamp there_until) {
  KOSEI_RETURN_IF_ERROR(CheckSaidOnce(name));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<LinkStatement> statements, StatementsOf(name));
  ValidInterval valid{put.valid_from == kBeginningOfTime ? time_ : put.valid_from, put.valid_to};
  if (valid.to == kEndOfTime) valid.to = SegmentAt(NewestFirst(statements), valid.from).valid.to;
  valid.to = std::min(valid.to, there_until);
  if (valid.from >= valid.to) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("link %s %s %s: valid_to is not after valid_from", put.source,
                                     type.definition.name, put.target),
                     "valid_to");
  }
  const std::vector<ValidInterval> live = LiveParts(statements, valid);
  if (live.size() == 1 && live.front() == valid) {
    ++counts_.links_unchanged;
    return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(CheckTimedCardinality(type, name, put, valid));
  return SayTimed(name, true, valid);
}

absl::Status Staging::UnlinkTimed(const EndLink& end, const LinkName& name) {
  KOSEI_RETURN_IF_ERROR(CheckSaidOnce(name));
  const ValidInterval valid{end.valid_from == kBeginningOfTime ? time_ : end.valid_from,
                            end.valid_to};
  if (valid.from >= valid.to) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("unlink %s %s %s: valid_to is not after valid_from", end.source,
                        store_.schema->RelationshipTypeName(end.type), end.target),
        "valid_to");
  }
  KOSEI_ASSIGN_OR_RETURN(const std::vector<LinkStatement> statements, StatementsOf(name));
  if (LiveParts(statements, valid).empty()) {
    return MakeError(
        ErrorCode::kNotFound,
        absl::StrFormat("unlink %s %s %s: there is no such link in that time", end.source,
                        store_.schema->RelationshipTypeName(end.type), end.target));
  }
  return SayTimed(name, false, valid);
}

absl::Status Staging::EndLinksOf(NodeIndex node, ValidInterval valid) {
  const bool plain = valid == ValidInterval{time_, kEndOfTime};
  for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
    std::vector<Neighbour> neighbours;
    CollectLive(direction, node, neighbours);
    if (!plain) {
      // Links that ended meanwhile may have held in that time.
      for (const DeltaLink& link : store_.topology.state()->IntervalsOf(direction, node))
        neighbours.push_back({link.neighbour, link.type});
    }
    for (const TimedLink& link : store_.topology.timed().LinksOf(direction, node)) {
      neighbours.push_back(
          {direction == LinkDirection::kOut ? link.target : link.source, link.type});
    }
    for (const Neighbour& neighbour : neighbours) {
      const RelationshipTypeNumber type{neighbour.type};
      const LinkName name = direction == LinkDirection::kOut
                                ? NameOfLink(node, type, neighbour.node)
                                : NameOfLink(neighbour.node, type, node);
      if (plain && !IsTimed(name)) {
        KOSEI_RETURN_IF_ERROR(SetLink(name, false));
        continue;
      }
      // A link to itself, or a timed one that holds now, comes twice.
      const auto said = timed_.find(name);
      if (said != timed_.end() && !said->second.live && said->second.valid == valid) continue;
      KOSEI_ASSIGN_OR_RETURN(const std::vector<LinkStatement> statements, StatementsOf(name));
      if (said == timed_.end() && LiveParts(statements, valid).empty()) continue;
      KOSEI_RETURN_IF_ERROR(CheckSaidOnce(name));
      KOSEI_RETURN_IF_ERROR(SayTimed(name, false, valid));
    }
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
