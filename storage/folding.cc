#include "kosei/storage/folding.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kosei/base/value.h"

namespace kosei::storage {
namespace {

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// ICU's own; nullptr when its data cannot be loaded.
const icu::Normalizer2* Normalizer() {
  static const icu::Normalizer2* const normalizer = [] {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const found = icu::Normalizer2::getNFKCCasefoldInstance(status);
    return U_SUCCESS(status) ? found : nullptr;
  }();
  return normalizer;
}

}  // namespace

bool IsAscii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    if ((eight & kHighBits) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; });
}

bool FoldText(std::string_view text, std::string& folded) {
  folded.clear();
  // Folded ASCII is lower-case ASCII of the same length.
  if (IsAscii(text)) {
    folded.resize(text.size());
    std::transform(text.begin(), text.end(), folded.begin(), ToLower);
    return true;
  }
  if (!IsValidUtf8(text) || Normalizer() == nullptr) return false;
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(&folded, static_cast<std::int32_t>(text.size()));
  Normalizer()->normalizeUTF8(0,
                              icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())),
                              sink, nullptr, status);
  if (U_FAILURE(status)) folded.clear();
  return U_SUCCESS(status);
}

std::string Folded(std::string_view text) {
  std::string folded;
  FoldText(text, folded);
  return folded;
}

std::string FoldingVersion() { return std::string("unicode ") + U_UNICODE_VERSION; }

}  // namespace kosei::storage
