#include "attachment/attachment_checks.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/value.h"

namespace kosei::process {
namespace {

constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kTypePartMax = 127;  // RFC 6838

absl::Status Fault(ErrorCode code, std::string_view field, std::string message) {
  return MakeError(code, "attach: " + message, field);
}

// A name that makes a file in the folder where somebody puts it, and nowhere else.
absl::Status CheckName(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || !IsValidUtf8(name)) {
    return Fault(ErrorCode::kInvalidText, "name",
                 absl::StrFormat("the name of the file must be UTF-8 of 1 to %d bytes, and has %d",
                                 kNameBytesMax, name.size()));
  }
  const bool strange = std::any_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
  });
  if (!strange && name != "." && name != "..") return absl::OkStatus();
  return Fault(ErrorCode::kInvalidText, "name",
               absl::StrFormat("\"%s\" is no name of a file; leave folders and control "
                               "characters out of it",
                               std::string(name)));
}

// TYPE/SUBTYPE as in RFC 6838, in lower case, without parameters.
bool IsMediaType(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  for (const std::string_view part : {text.substr(0, slash), text.substr(slash + 1)}) {
    if (part.empty() || part.size() > kTypePartMax) return false;
    const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (!word(part.front())) return false;
    const bool good = std::all_of(part.begin(), part.end(), [&](char c) {
      return word(c) || std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
    });
    if (!good) return false;
  }
  return true;
}

}  // namespace

absl::Status CheckHead(const AttachmentHead& head, const AttachmentLimits& limits) {
  KOSEI_RETURN_IF_ERROR(CheckName(head.name));
  if (!IsMediaType(head.media_type)) {
    return Fault(ErrorCode::kInvalidArgument, "media_type",
                 absl::StrFormat("\"%s\" is no media type; write one as in text/plain, or "
                                 "application/octet-stream",
                                 head.media_type));
  }
  if (head.bytes <= limits.bytes_max) return absl::OkStatus();
  return Fault(ErrorCode::kOutOfRange, "bytes",
               absl::StrFormat("%s has %d bytes, and at most %d are taken (attachment_bytes_max of "
                               "koseid); put it where large files are kept and say where in a "
                               "comment",
                               head.name, head.bytes, limits.bytes_max));
}

bool IsSha256Text(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace kosei::process
