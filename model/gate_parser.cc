// A gate's text into words, and the words into parts.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gate_words.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/gate.h"
#include "names.h"
#include "text_check.h"

namespace kosei::model {
namespace {

enum class TokenKind : std::uint8_t { kWord, kNumber, kText, kSign, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // as written; of kText with its quotes
  std::size_t at = 0;     // its first byte

  bool Is(char sign) const { return kind == TokenKind::kSign && text.front() == sign; }
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }

class GateParser {
 public:
  explicit GateParser(std::string_view text) : text_(text) {}

  absl::StatusOr<GatePart> Run() {
    KOSEI_RETURN_IF_ERROR(CheckSize(text_.size()));
    KOSEI_RETURN_IF_ERROR(Split());
    if (!BeginsGroup()) {
      return Unexpected("a group, one of all, any, at_least, capacity, weighted and primary",
                        GateKind::kAll);
    }
    KOSEI_ASSIGN_OR_RETURN(GatePart gate, ReadGroup(1));
    if (Next().kind != TokenKind::kEnd)
      return Unexpected("nothing more behind the outermost group", gate.kind);
    KOSEI_RETURN_IF_ERROR(CheckSize(GateText(gate).size()));
    return gate;
  }

 private:
  static absl::Status CheckSize(std::size_t bytes) {
    if (bytes <= kGateBytesMax) return absl::OkStatus();
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("gate: found %d bytes, expected at most %d; let records of "
                                     "their own stand for the groups",
                                     bytes, kGateBytesMax));
  }
  absl::Status Split();
  absl::StatusOr<std::size_t> EndOfText(std::size_t at) const;

  const Token& Next() const { return tokens_[position_]; }
  const Token& After() const { return tokens_[std::min(position_ + 1, tokens_.size() - 1)]; }
  bool BeginsGroup() const { return Next().kind == TokenKind::kWord && After().Is('('); }
  // Passes over the sign when it comes next.
  bool Take(char sign) {
    if (!Next().Is(sign)) return false;
    ++position_;
    return true;
  }

  absl::StatusOr<GatePart> ReadGroup(std::size_t depth);
  absl::Status ReadAmounts(GatePart& group);
  absl::StatusOr<Amount> ReadAmount(const GatePart& group, std::string_view what);
  absl::StatusOr<Decimal> ReadNumber(GateKind group);
  absl::Status CheckAmount(const GatePart& group, const Amount& amount, std::size_t at) const;
  absl::StatusOr<GatePart> ReadPart(GateKind group, std::size_t depth);
  absl::Status ReadShare(GateKind group, Amount& share);
  absl::StatusOr<GatePart> ReadLeaf(GateKind group);
  absl::StatusOr<std::string> ReadKey();

  std::uint32_t ColumnOf(std::size_t at) const {
    return static_cast<std::uint32_t>(CountCharacters(text_.substr(0, at)) + 1);
  }
  absl::Status Error(ErrorCode code, std::size_t at, const std::string& problem) const {
    return MakeError(code, absl::StrFormat("gate, column %d: %s", ColumnOf(at), problem));
  }
  // The next token is not `expected`.
  absl::Status Unexpected(std::string_view expected, GateKind example) const {
    const std::string found = Next().kind == TokenKind::kEnd ? "the end" : Quoted(Next().text);
    return Error(
        ErrorCode::kWrongType, Next().at,
        absl::StrFormat("found %s, expected %s, as in %s", found, expected, ExampleOf(example)));
  }

  const std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  std::size_t parts_ = 0;
};

// One behind the closing quotation mark of the text that begins at `at`.
absl::StatusOr<std::size_t> GateParser::EndOfText(std::size_t at) const {
  for (std::size_t i = at + 1; i < text_.size(); ++i) {
    if (text_[i] == '"') return i + 1;
    if (text_[i] == '\\') ++i;
  }
  return Error(ErrorCode::kWrongType, at,
               "found a key whose quotation marks are not closed, expected a key in double quotes, "
               "as in primary(\"db-1\", \"db-2\")");
}

absl::Status GateParser::Split() {
  for (std::size_t at = 0; at < text_.size();) {
    const char c = text_[at];
    std::size_t end = at + 1;
    if (IsBlank(c)) {
      at = end;
      continue;
    }
    TokenKind kind = TokenKind::kSign;
    if (c == '"') {
      KOSEI_ASSIGN_OR_RETURN(end, EndOfText(at));
      kind = TokenKind::kText;
    } else if (IsLetter(c) || IsDigit(c)) {
      kind = IsDigit(c) ? TokenKind::kNumber : TokenKind::kWord;
      while (end < text_.size() && (IsWordPart(text_[end]) || (IsDigit(c) && text_[end] == '.')))
        ++end;
    } else if (std::string_view("()[],%").find(c) == std::string_view::npos) {
      const std::size_t length = std::max<std::size_t>(1, CharacterLength(text_.substr(at, 4)));
      return Error(ErrorCode::kWrongType, at,
                   absl::StrFormat("found %s, expected a word, a number, a key in double quotes or "
                                   "one of ( ) [ ] , %%, as in %s",
                                   Quoted(text_.substr(at, length)), ExampleOf(GateKind::kAll)));
    }
    tokens_.push_back({kind, text_.substr(at, end - at), at});
    at = end;
  }
  tokens_.push_back({TokenKind::kEnd, {}, text_.size()});
  return absl::OkStatus();
}

absl::StatusOr<GatePart> GateParser::ReadGroup(std::size_t depth) {
  GatePart group;
  group.column = ColumnOf(Next().at);
  const std::optional<GateKind> kind = GroupOf(Next().text);
  if (!kind) {
    NearestName nearest(Next().text);
    for (const std::string_view word : kGroupWords) nearest.Offer(word);
    return Error(ErrorCode::kWrongType, Next().at,
                 absl::StrFormat("found the group %s, expected one of all, any, at_least, "
                                 "capacity, weighted and primary%s",
                                 Quoted(Next().text), nearest.Suggestion()));
  }
  group.kind = *kind;
  if (depth > kGateDepthMax) {
    return Error(ErrorCode::kOutOfRange, Next().at,
                 absl::StrFormat("found groups within groups %d deep, expected at most %d; let a "
                                 "record of its own stand for the inner one",
                                 depth, kGateDepthMax));
  }
  position_ += 2;  // the word and its bracket
  KOSEI_RETURN_IF_ERROR(ReadAmounts(group));
  do {
    if (++parts_ > kGatePartsMax) {
      return Error(ErrorCode::kOutOfRange, Next().at,
                   absl::StrFormat("found more than %d parts, expected at most that many; name a "
                                   "relationship type instead of single records, or let records "
                                   "stand for groups",
                                   kGatePartsMax));
    }
    KOSEI_ASSIGN_OR_RETURN(GatePart part, ReadPart(group.kind, depth));
    group.parts.push_back(std::move(part));
  } while (Take(','));
  if (group.kind == GateKind::kPrimary && group.parts.size() < 2)
    return Unexpected("a comma and what stands by", group.kind);
  if (!Take(')')) return Unexpected("a comma with a further part, or \")\"", group.kind);
  return group;
}

// What stands before the parts.
absl::Status GateParser::ReadAmounts(GatePart& group) {
  const auto read = [&](std::string_view what, Amount& out) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(out, ReadAmount(group, what));
    return Take(',') ? absl::OkStatus() : Unexpected("a comma and what follows it", group.kind);
  };
  switch (group.kind) {
    case GateKind::kAtLeast:
      return read("a number, a percentage or an attribute of the record", group.first);
    case GateKind::kCapacity:
      return read("a number or an attribute of the record", group.first);
    case GateKind::kWeighted: {
      KOSEI_RETURN_IF_ERROR(
          read("the loss that degrades, a number or an attribute of the record", group.first));
      const std::size_t at = Next().at;
      KOSEI_RETURN_IF_ERROR(
          read("the loss that fails, a number or an attribute of the record", group.second));
      const bool known = group.first.attribute.empty() && group.second.attribute.empty();
      if (!known || CompareDecimals(group.first.number, group.second.number) <= 0)
        return absl::OkStatus();
      return Error(
          ErrorCode::kOutOfRange, at,
          absl::StrFormat("found %s, expected %s at least: what fails has degraded "
                          "before; exchange the two",
                          FormatDecimal(group.second.number), FormatDecimal(group.first.number)));
    }
    case GateKind::kMembers:
    case GateKind::kRecord:
    case GateKind::kAll:
    case GateKind::kAny:
    case GateKind::kPrimary:
      break;
  }
  return absl::OkStatus();
}

absl::StatusOr<Decimal> GateParser::ReadNumber(GateKind group) {
  const absl::StatusOr<Decimal> number = ParseDecimal(Next().text);
  if (!number.ok()) return Unexpected("a number of at most 18 digits", group);
  ++position_;
  return *number;
}

absl::StatusOr<Amount> GateParser::ReadAmount(const GatePart& group, std::string_view what) {
  Amount amount;
  const std::size_t at = Next().at;
  if (Next().kind == TokenKind::kWord && IsSnakeName(Next().text)) {
    amount.attribute = Next().text;
    ++position_;
    return amount;
  }
  if (Next().kind != TokenKind::kNumber) return Unexpected(what, group.kind);
  KOSEI_ASSIGN_OR_RETURN(amount.number, ReadNumber(group.kind));
  amount.percent = Take('%');
  KOSEI_RETURN_IF_ERROR(CheckAmount(group, amount, at));
  return amount;
}

absl::Status GateParser::CheckAmount(const GatePart& group, const Amount& amount,
                                     std::size_t at) const {
  std::string_view expected;
  if (group.kind != GateKind::kAtLeast) {
    if (amount.percent) expected = "a number without \"%\": only at_least takes a percentage";
    if (!amount.percent && amount.number.coefficient <= 0) expected = "a number above zero";
  } else if (amount.percent) {
    const bool fits =
        amount.number.coefficient > 0 && CompareDecimals(amount.number, Decimal{100, 0}) <= 0;
    if (!fits) expected = "a percentage above 0 and up to 100";
  } else if (amount.number.scale != 0 || amount.number.coefficient < 1) {
    expected = "a whole number from 1 on, or a percentage";
  }
  if (expected.empty()) return absl::OkStatus();
  return Error(ErrorCode::kOutOfRange, at,
               absl::StrFormat("found %s, expected %s, as in %s", AmountText(amount), expected,
                               ExampleOf(group.kind)));
}

absl::StatusOr<GatePart> GateParser::ReadPart(GateKind group, std::size_t depth) {
  const bool shared = group == GateKind::kCapacity || group == GateKind::kWeighted;
  if (!BeginsGroup()) {
    Amount share = GatePart().share;
    const std::uint32_t column = ColumnOf(Next().at);
    if (shared) KOSEI_RETURN_IF_ERROR(ReadShare(group, share));
    KOSEI_ASSIGN_OR_RETURN(GatePart leaf, ReadLeaf(group));
    leaf.share = std::move(share);
    leaf.column = column;
    return leaf;
  }
  if (!shared) return ReadGroup(depth + 1);
  return Unexpected("a relationship type or a key: what is counted has no groups within", group);
}

// "memory_mib of", "10 of", or nothing.
absl::Status GateParser::ReadShare(GateKind group, Amount& share) {
  const bool named = Next().kind == TokenKind::kWord && After().kind == TokenKind::kWord;
  if (!named && Next().kind != TokenKind::kNumber) return absl::OkStatus();
  if (named) {
    if (!IsSnakeName(Next().text)) return Unexpected("an attribute in snake_case", group);
    share.attribute = Next().text;
    share.number = {};
    ++position_;
  } else {
    const std::size_t at = Next().at;
    KOSEI_ASSIGN_OR_RETURN(share.number, ReadNumber(group));
    if (share.number.coefficient <= 0) {
      return Error(ErrorCode::kOutOfRange, at,
                   absl::StrFormat("found %s, expected a number above zero, as in %s",
                                   FormatDecimal(share.number), ExampleOf(group)));
    }
  }
  if (Next().kind != TokenKind::kWord || Next().text != "of")
    return Unexpected("\"of\" between what a member counts and the members", group);
  ++position_;
  return absl::OkStatus();
}

absl::StatusOr<GatePart> GateParser::ReadLeaf(GateKind group) {
  GatePart leaf;
  if (Next().kind == TokenKind::kText) {
    leaf.kind = GateKind::kRecord;
    KOSEI_ASSIGN_OR_RETURN(leaf.key, ReadKey());
    return leaf;
  }
  if (Next().kind != TokenKind::kWord || !IsSnakeName(Next().text))
    return Unexpected("a relationship type, type[Class] or a key in double quotes", group);
  leaf.kind = GateKind::kMembers;
  leaf.type = Next().text;
  ++position_;
  if (!Take('[')) return leaf;
  if (Next().kind != TokenKind::kWord || !IsClassName(Next().text))
    return Unexpected("the name of a class", GateKind::kMembers);
  leaf.class_name = Next().text;
  ++position_;
  if (!Take(']')) return Unexpected("\"]\"", GateKind::kMembers);
  return leaf;
}

absl::StatusOr<std::string> GateParser::ReadKey() {
  const Token& token = Next();
  std::string key;
  for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
    if (token.text[i] == '\\') {
      ++i;
      if (token.text[i] != '"' && token.text[i] != '\\') {
        return Error(ErrorCode::kWrongType, token.at + i - 1,
                     absl::StrFormat("found %s, expected \\\" or \\\\ within a key",
                                     Quoted(token.text.substr(i - 1, 2))));
      }
    }
    key += token.text[i];
  }
  const bool fits = !key.empty() && key.size() <= kKeyBytesMax &&
                    ScanText(key, TextForm::kLine).flaw == TextFlaw::kNone;
  if (!fits) {
    return Unexpected(
        absl::StrFormat("a key of 1 to %d bytes without control characters", kKeyBytesMax),
        GateKind::kPrimary);
  }
  ++position_;
  return key;
}

}  // namespace

absl::StatusOr<GatePart> ParseGate(std::string_view text) { return GateParser(text).Run(); }

}  // namespace kosei::model
