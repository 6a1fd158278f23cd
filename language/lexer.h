// The lexer: a statement's text into tokens (token.h). White space and comments fall away.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "token.h"

namespace kosei::language {

inline constexpr std::size_t kStatementBytesMax = std::size_t{1} << 20;

struct LexedText {
  // The last one is kEnd.
  std::vector<Token> tokens;
  // Not OK: what stands at the last token is no part of the language. Whoever reads tokens says so
  // when they get there, so that an error before it is told first.
  absl::Status error;
};

// `text` is UTF-8 of at most kStatementBytesMax bytes (CheckText).
LexedText Lex(std::string_view text);

// That the text is not too long and is UTF-8.
absl::Status CheckText(std::string_view text);

}  // namespace kosei::language
