// Commands that the documents show are there, with the options that they show.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "app.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// First lines of kosei's files begin with its name as well: "kosei store format 2".
constexpr std::string_view kFirstLines[] = {"backup", "scrub", "store"};

struct Shown {
  std::size_t line;
  std::string command;  // without "kosei "
};

// What stands between backticks, and lines of code fences.
std::vector<Shown> CommandsIn(const std::string& document) {
  constexpr std::string_view kInline = "`kosei ";
  std::vector<Shown> commands;
  std::istringstream lines(document);
  bool fenced = false;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::string_view rest = line;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (rest.starts_with("```")) {
      fenced = !fenced;
    } else if (fenced) {
      for (const std::string_view prompt : {"$ ", "build/release/bin/"}) {
        if (rest.starts_with(prompt)) rest.remove_prefix(prompt.size());
      }
      if (rest.starts_with("kosei ")) commands.push_back({number, std::string(rest.substr(6))});
    } else {
      for (std::size_t at = line.find(kInline); at != std::string::npos;
           at = line.find(kInline, at + 1)) {
        const std::size_t begin = at + kInline.size();
        commands.push_back({number, line.substr(begin, line.find('`', begin) - begin)});
      }
    }
  }
  return commands;
}

// As a shell has them, up to a pipe, a redirection or a comment. What is in quotes is one word.
std::vector<std::string> WordsOf(std::string_view command) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < command.size()) {
    if (command[at] == ' ') {
      ++at;
      continue;
    }
    std::string word;
    char quote = '\0';
    for (; at < command.size() && (quote != '\0' || command[at] != ' '); ++at) {
      const char c = command[at];
      if (quote == '\0' ? c == '"' || c == '\'' : c == quote) quote = quote == '\0' ? c : '\0';
      word += c;
    }
    if (word == "|" || word == ">" || word.starts_with('#')) break;
    words.push_back(std::move(word));
  }
  return words;
}

// "--class" of "[--class", "--output" of "--output=json"; empty for what is no option.
std::string FlagOf(std::string_view word) {
  while (word.starts_with('[')) word.remove_prefix(1);
  if (!word.starts_with('-')) return {};
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
  std::size_t size = 0;
  while (size < word.size() && is_letter(word[size])) ++size;
  const std::string flag(word.substr(0, size));
  return flag.ends_with('-') ? std::string() : flag;  // "-", "--versus-..."
}

CLI::App* Within(CLI::App& command, const std::string& name) {
  for (CLI::App* const inner : command.get_subcommands({})) {
    if (inner->get_name() == name) return inner;
  }
  return nullptr;
}

std::vector<std::string> FaultsIn(const std::string& document, CLI::App& root) {
  std::vector<std::string> faults;
  for (const Shown& shown : CommandsIn(document)) {
    CLI::App* command = &root;
    const std::vector<std::string> words = WordsOf(shown.command);
    const auto fault = [&](const std::string& what) {
      faults.push_back("line " + std::to_string(shown.line) + ": " + what + ": kosei " +
                       shown.command);
    };
    for (const std::string& word : words) {
      if (const std::string flag = FlagOf(word); !flag.empty()) {
        if (command->get_option_no_throw(flag) == nullptr &&
            root.get_option_no_throw(flag) == nullptr)
          fault("no option " + flag);
        continue;
      }
      CLI::App* const inner = Within(*command, word);
      if (inner != nullptr) {
        command = inner;
      } else if (command == &root) {
        const bool is_placeholder =
            word.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
        if (!is_placeholder && std::ranges::find(kFirstLines, word) == std::end(kFirstLines))
          fault("no command " + word);
        break;
      }
    }
  }
  return faults;
}

TEST(Documents, ShowOnlyCommandsThatAreThere) {
  Application application;
  namespace fs = std::filesystem;
  const fs::path root(KOSEI_SOURCE_DIR);
  std::vector<fs::path> paths = {root / "README.md", root / "CONTRIBUTING.md",
                                 root / "CHANGELOG.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") paths.push_back(entry.path());
  }
  std::size_t commands = 0;
  for (const fs::path& path : paths) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    ASSERT_FALSE(text.str().empty()) << path;
    commands += CommandsIn(text.str()).size();
    EXPECT_THAT(FaultsIn(text.str(), application.root()), IsEmpty()) << path;
  }
  EXPECT_GT(commands, 100U);
}

TEST(Documents, WrongCommandsInThemAreNoticed) {
  Application application;
  CLI::App& root = application.root();
  EXPECT_THAT(FaultsIn("see `kosei put` and `kosei set A b=1`", root),
              ElementsAre(HasSubstr("no command put")));
  EXPECT_THAT(FaultsIn("```\n$ kosei impact a --dept 3 | less --x\nkosei plan edit p set k a=1 "
                       "--class C\n```\n",
                       root),
              ElementsAre("line 2: no option --dept: kosei impact a --dept 3 | less --x"));
  EXPECT_THAT(FaultsIn("`kosei search [TEXT] [--class CLASS]... [--ordr best|id]`", root),
              ElementsAre(HasSubstr("--ordr")));
  EXPECT_THAT(FaultsIn("```\nkosei query 'MATCH (a)--(b) RETURN a' -o csv  # --not\n```\n", root),
              IsEmpty());
}

}  // namespace
}  // namespace kosei::cli
