// A line typed by a person: editing keys, history (arrow keys, Ctrl-R) and completion (Tab), by
// libedit. Text is UTF-8.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "query/completion.h"

namespace kosei::cli {

class LineEditor {
 public:
  // `before`: the line up to the cursor.
  using Completer = std::function<QueryCompletions(std::string_view before)>;

  // Null when the terminal cannot be used. Candidates are listed on `out`.
  static std::unique_ptr<LineEditor> Open(std::FILE* in, std::FILE* out, std::FILE* notes,
                                          Completer completer);
  virtual ~LineEditor() = default;

  enum class Outcome : std::uint8_t {
    kLine,
    kInterrupted,  // Ctrl-C: what was typed is given up
    kEnd,          // Ctrl-D on an empty line, or the terminal is gone
  };
  // Without the line feed.
  virtual Outcome Read(const std::string& prompt, std::string& line) = 0;
  // One line; the newest is the first that the arrow key brings back.
  virtual void Remember(const std::string& entry) = 0;
};

}  // namespace kosei::cli
