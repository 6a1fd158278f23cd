// An import file as rows: opened, unpacked, its form found out.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "import/byte_source.h"
#include "import/csv_reader.h"
#include "import/row.h"

namespace kosei::cli {

// One input that can be read twice: a file by its path, standard input ("-") through a spool.
class RowFile {
 public:
  explicit RowFile(std::string path) : path_(std::move(path)) {}

  // From the beginning; a second call reads the same rows again.
  absl::Status Open(const HeaderRules& rules);
  RowReader& rows() { return *rows_; }
  const ByteSource& source() const { return *source_; }
  const std::string& path() const { return path_; }
  // As messages say it: the path, or "standard input".
  std::string name() const;

 private:
  std::string path_;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<RowReader> rows_;
};

// By the extension (.csv, .jsonl, .ndjson, .json, before .gz or .zst), else by the first byte that
// is no white space.
RowReader::Form FormOf(const std::string& path, std::string_view beginning);

}  // namespace kosei::cli
