// Functions of texts. Positions and lengths are in code points.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "code_points.h"
#include "functions.h"
#include "letter_case.h"
#include "text_search.h"

namespace kosei::language {
namespace {

constexpr std::uint32_t kTexts = kStringKind;
constexpr std::size_t kSeparatorsMax = 100;  // each is looked for in all of the text

bool IsText(const Datum& value) { return value.kind() == DatumKind::kString; }

Datum ToUpper(const Call& call) {
  return IsText(call[0]) ? call.Text(UpperCase(call[0].string())) : call.WrongType(0, "a string");
}

Datum ToLower(const Call& call) {
  return IsText(call[0]) ? call.Text(LowerCase(call[0].string())) : call.WrongType(0, "a string");
}

// What trimming takes away: white space, or the code points of the second argument.
class TrimmedPoints {
 public:
  explicit TrimmedPoints(const Call& call) : given_(call.count > 1) {
    if (!given_) return;
    for (std::string_view rest = call[1].string(); !rest.empty();)
      points_.insert(TakeCodePoint(rest));
  }
  bool Has(char32_t point) const { return given_ ? points_.contains(point) : IsSpace(point); }

 private:
  bool given_;
  absl::flat_hash_set<char32_t> points_;
};

std::string_view WithoutBeginning(std::string_view text, const TrimmedPoints& trimmed) {
  for (std::string_view rest = text; !rest.empty(); text = rest)
    if (!trimmed.Has(TakeCodePoint(rest))) break;
  return text;
}

std::string_view WithoutEnd(std::string_view text, const TrimmedPoints& trimmed) {
  std::size_t kept = 0;
  for (std::string_view rest = text; !rest.empty();)
    if (!trimmed.Has(TakeCodePoint(rest))) kept = text.size() - rest.size();
  return text.substr(0, kept);
}

template <bool kBeginning, bool kEnd>
Datum Trim(const Call& call) {
  for (std::size_t i = 0; i < call.count; ++i)
    if (!IsText(call[i])) return call.WrongType(i, "a string");
  const TrimmedPoints trimmed(call);
  std::string_view text = call[0].string();
  if (kBeginning) text = WithoutBeginning(text, trimmed);
  if (kEnd) text = WithoutEnd(text, trimmed);
  return call.Text(std::string(text));
}

Datum Replace(const Call& call) {
  for (std::size_t i = 0; i < 3; ++i)
    if (!IsText(call[i])) return call.WrongType(i, "a string");
  const std::string_view text = call[0].string();
  const std::string_view from = call[1].string();
  if (from.empty()) return call[0];
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = FindText(text, from); at != std::string_view::npos;
       at = FindText(text, from, done)) {
    out.append(text, done, at - done);
    out += call[2].string();
    done = at + from.size();
    if (out.size() > kTextBytesMax) break;
  }
  return call.Text(out.append(text, done));
}

// A position or length: an integer from 0 on. False: the error is recorded.
bool ReadCount(const Call& call, std::size_t at, std::size_t& count) {
  if (call[at].kind() != DatumKind::kInteger) {
    call.WrongType(at, "an integer");
    return false;
  }
  if (call[at].integer() < 0) {
    Fail(ErrorCode::kQueryArgument, "NumberOutOfRange", call.span,
         std::string(call.function.name) + "(): found " + std::to_string(call[at].integer()) +
             ", expected 0 or more",
         call.evaluation);
    return false;
  }
  count = static_cast<std::size_t>(call[at].integer());
  return true;
}

Datum Substring(const Call& call) {
  if (!IsText(call[0])) return call.WrongType(0, "a string");
  std::size_t start = 0;
  std::size_t length = SIZE_MAX;
  if (!ReadCount(call, 1, start)) return {};
  if (call.count > 2 && !ReadCount(call, 2, length)) return {};
  std::string_view text = call[0].string();
  text.remove_prefix(OffsetOf(text, start));
  return call.Text(std::string(text.substr(0, OffsetOf(text, length))));
}

Datum Left(const Call& call) {
  if (!IsText(call[0])) return call.WrongType(0, "a string");
  std::size_t length = 0;
  if (!ReadCount(call, 1, length)) return {};
  return call.Text(call[0].string().substr(0, OffsetOf(call[0].string(), length)));
}

Datum Right(const Call& call) {
  if (!IsText(call[0])) return call.WrongType(0, "a string");
  std::size_t length = 0;
  if (!ReadCount(call, 1, length)) return {};
  const std::string& text = call[0].string();
  const std::size_t count = CountCodePoints(text);
  return call.Text(text.substr(OffsetOf(text, count - std::min(count, length))));
}

Datum SplitIntoCodePoints(std::string_view text, const Call& call) {
  DatumList parts;
  while (!text.empty()) {
    if (!call.MayGrow(parts)) return {};
    std::string part;
    AppendCodePoint(TakeCodePoint(text), part);
    parts.push_back(Datum::String(std::move(part)));
  }
  return call.List(std::move(parts));
}

Datum Split(const Call& call) {
  if (!IsText(call[0])) return call.WrongType(0, "a string");
  std::vector<std::string_view> separators;
  if (IsText(call[1])) {
    separators.push_back(call[1].string());
  } else if (call[1].kind() == DatumKind::kList) {
    for (const Datum& item : call[1].list()) {
      if (!IsText(item)) return call.WrongType(1, "a string, or a list of strings");
      separators.push_back(item.string());
    }
  } else {
    return call.WrongType(1, "a string, or a list of strings");
  }
  const std::string_view text = call[0].string();
  if (std::ranges::find(separators, std::string_view()) != separators.end())
    return SplitIntoCodePoints(text, call);
  if (separators.size() > kSeparatorsMax) {
    return Fail(ErrorCode::kQueryArgument, "NumberOutOfRange", call.span,
                absl::StrFormat("split(): found %d separators, expected at most %d",
                                separators.size(), kSeparatorsMax),
                call.evaluation);
  }
  SeparatorSearch search(text, std::move(separators));
  DatumList parts;
  std::size_t from = 0;
  for (;;) {
    if (!call.MayGrow(parts)) return {};
    const auto [at, size] = search.Next(from);
    parts.push_back(Datum::String(std::string(text.substr(from, at - from))));
    if (at == std::string_view::npos) return call.List(std::move(parts));
    from = at + size;
  }
}

Datum CharLength(const Call& call) {
  if (!IsText(call[0])) return call.WrongType(0, "a string");
  return Datum::Integer(static_cast<std::int64_t>(CountCodePoints(call[0].string())));
}

constexpr Function kFunctions[] = {
    {"toupper", 1, 1, ToUpper, kTexts, kTexts},
    {"upper", 1, 1, ToUpper, kTexts, kTexts},
    {"tolower", 1, 1, ToLower, kTexts, kTexts},
    {"lower", 1, 1, ToLower, kTexts, kTexts},
    {"trim", 1, 2, Trim<true, true>, kTexts, kTexts},
    {"btrim", 1, 2, Trim<true, true>, kTexts, kTexts},
    {"ltrim", 1, 2, Trim<true, false>, kTexts, kTexts},
    {"rtrim", 1, 2, Trim<false, true>, kTexts, kTexts},
    {"replace", 3, 3, Replace, kTexts, kTexts},
    {"substring", 2, 3, Substring, kTexts, kTexts},
    {"left", 2, 2, Left, kTexts, kTexts},
    {"right", 2, 2, Right, kTexts, kTexts},
    {"split", 2, 2, Split, kTexts, kListKind},
    {"char_length", 1, 1, CharLength, kTexts, kIntegerKind},
    {"character_length", 1, 1, CharLength, kTexts, kIntegerKind},
};

}  // namespace

std::span<const Function> TextFunctions() { return kFunctions; }

}  // namespace kosei::language
