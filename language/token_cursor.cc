#include "token_cursor.h"

#include "absl/strings/str_format.h"
#include "code_points.h"
#include "kosei/base/nearest_name.h"
#include "kosei/language/query_error.h"
#include "name_text.h"

namespace kosei::language {
namespace {

constexpr std::size_t kShownBytesMax = 40;

}  // namespace

std::string TokenCursor::NameOf(const Token& token) const {
  const std::string_view text = TextOf(token.span);
  return token.kind == TokenKind::kQuotedName ? WithoutBackticks(text) : std::string(text);
}

std::string TokenCursor::Found() const {
  const Token& token = Next();
  const std::string shown = Shortened(TextOf(token.span), kShownBytesMax);
  switch (token.kind) {
    case TokenKind::kEnd:
      return "the end";
    case TokenKind::kName:
      return token.word == Word::kNone ? absl::StrFormat("`%s`", shown)
                                       : std::string(kosei::language::TextOf(token.word));
    case TokenKind::kString:
      return "the string " + shown;
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kBadNumber:
    case TokenKind::kQuotedName:
    case TokenKind::kParameter:
    case TokenKind::kSign:
      return shown;
  }
  return shown;
}

bool TokenCursor::Fail(const absl::Status& status) {
  if (error_.ok()) error_ = status;
  return false;
}

bool TokenCursor::Fail(std::string_view detail, Span span, std::string_view message) {
  if (!error_.ok()) return false;
  return Fail(MakeQueryError(ErrorCode::kQuerySyntax, detail, text_, span, message));
}

bool TokenCursor::Unexpected(std::string_view expected, std::span<const Word> words) {
  if (!error_.ok()) return false;
  if (Next().kind == TokenKind::kEnd && !lexed_.error.ok()) return Fail(lexed_.error);
  std::string message = absl::StrFormat("found %s, expected %s", Found(), expected);
  if (Next().kind == TokenKind::kName && Next().word == Word::kNone) {
    NearestName nearest(TextOf(Next().span));
    for (const Word word : words) nearest.Offer(kosei::language::TextOf(word));
    if (!nearest.best().empty()) message += absl::StrFormat("; did you mean %s?", nearest.best());
  }
  return Fail("UnexpectedSyntax", Next().span, message);
}

bool TokenCursor::Expect(Sign sign, std::string_view expected) {
  return Take(sign) || Unexpected(expected);
}

bool TokenCursor::Expect(Word word, std::string_view expected) {
  return Take(word) || Unexpected(expected, {word});
}

bool TokenCursor::ReadName(std::string& name, std::string_view expected) {
  const Span span = Next().span;
  if (!ReadKey(name, expected)) return false;
  if (!name.empty()) return true;
  return Fail("UnexpectedSyntax", span,
              "found a name without a letter; write at least one in the backticks");
}

bool TokenCursor::ReadKey(std::string& name, std::string_view expected) {
  if (!IsName()) return Unexpected(expected);
  name = NameOf(Take());
  return true;
}

bool TokenCursor::ReadVariable(std::string& name, std::string_view expected) {
  if (IsReserved(Next().word)) {
    return Fail("UnexpectedSyntax", Next().span,
                absl::StrFormat("found %s, expected %s; in backticks, as in `%s`, a word of the "
                                "language is a name",
                                Found(), expected, TextOf(Next().span)));
  }
  return ReadName(name, expected);
}

}  // namespace kosei::language
