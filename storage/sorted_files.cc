#include "sorted_files.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {

absl::StatusOr<std::unique_ptr<SortedFiles>> SortedFiles::Create(const Database& database,
                                                                 std::string folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  std::filesystem::create_directories(folder, error);
  if (error)
    return MakeError(ErrorCode::kStorageIo, "make folder " + folder + ": " + error.message());
  return std::unique_ptr<SortedFiles>(new SortedFiles(database, std::move(folder)));
}

SortedFiles::~SortedFiles() {
  for (auto& file : files_) file.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status SortedFiles::OpenFile(Family family) {
  const std::string name(NameOf(family));
  auto file = std::make_unique<SortedFile>(database_.file_options(family), database_.family(family),
                                           folder_ + "/" + name + ".sst", name);
  KOSEI_RETURN_IF_ERROR(file->Open());
  files_[static_cast<std::size_t>(family)] = std::move(file);
  return absl::OkStatus();
}

absl::Status SortedFiles::Put(Family family, std::string_view key, std::string_view value) {
  const auto& file = files_[static_cast<std::size_t>(family)];
  if (file == nullptr) KOSEI_RETURN_IF_ERROR(OpenFile(family));
  return file->Put(key, value);
}

absl::Status SortedFiles::Finish() {
  for (const auto& file : files_) {
    if (file != nullptr) KOSEI_RETURN_IF_ERROR(file->Finish());
  }
  return absl::OkStatus();
}

absl::Status SortedFiles::Ingest() {
  std::vector<rocksdb::IngestExternalFileArg> arguments;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    if (files_[i] == nullptr) continue;
    rocksdb::IngestExternalFileArg argument;
    argument.column_family = database_.family(static_cast<Family>(i));
    argument.external_files = {files_[i]->path()};
    argument.options.move_files = true;
    argument.options.write_global_seqno = false;
    // A file with damage where its first or last key is would be taken for an empty one.
    argument.options.verify_checksums_before_ingest = true;
    arguments.push_back(std::move(argument));
  }
  if (arguments.empty()) return absl::OkStatus();
  return ToStatus(database_.db().IngestExternalFiles(arguments), "take over sorted files");
}

}  // namespace kosei::storage
