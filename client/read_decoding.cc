// Answers to reading requests.
#include "absl/container/flat_hash_map.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/read_generated.h"
#include "message_parts.h"
#include "reply_decoding.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using protocol::TextOf;

absl::Status Malformed(std::string_view what) {
  std::string message = "read answer: ";
  message.append(what);
  return MakeError(ErrorCode::kMalformedFrame, message);
}

// As in the column `states` of an answer (read.fbs).
constexpr std::uint8_t kStateBits = 0x03;
constexpr std::uint8_t kIsSourceBit = 0x20;
constexpr std::uint8_t kGateBit = 0x40;
constexpr std::uint8_t kStepOnlyBit = 0x80;

using VersionVector = flatbuffers::Vector<flatbuffers::Offset<fb::RecordVersion>>;
using LinkSpanVector = flatbuffers::Vector<flatbuffers::Offset<fb::LinkSpan>>;

void AddLinkSpans(const LinkSpanVector* from, std::vector<LinkSpan>& out) {
  if (from == nullptr) return;
  out.reserve(out.size() + from->size());
  for (const fb::LinkSpan* span : *from) {
    out.push_back({Text(span->source()), RelationshipTypeNumber{span->type()}, Text(span->target()),
                   span->begin(), span->end(), Timestamp{span->valid_from()},
                   Timestamp{span->valid_to()}});
  }
}

template <typename T>
std::size_t SizeOf(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

}  // namespace

Commit ToCommit(const fb::CommitSummary& from) {
  Commit out;
  out.number = from.number();
  out.time = Timestamp{from.time()};
  out.actor = Text(from.actor());
  out.reason = Text(from.reason());
  out.cause = Text(from.cause());
  out.source = Text(from.source());
  out.plan = Text(from.plan());
  out.records_created = from.records_created();
  out.records_updated = from.records_updated();
  out.records_ended = from.records_ended();
  out.links_created = from.links_created();
  out.links_ended = from.links_ended();
  if (from.hash() != nullptr) {
    out.hash = ToHex({reinterpret_cast<const char*>(from.hash()->data()), from.hash()->size()});
  }
  return out;
}

absl::StatusOr<std::optional<RecordVersion>> ToVersion(const fb::RecordVersion* from) {
  std::optional<RecordVersion> out;
  if (from == nullptr || from->id() == 0) return out;
  KOSEI_ASSIGN_OR_RETURN(const std::string_view bytes, protocol::RecordBytes(from->record()));
  KOSEI_ASSIGN_OR_RETURN(const RecordView record, RecordView::Verify(bytes));
  out.emplace();
  out->id = RecordId{from->id()};
  out->begin = from->begin();
  out->end = from->end();
  out->record = record.Decode();
  out->remnant = RemnantKindOf(record);
  return out;
}

View ToView(const fb::ViewInfo* from, std::uint32_t model_version) {
  if (from == nullptr) return {};
  return {from->commit(), Timestamp{from->valid_at()}, model_version};
}

State ToState(std::uint8_t number) {
  return number <= static_cast<std::uint8_t>(State::kFailed) ? static_cast<State>(number)
                                                             : State::kUp;
}

ContextFinding ToContextFinding(const fb::ContextFinding& from) {
  return {Text(from.key()), ToState(from.state()), Text(from.because_of()), Text(from.context())};
}

absl::StatusOr<GetResult> DecodeGet(std::string_view body, std::size_t keys) {
  KOSEI_ASSIGN_OR_RETURN(const fb::GetReply* reply, protocol::Open<fb::GetReply>(body));
  if (SizeOf(reply->records()) != keys) {
    return Malformed("get: " + std::to_string(SizeOf(reply->records())) + " records for " +
                     std::to_string(keys) + " keys");
  }
  GetResult out;
  out.view = ToView(reply->view(), reply->model_version());
  out.records.reserve(keys);
  for (std::size_t i = 0; i < keys; ++i) {
    KOSEI_ASSIGN_OR_RETURN(
        std::optional<RecordVersion> version,
        ToVersion(reply->records()->Get(static_cast<flatbuffers::uoffset_t>(i))));
    out.records.push_back(std::move(version));
  }
  return out;
}

absl::StatusOr<Diff> DecodeDiff(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::DiffReply* reply, protocol::Open<fb::DiffReply>(body));
  Diff out;
  out.from = ToView(reply->from(), 0);
  out.to = ToView(reply->to(), reply->model_version());
  KOSEI_ASSIGN_OR_RETURN(out.before, ToVersion(reply->before()));
  KOSEI_ASSIGN_OR_RETURN(out.after, ToVersion(reply->after()));
  AddLinkSpans(reply->links_added(), out.links_added);
  AddLinkSpans(reply->links_removed(), out.links_removed);
  return out;
}

absl::Status DecodeCompare(std::string_view body, DifferenceBatch& batch) {
  KOSEI_ASSIGN_OR_RETURN(const fb::CompareReply* reply, protocol::Open<fb::CompareReply>(body));
  batch = {};
  batch.from = ToView(reply->from(), 0);
  batch.to = ToView(reply->to(), 0);
  absl::flat_hash_map<std::uint64_t, Commit> commits;
  if (reply->commits() != nullptr) {
    for (const fb::CommitSummary* commit : *reply->commits()) {
      commits.emplace(commit->number(), ToCommit(*commit));
    }
  }
  const auto cause = [&commits](std::uint64_t number) {
    const auto found = commits.find(number);
    if (found != commits.end()) return found->second;
    Commit unknown;
    unknown.number = number;
    return unknown;
  };
  if (reply->records() != nullptr) {
    for (const fb::RecordDifference* from : *reply->records()) {
      RecordDifference& record = batch.records.emplace_back();
      KOSEI_ASSIGN_OR_RETURN(record.before, ToVersion(from->before()));
      KOSEI_ASSIGN_OR_RETURN(record.after, ToVersion(from->after()));
      if (!record.before.has_value() && !record.after.has_value()) {
        return Malformed("compare: a difference without a record");
      }
      record.cause = cause(from->cause());
    }
  }
  if (reply->links() != nullptr) {
    for (const fb::LinkDifference* from : *reply->links()) {
      batch.links.push_back({Text(from->source()), RelationshipTypeNumber{from->type()},
                             Text(from->target()), from->added(), cause(from->cause())});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<PathResult> DecodePath(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PathReply* reply, protocol::Open<fb::PathReply>(body));
  PathResult out;
  out.view = ToView(reply->view(), reply->model_version());
  out.found = reply->found();
  if (reply->steps() == nullptr) return out;
  for (const fb::PathStep* step : *reply->steps()) {
    out.steps.push_back({Text(step->from()), RelationshipTypeNumber{step->type()}, Text(step->to()),
                         step->from_is_target()});
  }
  return out;
}

absl::Status AddHistory(std::string_view body, History& history) {
  KOSEI_ASSIGN_OR_RETURN(const fb::HistoryReply* reply, protocol::Open<fb::HistoryReply>(body));
  if (reply->view() != nullptr) history.view = ToView(reply->view(), reply->model_version());
  if (reply->versions() != nullptr) {
    for (const fb::RecordVersion* from : *reply->versions()) {
      KOSEI_ASSIGN_OR_RETURN(std::optional<RecordVersion> version, ToVersion(from));
      if (version.has_value()) history.versions.push_back(*std::move(version));
    }
  }
  AddLinkSpans(reply->links(), history.links);
  if (reply->commits() != nullptr) {
    for (const fb::CommitSummary* commit : *reply->commits()) {
      history.commits.push_back(ToCommit(*commit));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> VisitSearch(std::string_view body, SearchSummary& summary,
                                 absl::FunctionRef<bool(const RecordVersion&)> visit) {
  KOSEI_ASSIGN_OR_RETURN(const fb::SearchReply* reply, protocol::Open<fb::SearchReply>(body));
  if (reply->view() != nullptr) summary.view = ToView(reply->view(), reply->model_version());
  // Both stand in the last frame only.
  summary.matched = reply->matched();
  summary.cut = reply->cut();
  summary.retired = reply->retired();
  if (reply->records() == nullptr) return true;
  for (const fb::RecordVersion* from : *reply->records()) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<RecordVersion> version, ToVersion(from));
    if (version.has_value() && !visit(*version)) return false;
  }
  return true;
}

absl::StatusOr<ImpactSummary> DecodeImpactSummary(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactReply* reply, protocol::Open<fb::ImpactReply>(body));
  ImpactSummary out;
  out.view = ToView(reply->view(), reply->model_version());
  out.total = reply->total();
  out.truncated = static_cast<TruncationReason>(reply->truncated());
  out.truncated_depth = reply->truncated_depth();
  out.truncated_frontier = reply->truncated_frontier();
  if (reply->roots() != nullptr) {
    for (const flatbuffers::String* root : *reply->roots()) out.roots.push_back(Text(root));
  }
  out.degraded = reply->degraded();
  out.already = reply->already();
  if (reply->root_states() != nullptr) {
    for (const std::uint8_t state : *reply->root_states())
      out.root_states.push_back(ToState(state & kStateBits));
  }
  if (reply->contexts() != nullptr) {
    for (const fb::ContextFinding* finding : *reply->contexts())
      out.contexts.push_back(ToContextFinding(*finding));
  }
  if (reply->hash() != nullptr) out.hash.assign(reply->hash()->begin(), reply->hash()->end());
  if (reply->counts() != nullptr) {
    for (const fb::ClassCount* count : *reply->counts()) {
      out.by_class.emplace_back(ClassNumber{count->class_number()}, count->count());
    }
  }
  return out;
}

absl::Status DecodeImpactBatch(std::string_view body, ImpactDetail detail, ImpactBatch& batch) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactReply* reply, protocol::Open<fb::ImpactReply>(body));
  batch.keys.clear();
  batch.classes.clear();
  batch.distances.clear();
  batch.predecessors.clear();
  batch.vias.clear();
  batch.states.clear();
  batch.is_source.clear();
  batch.by_gate.clear();
  batch.steps_only.clear();
  batch.needs.clear();
  const std::size_t size = SizeOf(reply->keys());
  const std::size_t paths = detail == ImpactDetail::kPaths ? size : 0;
  if (SizeOf(reply->classes()) != size || SizeOf(reply->distances()) != size ||
      (paths != 0 && (SizeOf(reply->predecessors()) != size || SizeOf(reply->vias()) != size)) ||
      (SizeOf(reply->states()) != size && SizeOf(reply->states()) != 0) ||
      (SizeOf(reply->alone()) != size && SizeOf(reply->alone()) != 0) ||
      SizeOf(reply->gated()) != SizeOf(reply->alone()) ||
      SizeOf(reply->gate_needed()) != SizeOf(reply->alone()) ||
      SizeOf(reply->gate_there()) != SizeOf(reply->alone())) {
    return Malformed("impact: columns of different lengths");
  }
  if (size == 0) return absl::OkStatus();
  batch.keys.reserve(size);
  batch.classes.reserve(size);
  for (const flatbuffers::String* key : *reply->keys()) batch.keys.push_back(TextOf(key));
  for (const std::uint16_t number : *reply->classes()) batch.classes.push_back(ClassNumber{number});
  batch.distances.assign(reply->distances()->begin(), reply->distances()->end());
  // A server that says no states knows of none but failed.
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint8_t state = SizeOf(reply->states()) == 0
                                   ? static_cast<std::uint8_t>(State::kFailed)
                                   : reply->states()->Get(static_cast<std::uint32_t>(i));
    batch.states.push_back(ToState(state & kStateBits));
    if (SizeOf(reply->states()) != 0) batch.is_source.push_back((state & kIsSourceBit) != 0);
    batch.by_gate.push_back((state & kGateBit) != 0);
    batch.steps_only.push_back((state & kStepOnlyBit) != 0);
  }
  for (std::uint32_t i = 0; i < SizeOf(reply->alone()); ++i) {
    batch.needs.push_back({ToState(reply->alone()->Get(i)), reply->gated()->Get(i),
                           reply->gate_needed()->Get(i), reply->gate_there()->Get(i)});
  }
  if (paths == 0) return absl::OkStatus();
  batch.predecessors.assign(reply->predecessors()->begin(), reply->predecessors()->end());
  batch.vias.reserve(size);
  for (const std::uint16_t via : *reply->vias()) {
    batch.vias.push_back(RelationshipTypeNumber{via});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::uint64_t> DecodeWatch(std::string_view body, std::optional<WatchEvent>& event) {
  KOSEI_ASSIGN_OR_RETURN(const fb::WatchEvent* reply, protocol::Open<fb::WatchEvent>(body));
  event.reset();
  if (reply->commit() == nullptr) return reply->newest();
  event.emplace();
  event->commit = ToCommit(*reply->commit());
  event->cut = reply->cut();
  event->model_version = reply->model_version();
  if (reply->records() != nullptr) {
    for (const fb::ChangedRecord* record : *reply->records()) {
      event->records.push_back(
          {Text(record->key()), ClassNumber{record->class_number()}, record->kind()});
    }
  }
  if (reply->links() != nullptr) {
    for (const fb::ChangedLink* link : *reply->links()) {
      event->links.push_back({Text(link->source()), RelationshipTypeNumber{link->type()},
                              Text(link->target()), link->kind()});
    }
  }
  return reply->newest();
}

}  // namespace kosei::client
