// Question: does any body crash Open<>, or pass it and then be unsafe or unbounded to read? The
// first byte of the input chooses the message.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "every_message.h"
#include "fuzz_check.h"
#include "kosei/base/status_macros.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto& kinds = kosei::testing::kEveryMessage;
  const kosei::testing::MessageKind& kind = kinds[data[0] % kinds.size()];
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Safe on its own too, since the verifier passes over deprecated fields.
  kosei::IgnoreError(kosei::protocol::internal::CheckWalk(body, kind.type()), "may be refused");
  if (kind.open(body).ok()) {
    // As text a byte takes at most 6 characters ("\u0000" and the like), a number or bracket a few
    // more.
    const std::string text = kosei::testing::ReadAll(body, kind);
    FUZZ_CHECK(text.size() <= 4'096 + 64 * kosei::protocol::kWalkFactorMax * body.size());
  }
  if (kind.name == "Error") FUZZ_CHECK(!kosei::protocol::DecodeError(body).ok());
  return 0;
}
