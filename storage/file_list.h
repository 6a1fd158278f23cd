// RocksDB's list of its files (MANIFEST-NUMBER). Cut off at the end of an entry it looks whole, and
// files that the missing entries named are gone, and so is what was in them. So the watermark
// remembers how long the list was.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/base/file_system.h"

namespace kosei::storage {

// So much of the list of that number is on the device; a list of a higher number was begun whole.
struct FileListExtent {
  std::uint64_t number = 0;  // 0: not known
  std::uint64_t bytes = 0;
  auto operator<=>(const FileListExtent&) const = default;
};

// The number in "MANIFEST-000012", "/" before it or not; 0 when the name is another.
std::uint64_t FileListNumber(std::string_view name);

// kCommitsMissing when the list in `folder` (of RocksDB) ends before `known`, or is an older one.
// OK when there is none: opening the store says that better.
absl::Status CheckFileList(FileSystem& files, const std::string& folder,
                           const FileListExtent& known);

}  // namespace kosei::storage
