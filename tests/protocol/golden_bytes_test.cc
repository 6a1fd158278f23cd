// The bytes that docs/protocol.md shows. A change here is a change of the protocol: it needs a new
// version, not a new expectation.
#include "kosei/base/bytes.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/session_generated.h"
#include "sample_frames.h"
#include "status_matchers.h"

namespace kosei::protocol {
namespace {

using testing::ErrorReplyFrame;
using testing::FromHex;
using testing::GetRequestFrame;

TEST(GoldenBytes, ClientPreface) {
  const ClientPreface preface{
      .version_max = 1, .version_min = 1, .capabilities = 0, .body_max = 16U << 20};
  const std::string hex = "4b4f5345010001000000000000000001";
  EXPECT_EQ(ToHex(EncodePreface(preface)), hex);
  ASSERT_OK_AND_ASSIGN(const ClientPreface decoded, DecodeClientPreface(FromHex(hex)));
  EXPECT_EQ(decoded.version_max, 1);
  EXPECT_EQ(decoded.version_min, 1);
  EXPECT_EQ(decoded.capabilities, 0U);
  EXPECT_EQ(decoded.body_max, 16U << 20);
}

TEST(GoldenBytes, ServerPreface) {
  const ServerPreface preface{.version = 1, .capabilities = 0, .body_max = 64U << 10};
  const std::string hex = "4b4f5345010000000000000000000100";
  EXPECT_EQ(ToHex(EncodePreface(preface)), hex);
  ASSERT_OK_AND_ASSIGN(const ServerPreface decoded, DecodeServerPreface(FromHex(hex)));
  EXPECT_EQ(decoded.version, 1);
  EXPECT_EQ(decoded.body_max, 64U << 10);
}

TEST(GoldenBytes, EveryFieldOfAHeaderHasItsPlace) {
  const FrameHeader header{.body_size = 0x04030201,
                           .opcode = 0x0605,
                           .flags = 0x07,
                           .codec = 0x08,
                           .request_id = 0x100F0E0D0C0B0A09,
                           .body_crc32c = 0x14131211,
                           .sequence = 0x18171615};
  char bytes[kFrameHeaderSize];
  EncodeHeader(header, bytes);
  EXPECT_EQ(ToHex({bytes, kFrameHeaderSize}), "0102030405060708090a0b0c0d0e0f101112131415161718");
  EXPECT_EQ(DecodeHeader(bytes), header);
}

TEST(GoldenBytes, GetRequest) {
  EXPECT_EQ(ToHex(GetRequestFrame()),
            "48000000150000000100000000000000acfb7d3d00000000"
            "100000000000000008000c000400080008000000200000000c00000008001000"
            "0f00040008000000070000000000000000000001010000000400000005000000"
            "7765622d31000000");
}

TEST(GoldenBytes, ErrorReply) {
  EXPECT_EQ(ToHex(ErrorReplyFrame()),
            "d00000001600030001000000000000005b3400bd00000000"
            "1800000014001c00180014001300000000000c00080004001400000018000000"
            "240000006c000000000000048c0000009801000008000000626173656c696e65"
            "0000000045000000e69caae79fa5e381aee38399e383bce382b9e383a9e382a4"
            "e383b3e381a7e381993a206f70656e20766965773a207468657265206973206e"
            "6f20626173656c696e65205133000000220000006f70656e20766965773a2074"
            "68657265206973206e6f20626173656c696e65205133000010000000554e4b4e"
            "4f574e5f424153454c494e4500000000");
}

TEST(Preface, RefusesWhatIsNoPreface) {
  struct Case {
    std::string_view name;
    std::string bytes;
  };
  const Case cases[] = {
      {"an HTTP request", "GET / HTTP/1.1\r\n"},
      {"a TLS hello", FromHex("16030100fa010000f60303aabbccddee")},
      {"too short", FromHex("4b4f53450100010000000000000000")},
      {"too long", FromHex("4b4f534501000100000000000000000100")},
      {"version 0", FromHex("4b4f5345000000000000000000000001")},
      {"lowest above highest", FromHex("4b4f5345010002000000000000000001")},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(DecodeClientPreface(c.bytes), testing::HasErrorCode(ErrorCode::kMalformedFrame));
  }
  EXPECT_THAT(DecodeServerPreface("HTTP/1.1 400 Bad"),
              testing::IsError(ErrorCode::kMalformedFrame, "does not speak the kosei protocol"));
}

TEST(Preface, ChoosesTheVersionBothSpeak) {
  const auto choose = [](std::uint16_t low, std::uint16_t high) {
    return ChooseVersion(ClientPreface{.version_max = high, .version_min = low});
  };
  EXPECT_EQ(choose(1, 1), 1);
  EXPECT_EQ(choose(1, 9), 1);
  EXPECT_EQ(choose(2, 9), 0);
}

TEST(Headers, SayWhoAnswersWhat) {
  const FrameHeader request = RequestHeader(Operation::kImpact, 77);
  EXPECT_EQ(request.opcode, 27);
  EXPECT_EQ(request.flags, 0);
  const FrameHeader first = ReplyHeader(request, 0, 0);
  EXPECT_EQ(first.opcode, 28);
  EXPECT_EQ(first.request_id, 77U);
  EXPECT_EQ(first.flags, 0);
  const FrameHeader last = ReplyHeader(request, 3);
  EXPECT_EQ(last.sequence, 3U);
  EXPECT_EQ(last.flags, kEndOfStream);
  const FrameHeader error = ErrorHeader(request, 2);
  EXPECT_EQ(error.opcode, 28);
  EXPECT_EQ(error.sequence, 2U);
  EXPECT_EQ(error.flags, kErrorFlag | kEndOfStream);
  EXPECT_EQ(OneWayHeader(Operation::kCancel).flags, kOneWay);
  EXPECT_EQ(ConnectionErrorHeader().opcode, OpcodeOf(Operation::kGoAway));
  EXPECT_EQ(ConnectionErrorHeader().request_id, 0U);
  FrameHeader nonsense;
  nonsense.opcode = 0xFFFE;
  EXPECT_EQ(ErrorHeader(nonsense).opcode, 0xFFFE);
}

TEST(Frames, AreTheSameByEitherWayOfBuilding) {
  flatbuffers::FlatBufferBuilder builder;
  const FrameHeader header = RequestHeader(Operation::kPing, 5);
  std::string appended;
  AppendFrame(appended, header, FinishBody(builder, fb::CreatePing(builder, 99)));
  EXPECT_EQ(appended.size() % 8, 0U);
  builder.Clear();
  EXPECT_EQ(FinishFrame(builder, fb::CreatePing(builder, 99), header), appended);
  const flatbuffers::DetachedBuffer taken = builder.Release();
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(taken.data()), taken.size()), appended);
}

TEST(Frames, LeaveTheChecksumOutWhenAsked) {
  std::string frame;
  AppendFrame(frame, RequestHeader(Operation::kPing, 5), "12345678", Checksum::kSkip);
  EXPECT_EQ(DecodeHeader(frame.data()).body_crc32c, 0U);
  EXPECT_EQ(DecodeHeader(frame.data()).body_size, 8U);
}

}  // namespace
}  // namespace kosei::protocol
