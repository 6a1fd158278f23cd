// kosei_tck [--list] [--strict] [--engine] [--server BINARY] [--only TEXT] FOLDER
//
// Runs the kit in FOLDER (with features/ and graphs/ in it), such as the openCypher TCK, and
// reports. Exit code 0 when all was run, whatever the verdicts, and with --strict when all passed,
// else 2; 1 when the kit or the target cannot be used, or the command line is wrong.
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine_target.h"
#include "feature_file.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "run.h"
#include "server_target.h"

namespace kosei::tck {
namespace {

constexpr std::string_view kUsage =
    "usage: kosei_tck [--list] [--strict] [--engine] [--server BINARY] [--only TEXT] FOLDER\n"
    "  --list           name every scenario that did not pass, with the reason\n"
    "  --strict         exit with 2 when a scenario failed or is not supported\n"
    "  --engine         ask the query engine in this process instead of a koseid\n"
    "  --server BINARY  the koseid to ask\n"
    "  --only TEXT      only scenarios with TEXT in 'file: name'\n";

struct Arguments {
  bool list = false;
  bool strict = false;
  bool engine = false;
  std::string server = KOSEI_SERVER_BINARY;
  std::string only;
  std::string folder;
};

bool Parse(const std::vector<std::string>& words, Arguments& out) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--list") {
      out.list = true;
    } else if (words[i] == "--strict") {
      out.strict = true;
    } else if (words[i] == "--engine") {
      out.engine = true;
    } else if (words[i] == "--server" && has_value) {
      out.server = words[++i];
    } else if (words[i] == "--only" && has_value) {
      out.only = words[++i];
    } else if (!words[i].starts_with("--") && out.folder.empty()) {
      out.folder = words[i];
    } else {
      return false;
    }
  }
  return !out.folder.empty();
}

int Fail(const absl::Status& status) {
  std::cerr << "kosei_tck: " << MessageOf(status) << "\n";
  return 1;
}

absl::StatusOr<std::vector<Scenario>> Chosen(const Arguments& arguments) {
  KOSEI_ASSIGN_OR_RETURN(std::vector<Scenario> scenarios,
                         ReadFeatures(arguments.folder + "/features"));
  std::erase_if(scenarios, [&](const Scenario& scenario) {
    return (scenario.file + ": " + scenario.name).find(arguments.only) == std::string::npos;
  });
  if (!scenarios.empty()) return scenarios;
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("no scenario has '%s' in 'file: name'", arguments.only));
}

std::unique_ptr<Target> MakeTarget(const Arguments& arguments) {
  if (arguments.engine) return std::make_unique<EngineTarget>();
  return std::make_unique<ServerTarget>(arguments.server);
}

int Main(const std::vector<std::string>& words) {
  Arguments arguments;
  if (!Parse(words, arguments)) {
    std::cerr << kUsage;
    return 1;
  }
  const absl::StatusOr<std::vector<Scenario>> scenarios = Chosen(arguments);
  if (!scenarios.ok()) return Fail(scenarios.status());
  const std::unique_ptr<Target> target = MakeTarget(arguments);
  absl::StatusOr<std::vector<Result>> results =
      RunScenarios(*scenarios, {arguments.folder + "/graphs"}, *target);
  if (!results.ok()) return Fail(results.status());
  const Report report(*std::move(results));
  if (arguments.list) std::cout << report.List() << "\n";
  std::cout << report.Table();
  return arguments.strict && !report.AllPassed() ? 2 : 0;
}

}  // namespace
}  // namespace kosei::tck

int main(int count, char** words) { return kosei::tck::Main({words + 1, words + count}); }
