#include "command_line.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "app.h"
#include "completion.h"
#include "kosei/base/error.h"
#include "suggest.h"

namespace kosei::cli {
namespace {

void Print(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
}

// The innermost command that was named.
CLI::App* Innermost(CLI::App* app) {
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

std::string FullName(const CLI::App* app) {
  std::string name = app->get_name();
  for (app = app->get_parent(); app != nullptr; app = app->get_parent()) {
    name = app->get_name() + " " + name;
  }
  return name;
}

std::vector<std::string> FlagsOf(const CLI::App* app) {
  std::vector<std::string> flags;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* const option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

std::string Unexpected(CLI::App* command, const std::string& word) {
  if (word.starts_with('-')) {
    return absl::StrFormat("unknown option '%s'%s", word, DidYouMean(word, FlagsOf(command)));
  }
  std::vector<std::string> names;
  for (const CLI::App* const inner : command->get_subcommands({})) {
    names.push_back(inner->get_name());
  }
  if (names.empty()) return absl::StrFormat("unexpected argument '%s'", word);
  return absl::StrFormat("unknown command '%s'%s", word, DidYouMean(word, names));
}

// CLI11 says "Could not convert: --limit = x".
std::string NotANumber(const std::string& message) {
  constexpr std::string_view kBegin = "Could not convert: ";
  const std::size_t sign = message.find(" = ");
  if (!message.starts_with(kBegin) || sign == std::string::npos) return message;
  return absl::StrFormat("%s: '%s' found, expected a number",
                         message.substr(kBegin.size(), sign - kBegin.size()),
                         message.substr(sign + 3));
}

ExitCode SayUsage(Application& application, const CLI::ParseError& error, std::FILE* notes) {
  CLI::App* const command = Innermost(&application.root());
  const std::vector<std::string> extras = application.root().remaining(true);
  const auto extra =
      std::find_if(extras.begin(), extras.end(), [](const std::string& w) { return w != "--"; });
  std::string message = NotANumber(error.what());
  // What is unknown explains best why something else is missing.
  if (extra != extras.end()) {
    message = Unexpected(command, *extra);
  } else if (error.get_name() == "RequiredError" && message == "A subcommand is required") {
    std::string names;
    for (const CLI::App* const inner : command->get_subcommands({})) {
      names += (names.empty() ? "" : ", ") + inner->get_name();
    }
    message = absl::StrFormat("a command is missing; expected one of %s", names);
  }
  Print(notes, absl::StrFormat("kosei: %s\ntry '%s --help'\n", message, FullName(command)));
  return ExitCode::kUsage;
}

// nullopt: go on with the command.
std::optional<ExitCode> Parse(Application& application, std::vector<std::string> arguments,
                              std::FILE* out, std::FILE* notes) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    application.root().parse(arguments);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* const command = Innermost(&application.root());
    Print(out, command->help(command->get_parent() == nullptr ? std::string()
                                                              : FullName(command->get_parent())));
    return ExitCode::kOk;
  } catch (const CLI::CallForVersion&) {
    Print(out, application.root().version() + "\n");
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    return SayUsage(application, error, notes);
  }
  if (application.invocation().run) return std::nullopt;
  Print(notes, application.root().help());
  return ExitCode::kUsage;
}

ExitCode SayError(const Context& context, const absl::Status& status, std::FILE* notes) {
  Print(notes, absl::StrFormat("kosei: %s\n", ErrorText(context, status)));
  return ExitCodeOf(status);
}

ExitCode RunComplete(const std::vector<std::string>& arguments, std::FILE* out) {
  Application application;
  std::vector<std::string> words(arguments.begin() + 1, arguments.end());
  if (!words.empty() && words.front() == "--") words.erase(words.begin());
  for (const std::string& word : Complete(application.root(), words)) Print(out, word + "\n");
  return ExitCode::kOk;
}

}  // namespace

ExitCode RunCommandLine(std::vector<std::string> arguments, std::FILE* out, std::FILE* notes) {
  if (!arguments.empty() && arguments.front() == "__complete") return RunComplete(arguments, out);
  Application application;
  const std::optional<ExitCode> done = Parse(application, std::move(arguments), out, notes);
  if (done.has_value()) return *done;
  Invocation& invocation = application.invocation();
  FillFromEnvironment(invocation.global);
  Context context(invocation.global, out, notes);
  const CommandResult result = invocation.run(context);
  const absl::Status flushed = context.Flush();
  if (!result.ok()) return SayError(context, result.status(), notes);
  if (!flushed.ok()) return SayError(context, flushed, notes);
  return *result;
}

}  // namespace kosei::cli
