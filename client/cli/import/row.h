// One row of an import file, and the reader that gives rows one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/value.h"

namespace kosei::cli {

// What is wrong with a row, in words for whoever mends it.
struct RowError {
  std::uint64_t line = 0;    // 0: where the row begins
  std::uint64_t column = 0;  // character in that line, from 1; 0: unknown
  std::string field;         // name of the column or member; may be empty
  std::string reason;
};

struct Member {
  std::string_view name;  // valid as long as the row
  Value value;
};

struct Row {
  std::uint64_t ordinal = 0;  // from 1, over all rows of the file, bad ones too
  std::uint64_t line = 0;     // where it begins
  std::string_view raw;       // as it stands in the file, without its line end
  std::vector<Member> members;
  std::optional<RowError> error;  // then the members are not complete
};

// Rows of a CSV or JSON Lines file. Names in `members` are the header's or the object's.
class RowReader {
 public:
  enum class Form : std::uint8_t { kCsv, kJsonLines };

  virtual ~RowReader() = default;
  virtual Form form() const = 0;
  // The header as it stands in the file, without notes; empty for JSON Lines.
  virtual std::string_view header() const = 0;
  // The next row, valid until the next call; false at the end. An error ends the reading: the
  // source is damaged.
  virtual absl::StatusOr<bool> Next(Row& row) = 0;
};

// Columns and members whose names begin so are notes for people (reject files carry them); they are
// not read.
inline constexpr char kNoteMark = '#';

// The most that one row may have.
inline constexpr std::size_t kRowBytesMax = 4U << 20;

}  // namespace kosei::cli
