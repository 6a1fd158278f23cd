#include "query/statement_text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kosei::cli {
namespace {

enum class Piece { kPlain, kSpace, kQuoted, kComment, kEnd };

struct Part {
  Piece piece = Piece::kPlain;
  std::size_t bytes = 1;
  char open = 0;  // the sign that began it, when the text ended before it did
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// In texts a backslash takes the next character with it; in backticks it means itself.
Part Quoted(std::string_view text) {
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote != '`') {
      ++at;
    } else if (text[at] == quote) {
      return {Piece::kQuoted, at + 1};
    }
  }
  return {Piece::kQuoted, text.size(), quote};
}

Part Comment(std::string_view text) {
  const bool line = text[1] == '/';
  const std::size_t end = line ? text.find('\n') : text.find("*/", 2);
  if (end != std::string_view::npos) return {Piece::kComment, line ? end : end + 2};
  return {Piece::kComment, text.size(), line ? '\0' : '/'};
}

Part Next(std::string_view text) {
  const char c = text.front();
  if (IsSpace(c)) return {Piece::kSpace};
  if (c == ';') return {Piece::kEnd};
  if (c == '\'' || c == '"' || c == '`') return Quoted(text);
  if (text.starts_with("//") || text.starts_with("/*")) return Comment(text);
  return {};
}

std::string Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

SplitText SplitStatements(std::string_view text) {
  SplitText split;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const Part part = Next(text.substr(at));
    split.open = part.open;
    if (part.piece == Piece::kEnd) {
      const std::string_view statement = text.substr(begin, at - begin);
      if (!IsBlank(statement)) split.statements.push_back(Trimmed(statement));
      begin = at + part.bytes;
    }
    at += part.bytes;
  }
  split.rest = text.substr(begin);
  return split;
}

std::vector<std::string> StatementsIn(std::string_view text) {
  SplitText split = SplitStatements(text);
  if (!IsBlank(split.rest)) split.statements.push_back(Trimmed(split.rest));
  return std::move(split.statements);
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const Part part = Next(text);
    if (part.piece != Piece::kSpace && part.piece != Piece::kComment) return false;
    text.remove_prefix(part.bytes);
  }
  return true;
}

std::string OneLine(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Part part = Next(text);
    const bool gap = part.piece == Piece::kSpace || part.piece == Piece::kComment;
    if (!gap) {
      out += text.substr(0, part.bytes);
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
    text.remove_prefix(part.bytes);
  }
  // A text may itself have more than one line: as the escape it reads the same.
  for (std::size_t at = out.find('\n'); at != std::string::npos; at = out.find('\n', at))
    out.replace(at, 1, "\\n");
  return Trimmed(out);
}

}  // namespace kosei::cli
