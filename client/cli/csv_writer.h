// Writes rows of CSV (RFC 4180, lines end with a line feed).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli {

void AppendCsvField(std::string& out, std::string_view field);
void AppendCsvRow(std::string& out, const std::vector<std::string>& fields);

}  // namespace kosei::cli
