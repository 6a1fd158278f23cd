// impact_watch: an impact question that stays open. Whenever there are commits since the last
// event, it is asked again of the newest View, and what differs is told; several commits may come
// in one event, and those that change nothing come in none.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/handlers.h"
#include "handlers/impact_request.h"
#include "handlers/newest_watch.h"
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

class ImpactWatch : public NewestWatch {
 public:
  ImpactWatch(const Services& services, const Call& call, query::ImpactRequest request,
              std::size_t changes_max)
      : NewestWatch(services, call), request_(std::move(request)), changes_max_(changes_max) {}

 private:
  absl::StatusOr<std::string_view> Tell(const storage::View& view, bool first,
                                        const query::Budget& budget, Builder& builder) override {
    KOSEI_ASSIGN_OR_RETURN(query::ImpactAnswer answer,
                           query::Impact(services_.reader, view, request_, budget));
    const query::ImpactAnswer before = first ? RootsAlone(answer) : std::move(answer_);
    answer_ = std::move(answer);
    KOSEI_ASSIGN_OR_RETURN(const query::ImpactDifference difference,
                           query::Difference(before, answer_));
    const bool same = difference.records.empty() && difference.lost_reserve.empty() &&
                      difference.gained_reserve.empty();
    if (same && !first) return std::string_view();
    return Event(difference, before, builder);
  }

  std::string_view Heartbeat(const fb::ViewInfo& view, Builder& builder) override {
    fb::ImpactWatchEventBuilder event(builder);
    event.add_view(&view);
    return protocol::FinishBody(builder, event.Finish());
  }

  absl::StatusOr<std::string_view> Event(const query::ImpactDifference& difference,
                                         const query::ImpactAnswer& before, Builder& builder) {
    const storage::Reader& reader = services_.reader;
    std::vector<flatbuffers::Offset<fb::StateDifference>> records;
    for (const query::StateDifference& each : difference.records) {
      if (records.size() == changes_max_) break;
      KOSEI_ASSIGN_OR_RETURN(
          const auto record,
          EncodeStateDifference(reader, each, each.worse() ? answer_ : before, builder));
      records.push_back(record);
    }
    const auto record_vector = builder.CreateVector(records);
    const auto lost = EncodeGroups(reader, difference.lost_reserve, changes_max_, builder);
    const auto gained = EncodeGroups(reader, difference.gained_reserve, changes_max_, builder);
    const fb::ViewInfo view = EncodeView(answer_.view);
    return protocol::FinishBody(
        builder,
        fb::CreateImpactWatchEvent(builder, &view, reader.ModelVersionAt(answer_.view.commit),
                                   answer_.affected_count(), answer_.degraded_count, record_vector,
                                   difference.records.size(), lost, gained));
  }

  const query::ImpactRequest request_;
  const std::size_t changes_max_;
  query::ImpactAnswer answer_;  // as told last
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
  KOSEI_ASSIGN_OR_RETURN(ImpactQuestion question, DecodeWithGroups(services, request->impact()));
  const std::size_t changes_max = std::min<std::size_t>(request->changes_max(), kFindingsMax);
  return std::make_unique<ImpactWatch>(services, call, std::move(question.request), changes_max);
}

}  // namespace kosei::server
