// Every sorted file, to the last byte, against the checksum that the list of files keeps of it.
#include <rocksdb/file_checksum.h>
#include <rocksdb/sst_file_reader.h>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "rocksdb_status.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

// Why the file is damaged; empty when it is sound.
std::string CheckWhole(const std::string& path, const rocksdb::LiveFileMetaData& file) {
  rocksdb::FileChecksumGenContext context;
  context.file_name = path;
  context.requested_checksum_func_name = file.file_checksum_func_name;
  const std::unique_ptr<rocksdb::FileChecksumGenerator> generator =
      rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(context);
  if (generator == nullptr) return "its checksum is of a kind that nobody knows";
  std::ifstream in(path, std::ios::binary);
  if (!in) return "it cannot be opened";
  std::string piece(kPiece, '\0');
  std::uint64_t size = 0;
  while (in.read(piece.data(), static_cast<std::streamsize>(kPiece)) || in.gcount() > 0) {
    const auto count = static_cast<std::size_t>(in.gcount());
    generator->Update(piece.data(), count);
    size += count;
  }
  if (in.bad()) return "it cannot be read";
  if (size != file.size) return absl::StrFormat("%d bytes long, expected %d", size, file.size);
  generator->Finalize();
  if (generator->GetChecksum() == file.file_checksum) return {};
  return absl::StrFormat("its CRC-32C is %s, expected %s", ToHex(generator->GetChecksum()),
                         ToHex(file.file_checksum));
}

// For a file that came without a checksum of the whole: block by block.
std::string CheckBlocks(const std::string& path) {
  rocksdb::SstFileReader reader{rocksdb::Options()};
  rocksdb::Status status = reader.Open(path);
  if (status.ok()) status = reader.VerifyChecksum();
  return status.ok() ? std::string() : status.ToString();
}

}  // namespace

void VerifyFiles(VerifyRun& run) {
  std::vector<rocksdb::LiveFileMetaData> files;
  run.database.db().GetLiveFilesMetaData(&files);
  std::uint64_t total = 0;
  for (const rocksdb::LiveFileMetaData& file : files) total += file.size;
  std::uint64_t done = 0;
  for (const rocksdb::LiveFileMetaData& file : files) {
    const std::string path = file.db_path + file.name;
    const bool has_checksum = file.file_checksum_func_name != rocksdb::kUnknownFileChecksumFuncName;
    const std::string fault = has_checksum ? CheckWhole(path, file) : CheckBlocks(path);
    if (!fault.empty()) run.Find(absl::StrFormat("files: %s: %s", path, fault));
    ++run.report.files;
    done += file.size;
    if (run.options.on_progress) run.options.on_progress({"files", done, total});
  }
}

}  // namespace kosei::storage
