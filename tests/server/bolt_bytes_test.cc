// Bolt without a socket: the bytes of handshake and chunks, what is read of messages, and the names
// of errors.
#include <algorithm>
#include <chrono>
#include <string>

#include "bolt/chunks.h"
#include "bolt/failure.h"
#include "bolt/handshake.h"
#include "bolt/reply.h"
#include "bolt_peer.h"
#include "gtest/gtest.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/limits.h"
#include "status_matchers.h"

namespace kosei::server::bolt {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;
using kosei::testing::Packed;
using kosei::testing::PackedListOf;
using kosei::testing::PackedMapOf;

std::string Handshake(const std::vector<std::string>& offers) {
  std::string bytes = "\x60\x60\xB0\x17";
  for (const std::string& offer : offers) bytes += offer;
  bytes.resize(kHandshakeSize, '\0');
  return bytes;
}

std::string Offer(int range, int minor, int major) {
  return {'\0', static_cast<char>(range), static_cast<char>(minor), static_cast<char>(major)};
}

TEST(BoltVersion, TheFirstOfferThatIsServedIsTakenInItsNewestVersion) {
  struct Case {
    std::string name;
    std::vector<std::string> offers;
    std::string answer;
  };
  const std::string manifest{"\0\0\1\xFF", 4};
  const std::vector<Case> cases = {
      {"exactly", {Offer(0, 4, 5)}, Offer(0, 4, 5)},
      {"the first of a range", {Offer(4, 4, 5)}, Offer(0, 4, 5)},
      {"a range from above", {Offer(8, 8, 5)}, Offer(0, 4, 5)},
      {"a range that ends above", {Offer(2, 8, 5), Offer(0, 4, 4)}, Offer(0, 4, 4)},
      {"an old minor", {Offer(1, 1, 5)}, Offer(0, 1, 5)},
      {"5.0", {Offer(0, 0, 5)}, Offer(0, 0, 5)},
      {"4.4 of a range", {Offer(2, 4, 4)}, Offer(0, 4, 4)},
      {"the client's order counts", {Offer(0, 4, 4), Offer(0, 4, 5)}, Offer(0, 4, 4)},
      {"a manifest is passed over", {manifest, Offer(8, 8, 5)}, Offer(0, 4, 5)},
      {"4.3 is not served", {Offer(0, 3, 4), Offer(0, 0, 3)}, Offer(0, 0, 0)},
      {"a later major", {Offer(0, 0, 6)}, Offer(0, 0, 0)},
      {"nothing", {}, Offer(0, 0, 0)},
      {"a range below zero", {Offer(255, 4, 5)}, Offer(0, 4, 5)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto version = ChooseVersion(Handshake(c.offers));
    ASSERT_OK(version);
    EXPECT_EQ(EncodeVersion(*version), c.answer);
  }
}

TEST(BoltVersion, WhatIsNotBoltIsRefused) {
  EXPECT_THAT(ChooseVersion("GET / HTTP/1.1\r\nHost"), HasErrorCode(ErrorCode::kMalformedFrame));
  EXPECT_THAT(ChooseVersion("\x60\x60\xB0\x17"), HasErrorCode(ErrorCode::kMalformedFrame));
}

// What the reader makes of bytes that come in parts of `size`.
absl::StatusOr<std::vector<std::string>> Read(std::string_view bytes, std::size_t size,
                                              std::size_t message_max = 200'000) {
  ChunkReader reader(message_max);
  std::vector<std::string> messages;
  while (!bytes.empty()) {
    const std::span<char> room = reader.Prepare();
    const std::size_t count = std::min({size, bytes.size(), room.size()});
    bytes.copy(room.data(), count);
    bytes.remove_prefix(count);
    reader.Commit(count);
    while (true) {
      KOSEI_ASSIGN_OR_RETURN(std::optional<std::string> message, reader.Next());
      if (!message.has_value()) break;
      messages.push_back(*std::move(message));
    }
  }
  return messages;
}

TEST(BoltChunks, AMessageIsItsChunksAndAZero) {
  std::string bytes;
  AppendMessage(bytes, "abc");
  EXPECT_EQ(bytes, std::string("\0\3abc\0\0", 7));
  bytes.clear();
  AppendMessage(bytes, std::string(65'536, 'x'));
  EXPECT_EQ(bytes.size(), 2 + 65'535 + 2 + 1 + 2);
  EXPECT_EQ(bytes.substr(0, 3), "\xFF\xFFx");
  EXPECT_EQ(bytes.substr(2 + 65'535), std::string("\0\1x\0\0", 5));
}

TEST(BoltChunks, MessagesAreTheSameHoweverTheirBytesCome) {
  std::string bytes(kNoop);
  AppendMessage(bytes, "first");
  bytes += kNoop;
  bytes += kNoop;
  bytes += std::string("\0\2se\0\4cond\0\0", 12);  // in two chunks
  AppendMessage(bytes, std::string(100'000, 'l'));
  for (const std::size_t size : std::vector<std::size_t>{1, 2, 3, 7, 4'096, 1'000'000}) {
    SCOPED_TRACE(size);
    const auto messages = Read(bytes, size);
    ASSERT_OK(messages);
    ASSERT_EQ(messages->size(), 3U);
    EXPECT_EQ((*messages)[0], "first");
    EXPECT_EQ((*messages)[1], "second");
    EXPECT_EQ((*messages)[2], std::string(100'000, 'l'));
  }
}

TEST(BoltChunks, AMessageThatGrowsTooLargeIsRefusedBeforeItIsThere) {
  const std::string chunk = std::string("\x01\x00", 2) + std::string(256, 'x');
  EXPECT_OK(Read(chunk + chunk + std::string(kNoop), 100, 512));
  EXPECT_THAT(Read(chunk + chunk + std::string("\0\1", 2), 100, 512),
              HasErrorCode(ErrorCode::kFrameTooLarge))
      << "its length alone is enough";
}

std::string Message(Tag tag, const std::vector<std::string>& parts) {
  std::string message;
  language::PackWriter(message, language::PackForm::kBolt5)
      .StructureHead(parts.size(), static_cast<std::uint8_t>(tag));
  for (const std::string& part : parts) message += part;
  return message;
}

std::string RunWith(const std::string& extra) {
  return Message(Tag::kRun, {Packed("RETURN 1"), PackedMapOf({}), extra});
}

TEST(BoltRequest, RunCarriesTextParametersAndTerms) {
  const std::string bookmarks = PackedListOf({Packed("kosei:7")});
  const std::string metadata = PackedMapOf({{"as_of", Packed(std::int64_t{4711})},
                                            {"plan", Packed("move")},
                                            {"app", Packed("an application's own")}});
  const auto run = DecodeRun(Message(
      Tag::kRun, {Packed("RETURN $名"), PackedMapOf({{"名", Packed("網")}, {"a", Packed("b")}}),
                  PackedMapOf({{"bookmarks", bookmarks},
                               {"tx_timeout", Packed(std::int64_t{1500})},
                               {"tx_metadata", metadata},
                               {"mode", Packed("w")},
                               {"db", Packed("neo4j")}})}));
  ASSERT_OK(run);
  EXPECT_EQ(run->text, "RETURN $名");
  EXPECT_EQ(run->parameters, PackedMapOf({{"名", Packed("網")}, {"a", Packed("b")}}))
      << "as they came";
  EXPECT_EQ(run->terms.database, "neo4j");
  EXPECT_EQ(run->terms.bookmarks, std::vector<std::string>{"kosei:7"});
  EXPECT_EQ(run->terms.timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(run->terms.view.kind, storage::ViewName::Kind::kCommit);
  EXPECT_EQ(run->terms.view.commit.value, 4711U);
  EXPECT_EQ(run->terms.view.plan, "move");
}

TEST(BoltRequest, WholeFloatsAreNumbersWhereALanguageHasNoOthers) {
  std::string float_commit;
  language::PackWriter(float_commit, language::PackForm::kBolt5).Float(4711.0);
  const auto run = DecodeRun(RunWith(PackedMapOf(
      {{"tx_timeout", float_commit}, {"tx_metadata", PackedMapOf({{"as_of", float_commit}})}})));
  ASSERT_OK(run);
  EXPECT_EQ(run->terms.timeout, std::chrono::milliseconds(4711));
  EXPECT_EQ(run->terms.view.commit.value, 4711U);
}

TEST(BoltRequest, AsOfTakesAnInstantOrABaseline) {
  const auto at = DecodeRun(RunWith(
      PackedMapOf({{"tx_metadata", PackedMapOf({{"as_of", Packed("2026-03-01T09:00:00+09:00")},
                                                {"valid_at", Packed("2026-04-01T00:00:00Z")}})}})));
  ASSERT_OK(at);
  EXPECT_EQ(at->terms.view.kind, storage::ViewName::Kind::kTime);
  EXPECT_EQ(at->terms.view.time.micros, 1'772'323'200'000'000);
  EXPECT_EQ(at->terms.view.valid_at->micros, 1'775'001'600'000'000);
  const auto baseline =
      DecodeRun(RunWith(PackedMapOf({{"tx_metadata", PackedMapOf({{"as_of", Packed("Q3")}})}})));
  ASSERT_OK(baseline);
  EXPECT_EQ(baseline->terms.view.baseline, "Q3");
}

TEST(BoltRequest, WhatIsOfTheWrongKindIsNamed) {
  const std::string number = Packed(std::int64_t{1});
  EXPECT_THAT(DecodeRun(RunWith(PackedMapOf({{"db", number}}))),
              IsError(ErrorCode::kInvalidArgument, "db is not text"));
  EXPECT_THAT(DecodeRun(RunWith(PackedMapOf({{"tx_timeout", Packed("soon")}}))),
              IsError(ErrorCode::kInvalidArgument, "tx_timeout is not a whole number"));
  EXPECT_THAT(DecodeRun(RunWith(PackedMapOf({{"bookmarks", PackedListOf({number})}}))),
              IsError(ErrorCode::kInvalidArgument, "bookmarks is not a list of texts"));
  EXPECT_THAT(DecodeRun(RunWith(PackedMapOf(
                  {{"tx_metadata", PackedMapOf({{"as_of", PackedListOf({number})}})}}))),
              IsError(ErrorCode::kInvalidArgument, "as_of"));
  EXPECT_THAT(DecodePull(Message(Tag::kPull, {PackedMapOf({{"n", Packed(std::int64_t{0})}})})),
              IsError(ErrorCode::kInvalidArgument, "n is not a number of records"));
  EXPECT_THAT(DecodeRun(Message(Tag::kRun, {Packed("RETURN 1")})),
              HasErrorCode(ErrorCode::kMalformedFrame));
  EXPECT_THAT(DecodeRun(RunWith(PackedMapOf({})) + "x"), HasErrorCode(ErrorCode::kMalformedFrame));
}

// Every cut of a good message, and every byte of it changed: an answer, and nothing else.
TEST(BoltRequest, BrokenMessagesAreErrors) {
  const std::string good =
      Message(Tag::kRun, {Packed("RETURN $a"), PackedMapOf({{"a", PackedListOf({Packed("b")})}}),
                          PackedMapOf({{"tx_metadata", PackedMapOf({{"as_of", Packed("Q3")}})}})});
  ASSERT_OK(DecodeRun(good));
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    EXPECT_THAT(DecodeRun(good.substr(0, cut)), HasErrorCode(ErrorCode::kMalformedFrame)) << cut;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xFF}) {
      std::string changed = good;
      changed[at] = static_cast<char>(changed[at] ^ change);
      const auto run = DecodeRun(changed);
      if (!run.ok()) EXPECT_FALSE(MessageOf(run.status()).empty());
    }
  }
}

TEST(BoltReply, TheBytesOfSuccessFailureAndIgnored) {
  Metadata metadata;
  metadata.Text("db", "kosei");
  metadata.Boolean("has_more", true);
  EXPECT_EQ(Success(metadata), std::string("\0\x16\xB1\x70\xA2\x82"
                                           "db\x85kosei\x88has_more\xC3\0\0",
                                           26));
  EXPECT_EQ(Ignored(), std::string("\0\2\xB0\x7E\0\0", 6));
  EXPECT_EQ(Failure("c", "m"), std::string("\0\x14\xB1\x7F\xA2\x84"
                                           "code\x81"
                                           "c\x87message\x81m\0\0",
                                           24));
}

TEST(BoltReply, AFailureSaysNoMoreThanFits) {
  const std::string text = Failure("c", std::string(protocol::kErrorMessageMax - 1, 'x') + "語");
  EXPECT_LT(text.size(), protocol::kErrorMessageMax + 40);
  EXPECT_TRUE(text.ends_with(std::string("xx\0\0", 4))) << "cut at a character";
}

TEST(BoltFailure, DriversTryAgainExactlyWhatMaySucceedLater) {
  for (const ErrorInfo& info : ErrorTable()) {
    SCOPED_TRACE(info.symbol);
    const std::string_view neo = NeoCodeOf(MakeError(info.code, "a message"));
    const bool transient = neo.starts_with("Neo.TransientError.");
    EXPECT_TRUE(transient || neo.starts_with("Neo.ClientError.") ||
                neo.starts_with("Neo.DatabaseError."))
        << neo;
    if (info.category == ErrorCategory::kTransient) EXPECT_TRUE(transient) << neo;
    if (info.category == ErrorCategory::kClient) EXPECT_FALSE(transient) << neo;
  }
  EXPECT_EQ(NeoCodeOf(MakeError(ErrorCode::kQueryUnsupported, "m", "ReadOnly")),
            "Neo.ClientError.Statement.AccessMode");
  EXPECT_EQ(NeoCodeOf(MakeError(ErrorCode::kQueryUnsupported, "m", "Else")),
            "Neo.ClientError.Statement.UnsupportedOperationError");
  EXPECT_EQ(NeoCodeOf(MakeError(ErrorCode::kUnauthenticated, "m")),
            "Neo.ClientError.Security.Unauthorized");
}

}  // namespace
}  // namespace kosei::server::bolt
