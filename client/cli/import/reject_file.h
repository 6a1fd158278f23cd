// The reject file: the rows that did not go in, in the form of the input, each with its line and
// the reason in notes that an import does not read, so that it can be mended and imported again.
//
//   CSV         two columns, #line and #reason, before the columns of the input
//   JSON Lines  above each row a line {"#file":...,"#line":...,"#column":...,"#field":...,
//               "#reason":...}
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "import/row.h"
#include "import/row_file.h"

namespace kosei::cli {

struct Rejection {
  std::uint64_t ordinal = 0;  // of the row
  RowError error;
};

// "estate.rejected.csv" beside "estate.csv.gz"; in the working folder for standard input.
std::string DefaultRejectPath(const std::string& input, RowReader::Form form);
// "bad.links.csv" for "bad.csv".
std::string WithLinksSuffix(const std::string& path);

// Reads the input again for the rows named, writes them, and tells each (in the order of the file)
// to `report` as "file:line:column: field: reason". Replaces `path` at the end, at once.
absl::Status WriteRejectFile(RowFile& input, const HeaderRules& rules,
                             std::vector<Rejection> rejections, const std::string& path,
                             const std::function<void(const std::string&)>& report);

}  // namespace kosei::cli
