// Rows of a CSV file with a header (RFC 4180, UTF-8 with or without a byte order mark).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "import/line_buffer.h"
#include "import/row.h"

namespace kosei::cli {

// What a header must and may have.
struct HeaderRules {
  std::vector<std::string> required;
  bool others_allowed = false;
  std::vector<std::string> optional = {};  // known beside them
};

// Reads the header. kInvalidArgument, with line and column, when a column is missing, appears
// twice, has no name or is not allowed. `name` is the file's, for messages.
absl::StatusOr<std::unique_ptr<RowReader>> OpenCsv(std::unique_ptr<LineBuffer> buffer,
                                                   std::string name, const HeaderRules& rules);

}  // namespace kosei::cli
