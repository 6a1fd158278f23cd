#include "text_search.h"

#include <cstring>

namespace kosei::language {

std::size_t FindText(std::string_view text, std::string_view part, std::size_t from) {
  if (from > text.size() || part.size() > text.size() - from) return std::string_view::npos;
  if (part.empty()) return from;
  // Of the C library, as std::search and find compare at each place anew.
  const void* const found =
      ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

SeparatorSearch::SeparatorSearch(std::string_view text, std::vector<std::string_view> separators)
    : text_(text) {
  for (const std::string_view separator : separators)
    separators_.push_back({separator, FindText(text, separator)});
}

SeparatorSearch::Place SeparatorSearch::Next(std::size_t from) {
  Place first;
  for (Separator& separator : separators_) {
    if (separator.at < from) separator.at = FindText(text_, separator.text, from);
    if (separator.at == std::string_view::npos || separator.at > first.at) continue;
    const bool longer = separator.at < first.at || separator.text.size() > first.size;
    if (longer) first = {separator.at, separator.text.size()};
  }
  // Found nowhere behind here, it is nowhere later.
  std::erase_if(separators_,
                [](const Separator& separator) { return separator.at == std::string_view::npos; });
  return first;
}

}  // namespace kosei::language
