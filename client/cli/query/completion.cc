#include "query/completion.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "query/statement_text.h"
#include "query/words.h"

namespace kosei::cli {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsNameByte(char c) {
  return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool BeginsWith(std::string_view word, std::string_view beginning) {
  return word.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), word.begin(),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

// From where on the text is a name; with `dots` a name like kosei.impact.
std::size_t NameBegin(std::string_view text, bool dots) {
  std::size_t begin = text.size();
  while (begin > 0 && (IsNameByte(text[begin - 1]) || (dots && text[begin - 1] == '.'))) --begin;
  return begin;
}

std::string_view LastWord(std::string_view text) {
  while (!text.empty() && !IsNameByte(text.back())) text.remove_suffix(1);
  return text.substr(NameBegin(text, false));
}

bool IsWord(std::string_view text, std::string_view word) {
  return text.size() == word.size() && BeginsWith(text, word);
}

// '[' while the innermost open bracket is one, and so on; 0 outside of brackets.
char InnermostBracket(std::string_view text) {
  std::string open;
  for (const char c : text) {
    if (c == '(' || c == '[' || c == '{') open += c;
    if ((c == ')' || c == ']' || c == '}') && !open.empty()) open.pop_back();
  }
  return open.empty() ? '\0' : open.back();
}

// Where the key of an entry of a map stands.
bool IsKeyPlace(std::string_view ahead) {
  const std::size_t last = ahead.find_last_not_of(" \t\n");
  return last != std::string_view::npos && (ahead[last] == '{' || ahead[last] == ',');
}

// Behind `:`, or behind `|`, `&` or `!` of labels or types that are joined.
bool IsLabelPlace(std::string_view ahead) {
  while (!ahead.empty()) {
    const char sign = ahead.back();
    if (sign == ':') return true;
    if (sign != '|' && sign != '&' && sign != '!') return false;
    ahead.remove_suffix(1);
    ahead = ahead.substr(0, NameBegin(ahead, false));
  }
  return false;
}

std::string_view WithoutSpaces(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\n"), text.size()));
}

// Takes the name at the beginning off.
std::string_view TakeName(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsNameByte);
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text = WithoutSpaces(text.substr(name.size()));
  return name;
}

// The names in `:Server|Router` at the beginning.
std::vector<std::string> LabelsAtBegin(std::string_view text) {
  std::vector<std::string> labels;
  while (!text.empty() && (text.front() == ':' || text.front() == '|' || text.front() == '&')) {
    text = WithoutSpaces(text.substr(1));
    labels.emplace_back(TakeName(text));
  }
  return labels;
}

// The labels that the nodes of a name are written with: (n:Server). Without a name those of the
// last node that has not been closed.
std::vector<std::string> LabelsOf(std::string_view before, std::string_view variable) {
  std::vector<std::string> labels;
  for (std::size_t at = before.find('('); at != std::string_view::npos;
       at = before.find('(', at + 1)) {
    std::string_view node = WithoutSpaces(before.substr(at + 1));
    const std::string_view name = TakeName(node);
    if (variable.empty()) {
      labels = LabelsAtBegin(node);
    } else if (name == variable) {
      for (std::string& label : LabelsAtBegin(node)) labels.push_back(std::move(label));
    }
  }
  return labels;
}

class Candidates {
 public:
  explicit Candidates(std::string_view typed) : typed_(typed) {}

  template <typename Words>
  void Add(const Words& words, std::string_view behind = {}) {
    for (const auto& word : words) {
      if (BeginsWith(word, typed_)) found_.push_back(std::string(word) + std::string(behind));
    }
  }
  // Those of records with these labels, or of all when nothing is known of them.
  void AddAttributes(const QueryVocabulary& vocabulary, const std::vector<std::string>& labels) {
    Add(std::array<std::string_view, 1>{"key"});
    bool known = false;
    for (const std::string& label : labels) {
      const auto found = vocabulary.labels.find(label);
      if (found == vocabulary.labels.end()) continue;
      known = true;
      Add(found->second);
    }
    if (!known) Add(vocabulary.attributes);
  }
  // Keywords in the letter case in which somebody began one.
  void AddKeywords() {
    const bool lower = !typed_.empty() && typed_.front() >= 'a' && typed_.front() <= 'z';
    for (const std::string_view word : QueryKeywords()) {
      if (!BeginsWith(word, typed_)) continue;
      std::string shown(word);
      if (lower) std::transform(shown.begin(), shown.end(), shown.begin(), Lower);
      found_.push_back(std::move(shown));
    }
  }
  QueryCompletions Take() {
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    return {typed_.size(), std::move(found_)};
  }

 private:
  std::string_view typed_;
  std::vector<std::string> found_;
};

// Behind `n.`: attributes, unless it is a name that functions begin with.
QueryCompletions BehindDot(std::string_view before, const QueryVocabulary& vocabulary) {
  Candidates whole(before.substr(NameBegin(before, true)));
  whole.Add(QueryFunctions(), "(");
  whole.Add(QueryProcedures(), "(");
  QueryCompletions found = whole.Take();
  if (!found.words.empty()) return found;
  const std::size_t begin = NameBegin(before, false);
  Candidates last(before.substr(begin));
  const std::string_view variable = LastWord(before.substr(0, begin));
  last.AddAttributes(vocabulary, LabelsOf(before, variable));
  return last.Take();
}

QueryCompletions OfCommand(std::string_view before, const QueryVocabulary& vocabulary) {
  const std::size_t space = before.find(' ');
  if (space == std::string_view::npos) {
    Candidates commands(before);
    commands.Add(vocabulary.commands);
    return commands.Take();
  }
  const std::string_view command = before.substr(0, space);
  Candidates words(before.substr(before.rfind(' ') + 1));
  if (command == "\\output") words.Add(std::vector<std::string>{"table", "json", "jsonl", "csv"});
  if (command == "\\timing") words.Add(std::vector<std::string>{"on", "off"});
  if (command == "\\plan") words.Add(vocabulary.plans);
  if (command == "\\set" || command == "\\unset") words.Add(vocabulary.parameters);
  if (command == "\\explain" || command == "\\profile")
    return CompleteQuery(before.substr(space + 1), vocabulary);
  return words.Take();
}

}  // namespace

QueryCompletions CompleteQuery(std::string_view before, const QueryVocabulary& vocabulary) {
  if (before.starts_with('\\')) return OfCommand(before, vocabulary);
  if (SplitStatements(before).open) return {};
  const std::size_t begin = NameBegin(before, false);
  const std::string_view typed = before.substr(begin);
  const std::string_view ahead = before.substr(0, begin);
  const char sign = ahead.empty() ? '\0' : ahead.back();
  Candidates words(typed);
  if (sign == '.') return BehindDot(before, vocabulary);
  if (sign == '$') {
    words.Add(vocabulary.parameters);
    return words.Take();
  }
  const char bracket = InnermostBracket(ahead);
  if (bracket != '{' && IsLabelPlace(ahead)) {
    if (bracket == '[') {
      words.Add(vocabulary.relationship_types);
    } else {
      words.Add(std::views::keys(vocabulary.labels));
    }
    return words.Take();
  }
  if (bracket == '{' && IsKeyPlace(ahead)) {
    words.AddAttributes(vocabulary, LabelsOf(ahead, {}));
    return words.Take();
  }
  if (IsWord(LastWord(ahead), "CALL")) {
    words.Add(QueryProcedures(), "(");
    return words.Take();
  }
  if (typed.empty()) return {};
  words.AddKeywords();
  words.Add(QueryFunctions(), "(");
  return words.Take();
}

std::string CommonBeginning(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  std::size_t common = words.front().size();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < common && same < word.size() && Lower(word[same]) == Lower(words.front()[same]))
      ++same;
    common = same;
  }
  // Not within a character.
  while (common > 0 && common < words.front().size() &&
         (static_cast<unsigned char>(words.front()[common]) & 0xc0U) == 0x80)
    --common;
  return words.front().substr(0, common);
}

}  // namespace kosei::cli
