#include "fault_disk.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

namespace kosei::testing {
namespace {

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// `part` is of the path; nothing is of none.
bool Names(const std::string& part, const std::string& path) {
  return !part.empty() && path.find(part) != std::string::npos;
}

std::uint64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

std::string ReadPart(const std::string& path, std::uint64_t offset, std::uint64_t count) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  std::string bytes(count, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return bytes;
}

void WritePart(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  std::fstream out(path, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(static_cast<std::streamoff>(offset));
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void Resize(const std::string& path, std::uint64_t size) {
  std::error_code ignored;  // a file that has gone since
  std::filesystem::resize_file(path, size, ignored);
}

void Move(const std::string& from, const std::string& to) {
  std::error_code ignored;  // one that has gone since
  std::filesystem::rename(from, to, ignored);
}

}  // namespace

std::string_view NameOf(Fault fault) {
  constexpr std::string_view kNames[] = {
      "none",       "error once",          "errors from then on",   "no space from then on",
      "read error", "power cut, all lost", "power cut, torn tails", "process killed"};
  return kNames[static_cast<std::size_t>(fault)];
}

FaultDisk::FaultDisk(const std::string& attic, const Plan& plan)
    : attic_(attic), plan_(plan), random_(plan.seed) {
  std::filesystem::create_directories(attic_);
  files_ = MakeFaultFiles(*this);
  store_files_.env = MakeFaultEnv(*this);
}

FaultDisk::~FaultDisk() = default;

std::uint64_t FaultDisk::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

std::uint64_t FaultDisk::reads() const {
  const std::lock_guard lock(mutex_);
  return reads_;
}

bool FaultDisk::has_failed() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

FaultDisk::Change::Change(FaultDisk& disk, Operation operation)
    : lock_(disk.mutex_), verdict_(disk.Judge(operation)) {}

FaultDisk::Verdict FaultDisk::Judge(Operation operation) {
  const std::uint64_t number = changes_++;
  const bool here = number == plan_.at;
  const bool from_here = number >= plan_.at;
  switch (plan_.fault) {
    case Fault::kNone:
    case Fault::kReadErrorOnce:
      return Verdict::kGo;
    case Fault::kErrorOnce:
      if (!here) return Verdict::kGo;
      failed_ = true;
      return Verdict::kError;
    case Fault::kErrorAlways:
      if (!from_here) return Verdict::kGo;
      failed_ = true;
      return Verdict::kError;
    case Fault::kNoSpace:
      if (!from_here) return Verdict::kGo;
      if (operation != Operation::kCreate && operation != Operation::kAppend) return Verdict::kGo;
      failed_ = true;
      return Verdict::kNoSpace;
    case Fault::kCutDrop:
    case Fault::kCutTorn:
    case Fault::kCutKeep:
      if (here) CutPower();
      return Verdict::kGo;
  }
  return Verdict::kGo;
}

FaultDisk::Verdict FaultDisk::Read() {
  const std::lock_guard lock(mutex_);
  if (plan_.fault != Fault::kReadErrorOnce || reads_++ != plan_.at) {
    if (plan_.fault == Fault::kNone) ++reads_;
    return Verdict::kGo;
  }
  failed_ = true;
  return Verdict::kError;
}

std::shared_ptr<FaultDisk::Content> FaultDisk::ContentOf(const std::string& path) {
  std::shared_ptr<Content>& content = contents_[path];
  if (content == nullptr) {
    // From before the disk was looked at: all of it is safe.
    content = std::make_shared<Content>();
    content->size = content->synced = SizeOf(path);
  }
  return content;
}

std::string FaultDisk::Save(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  std::string saved = attic_ + "/" + std::to_string(++saved_);
  Move(path, saved);
  return saved;
}

void FaultDisk::Created(const std::string& path) {
  names_.push_back({NameChange::Kind::kMade, path, {}, Save(path)});
  contents_[path] = std::make_shared<Content>();
}

void FaultDisk::Appended(const std::string& path, std::uint64_t size) {
  const std::shared_ptr<Content> content = ContentOf(path);
  content->last_append = content->size;
  content->size = size;
}

void FaultDisk::WillOverwrite(const std::string& path, std::uint64_t offset, std::uint64_t count) {
  const std::shared_ptr<Content> content = ContentOf(path);
  content->overwrites.push_back({offset, ReadPart(path, offset, count), SizeOf(path)});
}

void FaultDisk::Synced(const std::string& path) {
  if (Names(plan_.forgotten_sync, path)) return;
  const std::shared_ptr<Content> content = ContentOf(path);
  content->size = SizeOf(path);
  const std::uint64_t before = std::exchange(content->asked, content->size);
  content->synced = Names(plan_.late_sync, path) ? before : content->size;
  content->overwrites.clear();
}

void FaultDisk::WillRename(const std::string& from, const std::string& to) {
  names_.push_back({NameChange::Kind::kRenamed, to, from, Save(to)});
  contents_[to] = ContentOf(from);
  contents_.erase(from);
}

void FaultDisk::Linked(const std::string& to, const std::string& from) {
  names_.push_back({NameChange::Kind::kMade, to, {}, {}});
  contents_[to] = ContentOf(from);
}

bool FaultDisk::Remove(const std::string& path) {
  std::string saved = Save(path);
  if (saved.empty()) return false;
  names_.push_back({NameChange::Kind::kRemoved, path, {}, std::move(saved)});
  return true;
}

void FaultDisk::FolderMade(const std::string& path) {
  names_.push_back({NameChange::Kind::kFolder, path, {}, {}});
}

void FaultDisk::FolderSynced(const std::string& path) {
  if (Names(plan_.forgotten_sync, path + "/")) return;
  std::erase_if(names_, [&](const NameChange& change) { return FolderOf(change.path) == path; });
}

void FaultDisk::UndoNames(std::size_t keep) {
  while (names_.size() > keep) {
    const NameChange change = names_.back();
    names_.pop_back();
    std::error_code ignored;
    switch (change.kind) {
      case NameChange::Kind::kMade:
        std::filesystem::remove(change.path, ignored);
        contents_.erase(change.path);
        break;
      case NameChange::Kind::kFolder:
        std::filesystem::remove_all(change.path, ignored);
        break;
      case NameChange::Kind::kRenamed:
        Move(change.path, change.from);
        contents_[change.from] = ContentOf(change.path);
        contents_.erase(change.path);
        break;
      case NameChange::Kind::kRemoved:
        break;
    }
    if (!change.saved.empty()) Move(change.saved, change.path);
  }
}

void FaultDisk::UndoContent(const std::string& path, Content& content) {
  for (auto it = content.overwrites.rbegin(); it != content.overwrites.rend(); ++it) {
    // The first part of what was written is there, the rest is as it was.
    const std::uint64_t kept =
        plan_.fault == Fault::kCutTorn ? random_() % (it->before.size() + 1) : 0;
    WritePart(path, it->offset + kept, std::string_view(it->before).substr(kept));
    if (SizeOf(path) > it->size_before) Resize(path, it->size_before);
  }
  content.overwrites.clear();
  if (Names(plan_.dropped_append, path) && content.last_append > 0) {
    Resize(path, content.last_append);
    return;
  }
  const std::uint64_t size = SizeOf(path);
  if (size <= content.synced) return;
  const std::uint64_t unsynced = size - content.synced;
  if (plan_.fault == Fault::kCutDrop) {
    Resize(path, content.synced);
    return;
  }
  const std::uint64_t kept = random_() % (unsynced + 1);
  Resize(path, content.synced + kept);
  const std::uint64_t garbage = random_() % 3 == 0 ? 0 : random_() % (unsynced - kept + 1);
  std::string bytes(garbage, '\0');
  if (random_() % 2 == 0) {
    for (char& byte : bytes) byte = static_cast<char>(random_());
  }
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

void FaultDisk::CutPower() {
  if (plan_.fault != Fault::kCutKeep) {
    // A journalling file system keeps changes of names in order: some first part of them is there.
    UndoNames(plan_.fault == Fault::kCutTorn ? random_() % (names_.size() + 1) : 0);
    std::vector<Content*> done;  // a file may have two names
    for (const auto& [path, content] : contents_) {
      if (std::find(done.begin(), done.end(), content.get()) != done.end()) continue;
      if (!std::filesystem::exists(path)) continue;
      done.push_back(content.get());
      UndoContent(path, *content);
    }
  }
  _exit(kCutExitCode);
}

}  // namespace kosei::testing
