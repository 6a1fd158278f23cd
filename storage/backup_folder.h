// The backup folder (docs/backup.md):
//   BACKUP                     "kosei backup format 1\n"
//   lock                       held (flock) while a backup is made
//   backups/000001.manifest    one backup: which commit, and which files
//   files/                     the files, each once; *.part is a copy that was cut short
// Sorted files never change, so their stored name says their checksum. Logs and RocksDB's list of
// files only grow: stored once, each backup says how many of their bytes are its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/file_system.h"
#include "kosei/storage/backup.h"

namespace kosei::storage {

struct BackupFile {
  std::string name;    // in the store
  std::string stored;  // below files/
  std::uint64_t size = 0;
  std::uint32_t crc32c = 0;  // of the first `size` bytes
};

struct BackupManifest {
  BackupInfo info;
  std::string current;  // what the store's CURRENT says: the name of its list of files
  std::vector<BackupFile> files;
};

std::string EncodeManifest(const BackupManifest& manifest);
// kStorageCorrupt, naming `path`, unless every byte is as it was written.
absl::StatusOr<BackupManifest> DecodeManifest(std::string_view text, const std::string& path);

std::string ManifestPath(const std::string& folder, std::uint32_t number);
std::string StoredPath(const std::string& folder, const BackupFile& file);

// Ascending by number. kNotFound unless the folder is one of backups.
absl::StatusOr<std::vector<BackupManifest>> ReadManifests(FileSystem& files,
                                                          const std::string& folder);
// Makes the folder unless it is there. kAlreadyExists when it holds something else.
absl::Status PrepareBackupFolder(FileSystem& files, const std::string& folder);
// Removes the oldest manifests beyond `keep` (0: none), then every stored file that no manifest
// names. Returns how many backups went.
absl::StatusOr<std::uint32_t> Prune(FileSystem& files, const std::string& folder,
                                    std::vector<BackupManifest> manifests, std::uint32_t keep);

}  // namespace kosei::storage
