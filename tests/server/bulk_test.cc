// Bulk loads over the wire: order, window, bad items, lost connections.
#include "kosei/protocol/write_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;

class Bulk : public ServerFixture {
 protected:
  static std::string BeginBody() {
    return Body([](flatbuffers::FlatBufferBuilder& builder) {
      return fb::CreateBulkBeginRequestDirect(builder, "first load", "", "test");
    });
  }
  std::string ChunkBody(std::uint64_t load, std::uint64_t number,
                        const std::vector<std::string>& records,
                        const std::vector<std::pair<std::uint32_t, std::uint32_t>>& links,
                        const std::vector<std::string>& keys) const {
    std::string bytes;
    std::vector<std::uint32_t> lengths;
    for (const std::string& record : records) {
      lengths.push_back(static_cast<std::uint32_t>(record.size()));
      bytes += record;
      bytes.resize((bytes.size() + 7) / 8 * 8);
    }
    return Body([&](flatbuffers::FlatBufferBuilder& builder) {
      std::vector<std::uint32_t> sources;
      std::vector<std::uint32_t> targets;
      for (const auto& [source, target] : links) {
        sources.push_back(source);
        targets.push_back(target);
      }
      const auto length_vector = builder.CreateVector(lengths);
      const auto byte_vector = protocol::CreateRecordBytes(builder, bytes);
      const auto key_vector = builder.CreateVectorOfStrings(keys);
      const auto source_vector = builder.CreateVector(sources);
      const auto type_vector =
          builder.CreateVector(std::vector<std::uint16_t>(links.size(), depends_on().value));
      const auto target_vector = builder.CreateVector(targets);
      return fb::CreateBulkChunkRequest(builder, load, number, length_vector, byte_vector,
                                        key_vector, source_vector, type_vector, target_vector);
    });
  }
  static std::string EndBody(std::uint64_t load) {
    return Body([&](flatbuffers::FlatBufferBuilder& builder) {
      return fb::CreateBulkEndRequest(builder, load);
    });
  }
  std::string ServerRecord(const std::string& key) const {
    return EncodeRecord(EmptyRecord(class_number("Server"), key));
  }
  static std::uint64_t Begin(WirePeer& peer) {
    const auto reply = peer.Call(Operation::kBulkBegin, 2, BeginBody());
    EXPECT_TRUE(reply.ok() && reply->error().ok());
    const auto* begun = reply->As<fb::BulkBeginReply>();
    EXPECT_EQ(begun->window(), protocol::kBulkWindowChunks);
    return begun->load();
  }
  // A load that was abandoned is in the way until the server has noticed.
  static std::uint64_t BeginWhenIdle(WirePeer& peer) {
    while (true) {
      const auto reply = peer.Call(Operation::kBulkBegin, 2, BeginBody());
      EXPECT_OK(reply);
      if (!reply.ok()) return 0;
      if (!reply->is_error()) return reply->As<fb::BulkBeginReply>()->load();
      EXPECT_THAT(reply->error(), HasErrorCode(ErrorCode::kOverloaded));
      if (!HasCode(reply->error(), ErrorCode::kOverloaded)) return 0;
    }
  }
  static bool Has(WirePeer& peer, const std::string& key) {
    const auto reply = peer.Call(Operation::kGet, 77, GetBody({key}));
    EXPECT_TRUE(reply.ok());
    return reply->As<fb::GetReply>()->records()->Get(0)->id() != 0;
  }
};

TEST_F(Bulk, ChunksGoInInOrderAndBadItemsAreNamed) {
  Serve();
  WirePeer peer = Admin();
  const std::uint64_t load = Begin(peer);
  std::string wrong_class = EncodeRecord(EmptyRecord(ClassNumber{999}, "odd"));
  ASSERT_OK(peer.Send(
      Operation::kBulkChunk, 3,
      ChunkBody(load, 1, {ServerRecord("a"), "not a record....", ServerRecord("b")}, {}, {})));
  ASSERT_OK(peer.Send(Operation::kBulkChunk, 4,
                      ChunkBody(load, 2, {wrong_class, ServerRecord("c")}, {{0, 1}, {0, 2}},
                                {"c", "a", "missing"})));
  ASSERT_OK_AND_ASSIGN(const WireReply first, peer.Read());
  const auto* one = first.As<fb::BulkChunkReply>();
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->number(), 1U);
  ASSERT_EQ(one->rejected()->size(), 1U);
  EXPECT_EQ(one->rejected()->Get(0)->index(), 1U);
  EXPECT_FALSE(one->rejected()->Get(0)->is_link());
  ASSERT_OK_AND_ASSIGN(const WireReply second, peer.Read());
  const auto* two = second.As<fb::BulkChunkReply>();
  ASSERT_NE(two, nullptr) << second.error().ToString();
  EXPECT_EQ(two->number(), 2U);
  ASSERT_OK_AND_ASSIGN(const WireReply end, peer.Call(Operation::kBulkEnd, 5, EndBody(load)));
  ASSERT_NE(end.As<fb::BulkEndReply>(), nullptr) << end.error().ToString();
  const fb::WriteCounts* counts = end.As<fb::BulkEndReply>()->counts();
  EXPECT_EQ(counts->commit(), 1U);
  EXPECT_EQ(counts->records_created(), 3U);
  EXPECT_EQ(counts->links_created(), 1U);
  EXPECT_TRUE(Has(peer, "a"));
  EXPECT_TRUE(Has(peer, "c"));
  EXPECT_FALSE(Has(peer, "odd"));
}

TEST_F(Bulk, AGapInTheNumbersEndsTheLoad) {
  Serve();
  WirePeer peer = Admin();
  const std::uint64_t load = Begin(peer);
  ASSERT_OK_AND_ASSIGN(const WireReply gap,
                       peer.Call(Operation::kBulkChunk, 3, ChunkBody(load, 2, {}, {}, {})));
  EXPECT_THAT(gap.error(), IsError(ErrorCode::kProtocolOrder, "expected chunk 1"));
  ASSERT_OK_AND_ASSIGN(const WireReply end, peer.Call(Operation::kBulkEnd, 4, EndBody(load)));
  EXPECT_THAT(end.error(), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Bulk, AChunkWhoseColumnsDoNotFitEndsTheLoad) {
  Serve();
  WirePeer peer = Admin();
  const std::uint64_t load = Begin(peer);
  ASSERT_OK_AND_ASSIGN(
      const WireReply reply,
      peer.Call(Operation::kBulkChunk, 3, ChunkBody(load, 1, {}, {{0, 5}}, {"a", "b"})));
  EXPECT_THAT(reply.error(), IsError(ErrorCode::kMalformedFrame, "a key that is not there"));
}

TEST_F(Bulk, TheWindowIsHeld) {
  Serve();
  WirePeer peer = Admin();
  const std::uint64_t load = Begin(peer);
  // One write, so that the session sees more chunks than the window allows before any is answered.
  std::string batch;
  const std::string record = ServerRecord("a");
  for (std::uint64_t number = 1; number <= protocol::kBulkWindowChunks + 1; ++number) {
    protocol::AppendFrame(batch, protocol::RequestHeader(Operation::kBulkChunk, 10 + number),
                          ChunkBody(load, number, std::vector<std::string>(5, record), {}, {}));
  }
  ASSERT_OK(peer.SendBytes(batch));
  std::size_t refused = 0;
  for (std::uint64_t i = 0; i <= protocol::kBulkWindowChunks; ++i) {
    ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Read());
    if (!reply.is_error()) continue;
    EXPECT_THAT(reply.error(), IsError(ErrorCode::kProtocolOrder, "the window is 8"));
    ++refused;
  }
  EXPECT_GE(refused, 1U);
}

TEST_F(Bulk, ALoadBelongsToItsConnection) {
  Serve();
  WirePeer peer = Admin();
  const std::uint64_t load = Begin(peer);
  WirePeer other = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply reply,
                       other.Call(Operation::kBulkChunk, 3, ChunkBody(load, 1, {}, {}, {})));
  EXPECT_THAT(reply.error(), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Bulk, AFirstLoadWhoseConnectionIsLostLeavesNothing) {
  Serve();
  {
    WirePeer peer = Admin();
    const std::uint64_t load = Begin(peer);
    ASSERT_OK_AND_ASSIGN(
        const WireReply reply,
        peer.Call(Operation::kBulkChunk, 3, ChunkBody(load, 1, {ServerRecord("a")}, {}, {})));
    EXPECT_OK(reply.error());
  }
  WirePeer peer = Admin();
  const std::uint64_t load = BeginWhenIdle(peer);
  EXPECT_FALSE(Has(peer, "a"));
  ASSERT_OK_AND_ASSIGN(
      const WireReply chunk,
      peer.Call(Operation::kBulkChunk, 3, ChunkBody(load, 1, {ServerRecord("b")}, {}, {})));
  EXPECT_OK(chunk.error());
  ASSERT_OK_AND_ASSIGN(const WireReply end, peer.Call(Operation::kBulkEnd, 4, EndBody(load)));
  EXPECT_OK(end.error());
  EXPECT_TRUE(Has(peer, "b"));
}

TEST_F(Bulk, AFirstLoadIsAbandonedWhileItsChunksAreMadeReady) {
  Serve();
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    WirePeer peer = Admin();
    const std::uint64_t load = BeginWhenIdle(peer);
    std::string batch;
    for (std::uint64_t number = 1; number <= protocol::kBulkWindowChunks; ++number) {
      std::vector<std::string> records;
      for (int i = 0; i < 300; ++i)
        records.push_back(ServerRecord(std::to_string(number) + "-" + std::to_string(i)));
      protocol::AppendFrame(batch, protocol::RequestHeader(Operation::kBulkChunk, 10 + number),
                            ChunkBody(load, number, records, {}, {}));
    }
    ASSERT_OK(peer.SendBytes(batch));
    if (round % 2 == 0) ASSERT_OK(peer.Read());
  }
  WirePeer peer = Admin();
  const std::uint64_t load = BeginWhenIdle(peer);
  EXPECT_FALSE(Has(peer, "1-0"));
  ASSERT_OK_AND_ASSIGN(
      const WireReply chunk,
      peer.Call(Operation::kBulkChunk, 3, ChunkBody(load, 1, {ServerRecord("1-7")}, {}, {})));
  EXPECT_OK(chunk.error());
  ASSERT_OK_AND_ASSIGN(const WireReply end, peer.Call(Operation::kBulkEnd, 4, EndBody(load)));
  EXPECT_OK(end.error());
  EXPECT_TRUE(Has(peer, "1-7"));
  EXPECT_FALSE(Has(peer, "1-8"));
}

}  // namespace
}  // namespace kosei::testing
