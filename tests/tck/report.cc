#include "report.h"

#include <map>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_format.h"

namespace kosei::tck {
namespace {

void Count(const Result& result, Counts& counts) {
  ++counts.scenarios;
  switch (result.verdict.outcome) {
    case Outcome::kPassed:
      ++counts.passed;
      break;
    case Outcome::kFailed:
      ++counts.failed;
      if (result.verdict.wrong_rows) ++counts.wrong_rows;
      break;
    case Outcome::kUnsupported:
      ++counts.unsupported;
      break;
  }
}

Counts CountIf(const std::vector<Result>& results, absl::FunctionRef<bool(const Result&)> counts) {
  Counts out;
  for (const Result& result : results) {
    if (counts(result)) Count(result, out);
  }
  return out;
}

std::string Line(std::string_view name, const Counts& counts) {
  const double share = counts.scenarios == 0 ? 0
                                             : 100.0 * static_cast<double>(counts.passed) /
                                                   static_cast<double>(counts.scenarios);
  return absl::StrFormat("%-34s %9d %7d %7d %11d %10d %6.1f%%\n", name, counts.scenarios,
                         counts.passed, counts.failed, counts.unsupported, counts.wrong_rows,
                         share);
}

std::string FolderOf(const std::string& file) { return file.substr(0, file.rfind('/')); }

std::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "passed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kUnsupported:
      return "unsupported";
  }
  return {};
}

}  // namespace

Counts Report::All() const {
  return CountIf(results_, [](const Result& /*result*/) { return true; });
}
Counts Report::ReadOnly() const {
  return CountIf(results_, [](const Result& result) { return result.category.read_only; });
}
Counts Report::Core() const {
  return CountIf(results_, [](const Result& result) { return result.category.core; });
}

bool Report::AllPassed() const {
  const Counts all = All();
  return all.passed == all.scenarios;
}

std::string Report::Table() const {
  std::map<std::string, Counts> folders;
  for (const Result& result : results_) Count(result, folders[FolderOf(result.file)]);
  std::string table = absl::StrFormat("%-34s %9s %7s %7s %11s %10s %7s\n", "", "scenarios",
                                      "passed", "failed", "unsupported", "wrong_rows", "passed");
  for (const auto& [folder, counts] : folders) table += Line(folder, counts);
  table += '\n';
  table += Line("core", Core());
  table += Line("core, expecting an error", CountIf(results_, [](const Result& result) {
                  return result.category.core && result.expects_error;
                }));
  table += Line("read-only", ReadOnly());
  table += Line("read-only, expecting an error", CountIf(results_, [](const Result& result) {
                  return result.category.read_only && result.expects_error;
                }));
  const Counts all = All();
  table += Line("all", all);
  table += absl::StrFormat("%-34s %9d\n", "not read-only", all.scenarios - ReadOnly().scenarios);
  table += absl::StrFormat("tck: scenarios %d passed %d failed %d unsupported %d wrong_rows %d\n",
                           all.scenarios, all.passed, all.failed, all.unsupported, all.wrong_rows);
  return table;
}

std::string Report::List() const {
  std::string list;
  for (const Result& result : results_) {
    if (result.verdict.outcome == Outcome::kPassed) continue;
    list +=
        absl::StrFormat("%s: %s: %s\n  %s\n",
                        result.verdict.wrong_rows ? "wrong_rows" : NameOf(result.verdict.outcome),
                        result.file, result.name, result.verdict.reason);
  }
  return list;
}

}  // namespace kosei::tck
