#include "names.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "text_check.h"

namespace kosei::model {
namespace {

constexpr std::size_t kQuotedBytesMax = 80;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Lower-case words of letters and digits with single underscores between them.
bool IsSnake(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name.back() == '_') return false;
  char before = '_';
  for (const char c : name) {
    if (c == '_' ? before == '_' : !IsLower(c) && !IsDigit(c)) return false;
    before = c;
  }
  return true;
}

// Optimal string alignment distance of two names of at most kNameBytesMax bytes.
std::size_t Distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kNameBytesMax + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), ToLower);
  return lowered;
}

}  // namespace

bool IsClassName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !IsUpper(name.front())) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLower(c) || IsUpper(c) || IsDigit(c); });
}

bool IsSnakeName(std::string_view name) { return IsSnake(name) && IsLower(name.front()); }

bool IsEnumValueName(std::string_view name) { return IsSnake(name); }

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size() && out.size() < kQuotedBytesMax) {
    const std::size_t length = CharacterLength(text.substr(at, 4));
    const auto byte = static_cast<unsigned char>(text[at]);
    if (length == 0 || byte < 0x20 || byte == 0x7F) {
      out += absl::StrFormat("\\x%02x", byte);
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  out += at < text.size() ? "...\"" : "\"";
  return out;
}

// A third of the letters may differ; of one or two letters none, but for their case.
NearestName::NearestName(std::string_view wanted)
    : wanted_(wanted.size() <= kNameBytesMax ? Lowered(wanted) : std::string()),
      distance_max_(wanted_.size() / 3) {}

void NearestName::Offer(std::string_view known) {
  if (wanted_.empty() || known.empty() || known.size() > kNameBytesMax) return;
  const std::size_t longer = std::max(known.size(), wanted_.size());
  const std::size_t shorter = std::min(known.size(), wanted_.size());
  if (longer - shorter > distance_max_) return;
  const std::size_t distance = Distance(wanted_, Lowered(known));
  if (distance > distance_max_) return;
  if (distance == distance_max_ && !best_.empty() && best_ < known) return;
  best_ = known;
  distance_max_ = distance;
}

std::string NearestName::Suggestion() const {
  if (best_.empty()) return {};
  return absl::StrFormat("; did you mean \"%s\"?", best_);
}

}  // namespace kosei::model
