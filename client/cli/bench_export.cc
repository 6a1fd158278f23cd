#include "bench_export.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

class CsvFile {
 public:
  explicit CsvFile(std::string path) : path_(std::move(path)), file_(fopen(path_.c_str(), "we")) {}
  std::string& text() { return text_; }
  void Row(const std::vector<std::string>& cells) {
    AppendCsvRow(text_, cells);
    if (text_.size() > kBuffer) Flush();
  }
  absl::Status Finish() {
    Flush();
    if (file_ != nullptr && fflush(file_.get()) == 0 && ferror(file_.get()) == 0) {
      return absl::OkStatus();
    }
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("export %s: %s", path_, std::strerror(errno)), "--export");
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { fclose(file); }
  };
  static constexpr std::size_t kBuffer = 1U << 20;

  void Flush() {
    if (file_ != nullptr) fwrite(text_.data(), 1, text_.size(), file_.get());
    text_.clear();
  }

  const std::string path_;
  const std::unique_ptr<std::FILE, Close> file_;
  std::string text_;
};

void AppendJsonValue(const Value& value, JsonWriter& json) {
  if (value.kind() == ValueKind::kInteger) {
    json.Integer(value.integer());
  } else if (value.kind() == ValueKind::kDecimal) {
    json.Number(FormatDecimal(value.decimal()));
  } else {
    json.Text(value.text());
  }
}

// The estate gives the attributes that every item has first, all of them texts.
constexpr std::size_t kCommonAttributes = 8;

void ExportItem(const estate::Item& item, std::uint32_t position, CsvFile& file) {
  std::vector<std::string> cells = {std::to_string(position),
                                    std::string(estate::ClassNames()[item.class_index]), item.key};
  std::string others;
  JsonWriter json(others, JsonWriter::Layout::kInline);
  json.BeginObject();
  for (std::size_t i = 0; i < item.attributes.size(); ++i) {
    const auto& [attribute, value] = item.attributes[i];
    if (i < kCommonAttributes) {
      cells.push_back(value.text());
      continue;
    }
    json.Key(estate::AttributeNames()[attribute]);
    AppendJsonValue(value, json);
  }
  json.End();
  cells.push_back(others);
  file.Row(cells);
}

}  // namespace

absl::Status ExportEstate(const estate::Estate& estate, const std::string& folder) {
  KOSEI_RETURN_IF_ERROR(LocalFileSystem().CreateDirectory(folder));
  CsvFile items(folder + "/item.csv");
  CsvFile links(folder + "/link.csv");
  std::vector<std::string> header = {"id", "class", "key"};
  for (std::size_t i = 0; i < kCommonAttributes; ++i) {
    header.emplace_back(estate::AttributeNames()[i]);
  }
  header.emplace_back("others");
  items.Row(header);
  links.Row({"source", "type", "target"});
  estate::Item item;
  std::vector<estate::Link> links_of_item;
  for (std::uint32_t position = 0; position < estate.item_count(); ++position) {
    estate.ItemAt(position, item);
    ExportItem(item, position, items);
    estate.LinksOf(position, links_of_item);
    for (const estate::Link& link : links_of_item) {
      links.Row({std::to_string(link.source), std::to_string(link.type_index),
                 std::to_string(link.target)});
    }
  }
  KOSEI_RETURN_IF_ERROR(items.Finish());
  return links.Finish();
}

}  // namespace kosei::cli
