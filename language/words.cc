#include "words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

namespace kosei::language {
namespace {

struct WordEntry {
  std::string_view upper;  // what names are compared with
  Word word;
  bool reserved;
};

// Ascending by `upper`; the entry of a word is at its number less one.
constexpr WordEntry kWords[] = {
    {"ALL", Word::kAll, false},
    {"ALLSHORTESTPATHS", Word::kAllShortestPaths, false},
    {"AND", Word::kAnd, true},
    {"ANY", Word::kAny, false},
    {"AS", Word::kAs, true},
    {"ASC", Word::kAsc, false},
    {"ASCENDING", Word::kAscending, false},
    {"BY", Word::kBy, false},
    {"CALL", Word::kCall, false},
    {"CASE", Word::kCase, true},
    {"CONTAINS", Word::kContains, true},
    {"COUNT", Word::kCount, false},
    {"CREATE", Word::kCreate, true},
    {"DELETE", Word::kDelete, true},
    {"DESC", Word::kDesc, false},
    {"DESCENDING", Word::kDescending, false},
    {"DETACH", Word::kDetach, true},
    {"DISTINCT", Word::kDistinct, true},
    {"ELSE", Word::kElse, true},
    {"END", Word::kEnd, false},
    {"ENDS", Word::kEnds, true},
    {"EXISTS", Word::kExists, false},
    {"EXPLAIN", Word::kExplain, false},
    {"FALSE", Word::kFalse, true},
    {"FOR", Word::kFor, false},
    {"FROM", Word::kFrom, false},
    {"IN", Word::kIn, true},
    {"INF", Word::kInf, true},
    {"INFINITY", Word::kInfinity, true},
    {"IS", Word::kIs, true},
    {"LIMIT", Word::kLimit, true},
    {"MATCH", Word::kMatch, true},
    {"MERGE", Word::kMerge, true},
    {"NAN", Word::kNan, true},
    {"NONE", Word::kNoneWord, false},
    {"NOT", Word::kNot, true},
    {"NULL", Word::kNull, true},
    {"OF", Word::kOf, false},
    {"OFFSET", Word::kOffset, false},
    {"ON", Word::kOn, false},
    {"OPTIONAL", Word::kOptional, true},
    {"OR", Word::kOr, true},
    {"ORDER", Word::kOrder, true},
    {"PLAN", Word::kPlan, false},
    {"PROFILE", Word::kProfile, false},
    {"REDUCE", Word::kReduce, false},
    {"REMOVE", Word::kRemove, true},
    {"RETURN", Word::kReturn, true},
    {"SET", Word::kSet, true},
    {"SHORTEST", Word::kShortest, false},
    {"SHORTESTPATH", Word::kShortestPath, false},
    {"SINGLE", Word::kSingle, false},
    {"SKIP", Word::kSkip, true},
    {"STARTS", Word::kStarts, true},
    {"SYSTEM_TIME", Word::kSystemTime, false},
    {"THEN", Word::kThen, true},
    {"TO", Word::kTo, false},
    {"TRUE", Word::kTrue, true},
    {"UNION", Word::kUnion, true},
    {"UNWIND", Word::kUnwind, true},
    {"VALID_TIME", Word::kValidTime, false},
    {"WHEN", Word::kWhen, true},
    {"WHERE", Word::kWhere, true},
    {"WITH", Word::kWith, true},
    {"XOR", Word::kXor, true},
    {"YIELD", Word::kYield, false},
};
constexpr std::size_t kWordBytesMax = 16;

constexpr bool IsOrdered() {
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    if (static_cast<std::size_t>(kWords[i].word) != i + 1) return false;
    if (kWords[i].upper.size() > kWordBytesMax) return false;
    if (i > 0 && !(kWords[i - 1].upper < kWords[i].upper)) return false;
  }
  return true;
}
static_assert(IsOrdered());

}  // namespace

Word FindWord(std::string_view name) {
  if (name.size() > kWordBytesMax) return Word::kNone;
  std::array<char, kWordBytesMax> buffer{};
  std::transform(name.begin(), name.end(), buffer.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const std::string_view upper(buffer.data(), name.size());
  const auto* const found = std::lower_bound(
      std::begin(kWords), std::end(kWords), upper,
      [](const WordEntry& entry, std::string_view wanted) { return entry.upper < wanted; });
  return found != std::end(kWords) && found->upper == upper ? found->word : Word::kNone;
}

std::string_view TextOf(Word word) {
  if (word == Word::kNone) return {};
  if (word == Word::kShortestPath) return "shortestPath";
  if (word == Word::kAllShortestPaths) return "allShortestPaths";
  return kWords[static_cast<std::size_t>(word) - 1].upper;
}

bool IsReserved(Word word) {
  return word != Word::kNone && kWords[static_cast<std::size_t>(word) - 1].reserved;
}

}  // namespace kosei::language
