// Calls whose answer comes in many frames. The caller's function runs between two frames, on the
// caller's thread: while it works the server's credit runs out, and the server waits.
#include <algorithm>
#include <utility>

#include "client_impl.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/limits.h"
#include "reply_decoding.h"
#include "request_encoding.h"

namespace kosei::client {

using protocol::Operation;

namespace {

// Small enough that the server need not stop, large enough that credits are rare.
constexpr std::uint64_t kCreditStep = protocol::kStreamWindowBytes / 4;

}  // namespace

AnswerStream::AnswerStream(Connection& connection, Operation operation, std::string body,
                           std::optional<std::chrono::milliseconds> patience)
    : connection_(connection),
      patience_(patience),
      call_(std::make_shared<Call>(OperationInfoOf(operation), std::move(body),
                                   connection.NewDeadline())) {
  connection_.Begin(call_, Connection::Start::kAndWait);
}

AnswerStream::~AnswerStream() {
  if (!call_->Ended()) connection_.Abandon(call_);
}

absl::StatusOr<std::optional<std::string_view>> AnswerStream::Next() {
  used_bytes_ += frame_.size();
  if (used_bytes_ >= kCreditStep && !call_->Ended()) {
    connection_.Credit(*call_, std::exchange(used_bytes_, 0));
  }
  const Deadline deadline = patience_.has_value()
                                ? Deadline(std::chrono::steady_clock::now() + *patience_)
                                : connection_.NewDeadline();
  KOSEI_ASSIGN_OR_RETURN(std::optional<std::string> frame, connection_.Next(call_, deadline));
  if (!frame.has_value()) return std::optional<std::string_view>();
  frame_ = *std::move(frame);
  return std::optional<std::string_view>(frame_);
}

void AnswerStream::Cancel() {
  if (call_->Ended()) return;
  // First, so that the driver, woken by the other, finds it ended.
  call_->Fail(MakeError(ErrorCode::kCancelled,
                        std::string(call_->operation().name) + ": cancelled while it ran"));
  connection_.Abandon(call_);
}

absl::StatusOr<History> Client::GetHistory(const std::string& key, const ViewName& view) {
  AnswerStream stream(impl_->connection(), Operation::kHistory, EncodeHistory(key, view));
  History out;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) break;
    KOSEI_RETURN_IF_ERROR(AddHistory(*frame, out));
  }
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  return out;
}

absl::StatusOr<CompareSummary> Client::Compare(
    const CompareRequest& request, const std::function<bool(const DifferenceBatch&)>& visit) {
  AnswerStream stream(impl_->connection(), Operation::kCompare, EncodeCompare(request));
  CompareSummary out;
  DifferenceBatch batch;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) return out;
    KOSEI_RETURN_IF_ERROR(DecodeCompare(*frame, batch));
    out.from = batch.from;
    out.to = batch.to;
    for (const RecordDifference& record : batch.records) {
      ++(!record.before.has_value()  ? out.records_added
         : !record.after.has_value() ? out.records_removed
                                     : out.records_changed);
    }
    for (const LinkDifference& link : batch.links) {
      ++(link.added ? out.links_added : out.links_removed);
    }
    if (!visit(batch)) return out;
  }
}

absl::StatusOr<SearchSummary> Client::Search(
    const SearchRequest& request, const std::function<bool(const RecordVersion&)>& visit) {
  AnswerStream stream(impl_->connection(), Operation::kSearch, EncodeSearch(request));
  SearchSummary out;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) break;
    KOSEI_ASSIGN_OR_RETURN(const bool more, VisitSearch(*frame, out, visit));
    if (!more) break;
  }
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  return out;
}

absl::StatusOr<ImpactSummary> Client::Impact(const ImpactRequest& request,
                                             const std::function<bool(const ImpactBatch&)>& visit) {
  // Without somebody to tell them to, only the counts need to travel.
  const ImpactDetail detail = visit == nullptr ? ImpactDetail::kCounts : request.detail;
  AnswerStream stream(impl_->connection(), Operation::kImpact, EncodeImpact(request, detail));
  KOSEI_ASSIGN_OR_RETURN(std::optional<std::string_view> frame, stream.Next());
  if (!frame.has_value()) {
    return MakeError(ErrorCode::kMalformedFrame, "impact: the answer has no summary");
  }
  KOSEI_ASSIGN_OR_RETURN(ImpactSummary out, DecodeImpactSummary(*frame));
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  ImpactBatch batch;
  while (frame.has_value()) {
    if (visit != nullptr) {
      KOSEI_RETURN_IF_ERROR(DecodeImpactBatch(*frame, detail, batch));
      if (!batch.keys.empty() && !visit(batch)) return out;
    }
    KOSEI_ASSIGN_OR_RETURN(frame, stream.Next());
  }
  return out;
}

namespace {

using StepVisit = std::function<bool(const WatchStep&)>;

// One stream of events. False: the visitor has enough. `after` follows what was seen, and `heard`
// says whether anything came at all.
absl::StatusOr<bool> WatchStream(AnswerStream& stream, std::optional<std::uint64_t>& after,
                                 bool& heard, const StepVisit& visit) {
  std::optional<WatchEvent> event;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) return true;
    heard = true;
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t newest, DecodeWatch(*frame, event));
    // A heartbeat says that nothing is missing up to the commit that it names.
    after = event.has_value() ? event->commit.number : std::max(after.value_or(0), newest);
    if (!visit({event.has_value() ? &*event : nullptr, *after})) return false;
  }
}

}  // namespace

absl::Status Client::Watch(WatchRequest request, const StepVisit& visit) {
  while (true) {
    bool heard = false;
    AnswerStream stream(impl_->connection(), Operation::kWatch, EncodeWatch(request),
                        kWatchPatience);
    const absl::StatusOr<bool> more = WatchStream(stream, request.after, heard, visit);
    if (more.ok() && !*more) return absl::OkStatus();
    // After a loss it goes on where it was, unless that is not known or leads nowhere.
    const bool lost = more.ok() || HasCode(more.status(), ErrorCode::kConnectionLost) ||
                      HasCode(more.status(), ErrorCode::kShuttingDown);
    if (!lost || !heard || !request.after.has_value()) {
      return more.ok() ? MakeError(ErrorCode::kConnectionLost, "watch: the server ended it")
                       : more.status();
    }
  }
}

absl::Status Client::Watch(std::optional<std::uint64_t> after,
                           const std::function<bool(const std::optional<WatchEvent>&)>& visit) {
  return Watch(WatchRequest{.after = after}, [&visit](const WatchStep& step) {
    return visit(step.event == nullptr ? std::nullopt : std::optional<WatchEvent>(*step.event));
  });
}

}  // namespace kosei::client
