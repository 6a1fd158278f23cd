// A store in which one place of one file is damaged: it is refused, the damage is reported, or it
// makes no difference. Never is an acknowledged commit missing without a word, never is an answer
// wrong.
//
// By default places are sampled. KOSEI_LONG_TESTS=1 damages every byte.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "log_walk.h"
#include "pch.h"
#include "scripted_run.h"
#include "temp_folder.h"

namespace kosei::testing {
namespace {

bool Long() { return std::getenv("KOSEI_LONG_TESTS") != nullptr; }

enum class Damage : std::uint8_t { kInverted, kOneBit, kZero, kCutHere, kSwapped };
constexpr Damage kDamages[] = {Damage::kInverted, Damage::kOneBit, Damage::kZero, Damage::kCutHere,
                               Damage::kSwapped};

std::string Damaged(std::string bytes, std::size_t place, Damage damage) {
  switch (damage) {
    case Damage::kInverted:
      bytes[place] = static_cast<char>(~bytes[place]);
      break;
    case Damage::kOneBit:
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << (place % 8)));
      break;
    case Damage::kZero:
      bytes[place] = '\0';
      break;
    case Damage::kCutHere:
      bytes.resize(place);
      break;
    case Damage::kSwapped:  // with what lies 512 bytes on, as when a disk misplaces a sector
      for (std::size_t i = place; i + 512 < bytes.size() && i < place + 512; ++i)
        std::swap(bytes[i], bytes[i + 512]);
      break;
  }
  return bytes;
}

std::string ReadWhole(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// "MANIFEST-000005" is a MANIFEST.
std::string KindOf(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  for (const std::string kind : {"MANIFEST", "OPTIONS", "CURRENT", "IDENTITY", "watermark"})
    if (name.starts_with(kind)) return kind;
  return path.extension() == ".log"   ? "log of writes"
         : path.extension() == ".sst" ? "sorted file"
                                      : name;
}

class Corruption : public ::testing::Test {
 protected:
  void SetUp() override {
    const TempFolder other;
    expected_ = ScriptedRun(other.path()).Learn();
    int status = 0;
    journal_ = ScriptedRun(folder_.path()).Run({}, status);
    ASSERT_EQ(status, 0);
    ASSERT_EQ(journal_.acknowledged, expected_.size());
    journal_.backups.clear();  // the copies have none
  }

  std::vector<std::filesystem::path> Files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "data")) {
      const std::string name = entry.path().filename().string();
      // RocksDB's words for people, and the lock, hold nothing.
      const bool data = entry.is_regular_file() && !name.starts_with("LOG") && name != "lock" &&
                        name != "LOCK" && entry.file_size() > 0;
      if (data) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  // What the store says for itself with that file in place of the sound one.
  std::string Judge(const std::filesystem::path& file, const std::string& bytes) const {
    const TempFolder copy;
    namespace fs = std::filesystem;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "data")) {
      const fs::path to = copy.path() / fs::relative(entry.path(), folder_.path());
      if (entry.is_directory()) {
        fs::create_directories(to);
      } else if (entry.path() == file) {
        fs::create_directories(to.parent_path());
        std::ofstream(to, std::ios::binary) << bytes;
      } else if (entry.path().extension() == ".sst") {
        fs::create_directories(to.parent_path());
        fs::create_hard_link(entry.path(), to);
      } else {
        fs::create_directories(to.parent_path());
        fs::copy_file(entry.path(), to);
      }
    }
    return ScriptedRun(copy.path()).Judge(journal_, expected_);
  }

  TempFolder folder_;
  Journal journal_;
  Expected expected_;
};

std::string Category(const std::string& verdict) {
  if (verdict.empty()) return "harmless";
  for (const std::string known : {"refused", "unreadable", "verify", "aborted"})
    if (verdict.starts_with(known)) return known;
  return "WRONG";
}

TEST_F(Corruption, OfAnyByteIsRefusedReportedOrHarmless) {
  std::map<std::string, std::map<std::string, int>> table;
  std::mt19937 random(7);
  for (const std::filesystem::path& file : Files()) {
    const std::string sound = ReadWhole(file);
    const std::size_t most = file.extension() == ".sst" ? 8 : 40;
    const std::size_t wanted = sound.size() < 64 ? sound.size() : most;
    const std::size_t stride = Long() ? 1 : std::max<std::size_t>(1, sound.size() / wanted);
    for (std::size_t place = 0; place < sound.size(); ++place) {
      const bool sampled = place % stride == 0 || place + 4 > sound.size();
      if (!sampled) continue;
      const Damage damage = kDamages[random() % std::size(kDamages)];
      const std::string bytes = Damaged(sound, place, Long() ? Damage::kInverted : damage);
      if (bytes == sound) continue;
      const std::string verdict = Judge(file, bytes);
      const std::string category = Category(verdict);
      ++table[KindOf(file)][category];
      EXPECT_NE(category, "WRONG")
          << file << " at " << place << ", damage " << static_cast<int>(damage) << ": " << verdict;
    }
  }
  int cases = 0;
  for (const auto& [kind, counts] : table) {
    std::string line = kind;
    for (const auto& [category, count] : counts) {
      line += ", " + category + " " + std::to_string(count);
      cases += count;
    }
    std::printf("%s\n", line.c_str());
  }
  std::printf("cases %d\n", cases);
  EXPECT_GT(cases, 300);
}

// Where the whole entries of the list of files end, the last one left out.
std::vector<std::size_t> EndsOfEntries(const std::string& list) {
  std::vector<std::size_t> ends;
  for (std::size_t size = list.size(); size > 0; size = ends.back()) {
    storage::LogWalk walk;
    const std::string_view part(list.data(), size - 1);
    for (std::size_t at = 0; at < part.size(); at += storage::LogWalk::kBlock)
      walk.Add(part.substr(at, storage::LogWalk::kBlock));
    ends.push_back(walk.end());
  }
  return ends;
}

// RocksDB takes what is left for the whole list, and something was written since: only the
// watermark knows that entries are gone.
TEST_F(Corruption, OfAListOfFilesThatLostItsLastEntriesIsRefused) {
  std::filesystem::path list;
  for (const std::filesystem::path& file : Files()) {
    if (KindOf(file) == "MANIFEST") list = file;
  }
  const std::string sound = ReadWhole(list);
  ASSERT_EQ(Judge(list, sound), "");
  const std::vector<std::size_t> ends = EndsOfEntries(sound);
  EXPECT_GT(ends.size(), 10U);
  for (const std::size_t end : ends) {
    SCOPED_TRACE(std::to_string(end) + " of " + std::to_string(sound.size()) + " bytes");
    EXPECT_THAT(Judge(list, sound.substr(0, end)), ::testing::StartsWith("refused: "));
  }
}

}  // namespace
}  // namespace kosei::testing
