// A table for people: columns as wide as their widest cell, two spaces between them, the last one
// never padded.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kosei::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };
  enum class Style { kPlain, kColor };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as columns. Text is made printable.
  void AddRow(std::vector<std::string> cells);
  std::size_t row_count() const { return rows_.size(); }
  // Columns of the terminal that all but the last column take, gaps included.
  std::size_t WidthBeforeLast() const;
  std::string Render(Style style) const;

 private:
  std::vector<std::size_t> Widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace kosei::cli
