#include "scenario_model.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <tuple>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::tck {
namespace {

using language::Datum;
using language::DatumKind;

constexpr std::size_t kAttributesMax = 900;  // of a class; a model takes some more
constexpr std::size_t kTypesMax = 254;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kLabelsOfAClassMax = 64;
constexpr std::string_view kRoot = "Node";

absl::Status Unsupported(std::string_view message) {
  return MakeError(ErrorCode::kQueryUnsupported, message);
}

bool IsNameBegin(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNameCharacter(char c) { return IsNameBegin(c) || (c >= '0' && c <= '9'); }

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && IsNameBegin(name.front()) &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

absl::Status CheckName(std::string_view what, std::string_view name) {
  if (IsName(name)) return absl::OkStatus();
  return Unsupported(absl::StrFormat("%s '%s' is no name for kosei", what, name));
}

// A value and the type of the attribute that can hold it.
struct Typed {
  Value value;
  std::string type = "any";
};

absl::StatusOr<Typed> TypedFloat(double real) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, real, std::chars_format::fixed);
  const absl::StatusOr<Decimal> decimal =
      end.ec == std::errc() ? ParseDecimal({digits, static_cast<std::size_t>(end.ptr - digits)})
                            : absl::StatusOr<Decimal>(absl::OutOfRangeError(""));
  if (!decimal.ok() || !std::isfinite(real))
    return Unsupported(absl::StrFormat("the number %g has more digits than a decimal", real));
  return Typed{Value(*decimal)};
}

constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kNanosOfMicro = 1'000;

absl::StatusOr<Typed> TypedDateTime(const language::DateTime& time) {
  if (time.offset != 0 || !time.zone.empty() || time.nanos % kNanosOfMicro != 0)
    return Unsupported("a timestamp has neither an offset nor nanoseconds");
  return Typed{Value(time.seconds * kMicros + time.nanos / kNanosOfMicro), "timestamp"};
}

absl::StatusOr<Typed> TypedDuration(const language::Duration& duration) {
  if (duration.months != 0 || duration.days != 0 || duration.nanos % kNanosOfMicro != 0 ||
      std::abs(duration.seconds) > INT64_MAX / kMicros / 2)
    return Unsupported("a duration has neither months nor days of its own, nor nanoseconds");
  return Typed{Value(duration.seconds * kMicros + duration.nanos / kNanosOfMicro), "duration"};
}

absl::StatusOr<Typed> TypedScalar(const Datum& datum) {
  switch (datum.kind()) {
    case DatumKind::kBoolean:
      return Typed{Value(datum.boolean())};
    case DatumKind::kInteger:
      return Typed{Value(datum.integer())};
    case DatumKind::kFloat:
      return TypedFloat(datum.real());
    case DatumKind::kString:
      if (datum.string().find('\r') != std::string::npos)
        return Unsupported("a text has no carriage returns");
      return Typed{Value(datum.string())};
    case DatumKind::kDate:
      return Typed{Value(datum.date().days), "date"};
    case DatumKind::kDateTime:
      return TypedDateTime(datum.date_time());
    case DatumKind::kDuration:
      return TypedDuration(datum.duration());
    case DatumKind::kNull:
    case DatumKind::kLocalTime:
    case DatumKind::kTime:
    case DatumKind::kLocalDateTime:
    case DatumKind::kList:
    case DatumKind::kMap:
    case DatumKind::kNode:
    case DatumKind::kRelationship:
    case DatumKind::kPath:
      break;
  }
  return Unsupported(
      absl::StrFormat("an attribute cannot hold a %s here", language::NameOf(datum.kind())));
}

// The value, and its attribute's type as in YAML.
absl::StatusOr<std::pair<Value, std::string>> Stored(const Datum& datum) {
  if (datum.kind() != DatumKind::kList) {
    KOSEI_ASSIGN_OR_RETURN(Typed one, TypedScalar(datum));
    return std::pair(std::move(one.value), "type: " + one.type);
  }
  ValueList items;
  std::optional<std::string> type;
  for (const Datum& item : datum.list()) {
    KOSEI_ASSIGN_OR_RETURN(Typed one, TypedScalar(item));
    if (type && *type != one.type) return Unsupported("a list of values of different types");
    type = one.type;
    items.push_back(std::move(one.value));
  }
  const bool is_any = type.value_or("any") == "any";
  return std::pair(Value(std::move(items)),
                   is_any ? "type: any" : "type: list, item_type: " + *type);
}

std::string KeyOf(std::size_t position) { return absl::StrFormat("n%d", position); }

class StoreMaker {
 public:
  explicit StoreMaker(const MemoryGraph& graph) : graph_(graph) {}

  absl::StatusOr<ScenarioStore> Run() {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      if (!graph_.nodes()[i].deleted) KOSEI_RETURN_IF_ERROR(AddRecord(i));
    }
    for (const MemoryLink& link : graph_.links()) {
      if (!link.deleted) KOSEI_RETURN_IF_ERROR(AddLink(link));
    }
    return std::move(store_);
  }

 private:
  absl::Status AddRecord(std::size_t position) {
    const MemoryNode& node = graph_.nodes()[position];
    NewRecord record{node.labels, KeyOf(position), {}};
    for (const std::string& label : node.labels) KOSEI_RETURN_IF_ERROR(CheckName("label", label));
    for (const auto& [name, datum] : node.properties) {
      KOSEI_RETURN_IF_ERROR(CheckName("property", name));
      KOSEI_ASSIGN_OR_RETURN(auto stored, Stored(datum));
      const auto [known, is_new] = store_.names.attributes.emplace(name, stored.second);
      if (!is_new && known->second != stored.second)
        return Unsupported(absl::StrFormat("property %s has values of different types", name));
      record.attributes.emplace_back(name, std::move(stored.first));
    }
    store_.names.label_sets.insert(node.labels);
    store_.content.records.push_back(std::move(record));
    return absl::OkStatus();
  }

  absl::Status AddLink(const MemoryLink& link) {
    KOSEI_RETURN_IF_ERROR(CheckName("relationship type", link.type));
    if (!link.properties.empty()) return Unsupported("a relationship with properties");
    if (!seen_.insert({link.source, link.type, link.target}).second)
      return Unsupported("two relationships of one type between the same two nodes");
    store_.names.types.insert(link.type);
    store_.content.links.push_back({KeyOf(link.source), link.type, KeyOf(link.target)});
    return absl::OkStatus();
  }

  const MemoryGraph& graph_;
  ScenarioStore store_;
  std::set<std::tuple<std::size_t, std::string, std::size_t>> seen_;
};

std::string Label(std::string_view text) { return absl::StrFormat("{en: %s, ja: %s}", text, text); }

std::string ClassYaml(std::string_view name, const LabelSet& labels) {
  const std::string list = absl::StrJoin(
      labels, ", ", [](std::string* out, const std::string& label) { *out += "'" + label + "'"; });
  return absl::StrFormat("  - {name: %s, parent: %s, label: %s, labels: [%s]}\n", name, kRoot,
                         Label("C"), list);
}

// Labels that no record carries stand in classes of their own.
void AppendUnusedLabels(const Names& names, std::string& yaml) {
  std::vector<std::string> unused;
  for (const std::string& label : names.labels) {
    const bool used =
        std::any_of(names.label_sets.begin(), names.label_sets.end(),
                    [&label](const LabelSet& labels) { return labels.contains(label); });
    if (!used) unused.push_back(label);
  }
  for (std::size_t i = 0; i < unused.size(); i += kLabelsOfAClassMax) {
    const auto begin = unused.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(kLabelsOfAClassMax, unused.size() - i);
    yaml += ClassYaml(absl::StrFormat("Unused%d", i),
                      LabelSet(begin, begin + static_cast<std::ptrdiff_t>(count)));
  }
}

}  // namespace

bool Names::Add(const Names& more) {
  Names joined = *this;
  for (const auto& [name, type] : more.attributes) {
    if (joined.attributes.emplace(name, type).first->second != type) return false;
  }
  joined.types.insert(more.types.begin(), more.types.end());
  if (joined.types.size() > kTypesMax || joined.attributes.size() > kAttributesMax) return false;
  joined.label_sets.insert(more.label_sets.begin(), more.label_sets.end());
  joined.labels.insert(more.labels.begin(), more.labels.end());
  *this = std::move(joined);
  return true;
}

absl::StatusOr<ScenarioStore> StoreOf(const MemoryGraph& graph) { return StoreMaker(graph).Run(); }

void AddNamesOf(std::string_view query, Names& names) {
  for (std::size_t i = 0; i < query.size();) {
    if (!IsNameBegin(query[i]) || (i > 0 && IsNameCharacter(query[i - 1]))) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < query.size() && IsNameCharacter(query[end])) ++end;
    const std::string name(query.substr(i, end - i));
    const bool quoted = i > 0 && query[i - 1] == '`';
    const std::size_t before = i < (quoted ? 2U : 1U)
                                   ? std::string_view::npos
                                   : query.find_last_not_of(" \n", i - (quoted ? 2 : 1));
    const std::size_t after = query.find_first_not_of(" \n`", end);
    const char left = before == std::string_view::npos ? ' ' : query[before];
    const char right = after == std::string_view::npos ? ' ' : query[after];
    if (name.size() <= kNameBytesMax) {
      if (left == ':' || left == '|' || left == '&' || left == '!') {
        names.labels.insert(name);
        names.types.insert(name);
      }
      if (left == '.' || right == ':') names.attributes.emplace(name, "type: any");
    }
    i = end;
  }
}

std::string ModelYaml(const Names& names) {
  std::string yaml = absl::StrFormat(
      "naming: free\nclasses:\n  - name: %s\n    abstract: true\n    label: %s\n    labels: []\n",
      kRoot, Label("Node"));
  if (!names.attributes.empty()) yaml += "    attributes:\n";
  for (const auto& [name, type] : names.attributes)
    yaml += absl::StrFormat("      - {name: '%s', label: %s, %s}\n", name, Label("A"), type);
  for (const LabelSet& labels : names.label_sets) yaml += ClassYaml(ClassOf(names, labels), labels);
  AppendUnusedLabels(names, yaml);
  if (!names.types.empty()) yaml += "relationship_types:\n";
  for (const std::string& type : names.types) {
    yaml += absl::StrFormat(
        "  - {name: '%s', label: %s, inverse_label: %s, impact: none,\n"
        "     endpoints: [{source: %s, target: %s}]}\n",
        type, Label("T"), Label("T"), kRoot, kRoot);
  }
  return yaml;
}

std::string ClassOf(const Names& names, const LabelSet& labels) {
  const auto place = names.label_sets.find(labels);
  return absl::StrFormat("Set%d", std::distance(names.label_sets.begin(), place));
}

}  // namespace kosei::tck
