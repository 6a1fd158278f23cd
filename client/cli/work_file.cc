#include "work_file.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "import/byte_source.h"
#include "import/csv_scanner.h"
#include "kosei/base/error.h"
#include "kosei/base/period.h"
#include "kosei/base/status_macros.h"
#include "suggest.h"
#include "work_values.h"

namespace kosei::cli {
namespace {

namespace json = simdjson::dom;

// More is no calendar any more.
constexpr std::size_t kFileBytesMax = std::size_t{64} << 20;

absl::Status Wrong(const std::string& place, const std::string& reason) {
  return MakeError(ErrorCode::kInvalidArgument, absl::StrFormat("%s: %s", place, reason));
}

absl::StatusOr<std::vector<std::string>> TextsOf(const json::element& value,
                                                 const std::string& place) {
  json::array array;
  if (value.get(array) != simdjson::SUCCESS)
    return Wrong(place, "expected a list of keys or names, such as [\"db-1\"]");
  std::vector<std::string> texts;
  for (const json::element& each : array) {
    std::string_view text;
    if (each.get(text) != simdjson::SUCCESS || text.empty())
      return Wrong(place, "expected a list of keys or names, such as [\"db-1\"]");
    texts.emplace_back(text);
  }
  return texts;
}

absl::StatusOr<WorkItem> ItemOf(const json::element& value, const std::string& place) {
  WorkItem item{.place = place};
  json::object object;
  if (value.get(object) != simdjson::SUCCESS)
    return Wrong(place, "expected an object, such as {\"id\": \"CHG-1\", ...}");
  for (const json::key_value_pair& member : object) {
    const std::string name(member.key);
    if (member.value.is_null()) continue;
    if (item.texts.contains(name) || item.lists.contains(name))
      return WrongWork(item, name, "it is there twice; leave one out");
    if (IsListMember(name)) {
      KOSEI_ASSIGN_OR_RETURN(item.lists[name],
                             TextsOf(member.value, absl::StrFormat("%s, %s", place, name)));
      continue;
    }
    std::string_view text;
    if (member.value.get(text) != simdjson::SUCCESS)
      return WrongWork(item, name, "expected a text in double quotes");
    item.texts[name] = text;
  }
  return item;
}

absl::Status AddItems(const json::element& list, const std::string& place,
                      absl::Status (*add)(const WorkItem&, client::PlannedWork&),
                      client::PlannedWork& work) {
  json::array array;
  if (list.get(array) != simdjson::SUCCESS) return Wrong(place, "expected a list of objects");
  std::size_t position = 0;
  for (const json::element& each : array) {
    KOSEI_ASSIGN_OR_RETURN(const WorkItem item,
                           ItemOf(each, absl::StrFormat("%s[%d]", place, position++)));
    KOSEI_RETURN_IF_ERROR(add(item, work));
  }
  return absl::OkStatus();
}

// --- CSV ---------------------------------------------------------------------------------------

std::vector<std::string> Cells(std::string_view text, const CsvRow& row) {
  std::vector<std::string> cells;
  cells.reserve(row.fields.size());
  for (const CsvField& field : row.fields) cells.push_back(CsvFieldText(text, field));
  return cells;
}

// "a;b": two; "-": a list of none, where an empty cell would say nothing.
std::vector<std::string> ListInCell(const std::string& cell) {
  return cell == "-" ? std::vector<std::string>() : SplitList(cell, ';');
}

absl::Status CheckHeader(const std::vector<std::string>& header, const std::string& place) {
  std::vector<std::string> known = ChangeMembers();
  known.insert(known.end(), WindowMembers().begin(), WindowMembers().end());
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::find(known.begin(), known.end(), header[i]) == known.end()) {
      return Wrong(place, absl::StrFormat("column '%s' is unknown%s; expected id, from, to, and "
                                          "changes, down, degraded, plan, kind, classes, records, "
                                          "services, every, until as needed",
                                          header[i], DidYouMean(header[i], known)));
    }
    if (std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(i), header[i]) !=
        header.begin() + static_cast<std::ptrdiff_t>(i))
      return Wrong(place, absl::StrFormat("column '%s' is there twice; leave one out", header[i]));
  }
  for (const char* needed : {"id", "from", "to"}) {
    if (std::find(header.begin(), header.end(), needed) == header.end())
      return Wrong(place, absl::StrFormat("there is no column '%s'; the first row names the "
                                          "columns, such as id,from,to,changes",
                                          needed));
  }
  return absl::OkStatus();
}

absl::Status AddCsvRow(const std::vector<std::string>& header,
                       const std::vector<std::string>& cells, const std::string& place,
                       client::PlannedWork& work) {
  if (cells.size() != header.size()) {
    return Wrong(
        place, absl::StrFormat("%d cells, the header has %d columns", cells.size(), header.size()));
  }
  WorkItem item{.place = place};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    if (IsListMember(header[i])) {
      item.lists[header[i]] = ListInCell(cells[i]);
    } else {
      item.texts[header[i]] = cells[i];
    }
  }
  const auto kind = item.texts.find("kind");
  if (kind != item.texts.end() && kind->second != "change") return AddWindow(item, work);
  item.texts.erase("kind");
  return AddChange(item, work);
}

}  // namespace

absl::StatusOr<client::PlannedWork> ParseWorkJson(std::string_view text, const std::string& name) {
  json::parser parser;
  json::element document;
  const simdjson::padded_string padded(text);
  if (const auto code = parser.parse(padded).get(document))
    return Wrong(name, absl::StrFormat("not JSON: %s", simdjson::error_message(code)));
  json::object object;
  if (document.get(object) != simdjson::SUCCESS) {
    return Wrong(name,
                 "expected an object with changes and, where there are any, windows, such as "
                 "{\"changes\": [...], \"windows\": [...]}");
  }
  client::PlannedWork work;
  const std::vector<std::string> known = {"changes", "windows", "contexts", "blocked"};
  for (const json::key_value_pair& member : object) {
    const std::string place = absl::StrFormat("%s: %s", name, member.key);
    if (member.key == "changes") {
      KOSEI_RETURN_IF_ERROR(AddItems(member.value, place, AddChange, work));
    } else if (member.key == "windows") {
      KOSEI_RETURN_IF_ERROR(AddItems(member.value, place, AddWindow, work));
    } else if (member.key == "contexts") {
      KOSEI_ASSIGN_OR_RETURN(work.contexts, TextsOf(member.value, place));
    } else if (member.key == "blocked") {
      KOSEI_ASSIGN_OR_RETURN(work.blocked, TextsOf(member.value, place));
    } else {
      return Wrong(place,
                   "there is no such member, expected changes, windows, contexts or blocked" +
                       DidYouMean(std::string(member.key), known));
    }
  }
  return work;
}

absl::StatusOr<client::PlannedWork> ParseWorkCsv(std::string_view text, const std::string& name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  client::PlannedWork work;
  std::vector<std::string> header;
  std::size_t line = 1;
  while (!text.empty()) {
    const std::string place = absl::StrFormat("%s:%d", name, line);
    CsvRow row;
    ScanCsvRow(text, true, row);
    if (row.state != CsvRow::State::kComplete)
      return Wrong(place,
                   "a quote is not closed, or text follows it; write a quote within quotes "
                   "twice");
    const std::vector<std::string> cells = Cells(text, row);
    const std::string_view whole = text.substr(0, row.with_end);
    line += static_cast<std::size_t>(std::count(whole.begin(), whole.end(), '\n'));
    const bool empty = cells.empty() || (cells.size() == 1 && cells.front().empty());
    text.remove_prefix(row.with_end);
    if (empty) continue;
    if (header.empty()) {
      header = cells;
      KOSEI_RETURN_IF_ERROR(CheckHeader(header, place));
      continue;
    }
    KOSEI_RETURN_IF_ERROR(AddCsvRow(header, cells, place, work));
  }
  return work;
}

absl::StatusOr<client::PlannedWork> ReadWork(const std::string& path) {
  KOSEI_ASSIGN_OR_RETURN(const std::string text,
                         ReadWhole(path, kFileBytesMax, "give fewer changes at a time"));
  const std::string name = path == "-" ? "standard input" : path;
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool is_json = first != std::string::npos && (text[first] == '{' || text[first] == '[');
  return is_json ? ParseWorkJson(std::string_view(text).substr(first), name)
                 : ParseWorkCsv(text, name);
}

absl::StatusOr<std::int64_t> ParseLength(const std::string& text, std::string_view option) {
  constexpr std::int64_t kSecond = 1'000'000;
  constexpr std::int64_t kMinute = 60 * kSecond;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  const auto wrong = [&] {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s '%s': expected a length of time, such as 90m, 4h, 30d, 2w "
                                     "or PT4H",
                                     option, text),
                     option);
  };
  if (text.starts_with('P')) {
    const absl::StatusOr<Period> period = ParsePeriod(text);
    if (!period.ok() || period->months != 0 || period->micros <= 0) return wrong();
    return period->micros;
  }
  if (text.size() < 2 || text.size() > 8) return wrong();
  std::int64_t number = 0;
  for (const char digit : text.substr(0, text.size() - 1)) {
    if (digit < '0' || digit > '9') return wrong();
    number = number * 10 + (digit - '0');
  }
  if (number == 0) return wrong();
  switch (text.back()) {
    case 's':
      return number * kSecond;
    case 'm':
      return number * kMinute;
    case 'h':
      return number * kHour;
    case 'd':
      return number <= 36'500 ? absl::StatusOr<std::int64_t>(number * kDay) : wrong();
    case 'w':
      return number <= 5'200 ? absl::StatusOr<std::int64_t>(number * 7 * kDay) : wrong();
    default:
      return wrong();
  }
}

absl::StatusOr<client::WorkWindow> ParseSpan(const std::string& text, std::string_view option) {
  const std::size_t slash = text.find('/');
  const auto from = ParseTimestamp(text.substr(0, slash));
  const auto to = ParseTimestamp(slash == std::string::npos ? "" : text.substr(slash + 1));
  if (!from.ok() || !to.ok() || !(*from < *to)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s '%s': expected FROM/TO in RFC 3339, the end after the "
                                     "beginning, such as 2026-12-01T20:00:00Z/2026-12-01T23:00:00Z",
                                     option, text),
                     option);
  }
  return client::WorkWindow{*from, *to};
}

}  // namespace kosei::cli
