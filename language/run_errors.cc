#include "run_errors.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/language/query_error.h"

namespace kosei::language {
namespace {

std::string NotWanted(std::string_view what, const Datum& found, std::string_view wanted) {
  return absl::StrFormat("%s: found %s, expected %s", what, NameOf(found.kind()), wanted);
}

Datum CheckedDepth(Datum value, Span span, Evaluation& evaluation) {
  evaluation.Watch();
  if (value.depth() <= kDatumDepthMax) return value;
  return Fail(
      ErrorCode::kMemoryBudget, "NestingTooDeep", span,
      absl::StrFormat("lists and maps are nested more than %d deep; flatten them", kDatumDepthMax),
      evaluation);
}

}  // namespace

Datum Fail(ErrorCode code, std::string_view detail, Span span, std::string_view message,
           Evaluation& evaluation) {
  return evaluation.Fail(MakeQueryError(code, detail, span, message));
}

Datum WrongKind(std::string_view what, const Datum& found, std::string_view wanted, Span span,
                Evaluation& evaluation) {
  return Fail(ErrorCode::kQueryType, "InvalidArgumentType", span, NotWanted(what, found, wanted),
              evaluation);
}

Datum WrongValue(std::string_view what, const Datum& found, std::string_view wanted, Span span,
                 Evaluation& evaluation) {
  return Fail(ErrorCode::kQueryType, "InvalidArgumentValue", span, NotWanted(what, found, wanted),
              evaluation);
}

Datum TooLarge(std::string_view what, Span span, Evaluation& evaluation) {
  return Fail(ErrorCode::kMemoryBudget, "ValueTooLarge", span,
              absl::StrFormat("%s is too large: a list holds at most %d items and a text %d bytes; "
                              "work on rows instead (UNWIND)",
                              what, kListItemsMax, kTextBytesMax),
              evaluation);
}

Datum MakeList(DatumList items, Span span, Evaluation& evaluation) {
  if (items.size() > kListItemsMax) return TooLarge("the list", span, evaluation);
  return CheckedDepth(Datum::List(std::move(items)), span, evaluation);
}

Datum MakeMap(DatumMap entries, Span span, Evaluation& evaluation) {
  return CheckedDepth(Datum::Map(std::move(entries)), span, evaluation);
}

Datum MakeText(std::string text, Span span, Evaluation& evaluation) {
  if (text.size() > kTextBytesMax) return TooLarge("the text", span, evaluation);
  Datum value = Datum::String(std::move(text));
  evaluation.Watch();
  return value;
}

}  // namespace kosei::language
