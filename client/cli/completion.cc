#include "completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "completion_scripts.h"

namespace kosei::cli {
namespace {

// Words that an option or a position takes.
const std::map<std::string_view, std::vector<std::string>>& Choices() {
  static const std::map<std::string_view, std::vector<std::string>> kChoices = {
      {"--output", {"table", "json", "jsonl", "csv"}},
      {"-o", {"table", "json", "jsonl", "csv"}},
      {"--locale", {"ja", "en"}},
      {"--direction", {"down", "up"}},
      {"--order", {"best", "id"}},
      {"--role", {"reader", "writer", "administrator"}},
      {"completion", {"bash", "zsh", "fish"}},
  };
  return kChoices;
}

CLI::Option* FindOption(CLI::App* command, const std::string& name) {
  for (CLI::App* at = command; at != nullptr; at = at->get_parent()) {
    if (CLI::Option* const option = at->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

bool TakesValue(CLI::App* command, const std::string& word) {
  const CLI::Option* const option = FindOption(command, word);
  return option != nullptr && option->get_expected_min() > 0;
}

CLI::App* FindCommand(CLI::App* parent, const std::string& name) {
  for (CLI::App* const command : parent->get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

std::vector<std::string> Flags(CLI::App* command) {
  std::vector<std::string> flags;
  for (CLI::App* at = command; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* const option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  std::sort(flags.begin(), flags.end());
  flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
  return flags;
}

std::vector<std::string> StartingWith(std::vector<std::string> words, const std::string& start) {
  std::erase_if(words, [&](const std::string& word) { return !word.starts_with(start); });
  return words;
}

// What may follow `--option=` in the same word.
std::vector<std::string> ValuesInWord(const std::string& word) {
  const std::string start = word.substr(0, word.find('=') + 1);
  const auto choices = Choices().find(std::string_view(start).substr(0, start.size() - 1));
  std::vector<std::string> words;
  if (choices == Choices().end()) return words;
  for (const std::string& choice : choices->second) words.push_back(start + choice);
  return StartingWith(std::move(words), word);
}

}  // namespace

std::vector<std::string> Complete(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* command = &root;
  std::string current = words.empty() ? "" : words.back();
  std::string waiting;  // the option whose value comes next
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!waiting.empty()) {
      if (words[i] != "=") waiting.clear();  // bash makes three words of --output=json
    } else if (words[i].starts_with('-')) {
      if (TakesValue(command, words[i])) waiting = words[i];
    } else if (CLI::App* const inner = FindCommand(command, words[i])) {
      command = inner;
    }
  }
  if (!waiting.empty() && current == "=") current.clear();
  const auto choices = Choices().find(waiting.empty() ? command->get_name() : waiting);
  if (!waiting.empty() && choices == Choices().end()) return {};
  if (current.starts_with('-') && waiting.empty()) {
    return current.find('=') == std::string::npos ? StartingWith(Flags(command), current)
                                                  : ValuesInWord(current);
  }
  if (choices != Choices().end()) return StartingWith(choices->second, current);
  std::vector<std::string> names;
  for (const CLI::App* const inner : command->get_subcommands({})) {
    names.push_back(inner->get_name());
  }
  return StartingWith(std::move(names), current);
}

std::string CompletionScript(const std::string& shell) {
  return shell == "bash" ? kBashCompletion : shell == "zsh" ? kZshCompletion : kFishCompletion;
}

}  // namespace kosei::cli
