#include "csv_writer.h"

#include <cstddef>

namespace kosei::cli {

void AppendCsvField(std::string& out, std::string_view field) {
  if (field.find_first_of("\",\r\n") == std::string_view::npos) {
    out += field;
    return;
  }
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void AppendCsvRow(std::string& out, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    AppendCsvField(out, fields[i]);
  }
  // A row of one empty field would read as an empty line.
  if (fields.size() == 1 && fields.front().empty()) out += "\"\"";
  out += '\n';
}

}  // namespace kosei::cli
