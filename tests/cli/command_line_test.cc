// Usage, errors and completion without a server; and the manual page against the commands.
#include "command_line.h"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app.h"
#include "completion.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Outcome {
  int code;
  std::string out;
  std::string notes;
};

std::string Content(std::FILE* file) {
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

Outcome Say(std::vector<std::string> arguments) {
  std::FILE* const out = std::tmpfile();
  std::FILE* const notes = std::tmpfile();
  const int code = static_cast<int>(RunCommandLine(std::move(arguments), out, notes));
  return {code, Content(out), Content(notes)};
}

TEST(CommandLine, SuggestsWhatWasMeant) {
  struct Case {
    std::vector<std::string> arguments;
    std::string message;
  };
  const Case cases[] = {
      {{"imapct", "x"}, "unknown command 'imapct'; did you mean 'impact'?\ntry 'kosei --help'"},
      {{"impact", "x", "--dept", "3"},
       "unknown option '--dept'; did you mean '--depth'?\ntry 'kosei impact --help'"},
      {{"get", "x", "--servr", "y"}, "unknown option '--servr'; did you mean '--server'?"},
      {{"admin", "token", "lst"}, "unknown command 'lst'; did you mean 'list'?"},
      {{"search", "-o", "jsn"}, "'jsn' found, expected one of table, json, jsonl, csv; did you"},
      {{"status", "extra"}, "unexpected argument 'extra'"},
      {{"impact"}, "no record is named"},
      {{"impact", "x", "--depth", "-1"}, "--depth"},
      {{"impact", "x", "--limit", "ten"}, "--limit: 'ten' found, expected a number"},
      {{"admin"}, "a command is missing; expected one of "},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.message);
    const Outcome outcome = Say(c.arguments);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.notes, HasSubstr(c.message));
  }
}

TEST(CommandLine, RefusesBeforeItConnects) {
  EXPECT_THAT(Say({"import"}).notes, HasSubstr("no input; give --records FILE"));
  EXPECT_THAT(Say({"import", "--records", "-", "--links", "-"}).notes, HasSubstr("cannot be both"));
  EXPECT_EQ(Say({"import", "--records", "no-such-file.csv"}).code, 7);
  EXPECT_THAT(Say({"get", "x", "--as-of", "2026-99-99"}).notes, HasSubstr("RFC 3339"));
  const Outcome no_token = Say({"status", "--token-file", "no-such-file"});
  EXPECT_EQ(no_token.code, 4);
  EXPECT_THAT(no_token.notes, HasSubstr("read token file no-such-file"));
}

TEST(CommandLine, TakesGlobalOptionsBeforeAndAfterTheCommand) {
  EXPECT_EQ(Say({"--output", "json", "version"}).out, Say({"version", "--output", "json"}).out);
  EXPECT_THAT(Say({"version", "-o", "csv"}).out, HasSubstr("version\n"));
}

TEST(CommandLine, HelpNamesTheWholeCommand) {
  const Outcome help = Say({"admin", "token", "create", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("Usage: kosei admin token create"));
  EXPECT_THAT(help.out, HasSubstr("Examples:\n  kosei admin token create"));
}

TEST(Completion, OffersCommandsFlagsAndChoices) {
  Application application;
  CLI::App& root = application.root();
  EXPECT_THAT(Complete(root, {"im"}), ElementsAre("impact", "import"));
  EXPECT_THAT(Complete(root, {"--output", "json", "adm"}), ElementsAre("admin"));
  EXPECT_THAT(Complete(root, {"admin", "token", ""}), ElementsAre("create", "list", "revoke"));
  EXPECT_THAT(Complete(root, {"impact", "x", "--di"}), ElementsAre("--direction"));
  EXPECT_THAT(Complete(root, {"impact", "--direction", ""}), ElementsAre("down", "up"));
  EXPECT_THAT(Complete(root, {"impact", "x", "-o", "js"}), ElementsAre("json", "jsonl"));
  EXPECT_THAT(Complete(root, {"impact", "--output=js"}),
              ElementsAre("--output=json", "--output=jsonl"));
  EXPECT_THAT(Complete(root, {"impact", "--output", "="}),
              ElementsAre("table", "json", "jsonl", "csv"));
  EXPECT_THAT(Complete(root, {"impact", "--output", "=", "c"}), ElementsAre("csv"));
  EXPECT_THAT(Complete(root, {"impact", "--output", "=", "csv", "--dep"}), ElementsAre("--depth"));
  EXPECT_THAT(Complete(root, {"import", "--records", ""}), ElementsAre());
  EXPECT_THAT(Complete(root, {"completion", "z"}), ElementsAre("zsh"));
  EXPECT_EQ(Say({"__complete", "--", "stat"}).out, "status\n");
}

TEST(Completion, HasAScriptForEachShell) {
  for (const char* const shell : {"bash", "zsh", "fish"}) {
    SCOPED_TRACE(shell);
    EXPECT_THAT(Say({"completion", shell}).out, HasSubstr(" __complete -- "));
  }
}

void CheckManual(const std::string& manual, CLI::App& command, const std::string& name) {
  for (const CLI::Option* const option : command.get_options()) {
    for (const std::string& flag : option->get_lnames()) {
      EXPECT_NE(manual.find("*--" + flag + "*"), std::string::npos)
          << "option --" << flag << " of '" << name << "'";
    }
  }
  for (CLI::App* const inner : command.get_subcommands({})) {
    const std::string full = name.empty() ? inner->get_name() : name + " " + inner->get_name();
    if (inner->get_subcommands({}).empty()) {
      EXPECT_NE(manual.find("*" + full + "*"), std::string::npos) << "command '" << full << "'";
    }
    CheckManual(manual, *inner, full);
  }
}

TEST(Manual, NamesEveryCommandAndFlag) {
  std::ostringstream manual;
  manual << std::ifstream(KOSEI_MANUAL).rdbuf();
  ASSERT_FALSE(manual.str().empty()) << KOSEI_MANUAL;
  Application application;
  CheckManual(manual.str(), application.root(), "");
}

}  // namespace
}  // namespace kosei::cli
