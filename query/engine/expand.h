// From a record along its links to the next ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "engine/type_set.h"
#include "kosei/language/ast.h"
#include "kosei/language/evaluation.h"

namespace kosei::query {

struct ExpandStep {
  std::uint32_t from = 0;  // slot of a record; nothing comes of null
  std::uint32_t to = 0;
  bool to_bound = false;              // `to` has a record already: links between the two are meant
  std::optional<std::uint32_t> link;  // slot of the link, or of the list of links
  bool link_bound = false;            // it has one already: only that one counts
  TypeSet types = TypeSet::All();
  // As seen from `from`.
  language::PatternDirection direction = language::PatternDirection::kEither;
  std::optional<ClassSet> to_classes;
  std::uint16_t moment = 0;
  // Slots of links, and lists of links, of the same MATCH: a link is used once.
  std::vector<std::uint32_t> distinct_from;
  std::string text;  // "(a)-[:T]->(b)", for EXPLAIN
};

OperatorPtr MakeExpand(OperatorPtr input, ExpandStep step);
// What MakeExpand was given; null of any other operator.
const ExpandStep* ExpandStepOf(const Operator& made);

// Paths of at least `hops.least` links, none of them twice. `condition` is asked of each link, with
// the link in `condition_slot`; the links of a path come in the order in which the pattern was
// written: `reversed` when that is from `to` to `from`.
struct VariableExpand {
  ExpandStep step;
  language::Hops hops;
  language::EvaluatorPtr condition;  // null: none
  std::uint32_t condition_slot = 0;
  bool reversed = false;
};
OperatorPtr MakeVariableExpand(OperatorPtr input, VariableExpand expand);

// The shortest such paths between two bound records; `all`: all of them, else one. The same record
// at both ends has none, unless `hops.least` is 0.
OperatorPtr MakeShortestPaths(OperatorPtr input, VariableExpand expand, bool all);

// The path through the records and links in the slots; of a variable-length part the slot has a
// list of links.
OperatorPtr MakePathOf(OperatorPtr input, std::vector<std::uint32_t> nodes,
                       std::vector<std::uint32_t> links, std::uint32_t slot, std::string text);

// Whether `link` is in one of the slots.
bool IsUsed(const language::Datum* row, const std::vector<std::uint32_t>& slots,
            language::LinkRef link);

}  // namespace kosei::query
