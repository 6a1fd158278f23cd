#include "query/completion.h"

#include <algorithm>
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

class Candidates {
 public:
  explicit Candidates(std::string_view typed) : typed_(typed) {}

  template <typename Words>
  void Add(const Words& words, std::string_view behind = {}) {
    for (const auto& word : words) {
      if (BeginsWith(word, typed_)) found_.push_back(std::string(word) + std::string(behind));
    }
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
  Candidates last(before.substr(NameBegin(before, false)));
  last.Add(vocabulary.attributes);
  last.Add(std::vector<std::string>{"key"});
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
    words.Add(bracket == '[' ? vocabulary.relationship_types : vocabulary.classes);
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
