// A part of a path that is repeated, ((a)-[r:T]->(b) WHERE ...){1,3}: from a record, each time
// through the part, to the next one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "engine/type_set.h"
#include "kosei/language/ast.h"

namespace kosei::query {

// A variable of the part: outside it is the list of what it was each time.
struct GroupVariable {
  std::uint32_t slot = 0;
  bool is_link = false;
  std::size_t position = 0;  // among the records, or among the links, of the part as it is written
};

struct QuantifiedExpand {
  std::uint32_t from = 0;  // slot of a record; nothing comes of null
  std::uint32_t to = 0;
  bool to_bound = false;  // `to` has a record already
  std::optional<ClassSet> to_classes;
  bool reversed = false;  // `from` is where the path ends as it is written
  std::uint16_t moment = 0;
  language::Hops times;
  // Once through the part: from the record in the first of `nodes` to that in the last, or the
  // other way round when `reversed`.
  OperatorPtr once;
  std::vector<std::uint32_t> nodes;  // slots of its records, as written
  std::vector<std::uint32_t> links;  // and of the links between them
  std::vector<GroupVariable> groups;
  std::uint32_t all_links = 0;  // slot of the list of all links, in the order of the path
  std::vector<std::uint32_t> distinct_from;
  std::string text;  // for EXPLAIN
};

OperatorPtr MakeQuantifiedExpand(OperatorPtr input, QuantifiedExpand expand);

}  // namespace kosei::query
