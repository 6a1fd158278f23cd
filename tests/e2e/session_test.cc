// Who may come in, what outlives a connection, and what outlives the server.
#include <sys/stat.h>

#include <thread>

#include "certificate.h"
#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;

TEST_F(Estate, TheFirstStartWritesATokenForTheAdministratorAlone) {
  struct stat file{};
  ASSERT_EQ(stat((server.data() + "/admin.token").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
  EXPECT_EQ(client->server().role, "administrator");
  EXPECT_FALSE(client->server().store_id.empty());
}

TEST_F(Estate, ATokenGivesItsRoleAndNoMore) {
  ASSERT_OK_AND_ASSIGN(const client::NewToken reader, client->CreateToken("r", "reader", 30));
  ASSERT_OK_AND_ASSIGN(const client::NewToken writer, client->CreateToken("w", "writer", 30));
  EXPECT_EQ(reader.info.role, "reader");
  EXPECT_GT(reader.info.expires, reader.info.created);
  Put({MakeRecord("Server", "web-1")});
  client::Mutation write;
  write.put_records.push_back({MakeRecord("Server", "web-2"), {}});

  const auto reads = Connect(reader.token);
  ASSERT_NE(reads, nullptr);
  EXPECT_OK(reads->Get({"web-1"}));
  EXPECT_THAT(reads->Mutate(write), HasErrorCode(ErrorCode::kPermissionDenied));
  EXPECT_THAT(reads->BeginBulk({}), HasErrorCode(ErrorCode::kPermissionDenied));
  EXPECT_THAT(reads->ListTokens(), HasErrorCode(ErrorCode::kPermissionDenied));

  const auto writes = Connect(writer.token);
  ASSERT_NE(writes, nullptr);
  EXPECT_OK(writes->Mutate(write));
  EXPECT_THAT(writes->CreateToken("x", "reader", 1), HasErrorCode(ErrorCode::kPermissionDenied));

  ASSERT_OK_AND_ASSIGN(const std::vector<client::TokenInfo> tokens, client->ListTokens());
  EXPECT_EQ(tokens.size(), 3U);
}

TEST_F(Estate, ARevokedOrUnknownTokenDoesNotOpen) {
  ASSERT_OK_AND_ASSIGN(const client::NewToken token, client->CreateToken("r", "reader", 30));
  const auto open = Connect(token.token);
  ASSERT_NE(open, nullptr);
  ASSERT_OK(client->RevokeToken("r"));
  EXPECT_FALSE(open->Get({"web-1"}).ok()) << "an open connection ends with its token";
  client::Options options;
  options.server = server.address();
  for (const std::string& bad : {token.token, std::string("nonsense"), std::string()}) {
    options.token = bad;
    const auto refused = client::Client::Connect(options);
    EXPECT_THAT(refused, HasErrorCode(ErrorCode::kUnauthenticated));
    if (!bad.empty()) EXPECT_EQ(MessageOf(refused.status()).find(bad), std::string_view::npos);
  }
  EXPECT_THAT(client->RevokeToken("never"), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Estate, AClientOutlivesARestartOfTheServer) {
  const std::uint64_t commit = Put({MakeRecord("Server", "web-1", {{"owner", "a"}})});
  ASSERT_OK(server.Stop());
  ASSERT_OK(server.Start());
  // The same client: reads and writes go on.
  EXPECT_EQ(TextOf("web-1", "owner"), "a");
  EXPECT_EQ(Put({MakeRecord("Server", "web-1", {{"owner", "b"}})}), commit + 1);
  ASSERT_OK(server.Stop());
  client::Options options;
  options.server = server.address();
  EXPECT_THAT(client::Client::Connect(options),
              IsError(ErrorCode::kConnectFailed, "connection refused"));
}

TEST_F(Estate, ACallWaitsForAServerThatIsComingBack) {
  Put({MakeRecord("Server", "web-1", {{"owner", "a"}})});
  ASSERT_OK(server.Stop());
  std::thread asks([this] { EXPECT_EQ(TextOf("web-1", "owner"), "a"); });
  EXPECT_OK(server.Start());
  asks.join();
}

TEST_F(Estate, KillingTheServerLosesNoAcknowledgedCommit) {
  std::atomic<int> acknowledged{0};
  std::thread writes([&] {
    for (int i = 0; i < 10'000; ++i) {
      client::Mutation mutation;
      mutation.put_records.push_back({MakeRecord("Server", "node-" + std::to_string(i)), {}});
      if (!client->Mutate(mutation).ok()) return;
      acknowledged.store(i + 1);
    }
  });
  while (acknowledged.load() < 50) std::this_thread::yield();
  server.Kill();
  writes.join();
  ASSERT_OK(server.Start());
  const auto again = Connect(server.admin_token());
  ASSERT_NE(again, nullptr);
  for (int i = 0; i < acknowledged.load(); ++i) {
    const std::string key = "node-" + std::to_string(i);
    ASSERT_OK_AND_ASSIGN(const client::GetResult result, again->Get({key}));
    ASSERT_TRUE(result.records[0].has_value()) << key << " of " << acknowledged.load();
  }
}

TEST(TlsSession, OnlyATrustedServerOfTheRightNameIsSpokenTo) {
  const kosei::testing::TempFolder folder;
  kosei::testing::WriteCertificate(folder / "cert.pem", folder / "key.pem",
                                   "DNS:cmdb.example,IP:127.0.0.1");
  kosei::testing::WriteCertificate(folder / "other.pem", folder / "other-key.pem", "IP:127.0.0.1");
  kosei::testing::ServerProcess server(
      {.binary = KOSEI_SERVER_BINARY,
       .data = folder / "data",
       .arguments = {"--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem"}});
  ASSERT_OK(server.Start());
  client::Options options;
  options.server = server.address();
  options.token = server.admin_token();
  options.tls = true;
  options.ca_file = folder / "cert.pem";
  {
    ASSERT_OK_AND_ASSIGN(const auto client, client::Client::Connect(options));
    EXPECT_OK(client->Ping());
    std::vector<std::string> keys(1'000, std::string(400, 'k'));
    EXPECT_OK(client->Get(keys)) << "more than one TLS record";
  }
  options.server_name = "cmdb.example";
  EXPECT_OK(client::Client::Connect(options));
  options.server_name = "another.example";
  EXPECT_THAT(client::Client::Connect(options),
              IsError(ErrorCode::kConnectFailed, "not trusted for 'another.example'"));
  options.server_name.clear();
  options.ca_file = folder / "other.pem";
  EXPECT_THAT(client::Client::Connect(options), IsError(ErrorCode::kConnectFailed, "not trusted"));
  options.tls = false;
  EXPECT_FALSE(client::Client::Connect(options).ok());
}

}  // namespace
}  // namespace kosei::e2e
