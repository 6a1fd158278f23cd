// Statements as text, before a server has seen them: where one ends and the next begins. Text in
// quotation marks, names in backticks and comments may hold any character.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli {

struct SplitText {
  std::vector<std::string> statements;  // without the ';', never blank
  // What stands behind the last ';', spaces and all; it may be blank.
  std::string rest;
  // What `rest` ends within: the quotation mark of a text, the backtick of a name, or `/` of a
  // comment; 0: nothing.
  char open = 0;
};
SplitText SplitStatements(std::string_view text);
// All of them, the last one with or without its ';'.
std::vector<std::string> StatementsIn(std::string_view text);

// Nothing but white space and comments.
bool IsBlank(std::string_view text);
// The same statement on one line: comments away, line feeds and tabs outside of texts as spaces.
std::string OneLine(std::string_view text);

}  // namespace kosei::cli
