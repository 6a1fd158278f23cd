// trace: a summary and the records reached in columns, nearest first.
#include "kosei/query/trace.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/paths_generated.h"

namespace kosei::server {
namespace {

using StringOffset = flatbuffers::Offset<flatbuffers::String>;

// What one record adds to a frame beside its key: offsets, lengths, columns, padding.
constexpr std::size_t kItemBytes = 32;

absl::StatusOr<std::vector<query::TracedType>> DecodeOver(const model::Schema& schema,
                                                          const fb::TraceRequest& request) {
  std::vector<query::TracedType> over;
  if (request.over() == nullptr) return over;
  for (const fb::TracedType* traced : *request.over()) {
    KOSEI_ASSIGN_OR_RETURN(const model::RelationshipType* const type,
                           schema.GetRelationshipType(protocol::TextOf(traced->type())));
    if (traced->way() < fb::TraceWay::MIN || traced->way() > fb::TraceWay::MAX) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("trace over %s: way %d, expected 1 (out), 2 (in) or 3 (both)",
                          type->definition.name, static_cast<int>(traced->way())),
          "over");
    }
    over.push_back({type->number, static_cast<query::TraceWay>(traced->way())});
  }
  return over;
}

// The entries that travel, ascending: the roots, the first listed ones, and what their paths go
// through.
std::vector<std::uint32_t> ToSend(const query::TraceAnswer& answer, std::uint64_t limit,
                                  std::vector<std::uint8_t>& listed) {
  const query::ImpactAnswer& reached = answer.reached;
  std::vector<std::uint8_t> wanted(reached.nodes.size(), 0);
  std::fill_n(wanted.begin(), reached.root_count(), std::uint8_t{1});
  listed.assign(reached.nodes.size(), 0);
  const std::uint64_t count = std::min<std::uint64_t>(limit, answer.listed.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    listed[answer.listed[i]] = 1;
    for (std::uint32_t at = answer.listed[i]; wanted[at] == 0; at = reached.parents[at]) {
      wanted[at] = 1;
    }
  }
  std::vector<std::uint32_t> entries;
  for (std::uint32_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != 0) entries.push_back(i);
  }
  return entries;
}

class TraceStream : public Stream {
 public:
  TraceStream(const Services& services, query::TraceAnswer answer, std::uint64_t limit)
      : reader_(services.reader),
        answer_(std::move(answer)),
        entries_(ToSend(answer_, limit, listed_)),
        next_(answer_.reached.root_count()),
        kept_(services.counters.stream_bytes) {
    places_.resize(answer_.reached.nodes.size(), 0);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) places_[entries_[i]] = i;
  }

  absl::Status Keep(std::uint64_t bytes_max) {
    constexpr std::uint64_t kBytesPerEntry = sizeof(storage::NodeIndex) + sizeof(std::uint32_t) +
                                             sizeof(storage::TypeIndex) + 2 * sizeof(std::uint8_t) +
                                             3 * sizeof(std::uint32_t);
    return kept_.Add(answer_.reached.nodes.size() * kBytesPerEntry, bytes_max);
  }

  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override {
    const bool first = std::exchange(first_, false);
    std::vector<StringOffset> roots;
    std::vector<flatbuffers::Offset<fb::ClassCount>> counts;
    if (first) EncodeSummary(builder, roots, counts);
    const auto root_vector = builder.CreateVector(roots);
    const auto count_vector = builder.CreateVector(counts);
    FillColumns(std::min(bytes_max, kStreamFrameBytes), builder);
    const auto keys = builder.CreateVector(keys_);
    const auto classes = builder.CreateVector(classes_);
    const auto distances = builder.CreateVector(distances_);
    const auto predecessors = builder.CreateVector(predecessors_);
    const auto vias = builder.CreateVector(vias_);
    const auto inverse = builder.CreateVector(inverse_);
    const auto listed = builder.CreateVector(listed_column_);
    const fb::ViewInfo view = EncodeView(answer_.reached.view);
    fb::TraceReplyBuilder reply(builder);
    if (first) AddSummary(view, reply);
    if (first) reply.add_roots(root_vector);
    if (first) reply.add_counts(count_vector);
    reply.add_keys(keys);
    reply.add_classes(classes);
    reply.add_distances(distances);
    reply.add_predecessors(predecessors);
    reply.add_vias(vias);
    reply.add_inverse(inverse);
    reply.add_listed(listed);
    const std::string_view body = protocol::FinishBody(builder, reply.Finish());
    return Part{next_ == entries_.size() ? State::kLast : State::kMore, body};
  }

 private:
  void EncodeSummary(Builder& builder, std::vector<StringOffset>& roots,
                     std::vector<flatbuffers::Offset<fb::ClassCount>>& counts) const {
    const query::ImpactAnswer& reached = answer_.reached;
    for (std::uint64_t i = 0; i < reached.root_count(); ++i) {
      roots.push_back(Text(builder, reader_.KeyOf(storage::RecordOf(reached.nodes[i]))));
    }
    for (const auto& [class_number, count] : reached.counts_by_class) {
      counts.push_back(fb::CreateClassCount(builder, class_number.value, count));
    }
  }

  void AddSummary(const fb::ViewInfo& view, fb::TraceReplyBuilder& reply) const {
    const query::ImpactAnswer& reached = answer_.reached;
    reply.add_view(&view);
    reply.add_model_version(reader_.ModelVersionAt(CommitNumber{view.commit()}));
    reply.add_total(reached.affected_count());
    reply.add_matching(answer_.listed.size());
    if (!reached.truncated.has_value()) return;
    reply.add_truncated(static_cast<fb::TruncationReason>(reached.truncated->reason));
    reply.add_truncated_depth(reached.truncated->depth);
    reply.add_truncated_frontier(reached.truncated->frontier);
  }

  void FillColumns(std::size_t bytes_max, Builder& builder) {
    keys_.clear();
    classes_.clear();
    distances_.clear();
    predecessors_.clear();
    vias_.clear();
    inverse_.clear();
    listed_column_.clear();
    const query::ImpactAnswer& reached = answer_.reached;
    std::size_t bytes = builder.GetSize();
    for (; next_ < entries_.size(); ++next_) {
      const std::uint32_t entry = entries_[next_];
      while (entry >= reached.level_ends[level_]) ++level_;
      const RecordId id = storage::RecordOf(reached.nodes[entry]);
      const std::string_view key = reader_.KeyOf(id);
      bytes += key.size() + kItemBytes;
      if (bytes > bytes_max && !keys_.empty()) break;
      keys_.push_back(Text(builder, key));
      classes_.push_back(reader_.ClassOf(id).value);
      distances_.push_back(level_);
      predecessors_.push_back(places_[reached.parents[entry]]);
      vias_.push_back(reached.vias[entry]);
      inverse_.push_back(answer_.inverse[entry]);
      listed_column_.push_back(listed_[entry]);
    }
  }

  const storage::Reader& reader_;
  const query::TraceAnswer answer_;
  std::vector<std::uint8_t> listed_;          // by entry of the answer
  const std::vector<std::uint32_t> entries_;  // of the answer, that travel
  std::vector<std::uint32_t> places_;         // by entry of the answer: its place among these
  std::size_t next_;                          // of entries_
  KeptBytes kept_;
  std::uint32_t level_ = 0;
  bool first_ = true;
  // Of the frame under way; they keep their memory.
  std::vector<StringOffset> keys_;
  std::vector<std::uint16_t> classes_;
  std::vector<std::uint32_t> distances_;
  std::vector<std::uint32_t> predecessors_;
  std::vector<std::uint16_t> vias_;
  std::vector<std::uint8_t> inverse_;
  std::vector<std::uint8_t> listed_column_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenTrace(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::TraceRequest* request,
                         protocol::Open<fb::TraceRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, services.reader.SchemaAt(view));
  query::TraceRequest trace;
  KOSEI_ASSIGN_OR_RETURN(trace.roots, IdsOfKeys(services.reader, "trace from", request->roots()));
  KOSEI_ASSIGN_OR_RETURN(trace.over, DecodeOver(*schema, *request));
  KOSEI_ASSIGN_OR_RETURN(trace.classes, ClassesOf(*schema, request->classes()));
  if (request->depth() != UINT32_MAX) trace.depth = request->depth();
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(query::TraceAnswer answer,
                         query::Trace(services.reader, view, trace, budget));
  auto stream = std::make_unique<TraceStream>(services, std::move(answer), request->limit());
  KOSEI_RETURN_IF_ERROR(stream->Keep(services.limits.stream_bytes_max));
  return stream;
}

}  // namespace kosei::server
