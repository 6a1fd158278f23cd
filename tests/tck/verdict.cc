#include "verdict.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"

namespace kosei::tck {
namespace {

constexpr std::size_t kRowsShownMax = 5;

std::optional<ErrorCode> CodeOfType(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, ErrorCode>, 9> kTypes = {{
      {"SyntaxError", ErrorCode::kQuerySyntax},
      {"SemanticError", ErrorCode::kQuerySyntax},
      {"TypeError", ErrorCode::kQueryType},
      {"ArgumentError", ErrorCode::kQueryArgument},
      {"ArithmeticError", ErrorCode::kQueryArithmetic},
      {"EntityNotFound", ErrorCode::kQueryEntity},
      {"PropertyNotFound", ErrorCode::kQueryEntity},
      {"ParameterMissing", ErrorCode::kQueryParameter},
      {"ProcedureError", ErrorCode::kQueryProcedure},
  }};
  for (const auto& [name, code] : kTypes) {
    if (name == type) return code;
  }
  return std::nullopt;
}

std::string ErrorText(const absl::Status& status) {
  return absl::StrFormat("%s %s: %s", InfoOf(CodeOf(status)).symbol, FieldOf(status),
                         MessageOf(status));
}

Verdict JudgeError(const ExpectedError& expected, const absl::StatusOr<Answer>& result) {
  const std::string wanted = expected.type + " " + expected.detail;
  if (result.ok()) {
    return {Outcome::kFailed, true,
            absl::StrFormat("expected %s, found %d rows", wanted, result->rows.size())};
  }
  const std::optional<ErrorCode> code = CodeOfType(expected.type);
  if (!code) {
    return {Outcome::kUnsupported, false,
            absl::StrFormat("no error of kosei is a %s", expected.type)};
  }
  const bool detail_fits = expected.detail == "*" || FieldOf(result.status()) == expected.detail;
  if (CodeOf(result.status()) == *code && detail_fits) return {};
  return {Outcome::kFailed, false,
          absl::StrFormat("expected %s, found %s", wanted, ErrorText(result.status()))};
}

std::vector<std::string> Texts(const std::vector<std::vector<Cell>>& rows,
                               const ExpectedRows& expected) {
  std::vector<std::string> texts;
  for (const std::vector<Cell>& row : rows) {
    texts.push_back(absl::StrJoin(row, " | ", [&](std::string* out, const Cell& cell) {
      *out += TextOf(cell, expected.lists);
    }));
  }
  if (!expected.in_order) std::sort(texts.begin(), texts.end());
  return texts;
}

std::string Shown(const std::vector<std::string>& rows) {
  const std::size_t count = std::min(rows.size(), kRowsShownMax);
  std::string shown;
  for (std::size_t i = 0; i < count; ++i) shown += "\n    | " + rows[i] + " |";
  if (count < rows.size()) shown += absl::StrFormat("\n    and %d more", rows.size() - count);
  return shown;
}

Verdict JudgeRows(const ExpectedRows& expected, const Answer& answer) {
  if (expected.any_columns) {
    if (answer.rows.empty()) return {};
    return {Outcome::kFailed, true,
            absl::StrFormat("expected no rows, found %d", answer.rows.size())};
  }
  if (answer.columns != expected.columns) {
    return {
        Outcome::kFailed, true,
        absl::StrFormat("expected the columns %s, found %s", absl::StrJoin(expected.columns, ", "),
                        absl::StrJoin(answer.columns, ", "))};
  }
  const std::vector<std::string> wanted = Texts(expected.rows, expected);
  const std::vector<std::string> found = Texts(answer.rows, expected);
  if (wanted == found) return {};
  return {Outcome::kFailed, true,
          absl::StrFormat("expected %d rows%s\n  found %d rows%s", wanted.size(), Shown(wanted),
                          found.size(), Shown(found))};
}

}  // namespace

Verdict Judge(const Execution& execution, const absl::StatusOr<Answer>& result) {
  if (HasCode(result.status(), ErrorCode::kQueryUnsupported))
    return {Outcome::kUnsupported, false, ErrorText(result.status())};
  if (execution.error) return JudgeError(*execution.error, result);
  if (!result.ok()) return {Outcome::kFailed, false, "found " + ErrorText(result.status())};
  if (execution.rows) return JudgeRows(*execution.rows, *result);
  return {};
}

}  // namespace kosei::tck
