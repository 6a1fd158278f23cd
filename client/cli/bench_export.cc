#include "bench_export.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

class CsvFile {
 public:
  explicit CsvFile(std::string path) : path_(std::move(path)), file_(fopen(path_.c_str(), "we")) {
    if (file_ == nullptr) error_ = errno;
  }
  absl::Status Row(const std::vector<std::string>& cells) {
    AppendCsvRow(text_, cells);
    return text_.size() > kBuffer ? Flush() : Result();
  }
  absl::Status Finish() {
    KOSEI_RETURN_IF_ERROR(Flush());
    if (fflush(file_.get()) != 0) error_ = errno;
    return Result();
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { fclose(file); }
  };
  static constexpr std::size_t kBuffer = 1U << 20;

  absl::Status Flush() {
    if (error_ == 0 && fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size()) {
      error_ = errno;
    }
    text_.clear();
    return Result();
  }
  absl::Status Result() const {
    if (error_ == 0) return absl::OkStatus();
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("export %s: %s", path_, std::strerror(error_)), "--export");
  }

  const std::string path_;
  const std::unique_ptr<std::FILE, Close> file_;
  int error_ = 0;
  std::string text_;
};

// The estate has texts, integers and decimals.
std::string CellOf(const Value& value) {
  if (value.kind() == ValueKind::kInteger) return std::to_string(value.integer());
  if (value.kind() == ValueKind::kDecimal) return FormatDecimal(value.decimal());
  return value.text();
}

absl::Status ExportRecords(const estate::Estate& estate, CsvFile& file) {
  const auto names = estate::AttributeNames();
  std::vector<std::string> cells = {"class", "key"};
  cells.insert(cells.end(), names.begin(), names.end());
  KOSEI_RETURN_IF_ERROR(file.Row(cells));
  estate::Item item;
  for (std::uint32_t position = 0; position < estate.item_count(); ++position) {
    estate.ItemAt(position, item);
    cells.assign(2 + names.size(), "");
    cells[0] = estate::ClassNames()[item.class_index];
    cells[1] = item.key;
    for (const auto& [attribute, value] : item.attributes) cells[2 + attribute] = CellOf(value);
    KOSEI_RETURN_IF_ERROR(file.Row(cells));
  }
  return file.Finish();
}

absl::StatusOr<std::uint64_t> ExportLinks(const estate::Estate& estate, CsvFile& file) {
  KOSEI_RETURN_IF_ERROR(file.Row({"source", "type", "target"}));
  std::uint64_t count = 0;
  std::vector<estate::Link> links;
  std::vector<std::string> cells(3);
  for (std::uint32_t position = 0; position < estate.item_count(); ++position) {
    estate.LinksOf(position, links);
    for (const estate::Link& link : links) {
      cells[0].clear();
      estate.AppendKey(link.source, cells[0]);
      cells[1] = estate::RelationshipTypeNames()[link.type_index];
      cells[2].clear();
      estate.AppendKey(link.target, cells[2]);
      KOSEI_RETURN_IF_ERROR(file.Row(cells));
    }
    count += links.size();
  }
  KOSEI_RETURN_IF_ERROR(file.Finish());
  return count;
}

}  // namespace

absl::StatusOr<ExportedEstate> ExportEstate(const estate::Estate& estate,
                                            const std::string& folder) {
  KOSEI_RETURN_IF_ERROR(LocalFileSystem().CreateDirectory(folder));
  CsvFile records(folder + "/records.csv");
  KOSEI_RETURN_IF_ERROR(ExportRecords(estate, records));
  CsvFile links(folder + "/links.csv");
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t link_count, ExportLinks(estate, links));
  return ExportedEstate{.records = estate.item_count(), .links = link_count};
}

}  // namespace kosei::cli
