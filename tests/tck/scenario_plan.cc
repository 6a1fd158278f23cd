#include "scenario_plan.h"

#include <algorithm>
#include <array>
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

absl::Status Bad(std::string_view message) {
  return MakeError(ErrorCode::kInvalidArgument, message);
}

// What a step says of the rows; nothing when it does not speak of them.
std::optional<ExpectedRows> FormOf(std::string_view text) {
  ExpectedRows form;
  if (text == "the result should be, in order:") {
    form.in_order = true;
  } else if (text == "the result should be, in order (ignoring element order for lists):") {
    form.in_order = true;
    form.lists = ListOrder::kIgnored;
  } else if (text == "the result should be (ignoring element order for lists):") {
    form.lists = ListOrder::kIgnored;
  } else if (text == "the result should be empty") {
    form.any_columns = true;
  } else if (text != "the result should be, in any order:") {
    return std::nullopt;
  }
  return form;
}

absl::Status ReadRows(const Table& table, ExpectedRows& expected) {
  if (table.empty() != expected.any_columns)
    return Bad(table.empty() ? "a table of rows is missing" : "no table belongs here");
  if (table.empty()) return absl::OkStatus();
  expected.columns = table.front();
  for (std::size_t i = 1; i < table.size(); ++i) {
    std::vector<Cell>& row = expected.rows.emplace_back();
    for (const std::string& text : table[i]) {
      KOSEI_ASSIGN_OR_RETURN(Cell cell, ParseCell(text));
      row.push_back(std::move(cell));
    }
  }
  return absl::OkStatus();
}

std::optional<ExpectedError> ErrorOf(const std::string& text) {
  static const re2::RE2& pattern =
      *new re2::RE2("an? (\\w+) should be raised at (?:compile time|runtime|any time): (\\S+)");
  ExpectedError error;
  if (!re2::RE2::FullMatch(text, pattern, &error.type, &error.detail)) return std::nullopt;
  return error;
}

class Planner {
 public:
  explicit Planner(const Scenario& scenario) : scenario_(scenario) {}

  absl::StatusOr<ScenarioPlan> Run() {
    for (const Step& step : scenario_.steps) {
      absl::StatusOr<bool> known = ReadGivenOrWhen(step);
      if (known.ok() && !*known) known = ReadThen(step);
      if (!known.ok()) return BadStep(scenario_, step, MessageOf(known.status()));
      if (!*known) return BadStep(scenario_, step, "this step is not known to the runner");
    }
    const bool expects = std::any_of(plan_.executions.begin(), plan_.executions.end(),
                                     [](const Execution& one) { return one.rows || one.error; });
    if (expects) return std::move(plan_);
    return Bad(absl::StrFormat("%s: %s executes nothing, or expects nothing of it", scenario_.file,
                               scenario_.name));
  }

 private:
  // What a step says is there or is done; false: it says neither.
  absl::StatusOr<bool> ReadGivenOrWhen(const Step& step) {
    const std::string& text = step.text;
    if (text == "having executed:") {
      KOSEI_ASSIGN_OR_RETURN(plan_.setup.emplace_back(), StatementOf(step));
    } else if (text == "parameters are:") {
      KOSEI_RETURN_IF_ERROR(ReadParameters(step.table));
    } else if (text == "executing query:" || text == "executing control query:") {
      KOSEI_ASSIGN_OR_RETURN(plan_.executions.emplace_back().query, StatementOf(step));
    } else if (text.starts_with("there exists a procedure ")) {
      plan_.defines_procedure = true;
    } else {
      return ReadGraph(text);
    }
    return true;
  }

  bool ReadGraph(const std::string& text) {
    static const re2::RE2& named = *new re2::RE2("the ([\\w-]+) graph");
    if (text == "an empty graph" || text == "any graph") {
      plan_.graph.clear();
      return true;
    }
    return re2::RE2::FullMatch(text, named, &plan_.graph);
  }

  static absl::StatusOr<std::string> StatementOf(const Step& step) {
    if (step.doc) return *step.doc;
    return Bad("a statement between \"\"\" is missing");
  }

  absl::Status ReadParameters(const Table& table) {
    if (table.empty() || table.front().size() != 2)
      return Bad("expected a table with rows of name and value");
    for (const std::vector<std::string>& row : table) {
      KOSEI_ASSIGN_OR_RETURN(plan_.parameters[row[0]], ParseCell(row[1]));
    }
    return absl::OkStatus();
  }

  // What has to come of the statement before it.
  absl::StatusOr<bool> ReadThen(const Step& step) {
    // Statements that are run here have none.
    if (step.text == "no side effects" || step.text == "the side effects should be:") return true;
    std::optional<ExpectedError> error = ErrorOf(step.text);
    std::optional<ExpectedRows> rows = FormOf(step.text);
    if (!error && !rows) return false;
    if (plan_.executions.empty()) return Bad("nothing was executed before it");
    if (rows) KOSEI_RETURN_IF_ERROR(ReadRows(step.table, *rows));
    plan_.executions.back().error = std::move(error);
    plan_.executions.back().rows = std::move(rows);
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
