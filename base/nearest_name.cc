#include "kosei/base/nearest_name.h"

#include <algorithm>
#include <array>

namespace kosei {
namespace {

constexpr std::size_t kNameBytesMax = 64;

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

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
  std::string suggestion = "; did you mean \"";
  return suggestion.append(best_).append("\"?");
}

}  // namespace kosei
