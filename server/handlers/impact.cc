// impact: a summary and the affected records in columns, nearest first; path: one causal path.
#include "kosei/query/impact.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "handlers/handlers.h"
#include "handlers/impact_request.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/answer_hash.h"
#include "kosei/query/need.h"
#include "kosei/query/path.h"

namespace kosei::server {
namespace {

using StringOffset = flatbuffers::Offset<flatbuffers::String>;

// What one record adds to a frame beside its key: offsets, lengths, columns, padding.
constexpr std::size_t kItemBytes = 32;

struct Asked {
  ImpactQuestion question;
  fb::ImpactDetail detail{};
  std::uint64_t limit = 0;
  std::uint32_t deadline_ms = 0;
  std::uint64_t credit = 0;
  bool want_hash = false;
  bool want_needs = false;
};

absl::StatusOr<Asked> DecodeImpact(const Services& services, const fb::ImpactRequest& request) {
  Asked asked;
  KOSEI_ASSIGN_OR_RETURN(asked.question, DecodeImpactQuestion(services, &request));
  asked.detail = std::min(request.detail(), fb::ImpactDetail::paths);
  asked.limit = asked.detail == fb::ImpactDetail::counts ? 0 : request.limit();
  asked.deadline_ms = request.deadline_ms();
  asked.credit =
      request.credit_bytes() == 0 ? protocol::kStreamWindowBytes : request.credit_bytes();
  asked.want_hash = request.want_hash();
  asked.want_needs = request.want_needs();
  if (asked.want_needs && asked.question.request.direction != query::ImpactDirection::kUp) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "impact: what a record does alone is asked for direction up only; leave it "
                     "out, or ask upwards",
                     "want_needs");
  }
  return asked;
}

// The position after the first `limit` listed entries.
std::uint64_t EndOfListed(const query::ImpactAnswer& answer, std::uint64_t limit) {
  if (limit >= answer.affected_count()) return answer.nodes.size();
  std::uint64_t position = answer.root_count();
  for (std::uint64_t left = limit; left > 0; ++position) {
    if (answer.Listed(position)) --left;
  }
  return position;
}

// Writes an answer frame by frame. The answer outlives it.
class ImpactWriter {
 public:
  // `needs`: as the answer's rows; empty: not asked for.
  ImpactWriter(const Services& services, const query::ImpactAnswer& answer, const Asked& asked,
               std::string hash, std::vector<query::Need> needs)
      : services_(services),
        reader_(services.reader),
        answer_(answer),
        paths_(asked.detail == fb::ImpactDetail::paths),
        hash_(std::move(hash)),
        needs_(std::move(needs)),
        position_(answer.root_count()),
        end_(EndOfListed(answer, asked.limit)) {}

  bool done() const { return position_ == end_ && !first_; }

  // The next frame, of about `bytes_max`; the first carries the summary.
  absl::StatusOr<std::string_view> Frame(std::size_t bytes_max, Builder& builder) {
    Summary summary;
    if (first_) {
      KOSEI_ASSIGN_OR_RETURN(summary, EncodeSummary(builder));
    }
    const std::uint64_t begin = position_;
    FillColumns(bytes_max, builder);
    const auto keys = builder.CreateVector(keys_);
    const auto classes = builder.CreateVector(classes_);
    const auto distances = builder.CreateVector(distances_);
    flatbuffers::Offset<flatbuffers::Vector<std::uint32_t>> predecessors;
    flatbuffers::Offset<flatbuffers::Vector<std::uint16_t>> vias;
    if (paths_) {
      predecessors = builder.CreateVector(answer_.parents.data() + begin, position_ - begin);
      vias_.assign(answer_.vias.begin() + static_cast<std::ptrdiff_t>(begin),
                   answer_.vias.begin() + static_cast<std::ptrdiff_t>(position_));
      vias = builder.CreateVector(vias_);
    }
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> states;
    if (!answer_.states.empty())
      states = builder.CreateVector(answer_.states.data() + begin, position_ - begin);
    const NeedColumns needs = EncodeNeeds(begin, builder);
    const fb::ViewInfo view = EncodeView(answer_.view);
    fb::ImpactReplyBuilder reply(builder);
    if (first_) AddSummary(view, summary, reply);
    reply.add_states(states);
    reply.add_keys(keys);
    reply.add_classes(classes);
    reply.add_distances(distances);
    reply.add_predecessors(predecessors);
    reply.add_vias(vias);
    reply.add_alone(needs.alone);
    reply.add_gated(needs.gated);
    reply.add_gate_needed(needs.needed);
    reply.add_gate_there(needs.there);
    first_ = false;
    return protocol::FinishBody(builder, reply.Finish());
  }

 private:
  struct Summary {
    flatbuffers::Offset<flatbuffers::Vector<StringOffset>> roots;
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ClassCount>>> counts;
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> root_states;
    ContextFindingsOffset contexts;
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> hash;
  };

  struct NeedColumns {
    flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> alone;
    flatbuffers::Offset<flatbuffers::Vector<std::uint32_t>> gated;
    flatbuffers::Offset<flatbuffers::Vector<double>> needed, there;
  };

  // Of the rows from `begin` on.
  NeedColumns EncodeNeeds(std::uint64_t begin, Builder& builder) const {
    if (needs_.empty()) return {};
    std::vector<std::uint8_t> alone;
    std::vector<std::uint32_t> gated;
    std::vector<double> needed, there;
    for (std::uint64_t row = begin; row < position_; ++row) {
      const query::Need& need = needs_[row];
      alone.push_back(static_cast<std::uint8_t>(need.alone));
      // It is on the row's path.
      std::uint32_t gate = 0;
      for (std::uint64_t at = row; need.gated != RecordId{} && at >= answer_.root_count();) {
        at = answer_.parents[at];
        if (storage::RecordOf(answer_.nodes[at]) != need.gated) continue;
        gate = static_cast<std::uint32_t>(at + 1);
        break;
      }
      gated.push_back(gate);
      needed.push_back(need.needed);
      there.push_back(need.there);
    }
    return {builder.CreateVector(alone), builder.CreateVector(gated), builder.CreateVector(needed),
            builder.CreateVector(there)};
  }

  absl::StatusOr<Summary> EncodeSummary(Builder& builder) {
    Summary summary;
    summary.roots = EncodeRoots(builder);
    summary.counts = EncodeClassCounts(builder);
    if (!answer_.states.empty())
      summary.root_states = builder.CreateVector(answer_.states.data(), answer_.root_count());
    KOSEI_ASSIGN_OR_RETURN(summary.contexts, EncodeContextFindings(services_, answer_, builder));
    if (!hash_.empty()) {
      summary.hash =
          builder.CreateVector(reinterpret_cast<const std::uint8_t*>(hash_.data()), hash_.size());
    }
    return summary;
  }

  flatbuffers::Offset<flatbuffers::Vector<StringOffset>> EncodeRoots(Builder& builder) {
    std::vector<StringOffset> roots;
    for (std::uint64_t i = 0; i < answer_.root_count(); ++i) {
      roots.push_back(Text(builder, reader_.KeyOf(storage::RecordOf(answer_.nodes[i]))));
    }
    return builder.CreateVector(roots);
  }

  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ClassCount>>> EncodeClassCounts(
      Builder& builder) {
    std::vector<flatbuffers::Offset<fb::ClassCount>> counts;
    for (const auto& [class_number, count] : answer_.counts_by_class) {
      counts.push_back(fb::CreateClassCount(builder, class_number.value, count));
    }
    return builder.CreateVector(counts);
  }

  void AddSummary(const fb::ViewInfo& view, const Summary& summary, fb::ImpactReplyBuilder& reply) {
    reply.add_view(&view);
    reply.add_model_version(reader_.ModelVersionAt(CommitNumber{view.commit()}));
    reply.add_total(answer_.affected_count());
    reply.add_counts(summary.counts);
    reply.add_roots(summary.roots);
    reply.add_degraded(answer_.degraded_count);
    reply.add_root_states(summary.root_states);
    reply.add_already(answer_.already.size());
    reply.add_contexts(summary.contexts);
    reply.add_hash(summary.hash);
    if (!answer_.truncated.has_value()) return;
    reply.add_truncated(static_cast<fb::TruncationReason>(answer_.truncated->reason));
    reply.add_truncated_depth(answer_.truncated->depth);
    reply.add_truncated_frontier(answer_.truncated->frontier);
  }

  // Keys go straight into the builder; the other columns wait in vectors that keep their memory.
  void FillColumns(std::size_t bytes_max, Builder& builder) {
    keys_.clear();
    classes_.clear();
    distances_.clear();
    std::size_t bytes = builder.GetSize();
    while (position_ < end_ && (bytes < bytes_max || keys_.empty())) {
      while (position_ >= answer_.level_ends[level_]) ++level_;
      const RecordId id = storage::RecordOf(answer_.nodes[position_]);
      const std::string_view key = reader_.KeyOf(id);
      bytes += key.size() + kItemBytes;
      if (bytes > bytes_max && !keys_.empty()) break;
      keys_.push_back(builder.CreateString(key.data(), key.size()));
      classes_.push_back(reader_.ClassOf(id).value);
      distances_.push_back(level_);
      ++position_;
    }
  }

  const Services& services_;
  const storage::Reader& reader_;
  const query::ImpactAnswer& answer_;
  const bool paths_;
  const std::string hash_;
  const std::vector<query::Need> needs_;
  std::uint64_t position_;
  const std::uint64_t end_;
  std::uint32_t level_ = 0;
  bool first_ = true;
  std::vector<StringOffset> keys_;
  std::vector<std::uint16_t> classes_;
  std::vector<std::uint32_t> distances_;
  std::vector<std::uint16_t> vias_;
};

class ImpactStream : public Stream {
 public:
  ImpactStream(const Services& services, query::ImpactAnswer answer, const Asked& asked,
               std::string hash, std::vector<query::Need> needs)
      : answer_(std::move(answer)),
        need_count_(needs.size()),
        writer_(services, answer_, asked, std::move(hash), std::move(needs)),
        credit_(asked.credit),
        kept_(services.counters.stream_bytes) {}
  std::uint64_t first_credit() const override { return credit_; }
  absl::Status Keep(std::uint64_t bytes_max) {
    return kept_.Add(answer_.nodes.capacity() * sizeof(storage::NodeIndex) +
                         answer_.parents.capacity() * sizeof(std::uint32_t) +
                         answer_.vias.capacity() * sizeof(storage::TypeIndex) +
                         answer_.states.capacity() +
                         answer_.already.capacity() * sizeof(query::Assumption) +
                         need_count_ * sizeof(query::Need),
                     bytes_max);
  }
  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override {
    KOSEI_ASSIGN_OR_RETURN(const std::string_view body,
                           writer_.Frame(std::min(bytes_max, kStreamFrameBytes), builder));
    return Part{writer_.done() ? State::kLast : State::kMore, body};
  }

 private:
  const query::ImpactAnswer answer_;
  const std::size_t need_count_;
  ImpactWriter writer_;
  const std::uint64_t credit_;
  KeptBytes kept_;
};

}  // namespace

absl::StatusOr<Attempt> AttemptImpact(const Services& services, const Call& call,
                                      Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactRequest* request,
                         protocol::Open<fb::ImpactRequest>(call.body));
  const bool newest = request->view() == nullptr || request->view()->kind() == fb::ViewKind::newest;
  const bool many = request->roots() != nullptr && request->roots()->size() > kInlineImpactRoots;
  // Finding the graph of an earlier View may read the disk, and so may a context or a hash.
  if (!newest || many || request->scenario() != nullptr || request->want_hash() ||
      request->want_needs())
    return Attempt::kNeedsWorker;
  KOSEI_ASSIGN_OR_RETURN(const Asked asked, DecodeImpact(services, *request));
  query::Limits limits;
  limits.steps = kInlineImpactSteps;
  const query::Budget budget(limits, services.clock);
  KOSEI_ASSIGN_OR_RETURN(
      const query::ImpactAnswer answer,
      query::Impact(services.reader, asked.question.view, asked.question.request, budget));
  const bool whole =
      !answer.truncated.has_value() || answer.truncated->reason == query::TruncationReason::kDepth;
  if (!whole) return Attempt::kNeedsWorker;
  ImpactWriter writer(services, answer, asked, {}, {});
  KOSEI_RETURN_IF_ERROR(writer.Frame(kStreamFrameBytes, builder).status());
  // A small credit, or more than a frame: the stream does it with all its care.
  if (!writer.done() || builder.GetSize() > asked.credit) return Attempt::kNeedsWorker;
  return Attempt::kAnswered;
}

absl::StatusOr<std::unique_ptr<Stream>> OpenImpact(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactRequest* request,
                         protocol::Open<fb::ImpactRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const Asked asked, DecodeImpact(services, *request));
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits, LimitsOf(services, call, asked.deadline_ms));
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(
      query::ImpactAnswer answer,
      query::Impact(services.reader, asked.question.view, asked.question.request, budget));
  std::string hash;
  if (asked.want_hash) {
    KOSEI_ASSIGN_OR_RETURN(
        hash, query::AnswerHash(services.reader, asked.question.request, answer, budget));
  }
  std::vector<query::Need> needs;
  if (asked.want_needs) {
    KOSEI_ASSIGN_OR_RETURN(needs, query::NeedsOf(services.reader, answer, budget));
  }
  auto stream = std::make_unique<ImpactStream>(services, std::move(answer), asked, std::move(hash),
                                               std::move(needs));
  KOSEI_RETURN_IF_ERROR(stream->Keep(services.limits.stream_bytes_max));
  return stream;
}

absl::Status AnswerPath(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PathRequest* request,
                         protocol::Open<fb::PathRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const RecordId from,
                         IdOfKey(services.reader, "path from", protocol::TextOf(request->from())));
  KOSEI_ASSIGN_OR_RETURN(const RecordId to,
                         IdOfKey(services.reader, "path to", protocol::TextOf(request->to())));
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(const auto path,
                         query::CausalPath(services.reader, view, from, to, budget));
  KOSEI_ASSIGN_OR_RETURN(const auto step_vector,
                         EncodePath(services.reader, view,
                                    path.value_or(std::vector<query::PathStep>()), true, builder));
  const fb::ViewInfo info = EncodeView(view);
  protocol::FinishBody(builder, fb::CreatePathReply(builder, &info, path.has_value(), step_vector,
                                                    services.reader.ModelVersionAt(view.commit)));
  if (builder.GetSize() > call.reply_bytes_max) return TooLarge(call, "the path is too long");
  return absl::OkStatus();
}

}  // namespace kosei::server
