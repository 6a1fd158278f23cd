// Names as people write them: their form, how messages show them, and which known one a misspelt
// one means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kosei::model {

// UpperCamelCase, ASCII letters and digits, at most kNameBytesMax.
bool IsClassName(std::string_view name);
// snake_case, ASCII lower-case letters and digits, begins with a letter, at most kNameBytesMax.
bool IsSnakeName(std::string_view name);
// As IsSnakeName, but may begin with a digit.
bool IsEnumValueName(std::string_view name);

inline constexpr std::size_t kNameBytesMax = 64;

// The text in double quotes, fit for a message: control characters and broken UTF-8 as \xNN, cut
// after about 80 bytes.
std::string Quoted(std::string_view text);

// Finds, among names that are offered one by one, the one nearest to a misspelt name: fewest
// letters to change, drop, add or exchange, letter case set aside.
class NearestName {
 public:
  explicit NearestName(std::string_view wanted);
  // `known` must outlive this object. Of two as near, the first by letter order counts.
  void Offer(std::string_view known);
  // Empty when none is near enough to be what was meant.
  std::string_view best() const { return best_; }
  // `; did you mean "best"?`, or empty.
  std::string Suggestion() const;

 private:
  std::string wanted_;
  std::string_view best_;
  std::size_t distance_max_;  // of the best, or of what is near enough
};

}  // namespace kosei::model
