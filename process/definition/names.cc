#include "definition/names.h"

#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/value.h"

namespace kosei::process {
namespace {

constexpr std::size_t kShownBytesMax = 80;
constexpr std::size_t kListedMax = 12;

bool IsNameLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Bytes of the character at the front, 0 when it is none.
std::size_t CharacterBytes(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
    if (IsValidUtf8(text.substr(0, length))) return length;
  return 0;
}

}  // namespace

bool IsPlainName(std::string_view name) {
  if (name.empty() || name.size() > kDefinitionNameBytesMax || name.back() == '_') return false;
  char before = '_';
  for (const char c : name) {
    if (c == '_' ? before == '_' : !IsNameLetter(c)) return false;
    before = c;
  }
  return true;
}

std::string Shown(std::string_view text) {
  std::string shown = "\"";
  while (!text.empty() && shown.size() < kShownBytesMax) {
    const std::size_t length = CharacterBytes(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      shown += absl::StrFormat("\\x%02x", byte);
      text.remove_prefix(1);
    } else {
      shown += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return shown + (text.empty() ? "\"" : "...\"");
}

std::string HintFrom(std::string_view wanted,
                     absl::FunctionRef<void(absl::FunctionRef<void(std::string_view)>)> each) {
  std::vector<std::string> known;
  each([&](std::string_view name) { known.emplace_back(name); });
  NearestName nearest(wanted);
  for (const std::string& name : known) nearest.Offer(name);
  if (!nearest.best().empty()) return nearest.Suggestion();
  if (known.empty()) return "; there is none";
  if (known.size() == 1) return "; there is only " + known.front();
  const bool all = known.size() <= kListedMax;
  if (!all) known.resize(kListedMax);
  return "; there are " + Joined(known) + (all ? "" : ", ...");
}

}  // namespace kosei::process
