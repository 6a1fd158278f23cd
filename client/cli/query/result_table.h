// A result as a table for people: as wide as its terminal at most, long cells cut with "...".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kosei/client/statement.h"
#include "table.h"

namespace kosei::cli {

class ResultTable {
 public:
  explicit ResultTable(std::vector<std::string> columns);
  void AddRow(const client::QueryRow& row);
  void AddCells(std::vector<std::string> cells);  // text as it is
  std::size_t row_count() const { return rows_.size(); }
  // `width`: columns of the terminal; 0: nothing is cut. Columns of numbers stand right.
  std::string Render(std::size_t width, Table::Style style) const;

 private:
  std::vector<std::string> columns_;
  std::vector<bool> numeric_;  // nothing but numbers and null so far
  std::vector<std::vector<std::string>> rows_;
};

// Widths that together, with gaps of `gap` between them, take at most `width`: the widest give way
// first, none below `least`.
std::vector<std::size_t> FitWidths(std::vector<std::size_t> widths, std::size_t width,
                                   std::size_t gap, std::size_t least);

// EXPLAIN and PROFILE: an operator a line, what it takes its rows from below it.
std::string RenderPlan(const std::vector<client::PlanLine>& plan, bool profiled, std::size_t width,
                       Table::Style style);

}  // namespace kosei::cli
