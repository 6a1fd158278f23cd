#include "scenario_plan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "re2/re2.h"

namespace kosei::tck {
namespace {

absl::Status BadStep(const Scenario& scenario, const Step& step, std::string_view message) {
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("%s:%d: step '%s': %s", scenario.file, step.line, step.text, message));
}

absl::StatusOr<ExpectedRows> RowsOf(const Step& step) {
  ExpectedRows expected;
  expected.in_order = step.text.find("in order") != std::string::npos;
  if (step.text.find("ignoring element order for lists") != std::string::npos)
    expected.lists = ListOrder::kIgnored;
  if (step.table.empty()) return expected;
  expected.columns = step.table.front();
  for (std::size_t i = 1; i < step.table.size(); ++i) {
    std::vector<Cell>& row = expected.rows.emplace_back();
    for (const std::string& text : step.table[i]) {
      KOSEI_ASSIGN_OR_RETURN(Cell cell, ParseCell(text));
      row.push_back(std::move(cell));
    }
  }
  return expected;
}

std::optional<ExpectedError> ErrorOf(const std::string& text) {
  static const re2::RE2& pattern =
      *new re2::RE2("an? (\\w+) should be raised at (compile time|runtime|any time): (\\S+)");
  ExpectedError error;
  if (!re2::RE2::FullMatch(text, pattern, &error.type, &error.phase, &error.detail))
    return std::nullopt;
  return error;
}

class Planner {
 public:
  explicit Planner(const Scenario& scenario) : scenario_(scenario) {}

  absl::StatusOr<ScenarioPlan> Run() {
    for (const Step& step : scenario_.steps) {
      absl::StatusOr<bool> known = ReadGiven(step);
      if (known.ok() && !*known) known = ReadThen(step);
      if (!known.ok()) return BadStep(scenario_, step, MessageOf(known.status()));
      if (!*known) return BadStep(scenario_, step, "this step is not known to the runner");
    }
    if (plan_.executions.empty()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("%s: %s executes nothing", scenario_.file, scenario_.name));
    }
    return std::move(plan_);
  }

 private:
  static absl::Status NeedDoc(const Step& step) {
    if (step.doc) return absl::OkStatus();
    return MakeError(ErrorCode::kInvalidArgument, "a statement between \"\"\" is missing");
  }

  absl::StatusOr<bool> ReadGiven(const Step& step) {
    const std::string& text = step.text;
    static const re2::RE2& named = *new re2::RE2("the ([\\w-]+) graph");
    if (text == "an empty graph") {
      plan_.graph.clear();
    } else if (text == "any graph") {
      plan_.graph = "any";
    } else if (re2::RE2::FullMatch(text, named, &plan_.graph)) {
    } else if (text == "having executed:") {
      KOSEI_RETURN_IF_ERROR(NeedDoc(step));
      plan_.setup.push_back(*step.doc);
    } else if (text == "parameters are:") {
      for (const std::vector<std::string>& row : step.table) {
        if (row.size() != 2)
          return MakeError(ErrorCode::kInvalidArgument, "expected rows of name and value");
        KOSEI_ASSIGN_OR_RETURN(plan_.parameters[row[0]], ParseCell(row[1]));
      }
    } else if (text.starts_with("there exists a procedure ")) {
      plan_.defines_procedure = true;
    } else if (text == "executing query:" || text == "executing control query:") {
      KOSEI_RETURN_IF_ERROR(NeedDoc(step));
      plan_.executions.push_back({*step.doc, std::nullopt, std::nullopt});
    } else {
      return false;
    }
    return true;
  }

  absl::StatusOr<bool> ReadThen(const Step& step) {
    const std::string& text = step.text;
    // Statements that are run here have none.
    if (text == "no side effects" || text == "the side effects should be:") return true;
    const std::optional<ExpectedError> error = ErrorOf(text);
    const bool is_rows = text.starts_with("the result should be");
    if (!error && !is_rows) return false;
    if (plan_.executions.empty())
      return MakeError(ErrorCode::kInvalidArgument, "nothing was executed before it");
    if (error) {
      plan_.executions.back().error = error;
      return true;
    }
    KOSEI_ASSIGN_OR_RETURN(plan_.executions.back().rows, RowsOf(step));
    plan_.executions.back().rows->any_columns = text == "the result should be empty";
    return true;
  }

  const Scenario& scenario_;
  ScenarioPlan plan_;
};

// The statement with texts, quoted names and comments made blank.
std::string BareCode(std::string_view query) {
  std::string code(query);
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char quote = code[i];
    const std::string_view rest = std::string_view(code).substr(i);
    std::size_t end = 0;
    if (quote == '\'' || quote == '"' || quote == '`') {
      end = i + 1;
      while (end < code.size() && code[end] != quote)
        end += quote != '`' && code[end] == '\\' ? 2 : 1;
      ++end;
    } else if (rest.starts_with("//")) {
      end = code.find('\n', i);
    } else if (rest.starts_with("/*")) {
      end = code.find("*/", i + 2);
      if (end != std::string::npos) end += 2;
    } else {
      continue;
    }
    end = std::min(end, code.size());
    std::fill(code.begin() + static_cast<std::ptrdiff_t>(i),
              code.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    i = end - 1;
  }
  return code;
}

bool HasAny(const ScenarioPlan& plan, const re2::RE2& pattern) {
  return std::any_of(plan.executions.begin(), plan.executions.end(), [&](const Execution& one) {
    return re2::RE2::PartialMatch(BareCode(one.query), pattern);
  });
}

}  // namespace

absl::StatusOr<ScenarioPlan> PlanOf(const Scenario& scenario) { return Planner(scenario).Run(); }

bool Writes(std::string_view query) {
  static const re2::RE2& pattern =
      *new re2::RE2("(?i)(?:^|[^\\w.:$])(?:CREATE|MERGE|SET|DELETE|REMOVE)\\b\\s*[\\w(`\\[]");
  return re2::RE2::PartialMatch(BareCode(query), pattern);
}

Category CategoryOf(const Scenario& scenario, const ScenarioPlan& plan) {
  static const re2::RE2& special = *new re2::RE2(
      "(?i)(?:"
      "\\b(?:date|time|localtime|datetime|localdatetime|duration)\\s*[.(]"  // temporal
      "|\\b(?:all|any|none|single)\\s*\\("                                  // quantifiers
      "|\\bexists\\s*\\{"
      "|\\[\\s*(?:\\w+\\s*=\\s*)?\\([^()]*\\)\\s*<?-)");  // pattern comprehension
  Category category;
  category.read_only =
      !plan.defines_procedure &&
      std::none_of(plan.executions.begin(), plan.executions.end(),
                   [](const Execution& execution) { return Writes(execution.query); });
  constexpr std::array<std::string_view, 3> kApart = {"temporal/", "quantifier/",
                                                      "existentialSubqueries/"};
  const bool apart = std::any_of(kApart.begin(), kApart.end(), [&](std::string_view folder) {
    return scenario.file.find(folder) != std::string::npos;
  });
  category.core = category.read_only && !apart && !HasAny(plan, special);
  return category;
}

}  // namespace kosei::tck
