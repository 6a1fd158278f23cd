#include "expected_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::tck {
namespace {

constexpr int kDepthMax = 200;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<Cell> Run() {
    KOSEI_ASSIGN_OR_RETURN(Cell cell, ReadValue(0));
    SkipBlanks();
    if (at_ != text_.size()) return Error("expected the end of the value");
    return cell;
  }

 private:
  absl::Status Error(std::string_view message) const {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("value '%s', byte %d: %s", text_, at_ + 1, message));
  }
  void SkipBlanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool Take(std::string_view part) {
    SkipBlanks();
    if (!text_.substr(at_).starts_with(part)) return false;
    at_ += part.size();
    return true;
  }
  absl::Status Demand(std::string_view part) {
    if (Take(part)) return absl::OkStatus();
    return Error(absl::StrFormat("expected '%s'", part));
  }

  absl::StatusOr<Cell> ReadValue(int depth) {
    if (depth > kDepthMax) return Error("nested too deeply");
    SkipBlanks();
    if (at_ == text_.size()) return Error("expected a value");
    switch (text_[at_]) {
      case '\'':
        return ReadString();
      case '(':
        return ReadNode(depth);
      case '[':
        return ReadBrackets(depth);
      case '<':
        return ReadPath(depth);
      case '{': {
        Cell map;
        map.kind = CellKind::kMap;
        KOSEI_RETURN_IF_ERROR(ReadProperties(depth, map.properties));
        return map;
      }
      default:
        return ReadWord();
    }
  }

  // \' \\ and the usual letters; what follows another backslash stands as it is, with it.
  absl::StatusOr<Cell> ReadString() {
    std::string text;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '\'') {
        ++at_;
        return Cell::String(std::move(text));
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        constexpr std::string_view kEscaped = "'\\\"nrtbf";
        constexpr std::string_view kMeant = "'\\\"\n\r\t\b\f";
        const std::size_t place = kEscaped.find(text_[at_ + 1]);
        if (place != std::string_view::npos) {
          c = kMeant[place];
          ++at_;
        }
      }
      text += c;
    }
    return Error("a string that does not end");
  }

  std::string ReadName() {
    SkipBlanks();
    std::string name;
    if (at_ < text_.size() && text_[at_] == '`') {
      for (++at_; at_ < text_.size() && text_[at_] != '`'; ++at_) name += text_[at_];
      if (at_ < text_.size()) ++at_;
      return name;
    }
    while (at_ < text_.size() && IsNameCharacter(text_[at_])) name += text_[at_++];
    return name;
  }

  // {name: value, ...}
  absl::Status ReadProperties(int depth, std::map<std::string, Cell>& out) {
    KOSEI_RETURN_IF_ERROR(Demand("{"));
    if (Take("}")) return absl::OkStatus();
    do {
      std::string name = ReadName();
      if (name.empty()) return Error("expected the name of a property");
      KOSEI_RETURN_IF_ERROR(Demand(":"));
      KOSEI_ASSIGN_OR_RETURN(out[name], ReadValue(depth + 1));
    } while (Take(","));
    return Demand("}");
  }

  absl::StatusOr<Cell> ReadNode(int depth) {
    Cell node;
    node.kind = CellKind::kNode;
    KOSEI_RETURN_IF_ERROR(Demand("("));
    while (Take(":")) {
      std::string label = ReadName();
      if (label.empty()) return Error("expected a label");
      node.labels.insert(std::move(label));
    }
    if (!Take(")")) {
      KOSEI_RETURN_IF_ERROR(ReadProperties(depth, node.properties));
      KOSEI_RETURN_IF_ERROR(Demand(")"));
    }
    return node;
  }

  // A relationship, [:T ...], or a list.
  absl::StatusOr<Cell> ReadBrackets(int depth) {
    KOSEI_RETURN_IF_ERROR(Demand("["));
    Cell cell;
    if (Take(":")) {
      cell.kind = CellKind::kRelationship;
      cell.text = ReadName();
      if (cell.text.empty()) return Error("expected the type of a relationship");
      if (Take("]")) return cell;
      KOSEI_RETURN_IF_ERROR(ReadProperties(depth, cell.properties));
      KOSEI_RETURN_IF_ERROR(Demand("]"));
      return cell;
    }
    cell.kind = CellKind::kList;
    if (Take("]")) return cell;
    do {
      KOSEI_ASSIGN_OR_RETURN(Cell item, ReadValue(depth + 1));
      cell.items.push_back(std::move(item));
    } while (Take(","));
    KOSEI_RETURN_IF_ERROR(Demand("]"));
    return cell;
  }

  absl::StatusOr<Cell> ReadPath(int depth) {
    Cell path;
    path.kind = CellKind::kPath;
    KOSEI_RETURN_IF_ERROR(Demand("<"));
    KOSEI_ASSIGN_OR_RETURN(Cell first, ReadNode(depth));
    path.items.push_back(std::move(first));
    while (!Take(">")) {
      const bool backward = Take("<-");
      if (!backward) KOSEI_RETURN_IF_ERROR(Demand("-"));
      KOSEI_ASSIGN_OR_RETURN(Cell relationship, ReadBrackets(depth));
      KOSEI_RETURN_IF_ERROR(Demand(backward ? "-" : "->"));
      KOSEI_ASSIGN_OR_RETURN(Cell node, ReadNode(depth));
      path.items.push_back(std::move(relationship));
      path.items.push_back(std::move(node));
      path.forward.push_back(!backward);
    }
    return path;
  }

  absl::StatusOr<Cell> ReadWord() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (IsNameCharacter(text_[at_]) || text_[at_] == '.' ||
                                  text_[at_] == '-' || text_[at_] == '+')) {
      ++at_;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "null") return Cell();
    if (word == "true" || word == "false") return Cell::Boolean(word == "true");
    if (word == "NaN") return Cell::Float(std::nan(""));
    if (word == "Inf" || word == "Infinity") return Cell::Float(HUGE_VAL);
    if (word == "-Inf" || word == "-Infinity") return Cell::Float(-HUGE_VAL);
    const char* const end = word.data() + word.size();
    std::int64_t integer = 0;
    const auto whole = std::from_chars(word.data(), end, integer);
    if (whole.ec == std::errc() && whole.ptr == end) return Cell::Integer(integer);
    if (whole.ptr == end) return Error("an integer has 64 bits");
    double real = 0;
    const auto number = std::from_chars(word.data(), end, real);
    if (number.ec == std::errc() && number.ptr == end) return Cell::Float(real);
    at_ = begin;
    return Error("expected a value");
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

std::string FloatText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return "0.0";  // also -0.0, which is equal to it
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  std::string text(digits, end.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string StringText(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string PropertiesText(const std::map<std::string, Cell>& properties, ListOrder order) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : properties) parts.push_back(name + ": " + TextOf(value, order));
  return "{" + absl::StrJoin(parts, ", ") + "}";
}

std::string ListText(const std::vector<Cell>& items, ListOrder order) {
  std::vector<std::string> parts;
  for (const Cell& item : items) parts.push_back(TextOf(item, order));
  if (order == ListOrder::kIgnored) std::sort(parts.begin(), parts.end());
  return "[" + absl::StrJoin(parts, ", ") + "]";
}

std::string NodeText(const Cell& node, ListOrder order) {
  std::string text = "(";
  for (const std::string& label : node.labels) text += ":" + label;
  if (!node.properties.empty()) {
    if (!node.labels.empty()) text += ' ';
    text += PropertiesText(node.properties, order);
  }
  return text + ")";
}

std::string PathText(const Cell& path, ListOrder order) {
  std::string text = "<";
  for (std::size_t i = 0; i < path.items.size(); ++i) {
    const bool is_link = i % 2 == 1;
    const bool forward = is_link && path.forward[i / 2];
    if (is_link) text += forward ? "-" : "<-";
    text += TextOf(path.items[i], order);
    if (is_link) text += forward ? "->" : "-";
  }
  return text + ">";
}

}  // namespace

Cell Cell::Boolean(bool value) {
  Cell cell;
  cell.kind = CellKind::kBoolean;
  cell.boolean = value;
  return cell;
}
Cell Cell::Integer(std::int64_t value) {
  Cell cell;
  cell.kind = CellKind::kInteger;
  cell.integer = value;
  return cell;
}
Cell Cell::Float(double value) {
  Cell cell;
  cell.kind = CellKind::kFloat;
  cell.real = value;
  return cell;
}
Cell Cell::String(std::string value) {
  Cell cell;
  cell.kind = CellKind::kString;
  cell.text = std::move(value);
  return cell;
}
Cell Cell::List(std::vector<Cell> items) {
  Cell cell;
  cell.kind = CellKind::kList;
  cell.items = std::move(items);
  return cell;
}
Cell Cell::Map(std::map<std::string, Cell> properties) {
  Cell cell;
  cell.kind = CellKind::kMap;
  cell.properties = std::move(properties);
  return cell;
}

absl::StatusOr<Cell> ParseCell(std::string_view text) { return Parser(text).Run(); }

std::string TextOf(const Cell& cell, ListOrder order) {
  switch (cell.kind) {
    case CellKind::kNull:
      return "null";
    case CellKind::kBoolean:
      return cell.boolean ? "true" : "false";
    case CellKind::kInteger:
      return std::to_string(cell.integer);
    case CellKind::kFloat:
      return FloatText(cell.real);
    case CellKind::kString:
      return StringText(cell.text);
    case CellKind::kList:
      return ListText(cell.items, order);
    case CellKind::kMap:
      return PropertiesText(cell.properties, order);
    case CellKind::kNode:
      return NodeText(cell, order);
    case CellKind::kRelationship:
      return "[:" + cell.text +
             (cell.properties.empty() ? "" : " " + PropertiesText(cell.properties, order)) + "]";
    case CellKind::kPath:
      return PathText(cell, order);
  }
  return {};
}

}  // namespace kosei::tck
