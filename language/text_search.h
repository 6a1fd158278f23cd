// Searches in texts that take time in proportion to the text, whatever is looked for: what is
// searched comes from records and statements.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kosei::language {

// Where `part` begins in the text, at or after `from`; npos: nowhere.
std::size_t FindText(std::string_view text, std::string_view part, std::size_t from = 0);

// The places of several separators in a text, from left to right.
class SeparatorSearch {
 public:
  struct Place {
    std::size_t at = std::string_view::npos;  // npos: there is none any more
    std::size_t size = 0;
  };
  // None of them is empty. All must outlive the search.
  SeparatorSearch(std::string_view text, std::vector<std::string_view> separators);
  // The first at or after `from`, which is never less than before; the longest of those at one
  // place.
  Place Next(std::size_t from);

 private:
  struct Separator {
    std::string_view text;
    std::size_t at;  // its first place not before where was searched last
  };
  std::string_view text_;
  std::vector<Separator> separators_;
};

}  // namespace kosei::language
