// What the lexer makes of a statement's text: words, numbers, strings and signs with their places.
#pragma once

#include <cstdint>
#include <limits>

#include "kosei/language/ast.h"
#include "words.h"

namespace kosei::language {

enum class TokenKind : std::uint8_t {
  kName,        // a bare name or keyword
  kQuotedName,  // in backticks: never a keyword
  kString,      // with its quotation marks
  kInteger,
  kFloat,
  kBadNumber,  // begins as a number and runs on into letters: 0x1G, 12ab
  kParameter,  // $name, $0, $`name`
  kSign,
  kEnd,
};

enum class Sign : std::uint8_t {
  kNone,
  kOpenParen,
  kCloseParen,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kComma,
  kColon,
  kSemicolon,
  kDot,
  kDots,  // ..
  kBar,
  kAmpersand,
  kExclamation,
  kPlus,
  kPlusEqual,  // +=
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kCaret,
  kEqual,
  kMatches,   // =~
  kNotEqual,  // <>
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

struct Token {
  static constexpr std::uint32_t kNoPartner = std::numeric_limits<std::uint32_t>::max();

  TokenKind kind = TokenKind::kEnd;
  Sign sign = Sign::kNone;  // of kSign
  Word word = Word::kNone;  // of kName, when it is a word of the language
  Span span;
  // Of an opening bracket, which token closes it; kNoPartner when none does.
  std::uint32_t partner = kNoPartner;
};

}  // namespace kosei::language
