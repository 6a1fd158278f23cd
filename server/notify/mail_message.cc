#include "notify/mail_message.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace kosei::server {
namespace {

constexpr std::size_t kHeaderLineMax = 76;
constexpr std::size_t kEncodedWordMax = 75;
constexpr std::string_view kWordStart = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";
// Bytes of text that fit into one encoded word, as base64 of whole groups.
constexpr std::size_t kWordBytesMax =
    (kEncodedWordMax - kWordStart.size() - kWordEnd.size()) / 4 * 3;
constexpr std::size_t kBase64LineMax = 76;
constexpr std::size_t kAddressBytesMax = 254;

std::string Base64(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
}

bool IsPlain(std::string_view text) {
  return text.find("=?") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

// Text in which nothing ends a line.
std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return line;
}

// "Tue, 01 Dec 2026 01:02:03 +0000".
std::string MailDate(Timestamp instant) {
  constexpr std::array kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = FormatTimestamp(instant);  // 2026-12-01T01:02:03...
  const std::int64_t seconds =
      instant.micros / 1'000'000 - (instant.micros % 1'000'000 < 0 ? 1 : 0);
  const std::int64_t days = seconds / 86'400 - (seconds % 86'400 < 0 ? 1 : 0);
  const auto weekday = static_cast<std::size_t>(((days % 7) + 7) % 7);
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  return absl::StrCat(kDays[weekday], ", ", text.substr(8, 2), " ", kMonths[month], " ",
                      text.substr(0, 4), " ", text.substr(11, 8), " +0000");
}

std::string Mailbox(std::string_view name, std::string_view address, std::size_t indent) {
  const std::string bare = absl::StrCat("<", std::string(address), ">");
  if (name.empty()) return bare;
  const std::string line = OneLine(name);
  std::string shown;
  if (IsPlain(line) && line.size() + indent <= kHeaderLineMax) {
    shown = "\"";
    for (const char c : line) {
      if (c == '"' || c == '\\') shown += '\\';
      shown += c;
    }
    shown += '"';
  } else {
    shown = HeaderText(line, indent);
  }
  return absl::StrCat(shown, "\r\n ", bare);
}

std::string Domain(std::string_view address) {
  const std::size_t sign = address.rfind('@');
  return sign == std::string_view::npos ? "localhost" : std::string(address.substr(sign + 1));
}

void AppendBody(std::string_view text, std::string& out) {
  std::string lines;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') lines += '\r';
    lines += c;
  }
  if (!lines.ends_with("\r\n")) lines += "\r\n";
  const std::string encoded = Base64(lines);
  for (std::size_t at = 0; at < encoded.size(); at += kBase64LineMax)
    absl::StrAppend(&out, encoded.substr(at, kBase64LineMax), "\r\n");
}

}  // namespace

std::string HeaderText(std::string_view text, std::size_t indent) {
  const std::string line = OneLine(text);
  if (IsPlain(line) && line.size() + indent <= kHeaderLineMax) return line;
  std::string out;
  std::string_view left = line;
  // The first word shares its line with the header's name.
  std::size_t room = kWordBytesMax > indent ? (kWordBytesMax - indent) / 3 * 3 : 3;
  while (!left.empty()) {
    std::size_t size = std::min(room, left.size());
    const auto continues = [&](std::size_t at) {
      return at < left.size() && (static_cast<unsigned char>(left[at]) & 0xC0) == 0x80;
    };
    while (size > 0 && continues(size)) --size;
    if (size == 0) size = std::min<std::size_t>(4, left.size());
    absl::StrAppend(&out, out.empty() ? "" : "\r\n ", std::string(kWordStart),
                    Base64(left.substr(0, size)), std::string(kWordEnd));
    left.remove_prefix(size);
    room = kWordBytesMax;
  }
  return out;
}

std::string ComposeMail(const MailMessage& message) {
  const std::string domain = Domain(message.from);
  std::string out;
  const auto header = [&](std::string_view name, std::string_view value) {
    absl::StrAppend(&out, std::string(name), ": ", std::string(value), "\r\n");
  };
  const auto key = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) header(name, HeaderText(value, name.size() + 2));
  };
  header("Date", MailDate(message.date));
  header("From", Mailbox(message.from_name, message.from, 6));
  header("To", Mailbox(message.to_name, message.to, 4));
  header("Subject", HeaderText(message.subject, 9));
  header("Message-ID", absl::StrCat("<", message.id, "@", domain, ">"));
  if (!message.thread.empty()) {
    const std::string thread = absl::StrCat("<", message.thread, "@", domain, ">");
    header("In-Reply-To", thread);
    header("References", thread);
  }
  // No answer of a machine comes back (RFC 3834).
  header("Auto-Submitted", "auto-generated");
  key("X-Kosei-Record", message.record);
  key("X-Kosei-Notification", message.notification);
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=UTF-8");
  header("Content-Language", message.language);
  header("Content-Transfer-Encoding", "base64");
  out += "\r\n";
  AppendBody(message.text, out);
  return out;
}

bool IsPlainMailAddress(std::string_view address) {
  if (address.size() > kAddressBytesMax) return false;
  const std::size_t sign = address.find('@');
  if (sign == 0 || sign == std::string_view::npos || sign + 1 == address.size()) return false;
  if (address.find('@', sign + 1) != std::string_view::npos) return false;
  return std::all_of(address.begin(), address.end(), [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("<>()[],;:\\\"").find(c) == std::string::npos;
  });
}

}  // namespace kosei::server
