// Values as the kit writes them in the cells of a result, and as an answer has them.
//
//   (:A:B {p: 1})   [:T {p: 1}]   <(:A)-[:T]->(:B)>   [1, 'two', 3.0]   {k: null}   NaN
//
// Dates, times and durations are text: the kit writes them so.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace kosei::tck {

enum class CellKind : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kFloat,
  kString,
  kList,
  kMap,
  kNode,
  kRelationship,
  kPath,
};

struct Cell {
  CellKind kind = CellKind::kNull;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;                // of a string; the type of a relationship
  std::vector<Cell> items = {};    // of a list; node, relationship, node, ... of a path
  std::vector<bool> forward = {};  // of a path: whether each relationship is walked ->
  std::map<std::string, Cell> properties = {};  // of a map, a node, a relationship
  std::set<std::string> labels = {};            // of a node

  static Cell Boolean(bool value);
  static Cell Integer(std::int64_t value);
  static Cell Float(double value);
  static Cell String(std::string value);
  static Cell List(std::vector<Cell> items);
  static Cell Map(std::map<std::string, Cell> properties);
};

// Nesting is bounded. kInvalidArgument.
absl::StatusOr<Cell> ParseCell(std::string_view text);

enum class ListOrder : std::uint8_t { kCounts, kIgnored };

// One text for equal values, in the kit's own form: labels and keys sorted, items of lists as well
// when their order is ignored, floats with a point.
std::string TextOf(const Cell& cell, ListOrder order = ListOrder::kCounts);

}  // namespace kosei::tck
