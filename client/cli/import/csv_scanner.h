// The state machine of CSV (RFC 4180): one row out of a piece of text. No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli {

struct CsvField {
  std::size_t begin = 0;  // offset in the row, of its quote if it has one
  std::size_t length = 0;
  bool quoted = false;
  bool doubled = false;  // has "" inside
};

struct CsvRow {
  enum class State {
    kComplete,
    kNeedsMore,       // the text ends within the row, and more may follow
    kUnclosedQuote,   // the text ends within quotes, and nothing follows
    kTextAfterQuote,  // "abc"x; `row_bytes` reaches to the end of that line
  };
  State state = State::kNeedsMore;
  std::size_t row_bytes = 0;  // without the line end
  std::size_t with_end = 0;   // with it
  std::size_t error_at = 0;   // offset, for the last two states
  std::vector<CsvField> fields;
};

// Rows end with LF or CRLF (or the text, when `last`). A quote inside an unquoted field stands for
// itself.
void ScanCsvRow(std::string_view text, bool last, CsvRow& row);

// The text of a field, without quotes.
std::string CsvFieldText(std::string_view row, const CsvField& field);

}  // namespace kosei::cli
