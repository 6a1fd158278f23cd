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
  for (auto& writer : writers_) writer.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status SortedFiles::OpenFile(Family family) {
  const auto index = static_cast<std::size_t>(family);
  paths_[index] = folder_ + "/" + std::string(NameOf(family)) + ".sst";
  writers_[index] = std::make_unique<rocksdb::SstFileWriter>(
      rocksdb::EnvOptions(), database_.file_options(family), database_.family(family));
  return ToStatus(writers_[index]->Open(paths_[index]), "open " + paths_[index]);
}

absl::Status SortedFiles::Put(Family family, std::string_view key, std::string_view value) {
  auto& writer = writers_[static_cast<std::size_t>(family)];
  if (writer == nullptr) KOSEI_RETURN_IF_ERROR(OpenFile(family));
  const rocksdb::Status put = writer->Put(SliceOf(key), SliceOf(value));
  return put.ok() ? absl::OkStatus()
                  : ToStatus(put, "write sorted file of " + std::string(NameOf(family)));
}

absl::Status SortedFiles::Finish() {
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    if (writers_[i] == nullptr) continue;
    KOSEI_RETURN_IF_ERROR(ToStatus(writers_[i]->Finish(), "finish " + paths_[i]));
    writers_[i].reset();
  }
  return absl::OkStatus();
}

absl::Status SortedFiles::Ingest() {
  std::vector<rocksdb::IngestExternalFileArg> arguments;
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    if (paths_[i].empty()) continue;
    rocksdb::IngestExternalFileArg argument;
    argument.column_family = database_.family(static_cast<Family>(i));
    argument.external_files = {paths_[i]};
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
