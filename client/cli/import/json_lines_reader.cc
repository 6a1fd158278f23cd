#include "import/json_lines_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

using simdjson::error_code;
using simdjson::SUCCESS;
namespace ondemand = simdjson::ondemand;

constexpr std::size_t kNone = std::string_view::npos;
static_assert(LineBuffer::kPaddingBytes >= simdjson::SIMDJSON_PADDING);

// Why a value or an object cannot be read.
using Fault = std::optional<std::string>;

Fault FaultOf(error_code code) {
  if (code == SUCCESS) return std::nullopt;
  return absl::StrFormat("not JSON: %s", simdjson::error_message(code));
}

Fault ReadNumber(ondemand::value value, Value& out) {
  std::string_view token = value.raw_json_token();
  token = token.substr(0, token.find_last_not_of(" \t\r\n,]}") + 1);
  ondemand::number number;
  if (const Fault fault = FaultOf(value.get_number().get(number))) return fault;
  if (number.is_int64()) {
    out = Value(number.get_int64());
    return std::nullopt;
  }
  const absl::StatusOr<Decimal> decimal = ParseDecimal(token);
  if (!decimal.ok()) {
    return absl::StrFormat("number %s: expected at most 18 digits and no exponent", token);
  }
  out = Value(*decimal);
  return std::nullopt;
}

Fault ReadScalar(ondemand::value value, ondemand::json_type type, Value& out) {
  switch (type) {
    case ondemand::json_type::string: {
      std::string_view text;
      if (const Fault fault = FaultOf(value.get_string().get(text))) return fault;
      out = Value(text);
      return std::nullopt;
    }
    case ondemand::json_type::number:
      return ReadNumber(value, out);
    case ondemand::json_type::boolean: {
      bool boolean = false;
      if (const Fault fault = FaultOf(value.get_bool().get(boolean))) return fault;
      out = Value(boolean);
      return std::nullopt;
    }
    case ondemand::json_type::null:
      out = Value();
      return value.is_null() ? Fault() : Fault("not JSON: expected null");
    case ondemand::json_type::object:
      return "an object found, expected a text, a number, true, false, null or a list of these";
    case ondemand::json_type::array:
      return "a list within a list found; lists are not nested";
  }
  return "not JSON";
}

Fault ReadValue(ondemand::value value, Value& out) {
  ondemand::json_type type{};
  if (const Fault fault = FaultOf(value.type().get(type))) return fault;
  if (type != ondemand::json_type::array) return ReadScalar(value, type, out);
  ondemand::array array;
  if (const Fault fault = FaultOf(value.get_array().get(array))) return fault;
  ValueList items;
  for (auto element : array) {
    ondemand::value item;
    if (const Fault fault = FaultOf(element.get(item))) return fault;
    if (const Fault fault = FaultOf(item.type().get(type))) return fault;
    Value read;
    if (const Fault fault = ReadScalar(item, type, read)) return fault;
    if (read.is_null()) return "null within a list; leave the item out";
    items.push_back(std::move(read));
  }
  out = Value(std::move(items));
  return std::nullopt;
}

class JsonLinesReader : public RowReader {
 public:
  explicit JsonLinesReader(std::unique_ptr<LineBuffer> buffer) : buffer_(std::move(buffer)) {}

  Form form() const override { return Form::kJsonLines; }
  std::string_view header() const override { return {}; }

  absl::StatusOr<bool> Next(Row& row) override {
    for (;;) {
      buffer_->Consume(pending_);
      pending_ = 0;
      KOSEI_ASSIGN_OR_RETURN(const bool found, FindLine());
      if (!found) return false;
      if (line_.find_first_not_of(" \t\r") == kNone) continue;
      row.line = buffer_->line();
      row.raw = line_;
      row.members.clear();
      row.error.reset();
      Read(row);
      // A line of notes alone goes with the row below it.
      if (row.members.empty() && !row.error.has_value() && notes_seen_) continue;
      row.ordinal = ++ordinal_;
      return true;
    }
  }

 private:
  // Sets line_ to the next line, and pending_ to its bytes with the line end.
  absl::StatusOr<bool> FindLine() {
    for (;;) {
      const std::string_view text = buffer_->unread();
      const std::size_t line_feed = text.find('\n');
      if (line_feed == kNone && !buffer_->at_end() && text.size() <= kRowBytesMax) {
        KOSEI_RETURN_IF_ERROR(buffer_->Grow());
        continue;
      }
      if (text.empty()) return false;
      too_long_ = std::min(line_feed, text.size()) > kRowBytesMax;
      const std::size_t end =
          too_long_ ? kRowBytesMax : (line_feed == kNone ? text.size() : line_feed);
      pending_ = !too_long_ && line_feed != kNone ? end + 1 : end;
      line_ = text.substr(0, end);
      if (line_.ends_with('\r')) line_.remove_suffix(1);
      return true;
    }
  }

  void Reject(Row& row, std::size_t offset, std::string_view field, std::string reason) const {
    row.error = RowError{.line = 0,
                         .column = CountCharacters(line_.substr(0, offset)) + 1,
                         .field = std::string(field),
                         .reason = std::move(reason)};
  }
  std::size_t OffsetOf(ondemand::document& document) const {
    const char* at = nullptr;
    if (document.current_location().get(at) != SUCCESS) return line_.size();
    return std::min(static_cast<std::size_t>(at - line_.data()), line_.size());
  }

  void Read(Row& row) {
    notes_seen_ = false;
    names_.clear();
    if (too_long_) {
      return Reject(row, 0, "", absl::StrFormat("a line has more than %d bytes", kRowBytesMax));
    }
    if (const std::size_t bad = FirstBadUtf8(line_); bad != kNone) {
      return Reject(row, bad, "", BadUtf8Reason(line_, bad));
    }
    ondemand::document document;
    const simdjson::padded_string_view padded(line_.data(), line_.size(),
                                              line_.size() + LineBuffer::kPaddingBytes);
    if (const Fault fault = FaultOf(parser_.iterate(padded).get(document))) {
      return Reject(row, 0, "", *fault);
    }
    ondemand::object object;
    const error_code kind = document.get_object().get(object);
    if (kind != SUCCESS && kind != simdjson::INCORRECT_TYPE) {
      return Reject(row, OffsetOf(document), "", *FaultOf(kind));
    }
    if (kind != SUCCESS) {
      return Reject(row, 0, "",
                    "expected one JSON object a line, such as "
                    "{\"class\":\"Server\",\"key\":\"web-1\"}");
    }
    for (auto entry : object) {
      if (!ReadMember(row, document, entry)) return;
    }
    const char* rest = nullptr;
    if (document.current_location().get(rest) == SUCCESS) {
      return Reject(row, OffsetOf(document), "", "more follows the object; one object a line");
    }
  }

  // False when the row is rejected.
  bool ReadMember(Row& row, ondemand::document& document,
                  simdjson::simdjson_result<ondemand::field> entry) {
    ondemand::field field;
    std::string_view name;
    Fault fault = FaultOf(std::move(entry).get(field));
    if (!fault.has_value()) fault = FaultOf(field.unescaped_key().get(name));
    if (fault.has_value()) {
      Reject(row, OffsetOf(document), "", *fault);
      return false;
    }
    const std::size_t offset = OffsetOf(document);
    const bool note = name.starts_with(kNoteMark);
    notes_seen_ = notes_seen_ || note;
    if (note) return true;  // whatever its value
    const std::string& kept = names_.emplace_back(name);
    Value value;
    fault = ReadValue(field.value(), value);
    for (const Member& member : row.members) {
      if (!fault.has_value() && member.name == kept) fault = "this member is there twice";
    }
    if (fault.has_value()) {
      Reject(row, offset, kept, *fault);
      return false;
    }
    row.members.push_back({kept, std::move(value)});
    return true;
  }

  std::unique_ptr<LineBuffer> buffer_;
  ondemand::parser parser_;
  std::string_view line_;
  bool too_long_ = false;
  bool notes_seen_ = false;
  std::deque<std::string> names_;  // of the row's members
  std::size_t pending_ = 0;
  std::uint64_t ordinal_ = 0;
};

}  // namespace

std::unique_ptr<RowReader> OpenJsonLines(std::unique_ptr<LineBuffer> buffer) {
  return std::make_unique<JsonLinesReader>(std::move(buffer));
}

}  // namespace kosei::cli
