// Figures out of YAML.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/statement.h"
#include "definition/words.h"
#include "definition/yaml_block.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/figure.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"kpis"};
constexpr std::array<std::string_view, 7> kFigureKeys = {"name", "process", "label",    "unit",
                                                         "good", "target",  "statement"};
constexpr std::array<std::string_view, 5> kUnits = {"percent", "minutes", "hours", "days", "count"};
constexpr Words<FigureDirection, 2> kDirections = {
    {{"up", FigureDirection::kUp}, {"down", FigureDirection::kDown}}};
constexpr std::array<std::string_view, 2> kColumns = {"value", "counted"};
constexpr std::array<std::string_view, 2> kParameters = {"from", "to"};

absl::Status ReadTarget(const YamlBlock& block, FigureDefinition& figure) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(block.ReadText("target", text));
  if (!block.Has("target")) return absl::OkStatus();
  double target = 0;
  if (!absl::SimpleAtod(text, &target) || !std::isfinite(target)) {
    return block.ErrorAt("target", absl::StrFormat("target of figure %s is %s, expected a number "
                                                   "in its unit",
                                                   figure.name, Shown(text)));
  }
  figure.target = target;
  return absl::OkStatus();
}

absl::Status ReadStatement(const YamlBlock& block, FigureDefinition& figure) {
  KOSEI_RETURN_IF_ERROR(block.RequireText("statement", figure.statement));
  const auto wrong = [&](std::string_view message) {
    return block.ErrorAt("statement", absl::StrFormat("statement of figure %s: %s", figure.name,
                                                      std::string(message)));
  };
  const absl::StatusOr<language::Statement> statement = ParseReadingStatement(figure.statement);
  if (!statement.ok()) return wrong(MessageOf(statement.status()));
  for (const std::string& name : ParametersOf(*statement)) {
    if (std::ranges::count(kParameters, name) > 0) continue;
    return wrong(absl::StrFormat("nobody gives the parameter $%s; it has $from and $to", name));
  }
  for (const language::SingleQuery& part : statement->query.parts) {
    const language::Clause& last = part.clauses.back();
    for (const std::string_view column : kColumns) {
      const bool given = last.star || std::ranges::any_of(last.items, [&](const auto& item) {
                           return (item.alias.empty() ? item.text : item.alias) == column;
                         });
      if (given) continue;
      return wrong(
          absl::StrFormat("it gives no column %s; end it with RETURN ... AS value, ... "
                          "AS counted",
                          std::string(column)));
    }
  }
  return absl::OkStatus();
}

absl::Status ReadFigure(const YamlBlock& block, FigureDefinition& figure) {
  figure.origin = block.At();
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", figure.name));
  KOSEI_RETURN_IF_ERROR(block.RequireName("process", figure.process));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", figure.label));
  KOSEI_RETURN_IF_ERROR(block.RequireText("unit", figure.unit));
  if (std::ranges::count(kUnits, figure.unit) == 0) {
    return block.ErrorAt("unit", absl::StrFormat("unit of figure %s is %s, expected one of %s",
                                                 figure.name, Shown(figure.unit), Joined(kUnits)));
  }
  if (!block.Has("good")) {
    return block.Error(
        absl::StrFormat("figure %s does not say which way is better; add \"good: "
                        "up\" or \"good: down\"",
                        figure.name));
  }
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "good", kDirections, figure.good));
  KOSEI_RETURN_IF_ERROR(ReadTarget(block, figure));
  return ReadStatement(block, figure);
}

}  // namespace

absl::StatusOr<std::vector<FigureDefinition>> ParseFigures(std::span<const DefinitionFile> files) {
  std::vector<FigureDefinition> figures;
  for (const DefinitionFile& definition : files) {
    YamlFile file(definition.name);
    KOSEI_RETURN_IF_ERROR(
        file.Read(definition.text, [&](const YAML::Node& document) -> absl::Status {
          KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                                 YamlBlock::Open(file, document, "a file of figures", kFileKeys));
          return block.ForEachBlock(
              "kpis", "a figure", kFigureKeys, [&](const YamlBlock& each) -> absl::Status {
                FigureDefinition figure;
                KOSEI_RETURN_IF_ERROR(ReadFigure(each, figure));
                for (const FigureDefinition& other : figures) {
                  if (other.name != figure.name) continue;
                  return each.ErrorAt(
                      "name", absl::StrFormat("figure %s is there already, at %s; give it another "
                                              "name",
                                              figure.name, other.origin));
                }
                figures.push_back(std::move(figure));
                return absl::OkStatus();
              });
        }));
  }
  return figures;
}

}  // namespace kosei::process
