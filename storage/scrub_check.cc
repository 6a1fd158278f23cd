#include "scrub_check.h"

#include <rocksdb/file_checksum.h>
#include <rocksdb/file_system.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "chain_check.h"
#include "checkpoint.h"
#include "checkpoint_file.h"
#include "commit_log.h"
#include "data_folder.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "log_walk.h"
#include "watermark.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::uint64_t kCommitsPerPiece = 512;
constexpr std::uint64_t kBytesPerCommit = 512;  // roughly what a header takes

std::vector<rocksdb::LiveFileMetaData> LiveFiles(const Store& store) {
  std::vector<rocksdb::LiveFileMetaData> files;
  store.database->db().GetLiveFilesMetaData(&files);
  return files;
}

// One of the store's files, read from the device and not from what the machine remembers of it.
class FileFromDevice {
 public:
  FileFromDevice(const Store& store, const std::string& path) {
    opened_ = store.database->db().GetFileSystem()->NewRandomAccessFile(
        path, rocksdb::FileOptions(), &file_, nullptr);
    if (opened_.ok()) file_->InvalidateCache(0, 0).PermitUncheckedError();
  }
  ~FileFromDevice() {
    if (file_ != nullptr) file_->InvalidateCache(0, 0).PermitUncheckedError();
  }
  FileFromDevice(const FileFromDevice&) = delete;
  FileFromDevice& operator=(const FileFromDevice&) = delete;

  const rocksdb::IOStatus& opened() const { return opened_; }
  // The next piece; empty at the end of the file.
  rocksdb::IOStatus Read(rocksdb::Slice& piece) {
    if (scratch_.empty()) scratch_.resize(kPiece);
    rocksdb::IOStatus read =
        file_->Read(offset_, kPiece, rocksdb::IOOptions(), &piece, scratch_.data(), nullptr);
    if (read.ok()) offset_ += piece.size();
    return read;
  }
  std::uint64_t offset() const { return offset_; }

 private:
  rocksdb::IOStatus opened_;
  std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
  std::uint64_t offset_ = 0;
  std::string scratch_;
};

std::string Unreadable(const std::string& path, std::uint64_t offset,
                       const rocksdb::Status& status) {
  return absl::StrFormat("%s: cannot be read at byte %d: %s", path, offset, status.ToString());
}

class SortedCheck final : public ScrubCheck {
 public:
  SortedCheck(const Store& store, const ScrubItem& item)
      : store_(store), item_(item), file_(store, item.path) {
    rocksdb::FileChecksumGenContext context;
    context.file_name = item.path;
    generator_ = rocksdb::GetFileChecksumGenCrc32cFactory()->CreateFileChecksumGenerator(context);
  }

  std::optional<std::string> Step(std::uint64_t& bytes) override {
    if (!file_.opened().ok()) return WhyGone();
    if (item_.checksum.empty()) return ByBlocks(bytes);
    rocksdb::Slice piece;
    const rocksdb::IOStatus read = file_.Read(piece);
    if (!read.ok()) return Unreadable(item_.path, file_.offset(), read);
    bytes += piece.size();
    generator_->Update(piece.data(), piece.size());
    if (!piece.empty() && file_.offset() < item_.bytes) return std::nullopt;
    if (file_.offset() != item_.bytes) {
      return absl::StrFormat("%s: %d bytes long, expected %d", item_.path, file_.offset(),
                             item_.bytes);
    }
    generator_->Finalize();
    const std::string found = generator_->GetChecksum();
    if (found == item_.checksum) return std::string();
    return absl::StrFormat("%s: its CRC-32C is %s, expected %s", item_.path, ToHex(found),
                           ToHex(item_.checksum));
  }

 private:
  // Files go when they have been merged into others.
  std::string WhyGone() const {
    for (const rocksdb::LiveFileMetaData& file : LiveFiles(store_)) {
      if (file.db_path + file.name == item_.path) return Unreadable(item_.path, 0, file_.opened());
    }
    return {};
  }
  std::string ByBlocks(std::uint64_t& bytes) const {
    rocksdb::Options options;
    options.env = store_.database->db().GetEnv();
    rocksdb::SstFileReader reader(options);
    rocksdb::Status status = reader.Open(item_.path);
    if (status.ok()) status = reader.VerifyChecksum();
    bytes += item_.bytes;
    return status.ok() ? std::string() : item_.path + ": " + status.ToString();
  }

  const Store& store_;
  const ScrubItem item_;
  FileFromDevice file_;
  std::unique_ptr<rocksdb::FileChecksumGenerator> generator_;
};

// What is appended meanwhile may be there in part: no fault.
class LogCheck final : public ScrubCheck {
 public:
  LogCheck(const Store& store, const ScrubItem& item) : item_(item), file_(store, item.path) {}

  std::optional<std::string> Step(std::uint64_t& bytes) override {
    if (!file_.opened().ok()) return std::string();  // it was of use no more
    rocksdb::Slice piece;
    const std::uint64_t before = file_.offset();
    const rocksdb::IOStatus read = file_.Read(piece);
    if (!read.ok()) return Unreadable(item_.path, file_.offset(), read);
    bytes += std::min<std::uint64_t>(piece.size(), item_.bytes - std::min(item_.bytes, before));
    for (std::size_t at = 0; at < piece.size(); at += LogWalk::kBlock) {
      walk_.Add({piece.data() + at, std::min(LogWalk::kBlock, piece.size() - at)});
    }
    if (!walk_.fault().empty()) return item_.path + ": " + walk_.fault();
    if (piece.size() == kPiece) return std::nullopt;
    // What was there when the round began has been written wholly since; less than a header may be
    // left of a block.
    if (walk_.end() + LogWalk::kHeader > item_.bytes) return std::string();
    return absl::StrFormat("%s: what follows byte %d is no whole record, and it goes on to byte %d",
                           item_.path, walk_.end(), item_.bytes);
  }

 private:
  const ScrubItem item_;
  FileFromDevice file_;
  LogWalk walk_;
};

class BesideCheck final : public ScrubCheck {
 public:
  BesideCheck(const Store& store, const ScrubItem& item) : store_(store), item_(item) {}

  std::optional<std::string> Step(std::uint64_t& bytes) override {
    bytes += item_.bytes;
    FileSystem& files = *store_.options.files;
    const std::string& folder = store_.options.folder;
    if (!files.Exists(item_.path)) return item_.path + ": it is gone";
    if (item_.path == folder + "/watermark") return CheckWatermark();
    if (item_.path == folder + "/FORMAT") {
      const auto format = CheckFormat(files, folder);
      return format.ok() ? std::string() : std::string(MessageOf(format.status()));
    }
    const auto named = files.ReadFile(item_.path);
    if (!named.ok()) return std::string(MessageOf(named.status()));
    if (named->starts_with("MANIFEST-") && named->ends_with("\n")) return std::string();
    return item_.path + ": it names no list of files";
  }

 private:
  std::string CheckWatermark() const {
    const auto watermark = Watermark::Open(*store_.options.files, item_.path);
    if (!watermark.ok()) return std::string(MessageOf(watermark.status()));
    const WatermarkValue& value = (*watermark)->value();
    if (value.commit == kNoCommit || value.commit > store_.published()) return {};
    const auto commit = ReadCommit(*store_.database, value.commit);
    if (!commit.ok()) return std::string(MessageOf(commit.status()));
    if (commit->info.hash == value.hash) return {};
    return absl::StrFormat("%s: it names commit %d with the hash %s, which has the hash %s",
                           item_.path, value.commit.value, ToHex(value.hash),
                           ToHex(commit->info.hash));
  }

  const Store& store_;
  const ScrubItem item_;
};

class CheckpointCheck final : public ScrubCheck {
 public:
  CheckpointCheck(const Store& store, const ScrubItem& item) : store_(store), item_(item) {}

  std::optional<std::string> Step(std::uint64_t& bytes) override {
    bytes += item_.bytes;
    const auto file = CheckpointFile::Open(*store_.options.files, item_.path);
    if (HasCode(file.status(), ErrorCode::kNotFound)) return std::string();
    const absl::Status checked = file.ok() ? (*file)->Check() : file.status();
    if (checked.ok()) return std::string();
    return absl::StrFormat("%s: %s; it costs time at the next start, and nothing else", item_.path,
                           MessageOf(checked));
  }

 private:
  const Store& store_;
  const ScrubItem item_;
};

class ChainCheck final : public ScrubCheck {
 public:
  explicit ChainCheck(const Store& store) : store_(store), to_(store.published()) {}

  std::optional<std::string> Step(std::uint64_t& bytes) override {
    if (from_.commit >= to_) return std::string();
    const CommitNumber next{std::min(to_.value, from_.commit.value + kCommitsPerPiece)};
    bytes += (next.value - from_.commit.value) * kBytesPerCommit;
    const absl::Status checked = CheckChainBetween(*store_.database, from_, next);
    if (!checked.ok()) return "chain of commits: " + std::string(MessageOf(checked));
    const auto reached = ReadCommit(*store_.database, next);
    if (!reached.ok()) return "chain of commits: " + std::string(MessageOf(reached.status()));
    from_ = {next, reached->info.hash};
    return next < to_ ? std::nullopt : std::optional<std::string>(std::string());
  }

 private:
  const Store& store_;
  const CommitNumber to_;
  ChainEnd from_;
};

std::uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

void ListLogs(const Store& store, std::vector<ScrubItem>& items) {
  rocksdb::DB& db = store.database->db();
  const std::string folder = db.GetName();
  // RocksDB's own list leaves out a log whose first record is damaged.
  std::vector<std::string> all;
  rocksdb::FileSystem* const files = db.GetFileSystem();
  files->GetChildren(folder, rocksdb::IOOptions(), &all, nullptr).PermitUncheckedError();
  const auto current = store.options.files->ReadFile(folder + "/CURRENT");
  for (const std::string& name : all) {
    const std::string path = folder + "/" + name;
    std::uint64_t bytes = 0;
    if (!name.ends_with(".log") && !(current.ok() && *current == name + "\n")) continue;
    if (!files->GetFileSize(path, rocksdb::IOOptions(), &bytes, nullptr).ok()) continue;
    items.push_back({ScrubItem::Kind::kLog, path, bytes});
  }
}

}  // namespace

std::vector<ScrubItem> ListScrubItems(const Store& store, std::uint64_t position) {
  std::vector<ScrubItem> items;
  for (const rocksdb::LiveFileMetaData& file : LiveFiles(store)) {
    if (file.file_number <= position) continue;
    const bool has_checksum = file.file_checksum_func_name != rocksdb::kUnknownFileChecksumFuncName;
    items.push_back({ScrubItem::Kind::kSorted, file.db_path + file.name, file.size,
                     file.file_number, has_checksum ? file.file_checksum : std::string()});
  }
  std::sort(items.begin(), items.end(),
            [](const ScrubItem& a, const ScrubItem& b) { return a.number < b.number; });
  ListLogs(store, items);
  const std::string& folder = store.options.folder;
  for (const std::string& path :
       {folder + "/FORMAT", folder + "/store/CURRENT", folder + "/watermark"}) {
    items.push_back({ScrubItem::Kind::kBeside, path, SizeOf(path)});
  }
  const std::string checkpoint = CheckpointPath(folder);
  items.push_back({ScrubItem::Kind::kCheckpoint, checkpoint, SizeOf(checkpoint)});
  items.push_back({ScrubItem::Kind::kChain, {}, store.published().value * kBytesPerCommit});
  return items;
}

std::unique_ptr<ScrubCheck> BeginScrubCheck(const Store& store, const ScrubItem& item) {
  switch (item.kind) {
    case ScrubItem::Kind::kSorted:
      return std::make_unique<SortedCheck>(store, item);
    case ScrubItem::Kind::kLog:
      return std::make_unique<LogCheck>(store, item);
    case ScrubItem::Kind::kBeside:
      return std::make_unique<BesideCheck>(store, item);
    case ScrubItem::Kind::kCheckpoint:
      return std::make_unique<CheckpointCheck>(store, item);
    case ScrubItem::Kind::kChain:
      break;
  }
  return std::make_unique<ChainCheck>(store);
}

}  // namespace kosei::storage
