// Planned work as people write it: a JSON document or a CSV file (docs/collisions.md), and the
// short forms of spans and lengths that the command line takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/client/collisions.h"

namespace kosei::cli {

// `path`: "-" is standard input; packed files are unpacked. kNotFound, kStorageIo; kInvalidArgument
// with the line, or the change and the member, that is wrong.
absl::StatusOr<client::PlannedWork> ReadWork(const std::string& path);
// The same of a text; `name` is the file's, for messages.
absl::StatusOr<client::PlannedWork> ParseWorkJson(std::string_view text, const std::string& name);
absl::StatusOr<client::PlannedWork> ParseWorkCsv(std::string_view text, const std::string& name);

// "30d", "4h", "90m", "2w", or ISO 8601 without years and months: microseconds, more than none.
absl::StatusOr<std::int64_t> ParseLength(const std::string& text, std::string_view option);
// "FROM/TO", each RFC 3339.
absl::StatusOr<client::WorkWindow> ParseSpan(const std::string& text, std::string_view option);

}  // namespace kosei::cli
