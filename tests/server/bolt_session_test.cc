// A Bolt connection from the handshake to the last record: who is let in, what is answered, and
// what comes after an error.
#include <algorithm>
#include <string>
#include <vector>

#include "bolt_peer.h"
#include "kosei/protocol/admin_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using language::PackedList;
using language::PackedMap;
using language::PackedValue;
using server::bolt::Tag;

const std::string* TextIn(const PackedValue& value) { return value.As<std::string>(); }

class BoltSession : public ServerFixture {
 protected:
  void ServeBolt(const Estate& estate = {}, server::ServerOptions options = {}) {
    options.bolt_listen = "127.0.0.1:0";
    Serve(estate, std::move(options));
  }
  BoltPeer SignedIn() {
    BoltPeer peer;
    EXPECT_OK(peer.Open(bolt_port(), admin_token()));
    return peer;
  }
};

TEST(BoltOptions, PlainTextStaysOnLoopbackAndAddressesAreRight) {
  server::ServerOptions options;
  options.bolt_listen = "127.0.0.1:7687";
  EXPECT_OK(server::CheckServerOptions(options));
  options.bolt_listen = "0.0.0.0:7687";
  EXPECT_THAT(server::CheckServerOptions(options), HasErrorCode(ErrorCode::kTlsRequired));
  options.bolt_listen = "7687";
  EXPECT_THAT(server::CheckServerOptions(options), HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(BoltSession, HelloIsAnsweredAndLogonLetsIn) {
  ServeBolt();
  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), ""));
  ASSERT_OK_AND_ASSIGN(const BoltReply hello, peer.Hello());
  ASSERT_TRUE(hello.is_success());
  EXPECT_THAT(hello.TextOf("server"), ::testing::StartsWith("Neo4j/5.4.0-kosei-"));
  EXPECT_THAT(hello.TextOf("connection_id"), ::testing::StartsWith("bolt-"));
  ASSERT_OK_AND_ASSIGN(const BoltReply logon, peer.Logon("bearer", admin_token()));
  EXPECT_TRUE(logon.is_success());
  ASSERT_OK_AND_ASSIGN(const PackedValue value, peer.Ask("RETURN 'はい' AS x"));
  ASSERT_NE(TextIn(value), nullptr);
  EXPECT_EQ(*TextIn(value), "はい");
}

TEST_F(BoltSession, FourPointFourAndFivePointZeroSignInWithHello) {
  ServeBolt();
  for (const std::string_view offer : {std::string_view("\0\0\4\4", 4), {"\0\0\0\5", 4}}) {
    BoltPeer peer;
    ASSERT_OK(peer.Connect(bolt_port()));
    ASSERT_OK(peer.wire.SendBytes(std::string("\x60\x60\xB0\x17") + std::string(offer) +
                                  std::string(12, '\0')));
    ASSERT_OK_AND_ASSIGN(const std::string version, peer.wire.ReadBytes(4));
    EXPECT_EQ(version, offer);
    ASSERT_OK_AND_ASSIGN(
        const BoltReply hello,
        peer.Call(Tag::kHello, {PackedMapOf({{"user_agent", Packed("a")},
                                             {"scheme", Packed("basic")},
                                             {"principal", Packed("neo4j")},
                                             {"credentials", Packed(admin_token())}})}));
    ASSERT_TRUE(hello.is_success()) << hello.TextOf("message");
    ASSERT_OK_AND_ASSIGN(const PackedValue value, peer.Ask("RETURN 1 AS x"));
    ASSERT_NE(value.As<std::int64_t>(), nullptr);
  }
}

TEST_F(BoltSession, ATokenThatIsLimitedToClassesShowsOnlyThese) {
  ServeBolt({.servers = {"web", "db"}, .applications = {"shop"}, .depends_on = {{"shop", "web"}}});
  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), MakeToken("shops", "reader", {"Application"})));
  ASSERT_OK_AND_ASSIGN(const PackedValue records, peer.Ask("MATCH (n) RETURN count(*) AS n"));
  EXPECT_EQ(*records.As<std::int64_t>(), 1);
  ASSERT_OK_AND_ASSIGN(const PackedValue links, peer.Ask("MATCH ()-->() RETURN count(*) AS n"));
  EXPECT_EQ(*links.As<std::int64_t>(), 0);
}

TEST_F(BoltSession, WhoHasNoTokenIsRefusedAndSentAway) {
  ServeBolt();
  struct Case {
    std::string scheme;
    std::string token;
  };
  const std::vector<Case> cases = {{"bearer", "nonsense"},
                                   {"basic", ""},
                                   {"none", ""},
                                   {"none", admin_token()},
                                   {"kerberos", admin_token()}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.scheme);
    BoltPeer peer;
    ASSERT_OK(peer.Open(bolt_port(), ""));
    ASSERT_OK(peer.Hello());
    ASSERT_OK_AND_ASSIGN(const BoltReply reply, peer.Logon(c.scheme, c.token));
    EXPECT_EQ(reply.code(), "Neo.ClientError.Security.Unauthorized");
    EXPECT_OK(peer.wire.AwaitEnd());
  }
}

TEST_F(BoltSession, NothingIsDoneBeforeLogon) {
  ServeBolt();
  for (const Tag tag : {Tag::kRun, Tag::kBegin, Tag::kReset, Tag::kRoute, Tag::kLogon}) {
    BoltPeer peer;
    ASSERT_OK(peer.Open(bolt_port(), ""));
    // Parts that nobody may look at.
    ASSERT_OK_AND_ASSIGN(const BoltReply reply, peer.Call(tag, {"\xDF"}));
    EXPECT_EQ(reply.code(), "Neo.ClientError.Security.Unauthorized");
    EXPECT_OK(peer.wire.AwaitEnd());
  }
}

TEST_F(BoltSession, ATokenThatIsRevokedEndsTheConnection) {
  ServeBolt();
  const std::string token = MakeToken("r", "reader");
  BoltPeer peer;
  ASSERT_OK(peer.Open(bolt_port(), token));
  ASSERT_OK(peer.Ask("RETURN 1 AS x"));
  WirePeer admin = Admin();
  const auto revoked = admin.Call(protocol::Operation::kTokenRevoke, 3,
                                  Body([&](flatbuffers::FlatBufferBuilder& builder) {
                                    return fb::CreateTokenRevokeRequestDirect(builder, "r");
                                  }));
  ASSERT_TRUE(revoked.ok() && revoked->error().ok());
  EXPECT_OK(peer.wire.AwaitEnd()) << "an idle connection just ends";
}

TEST_F(BoltSession, LogoffLeavesNobodySignedIn) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  ASSERT_OK_AND_ASSIGN(const BoltReply off, peer.Call(Tag::kLogoff));
  EXPECT_TRUE(off.is_success());
  ASSERT_OK_AND_ASSIGN(const BoltReply on, peer.Logon("basic", admin_token()));
  EXPECT_TRUE(on.is_success());
  ASSERT_OK(peer.Ask("RETURN 1 AS x"));
  ASSERT_OK(peer.Call(Tag::kLogoff));
  ASSERT_OK_AND_ASSIGN(const BoltReply refused, peer.Run("RETURN 1 AS x"));
  EXPECT_EQ(refused.code(), "Neo.ClientError.Security.Unauthorized");
}

TEST_F(BoltSession, RecordsComeInPagesThenTheSummary) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  ASSERT_OK_AND_ASSIGN(const BoltReply ran, peer.Run("UNWIND range(1, 5) AS n RETURN n, -n AS m"));
  ASSERT_TRUE(ran.is_success()) << ran.TextOf("message");
  const auto* const fields = ran.Find("fields")->As<PackedList>();
  ASSERT_NE(fields, nullptr);
  ASSERT_EQ(fields->size(), 2U);
  EXPECT_EQ(*TextIn((*fields)[0]), "n");
  EXPECT_EQ(ran.Find("qid"), nullptr) << "only of results within a transaction";
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> first, peer.Pull(2));
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(*first[1].value(0).As<std::int64_t>(), 2);
  EXPECT_EQ(*first[1].value(1).As<std::int64_t>(), -2);
  EXPECT_TRUE(first[2].has_more());
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> second, peer.Pull(3));
  ASSERT_EQ(second.size(), 4U);
  const BoltReply& summary = second[3];
  EXPECT_FALSE(summary.has_more()) << "the last record has come";
  EXPECT_EQ(summary.TextOf("type"), "r");
  EXPECT_EQ(summary.TextOf("db"), "kosei");
  EXPECT_THAT(summary.TextOf("bookmark"), ::testing::StartsWith("kosei:"));
  EXPECT_GE(summary.IntegerOf("t_last"), 0);
  ASSERT_OK(peer.Ask("RETURN 1 AS x"));
}

TEST_F(BoltSession, DiscardThrowsRecordsAway) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  ASSERT_OK(peer.Run("UNWIND range(1, 1000) AS n RETURN n"));
  ASSERT_OK_AND_ASSIGN(const BoltReply some,
                       peer.Call(Tag::kDiscard, {PackedMapOf({{"n", Packed(std::int64_t{998})}})}));
  EXPECT_TRUE(some.has_more());
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> rest, peer.Pull(1));
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(*rest[0].value(0).As<std::int64_t>(), 999);
  ASSERT_OK_AND_ASSIGN(const BoltReply all,
                       peer.Call(Tag::kDiscard, {PackedMapOf({{"n", Packed(std::int64_t{-1})}})}));
  EXPECT_FALSE(all.has_more());
  EXPECT_EQ(all.TextOf("type"), "r");
}

TEST_F(BoltSession, NodesAndRelationshipsComeWithTheirIds) {
  ServeBolt({{"web-1", "db-1"}, {}, {{"web-1", "db-1"}}});
  BoltPeer peer = SignedIn();
  ASSERT_OK_AND_ASSIGN(const PackedValue value,
                       peer.Ask("MATCH p = (:Server {key: 'web-1'})-[:depends_on]->() RETURN p"));
  const auto* const path = value.As<language::PackedPath>();
  ASSERT_NE(path, nullptr);
  ASSERT_EQ(path->nodes.size(), 2U);
  EXPECT_THAT(path->nodes[0].labels, ::testing::Contains("Server"));
  EXPECT_FALSE(path->nodes[0].element_id.empty());
  ASSERT_EQ(path->relationships.size(), 1U);
  EXPECT_EQ(path->relationships[0].type, "depends_on");
}

TEST_F(BoltSession, AfterAFailureAllIsIgnoredUntilReset) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  ASSERT_OK_AND_ASSIGN(const BoltReply failed, peer.Run("RETURN nobody"));
  EXPECT_EQ(failed.code(), "Neo.ClientError.Statement.SyntaxError");
  EXPECT_THAT(failed.TextOf("message"), ::testing::HasSubstr("line 1, column 8"));
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> pulled, peer.Pull());
  EXPECT_TRUE(pulled.back().is_ignored());
  ASSERT_OK_AND_ASSIGN(const BoltReply ran, peer.Run("RETURN 1 AS x"));
  EXPECT_TRUE(ran.is_ignored());
  ASSERT_OK_AND_ASSIGN(const BoltReply reset, peer.Call(Tag::kReset));
  EXPECT_TRUE(reset.is_success());
  ASSERT_OK(peer.Ask("RETURN 1 AS x"));
}

TEST_F(BoltSession, ErrorsHaveTheNamesThatDriversKnow) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"RETURN", "Neo.ClientError.Statement.SyntaxError"},
      {"CREATE (:Server)", "Neo.ClientError.Statement.AccessMode"},
      {"RETURN $missing AS x", "Neo.ClientError.Statement.ParameterMissing"},
      {"RETURN 1 / 0 AS x", "Neo.ClientError.Statement.ArithmeticError"},
      {"CALL no.such()", "Neo.ClientError.Procedure.ProcedureNotFound"},
  };
  for (const auto& [text, code] : cases) {
    ASSERT_OK_AND_ASSIGN(const BoltReply failed, peer.Run(text));
    EXPECT_EQ(failed.code(), code) << text << ": " << failed.TextOf("message");
    ASSERT_OK(peer.Call(Tag::kReset));
  }
}

TEST_F(BoltSession, ExplainAndProfileShowThePlan) {
  ServeBolt({{"web-1"}, {}, {}});
  BoltPeer peer = SignedIn();
  ASSERT_OK(peer.Run("EXPLAIN MATCH (n:Server) RETURN n.key AS key ORDER BY key"));
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> explained, peer.Pull());
  ASSERT_EQ(explained.size(), 1U) << "nothing is carried out";
  const PackedValue* plan = explained[0].Find("plan");
  ASSERT_NE(plan, nullptr);
  std::size_t depth = 0;
  while (true) {
    const auto* const map = plan->As<PackedMap>();
    ASSERT_NE(map, nullptr);
    ++depth;
    const auto children =
        std::find_if(map->begin(), map->end(), [](const auto& e) { return e.key == "children"; });
    ASSERT_NE(children, map->end());
    const auto* const list = children->value.As<PackedList>();
    if (list->empty()) break;
    plan = &list->front();
  }
  EXPECT_GE(depth, 3U) << "a scan, what is returned, its order";
  ASSERT_OK(peer.Run("PROFILE MATCH (n:Server) RETURN n.key AS key"));
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> profiled, peer.Pull());
  ASSERT_EQ(profiled.size(), 2U);
  ASSERT_NE(profiled[1].Find("profile"), nullptr);
}

TEST_F(BoltSession, RouteNamesThisServerForEverything) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  const std::string address = "cmdb.example:7687";
  ASSERT_OK_AND_ASSIGN(
      const BoltReply route,
      peer.Call(Tag::kRoute, {PackedMapOf({{"address", Packed(address)}}), PackedListOf({}),
                              PackedMapOf({{"db", Packed("neo4j")}})}));
  ASSERT_TRUE(route.is_success()) << route.TextOf("message");
  const auto* const table = route.Find("rt")->As<PackedMap>();
  ASSERT_NE(table, nullptr);
  const auto servers =
      std::find_if(table->begin(), table->end(), [](const auto& e) { return e.key == "servers"; });
  ASSERT_NE(servers, table->end());
  EXPECT_EQ(servers->value.As<PackedList>()->size(), 3U);
  ASSERT_OK_AND_ASSIGN(const BoltReply other,
                       peer.Call(Tag::kRoute, {PackedMapOf({}), PackedListOf({}),
                                               PackedMapOf({{"db", Packed("movies")}})}));
  EXPECT_EQ(other.code(), "Neo.ClientError.Database.DatabaseNotFound");
}

TEST_F(BoltSession, PipelinedMessagesAreAnsweredInOrder) {
  ServeBolt();
  BoltPeer peer = SignedIn();
  for (int i = 0; i < 50; ++i) {
    ASSERT_OK(peer.SendRun("RETURN " + std::to_string(i) + " AS x"));
    ASSERT_OK(peer.SendPull());
  }
  for (std::int64_t i = 0; i < 50; ++i) {
    ASSERT_OK_AND_ASSIGN(const BoltReply ran, peer.Read());
    ASSERT_TRUE(ran.is_success());
    ASSERT_OK_AND_ASSIGN(const BoltReply record, peer.Read());
    ASSERT_EQ(*record.value(0).As<std::int64_t>(), i);
    ASSERT_OK(peer.Read());
  }
}

}  // namespace
}  // namespace kosei::testing
