// Which conditions of a pattern find a record by looking up: by key, by id, by an index.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/pattern_graph.h"
#include "engine/planning.h"
#include "engine/scan.h"

namespace kosei::query {

// One look-up, not compiled yet. `value` is a part of the pattern's conditions.
struct SeekChoice {
  SeekBy by = SeekBy::kKey;
  const language::Expression* value = nullptr;  // null: kOpen
  bool each_item = false;
  AttributeNumber attribute = {};
  std::string attribute_name = {};
  storage::Comparison comparison = storage::Comparison::kEqual;
  bool open_only = false;
};

// A condition of which each choice (of OR) can be looked up.
struct SeekPlan {
  std::vector<SeekChoice> parts;
  double rows = 0;  // about
};

// That which leaves fewest records; nullopt: none can be looked up. `known`: names that have
// values.
std::optional<SeekPlan> FindSeek(Planning& planning, const PatternGraph& graph,
                                 const PatternNode& node, const std::set<std::string>& known,
                                 std::uint16_t moment);

absl::StatusOr<std::vector<SeekPart>> CompileSeek(Planning& planning, language::Scope& scope,
                                                  const SeekPlan& plan);

}  // namespace kosei::query
