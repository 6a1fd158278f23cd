#include "import/reject_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

absl::Status CannotWrite(const std::string& path) {
  return MakeError(ErrorCode::kStorageIo, absl::StrFormat("write reject file %s: %s; name another "
                                                          "with --reject",
                                                          path, std::strerror(errno)));
}

std::string FieldAndReason(const RowError& error) {
  return error.field.empty() ? error.reason : absl::StrFormat("%s: %s", error.field, error.reason);
}

std::string Place(const std::string& name, const RowError& error, std::uint64_t line) {
  return error.column == 0 ? absl::StrFormat("%s:%d", name, line)
                           : absl::StrFormat("%s:%d:%d", name, line, error.column);
}

std::string RejectedRow(const std::string& name, const Row& row, const RowError& error,
                        std::uint64_t line, RowReader::Form form) {
  std::string out;
  if (form == RowReader::Form::kCsv) {
    AppendCsvField(out, std::to_string(line));
    out += ',';
    AppendCsvField(out, FieldAndReason(error));
    out += ',';
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("#file", name);
    json.Member("#line", line);
    if (error.column > 0) json.Member("#column", error.column);
    if (!error.field.empty()) json.Member("#field", error.field);
    json.Member("#reason", error.reason);
    json.End();
    out += '\n';
  }
  out += row.raw;
  out += '\n';
  return out;
}

// The last extension with its dot; empty when there is none.
std::string ExtensionOf(const std::string& path) {
  return std::filesystem::path(path).extension().string();
}
std::string WithoutExtension(const std::string& path) {
  return path.substr(0, path.size() - ExtensionOf(path).size());
}

}  // namespace

std::string DefaultRejectPath(const std::string& input, RowReader::Form form) {
  std::string stem = input == "-" ? "stdin" : input;
  const std::string outer = ExtensionOf(stem);
  if (outer == ".gz" || outer == ".zst") stem = WithoutExtension(stem);
  std::string extension = ExtensionOf(stem);
  stem = WithoutExtension(stem);
  if (extension.empty()) extension = form == RowReader::Form::kCsv ? ".csv" : ".jsonl";
  if (stem.ends_with(".rejected")) return stem + extension;
  return stem + ".rejected" + extension;
}

std::string WithLinksSuffix(const std::string& path) {
  return WithoutExtension(path) + ".links" + ExtensionOf(path);
}

absl::Status WriteRejectFile(RowFile& input, const HeaderRules& rules,
                             std::vector<Rejection> rejections, const std::string& path,
                             const std::function<void(const std::string&)>& report) {
  std::sort(rejections.begin(), rejections.end(),
            [](const Rejection& a, const Rejection& b) { return a.ordinal < b.ordinal; });
  const std::string part = path + ".part";
  const File file(std::fopen(part.c_str(), "wbe"));
  if (file == nullptr) return CannotWrite(part);
  KOSEI_RETURN_IF_ERROR(input.Open(rules));
  RowReader& rows = input.rows();
  if (rows.form() == RowReader::Form::kCsv) {
    const std::string header = absl::StrFormat("#line,#reason,%s\n", rows.header());
    std::fwrite(header.data(), 1, header.size(), file.get());
  }
  Row row;
  for (auto next = rejections.begin(); next != rejections.end();) {
    KOSEI_ASSIGN_OR_RETURN(const bool found, rows.Next(row));
    if (!found) break;
    if (row.ordinal != next->ordinal) continue;
    const std::uint64_t line = next->error.line == 0 ? row.line : next->error.line;
    report(absl::StrFormat("%s: %s", Place(input.name(), next->error, line),
                           FieldAndReason(next->error)));
    const std::string text = RejectedRow(input.name(), row, next->error, line, rows.form());
    std::fwrite(text.data(), 1, text.size(), file.get());
    // One row is rejected once, whatever else is wrong with it.
    while (next != rejections.end() && next->ordinal == row.ordinal) ++next;
  }
  if (std::fflush(file.get()) != 0 || std::ferror(file.get()) != 0) return CannotWrite(part);
  if (std::rename(part.c_str(), path.c_str()) != 0) return CannotWrite(path);
  return absl::OkStatus();
}

}  // namespace kosei::cli
