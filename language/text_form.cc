#include "kosei/language/text_form.h"

#include <cstdint>
#include <utility>

#include "literal_text.h"
#include "name_text.h"
#include "numbers.h"
#include "temporal_calls.h"

namespace kosei::language {
namespace {

void Append(const Datum& value, Evaluation& evaluation, std::string& out);

void AppendEntries(const DatumMap& entries, Evaluation& evaluation, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, item] : entries) {
    if (!std::exchange(first, false)) out += ", ";
    out += NameText(key) + ": ";
    Append(item, evaluation, out);
  }
  out += '}';
}

void AppendNode(NodeRef node, Evaluation& evaluation, std::string& out) {
  out += '(';
  if (evaluation.graph == nullptr) {
    out += "#" + std::to_string(node.record.value) + ")";
    return;
  }
  const std::size_t begin = out.size();
  for (const std::string& label : evaluation.graph->Labels(node, evaluation))
    out += ":" + NameText(label);
  const DatumMap entries = evaluation.graph->Properties(node, evaluation);
  if (!entries.empty()) {
    if (out.size() > begin) out += ' ';
    AppendEntries(Datum::Map(entries).map(), evaluation, out);
  }
  out += ')';
}

void AppendLink(const LinkRef& link, Evaluation& evaluation, std::string& out) {
  if (evaluation.graph == nullptr) {
    out += "[#" + std::to_string(link.source) + "-" + std::to_string(link.type) + "->#" +
           std::to_string(link.target) + "]";
    return;
  }
  out += "[:" + NameText(evaluation.graph->TypeOf(link));
  const DatumMap entries = evaluation.graph->Properties(link, evaluation);
  if (!entries.empty()) {
    out += ' ';
    AppendEntries(Datum::Map(entries).map(), evaluation, out);
  }
  out += ']';
}

void AppendPath(const PathValue& path, Evaluation& evaluation, std::string& out) {
  out += '<';
  AppendNode(path.nodes[0], evaluation, out);
  for (std::size_t i = 0; i < path.links.size(); ++i) {
    const bool forward = path.links[i].source == path.nodes[i].record.value;
    out += forward ? "-" : "<-";
    AppendLink(path.links[i], evaluation, out);
    out += forward ? "->" : "-";
    AppendNode(path.nodes[i + 1], evaluation, out);
  }
  out += '>';
}

void Append(const Datum& value, Evaluation& evaluation, std::string& out) {
  switch (value.kind()) {
    case DatumKind::kNull:
      out += "null";
      return;
    case DatumKind::kBoolean:
      out += value.boolean() ? "true" : "false";
      return;
    case DatumKind::kInteger:
      out += std::to_string(value.integer());
      return;
    case DatumKind::kFloat:
      out += DecimalText(value.real());
      return;
    case DatumKind::kString:
      out += StringText(value.string());
      return;
    case DatumKind::kDate:
    case DatumKind::kLocalTime:
    case DatumKind::kTime:
    case DatumKind::kLocalDateTime:
    case DatumKind::kDateTime:
    case DatumKind::kDuration:
      out += StringText(TemporalText(value));
      return;
    case DatumKind::kList: {
      out += '[';
      bool first = true;
      for (const Datum& item : value.list()) {
        if (!std::exchange(first, false)) out += ", ";
        Append(item, evaluation, out);
      }
      out += ']';
      return;
    }
    case DatumKind::kMap:
      AppendEntries(value.map(), evaluation, out);
      return;
    case DatumKind::kNode:
      AppendNode(value.node(), evaluation, out);
      return;
    case DatumKind::kRelationship:
      AppendLink(value.relationship(), evaluation, out);
      return;
    case DatumKind::kPath:
      AppendPath(value.path(), evaluation, out);
      return;
  }
}

}  // namespace

std::string ToText(const Datum& value, Evaluation& evaluation) {
  std::string out;
  Append(value, evaluation, out);
  return out;
}

std::string QuotedText(std::string_view text) { return StringText(text); }

}  // namespace kosei::language
