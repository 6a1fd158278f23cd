// Question: does any byte stream, cut anywhere, crash what reads a Bolt connection (the handshake,
// the chunks, the messages and the parameters in them), exceed its memory, give other messages than
// the same stream in one piece, or give values that are written as others than they are? The first
// byte of the input says how it is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bolt/chunks.h"
#include "bolt/handshake.h"
#include "bolt/limits.h"
#include "bolt/request.h"
#include "fuzz_check.h"
#include "kosei/language/packstream.h"
#include "kosei/language/text_form.h"
#include "kosei/protocol/limits.h"

namespace kosei::server::bolt {
namespace {

struct Outcome {
  std::vector<std::string> messages;
  bool refused = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome Read(std::string_view stream, std::size_t piece) {
  ChunkReader reader(kMessageBytesMaxBeforeLogon);
  Outcome outcome;
  while (!stream.empty()) {
    const std::span<char> room = reader.Prepare();
    FUZZ_CHECK(!room.empty() && room.size() <= protocol::kReadSizeBusy);
    const std::size_t count = std::min({room.size(), stream.size(), piece});
    stream.copy(room.data(), count);
    reader.Commit(count);
    stream.remove_prefix(count);
    while (true) {
      absl::StatusOr<std::optional<std::string>> message = reader.Next();
      outcome.refused = !message.ok();
      if (outcome.refused) return outcome;
      if (!message->has_value()) break;
      FUZZ_CHECK(!(*message)->empty() && (*message)->size() <= kMessageBytesMaxBeforeLogon);
      outcome.messages.push_back(**std::move(message));
    }
  }
  return outcome;
}

std::string Written(const language::Datum& value) {
  language::Evaluation nothing;  // a parameter names no records
  std::string bytes;
  language::PackWriter(bytes, language::PackForm::kBolt5).Value(value, nothing);
  FUZZ_CHECK(!nothing.failed());
  return bytes;
}

void CheckParameters(std::string_view packed) {
  const absl::StatusOr<language::DatumMap> parameters = language::ReadParameters(packed);
  if (!parameters.ok()) return;
  for (const auto& [name, value] : *parameters) {
    language::Evaluation nothing;
    FUZZ_CHECK(!language::ToText(value, nothing).empty());
    const std::string bytes = Written(value);
    language::PackReader reader(bytes, language::PackSource::kClient);
    const absl::StatusOr<language::PackedValue> read = reader.Read();
    FUZZ_CHECK(read.ok() && reader.at_end());
    const absl::StatusOr<language::Datum> again = language::DatumOf(*read);
    FUZZ_CHECK(again.ok() && Written(*again) == bytes);
  }
}

// As every message, whatever its tag says.
void Decode(const std::string& message) {
  if (const std::optional<Tag> tag = TagOf(message); tag.has_value())
    FUZZ_CHECK(NameOf(*tag) != "message");
  (void)DecodeLogin(message).ok();
  (void)DecodeBegin(message).ok();
  (void)DecodePull(message).ok();
  (void)DecodeRoute(message).ok();
  if (const absl::StatusOr<Run> run = DecodeRun(message); run.ok())
    CheckParameters(run->parameters);
  std::string chunks;
  AppendMessage(chunks, message);
  FUZZ_CHECK(Read(chunks, chunks.size()).messages == std::vector<std::string>{message});
}

void CheckHandshake(std::string_view handshake) {
  const absl::StatusOr<std::optional<Version>> version = ChooseVersion(handshake);
  if (!version.ok()) return;
  FUZZ_CHECK(handshake.size() == kHandshakeSize);
  const std::string answer = EncodeVersion(*version);
  FUZZ_CHECK(answer.size() == 4 && (answer == std::string(4, '\0')) == !version->has_value());
}

}  // namespace
}  // namespace kosei::server::bolt

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace bolt = kosei::server::bolt;
  if (size == 0) return 0;
  std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = std::size_t{data[0]} + 1;
  bolt::CheckHandshake(stream.substr(0, bolt::kHandshakeSize));
  stream.remove_prefix(std::min(stream.size(), bolt::kHandshakeSize));
  const bolt::Outcome whole = bolt::Read(stream, stream.size());
  FUZZ_CHECK(bolt::Read(stream, piece) == whole);
  for (const std::string& message : whole.messages) bolt::Decode(message);
  return 0;
}
