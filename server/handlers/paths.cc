// paths: all shortest causal paths between two records, or the k shortest.
#include "kosei/query/paths.h"

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/paths_generated.h"

namespace kosei::server {
namespace {

absl::StatusOr<query::CausalPaths> Find(const Services& services, const storage::View& view,
                                        const query::PathEnds& ends,
                                        const fb::PathsRequest& request,
                                        const query::Budget& budget) {
  if (request.limit() > protocol::kPathsListedMax) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("paths: %d were to be listed, at most %d are; ask for fewer",
                                     request.limit(), protocol::kPathsListedMax),
                     "limit");
  }
  if (request.nearest() == 0) {
    return query::AllShortestPaths(services.reader, view, ends, request.limit(), budget);
  }
  KOSEI_ASSIGN_OR_RETURN(
      query::CausalPaths found,
      query::KShortestPaths(services.reader, view, ends, request.nearest(), budget));
  if (found.paths.size() > request.limit()) found.paths.resize(request.limit());
  return found;
}

class PathsWriter {
 public:
  PathsWriter(const storage::Reader& reader, const query::CausalPaths& found, Builder& builder)
      : reader_(reader), found_(found), builder_(builder) {}

  void Write(const storage::View& view) {
    std::vector<flatbuffers::Offset<flatbuffers::String>> keys;
    std::vector<std::uint16_t> classes;
    std::vector<std::uint64_t> through;
    for (const query::RecordOnPaths& one : found_.records) {
      places_.emplace(one.record, static_cast<std::uint32_t>(keys.size()));
      keys.push_back(Text(builder_, reader_.KeyOf(one.record)));
      classes.push_back(reader_.ClassOf(one.record).value);
      through.push_back(one.paths);
    }
    std::vector<flatbuffers::Offset<fb::PathLine>> lines;
    lines.reserve(found_.paths.size());
    for (const std::vector<query::LinkStep>& path : found_.paths) lines.push_back(Line(path));
    const auto key_vector = builder_.CreateVector(keys);
    const auto class_vector = builder_.CreateVector(classes);
    const auto through_vector = builder_.CreateVector(through);
    const auto line_vector = builder_.CreateVector(lines);
    const fb::ViewInfo info = EncodeView(view);
    protocol::FinishBody(
        builder_,
        fb::CreatePathsReply(builder_, &info, found_.count, found_.more, key_vector, class_vector,
                             through_vector, line_vector, reader_.ModelVersionAt(view.commit)));
  }

 private:
  flatbuffers::Offset<fb::PathLine> Line(const std::vector<query::LinkStep>& path) {
    // A path without steps is that of a record to itself, the only one there is.
    std::vector<std::uint32_t> records = {path.empty() ? 0 : places_.at(path.front().from)};
    std::vector<std::uint16_t> types;
    std::vector<std::uint8_t> inverse;
    for (const query::LinkStep& step : path) {
      records.push_back(places_.at(step.to));
      types.push_back(step.type.value);
      inverse.push_back(step.inverse ? 1 : 0);
    }
    const auto record_vector = builder_.CreateVector(records);
    const auto type_vector = builder_.CreateVector(types);
    const auto inverse_vector = builder_.CreateVector(inverse);
    return fb::CreatePathLine(builder_, record_vector, type_vector, inverse_vector);
  }

  const storage::Reader& reader_;
  const query::CausalPaths& found_;
  Builder& builder_;
  absl::flat_hash_map<RecordId, std::uint32_t> places_;  // in the reply's keys
};

}  // namespace

absl::Status AnswerPaths(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::PathsRequest* request,
                         protocol::Open<fb::PathsRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  query::PathEnds ends;
  KOSEI_ASSIGN_OR_RETURN(ends.from,
                         IdOfKey(services.reader, "path from", protocol::TextOf(request->from())));
  KOSEI_ASSIGN_OR_RETURN(ends.to,
                         IdOfKey(services.reader, "path to", protocol::TextOf(request->to())));
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(const query::CausalPaths found,
                         Find(services, view, ends, *request, budget));
  PathsWriter(services.reader, found, builder).Write(view);
  if (builder.GetSize() > call.reply_bytes_max) {
    return TooLarge(call, "too many records lie on these paths, or too many paths are listed");
  }
  return absl::OkStatus();
}

}  // namespace kosei::server
