#include "run_errors.h"

#include "absl/strings/str_format.h"
#include "kosei/language/made_values.h"
#include "kosei/language/query_error.h"

namespace kosei::language {
namespace {

std::string NotWanted(std::string_view what, const Datum& found, std::string_view wanted) {
  return absl::StrFormat("%s: found %s, expected %s", what, NameOf(found.kind()), wanted);
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
  return Fail(
      ErrorCode::kMemoryBudget, "ValueTooLarge", span,
      absl::StrFormat("%s is too large: a list holds at most %d items, a text %d bytes, and "
                      "a value with all that is in it %d; work on rows instead (UNWIND)",
                      what, kListItemsMax, kTextBytesMax, kWrittenBytesMax),
      evaluation);
}

}  // namespace kosei::language
