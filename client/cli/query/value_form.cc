#include "query/value_form.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "absl/strings/str_format.h"
#include "kosei/language/temporal_text.h"
#include "kosei/language/text_form.h"

namespace kosei::cli {
namespace {

using client::QueryValue;
using language::Boxed;
using language::PackedBytes;
using language::PackedEntry;
using language::PackedList;
using language::PackedMap;
using language::PackedNode;
using language::PackedPath;
using language::PackedRelationship;
using language::PackedStructure;

template <typename T>
constexpr bool kIsTemporal =
    std::is_same_v<T, language::Date> || std::is_same_v<T, language::LocalTime> ||
    std::is_same_v<T, language::OffsetTime> || std::is_same_v<T, language::LocalDateTime> ||
    std::is_same_v<T, language::DateTime> || std::is_same_v<T, language::Duration>;

std::string FloatText(double number) {
  language::Evaluation nothing;
  return language::ToText(language::Datum::Float(number), nothing);
}

std::string HexText(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) absl::StrAppendFormat(&text, "%02x", static_cast<unsigned char>(c));
  return text;
}

std::string InnerText(const QueryValue& value);

// A name that is none without backticks gets them.
std::string NameText(const std::string& name) {
  bool plain = !name.empty() && !(name.front() >= '0' && name.front() <= '9');
  for (const char c : name) {
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || static_cast<unsigned char>(c) >= 0x80);
  }
  if (plain) return name;
  std::string quoted = "`";
  for (const char c : name) quoted.append(c == '`' ? 2 : 1, c);
  return quoted + "`";
}

std::string MapText(const PackedMap& map) {
  std::string text = "{";
  for (const PackedEntry& entry : map) {
    if (text.size() > 1) text += ", ";
    text += NameText(entry.key) + ": " + InnerText(entry.value);
  }
  return text + "}";
}

std::string ListText(const PackedList& list) {
  std::string text = "[";
  for (const QueryValue& item : list) {
    if (text.size() > 1) text += ", ";
    text += InnerText(item);
  }
  return text + "]";
}

// The first label is the record's own class.
std::string HeadText(const PackedNode& node) {
  return node.labels.empty() ? node.element_id : node.element_id + ":" + node.labels.front();
}

std::string NodeText(const PackedNode& node) {
  if (node.properties.empty()) return "(" + HeadText(node) + ")";
  return "(" + HeadText(node) + " " + MapText(node.properties) + ")";
}

std::string LinkText(const PackedRelationship& link) {
  return "(" + link.start_element_id + ")-[:" + link.type + "]->(" + link.end_element_id + ")";
}

std::string PathText(const PackedPath& path) {
  if (path.nodes.empty()) return "";
  std::string text = "(" + HeadText(path.nodes.front()) + ")";
  for (const PackedPath::Step& step : path.steps) {
    const std::string& type = path.relationships[step.relationship].type;
    text += step.forward ? "-[:" + type + "]->" : "<-[:" + type + "]-";
    text += "(" + HeadText(path.nodes[step.node]) + ")";
  }
  return text;
}

std::string InnerText(const QueryValue& value) {
  return std::visit(
      [](const auto& it) -> std::string {
        using T = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          return "null";
        } else if constexpr (std::is_same_v<T, bool>) {
          return it ? "true" : "false";
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          return std::to_string(it);
        } else if constexpr (std::is_same_v<T, double>) {
          return FloatText(it);
        } else if constexpr (std::is_same_v<T, std::string>) {
          return language::QuotedText(it);
        } else if constexpr (std::is_same_v<T, PackedBytes>) {
          return HexText(it.bytes);
        } else if constexpr (std::is_same_v<T, PackedList>) {
          return ListText(it);
        } else if constexpr (std::is_same_v<T, PackedMap>) {
          return MapText(it);
        } else if constexpr (std::is_same_v<T, Boxed<PackedNode>>) {
          return NodeText(*it);
        } else if constexpr (std::is_same_v<T, Boxed<PackedRelationship>>) {
          return LinkText(*it);
        } else if constexpr (std::is_same_v<T, Boxed<PackedPath>>) {
          return PathText(*it);
        } else if constexpr (kIsTemporal<T>) {
          return language::TextOf(it);
        } else {
          return "structure " + std::to_string(it.tag) + " " + ListText(it.fields);
        }
      },
      value.value);
}

void WriteMap(JsonWriter& json, const PackedMap& map) {
  json.BeginObject();
  for (const PackedEntry& entry : map) {
    json.Key(entry.key);
    WriteQueryValue(json, entry.value);
  }
  json.End();
}

void WriteList(JsonWriter& json, const PackedList& list) {
  json.BeginArray();
  for (const QueryValue& item : list) WriteQueryValue(json, item);
  json.End();
}

void WriteNode(JsonWriter& json, const PackedNode& node) {
  json.BeginObject();
  json.Member("key", node.element_id);
  json.Key("labels");
  json.BeginArray();
  for (const std::string& label : node.labels) json.Text(label);
  json.End();
  json.Key("properties");
  WriteMap(json, node.properties);
  json.End();
}

void WriteRelationship(JsonWriter& json, const PackedRelationship& link) {
  json.BeginObject();
  json.Member("type", link.type);
  json.Member("start", link.start_element_id);
  json.Member("end", link.end_element_id);
  if (!link.properties.empty()) {
    json.Key("properties");
    WriteMap(json, link.properties);
  }
  json.End();
}

void WritePath(JsonWriter& json, const PackedPath& path) {
  json.BeginObject();
  json.Key("nodes");
  json.BeginArray();
  if (!path.nodes.empty()) WriteNode(json, path.nodes.front());
  for (const PackedPath::Step& step : path.steps) WriteNode(json, path.nodes[step.node]);
  json.End();
  json.Key("relationships");
  json.BeginArray();
  for (const PackedPath::Step& step : path.steps)
    WriteRelationship(json, path.relationships[step.relationship]);
  json.End();
  json.Member("length", std::uint64_t{path.steps.size()});
  json.End();
}

}  // namespace

std::string CellText(const QueryValue& value, const std::string& null) {
  if (IsNull(value)) return null;
  const auto* const text = value.As<std::string>();
  return text != nullptr ? *text : InnerText(value);
}

void WriteQueryValue(JsonWriter& json, const QueryValue& value) {
  std::visit(
      [&](const auto& it) {
        using T = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          json.Null();
        } else if constexpr (std::is_same_v<T, bool>) {
          json.Boolean(it);
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          json.Integer(it);
        } else if constexpr (std::is_same_v<T, double>) {
          std::isfinite(it) ? json.Number(FloatText(it)) : json.Text(FloatText(it));
        } else if constexpr (std::is_same_v<T, std::string>) {
          json.Text(it);
        } else if constexpr (std::is_same_v<T, PackedList>) {
          WriteList(json, it);
        } else if constexpr (std::is_same_v<T, PackedMap>) {
          WriteMap(json, it);
        } else if constexpr (std::is_same_v<T, Boxed<PackedNode>>) {
          WriteNode(json, *it);
        } else if constexpr (std::is_same_v<T, Boxed<PackedRelationship>>) {
          WriteRelationship(json, *it);
        } else if constexpr (std::is_same_v<T, Boxed<PackedPath>>) {
          WritePath(json, *it);
        } else {
          json.Text(InnerText(value));
        }
      },
      value.value);
}

bool IsNull(const QueryValue& value) { return value.As<std::monostate>() != nullptr; }
bool IsNumber(const QueryValue& value) {
  return value.As<std::int64_t>() != nullptr || value.As<double>() != nullptr;
}

}  // namespace kosei::cli
