#include "import/row_file.h"

#include <unistd.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "import/json_lines_reader.h"
#include "import/line_buffer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

RowReader::Form FormOf(const std::string& path, std::string_view beginning) {
  std::string_view name = path;
  if (!TakeSuffix(name, ".gz")) TakeSuffix(name, ".zst");
  if (name.ends_with(".csv")) return RowReader::Form::kCsv;
  for (const std::string_view extension : {".jsonl", ".ndjson", ".json"}) {
    if (name.ends_with(extension)) return RowReader::Form::kJsonLines;
  }
  const std::size_t first = beginning.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && beginning[first] == '{' ? RowReader::Form::kJsonLines
                                                                    : RowReader::Form::kCsv;
}

std::string RowFile::name() const { return path_ == "-" ? "standard input" : path_; }

absl::Status RowFile::Open(const HeaderRules& rules) {
  rows_.reset();
  if (path_ != "-") {
    KOSEI_ASSIGN_OR_RETURN(source_, OpenInput(path_));
  } else if (spool_ == nullptr) {
    KOSEI_ASSIGN_OR_RETURN(spool_, Spool::Create());
    KOSEI_ASSIGN_OR_RETURN(source_, spool_->Tee(dup(STDIN_FILENO), name()));
  } else {
    KOSEI_ASSIGN_OR_RETURN(source_, spool_->Again(name()));
  }
  auto buffer = std::make_unique<LineBuffer>(*source_);
  while (!buffer->at_end() && buffer->unread().size() < 64) KOSEI_RETURN_IF_ERROR(buffer->Grow());
  const std::string_view beginning = buffer->unread();
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff")) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s:1:1: the file is UTF-16; save it as UTF-8", name()));
  }
  if (beginning.starts_with(kByteOrderMark)) buffer->Consume(kByteOrderMark.size());
  if (FormOf(path_, buffer->unread()) == RowReader::Form::kJsonLines) {
    rows_ = OpenJsonLines(std::move(buffer));
    return absl::OkStatus();
  }
  KOSEI_ASSIGN_OR_RETURN(rows_, OpenCsv(std::move(buffer), name(), rules));
  return absl::OkStatus();
}

}  // namespace kosei::cli
