#include "sorted_file.h"

#include <cstdint>
#include <cstring>
#include <utility>

#include "database.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kEntriesBytes = std::size_t{1} << 20;
// Handed on and not yet written.
constexpr std::size_t kWaitingMax = 4;

void AppendText(std::string& to, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  char bytes[sizeof(size)];
  std::memcpy(bytes, &size, sizeof(size));
  to.append(bytes, sizeof(bytes));
  to.append(text);
}

std::string_view TakeText(std::string_view& from) {
  std::uint32_t size = 0;
  std::memcpy(&size, from.data(), sizeof(size));
  const std::string_view text = from.substr(sizeof(size), size);
  from.remove_prefix(sizeof(size) + size);
  return text;
}

}  // namespace

SortedFile::SortedFile(const rocksdb::Options& options, rocksdb::ColumnFamilyHandle* family,
                       std::string path, std::string name)
    : path_(std::move(path)),
      name_(std::move(name)),
      writer_(rocksdb::EnvOptions(), options, family) {}

SortedFile::~SortedFile() {
  End(false);
  if (thread_.joinable()) thread_.join();
}

absl::Status SortedFile::Open() {
  KOSEI_RETURN_IF_ERROR(ToStatus(writer_.Open(path_), "open " + path_));
  made_.reserve(kEntriesBytes);
  thread_ = std::thread([this] { Work(); });
  return absl::OkStatus();
}

absl::Status SortedFile::Put(std::string_view key, std::string_view value) {
  AppendText(made_, key);
  AppendText(made_, value);
  return made_.size() < kEntriesBytes ? absl::OkStatus() : HandOn();
}

absl::Status SortedFile::HandOn() {
  {
    const MutexLock lock(mutex_);
    while (waiting_.size() >= kWaitingMax && status_.ok()) changed_.Wait(mutex_);
    if (!status_.ok()) return status_;
    waiting_.push_back(std::exchange(made_, std::move(spare_)));
    spare_ = {};
  }
  changed_.NotifyAll();
  made_.clear();
  made_.reserve(kEntriesBytes + (kEntriesBytes >> 4));
  return absl::OkStatus();
}

void SortedFile::Work() {
  while (true) {
    Entries entries;
    bool last = false;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && !over_) changed_.Wait(mutex_);
      if (!status_.ok() || (waiting_.empty() && !whole_)) return;
      last = waiting_.empty();
      if (!last) {
        entries = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    absl::Status written = last ? ToStatus(writer_.Finish(), "finish " + path_) : Write(entries);
    {
      const MutexLock lock(mutex_);
      if (status_.ok()) status_ = std::move(written);
      if (!last) spare_ = std::move(entries);
    }
    if (last) return;
    changed_.NotifyAll();
  }
}

absl::Status SortedFile::Write(const Entries& entries) {
  std::string_view left = entries;
  while (!left.empty()) {
    const std::string_view key = TakeText(left);
    const rocksdb::Status put = writer_.Put(SliceOf(key), SliceOf(TakeText(left)));
    if (!put.ok()) return ToStatus(put, "write sorted file of " + name_);
  }
  return absl::OkStatus();
}

absl::Status SortedFile::BeginFinish() {
  KOSEI_RETURN_IF_ERROR(HandOn());
  End(true);
  return absl::OkStatus();
}

absl::Status SortedFile::Finish() {
  if (thread_.joinable()) thread_.join();
  const MutexLock lock(mutex_);
  return status_;
}

void SortedFile::End(bool whole) {
  {
    const MutexLock lock(mutex_);
    over_ = true;
    whole_ = whole_ || whole;
  }
  changed_.NotifyAll();
}

}  // namespace kosei::storage
