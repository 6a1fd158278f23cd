// Decision tables out of YAML, and back into one canonical form.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "decision/keywords.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/text_form.h"
#include "kosei/process/decision_table.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"decision_tables"};
constexpr std::array<std::string_view, 8> kTableKeys = {"name",     "version", "label",   "hit",
                                                        "complete", "inputs",  "outputs", "rows"};
constexpr std::array<std::string_view, 5> kInputKeys = {"name", "label", "type", "values",
                                                        "optional"};
constexpr std::array<std::string_view, 4> kOutputKeys = {"name", "label", "type", "values"};
constexpr std::array<std::string_view, 3> kRowKeys = {"when", "then", "note"};

absl::Status ReadFact(const YamlBlock& block, FactDefinition& fact) {
  fact.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", fact.name));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", fact.label));
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "type", kFactTypes, fact.type));
  KOSEI_RETURN_IF_ERROR(block.ReadTexts("values", fact.values));
  return block.ReadFlag("optional", fact.optional);
}

// The place of a name among facts.
absl::StatusOr<std::size_t> PlaceOf(YamlFile& file, const YAML::Node& node, std::string_view what,
                                    std::string_view name,
                                    const std::vector<FactDefinition>& facts) {
  const auto found = std::ranges::find(facts, name, &FactDefinition::name);
  if (found != facts.end()) return static_cast<std::size_t>(found - facts.begin());
  std::vector<std::string> names;
  for (const FactDefinition& fact : facts) names.push_back(fact.name);
  return file.Error(
      node, absl::StrFormat("the table has no %s %s%s", what, Shown(name), Hint(name, names)));
}

// One condition, or a list of them.
absl::StatusOr<std::vector<std::string>> ReadCell(YamlFile& file, const YAML::Node& node) {
  constexpr std::string_view kWhat = "a condition";
  std::vector<std::string> texts;
  const auto add = [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(std::string text, file.Text(item, kWhat));
    texts.push_back(std::move(text));
    return absl::OkStatus();
  };
  KOSEI_RETURN_IF_ERROR(node.IsScalar() ? add(node) : file.ForEach(node, kWhat, add));
  return texts;
}

class RowReader {
 public:
  RowReader(YamlFile& file, const DecisionTableDefinition& table) : file_(file), table_(table) {}

  absl::Status Read(const YAML::Node& node, RowDefinition& row) {
    row.origin = file_.At(node);
    row.conditions.assign(table_.inputs.size(), {"-"});
    row.results.assign(table_.outputs.size(), "");
    if (node.IsSequence()) return ReadCells(node, row);
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block, YamlBlock::Open(file_, node, "a row", kRowKeys));
    KOSEI_RETURN_IF_ERROR(block.ReadLabel("note", row.note));
    if (const YAML::Node* when = block.Find("when")) {
      KOSEI_RETURN_IF_ERROR(file_.ForEachPair(
          *when, "when of a row",
          [&](const std::string& name, const YAML::Node& value) -> absl::Status {
            KOSEI_ASSIGN_OR_RETURN(const std::size_t place,
                                   PlaceOf(file_, value, "input", name, table_.inputs));
            KOSEI_ASSIGN_OR_RETURN(row.conditions[place], ReadCell(file_, value));
            return absl::OkStatus();
          }));
    }
    if (!block.Has("then")) return block.Error("a row has no then; add \"then: {...}\"");
    KOSEI_RETURN_IF_ERROR(file_.ForEachPair(
        *block.Find("then"), "then of a row",
        [&](const std::string& name, const YAML::Node& value) -> absl::Status {
          KOSEI_ASSIGN_OR_RETURN(const std::size_t place,
                                 PlaceOf(file_, value, "output", name, table_.outputs));
          KOSEI_ASSIGN_OR_RETURN(row.results[place], file_.Text(value, "an output"));
          return absl::OkStatus();
        }));
    return CheckResults(node, row);
  }

 private:
  // [condition, ..., output, ...]: in the order of inputs and outputs.
  absl::Status ReadCells(const YAML::Node& node, RowDefinition& row) {
    std::size_t place = 0;
    KOSEI_RETURN_IF_ERROR(file_.ForEach(node, "a row", [&](const YAML::Node& cell) -> absl::Status {
      const std::size_t at = place++;
      if (at < row.conditions.size()) {
        KOSEI_ASSIGN_OR_RETURN(row.conditions[at], ReadCell(file_, cell));
      } else if (at < row.conditions.size() + row.results.size()) {
        KOSEI_ASSIGN_OR_RETURN(row.results[at - row.conditions.size()],
                               file_.Text(cell, "an output"));
      }
      return absl::OkStatus();
    }));
    const std::size_t expected = row.conditions.size() + row.results.size();
    if (place == expected) return CheckResults(node, row);
    return file_.Error(node, absl::StrFormat("a row has %d cells, expected %d: one for each input, "
                                             "then one for each output",
                                             place, expected));
  }

  absl::Status CheckResults(const YAML::Node& node, const RowDefinition& row) {
    for (std::size_t i = 0; i < row.results.size(); ++i) {
      if (!row.results[i].empty()) continue;
      return file_.Error(node, absl::StrFormat("a row gives no value for the output %s; add it",
                                               table_.outputs[i].name));
    }
    return absl::OkStatus();
  }

  YamlFile& file_;
  const DecisionTableDefinition& table_;
};

absl::Status ReadTable(const YamlBlock& block, DecisionTableDefinition& table) {
  table.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", table.name));
  KOSEI_RETURN_IF_ERROR(block.ReadCount("version", table.version));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", table.label));
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "hit", kHitPolicies, table.hit));
  KOSEI_RETURN_IF_ERROR(block.ReadFlag("complete", table.complete));
  KOSEI_RETURN_IF_ERROR(block.ForEachBlock(
      "inputs", "an input", kInputKeys,
      [&](const YamlBlock& input) { return ReadFact(input, table.inputs.emplace_back()); }));
  KOSEI_RETURN_IF_ERROR(block.ForEachBlock(
      "outputs", "an output", kOutputKeys,
      [&](const YamlBlock& output) { return ReadFact(output, table.outputs.emplace_back()); }));
  if (!block.Has("rows")) return block.Error("a decision table has no rows; add \"rows: [...]\"");
  RowReader reader(block.file(), table);
  return block.file().ForEach(*block.Find("rows"), "rows", [&](const YAML::Node& node) {
    return reader.Read(node, table.rows.emplace_back());
  });
}

std::string QuotedList(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts)
    joined += (joined.empty() ? "" : ", ") + language::QuotedText(text);
  return "[" + joined + "]";
}

std::string FactLine(std::string_view what, const FactDefinition& fact) {
  return absl::StrFormat("%s %s: %s%s %s, label %s, %s\n", what, fact.name,
                         fact.optional ? "optional " : "", NameOf(fact.type),
                         QuotedList(fact.values), language::QuotedText(fact.label.en),
                         language::QuotedText(fact.label.ja));
}

}  // namespace

std::string_view NameOf(FactType type) { return WordOf(kFactTypes, type); }
std::string_view NameOf(HitPolicy policy) { return WordOf(kHitPolicies, policy); }

absl::StatusOr<std::vector<DecisionTableDefinition>> ParseDecisionTables(std::string_view yaml,
                                                                         std::string_view origin) {
  std::vector<DecisionTableDefinition> tables;
  YamlFile file(origin);
  KOSEI_RETURN_IF_ERROR(file.Read(yaml, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                           YamlBlock::Open(file, document, "a file of decision tables", kFileKeys));
    return block.ForEachBlock(
        "decision_tables", "a decision table", kTableKeys,
        [&](const YamlBlock& table) { return ReadTable(table, tables.emplace_back()); });
  }));
  if (!tables.empty()) return tables;
  return DefinitionError(
      origin, "no decision table is in it; add \"decision_tables:\" with a list of them");
}

std::string CanonicalText(const DecisionTableDefinition& definition) {
  std::string text = absl::StrFormat(
      "decision_table %s version %d, hit %s, %scomplete, label %s, %s\n", definition.name,
      definition.version, NameOf(definition.hit), definition.complete ? "" : "not ",
      language::QuotedText(definition.label.en), language::QuotedText(definition.label.ja));
  for (const FactDefinition& input : definition.inputs) text += FactLine("input", input);
  for (const FactDefinition& output : definition.outputs) text += FactLine("output", output);
  for (const RowDefinition& row : definition.rows) {
    text += "row";
    for (const std::vector<std::string>& cell : row.conditions) text += " " + QuotedList(cell);
    text += " gives " + QuotedList(row.results);
    if (!row.note.en.empty()) {
      text += absl::StrFormat(" note %s, %s", language::QuotedText(row.note.en),
                              language::QuotedText(row.note.ja));
    }
    text += "\n";
  }
  return text;
}

std::string HashOf(const DecisionTableDefinition& definition) {
  std::string hex;
  for (const char byte : Sha256::Of(CanonicalText(definition)))
    hex += absl::StrFormat("%02x", static_cast<unsigned char>(byte));
  return hex;
}

}  // namespace kosei::process
