#include "debian/dependency.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kosei::cli::debian {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string NameOf(std::string_view relation) {
  const std::size_t first = relation.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  relation.remove_prefix(first);
  return std::string(relation.substr(0, relation.find_first_of(" \t\r\n(:[<")));
}

// Order of a character that is no digit: '~' before the end, the end before letters, letters before
// the rest.
int OrderOf(char c) {
  if (c == '~') return -1;
  if (IsLetter(c)) return static_cast<unsigned char>(c);
  return static_cast<unsigned char>(c) + 256;
}

int CompareParts(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !IsDigit(a[i])) || (j < b.size() && !IsDigit(b[j]))) {
      const int left = i < a.size() && !IsDigit(a[i]) ? OrderOf(a[i]) : 0;
      const int right = j < b.size() && !IsDigit(b[j]) ? OrderOf(b[j]) : 0;
      if (left != right) return left < right ? -1 : 1;
      ++i;
      ++j;
    }
    while (i < a.size() && a[i] == '0') ++i;
    while (j < b.size() && b[j] == '0') ++j;
    const std::size_t from_a = i;
    const std::size_t from_b = j;
    while (i < a.size() && IsDigit(a[i])) ++i;
    while (j < b.size() && IsDigit(b[j])) ++j;
    if (i - from_a != j - from_b) return i - from_a < j - from_b ? -1 : 1;
    const int digits = a.substr(from_a, i - from_a).compare(b.substr(from_b, j - from_b));
    if (digits != 0) return digits < 0 ? -1 : 1;
  }
  return 0;
}

struct Version {
  std::string_view epoch = "0";
  std::string_view upstream;
  std::string_view revision = "0";
};
Version Split(std::string_view text) {
  Version version;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    version.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (const std::size_t hyphen = text.rfind('-'); hyphen != std::string_view::npos) {
    version.revision = text.substr(hyphen + 1);
    text = text.substr(0, hyphen);
  }
  version.upstream = text;
  return version;
}

}  // namespace

std::vector<Alternatives> ParseRelations(std::string_view field) {
  std::vector<Alternatives> relations;
  while (!field.empty()) {
    const std::size_t comma = std::min(field.find(','), field.size());
    std::string_view part = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    Alternatives alternatives;
    while (!part.empty()) {
      const std::size_t bar = std::min(part.find('|'), part.size());
      std::string name = NameOf(part.substr(0, bar));
      part.remove_prefix(std::min(bar + 1, part.size()));
      if (!name.empty()) alternatives.push_back(std::move(name));
    }
    if (!alternatives.empty()) relations.push_back(std::move(alternatives));
  }
  return relations;
}

int CompareVersions(std::string_view a, std::string_view b) {
  const Version left = Split(a);
  const Version right = Split(b);
  if (const int order = CompareParts(left.epoch, right.epoch); order != 0) return order;
  if (const int order = CompareParts(left.upstream, right.upstream); order != 0) return order;
  return CompareParts(left.revision, right.revision);
}

}  // namespace kosei::cli::debian
