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
  for (auto& files : files_) files.clear();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<SortedFile*> SortedFiles::Another(Family family) {
  auto& files = files_[static_cast<std::size_t>(family)];
  const std::string name(NameOf(family));
  const std::string number = files.empty() ? "" : "-" + std::to_string(files.size() + 1);
  auto file = std::make_unique<SortedFile>(database_.file_options(family), database_.family(family),
                                           folder_ + "/" + name + number + ".sst", name);
  KOSEI_RETURN_IF_ERROR(file->Open());
  return files.emplace_back(std::move(file)).get();
}

absl::Status SortedFiles::Put(Family family, std::string_view key, std::string_view value) {
  const auto& files = files_[static_cast<std::size_t>(family)];
  if (files.empty()) KOSEI_RETURN_IF_ERROR(Another(family).status());
  return files.front()->Put(key, value);
}

absl::Status SortedFiles::Finish() {
  for (const auto& files : files_) {
    for (const auto& file : files) KOSEI_RETURN_IF_ERROR(file->BeginFinish());
  }
  for (const auto& files : files_) {
    for (const auto& file : files) KOSEI_RETURN_IF_ERROR(file->Finish());
  }
  return absl::OkStatus();
}

absl::Status SortedFiles::Ingest() {
  std::vector<rocksdb::IngestExternalFileArg> arguments;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    if (files_[i].empty()) continue;
    rocksdb::IngestExternalFileArg argument;
    argument.column_family = database_.family(static_cast<Family>(i));
    for (const auto& file : files_[i]) argument.external_files.push_back(file->path());
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
