// FaultDisk: a disk under a real folder that fails, fills up or loses its power at a chosen
// operation. Both of kosei's ways to the disk go through it: its own files (kosei::FileSystem) and
// RocksDB's.
//
// What has been synced survives a power cut. Everything else may not: bytes appended or written
// since the last sync of their file, and names made, changed or removed since the last sync of
// their folder. The disk does no real sync, so a run is as quick as the page cache. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/file_system.h"
#include "store_files.h"

namespace kosei::testing {

enum class Fault : std::uint8_t {
  kNone,
  kErrorOnce,      // one operation fails
  kErrorAlways,    // it and every later one
  kNoSpace,        // whatever needs space fails, from there on
  kReadErrorOnce,  // one read fails; counts reads instead of changes
  kCutDrop,        // power cut: everything that was not synced is gone
  kCutTorn,        // power cut: a random part of it is there, with garbage behind
  kCutKeep,        // the process dies, the disk lives
};
std::string_view NameOf(Fault fault);
inline bool IsCut(Fault fault) { return fault >= Fault::kCutDrop; }
inline constexpr int kCutExitCode = 99;

class FaultDisk {
 public:
  struct Plan {
    Fault fault = Fault::kNone;
    std::uint64_t at = 0;  // 0: the first operation
    std::uint32_t seed = 1;
    // Planted bugs: a sync of a file whose path contains this says OK and does nothing.
    std::string forgotten_sync = {};
    // Such a sync makes durable only what the one before it was asked for: what was acknowledged
    // last was acknowledged too early.
    std::string late_sync = {};
    // A power cut takes the last append to such a file away, synced or not.
    std::string dropped_append = {};
  };
  // `attic` is a folder of the same file system, outside of the store, for what a power cut may
  // bring back.
  FaultDisk(const std::string& attic, const Plan& plan);
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  FileSystem& files() { return *files_; }
  const storage::StoreFiles& store_files() const { return store_files_; }
  std::uint64_t changes() const;  // operations so far
  std::uint64_t reads() const;
  bool has_failed() const;  // the fault has been met

  // For the two file systems. A change happens between Begin, which says whether it may, and End.
  enum class Operation : std::uint8_t { kCreate, kAppend, kOverwrite, kSync, kName, kFolderSync };
  enum class Verdict : std::uint8_t { kGo, kError, kNoSpace };
  class Change {
   public:
    Change(FaultDisk& disk, Operation operation);
    ~Change() = default;
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    Verdict verdict() const { return verdict_; }
    bool go() const { return verdict_ == Verdict::kGo; }

   private:
    std::unique_lock<std::mutex> lock_;
    Verdict verdict_;
  };
  Verdict Read();

  // Within a Change that goes: what it does to what a power cut leaves.
  void Created(const std::string& path);
  void Appended(const std::string& path, std::uint64_t size);  // after it: the new size
  void WillOverwrite(const std::string& path, std::uint64_t offset, std::uint64_t count);
  void Synced(const std::string& path);
  void WillRename(const std::string& from, const std::string& to);
  void Linked(const std::string& to, const std::string& from);
  // Takes the file away, for a power cut may bring it back.
  bool Remove(const std::string& path);
  void FolderMade(const std::string& path);
  void FolderSynced(const std::string& path);

 private:
  struct Overwrite {
    std::uint64_t offset;
    std::string before;
    std::uint64_t size_before;
  };
  // A file's content.
  struct Content {
    std::uint64_t synced = 0;
    std::uint64_t size = 0;
    std::uint64_t asked = 0;            // when a sync was asked for last
    std::uint64_t last_append = 0;      // where it begins
    std::vector<Overwrite> overwrites;  // since the last sync
  };
  // A change of a folder that has not been synced.
  struct NameChange {
    enum class Kind : std::uint8_t { kMade, kRenamed, kRemoved, kFolder } kind;
    std::string path;
    std::string from;   // kRenamed
    std::string saved;  // what was there before, in the attic; empty when nothing was
  };

  Verdict Judge(Operation operation);
  [[noreturn]] void CutPower();
  void UndoNames(std::size_t keep);
  void UndoContent(const std::string& path, Content& content);
  std::shared_ptr<Content> ContentOf(const std::string& path);
  std::string Save(const std::string& path);

  const std::string attic_;
  const Plan plan_;
  mutable std::mutex mutex_;
  std::mt19937 random_;
  std::uint64_t changes_ = 0;
  std::uint64_t reads_ = 0;
  bool failed_ = false;
  std::uint64_t saved_ = 0;
  std::map<std::string, std::shared_ptr<Content>> contents_;
  std::vector<NameChange> names_;
  std::unique_ptr<FileSystem> files_;
  storage::StoreFiles store_files_;
};

// fault_files.cc
std::unique_ptr<FileSystem> MakeFaultFiles(FaultDisk& disk);
// fault_env.cc
std::unique_ptr<rocksdb::Env> MakeFaultEnv(FaultDisk& disk);

}  // namespace kosei::testing
