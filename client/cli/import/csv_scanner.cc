#include "import/csv_scanner.h"

#include <algorithm>

namespace kosei::cli {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Where the line that holds `from` ends: `row` gets its bytes with and without the line end.
// Returns false when the text ends first and more may follow.
bool EndAtLine(std::string_view text, std::size_t from, bool last, CsvRow& row) {
  const std::size_t line_feed = text.find('\n', from);
  if (line_feed == kNone && !last) return false;
  const std::size_t end = line_feed == kNone ? text.size() : line_feed;
  row.with_end = line_feed == kNone ? end : end + 1;
  row.row_bytes = end > from && text[end - 1] == '\r' ? end - 1 : end;
  return true;
}

// Scans a quoted field from its opening quote on; returns the offset behind the closing one, or
// kNone when the text ends first.
std::size_t ScanQuoted(std::string_view text, CsvField& field) {
  field.quoted = true;
  std::size_t at = field.begin + 1;
  for (;;) {
    const std::size_t quote = text.find('"', at);
    if (quote == kNone) return kNone;
    if (quote + 1 < text.size() && text[quote + 1] == '"') {
      field.doubled = true;
      at = quote + 2;
      continue;
    }
    field.length = quote + 1 - field.begin;
    return quote + 1;
  }
}

void Fail(CsvRow& row, CsvRow::State state, std::size_t at) {
  row.state = state;
  row.error_at = at;
}

// Whether a row ends at `at`, and if so where its end begins and is over.
bool AtRowEnd(std::string_view text, std::size_t at, bool last, CsvRow& row) {
  std::size_t end_bytes = 0;
  if (at < text.size() && text[at] == '\n') end_bytes = 1;
  if (at + 1 < text.size() && text[at] == '\r' && text[at + 1] == '\n') end_bytes = 2;
  if (end_bytes == 0 && !(last && at == text.size())) return false;
  row.state = CsvRow::State::kComplete;
  row.row_bytes = at;
  row.with_end = at + end_bytes;
  return true;
}

// The end of an unquoted field: the comma, the line end, or the end of the text.
std::size_t EndOfPlain(std::string_view text, std::size_t at) {
  const auto* const found = std::find_if(text.data() + at, text.data() + text.size(),
                                         [](char c) { return c == ',' || c == '\n'; });
  std::size_t end = static_cast<std::size_t>(found - text.data());
  if (end < text.size() && text[end] == '\n' && end > at && text[end - 1] == '\r') --end;
  return end;
}

}  // namespace

void ScanCsvRow(std::string_view text, bool last, CsvRow& row) {
  row.state = CsvRow::State::kNeedsMore;
  row.fields.clear();
  std::size_t at = 0;
  for (;;) {
    CsvField field{.begin = at};
    if (at < text.size() && text[at] == '"') {
      at = ScanQuoted(text, field);
      if (at == kNone) {
        if (last) Fail(row, CsvRow::State::kUnclosedQuote, field.begin);
        return;
      }
      // A quote at the very end of the text may be the first of two; "\r" may stand before "\n".
      const bool more_decides = at == text.size() || (at + 1 == text.size() && text[at] == '\r');
      if (more_decides && !last) return;
    } else {
      at = EndOfPlain(text, at);
      field.length = at - field.begin;
      if (at == text.size() && !last) return;
    }
    row.fields.push_back(field);
    if (AtRowEnd(text, at, last, row)) return;
    if (text[at] != ',') {
      if (EndAtLine(text, at, last, row)) Fail(row, CsvRow::State::kTextAfterQuote, at);
      return;
    }
    ++at;
  }
}

std::string CsvFieldText(std::string_view row, const CsvField& field) {
  std::string_view text = row.substr(field.begin, field.length);
  if (!field.quoted) return std::string(text);
  text = text.substr(1, text.size() - 2);
  if (!field.doubled) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '"') ++i;
  }
  return out;
}

}  // namespace kosei::cli
