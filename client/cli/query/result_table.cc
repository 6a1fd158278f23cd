#include "query/result_table.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/display_width.h"
#include "query/value_form.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kGap = 2;  // as Table has it
constexpr std::size_t kLeastWidth = 8;

std::string TreeText(const client::PlanLine& line) {
  if (line.depth == 0) return line.name;
  return std::string(std::size_t{3} * (line.depth - 1), ' ') + "+- " + line.name;
}

std::string TimeText(std::chrono::nanoseconds time) {
  return absl::StrFormat("%.3f ms", std::chrono::duration<double, std::milli>(time).count());
}

}  // namespace

std::vector<std::size_t> FitWidths(std::vector<std::size_t> widths, std::size_t width,
                                   std::size_t gap, std::size_t least) {
  if (widths.empty()) return widths;
  const std::size_t gaps = gap * (widths.size() - 1);
  const std::size_t room = width > gaps ? width - gaps : 0;
  std::size_t sum = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  while (sum > room) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= least) break;
    // Down to the next wider one in one go, or as far as is needed.
    std::size_t next = least;
    for (const std::size_t each : widths) {
      if (each < *widest) next = std::max(next, each);
    }
    const std::size_t cut = std::max<std::size_t>(1, std::min(*widest - next, sum - room));
    const auto equal = static_cast<std::size_t>(std::count(widths.begin(), widths.end(), *widest));
    const std::size_t share =
        std::max<std::size_t>(1, std::min(cut, (sum - room + equal - 1) / equal));
    *widest -= share;
    sum -= share;
  }
  return widths;
}

ResultTable::ResultTable(std::vector<std::string> columns)
    : columns_(std::move(columns)), numeric_(columns_.size(), true) {
  for (std::string& column : columns_) column = Printable(column);
}

void ResultTable::AddRow(const client::QueryRow& row) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < row.size() && i < columns_.size(); ++i) {
    if (!IsNull(row[i]) && !IsNumber(row[i])) numeric_[i] = false;
    cells.push_back(Printable(CellText(row[i], "null")));
  }
  rows_.push_back(std::move(cells));
}

void ResultTable::AddCells(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = Printable(cell);
  numeric_.assign(columns_.size(), false);
  rows_.push_back(std::move(cells));
}

std::string ResultTable::Render(std::size_t width, Table::Style style) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = DisplayWidth(columns_[i]);
    for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[i]));
    widths.push_back(widest);
  }
  if (width > 0) widths = FitWidths(std::move(widths), width, kGap, kLeastWidth);
  std::vector<Table::Column> columns;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns.push_back({Elide(columns_[i], widths[i]),
                       numeric_[i] && !rows_.empty() ? Table::Align::kRight : Table::Align::kLeft});
  }
  Table table(std::move(columns));
  for (const auto& row : rows_) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < row.size(); ++i) cells.push_back(Elide(row[i], widths[i]));
    table.AddRow(std::move(cells));
  }
  return table.Render(style);
}

std::string RenderPlan(const std::vector<client::PlanLine>& plan, bool profiled, std::size_t width,
                       Table::Style style) {
  std::vector<Table::Column> columns = {{"OPERATOR"}};
  if (profiled) {
    columns.push_back({"ROWS", Table::Align::kRight});
    columns.push_back({"TIME", Table::Align::kRight});
  }
  columns.push_back({"DETAILS"});
  const auto render = [&](std::size_t details) {
    Table table(columns);
    for (const client::PlanLine& line : plan) {
      std::vector<std::string> cells = {TreeText(line)};
      if (profiled) {
        cells.push_back(Grouped(line.rows));
        cells.push_back(TimeText(line.time));
      }
      const std::string text = Printable(line.details);
      cells.push_back(details == 0 ? text : Elide(text, details));
      table.AddRow(std::move(cells));
    }
    return std::pair(table.WidthBeforeLast(), table.Render(style));
  };
  auto [before, text] = render(0);
  if (width == 0) return text;
  return render(width > before + kLeastWidth ? width - before : kLeastWidth).second;
}

}  // namespace kosei::cli
