// FrameReader against every way in which a stream can be cut, broken or hostile.
#include <algorithm>
#include <random>

#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"
#include "sample_frames.h"
#include "status_matchers.h"

namespace kosei::protocol {
namespace {

using testing::GetRequestFrame;

struct Taken {
  FrameHeader header;
  std::string body;
  friend bool operator==(const Taken&, const Taken&) = default;
};

void Feed(FrameReader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = reader.Prepare();
    ASSERT_FALSE(room.empty());
    const std::size_t count = std::min(room.size(), bytes.size());
    bytes.copy(room.data(), count);
    reader.Commit(count);
    bytes.remove_prefix(count);
  }
}

// Takes all whole frames. Every body must be aligned.
absl::Status Drain(FrameReader& reader, std::vector<Taken>& taken) {
  while (true) {
    const absl::StatusOr<std::optional<Frame>> next = reader.Next();
    if (!next.ok()) return next.status();
    if (!next->has_value()) return absl::OkStatus();
    const Frame& frame = **next;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame.body.data()) % 8, 0U);
    EXPECT_EQ(frame.body.size(), frame.header.body_size);
    taken.push_back({frame.header, std::string(frame.body)});
  }
}

// Feeds in pieces of `piece` bytes, taking frames after each.
std::vector<Taken> ReadInPieces(std::string_view stream, std::size_t piece) {
  FrameReader reader(kBodyMax);
  std::vector<Taken> taken;
  while (!stream.empty()) {
    Feed(reader, stream.substr(0, piece));
    stream.remove_prefix(std::min(piece, stream.size()));
    EXPECT_OK(Drain(reader, taken));
  }
  EXPECT_FALSE(reader.mid_frame());
  return taken;
}

// Frames with bodies of all lengths modulo 8, so that borders fall everywhere.
std::string MixedStream(std::vector<Taken>& expected) {
  std::string stream;
  for (std::uint32_t i = 0; i < 40; ++i) {
    std::string body(i * 7 % 61, static_cast<char>('a' + i % 26));
    FrameHeader header = RequestHeader(Operation::kGet, i);
    header.sequence = i;
    expected.push_back({Seal(header, body), body});
    AppendFrame(stream, header, body);
  }
  return stream;
}

TEST(FrameReader, ReassemblesAFrameCutAtAnyByte) {
  const std::string frame = GetRequestFrame();
  for (std::size_t cut = 0; cut <= frame.size(); ++cut) {
    SCOPED_TRACE(cut);
    FrameReader reader(kBodyMax);
    std::vector<Taken> taken;
    Feed(reader, std::string_view(frame).substr(0, cut));
    ASSERT_OK(Drain(reader, taken));
    EXPECT_EQ(reader.mid_frame(), cut > 0 && cut < frame.size());
    EXPECT_EQ(taken.size(), cut == frame.size() ? 1U : 0U);
    Feed(reader, std::string_view(frame).substr(cut));
    ASSERT_OK(Drain(reader, taken));
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].body, frame.substr(kFrameHeaderSize));
    EXPECT_FALSE(reader.mid_frame());
  }
}

TEST(FrameReader, ReadsFramesOfAnyLengthFromPiecesOfAnyLength) {
  std::vector<Taken> expected;
  const std::string stream = MixedStream(expected);
  for (std::size_t piece = 1; piece <= 200; ++piece) {
    SCOPED_TRACE(piece);
    EXPECT_EQ(ReadInPieces(stream, piece), expected);
  }
  EXPECT_EQ(ReadInPieces(stream, stream.size()), expected);
}

TEST(FrameReader, ReadsSmallAndLargeFramesInAnyOrder) {
  const unsigned seed = 20261122;
  std::mt19937 random(seed);
  SCOPED_TRACE(seed);
  const std::size_t sizes[] = {0, 8, 100, 4'096, 65'535, 65'536, 300'000, 1U << 20};
  std::string stream;
  std::vector<Taken> expected;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const std::string body(sizes[random() % std::size(sizes)] + random() % 9, static_cast<char>(i));
    const FrameHeader header = RequestHeader(Operation::kBulkChunk, i);
    expected.push_back({Seal(header, body), body});
    AppendFrame(stream, header, body);
  }
  for (const std::size_t piece : {1'000U, 4'096U, 65'536U, 1'000'003U}) {
    SCOPED_TRACE(piece);
    EXPECT_TRUE(ReadInPieces(stream, piece) == expected);
  }
}

TEST(FrameReader, KeepsFramesThatTheCallerHasNotTakenYet) {
  std::vector<Taken> expected;
  std::string stream;
  while (stream.size() < 300'000) stream += MixedStream(expected);
  FrameReader reader(kBodyMax);
  Feed(reader, stream);
  std::vector<Taken> taken;
  ASSERT_OK(Drain(reader, taken));
  EXPECT_TRUE(taken == expected);
}

TEST(FrameReader, RefusesAnOversizeBodyBeforeItTakesMemory) {
  FrameReader reader(kBodyMaxBeforeHello);
  FrameHeader header = RequestHeader(Operation::kHello, 1);
  header.body_size = kBodyMaxBeforeHello + 1;
  char bytes[kFrameHeaderSize];
  EncodeHeader(header, bytes);
  Feed(reader, {bytes, kFrameHeaderSize});
  EXPECT_THAT(reader.Next(), testing::IsError(ErrorCode::kFrameTooLarge, "at most 65536"));
  EXPECT_LE(reader.capacity(), kReadSizeFirst);
  EXPECT_THAT(reader.Next(), testing::HasErrorCode(ErrorCode::kFrameTooLarge));
}

TEST(FrameReader, TakesTheLargestBodyAndNoLarger) {
  for (const std::uint32_t extra : {0U, 1U}) {
    SCOPED_TRACE(extra);
    std::string frame;
    AppendFrame(frame, RequestHeader(Operation::kHello, 1),
                std::string(kBodyMaxBeforeHello + extra, 'x'));
    FrameReader reader(kBodyMaxBeforeHello);
    Feed(reader, std::string_view(frame).substr(0, kFrameHeaderSize));
    EXPECT_EQ(reader.Next().ok(), extra == 0);
  }
}

TEST(FrameReader, TakesLargerBodiesOnceTheLimitIsRaised) {
  std::string frame;
  AppendFrame(frame, RequestHeader(Operation::kMutate, 1), std::string(100'000, 'x'));
  FrameReader reader(kBodyMaxBeforeHello);
  reader.set_body_max(kBodyMax);
  Feed(reader, frame);
  std::vector<Taken> taken;
  EXPECT_OK(Drain(reader, taken));
  EXPECT_EQ(taken.size(), 1U);
}

TEST(FrameReader, GivesTheMemoryOfALargeFrameBack) {
  FrameReader reader(kBodyMax);
  std::string frame;
  AppendFrame(frame, RequestHeader(Operation::kBulkChunk, 1), std::string(8U << 20, 'x'));
  std::vector<Taken> taken;
  Feed(reader, std::string_view(frame).substr(0, kReadSizeFirst));
  ASSERT_OK(Drain(reader, taken));
  Feed(reader, std::string_view(frame).substr(kReadSizeFirst));
  ASSERT_OK(Drain(reader, taken));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(reader.capacity(), frame.size());
  EXPECT_FALSE(reader.Prepare().empty());
  EXPECT_LE(reader.capacity(), kReadBufferKept);
}

TEST(FrameReader, StartsSmall) {
  FrameReader reader(kBodyMax);
  EXPECT_EQ(reader.capacity(), 0U);
  EXPECT_EQ(reader.Prepare().size(), kReadSizeFirst);
}

TEST(FrameReader, RefusesHeadersThatMakeNoSense) {
  struct Case {
    std::string_view name;
    FrameHeader header;
    std::string_view told;
  };
  const Case cases[] = {
      {"codec", {.opcode = 21, .codec = 2}, "codec 2"},
      {"unknown flag", {.opcode = 21, .flags = 8}, "unknown flags 8"},
      {"all flags", {.opcode = 22, .flags = 255}, "unknown flags 255"},
      {"opcode 0", {.opcode = 0}, "operation 0"},
      {"a request as error", {.opcode = 21, .flags = kErrorFlag}, "error flag"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    char bytes[kFrameHeaderSize];
    EncodeHeader(c.header, bytes);
    FrameReader reader(kBodyMax);
    Feed(reader, {bytes, kFrameHeaderSize});
    EXPECT_THAT(reader.Next(), testing::IsError(ErrorCode::kMalformedFrame, std::string(c.told)));
  }
}

TEST(FrameReader, LeavesUnknownOperationsToTheDispatcher) {
  std::string frame;
  AppendFrame(frame, FrameHeader{.opcode = 60'001, .request_id = 4}, "");
  FrameReader reader(kBodyMax);
  Feed(reader, frame);
  std::vector<Taken> taken;
  EXPECT_OK(Drain(reader, taken));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(FindOperation(taken[0].header.opcode), nullptr);
}

// Body bytes are under the checksum. Header bytes are not, so a flip there may pass as another
// frame, but never with another body, and never crashes.
TEST(FrameReader, SurvivesEverySingleByteFlip) {
  const std::string frame = GetRequestFrame();
  for (std::size_t at = 0; at < frame.size(); ++at) {
    for (int mask = 1; mask < 256; ++mask) {
      std::string flipped = frame;
      flipped[at] = static_cast<char>(flipped[at] ^ mask);
      FrameReader reader(kBodyMax);
      Feed(reader, flipped);
      const absl::StatusOr<std::optional<Frame>> next = reader.Next();
      if (at >= kFrameHeaderSize) {
        ASSERT_THAT(next, testing::IsError(ErrorCode::kMalformedFrame, "checksum")) << at;
      } else if (next.ok() && next->has_value()) {
        ASSERT_EQ((*next)->body, std::string_view(frame).substr(kFrameHeaderSize)) << at;
      }
    }
  }
}

TEST(FrameReader, AnErrorIsFinalEvenWhenGoodFramesFollow) {
  std::string stream = GetRequestFrame();
  stream.back() = static_cast<char>(stream.back() ^ 1);
  stream += GetRequestFrame();
  FrameReader reader(kBodyMax);
  Feed(reader, stream);
  EXPECT_THAT(reader.Next(), testing::HasErrorCode(ErrorCode::kMalformedFrame));
  EXPECT_THAT(reader.Next(), testing::HasErrorCode(ErrorCode::kMalformedFrame));
}

TEST(FrameReader, DoesNotCheckABodyWithoutChecksum) {
  std::string frame;
  AppendFrame(frame, RequestHeader(Operation::kPing, 1), "12345678", Checksum::kSkip);
  frame.back() = 'x';
  FrameReader reader(kBodyMax);
  Feed(reader, frame);
  std::vector<Taken> taken;
  EXPECT_OK(Drain(reader, taken));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].body, "1234567x");
}

}  // namespace
}  // namespace kosei::protocol
