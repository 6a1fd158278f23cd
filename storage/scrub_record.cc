#include "scrub_record.h"

#include <charconv>
#include <vector>

#include "absl/strings/str_format.h"
#include "hash.h"
#include "kosei/base/error.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kTitle = "kosei scrub 1";
constexpr std::size_t kNumbers = 8;

absl::Status Damaged(std::string_view what) {
  return MakeError(ErrorCode::kStorageCorrupt,
                   absl::StrFormat("read where the scrubber was: %s; it begins anew", what));
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

bool ReadNumber(std::string_view text, std::int64_t& number) {
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string EncodeScrubRecord(const ScrubRecord& record) {
  std::string text = absl::StrFormat(
      "%s\npaused %d\nunder_way %d\nbegun %d\nposition %d\nbytes_done %d\nfinished %d\n"
      "finished_bytes %d\nfinding_count %d\n",
      kTitle, record.paused ? 1 : 0, record.under_way ? 1 : 0, record.begun.micros, record.position,
      record.bytes_done, record.finished.micros, record.finished_bytes, record.finding_count);
  for (const ScrubFinding& finding : record.findings) {
    std::string what = finding.what;
    for (char& c : what) {
      if (c == '\n') c = ' ';
    }
    text += absl::StrFormat("finding %d %s\n", finding.time.micros, what);
  }
  text += absl::StrFormat("checksum %016x\n", Hash64(text));
  return text;
}

absl::StatusOr<ScrubRecord> DecodeScrubRecord(std::string_view bytes) {
  const std::size_t last = bytes.rfind("checksum ");
  if (last == std::string_view::npos ||
      bytes.substr(last) != absl::StrFormat("checksum %016x\n", Hash64(bytes.substr(0, last)))) {
    return Damaged("it does not have its checksum");
  }
  const std::vector<std::string_view> lines = LinesOf(bytes.substr(0, last));
  if (lines.size() < kNumbers + 1 || lines.front() != kTitle)
    return Damaged("it is of no known form");
  std::int64_t numbers[kNumbers];
  for (std::size_t i = 0; i < kNumbers; ++i) {
    const std::string_view line = lines[i + 1];
    if (!ReadNumber(line.substr(line.find(' ') + 1), numbers[i]))
      return Damaged("a number is none");
  }
  ScrubRecord record;
  record.paused = numbers[0] != 0;
  record.under_way = numbers[1] != 0;
  record.begun = Timestamp{numbers[2]};
  record.position = static_cast<std::uint64_t>(numbers[3]);
  record.bytes_done = static_cast<std::uint64_t>(numbers[4]);
  record.finished = Timestamp{numbers[5]};
  record.finished_bytes = static_cast<std::uint64_t>(numbers[6]);
  record.finding_count = static_cast<std::uint64_t>(numbers[7]);
  constexpr std::string_view kFinding = "finding ";
  for (std::size_t i = kNumbers + 1; i < lines.size(); ++i) {
    std::string_view rest = lines[i];
    if (!rest.starts_with(kFinding)) continue;
    rest.remove_prefix(kFinding.size());
    const std::size_t blank = rest.find(' ');
    std::int64_t time = 0;
    if (blank == std::string_view::npos || !ReadNumber(rest.substr(0, blank), time)) continue;
    record.findings.push_back({Timestamp{time}, std::string(rest.substr(blank + 1))});
  }
  return record;
}

}  // namespace kosei::storage
