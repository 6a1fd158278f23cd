// impact_watch: an impact question that stays open. Whenever there are commits since the last
// event, it is asked again of the newest View, and what differs is told; several commits may come
// in one event, and those that change nothing come in none.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/handlers.h"
#include "handlers/impact_request.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/impact_difference.h"

namespace kosei::server {
namespace {

// The answer as if nothing were hit.
query::ImpactAnswer RootsAlone(const query::ImpactAnswer& answer) {
  query::ImpactAnswer roots;
  roots.view = answer.view;
  roots.upward = answer.upward;
  const auto count = static_cast<std::ptrdiff_t>(answer.root_count());
  roots.nodes.assign(answer.nodes.begin(), answer.nodes.begin() + count);
  roots.parents.assign(answer.parents.begin(), answer.parents.begin() + count);
  roots.vias.assign(answer.vias.begin(), answer.vias.begin() + count);
  if (!answer.states.empty())
    roots.states.assign(answer.states.begin(), answer.states.begin() + count);
  roots.level_ends = {answer.root_count()};
  return roots;
}

class ImpactWatchStream : public Stream {
 public:
  ImpactWatchStream(const Services& services, const Call& call, query::ImpactRequest request,
                    std::size_t changes_max)
      : services_(services),
        request_(std::move(request)),
        changes_max_(changes_max),
        limits_{.time = kQueryTimeDefault, .memory_bytes = kQueryMemoryBytes},
        cancelled_(call.cancelled),
        kept_(services.counters.stream_bytes) {}

  absl::StatusOr<Part> Next(std::size_t, Builder& builder) override {
    const storage::View newest = services_.reader.Newest();
    const Instant now = services_.clock.Monotonic();
    if (answer_.has_value() && answer_->view.commit == newest.commit) {
      if (now - last_frame_ < services_.limits.heartbeat) return Part{State::kNothing, {}};
      return Heartbeat(now, builder);
    }
    const query::Budget budget(limits_, services_.clock, cancelled_);
    KOSEI_ASSIGN_OR_RETURN(query::ImpactAnswer answer,
                           query::Impact(services_.reader, newest, request_, budget));
    const bool first = !answer_.has_value();
    const query::ImpactAnswer before = first ? RootsAlone(answer) : *std::move(answer_);
    KOSEI_ASSIGN_OR_RETURN(const query::ImpactDifference difference,
                           query::Difference(services_.reader, before, answer, budget));
    const bool same = difference.records.empty() && difference.lost_reserve.empty() &&
                      difference.gained_reserve.empty();
    answer_ = std::move(answer);
    if (same && !first) return Part{State::kNothing, {}};
    last_frame_ = now;
    return Event(difference, before, builder);
  }

 private:
  absl::StatusOr<Part> Heartbeat(Instant now, Builder& builder) {
    last_frame_ = now;
    const fb::ViewInfo view = EncodeView(answer_->view);
    fb::ImpactWatchEventBuilder event(builder);
    event.add_view(&view);
    return Part{State::kMore, protocol::FinishBody(builder, event.Finish())};
  }

  absl::StatusOr<Part> Event(const query::ImpactDifference& difference,
                             const query::ImpactAnswer& before, Builder& builder) {
    const storage::Reader& reader = services_.reader;
    std::vector<flatbuffers::Offset<fb::StateDifference>> records;
    for (const query::StateDifference& each : difference.records) {
      if (records.size() == changes_max_) break;
      KOSEI_ASSIGN_OR_RETURN(
          const auto record,
          EncodeStateDifference(reader, each, each.worse() ? *answer_ : before, builder));
      records.push_back(record);
    }
    const auto record_vector = builder.CreateVector(records);
    const auto lost = EncodeGroups(reader, difference.lost_reserve, changes_max_, builder);
    const auto gained = EncodeGroups(reader, difference.gained_reserve, changes_max_, builder);
    const fb::ViewInfo view = EncodeView(answer_->view);
    return Part{State::kMore,
                protocol::FinishBody(
                    builder, fb::CreateImpactWatchEvent(
                                 builder, &view, reader.ModelVersionAt(answer_->view.commit),
                                 answer_->affected_count(), answer_->degraded_count, record_vector,
                                 difference.records.size(), lost, gained))};
  }

  const Services& services_;
  const query::ImpactRequest request_;
  const std::size_t changes_max_;
  const query::Limits limits_;
  const std::shared_ptr<const std::atomic<bool>> cancelled_;
  KeptBytes kept_;
  std::optional<query::ImpactAnswer> answer_;
  Instant last_frame_{0};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenImpactWatch(const Services& services,
                                                        const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ImpactWatchRequest* request,
                         protocol::Open<fb::ImpactWatchRequest>(call.body));
  const fb::ViewSpec* spec = request->impact() == nullptr ? nullptr : request->impact()->view();
  if (spec != nullptr && spec->kind() != fb::ViewKind::newest) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "watch impact: a View of the past does not change; watch the newest", "view");
  }
  if (spec != nullptr && (spec->plan() != nullptr || spec->valid_at() != kBeginningOfTime.micros)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "watch impact: only the present is watched, without plan and valid time; "
                     "compare with `impact --versus-plan` instead",
                     "view");
  }
  KOSEI_ASSIGN_OR_RETURN(ImpactQuestion question,
                         DecodeImpactQuestion(services, request->impact()));
  const std::size_t changes_max = std::min<std::size_t>(request->changes_max(), kFindingsMax);
  return std::make_unique<ImpactWatchStream>(services, call, std::move(question.request),
                                             changes_max);
}

}  // namespace kosei::server
