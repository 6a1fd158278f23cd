#include "lexer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/value.h"
#include "kosei/language/query_error.h"
#include "name_text.h"

namespace kosei::language {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOctal(char c) { return c >= '0' && c <= '7'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

struct SignText {
  std::string_view text;
  Sign sign;
};
// Longer ones first.
constexpr SignText kSigns[] = {
    {"..", Sign::kDots},        {"+=", Sign::kPlusEqual},   {"=~", Sign::kMatches},
    {"<>", Sign::kNotEqual},    {"<=", Sign::kLessOrEqual}, {">=", Sign::kGreaterOrEqual},
    {"(", Sign::kOpenParen},    {")", Sign::kCloseParen},   {"[", Sign::kOpenBracket},
    {"]", Sign::kCloseBracket}, {"{", Sign::kOpenBrace},    {"}", Sign::kCloseBrace},
    {",", Sign::kComma},        {":", Sign::kColon},        {";", Sign::kSemicolon},
    {".", Sign::kDot},          {"|", Sign::kBar},          {"&", Sign::kAmpersand},
    {"!", Sign::kExclamation},  {"+", Sign::kPlus},         {"-", Sign::kMinus},
    {"*", Sign::kStar},         {"/", Sign::kSlash},        {"%", Sign::kPercent},
    {"^", Sign::kCaret},        {"=", Sign::kEqual},        {"<", Sign::kLess},
    {">", Sign::kGreater},
};

Sign CloserOf(Sign opener) {
  if (opener == Sign::kOpenParen) return Sign::kCloseParen;
  if (opener == Sign::kOpenBracket) return Sign::kCloseBracket;
  if (opener == Sign::kOpenBrace) return Sign::kCloseBrace;
  return Sign::kNone;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  LexedText Run() {
    while (result_.error.ok() && SkipBlanks() && at_ < text_.size()) ReadToken();
    Add(TokenKind::kEnd, 0);
    return std::move(result_);
  }

 private:
  std::string_view rest() const { return text_.substr(at_); }
  char Peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : 0; }

  void Fail(std::string_view detail, const std::string& message) {
    const auto begin = static_cast<std::uint32_t>(at_);
    result_.error =
        MakeQueryError(ErrorCode::kQuerySyntax, detail, text_, Span{begin, begin}, message);
  }
  Token& Add(TokenKind kind, std::size_t length) {
    Token token;
    token.kind = kind;
    token.span = {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(at_ + length)};
    at_ += length;
    result_.tokens.push_back(token);
    return result_.tokens.back();
  }

  bool SkipBlanks();
  void ReadToken();
  void ReadQuoted(char quote);
  void ReadNumber();
  std::size_t DecimalLength(TokenKind& kind) const;
  void ReadParameter();
  void ReadSign();
  void Refuse();

  const std::string_view text_;
  std::size_t at_ = 0;
  LexedText result_;
  std::vector<std::uint32_t> open_;  // brackets, the innermost last
};

// False when a comment has no end.
bool Lexer::SkipBlanks() {
  for (;;) {
    at_ += SpaceLength(rest());
    if (Peek(0) != '/' || (Peek(1) != '/' && Peek(1) != '*')) return true;
    const bool line = Peek(1) == '/';
    const std::size_t end = text_.find(line ? std::string_view("\n") : "*/", at_ + 2);
    if (end != std::string_view::npos) {
      at_ = end + (line ? 1 : 2);
    } else if (line) {
      at_ = text_.size();
    } else {
      Fail("UnexpectedSyntax", "this comment has no end; close it with */");
      return false;
    }
  }
}

void Lexer::ReadToken() {
  const char c = text_[at_];
  if (c == '\'' || c == '"' || c == '`') return ReadQuoted(c);
  if (c == '$') return ReadParameter();
  if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)))) return ReadNumber();
  const std::size_t length = BareNameLength(rest());
  if (length == 0) return ReadSign();
  const Word word = FindWord(rest().substr(0, length));
  Add(TokenKind::kName, length).word = word;
}

// A doubled quotation mark inside stands for one; in strings a backslash takes the next character.
void Lexer::ReadQuoted(char quote) {
  for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
    if (text_[end] == '\\' && quote != '`') {
      ++end;
    } else if (text_[end] == quote) {
      if (end + 1 < text_.size() && text_[end + 1] == quote) {
        ++end;
        continue;
      }
      const std::size_t length = end + 1 - at_;
      Add(quote == '`' ? TokenKind::kQuotedName : TokenKind::kString, length);
      return;
    }
  }
  Fail("UnexpectedSyntax",
       absl::StrFormat("this %s has no end; close it with %c, and write \\%c for one inside",
                       quote == '`' ? "name" : "string", quote, quote));
}

// Digits with single _ between them: how many bytes, 0 when there is no digit.
template <typename Predicate>
std::size_t DigitsLength(std::string_view text, Predicate is_digit) {
  std::size_t length = 0;
  while (length < text.size()) {
    if (is_digit(text[length])) {
      ++length;
    } else if (text[length] == '_' && length + 1 < text.size() && is_digit(text[length + 1])) {
      length += 2;
    } else {
      break;
    }
  }
  return length;
}

std::size_t Lexer::DecimalLength(TokenKind& kind) const {
  const std::string_view text = rest();
  std::size_t length = DigitsLength(text, IsDigit);
  const auto at = [&](std::size_t i) { return i < text.size() ? text[i] : '\0'; };
  // 1..3 is a range, and 1.x the property x.
  const bool fraction =
      at(length) == '.' && at(length + 1) != '.' && BareNameLength(text.substr(length + 1)) == 0;
  if (fraction) {
    kind = TokenKind::kFloat;
    length += 1;
    length += DigitsLength(text.substr(length), IsDigit);
  }
  if (at(length) == 'e' || at(length) == 'E') {
    const std::size_t sign = at(length + 1) == '-' || at(length + 1) == '+' ? 1 : 0;
    const std::size_t digits = DigitsLength(text.substr(length + 1 + sign), IsDigit);
    if (digits > 0) {
      kind = TokenKind::kFloat;
      length += 1 + sign + digits;
    }
  }
  const bool suffix = std::string_view("fFdD").find(at(length)) != std::string_view::npos;
  return kind == TokenKind::kFloat && suffix && at(length) != 0 ? length + 1 : length;
}

void Lexer::ReadNumber() {
  TokenKind kind = TokenKind::kInteger;
  std::size_t length = 0;
  const char mark = Peek(0) == '0' ? Peek(1) : '\0';
  if (mark == 'x' || mark == 'X' || mark == 'o' || mark == 'O') {
    const bool hex = mark == 'x' || mark == 'X';
    const std::size_t begin = Peek(2) == '_' ? 3 : 2;
    const std::string_view digits = rest().substr(std::min(begin, rest().size()));
    const std::size_t count = hex ? DigitsLength(digits, IsHex) : DigitsLength(digits, IsOctal);
    length = count == 0 ? 2 : begin + count;
    if (count == 0) kind = TokenKind::kBadNumber;
  } else {
    length = DecimalLength(kind);
  }
  const std::size_t more = NameTailLength(rest().substr(length));
  if (more > 0) kind = TokenKind::kBadNumber;
  Add(kind, length + more);
}

void Lexer::ReadParameter() {
  if (Peek(1) == '`') {
    ++at_;
    ReadQuoted('`');
    if (!result_.error.ok()) return;
    Token& token = result_.tokens.back();
    if (token.span.end - token.span.begin == 2)
      return Fail("UnexpectedSyntax", "found a parameter without a name; write it as $name");
    token.kind = TokenKind::kParameter;
    --token.span.begin;
    return;
  }
  const std::size_t length = NameTailLength(rest().substr(1));
  if (length == 0)
    return Fail("UnexpectedSyntax", "found a $ without a name; write a parameter as $name");
  Add(TokenKind::kParameter, length + 1);
}

void Lexer::ReadSign() {
  for (const SignText& entry : kSigns) {
    if (rest().substr(0, entry.text.size()) != entry.text) continue;
    const auto index = static_cast<std::uint32_t>(result_.tokens.size());
    Add(TokenKind::kSign, entry.text.size()).sign = entry.sign;
    if (CloserOf(entry.sign) != Sign::kNone) {
      open_.push_back(index);
    } else if (!open_.empty() && CloserOf(result_.tokens[open_.back()].sign) == entry.sign) {
      result_.tokens[open_.back()].partner = index;
      open_.pop_back();
    }
    return;
  }
  Refuse();
}

// Signs that people type, or that word processors and Japanese keyboards put in their place.
struct Mistyped {
  std::string_view sign;
  std::string_view hint;
};
constexpr Mistyped kMistyped[] = {
    {"#", "write // before a comment"},
    {"~", "write =~ to match a regular expression"},
    {"\u2018", "write ' around a string"},
    {"\u2019", "write ' around a string"},
    {"\u201C", "write \" around a string"},
    {"\u201D", "write \" around a string"},
    {"\u2013", "write - for minus"},
    {"\u2014", "write - for minus"},
    {"\u2212", "write - for minus"},
    {"\u2260", "write <>"},
    {"\u2264", "write <="},
    {"\u2265", "write >="},
    {"\u3001", "write ,"},
    {"\u3002", "write ."},
    {"\u300C", "write ' around a string"},
    {"\u300D", "write ' around a string"},
};

// Full-width forms of ASCII signs, U+FF01 to U+FF5E, which UTF-8 writes as EF BC 81 to EF BD 9E.
std::optional<char> HalfWidth(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xEF') return std::nullopt;
  const unsigned code = (static_cast<unsigned char>(character[1]) & 0x3FU) << 6U |
                        (static_cast<unsigned char>(character[2]) & 0x3FU);
  if (code < 0xF01U || code > 0xF5EU) return std::nullopt;
  return static_cast<char>(code - 0xF00U + 0x20U);
}

void Lexer::Refuse() {
  const std::string_view character = rest().substr(0, CharacterLength(rest()));
  std::string hint;
  for (const Mistyped& entry : kMistyped) {
    if (character == entry.sign) hint = absl::StrFormat("; %s", entry.hint);
  }
  if (const auto half = HalfWidth(character)) hint = absl::StrFormat("; write %c", *half);
  const bool ascii = character.size() == 1;
  const auto byte = static_cast<unsigned char>(character.front());
  const std::string shown = ascii && (byte < 0x20 || byte == 0x7F)
                                ? absl::StrFormat("the control character %d", byte)
                                : std::string(character);
  Fail(ascii ? "UnexpectedSyntax" : "InvalidUnicodeCharacter",
       absl::StrFormat("found %s, which has no meaning here%s", shown, hint));
}

}  // namespace

LexedText Lex(std::string_view text) { return Lexer(text).Run(); }

absl::Status CheckText(std::string_view text) {
  if (text.size() > kStatementBytesMax) {
    return MakeQueryError(
        ErrorCode::kQuerySyntax, "UnexpectedSyntax", Span{},
        absl::StrFormat("the statement has %d bytes, at most %d are read; give long lists as "
                        "parameters, or split the statement",
                        text.size(), kStatementBytesMax));
  }
  if (IsValidUtf8(text)) return absl::OkStatus();
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = CharacterLength(text.substr(at));
    if (!IsValidUtf8(text.substr(at, length))) break;
    at += length;
  }
  const std::string_view before = text.substr(0, at);
  const TextPosition place = PositionOf(before, static_cast<std::uint32_t>(at));
  return MakeQueryError(
      ErrorCode::kQuerySyntax, "InvalidUnicodeCharacter", Span{},
      absl::StrFormat("line %d, column %d: the byte 0x%02x is no part of UTF-8 "
                      "text; send the statement as UTF-8",
                      place.line, place.column,
                      static_cast<unsigned char>(text[std::min(at, text.size() - 1)])));
}

}  // namespace kosei::language
