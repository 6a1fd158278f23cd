#include "debian/control_file.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli::debian {
namespace {

// The largest stanza in use (a kernel with its checksums) has some tens of KiB.
constexpr std::size_t kStanzaBytesMax = 8U << 20;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

}  // namespace

std::string_view Stanza::Find(std::string_view field) const {
  for (const auto& [name, value] : fields_) {
    if (SameName(name, field)) return value;
  }
  return {};
}

std::string_view Stanza::FirstLine(std::string_view field) const {
  const std::string_view value = Find(field);
  return Trimmed(value.substr(0, value.find('\n')));
}

absl::StatusOr<std::string_view> ControlReader::FindStanza() {
  for (;;) {
    const std::string_view text = buffer_.unread();
    const std::size_t begin = text.find_first_not_of('\n');
    if (begin != std::string_view::npos) {
      const std::size_t end = text.find("\n\n", begin);
      if (end != std::string_view::npos || buffer_.at_end()) {
        pending_ = end == std::string_view::npos ? text.size() : end + 1;
        return text.substr(begin, pending_ - begin);
      }
    } else if (buffer_.at_end()) {
      return std::string_view();
    }
    if (text.size() > kStanzaBytesMax) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("read package list: a stanza of more than %d bytes at line "
                                       "%d; is it a package list?",
                                       kStanzaBytesMax, buffer_.line()));
    }
    KOSEI_RETURN_IF_ERROR(buffer_.Grow());
  }
}

absl::StatusOr<bool> ControlReader::Next(Stanza& stanza) {
  buffer_.Consume(pending_);
  pending_ = 0;
  KOSEI_ASSIGN_OR_RETURN(const std::string_view text, FindStanza());
  stanza.fields_.clear();
  if (text.empty()) return false;
  for (std::size_t at = 0; at < text.size();) {
    // A field goes on over lines that begin with a blank.
    std::size_t end = text.find('\n', at);
    while (end != std::string_view::npos && end + 1 < text.size() &&
           (text[end + 1] == ' ' || text[end + 1] == '\t')) {
      end = text.find('\n', end + 1);
    }
    end = std::min(end, text.size());
    const std::string_view field = text.substr(at, end - at);
    const std::size_t colon = field.find(':');
    if (colon != std::string_view::npos) {
      stanza.fields_.emplace_back(field.substr(0, colon), Trimmed(field.substr(colon + 1)));
    }
    at = end + 1;
  }
  return true;
}

}  // namespace kosei::cli::debian
