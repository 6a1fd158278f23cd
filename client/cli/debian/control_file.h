// Debian control data (deb822): stanzas of "Field: value" lines, as in Packages files and dpkg's
// status.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "import/byte_source.h"
#include "import/line_buffer.h"

namespace kosei::cli::debian {

// Fields of one stanza; everything is valid until the next one is read.
class Stanza {
 public:
  // The value with its continuation lines (which begin with a blank); empty when absent. Names of
  // fields are compared without case.
  std::string_view Find(std::string_view field) const;
  // The value's first line.
  std::string_view FirstLine(std::string_view field) const;

 private:
  friend class ControlReader;
  std::vector<std::pair<std::string_view, std::string_view>> fields_;
};

class ControlReader {
 public:
  explicit ControlReader(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), buffer_(*source_) {}
  // False at the end. Lines that are no field are passed over.
  absl::StatusOr<bool> Next(Stanza& stanza);

 private:
  // The bytes of the next stanza, without the empty line after it.
  absl::StatusOr<std::string_view> FindStanza();

  std::unique_ptr<ByteSource> source_;
  LineBuffer buffer_;
  std::size_t pending_ = 0;
};

}  // namespace kosei::cli::debian
