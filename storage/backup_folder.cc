#include "backup_folder.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kFormatLine = "kosei backup format 1";
constexpr std::string_view kManifestSuffix = ".manifest";

absl::Status Damaged(const std::string& path, std::string_view what) {
  return MakeError(
      ErrorCode::kStorageCorrupt,
      absl::StrFormat("read backup %s: %s; take another backup, or move this file away", path,
                      what));
}

// Takes the line up to the next '\n'.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view TakeWord(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

template <typename Number>
bool ReadNumber(std::string_view text, Number& out, int base = 10) {
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return wrong == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool FromHex(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    std::uint8_t byte = 0;
    if (!ReadNumber(text.substr(at, 2), byte, 16)) return false;
    out += static_cast<char>(byte);
  }
  return text.size() % 2 == 0;
}

// A name that stays in its folder.
bool IsPlainName(std::string_view name) {
  return !name.empty() && name.find('/') == std::string_view::npos && name != "." && name != "..";
}

bool ReadFileLine(std::string_view line, BackupManifest& manifest) {
  BackupFile file;
  file.name = TakeWord(line);
  file.stored = TakeWord(line);
  if (!ReadNumber(TakeWord(line), file.size)) return false;
  if (!ReadNumber(TakeWord(line), file.crc32c, 16)) return false;
  if (!IsPlainName(file.name) || !IsPlainName(file.stored)) return false;
  manifest.info.bytes += file.size;
  ++manifest.info.files;
  manifest.files.push_back(std::move(file));
  return true;
}

bool ReadManifestLine(std::string_view line, BackupManifest& manifest) {
  BackupInfo& info = manifest.info;
  const std::string_view word = TakeWord(line);
  if (word == "file") return ReadFileLine(line, manifest);
  if (word == "number") return ReadNumber(line, info.number);
  if (word == "store_format") return ReadNumber(line, info.store_format);
  if (word == "created") return ReadNumber(line, info.created.micros);
  if (word == "commit") return ReadNumber(line, info.commit.value);
  if (word == "commit_time") return ReadNumber(line, info.commit_time.micros);
  if (word == "hash") return FromHex(line, info.hash);
  if (word == "store") info.store_id = line;
  if (word == "current") manifest.current = line;
  return word == "store" || (word == "current" && IsPlainName(line));
}

absl::Status IoError(std::string_view operation, const std::string& path,
                     const std::error_code& error) {
  return MakeError(ErrorCode::kStorageIo,
                   absl::StrFormat("%s %s: %s", operation, path, error.message()));
}

// Names in a folder, ascending.
absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  while (!error && at != std::filesystem::directory_iterator()) {
    names.push_back(at->path().filename().string());
    at.increment(error);
  }
  if (error) return IoError("list folder", folder, error);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string EncodeManifest(const BackupManifest& manifest) {
  const BackupInfo& info = manifest.info;
  std::string text = absl::StrFormat(
      "%s\nnumber %d\nstore %s\nstore_format %d\ncreated %d\ncommit %d\ncommit_time %d\nhash %s\n"
      "current %s\n",
      kFormatLine, info.number, info.store_id, info.store_format, info.created.micros,
      info.commit.value, info.commit_time.micros, ToHex(info.hash), manifest.current);
  for (const BackupFile& file : manifest.files) {
    text += absl::StrFormat("file %s %s %d %08x\n", file.name, file.stored, file.size, file.crc32c);
  }
  return text + absl::StrFormat("end %s\n", ToHex(Sha256::Of(text)));
}

absl::StatusOr<BackupManifest> DecodeManifest(std::string_view text, const std::string& path) {
  constexpr std::size_t kEndLine = 4 + 2 * Sha256::kSize + 1;
  if (!text.starts_with(kFormatLine)) return Damaged(path, "it is no manifest of this format");
  if (text.size() < kEndLine) return Damaged(path, "it is cut short");
  const std::string_view body = text.substr(0, text.size() - kEndLine);
  if (text.substr(body.size()) != absl::StrFormat("end %s\n", ToHex(Sha256::Of(body)))) {
    return Damaged(path, "its checksum does not fit: it is cut short or was altered");
  }
  BackupManifest manifest;
  std::string_view rest = body;
  TakeLine(rest);
  while (!rest.empty()) {
    const std::string_view line = TakeLine(rest);
    if (!ReadManifestLine(line, manifest)) {
      return Damaged(path, absl::StrFormat("the line \"%s\" is not understood", line));
    }
  }
  return manifest;
}

std::string ManifestPath(const std::string& folder, std::uint32_t number) {
  return absl::StrFormat("%s/backups/%06d%s", folder, number, kManifestSuffix);
}

std::string StoredPath(const std::string& folder, const BackupFile& file) {
  return folder + "/files/" + file.stored;
}

absl::StatusOr<std::vector<BackupManifest>> ReadManifests(FileSystem& files,
                                                          const std::string& folder) {
  const std::string format_path = folder + "/BACKUP";
  if (!files.Exists(format_path)) {
    return MakeError(ErrorCode::kNotFound,
                     "read backups: " + folder +
                         " is no folder of backups (it has no file BACKUP); name the folder that "
                         "was given to kosei admin backup");
  }
  KOSEI_ASSIGN_OR_RETURN(const std::string format, files.ReadFile(format_path));
  if (format != std::string(kFormatLine) + "\n") {
    return MakeError(
        ErrorCode::kFormatTooNew,
        absl::StrFormat("read backups: %s says \"%s\", and this koseid knows \"%s\"; "
                        "use the koseid that wrote it",
                        format_path, format.substr(0, format.find('\n')), kFormatLine));
  }
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(folder + "/backups"));
  std::vector<BackupManifest> manifests;
  for (const std::string& name : names) {
    if (!name.ends_with(kManifestSuffix)) continue;
    const std::string path = folder + "/backups/" + name;
    KOSEI_ASSIGN_OR_RETURN(const std::string text, files.ReadFile(path));
    KOSEI_ASSIGN_OR_RETURN(BackupManifest manifest, DecodeManifest(text, path));
    if (ManifestPath(folder, manifest.info.number) != path) {
      return Damaged(path, "it carries the number of another backup");
    }
    manifests.push_back(std::move(manifest));
  }
  return manifests;
}

absl::Status PrepareBackupFolder(FileSystem& files, const std::string& folder) {
  KOSEI_RETURN_IF_ERROR(files.CreateDirectory(folder));
  const std::string format_path = folder + "/BACKUP";
  if (!files.Exists(format_path)) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(folder));
    const auto ours = [](const std::string& name) {
      return name == "lock" || name == "files" || name == "backups" || name == "BACKUP.new" ||
             name == "lost+found";
    };
    if (!std::all_of(names.begin(), names.end(), ours)) {
      return MakeError(ErrorCode::kAlreadyExists,
                       "back up to " + folder +
                           ": the folder holds something else; choose an empty one, a new one, or "
                           "one of earlier backups");
    }
  }
  KOSEI_RETURN_IF_ERROR(files.CreateDirectory(folder + "/files"));
  KOSEI_RETURN_IF_ERROR(files.CreateDirectory(folder + "/backups"));
  if (files.Exists(format_path)) return absl::OkStatus();
  return files.WriteFileAtomically(format_path, std::string(kFormatLine) + "\n");
}

absl::StatusOr<std::uint32_t> Prune(FileSystem& files, const std::string& folder,
                                    std::vector<BackupManifest> manifests, std::uint32_t keep) {
  std::uint32_t removed = 0;
  while (keep != 0 && manifests.size() > keep) {
    KOSEI_RETURN_IF_ERROR(files.RemoveFile(ManifestPath(folder, manifests.front().info.number)));
    manifests.erase(manifests.begin());
    ++removed;
  }
  // The manifests must be gone for good before what they name goes.
  if (removed > 0) KOSEI_RETURN_IF_ERROR(files.SyncDirectory(folder + "/backups"));
  std::set<std::string> named;
  for (const BackupManifest& manifest : manifests) {
    for (const BackupFile& file : manifest.files) named.insert(file.stored);
  }
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> stored, NamesIn(folder + "/files"));
  for (const std::string& name : stored) {
    if (named.contains(name)) continue;
    KOSEI_RETURN_IF_ERROR(files.RemoveFile(folder + "/files/" + name));
  }
  return removed;
}

}  // namespace kosei::storage
