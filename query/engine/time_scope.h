// Which View the time clauses of a statement, or of one MATCH, mean.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/ast.h"
#include "kosei/language/evaluation.h"
#include "kosei/query/view_value.h"
#include "kosei/storage/view.h"

namespace kosei::query {

struct TimeNames {
  storage::ViewName view;
  // With FROM ... TO ...: versions that held at this time or later are meant, up to the View, which
  // is the last before TO.
  std::optional<storage::ViewName> from = std::nullopt;
};

// What is not written is as in `otherwise`. AS OF, FROM and TO take an instant (a date-time, or its
// text with an offset), a date (its beginning in UTC), a commit number, or the name of a baseline;
// IN PLAN a plan's name. `evaluation` has the parameters. Errors: kQueryType, kQueryArgument.
absl::StatusOr<TimeNames> TimeNamesOf(const language::TimeScope& time, const TimeNames& otherwise,
                                      std::string_view text, language::Evaluation& evaluation);

}  // namespace kosei::query
