#include "kosei/process/schedule_export.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "schedule/content_line.h"

namespace kosei::process {
namespace {

constexpr std::size_t kLineOctetsMax = 75;  // RFC 5545 3.1
constexpr std::int64_t kMicrosOfSecond = 1'000'000;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Of a UTF-8 character that begins with this byte; 0: no such byte.
std::size_t LengthOf(unsigned char lead) {
  if (lead < 0x80U) return 1;
  if (lead >= 0xC2U && lead < 0xE0U) return 2;
  if (lead >= 0xE0U && lead < 0xF0U) return 3;
  if (lead >= 0xF0U && lead < 0xF5U) return 4;
  return 0;
}

// UTF-8 (RFC 3629) without control characters but tab and line feed.
bool IsPlainText(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = LengthOf(lead);
    if (length == 0 || at + length > text.size()) return false;
    if ((lead < 0x20U && lead != '\n' && lead != '\t') || lead == 0x7fU) return false;
    const auto rest = text.substr(at + 1, length - 1);
    if (!std::ranges::all_of(rest, IsContinuation)) return false;
    if (length > 2) {
      const auto second = static_cast<unsigned char>(rest[0]);
      const bool overlong = (lead == 0xE0U && second < 0xA0U) || (lead == 0xF0U && second < 0x90U);
      const bool surrogate = lead == 0xEDU && second >= 0xA0U;
      const bool beyond = lead == 0xF4U && second >= 0x90U;
      if (overlong || surrogate || beyond) return false;
    }
    at += length;
  }
  return true;
}

// RFC 5545 3.3.11.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == ';' || c == ',') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// A line with its end, folded: each further part begins with a blank, which counts.
void AddLine(std::string_view line, std::string& out) {
  std::size_t room = kLineOctetsMax;
  while (line.size() > room) {
    std::size_t cut = room;
    while (IsContinuation(line[cut])) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kLineOctetsMax - 1;
  }
  out.append(line).append("\r\n");
}

std::string UtcText(Timestamp instant) {
  const std::int64_t rest = instant.micros % kMicrosOfSecond;
  const Timestamp whole{instant.micros - (rest < 0 ? rest + kMicrosOfSecond : rest)};
  std::string text = FormatTimestamp(whole);  // 2026-11-22T01:00:00Z
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

absl::Status Wrong(std::size_t index, const ScheduleEntry& entry, std::string_view message) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("export of the schedule, entry %d (%s): %s", index,
                                   ShownPart(entry.uid), message));
}

absl::Status Check(std::size_t index, const ScheduleEntry& entry) {
  if (entry.uid.empty()) return Wrong(index, entry, "it has no uid; give it its key");
  if (entry.summary.empty()) return Wrong(index, entry, "it has no summary; give it a title");
  if (entry.window.from >= entry.window.to)
    return Wrong(index, entry, "its window is empty; let it end after it begins");
  for (const Timestamp instant : {entry.window.from, entry.window.to}) {
    if (FormatTimestamp(instant).find('T') != 10)
      return Wrong(index, entry, "its window is not within the years 0000 to 9999");
  }
  for (const std::string* text :
       {&entry.uid, &entry.summary, &entry.description, &entry.location}) {
    if (!IsPlainText(*text))
      return Wrong(index, entry, "a text is not UTF-8, or has control characters; take them out");
  }
  for (const std::string& category : entry.categories) {
    if (category.empty() || !IsPlainText(category))
      return Wrong(index, entry, "a category is empty or not UTF-8; name it, or leave it out");
  }
  return absl::OkStatus();
}

void AddEntry(const ScheduleEntry& entry, Timestamp stamp, std::string& out) {
  AddLine("BEGIN:VEVENT", out);
  AddLine("UID:" + Escaped(entry.uid), out);
  AddLine("DTSTAMP:" + UtcText(stamp), out);
  AddLine("DTSTART:" + UtcText(entry.window.from), out);
  AddLine("DTEND:" + UtcText(entry.window.to), out);
  AddLine("SUMMARY:" + Escaped(entry.summary), out);
  if (!entry.description.empty()) AddLine("DESCRIPTION:" + Escaped(entry.description), out);
  if (!entry.location.empty()) AddLine("LOCATION:" + Escaped(entry.location), out);
  std::string categories;
  for (const std::string& category : entry.categories)
    categories += (categories.empty() ? "" : ",") + Escaped(category);
  if (!categories.empty()) AddLine("CATEGORIES:" + categories, out);
  AddLine("END:VEVENT", out);
}

}  // namespace

absl::StatusOr<std::string> ExportSchedule(std::span<const ScheduleEntry> entries,
                                           std::string_view name, Timestamp stamp) {
  if (!IsPlainText(name)) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "export of the schedule: its name is not UTF-8, or has control characters");
  }
  std::string out;
  AddLine("BEGIN:VCALENDAR", out);
  AddLine("VERSION:2.0", out);
  AddLine("PRODID:-//kosei//schedule//EN", out);
  AddLine("CALSCALE:GREGORIAN", out);
  if (!name.empty()) AddLine("X-WR-CALNAME:" + Escaped(name), out);
  std::set<std::string_view> uids;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    KOSEI_RETURN_IF_ERROR(Check(i, entries[i]));
    if (!uids.insert(entries[i].uid).second)
      return Wrong(i, entries[i], "its uid is there twice; number the windows of a series");
    AddEntry(entries[i], stamp, out);
  }
  AddLine("END:VCALENDAR", out);
  return out;
}

}  // namespace kosei::process
