// Files that belong to records of processes, and notifications that are sent again
// (docs/processes/attachments.md, docs/processes/notifications.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kosei::client {

struct AttachmentFile {
  std::string key;         // of the record that gets it
  std::string name;        // of the file: no path
  std::string media_type;  // "text/plain"
  std::uint64_t bytes = 0;
};

struct Attached {
  std::string key;           // of the attachment
  std::uint64_t commit = 0;  // 0: the record has the same under the same name already
  bool stored = false;       // its content was not there before
};

struct AttachmentInfo {
  std::string key, name, media_type, sha256;
  std::uint64_t bytes = 0;
};

// The next bytes of a file, at most so many; none at its end.
using AttachmentSource = std::function<absl::StatusOr<std::string>(std::size_t bytes_max)>;
// Takes the next bytes.
using AttachmentSink = std::function<absl::Status(std::string_view bytes)>;

}  // namespace kosei::client
