// Passing errors on in one line. Both macros return from the enclosing function.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define KOSEI_RETURN_IF_ERROR(expression)                                                    \
  do {                                                                                       \
    if (::absl::Status kosei_status = (expression); !kosei_status.ok()) return kosei_status; \
  } while (false)

#define KOSEI_CONCAT_INNER(a, b) a##b
#define KOSEI_CONCAT(a, b) KOSEI_CONCAT_INNER(a, b)
#define KOSEI_ASSIGN_OR_RETURN_IMPL(result, target, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return std::move(result).status();          \
  target = *std::move(result)

// KOSEI_ASSIGN_OR_RETURN(const auto view, store.Open(...));
#define KOSEI_ASSIGN_OR_RETURN(target, expression) \
  KOSEI_ASSIGN_OR_RETURN_IMPL(KOSEI_CONCAT(kosei_result_, __LINE__), target, expression)

namespace kosei {

// The one way to drop an error on purpose; `why` is for the reader and for grep.
inline void IgnoreError(const absl::Status& status, std::string_view why) {
  status.IgnoreError();
  static_cast<void>(why);
}

}  // namespace kosei
