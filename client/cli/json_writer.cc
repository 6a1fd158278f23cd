#include "json_writer.h"

#include <utf8proc.h>

#include <cstddef>

#include "absl/strings/str_format.h"
#include "kosei/base/value.h"

namespace kosei::cli {
namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  std::size_t copied = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
    out += text.substr(copied, i - copied);
    copied = i + 1;
    if (c == '"') {
      out += "\\\"";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += absl::StrFormat("\\u%04x", c);
    }
  }
  out += text.substr(copied);
}

std::string Repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    utf8proc_int32_t code_point = -1;
    const utf8proc_ssize_t bytes =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    const std::size_t taken = bytes > 0 ? static_cast<std::size_t>(bytes) : 1;
    out += bytes > 0 ? text.substr(0, taken) : std::string_view("\xef\xbf\xbd");
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace

void AppendJsonText(std::string& out, std::string_view text) {
  out += '"';
  if (IsValidUtf8(text)) {
    AppendEscaped(out, text);
  } else {
    AppendEscaped(out, Repaired(text));
  }
  out += '"';
}

void JsonWriter::NewLine() {
  out_ += '\n';
  std::size_t depth = 0;
  for (const Frame& frame : frames_) depth += frame.lines ? 1 : 0;
  out_.append(2 * depth, ' ');
}

void JsonWriter::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  if (!frame.empty) out_ += ',';
  if (frame.lines) {
    NewLine();
  } else if (!frame.empty) {
    out_ += ' ';
  }
  frame.empty = false;
}

void JsonWriter::Begin(char open, char close, Layout layout) {
  Separate();
  out_ += open;
  // Lines make sense only within lines.
  const bool parent_lines = frames_.empty() || frames_.back().lines;
  frames_.push_back(
      Frame{.close = close,
            .lines = layout_ == Layout::kLines && layout == Layout::kLines && parent_lines});
}

void JsonWriter::End() {
  const Frame frame = frames_.back();
  frames_.pop_back();
  if (frame.lines && !frame.empty) NewLine();
  out_ += frame.close;
}

void JsonWriter::Key(std::string_view name) {
  Separate();
  AppendJsonText(out_, name);
  out_ += ": ";
  after_key_ = true;
}

void JsonWriter::Text(std::string_view text) {
  Separate();
  AppendJsonText(out_, text);
}

void JsonWriter::Integer(std::int64_t number) {
  Separate();
  out_ += std::to_string(number);
}

void JsonWriter::Unsigned(std::uint64_t number) {
  Separate();
  out_ += std::to_string(number);
}

void JsonWriter::Number(std::string_view digits) {
  Separate();
  out_ += digits;
}

void JsonWriter::Boolean(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

void JsonWriter::Null() {
  Separate();
  out_ += "null";
}

}  // namespace kosei::cli
