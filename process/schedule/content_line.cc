#include "schedule/content_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

bool IsName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-';
  });
}

std::string Capitals(std::string_view text) {
  std::string capitals(text);
  absl::AsciiStrToUpper(&capitals);
  return capitals;
}

absl::StatusOr<ContentLine> Split(std::size_t number, std::string_view text) {
  constexpr std::string_view kForm = "write it as NAME;PARAMETER=VALUE:VALUE";
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return LineError(number, absl::StrFormat("%s has no colon; %s", ShownPart(text), kForm));
  }
  ContentLine line;
  line.line = number;
  line.value = text.substr(colon + 1);
  std::string_view head = text.substr(0, colon);
  const std::size_t name_end = head.find(';');
  line.name = Capitals(head.substr(0, name_end));
  if (!IsName(line.name)) {
    return LineError(number, absl::StrFormat("%s is no name of a property; %s",
                                             ShownPart(head.substr(0, name_end)), kForm));
  }
  while (head.find(';') != std::string_view::npos) {
    head = head.substr(head.find(';') + 1);
    const std::string_view part = head.substr(0, head.find(';'));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || !IsName(part.substr(0, equals))) {
      return LineError(number, absl::StrFormat("%s is no parameter of %s; %s", ShownPart(part),
                                               line.name, kForm));
    }
    line.parameters.emplace_back(Capitals(part.substr(0, equals)), part.substr(equals + 1));
  }
  return line;
}

}  // namespace

std::string ShownPart(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string shown = "\"";
  for (const char c : text.substr(0, kShown)) {
    const bool plain =
        static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
    if (plain) {
      shown += c;
    } else {
      shown += absl::StrFormat("\\x%02x", static_cast<unsigned char>(c));
    }
  }
  return shown + (text.size() > kShown ? "...\"" : "\"");
}

absl::Status LineError(std::size_t line, std::string_view message) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("line %d of the series: %s", line, message));
}

absl::StatusOr<std::vector<ContentLine>> ReadContentLines(std::string_view text) {
  std::vector<ContentLine> lines;
  std::string whole;
  std::size_t begun = 0;
  const auto finish = [&]() -> absl::Status {
    if (whole.empty()) return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(ContentLine line, Split(begun, whole));
    lines.push_back(std::move(line));
    whole.clear();
    return absl::OkStatus();
  };
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    // A line that begins with a blank goes on with the one before.
    if (!whole.empty() && (line.starts_with(' ') || line.starts_with('\t'))) {
      whole += line.substr(1);
      continue;
    }
    KOSEI_RETURN_IF_ERROR(finish());
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    while (!line.empty() && (line[0] == ' ' || line[0] == '\t')) line.remove_prefix(1);
    whole = line;
    begun = number;
  }
  KOSEI_RETURN_IF_ERROR(finish());
  return lines;
}

}  // namespace kosei::process
