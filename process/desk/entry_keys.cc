#include "desk/entry_keys.h"

#include <cstdint>

#include "absl/strings/str_format.h"

namespace kosei::process {

std::string NextEntryKey(const storage::Reader& reader, std::string_view record,
                         std::string_view letter, std::size_t skip) {
  const auto key = [&](std::uint64_t number) {
    return absl::StrFormat("%s/%s-%d", std::string(record), std::string(letter), number);
  };
  const auto taken = [&](std::uint64_t number) { return reader.IdOf(key(number)).has_value(); };
  std::uint64_t above = 1;
  while (taken(above)) above *= 2;
  std::uint64_t below = above / 2;
  while (above - below > 1) {
    const std::uint64_t middle = below + (above - below) / 2;
    (taken(middle) ? below : above) = middle;
  }
  return key(above + skip);
}

}  // namespace kosei::process
