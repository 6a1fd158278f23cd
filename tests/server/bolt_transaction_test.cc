// What a Bolt transaction reads, and how long: one View, a bookmark, a deadline, a cancel.
#include <string>
#include <vector>

#include "bolt_peer.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using language::PackedValue;
using server::bolt::Tag;
using std::chrono::milliseconds;

// Counts until somebody stops it.
constexpr std::string_view kEndless =
    "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b "
    "WITH a, b WHERE a + b < 0 RETURN count(*) AS n";

std::string Metadata(const std::string& key, const std::string& value) {
  return PackedMapOf({{"tx_metadata", PackedMapOf({{key, value}})}});
}

std::string Bookmark(const std::string& bookmark) {
  return PackedMapOf({{"bookmarks", PackedListOf({Packed(bookmark)})}});
}

class BoltTransaction : public ServerFixture {
 protected:
  void SetUp() override {
    server::ServerOptions options;
    options.bolt_listen = "127.0.0.1:0";
    options.limits.heartbeat = milliseconds(50);
    Serve({{"web-1", "web-2"}, {}, {}}, options);
    ASSERT_OK(peer.Open(bolt_port(), admin_token()));
  }
  // One more server.
  void Add(const std::string& key) {
    WirePeer admin = Admin();
    const auto put = admin.Call(protocol::Operation::kMutate, 2, PutBody(key, "name"));
    ASSERT_TRUE(put.ok() && put->error().ok());
  }
  std::int64_t Servers(const std::string& extra = NoParameters()) {
    const auto value = peer.Ask("MATCH (n:Server) RETURN count(n) AS n", NoParameters(), extra);
    EXPECT_OK(value);
    return value.ok() ? *value->As<std::int64_t>() : -1;
  }
  std::string BookmarkNow() {
    EXPECT_OK(peer.Run("RETURN 1 AS x"));
    const auto pulled = peer.Pull();
    return pulled.ok() ? pulled->back().TextOf("bookmark") : std::string();
  }
  void Reset() {
    ASSERT_OK_AND_ASSIGN(const BoltReply reset, peer.Call(Tag::kReset));
    EXPECT_TRUE(reset.is_success());
  }

  BoltPeer peer;
};

TEST_F(BoltTransaction, EveryStatementOfItReadsTheSameCommit) {
  ASSERT_OK_AND_ASSIGN(const BoltReply begun, peer.Begin());
  ASSERT_TRUE(begun.is_success());
  EXPECT_EQ(Servers(), 2);
  Add("web-3");
  EXPECT_EQ(Servers(), 2);
  ASSERT_OK_AND_ASSIGN(const BoltReply committed, peer.Call(Tag::kCommit));
  EXPECT_THAT(committed.TextOf("bookmark"), ::testing::StartsWith("kosei:"));
  EXPECT_EQ(Servers(), 3);
}

TEST_F(BoltTransaction, ResultsOfItArePulledInAnyOrder) {
  ASSERT_OK(peer.Begin());
  ASSERT_OK_AND_ASSIGN(const BoltReply first, peer.Run("UNWIND range(1, 3) AS n RETURN n"));
  ASSERT_OK_AND_ASSIGN(const BoltReply second, peer.Run("UNWIND range(11, 13) AS n RETURN n"));
  ASSERT_NE(first.IntegerOf("qid"), second.IntegerOf("qid"));
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> newest, peer.Pull(1));
  EXPECT_EQ(*newest[0].value(0).As<std::int64_t>(), 11);
  ASSERT_OK_AND_ASSIGN(const std::vector<BoltReply> older, peer.Pull(-1, first.IntegerOf("qid")));
  ASSERT_EQ(older.size(), 4U);
  EXPECT_EQ(*older[0].value(0).As<std::int64_t>(), 1);
  EXPECT_EQ(older[3].Find("bookmark"), nullptr) << "that is the transaction's to give";
  ASSERT_OK_AND_ASSIGN(const BoltReply rolled, peer.Call(Tag::kRollback));
  EXPECT_TRUE(rolled.is_success());
  EXPECT_EQ(rolled.Find("bookmark"), nullptr);
}

TEST_F(BoltTransaction, AFailureEndsIt) {
  ASSERT_OK(peer.Begin());
  ASSERT_OK_AND_ASSIGN(const BoltReply failed, peer.Run("RETURN nobody"));
  ASSERT_TRUE(failed.is_failure());
  ASSERT_OK_AND_ASSIGN(const BoltReply commit, peer.Call(Tag::kCommit));
  EXPECT_TRUE(commit.is_ignored());
  Reset();
  ASSERT_OK_AND_ASSIGN(const BoltReply again, peer.Begin());
  EXPECT_TRUE(again.is_success());
}

TEST_F(BoltTransaction, MetadataNamesTheView) {
  const std::string before = BookmarkNow();
  const std::int64_t commit = std::stoll(before.substr(before.find(':') + 1));
  Add("web-3");
  EXPECT_EQ(Servers(), 3);
  EXPECT_EQ(Servers(Metadata("as_of", Packed(commit))), 2);
  ASSERT_OK_AND_ASSIGN(const BoltReply begun, peer.Begin(Metadata("as_of", Packed(commit))));
  ASSERT_TRUE(begun.is_success()) << begun.TextOf("message");
  EXPECT_EQ(Servers(), 2);
  ASSERT_OK(peer.Call(Tag::kRollback));
  for (const auto& [key, value] : {std::pair("as_of", Packed("no such baseline")),
                                   std::pair("plan", Packed("no such plan"))}) {
    ASSERT_OK_AND_ASSIGN(const BoltReply unknown, peer.Begin(Metadata(key, value)));
    EXPECT_EQ(unknown.code(), "Neo.ClientError.Statement.EntityNotFound");
    Reset();
  }
}

TEST_F(BoltTransaction, ABookmarkOfACommitThatIsNotHereMayBeTriedAgain) {
  const std::string now = BookmarkNow();
  EXPECT_EQ(Servers(Bookmark(now)), 2);
  const std::int64_t commit = std::stoll(now.substr(now.find(':') + 1));
  ASSERT_OK_AND_ASSIGN(const BoltReply later,
                       peer.Begin(Bookmark("kosei:" + std::to_string(commit + 1))));
  EXPECT_EQ(later.code(), "Neo.TransientError.Transaction.BookmarkTimeout");
  Reset();
  for (const std::string& bad :
       {std::string("FB:kcwQ"), std::string("kosei:"), std::string("kosei:-1"),
        std::string("kosei:7x"), std::string("kosei:99999999999999999999999")}) {
    ASSERT_OK_AND_ASSIGN(const BoltReply refused, peer.Begin(Bookmark(bad)));
    EXPECT_EQ(refused.code(), "Neo.ClientError.Transaction.InvalidBookmark") << bad;
    Reset();
  }
}

TEST_F(BoltTransaction, ItsTimeoutIsTheDeadline) {
  const std::string soon = PackedMapOf({{"tx_timeout", Packed(std::int64_t{60})}});
  ASSERT_OK_AND_ASSIGN(const BoltReply alone, peer.Run(kEndless, NoParameters(), soon));
  EXPECT_EQ(alone.code(), "Neo.ClientError.Transaction.TransactionTimedOut");
  Reset();
  ASSERT_OK(peer.Begin(soon));
  ASSERT_OK_AND_ASSIGN(const BoltReply within, peer.Run(kEndless));
  EXPECT_EQ(within.code(), "Neo.ClientError.Transaction.TransactionTimedOut");
  Reset();
  // It is over for what would take no time, too.
  ASSERT_OK(peer.Begin(PackedMapOf({{"tx_timeout", Packed(std::int64_t{1})}})));
  BoltReply last;
  for (int i = 0; i < 10'000 && !last.is_failure(); ++i) {
    ASSERT_OK_AND_ASSIGN(last, peer.Run("RETURN 1 AS x"));
    if (last.is_success()) ASSERT_OK(peer.Pull());
  }
  EXPECT_EQ(last.code(), "Neo.ClientError.Transaction.TransactionTimedOut");
}

TEST_F(BoltTransaction, ResetEndsWhatRunsAndSignsOfLifeComeMeanwhile) {
  ASSERT_OK(peer.SendRun(kEndless));
  ASSERT_OK(peer.SendPull());
  while (peer.signs_of_life < 3) {
    ASSERT_OK_AND_ASSIGN(const std::string sign, peer.wire.ReadBytes(2));
    ASSERT_EQ(sign, std::string(2, '\0'));
    ++peer.signs_of_life;
  }
  ASSERT_OK(peer.Send(Tag::kReset));
  ASSERT_OK_AND_ASSIGN(const BoltReply ran, peer.Read());
  EXPECT_TRUE(ran.is_ignored());
  ASSERT_OK_AND_ASSIGN(const BoltReply pulled, peer.Read());
  EXPECT_TRUE(pulled.is_ignored());
  ASSERT_OK_AND_ASSIGN(const BoltReply reset, peer.Read());
  EXPECT_TRUE(reset.is_success());
  EXPECT_EQ(Servers(), 2);
}

TEST_F(BoltTransaction, ResetThrowsWaitingRecordsAway) {
  ASSERT_OK(peer.Run("UNWIND range(1, 1000) AS n RETURN n"));
  ASSERT_OK(peer.Pull(10));
  Reset();
  EXPECT_EQ(Servers(), 2);
}

TEST_F(BoltTransaction, LeavingEndsWhatRuns) {
  ASSERT_OK(peer.SendRun(kEndless));
  peer.wire.Close();
  // The only two workers are soon free again.
  for (int i = 0; i < 4; ++i) {
    BoltPeer other;
    ASSERT_OK(other.Open(bolt_port(), admin_token()));
    ASSERT_OK(other.Ask("RETURN 1 AS x"));
    ASSERT_OK(other.SendRun(kEndless));
    other.wire.Close();
  }
}

TEST_F(BoltTransaction, AnotherUserOrDatabaseIsRefused) {
  ASSERT_OK_AND_ASSIGN(const BoltReply database,
                       peer.Begin(PackedMapOf({{"db", Packed("movies")}})));
  EXPECT_EQ(database.code(), "Neo.ClientError.Database.DatabaseNotFound");
  Reset();
  ASSERT_OK_AND_ASSIGN(const BoltReply user,
                       peer.Begin(PackedMapOf({{"imp_user", Packed("somebody")}})));
  EXPECT_EQ(user.code(), "Neo.ClientError.Security.Forbidden");
  Reset();
  EXPECT_EQ(Servers(PackedMapOf({{"db", Packed("kosei")}, {"mode", Packed("w")}})), 2);
}

}  // namespace
}  // namespace kosei::testing
