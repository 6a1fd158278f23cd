// A disk that fills up under kosei's own files; RocksDB's are not looked at.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/file_system.h"

namespace kosei::testing {

// A disk that is full after so many bytes, as far as this program's own files go.
class FullFiles final : public FileSystem {
 public:
  explicit FullFiles(std::uint64_t bytes) : left_(bytes) {}
  void Empty() { left_.store(UINT64_MAX); }
  // One write finds it full, and none after it.
  void RefuseNext() { refuse_next_.store(true); }

  bool Exists(const std::string& path) override { return local_.Exists(path); }
  absl::Status CreateDirectory(const std::string& path) override {
    return local_.CreateDirectory(path);
  }
  absl::StatusOr<std::unique_ptr<RandomAccessFile>> OpenFile(const std::string& path) override {
    auto file = local_.OpenFile(path);
    if (!file.ok()) return file.status();
    return std::make_unique<File>(*this, *std::move(file));
  }
  absl::StatusOr<std::string> ReadFile(const std::string& path) override {
    return local_.ReadFile(path);
  }
  absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes) override {
    return Take(bytes.size()) ? local_.WriteFileAtomically(path, bytes) : Full();
  }
  absl::Status Rename(const std::string& from, const std::string& to) override {
    return local_.Rename(from, to);
  }
  absl::Status RemoveFile(const std::string& path) override { return local_.RemoveFile(path); }
  absl::Status SyncDirectory(const std::string& path) override {
    return local_.SyncDirectory(path);
  }
  absl::StatusOr<std::uint64_t> FreeBytes(const std::string&) override {
    return std::uint64_t{1} << 40;  // as another process may have filled it since
  }

 private:
  class File final : public RandomAccessFile {
   public:
    File(FullFiles& disk, std::unique_ptr<RandomAccessFile> file)
        : disk_(disk), file_(std::move(file)) {}
    absl::StatusOr<std::string> ReadAt(std::uint64_t offset, std::size_t count) override {
      return file_->ReadAt(offset, count);
    }
    absl::Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
      return disk_.Take(bytes.size()) ? file_->WriteAt(offset, bytes) : Full();
    }
    absl::Status Sync() override { return file_->Sync(); }

   private:
    FullFiles& disk_;
    std::unique_ptr<RandomAccessFile> file_;
  };
  // The store's own threads write as well.
  bool Take(std::size_t bytes) {
    if (refuse_next_.exchange(false)) return false;
    std::uint64_t left = left_.load();
    do {
      if (bytes > left) return false;
      if (left == UINT64_MAX) return true;
    } while (!left_.compare_exchange_weak(left, left - bytes));
    return true;
  }
  static absl::Status Full() {
    return MakeError(ErrorCode::kStorageIo, "write: no space left on device");
  }

  FileSystem& local_ = LocalFileSystem();
  std::atomic<std::uint64_t> left_;
  std::atomic<bool> refuse_next_{false};
};

}  // namespace kosei::testing
