// Calls about paths, traces and orders, and their answers.
#include <algorithm>
#include <utility>

#include "client_impl.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/paths_generated.h"
#include "reply_decoding.h"
#include "request_encoding.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using protocol::Operation;

absl::Status Malformed(std::string_view what) {
  return MakeError(ErrorCode::kMalformedFrame, "read answer: " + std::string(what));
}

View ToView(const fb::ViewInfo& from, std::uint32_t model_version) {
  return {from.commit(), Timestamp{from.valid_at()}, model_version};
}

template <typename T>
std::size_t SizeOf(const flatbuffers::Vector<T>* vector) {
  return vector == nullptr ? 0 : vector->size();
}

absl::StatusOr<std::vector<PathStep>> ToPath(const fb::PathLine& line,
                                             const std::vector<RecordOnPaths>& records) {
  const std::size_t steps = SizeOf(line.types());
  if (SizeOf(line.records()) != steps + 1 || SizeOf(line.inverse()) != steps) {
    return Malformed("paths: columns of different lengths");
  }
  for (const std::uint32_t record : *line.records()) {
    if (record >= records.size()) return Malformed("paths: a record that is not there");
  }
  std::vector<PathStep> path;
  path.reserve(steps);
  for (flatbuffers::uoffset_t i = 0; i < steps; ++i) {
    path.push_back({records[line.records()->Get(i)].key,
                    RelationshipTypeNumber{line.types()->Get(i)},
                    records[line.records()->Get(i + 1)].key, line.inverse()->Get(i) != 0});
  }
  return path;
}

void AddTraceSummary(const fb::TraceReply& reply, TraceResult& out) {
  out.view = ToView(*reply.view(), reply.model_version());
  out.total = reply.total();
  out.matching = reply.matching();
  out.truncated = static_cast<TruncationReason>(reply.truncated());
  out.truncated_depth = reply.truncated_depth();
  out.truncated_frontier = reply.truncated_frontier();
  if (reply.roots() != nullptr) {
    for (const flatbuffers::String* root : *reply.roots()) {
      TracedRecord record;
      record.key = Text(root);
      record.predecessor = static_cast<std::uint32_t>(out.records.size());
      out.records.push_back(std::move(record));
    }
  }
  if (reply.counts() == nullptr) return;
  for (const fb::ClassCount* count : *reply.counts()) {
    out.by_class.emplace_back(ClassNumber{count->class_number()}, count->count());
  }
}

absl::StatusOr<OrderCycle> ToCycle(const fb::OrderCycle& from, const fb::OrderReply& frame) {
  OrderCycle cycle{from.wave(), from.size(), from.length(), {}};
  const std::size_t steps = SizeOf(from.types());
  if (SizeOf(from.records()) != steps + 1 || SizeOf(from.inverse()) != steps) {
    return Malformed("order: columns of different lengths");
  }
  for (const std::uint32_t record : *from.records()) {
    if (record >= SizeOf(frame.cycle_keys())) {
      return Malformed("order: a record that is not there");
    }
  }
  const auto key = [&](flatbuffers::uoffset_t i) {
    return Text(frame.cycle_keys()->Get(from.records()->Get(i)));
  };
  for (flatbuffers::uoffset_t i = 0; i < steps; ++i) {
    cycle.steps.push_back({key(i), RelationshipTypeNumber{from.types()->Get(i)}, key(i + 1),
                           from.inverse()->Get(i) != 0});
  }
  return cycle;
}

}  // namespace

absl::StatusOr<PathsResult> DecodePaths(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PathsReply* reply, protocol::Open<fb::PathsReply>(body));
  PathsResult out;
  if (reply->view() == nullptr) return Malformed("paths: no view");
  out.view = ToView(*reply->view(), reply->model_version());
  out.count = reply->count();
  out.more = reply->more();
  const std::size_t size = SizeOf(reply->keys());
  if (SizeOf(reply->classes()) != size || SizeOf(reply->through()) != size) {
    return Malformed("paths: columns of different lengths");
  }
  for (flatbuffers::uoffset_t i = 0; i < size; ++i) {
    out.records.push_back({Text(reply->keys()->Get(i)), ClassNumber{reply->classes()->Get(i)},
                           reply->through()->Get(i)});
  }
  if (reply->paths() == nullptr) return out;
  for (const fb::PathLine* line : *reply->paths()) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<PathStep> path, ToPath(*line, out.records));
    out.paths.push_back(std::move(path));
  }
  return out;
}

absl::Status AddTrace(std::string_view body, TraceResult& out) {
  KOSEI_ASSIGN_OR_RETURN(const fb::TraceReply* reply, protocol::Open<fb::TraceReply>(body));
  if (reply->view() != nullptr) AddTraceSummary(*reply, out);
  const std::size_t size = SizeOf(reply->keys());
  if (SizeOf(reply->classes()) != size || SizeOf(reply->distances()) != size ||
      SizeOf(reply->predecessors()) != size || SizeOf(reply->vias()) != size ||
      SizeOf(reply->inverse()) != size || SizeOf(reply->listed()) != size) {
    return Malformed("trace: columns of different lengths");
  }
  for (flatbuffers::uoffset_t i = 0; i < size; ++i) {
    const std::uint32_t predecessor = reply->predecessors()->Get(i);
    if (predecessor >= out.records.size()) {
      return Malformed("trace: a record before the one that leads to it");
    }
    out.records.push_back({Text(reply->keys()->Get(i)), ClassNumber{reply->classes()->Get(i)},
                           reply->distances()->Get(i), predecessor,
                           RelationshipTypeNumber{reply->vias()->Get(i)},
                           reply->inverse()->Get(i) != 0, reply->listed()->Get(i) != 0});
  }
  return absl::OkStatus();
}

absl::Status AddOrder(std::string_view body, OrderResult& out) {
  KOSEI_ASSIGN_OR_RETURN(const fb::OrderReply* reply, protocol::Open<fb::OrderReply>(body));
  if (reply->view() != nullptr) {
    out.view = ToView(*reply->view(), reply->model_version());
    out.waves = reply->wave_count();
  }
  const std::size_t size = SizeOf(reply->keys());
  if (SizeOf(reply->classes()) != size || SizeOf(reply->waves()) != size ||
      SizeOf(reply->cycles()) != size || SizeOf(reply->after()) != size) {
    return Malformed("order: columns of different lengths");
  }
  for (flatbuffers::uoffset_t i = 0; i < size; ++i) {
    OrderedRecord record;
    record.key = Text(reply->keys()->Get(i));
    record.class_number = ClassNumber{reply->classes()->Get(i)};
    record.wave = reply->waves()->Get(i);
    if (reply->cycles()->Get(i) != UINT32_MAX) record.cycle = reply->cycles()->Get(i);
    if (reply->after()->Get(i) != UINT32_MAX) {
      record.after = reply->after()->Get(i);
      if (*record.after >= out.records.size()) {
        return Malformed("order: a record before the one that it comes after");
      }
    }
    out.records.push_back(std::move(record));
  }
  if (reply->cycle_list() == nullptr) return absl::OkStatus();
  for (const fb::OrderCycle* from : *reply->cycle_list()) {
    KOSEI_ASSIGN_OR_RETURN(OrderCycle cycle, ToCycle(*from, *reply));
    out.cycles.push_back(std::move(cycle));
  }
  return absl::OkStatus();
}

std::vector<PathStep> StepsTo(const TraceResult& result, std::size_t position) {
  std::vector<PathStep> steps;
  while (result.records[position].distance > 0) {
    const TracedRecord& record = result.records[position];
    steps.push_back(
        {result.records[record.predecessor].key, record.via, record.key, record.inverse});
    position = record.predecessor;
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

absl::StatusOr<PathsResult> Client::Paths(const PathsRequest& request) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kPaths, EncodePaths(request)));
  absl::StatusOr<PathsResult> result = DecodePaths(body);
  if (result.ok()) KOSEI_RETURN_IF_ERROR(impl_->KeepUp(result->view.model_version));
  return result;
}

absl::StatusOr<TraceResult> Client::Trace(const TraceRequest& request) {
  AnswerStream stream(impl_->connection(), Operation::kTrace, EncodeTrace(request));
  TraceResult out;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) break;
    KOSEI_RETURN_IF_ERROR(AddTrace(*frame, out));
  }
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  return out;
}

absl::StatusOr<OrderResult> Client::Order(const OrderRequest& request) {
  AnswerStream stream(impl_->connection(), Operation::kOrder, EncodeOrder(request));
  OrderResult out;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string_view> frame, stream.Next());
    if (!frame.has_value()) break;
    KOSEI_RETURN_IF_ERROR(AddOrder(*frame, out));
  }
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(out.view.model_version));
  return out;
}

}  // namespace kosei::client
