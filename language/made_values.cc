#include "kosei/language/made_values.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/language/query_error.h"
#include "run_errors.h"

namespace kosei::language {
namespace {

Datum Checked(Datum value, Span span, Evaluation& evaluation) {
  if (value.depth() > kDatumDepthMax) {
    return Fail(ErrorCode::kMemoryBudget, "NestingTooDeep", span,
                absl::StrFormat("lists and maps are nested more than %d deep; flatten them",
                                kDatumDepthMax),
                evaluation);
  }
  if (value.HeapBytes() > kWrittenBytesMax) return TooLarge("the value", span, evaluation);
  return evaluation.HasRoom(0, span) ? std::move(value) : Datum();
}

}  // namespace

bool Evaluation::FailForMemory(Span span) {
  Fail(MakeQueryError(
      ErrorCode::kMemoryBudget, "MemoryLimit", span,
      absl::StrFormat("the values that the statement holds at one time take more than %d MiB; work "
                      "on rows instead of lists (UNWIND), ask for less, or allow more memory",
                      memory_bytes_ >> 20)));
  return false;
}

Datum MakeList(DatumList items, Span span, Evaluation& evaluation) {
  if (items.size() > kListItemsMax) return TooLarge("the list", span, evaluation);
  return Checked(Datum::List(std::move(items)), span, evaluation);
}

Datum MakeMap(DatumMap entries, Span span, Evaluation& evaluation) {
  return Checked(Datum::Map(std::move(entries)), span, evaluation);
}

Datum MakeText(std::string text, Span span, Evaluation& evaluation) {
  if (text.size() > kTextBytesMax) return TooLarge("the text", span, evaluation);
  return Checked(Datum::String(std::move(text)), span, evaluation);
}

}  // namespace kosei::language
