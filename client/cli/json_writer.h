// Writes JSON (RFC 8259) as text, from left to right. Containers are laid out on one line or one
// element a line, as each Begin says; a compact writer puts everything on one line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli {

class JsonWriter {
 public:
  enum class Layout { kInline, kLines };
  // Appends to `out`, which outlives the writer. kInline: everything on one line.
  explicit JsonWriter(std::string& out, Layout layout = Layout::kLines)
      : out_(out), layout_(layout) {}

  void BeginObject(Layout layout = Layout::kInline) { Begin('{', '}', layout); }
  void BeginArray(Layout layout = Layout::kInline) { Begin('[', ']', layout); }
  // Closes the innermost object or array.
  void End();

  void Key(std::string_view name);
  void Text(std::string_view text);
  void Integer(std::int64_t number);
  void Unsigned(std::uint64_t number);
  // A number that is already JSON text, such as a decimal.
  void Number(std::string_view digits);
  void Boolean(bool value);
  void Null();

  void Member(std::string_view name, std::string_view text) { Key(name), Text(text); }
  void Member(std::string_view name, std::uint64_t number) { Key(name), Unsigned(number); }

 private:
  struct Frame {
    char close = 0;
    bool lines = false;
    bool empty = true;
  };

  void Begin(char open, char close, Layout layout);
  // The comma and the white space before a value or a key.
  void Separate();
  void NewLine();

  std::string& out_;
  Layout layout_;
  std::vector<Frame> frames_;
  bool after_key_ = false;
};

// `text` in quotes, escaped; bytes that are no UTF-8 become U+FFFD.
void AppendJsonText(std::string& out, std::string_view text);

}  // namespace kosei::cli
