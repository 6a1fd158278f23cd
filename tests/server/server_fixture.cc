#include "server_fixture.h"

#include <fstream>

#include "kosei/base/status_macros.h"
#include "kosei/protocol/admin_generated.h"
#include "kosei/protocol/write_generated.h"

namespace kosei::testing {

void ServerFixture::Serve(const Estate& estate, server::ServerOptions options) {
  storage::EngineOptions store;
  store.folder = folder_ / "data";
  auto model = model::ParseModel(kServerTestModel, "test.yaml");
  ASSERT_TRUE(model.ok()) << model.status().ToString();
  store.model = *std::move(model);
  store.free_bytes_min = 0;
  auto engine = storage::Engine::Open(std::move(store));
  ASSERT_TRUE(engine.ok()) << engine.status().ToString();
  schema_ = (*engine)->reader().schema();
  depends_on_ = schema_->FindRelationshipType("depends_on")->number;

  storage::BulkChunk chunk;
  for (const std::string& key : estate.servers) {
    chunk.records.push_back(EmptyRecord(class_number("Server"), key));
  }
  for (const std::string& key : estate.applications) {
    chunk.records.push_back(EmptyRecord(class_number("Application"), key));
  }
  for (const auto& [source, target] : estate.depends_on) {
    chunk.links.push_back({source, depends_on_, target});
  }
  if (!chunk.records.empty()) {
    ASSERT_OK_AND_ASSIGN(auto load, (*engine)->writer().BeginBulk({"test", "estate", "", ""}));
    ASSERT_OK_AND_ASSIGN(const auto result, load->Add(std::move(chunk)));
    ASSERT_TRUE(result.rejected.empty()) << result.rejected.front().status.ToString();
    ASSERT_OK(load->Finish());
  }

  options.listen = "127.0.0.1:0";
  options.admin_token_file = folder_ / "admin.token";
  auto server = server::Server::Start(options, *std::move(engine), log_);
  ASSERT_TRUE(server.ok()) << server.status().ToString();
  server_ = *std::move(server);
  std::ifstream(options.admin_token_file) >> admin_token_;
}

WirePeer ServerFixture::Admin() {
  WirePeer peer;
  EXPECT_OK(peer.Open(port(), admin_token_));
  return peer;
}

std::string ServerFixture::MakeToken(const std::string& name, const std::string& role,
                                     const std::vector<std::string>& classes) {
  WirePeer admin = Admin();
  const auto reply = admin.Call(
      protocol::Operation::kTokenCreate, 2, Body([&](flatbuffers::FlatBufferBuilder& builder) {
        const auto limited = builder.CreateVectorOfStrings(classes);
        return fb::CreateTokenCreateRequest(builder, builder.CreateString(name),
                                            builder.CreateString(role), 1, limited);
      }));
  EXPECT_TRUE(reply.ok() && reply->error().ok());
  return std::string(protocol::TextOf(reply->As<fb::TokenCreateReply>()->token()));
}

ClassNumber ServerFixture::class_number(std::string_view name) const {
  return schema_->FindClass(name)->number;
}

std::string ServerFixture::PutBody(const std::string& key, const std::string& name) const {
  Record record = EmptyRecord(class_number("Server"), key);
  record.Set(schema_->well_known().name, name);
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto put =
        fb::CreatePutRecord(builder, protocol::CreateRecordBytes(builder, EncodeRecord(record)));
    const auto puts = builder.CreateVector(std::vector{put});
    const auto reason = builder.CreateString("a test");
    return fb::CreateMutateRequest(builder, reason, 0, 0, puts);
  });
}

absl::StatusOr<std::vector<WireReply>> ReadStream(WirePeer& peer) {
  std::vector<WireReply> replies;
  while (replies.empty() || !replies.back().is_last()) {
    KOSEI_ASSIGN_OR_RETURN(WireReply reply, peer.Read());
    replies.push_back(std::move(reply));
  }
  return replies;
}

}  // namespace kosei::testing
