// A pattern taken apart: its nodes, each once, its links, and its conditions, one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/match_plan.h"
#include "engine/planning.h"
#include "engine/quantified_expand.h"
#include "engine/type_set.h"
#include "kosei/language/ast.h"

namespace kosei::query {

struct PatternNode {
  std::string name;  // hidden when the pattern gives none
  std::uint32_t slot = 0;
  bool bound = false;
  std::vector<language::LabelChoice> labels;
  std::optional<ClassSet> classes;  // of the labels
  language::Span span;
  std::string text;
};

// A variable within a repeated part (engine/quantified_expand.h).
struct PatternGroup {
  std::string name;
  GroupVariable variable;
};

// What joins two nodes: a link, a path of links, or a part that is repeated.
struct PatternLink {
  std::string name;
  std::uint32_t slot = 0;
  bool bound = false;    // it had a value before this MATCH
  bool named = false;    // its value is wanted: by its name, by a path, or to tell links apart
  std::size_t from = 0;  // positions in PatternGraph::nodes, as written
  std::size_t to = 0;
  language::Span span;
  language::PatternDirection direction = language::PatternDirection::kEither;
  std::optional<language::Hops> hops;  // of a variable-length pattern, or a repeated part
  const language::QuantifiedPattern* repeated = nullptr;
  std::vector<PatternGroup> groups;  // of the repeated part
  TypeSet types = TypeSet::All();
  language::PathSelector selector = language::PathSelector::kAllPaths;
  language::ExpressionPtr each;      // a condition for each link of a variable-length pattern
  std::string each_name;             // the variable that `each` calls the link by
  std::set<std::string> each_needs;  // records of the pattern that `each` is about
  bool done = false;
};

struct PatternCondition {
  language::ExpressionPtr expression;
  std::set<std::string> needs;  // names of the pattern
  bool done = false;
};

struct PatternPath {
  std::string name;  // empty: none
  std::uint32_t slot = 0;
  std::vector<std::size_t> nodes;
  std::vector<std::size_t> links;
};

struct PatternGraph {
  std::vector<PatternNode> nodes;
  std::vector<PatternLink> links;
  std::vector<PatternCondition> conditions;
  std::vector<PatternPath> paths;
  std::vector<std::uint32_t> new_slots;
  std::set<std::string> names;  // all that get a value from the pattern
  language::Scope before;       // names that had values before the pattern
};

// Checks and declares the names. `pattern` must outlive the result.
absl::StatusOr<PatternGraph> TakeApart(Planning& planning, language::Scope& scope,
                                       const MatchRequest& request);

}  // namespace kosei::query
