// Statements: encoding, asking and decoding in one place.
#include <functional>
#include <utility>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "impact_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/statement_generated.h"
#include "message_parts.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using protocol::Operation;

constexpr std::uint8_t kExplained = 1;
constexpr std::string_view kCancelledMidway = "query: cancelled while its rows were read";

absl::StatusOr<std::string> EncodeStatement(const StatementRequest& request) {
  std::string packed;
  if (!request.parameters.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const language::Datum parameters,
                           language::DatumOf(QueryValue{request.parameters}));
    language::Evaluation nothing;  // parameters name no records
    language::PackWriter(packed, language::PackForm::kBolt5).Value(parameters, nothing);
  }
  Builder builder;
  const auto text = builder.CreateString(request.text);
  const auto parameters =
      builder.CreateVector(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size());
  const auto view = EncodeViewSpec(builder, request.view);
  const auto time_zone = builder.CreateString(request.time_zone);
  fb::StatementRequestBuilder out(builder);
  out.add_text(text);
  out.add_parameters(parameters);
  out.add_view(view);
  out.add_time_zone(time_zone);
  out.add_rows_max(request.rows_max);
  out.add_filter(request.filter);
  return std::string(protocol::FinishBody(builder, out.Finish()));
}

void DecodeHead(const fb::StatementReply& reply, StatementSummary& out) {
  out.view = ToView(reply.view(), reply.model_version());
  if (reply.columns() != nullptr && out.columns.empty()) {
    for (const flatbuffers::String* column : *reply.columns()) out.columns.push_back(Text(column));
  }
  out.rows = reply.total();
  out.cut = reply.cut();
  out.steps = reply.steps();
  out.explained = reply.mode() == kExplained;
  if (reply.plan() == nullptr) return;
  for (const fb::PlanLine* line : *reply.plan()) {
    out.plan.push_back({line->depth(), Text(line->name()), Text(line->details()), line->rows(),
                        std::chrono::nanoseconds(line->nanoseconds())});
  }
}

}  // namespace

void Cancellation::Cancel() {
  cancelled_.store(true);
  MutexLock lock(mutex_);
  if (end_) end_();
}

// As long as it lives, a cancellation ends the stream.
class CancellationScope {
 public:
  CancellationScope(const std::shared_ptr<Cancellation>& cancellation, AnswerStream& stream)
      : cancellation_(cancellation) {
    if (cancellation_ == nullptr) return;
    MutexLock lock(cancellation_->mutex_);
    cancellation_->end_ = [&stream] { stream.Cancel(); };
    if (cancellation_->cancelled()) stream.Cancel();
  }
  ~CancellationScope() {
    if (cancellation_ == nullptr) return;
    MutexLock lock(cancellation_->mutex_);
    cancellation_->end_ = nullptr;
  }
  CancellationScope(const CancellationScope&) = delete;
  CancellationScope& operator=(const CancellationScope&) = delete;

 private:
  const std::shared_ptr<Cancellation> cancellation_;
};

absl::StatusOr<StatementSummary> Client::Query(
    const StatementRequest& request,
    const std::function<bool(const std::vector<std::string>&, const QueryRow&)>& visit) {
  const auto cancelled = [&request] {
    return request.cancellation != nullptr && request.cancellation->cancelled();
  };
  if (cancelled()) return MakeError(ErrorCode::kCancelled, "query: cancelled before it began");
  KOSEI_ASSIGN_OR_RETURN(const std::string body, EncodeStatement(request));
  AnswerStream stream(impl_->connection(), Operation::kQuery, body);
  const CancellationScope scope(request.cancellation, stream);
  StatementSummary out;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) return out;
    KOSEI_ASSIGN_OR_RETURN(const fb::StatementReply* reply,
                           protocol::Open<fb::StatementReply>(*frame));
    DecodeHead(*reply, out);
    if (reply->rows() == nullptr) continue;
    language::PackReader reader(
        {reinterpret_cast<const char*>(reply->rows()->data()), reply->rows()->size()});
    for (std::uint32_t i = 0; i < reply->row_count(); ++i) {
      if (cancelled()) return MakeError(ErrorCode::kCancelled, kCancelledMidway);
      KOSEI_ASSIGN_OR_RETURN(const QueryValue value, reader.Read());
      const QueryRow* row = value.As<QueryRow>();
      if (row == nullptr || row->size() != out.columns.size()) {
        return MakeError(ErrorCode::kMalformedFrame, "query: a row does not have its columns");
      }
      if (!visit(out.columns, *row)) return out;
    }
  }
}

}  // namespace kosei::client
