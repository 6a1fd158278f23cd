// The words that the language gives a meaning. Letter case is of no matter.
#pragma once

#include <cstdint>
#include <string_view>

namespace kosei::language {

enum class Word : std::uint8_t {
  kNone,  // any other name
  kAll,
  kAllShortestPaths,
  kAnd,
  kAny,
  kAs,
  kAsc,
  kAscending,
  kBy,
  kCall,
  kCase,
  kContains,
  kCount,
  kCreate,
  kDelete,
  kDesc,
  kDescending,
  kDetach,
  kDistinct,
  kElse,
  kEnd,
  kEnds,
  kExists,
  kExplain,
  kFalse,
  kFor,
  kFrom,
  kIn,
  kInf,
  kInfinity,
  kIs,
  kLimit,
  kMatch,
  kMerge,
  kNan,
  kNoneWord,  // NONE(x IN ...)
  kNot,
  kNull,
  kOf,
  kOffset,
  kOn,
  kOptional,
  kOr,
  kOrder,
  kPlan,
  kProfile,
  kReduce,
  kRemove,
  kReturn,
  kSet,
  kShortest,
  kShortestPath,
  kSingle,
  kSkip,
  kStarts,
  kSystemTime,
  kThen,
  kTo,
  kTrue,
  kUnion,
  kUnwind,
  kValidTime,
  kWhen,
  kWhere,
  kWith,
  kXor,
  kYield,
};

// kNone: not a word of the language.
Word FindWord(std::string_view name);

// As it is shown: "MATCH", "shortestPath".
std::string_view TextOf(Word word);

// Reserved words are no variables unless in backticks: elsewhere they could be taken for the next
// clause or an operator. As labels, types, property keys and aliases they are fine.
bool IsReserved(Word word);

}  // namespace kosei::language
