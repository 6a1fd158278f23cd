// Question: does any byte stream, cut anywhere, crash FrameReader, misalign a body, exceed its
// memory, or give other frames than the same stream in one piece? The first byte of the input says
// how it is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_check.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"

namespace kosei::protocol {
namespace {

constexpr std::uint32_t kFuzzBodyMax = 4'096;

struct Outcome {
  std::vector<std::string> frames;  // header and body
  bool refused = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void TakeFrames(FrameReader& reader, Outcome& outcome) {
  while (!outcome.refused) {
    const absl::StatusOr<std::optional<Frame>> next = reader.Next();
    outcome.refused = !next.ok();
    if (!next.ok() || !next->has_value()) return;
    const Frame& frame = **next;
    FUZZ_CHECK(reinterpret_cast<std::uintptr_t>(frame.body.data()) % 8 == 0);
    FUZZ_CHECK(frame.body.size() == frame.header.body_size);
    FUZZ_CHECK(frame.body.size() <= kFuzzBodyMax);
    std::string taken(kFrameHeaderSize, '\0');
    EncodeHeader(frame.header, taken.data());
    outcome.frames.push_back(taken.append(frame.body));
  }
}

Outcome Read(std::string_view stream, std::size_t piece) {
  FrameReader reader(kFuzzBodyMax);
  Outcome outcome;
  while (!stream.empty() && !outcome.refused) {
    const std::span<char> room = reader.Prepare();
    FUZZ_CHECK(!room.empty());
    const std::size_t count = std::min({room.size(), stream.size(), piece});
    stream.copy(room.data(), count);
    reader.Commit(count);
    stream.remove_prefix(count);
    TakeFrames(reader, outcome);
    FUZZ_CHECK(reader.capacity() <= kReadSizeBusy);
  }
  return outcome;
}

}  // namespace
}  // namespace kosei::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = std::size_t{data[0]} + 1;
  FUZZ_CHECK(kosei::protocol::Read(stream, piece) == kosei::protocol::Read(stream, stream.size()));
  return 0;
}
