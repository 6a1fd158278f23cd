// What may stand where the cursor is, in the shell of `kosei query`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "query/vocabulary.h"

namespace kosei::cli {

struct QueryCompletions {
  std::size_t typed = 0;           // bytes before the cursor that a word takes the place of
  std::vector<std::string> words;  // ascending, each once
};

// `before`: the statement so far, up to the cursor. Letter case is of no matter for finding a word.
QueryCompletions CompleteQuery(std::string_view before, const QueryVocabulary& vocabulary);

// What all of them begin with, whatever their letter case, as the first has it.
std::string CommonBeginning(const std::vector<std::string>& words);

}  // namespace kosei::cli
