// Figures: key performance indicators of the processes, as data. Each is a statement of the query
// language over a half-open period, $from up to $to, with what it is measured in, which way is
// better, and what it should be (docs/processes/figures.md has every key).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// Which way is better.
enum class FigureDirection : std::uint8_t { kUp = 1, kDown = 2 };

struct FigureDefinition {
  std::string name;
  std::string process;  // "incident"
  Label label;
  std::string unit;  // "percent", "minutes", "hours", "days", "count"
  FigureDirection good = FigureDirection::kUp;
  std::optional<double> target;  // in the unit; nothing: it is only watched
  // Gives the columns `value` (a number, or null when nothing was counted) and `counted`, and where
  // it is told by parts `part`, a row for each.
  std::string statement;
  std::string origin;  // "file:line"
};

// Reads files (`kpis:`) as one set, in their order. kModelInvalid, with file and line and how to
// mend it, for what is no YAML, an unknown or double key, a name given twice, an unknown unit or
// direction, a target that is no number, a statement that does not parse, writes, names another
// parameter, or does not give the columns.
absl::StatusOr<std::vector<FigureDefinition>> ParseFigures(std::span<const DefinitionFile> files);

}  // namespace kosei::process
