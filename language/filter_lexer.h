// The list filter's text (kosei/language/filter.h) into words, quoted texts and signs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"

namespace kosei::language {

enum class FilterTokenKind : std::uint8_t {
  kWord,  // what stands between blanks and signs: web-01.example, 10.0.0.1
  kText,  // in quotation marks
  kSign,  // = != < <= > >= ( ) ,
  kEnd,
};

struct FilterToken {
  FilterTokenKind kind = FilterTokenKind::kEnd;
  Span span;
  std::string text;  // a word as written; a text without quotation marks and escapes; a sign

  bool IsSign(std::string_view sign) const {
    return kind == FilterTokenKind::kSign && text == sign;
  }
  // A word in any letter case; `word` in lower case.
  bool IsWord(std::string_view word) const;
};

// The last one is kEnd.
absl::StatusOr<std::vector<FilterToken>> LexFilter(std::string_view text);

}  // namespace kosei::language
