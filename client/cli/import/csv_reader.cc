#include "import/csv_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/strings/str_format.h"
#include "import/csv_scanner.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "suggest.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

struct Place {
  std::uint64_t line;
  std::uint64_t column;
};

// Of a byte of a row that begins at `line`.
Place PlaceOf(std::string_view row, std::size_t offset, std::uint64_t line) {
  const std::string_view before = row.substr(0, offset);
  const auto lines = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_feed = before.rfind('\n');
  const std::string_view in_line = line_feed == kNone ? before : before.substr(line_feed + 1);
  return {line + lines, CountCharacters(in_line) + 1};
}

class CsvReader : public RowReader {
 public:
  CsvReader(std::unique_ptr<LineBuffer> buffer, std::string name)
      : buffer_(std::move(buffer)), name_(std::move(name)) {}

  absl::Status ReadHeader(const HeaderRules& rules) {
    KOSEI_ASSIGN_OR_RETURN(const bool found, Scan());
    if (!found) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("%s: the file is empty; expected a header with %s", name_,
                                       Joined(rules.required)));
    }
    const std::string_view text = buffer_->unread().substr(0, scanned_.row_bytes);
    if (const std::size_t bad = FirstBadUtf8(text); bad != kNone) {
      return Refused(text, bad, BadUtf8Reason(text, bad));
    }
    if (scanned_.state != CsvRow::State::kComplete) {
      return Refused(text, scanned_.error_at, "the quotes of this column's name do not match");
    }
    for (const CsvField& field : scanned_.fields) names_.push_back(CsvFieldText(text, field));
    KOSEI_RETURN_IF_ERROR(CheckHeader(text, rules));
    while (notes_ < names_.size() && IsNote(notes_)) ++notes_;
    header_ = text.substr(notes_ < names_.size() ? scanned_.fields[notes_].begin : 0);
    buffer_->Consume(scanned_.with_end);
    return absl::OkStatus();
  }

  Form form() const override { return Form::kCsv; }
  std::string_view header() const override { return header_; }

  absl::StatusOr<bool> Next(Row& row) override {
    buffer_->Consume(pending_);
    pending_ = 0;
    KOSEI_ASSIGN_OR_RETURN(const bool found, Scan());
    if (!found) return false;
    row.ordinal = ++ordinal_;
    row.line = buffer_->line();
    row.members.clear();
    row.error.reset();
    const std::string_view text = buffer_->unread().substr(0, scanned_.row_bytes);
    pending_ = scanned_.with_end;
    row.raw = WithoutNotes(text);
    if (const std::size_t bad = FirstBadUtf8(text); bad != kNone) {
      Reject(row, text, bad, BadUtf8Reason(text, bad));
    } else if (scanned_.state == CsvRow::State::kUnclosedQuote) {
      Reject(row, text, scanned_.error_at, "the quote that opens here is never closed");
    } else if (scanned_.state == CsvRow::State::kTextAfterQuote) {
      Reject(row, text, scanned_.error_at,
             "text follows the closing quote; a quote within quotes is written twice");
    } else if (scanned_.fields.size() != names_.size()) {
      RejectCount(row, text);
    } else {
      Fill(row, text);
    }
    return true;
  }

 private:
  static std::string Joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ",") + name;
    return out;
  }
  bool IsNote(std::size_t column) const { return names_[column].starts_with(kNoteMark); }

  absl::Status Refused(std::string_view header, std::size_t offset, std::string_view reason) const {
    const Place place = PlaceOf(header, offset, buffer_->line());
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("%s:%d:%d: header: %s", name_, place.line, place.column, reason));
  }

  absl::Status CheckHeader(std::string_view text, const HeaderRules& rules) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::size_t at = scanned_.fields[i].begin;
      if (names_[i].empty())
        return Refused(text, at, absl::StrFormat("column %d has no name", i + 1));
      for (std::size_t j = 0; j < i; ++j) {
        if (names_[j] != names_[i]) continue;
        return Refused(text, at,
                       absl::StrFormat("column '%s' is there twice (columns %d and %d)", names_[i],
                                       j + 1, i + 1));
      }
    }
    for (const std::string& required : rules.required) {
      if (std::find(names_.begin(), names_.end(), required) != names_.end()) continue;
      return Refused(text, text.size(),
                     absl::StrFormat("column '%s' is missing; expected %s, found %s", required,
                                     Joined(rules.required), Joined(names_)));
    }
    const auto among = [](const std::vector<std::string>& known, const std::string& name) {
      return std::find(known.begin(), known.end(), name) != known.end();
    };
    for (std::size_t i = 0; i < names_.size() && !rules.others_allowed; ++i) {
      if (IsNote(i) || among(rules.required, names_[i]) || among(rules.optional, names_[i])) {
        continue;
      }
      return Refused(
          text, scanned_.fields[i].begin,
          absl::StrFormat("column '%s' is not known here; expected %s%s", names_[i],
                          Joined(rules.required), DidYouMean(names_[i], rules.required)));
    }
    return absl::OkStatus();
  }

  // Scans the next row that is not an empty line; false at the end.
  absl::StatusOr<bool> Scan() {
    for (;;) {
      const std::string_view text = buffer_->unread();
      if (text.empty() && buffer_->at_end()) return false;
      const bool too_long = text.size() > kRowBytesMax;
      ScanCsvRow(too_long ? text.substr(0, kRowBytesMax) : text, buffer_->at_end() || too_long,
                 scanned_);
      if (scanned_.state == CsvRow::State::kNeedsMore) {
        KOSEI_RETURN_IF_ERROR(buffer_->Grow());
        continue;
      }
      // An open quote swallows all that follows: only its line is bad, the next one may be good.
      if (scanned_.state == CsvRow::State::kUnclosedQuote) CutAtLine(text);
      if (scanned_.row_bytes > 0) return true;
      buffer_->Consume(scanned_.with_end);
    }
  }
  void CutAtLine(std::string_view text) {
    const std::size_t line_feed = text.find('\n');
    const std::size_t end = std::min(line_feed, text.size());
    scanned_.with_end = std::min(line_feed == kNone ? end : end + 1, kRowBytesMax);
    scanned_.row_bytes = end > 0 && text[end - 1] == '\r' ? end - 1 : end;
    scanned_.row_bytes = std::min(scanned_.row_bytes, scanned_.with_end);
    scanned_.error_at = std::min(scanned_.error_at, scanned_.row_bytes);
  }

  std::string_view WithoutNotes(std::string_view text) const {
    return notes_ > 0 && notes_ < scanned_.fields.size()
               ? text.substr(std::min(scanned_.fields[notes_].begin, text.size()))
               : text;
  }

  // The name of the column that holds the byte.
  std::string FieldAt(std::size_t offset) const {
    std::size_t column = 0;
    while (column + 1 < scanned_.fields.size() && scanned_.fields[column + 1].begin <= offset) {
      ++column;
    }
    // An unfinished quoted field is not in the list: it follows the last one.
    if (scanned_.state == CsvRow::State::kUnclosedQuote) column = scanned_.fields.size();
    return column < names_.size() ? names_[column] : std::string();
  }

  void Reject(Row& row, std::string_view text, std::size_t offset, std::string reason) const {
    const Place place = PlaceOf(text, offset, row.line);
    row.error = RowError{.line = place.line,
                         .column = place.column,
                         .field = FieldAt(offset),
                         .reason = std::move(reason)};
  }
  void RejectCount(Row& row, std::string_view text) const {
    const std::size_t count = scanned_.fields.size();
    const bool many = count > names_.size();
    const std::size_t offset = many ? scanned_.fields[names_.size()].begin : text.size();
    const Place place = PlaceOf(text, offset, row.line);
    row.error = RowError{
        .line = place.line,
        .column = place.column,
        .field = many ? std::string() : names_[count],
        .reason = absl::StrFormat("%d columns found, the header has %d%s", count, names_.size(),
                                  many ? " (a field with a comma needs quotes)" : "")};
  }

  // An empty cell says nothing; an empty quoted one neither: CSV cannot tell them apart for people.
  void Fill(Row& row, std::string_view text) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const CsvField& field = scanned_.fields[i];
      if (field.length == 0 || (field.quoted && field.length == 2) || IsNote(i)) continue;
      row.members.push_back({names_[i], Value(CsvFieldText(text, field))});
    }
  }

  std::unique_ptr<LineBuffer> buffer_;
  const std::string name_;
  std::vector<std::string> names_;
  std::size_t notes_ = 0;  // columns of notes at the beginning
  std::string header_;
  CsvRow scanned_;
  std::size_t pending_ = 0;  // bytes of the row that was given last
  std::uint64_t ordinal_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowReader>> OpenCsv(std::unique_ptr<LineBuffer> buffer,
                                                   std::string name, const HeaderRules& rules) {
  auto reader = std::make_unique<CsvReader>(std::move(buffer), std::move(name));
  KOSEI_RETURN_IF_ERROR(reader->ReadHeader(rules));
  return reader;
}

}  // namespace kosei::cli
