#include "completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>

namespace kosei::cli {
namespace {

constexpr char kBash[] = R"sh(# bash completion of kosei
_kosei() {
  local IFS=$'\n'
  local current=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(compgen -W "$(kosei __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)" -- "$current"))
}
complete -o default -F _kosei kosei
)sh";

constexpr char kZsh[] = R"sh(#compdef kosei
# zsh completion of kosei
_kosei() {
  local -a candidates
  candidates=(${(f)"$(kosei __complete -- "${(@)words[2,CURRENT]}" 2> /dev/null)"})
  if (( ${#candidates} ));
then compadd-- $candidates else _files fi
}
if
  ["$funcstack[1]" = "_kosei"]; then
  _kosei "$@"
else
  compdef _kosei kosei
fi
)sh";

constexpr char kFish[] = R"sh(# fish completion of kosei
function __kosei_complete
  set -l words (commandline -opc) (commandline -ct)
  kosei __complete -- $words[2..-1] 2> /dev/null
end
complete -c kosei -a '(__kosei_complete)'
)sh";

// Words that an option or a position takes.
const std::map<std::string_view, std::vector<std::string>>& Choices() {
  static const std::map<std::string_view, std::vector<std::string>> kChoices = {
      {"--output", {"table", "json", "jsonl", "csv"}},
      {"-o", {"table", "json", "jsonl", "csv"}},
      {"--locale", {"ja", "en"}},
      {"--direction", {"down", "up"}},
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

}  // namespace

std::vector<std::string> Complete(CLI::App& root, const std::vector<std::string>& words) {
  CLI::App* command = &root;
  const std::string current = words.empty() ? "" : words.back();
  std::string waiting;  // the option whose value comes next
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (!waiting.empty()) {
      waiting.clear();
    } else if (words[i].starts_with('-')) {
      if (TakesValue(command, words[i])) waiting = words[i];
    } else if (CLI::App* const inner = FindCommand(command, words[i])) {
      command = inner;
    }
  }
  const auto choices = Choices().find(waiting.empty() ? command->get_name() : waiting);
  if (!waiting.empty() && choices == Choices().end()) return {};
  if (current.starts_with('-') && waiting.empty()) return StartingWith(Flags(command), current);
  if (choices != Choices().end()) return StartingWith(choices->second, current);
  std::vector<std::string> names;
  for (const CLI::App* const inner : command->get_subcommands({})) {
    names.push_back(inner->get_name());
  }
  return StartingWith(std::move(names), current);
}

std::string CompletionScript(const std::string& shell) {
  return shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish;
}

}  // namespace kosei::cli
