// Where input bytes come from: a file or standard input, unpacked when the content says gzip or
// zstd. Streams; memory stays bounded whatever the input claims.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kosei::cli {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to `count` bytes; 0 at the end. A packed input that ends early or is damaged is
  // kInvalidArgument.
  virtual absl::StatusOr<std::size_t> Read(char* to, std::size_t count) = 0;
  // Bytes taken from the file itself, packed or not: for the progress bar.
  virtual std::uint64_t bytes_read() const = 0;
  // Size of the file; 0 when unknown.
  virtual std::uint64_t bytes_total() const = 0;
};

// kNotFound, kStorageIo, kInvalidArgument (a folder).
absl::StatusOr<std::unique_ptr<ByteSource>> OpenInput(const std::string& path);

// The same for an open file descriptor, which the source closes; messages call it `name`.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenDescriptor(int descriptor, const std::string& name);

// All of a file, or of standard input ("-"). kRowBudget beyond `bytes_max`, with `remedy`: what to
// do about it.
absl::StatusOr<std::string> ReadWhole(const std::string& path, std::size_t bytes_max,
                                      std::string_view remedy);

// A copy of standard input in a nameless temporary file, so that it can be read twice: what Read
// gives goes there too.
class Spool {
 public:
  static absl::StatusOr<std::unique_ptr<Spool>> Create();
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  // Reads `descriptor` (closed at the end) and keeps a copy.
  absl::StatusOr<std::unique_ptr<ByteSource>> Tee(int descriptor, const std::string& name);
  // From the beginning, what was kept.
  absl::StatusOr<std::unique_ptr<ByteSource>> Again(const std::string& name);

 private:
  explicit Spool(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace kosei::cli
