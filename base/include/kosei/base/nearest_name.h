// Which known name a misspelt one means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kosei {

// Finds, among names that are offered one by one, the one nearest to a misspelt name: fewest
// letters to change, drop, add or exchange, letter case set aside. Names of more than 64 bytes are
// not looked at.
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

}  // namespace kosei
