// Indexes: list, build, drop.
#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/index_generated.h"

namespace kosei::server {
namespace {

static_assert(static_cast<int>(fb::IndexOrigin::dropped) ==
              static_cast<int>(storage::IndexOrigin::kDropped));
static_assert(static_cast<int>(fb::IndexState::whole) ==
              static_cast<int>(storage::IndexState::kWhole));

flatbuffers::Offset<fb::IndexInfo> EncodeIndex(Builder& builder, const storage::IndexInfo& info) {
  const auto name = Text(builder, info.name);
  return fb::CreateIndexInfo(builder, name, static_cast<fb::IndexOrigin>(info.origin),
                             static_cast<fb::IndexState>(info.state), info.whole_to.value, info.lag,
                             info.records_done, info.records_total, info.bytes);
}

}  // namespace

absl::Status AnswerIndexList(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::IndexListRequest>(call.body).status());
  std::vector<flatbuffers::Offset<fb::IndexInfo>> infos;
  for (const storage::IndexInfo& info : services.indexes.List()) {
    infos.push_back(EncodeIndex(builder, info));
  }
  const auto info_vector = builder.CreateVector(infos);
  protocol::FinishBody(builder, fb::CreateIndexListReply(builder, info_vector));
  return absl::OkStatus();
}

absl::Status AnswerIndexBuild(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::IndexBuildRequest* request,
                         protocol::Open<fb::IndexBuildRequest>(call.body));
  const std::string name(protocol::TextOf(request->name()));
  KOSEI_RETURN_IF_ERROR(name.empty() ? services.indexes.BuildAll() : services.indexes.Build(name));
  services.log.Write(LogLevel::kInfo, "index_building",
                     {{"name", name.empty() ? "all" : name}, {"by", std::string(call.user)}});
  protocol::FinishBody(builder, fb::CreateIndexBuildReply(builder));
  return absl::OkStatus();
}

absl::Status AnswerIndexDrop(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::IndexDropRequest* request,
                         protocol::Open<fb::IndexDropRequest>(call.body));
  const std::string name(protocol::TextOf(request->name()));
  KOSEI_RETURN_IF_ERROR(services.indexes.Drop(name));
  services.log.Write(LogLevel::kInfo, "index_dropped",
                     {{"name", name}, {"by", std::string(call.user)}});
  protocol::FinishBody(builder, fb::CreateIndexDropReply(builder));
  return absl::OkStatus();
}

}  // namespace kosei::server
