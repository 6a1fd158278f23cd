#include "table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "kosei/base/display_width.h"

namespace kosei::cli {
namespace {

constexpr std::string_view kGap = "  ";

void AppendCell(std::string& line, const std::string& cell, std::size_t width, Table::Align align) {
  const std::size_t used = DisplayWidth(cell);
  const std::size_t padding = width > used ? width - used : 0;
  if (align == Table::Align::kRight) line.append(padding, ' ');
  line += cell;
  if (align == Table::Align::kLeft) line.append(padding, ' ');
}

void TrimRight(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::Widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    std::size_t width = DisplayWidth(columns_[column].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[column]));
    widths.push_back(width);
  }
  return widths;
}

std::size_t Table::WidthBeforeLast() const {
  const std::vector<std::size_t> widths = Widths();
  std::size_t sum = 0;
  for (std::size_t column = 0; column + 1 < widths.size(); ++column) {
    sum += widths[column] + kGap.size();
  }
  return sum;
}

std::string Table::Render(Style style) const {
  const std::vector<std::size_t> widths = Widths();
  std::string out;
  const auto append_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (column > 0) line += kGap;
      AppendCell(line, cell_of(column), widths[column], columns_[column].align);
    }
    TrimRight(line);
    return line;
  };
  const std::string header = append_line([&](std::size_t c) { return columns_[c].title; });
  out += style == Style::kColor ? "\x1b[1m" + header + "\x1b[0m\n" : header + "\n";
  for (const auto& row : rows_) {
    out += append_line([&](std::size_t c) -> const std::string& { return row[c]; });
    out += '\n';
  }
  return out;
}

}  // namespace kosei::cli
