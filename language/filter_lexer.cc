#include "filter_lexer.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/query_error.h"
#include "literal_text.h"
#include "name_text.h"

namespace kosei::language {
namespace {

constexpr std::string_view kEndsWord = "()=!<>,\"'";

char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t WordLength(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && kEndsWord.find(text[length]) == std::string_view::npos &&
         SpaceLength(text.substr(length)) == 0) {
    length += CharacterLength(text.substr(length));
  }
  return length;
}

// Bytes up to the closing quotation mark; 0 when there is none.
std::size_t QuotedLength(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (i + 1 == text.size() || text[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return 0;
}

}  // namespace

bool FilterToken::IsWord(std::string_view word) const {
  return kind == FilterTokenKind::kWord && text.size() == word.size() &&
         std::equal(text.begin(), text.end(), word.begin(),
                    [](char a, char b) { return ToLower(a) == b; });
}

absl::StatusOr<std::vector<FilterToken>> LexFilter(std::string_view text) {
  std::vector<FilterToken> tokens;
  std::size_t at = 0;
  const auto add = [&](FilterTokenKind kind, std::size_t length) {
    FilterToken& token = tokens.emplace_back();
    token.kind = kind;
    token.span = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + length)};
    token.text = text.substr(at, length);
    at += length;
  };
  for (;;) {
    at += SpaceLength(text.substr(at));
    if (at == text.size()) break;
    const std::string_view rest = text.substr(at);
    const char c = rest.front();
    const auto place = static_cast<std::uint32_t>(at);
    if (c == '"' || c == '\'') {
      const std::size_t length = QuotedLength(rest);
      if (length == 0) {
        return MakeQueryError(ErrorCode::kQuerySyntax, "UnexpectedSyntax", text, {place, place},
                              absl::StrFormat("this text has no end; close it with %c", c));
      }
      add(FilterTokenKind::kText, length);
      KOSEI_ASSIGN_OR_RETURN(tokens.back().text, ReadString(text, tokens.back().span));
    } else if (const std::size_t length = WordLength(rest); length > 0) {
      add(FilterTokenKind::kWord, length);
    } else if (c == '!' && rest.substr(0, 2) != "!=") {
      return MakeQueryError(ErrorCode::kQuerySyntax, "UnexpectedSyntax", text, {place, place},
                            "found !, which has no meaning here; write != or not");
    } else {
      const bool two = (c == '!' || c == '<' || c == '>') && rest.substr(1, 1) == "=";
      add(FilterTokenKind::kSign, two ? 2 : 1);
    }
  }
  add(FilterTokenKind::kEnd, 0);
  return tokens;
}

}  // namespace kosei::language
