// search: records of a View by text, class and attribute values. The hits are collected, because a
// search cannot pause, and then streamed as their reader grants credit.
#include "kosei/query/search.h"

#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

constexpr std::size_t kFrameItemsMax = 1'000;

static_assert(static_cast<int>(fb::Comparison::MAX) ==
              static_cast<int>(query::Comparison::kPrefix));

absl::StatusOr<query::SearchRequest> DecodeSearch(const fb::SearchRequest& request) {
  query::SearchRequest search;
  search.text = protocol::TextOf(request.text());
  search.class_name = protocol::TextOf(request.class_name());
  if (request.equals() != nullptr) {
    for (const fb::AttributeEquals* equals : *request.equals()) {
      if (equals->comparison() > fb::Comparison::MAX) {
        return MakeError(ErrorCode::kInvalidArgument,
                         absl::StrFormat("search: comparison %d is not known, expected 0 to %d",
                                         static_cast<int>(equals->comparison()),
                                         static_cast<int>(fb::Comparison::MAX)),
                         "comparison");
      }
      search.where.push_back({std::string(protocol::TextOf(equals->attribute())),
                              std::string(protocol::TextOf(equals->value())),
                              static_cast<query::Comparison>(equals->comparison())});
    }
  }
  if (request.by_id()) search.order = query::SearchOrder::kById;
  return search;
}

class HitWriter {
 public:
  HitWriter(const Services& services, const Call& call, const storage::View& view)
      : call_(call),
        info_(EncodeView(view)),
        model_version_(services.reader.ModelVersionAt(view.commit)),
        stream_(std::make_unique<CollectedStream>(services)) {}

  // False when the answer grows too large; `status()` says so.
  bool Add(const storage::RecordVersion& version) {
    records_.push_back(EncodeVersion(builder_, version));
    if (builder_.GetSize() < kStreamFrameBytes && records_.size() < kFrameItemsMax) return true;
    Cut({});
    return status_.ok();
  }
  absl::StatusOr<std::unique_ptr<Stream>> Finish(const query::SearchSummary& summary) {
    KOSEI_RETURN_IF_ERROR(status_);
    Cut(summary);
    KOSEI_RETURN_IF_ERROR(status_);
    return std::move(stream_);
  }
  const absl::Status& status() const { return status_; }

 private:
  void Cut(const query::SearchSummary& summary) {
    const auto records = builder_.CreateVector(records_);
    const std::string_view body = protocol::FinishBody(
        builder_, fb::CreateSearchReply(builder_, &info_, records, summary.matched, summary.cut,
                                        model_version_, summary.retired));
    status_ = stream_->Add(call_, body);
    builder_.Clear();
    records_.clear();
  }

  const Call& call_;
  const fb::ViewInfo info_;
  const std::uint32_t model_version_;
  std::unique_ptr<CollectedStream> stream_;
  Builder builder_;
  std::vector<flatbuffers::Offset<fb::RecordVersion>> records_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenSearch(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::SearchRequest* request,
                         protocol::Open<fb::SearchRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(query::Limits limits, LimitsOf(services, call, request->deadline_ms()));
  limits.rows = request->limit();
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(const query::SearchRequest search, DecodeSearch(*request));
  HitWriter writer(services, call, view);
  const auto summary =
      query::Search(services.reader, view, search, budget,
                    [&](const storage::RecordVersion& version) { return writer.Add(version); });
  KOSEI_RETURN_IF_ERROR(writer.status());
  KOSEI_RETURN_IF_ERROR(summary.status());
  return writer.Finish(*summary);
}

}  // namespace kosei::server
