// A list of things in each of the four forms, and how one thing is laid out.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "context.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "table.h"

namespace kosei::cli {

// JSON is for people who look at it; a line of JSON Lines is one line.
inline JsonWriter::Layout ObjectLayout(OutputFormat format) {
  return format == OutputFormat::kJson ? JsonWriter::Layout::kLines : JsonWriter::Layout::kInline;
}

// How programs read one of them.
template <typename Thing>
struct ListForm {
  std::vector<std::string> columns;               // of CSV
  void (*write)(JsonWriter&, const Thing&);       // an object
  std::vector<std::string> (*row)(const Thing&);  // of CSV
};

// JSON: an array with a thing a line. `table_row(thing)`: the cells for people. An empty list
// leaves the table out.
template <typename Thing, typename TableRow>
void WriteList(Context& context, const std::vector<Thing>& things, const ListForm<Thing>& form,
               Table table, const TableRow& table_row) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson: {
      JsonWriter json(out);
      json.BeginArray(JsonWriter::Layout::kLines);
      for (const Thing& thing : things) form.write(json, thing);
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kJsonl:
      for (const Thing& thing : things) {
        JsonWriter json(out, JsonWriter::Layout::kInline);
        form.write(json, thing);
        out += '\n';
      }
      break;
    case OutputFormat::kCsv:
      AppendCsvRow(out, form.columns);
      for (const Thing& thing : things) AppendCsvRow(out, form.row(thing));
      break;
    case OutputFormat::kTable:
      for (const Thing& thing : things) table.AddRow(table_row(thing));
      if (!things.empty()) out = table.Render(context.style());
      break;
  }
  context.Write(out);
}

}  // namespace kosei::cli
