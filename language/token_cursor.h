// A place among the tokens of a statement, and the first thing that was wrong.
//
// What reads a part gives false or null when that failed; the error is kept here, so that deep
// recursion carries no Status through every frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "lexer.h"

namespace kosei::language {

class TokenCursor {
 public:
  explicit TokenCursor(std::string_view text) : text_(text), lexed_(Lex(text)) {}

  const absl::Status& error() const { return error_; }
  std::string_view text() const { return text_; }
  std::size_t position() const { return position_; }

  const Token& At(std::size_t index) const {
    return lexed_.tokens[index < lexed_.tokens.size() ? index : lexed_.tokens.size() - 1];
  }
  const Token& Next() const { return At(position_); }
  const Token& Ahead(std::size_t count) const { return At(position_ + count); }
  // At the end of the text, and all of it could be read.
  bool AtEnd() const { return Next().kind == TokenKind::kEnd && lexed_.error.ok(); }
  bool Is(Sign sign) const { return Next().sign == sign; }
  bool Is(Word word) const { return Next().word == word; }
  bool IsName() const { return IsName(Next()); }
  static bool IsName(const Token& token) {
    return token.kind == TokenKind::kName || token.kind == TokenKind::kQuotedName;
  }
  const Token& Take() { return lexed_.tokens[position_++]; }  // not the last one
  // Passes over the sign or word when it comes next.
  bool Take(Sign sign) { return TakeIf(Is(sign)); }
  bool Take(Word word) { return TakeIf(Is(word)); }
  // As Take; when something else comes next that is the error.
  bool Expect(Sign sign, std::string_view expected);
  bool Expect(Word word, std::string_view expected);

  std::uint32_t begin() const { return Next().span.begin; }
  // Where the token before ends.
  std::uint32_t end() const { return position_ == 0 ? 0 : At(position_ - 1).span.end; }
  std::string_view TextOf(Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }

  // The name that comes next, without backticks: of a label, a type, an alias, for which every word
  // will do.
  bool ReadName(std::string& name, std::string_view expected);
  // Of a key or property, which may be empty.
  bool ReadKey(std::string& name, std::string_view expected);
  // Of a variable: no reserved word.
  bool ReadVariable(std::string& name, std::string_view expected);
  std::string NameOf(const Token& token) const;

  // Each keeps the error, unless there is one already, and gives false.
  bool Fail(std::string_view detail, Span span, std::string_view message);
  bool Fail(const absl::Status& status);
  // What comes next is not what is expected: UnexpectedSyntax, with the nearest of `words` when a
  // name comes next that is like one of them.
  bool Unexpected(std::string_view expected, std::span<const Word> words = {});
  bool Unexpected(std::string_view expected, std::initializer_list<Word> words) {
    return Unexpected(expected, std::span(words.begin(), words.size()));
  }
  // "`METCH`", "the end", "the string 'a'".
  std::string Found() const;

 private:
  bool TakeIf(bool take) {
    position_ += take ? 1 : 0;
    return take;
  }

  const std::string_view text_;
  const LexedText lexed_;
  std::size_t position_ = 0;
  absl::Status error_;
};

}  // namespace kosei::language
