// What C++ of ours does not do: coroutine traps, exceptions, owning new, sleeping, std::regex.
#include <cctype>
#include <string>
#include <string_view>

#include "rules.h"

namespace kosei::tidy {
namespace {

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// The next occurrence of `word` as a whole word from `from` on, or npos.
std::size_t FindWord(std::string_view text, std::string_view word, std::size_t from = 0) {
  for (std::size_t at = text.find(word, from); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !IsWordCharacter(text[at - 1]);
    const bool ends = end == text.size() || !IsWordCharacter(text[end]);
    if (starts && ends) return at;
  }
  return std::string_view::npos;
}

bool IsProduction(const SourceFile& file) {
  const std::string layer = LayerOf(file.path);
  return file.is_cpp() && !layer.empty() && layer != "tests" && layer != "bench";
}

Findings LinesWithWord(const SourceFile& file, std::string_view word, const std::string& rule) {
  Findings findings;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    if (FindWord(file.code[i], word) != std::string_view::npos) {
      findings.push_back({file.path, i + 1, rule});
    }
  }
  return findings;
}

// From an opening bracket to its partner; to the end of the text when there is none.
std::string_view Bracketed(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth == 0) return text.substr(open, at - open + 1);
  }
  return text.substr(open);
}

// From `start` to the semicolon that ends the statement, or to the bracket that closes around it.
std::string_view RestOfStatement(std::string_view text, std::size_t start) {
  int depth = 0;
  for (std::size_t at = start; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth < 0 || (depth == 0 && c == ';')) return text.substr(start, at - start);
  }
  return text.substr(start);
}

// Whether a lambda with captures starts at `at`: "[" that follows no operand, is no attribute and
// is not empty.
bool CapturingLambdaAt(std::string_view text, std::size_t at) {
  if (text[at] != '[' || text.substr(at).starts_with("[[") || text.substr(at).starts_with("[]")) {
    return false;
  }
  const std::size_t before = text.find_last_not_of(" \n", at == 0 ? 0 : at - 1);
  if (before == std::string_view::npos) return true;
  const char c = text[before];
  if (IsWordCharacter(c)) {  // an index, unless the word is a keyword
    const std::string_view head = text.substr(0, before + 1);
    return head.ends_with("return") || head.ends_with("co_await");
  }
  if (c == '&' || c == '*') return false;  // auto& [a, b] = ...
  return c != ')' && c != ']' && c != '[' && c != '>';
}

}  // namespace

Findings AwaitInCondition(const SourceFile& file) {
  Findings findings;
  const std::string code = file.JoinedCode();
  for (const std::string_view keyword : {"if", "while", "switch"}) {
    for (std::size_t at = FindWord(code, keyword); at != std::string::npos;
         at = FindWord(code, keyword, at + 1)) {
      const std::size_t open = code.find_first_not_of(" \n", at + keyword.size());
      if (open == std::string::npos || code[open] != '(') continue;
      const std::string_view condition = Bracketed(code, open);
      const std::size_t await = FindWord(condition, "co_await");
      if (await == std::string_view::npos || condition.find(';') != std::string_view::npos)
        continue;
      findings.push_back({file.path, LineOf(code, at),
                          "no co_await inside the condition of " + std::string(keyword) +
                              ": some compilers lose the branch; await into a named local first"});
    }
  }
  return findings;
}

Findings CapturingLambdaWithAwait(const SourceFile& file) {
  Findings findings;
  const std::string code = file.JoinedCode();
  for (std::size_t at = FindWord(code, "co_await"); at != std::string::npos;
       at = FindWord(code, "co_await", at + 1)) {
    const std::string_view rest = RestOfStatement(code, at);
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (!CapturingLambdaAt(rest, i)) continue;
      findings.push_back(
          {file.path, LineOf(code, at),
           "no capturing lambda inside a co_await expression: some compilers destroy "
           "it twice; name the lambda before, or use a named function"});
      break;
    }
  }
  for (std::size_t at = code.find('['); at != std::string::npos; at = code.find('[', at + 1)) {
    if (!CapturingLambdaAt(code, at)) continue;
    const std::size_t end = at + Bracketed(code, at).size();
    const std::string_view head = std::string_view(code).substr(end, code.find('{', end) - end);
    if (head.find("->") == std::string_view::npos ||
        head.find("awaitable<") == std::string_view::npos) {
      continue;
    }
    findings.push_back({file.path, LineOf(code, at),
                        "a lambda that is a coroutine captures nothing: its captures die before it "
                        "does; pass parameters to a named coroutine"});
  }
  return findings;
}

Findings Throw(const SourceFile& file) {
  if (!IsProduction(file)) return {};
  return LinesWithWord(file, "throw", "own code does not throw; return an absl::Status");
}

Findings UsingNamespaceInHeader(const SourceFile& file) {
  Findings findings;
  if (!file.is_header()) return findings;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    if (file.code[i].find("using namespace") == std::string::npos) continue;
    findings.push_back({file.path, i + 1, "a header forces no namespace on those who include it"});
  }
  return findings;
}

Findings OwningNew(const SourceFile& file) {
  Findings findings;
  if (!IsProduction(file)) return findings;
  const std::string code = file.JoinedCode();
  for (std::size_t at = FindWord(code, "new"); at != std::string::npos;
       at = FindWord(code, "new", at + 1)) {
    const std::string_view before = std::string_view(code).substr(0, at);
    const std::size_t statement = before.find_last_of(";{}");
    const std::string_view head =
        before.substr(statement == std::string_view::npos ? 0 : statement);
    const bool owned = head.find("unique_ptr<") != std::string_view::npos ||
                       head.find("shared_ptr<") != std::string_view::npos ||
                       head.find("WrapUnique(") != std::string_view::npos ||
                       head.find(".reset(") != std::string_view::npos;
    const bool lives_for_ever = head.find("static ") != std::string_view::npos;
    const bool placement = code.substr(at + 3, 2) == " (";
    if (owned || lives_for_ever || placement) continue;
    findings.push_back({file.path, LineOf(code, at),
                        "no owning new: use std::make_unique, or hand it to a unique_ptr in the "
                        "same statement"});
  }
  return findings;
}

Findings Sleep(const SourceFile& file) {
  Findings findings;
  if (LayerOf(file.path) == "bench") return findings;
  const std::string rule = "no sleeping: wait for the event itself, or use the injected clock";
  for (const std::string_view word :
       {"sleep_for", "sleep_until", "usleep", "nanosleep", "sleep", "SleepFor"}) {
    for (Finding& finding : LinesWithWord(file, word, rule)) findings.push_back(std::move(finding));
  }
  return findings;
}

Findings StdRegex(const SourceFile& file) {
  Findings findings;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    const std::string& line = file.code[i];
    const bool used = line.find("std::regex") != std::string::npos || line == "#include <regex>";
    if (used) findings.push_back({file.path, i + 1, "no std::regex: RE2 runs in linear time"});
  }
  return findings;
}

// Relies on clang-format: a function's last line is a bracket in the column of its first line.
Findings LongFunctions(const SourceFile& file) {
  Findings findings;
  constexpr std::size_t kLinesMax = 70;
  if (!IsProduction(file)) return findings;
  std::size_t start = 0;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    const std::string& line = file.code[i];
    if (line.empty() || line[0] == ' ' || line[0] == '#') continue;
    if (line[0] != '}') {
      const bool continues = i > 0 && !file.code[i - 1].empty() && file.code[i - 1][0] != '}' &&
                             file.code[i - 1].find_last_of(";{}") == std::string::npos;
      if (!continues) start = i;
      continue;
    }
    const std::string& first = file.code[start];
    const bool function = first.find('(') != std::string::npos && line == "}" &&
                          !first.starts_with("class") && !first.starts_with("struct");
    const std::size_t length = i - start + 1;
    if (function && length > kLinesMax) {
      findings.push_back({file.path, start + 1,
                          "a function has at most 70 lines; this one has " +
                              std::to_string(length) + ": give a part of it a name"});
    }
    start = i + 1;
  }
  return findings;
}

Findings MissingPragmaOnce(const SourceFile& file) {
  if (!file.is_header()) return {};
  for (const std::string& line : file.code) {
    if (line == "#pragma once") return {};
  }
  return {{file.path, 1, "a header has #pragma once"}};
}

}  // namespace kosei::tidy
