// A new file to write, packed as its name says: .gz, .zst, or not at all. It appears under its name
// when it is whole and on the device. "-" is standard output, not packed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kosei::cli {

class PackedFile {
 public:
  // kAlreadyExists: nothing is overwritten.
  static absl::StatusOr<std::unique_ptr<PackedFile>> Create(const std::string& path);
  // Before Finish(): what was written goes.
  virtual ~PackedFile() = default;
  virtual absl::Status Write(std::string_view bytes) = 0;
  virtual absl::Status Finish() = 0;
};

}  // namespace kosei::cli
