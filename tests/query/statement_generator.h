// Random statements that are well formed: every name is defined, every value of a fitting kind, and
// their rows do not depend on an order that the language leaves open.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace kosei::query {

class StatementGenerator {
 public:
  explicit StatementGenerator(std::mt19937& random) : random_(random) {}
  std::string Next();

 private:
  enum class Kind { kNode, kLink, kLinks, kNodes, kPath, kInteger, kText };
  struct Name {
    std::string name;
    Kind kind;
  };

  unsigned Below(unsigned bound) { return static_cast<unsigned>(random_()) % bound; }
  bool Chance(unsigned one_in) { return Below(one_in) == 0; }
  std::string OneOf(std::vector<std::string_view> choices);
  std::string NewName(Kind kind);
  // A name of that kind; empty: there is none.
  std::string Known(Kind kind);

  std::string Part(bool of_union);
  std::string Clauses();
  std::string Match();
  std::string With();
  std::string Return(bool of_union);
  std::string OrderBy(const std::vector<std::string>& columns);

  std::string Patterns();
  std::string Chain(unsigned hops_max);
  std::string Node();
  std::string Relationship();
  std::string Repeated();
  std::string Labels();
  std::string Types();

  std::string Integer(int depth);
  std::string Text();
  std::string Condition(int depth);
  std::string Comparison(int depth);
  std::string Subquery(std::string_view word, int depth);
  std::string Grouped();

  std::mt19937& random_;
  std::vector<Name> names_;
  std::size_t bound_ = 0;  // the first so many names are of before the pattern that is being made
  int made_ = 0;
};

}  // namespace kosei::query
