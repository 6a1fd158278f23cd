// The scrubber: what it reads, how fast, and what it finds.
#include "kosei/storage/scrub.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "log_walk.h"
#include "pch.h"
#include "scrub_record.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

namespace fs = std::filesystem;
using storage::LogWalk;
using storage::ScrubRecord;
using storage::ScrubState;
using storage::ScrubStatus;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::chrono::hours kPeriod{24 * 7};

std::string ReadWhole(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void Flip(const std::string& path, std::uint64_t at) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(at));
  const char byte = static_cast<char>(file.get());
  file.seekp(static_cast<std::streamoff>(at));
  file.put(static_cast<char>(~byte));
}

class ScrubTest : public StoreTest {
 protected:
  void SetUp() override { OpenScrubbed(kPeriod); }

  void OpenScrubbed(std::chrono::seconds period) {
    engine_.reset();
    storage::EngineOptions options = Options();
    options.scrub_period = period;
    options.scrub_in_background = false;
    options.index_in_background = false;
    options.on_trouble = [this](const std::string& line) { trouble_ += line + "\n"; };
    ASSERT_OK_AND_ASSIGN(engine_, storage::Engine::Open(options));
  }
  // A first load of some MiB: that makes sorted files.
  void Fill() {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", ""}));
    std::uint32_t random = 1;
    for (int part = 0; part < 4; ++part) {
      storage::BulkChunk chunk;
      for (int i = 0; i < 250; ++i) {
        std::string text(4'000, ' ');
        for (char& c : text) c = static_cast<char>('!' + (random = random * 1'664'525 + 1) % 90);
        chunk.records.push_back(MakeRecord("Server", "s" + std::to_string(250 * part + i),
                                           {{"description", std::move(text)}}));
      }
      ASSERT_OK(load->Add(std::move(chunk)));
    }
    ASSERT_OK(load->Finish());
  }
  ScrubStatus Status() { return engine_->scrub().Status(); }
  void StepAll() {
    while (engine_->scrub().Step()) continue;
  }
  // Those that are written to; older ones may lie about.
  std::string ListOfFiles() const {
    std::string name = ReadWhole(folder_ / "data/store/CURRENT");
    name.pop_back();
    return folder_ / ("data/store/" + name);
  }
  std::string Log() const {
    std::string found;
    for (const auto& entry : fs::directory_iterator(folder_ / "data/store")) {
      if (entry.path().extension() == ".log") found = std::max(found, entry.path().string());
    }
    return found;
  }
  std::string PathOf(const std::string& ending) const {
    std::string found;
    std::uintmax_t size = 0;
    for (const auto& entry : fs::directory_iterator(folder_ / "data/store")) {
      const bool fits = entry.path().filename().string().find(ending) != std::string::npos;
      if (!fits || entry.file_size() < size) continue;
      found = entry.path().string();
      size = entry.file_size();
    }
    return found;
  }

  std::string trouble_;
};

TEST_F(ScrubTest, ReadsTheWholeStoreAndThenWaitsForThePeriod) {
  Fill();
  EXPECT_EQ(Status().state, ScrubState::kWaiting);
  EXPECT_EQ(Status().begun, kBeginningOfTime);
  const Timestamp begun = clock_.Now();
  for (int i = 0; i < 60; ++i) {
    StepAll();
    clock_.Advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(Status().state, ScrubState::kWaiting);
  EXPECT_EQ(Status().begun, begun);
  EXPECT_GT(Status().finished_bytes, 4'000'000U);
  EXPECT_EQ(Status().finding_count, 0U) << Status().findings[0].what;
  EXPECT_EQ(Status().next.micros - begun.micros,
            std::chrono::duration_cast<std::chrono::microseconds>(kPeriod).count());
  EXPECT_FALSE(engine_->scrub().Step());
  clock_.Advance(kPeriod);
  EXPECT_TRUE(engine_->scrub().Step());
  EXPECT_EQ(Status().state, ScrubState::kRunning);
  EXPECT_EQ(trouble_, "");
}

TEST_F(ScrubTest, ReadsAMebibyteASecondUnlessItIsHurried) {
  Fill();
  StepAll();
  const std::uint64_t at_once = Status().bytes_done;
  EXPECT_LE(at_once, 2U << 20);
  EXPECT_GT(Status().bytes_total, 4'000'000U);
  clock_.Advance(std::chrono::seconds(1));
  StepAll();
  EXPECT_GT(Status().bytes_done, at_once);
  EXPECT_EQ(Status().state, ScrubState::kRunning);
  engine_->scrub().Start();
  StepAll();
  EXPECT_EQ(Status().state, ScrubState::kWaiting);
  EXPECT_EQ(Status().finished, clock_.Now());
}

TEST_F(ScrubTest, OfNoPeriodReadsOnlyWhenAskedTo) {
  OpenScrubbed(std::chrono::seconds(0));
  Fill();
  EXPECT_FALSE(engine_->scrub().Step());
  EXPECT_EQ(Status().state, ScrubState::kOff);
  EXPECT_EQ(Status().next, kEndOfTime);
  engine_->scrub().Start();
  EXPECT_EQ(Status().state, ScrubState::kRunning);
  StepAll();
  EXPECT_GT(Status().finished_bytes, 4'000'000U);
  EXPECT_EQ(Status().state, ScrubState::kOff);
}

TEST_F(ScrubTest, PauseHoldsOverARestartAndTheRoundGoesOnWhereItWas) {
  Fill();
  StepAll();
  clock_.Advance(std::chrono::seconds(1));
  StepAll();
  const ScrubStatus before = Status();
  ASSERT_GT(before.bytes_done, 0U);
  engine_->scrub().Pause();
  EXPECT_FALSE(engine_->scrub().Step());
  OpenScrubbed(kPeriod);
  EXPECT_EQ(Status().state, ScrubState::kPaused);
  EXPECT_EQ(Status().begun, before.begun);
  EXPECT_EQ(Status().bytes_done, before.bytes_done);
  clock_.Advance(std::chrono::hours(1));
  EXPECT_FALSE(engine_->scrub().Step());
  engine_->scrub().Resume();
  EXPECT_TRUE(engine_->scrub().Step());
  EXPECT_EQ(Status().state, ScrubState::kRunning);
  EXPECT_GE(Status().bytes_done, before.bytes_done);
}

TEST_F(ScrubTest, NamesADamagedFileAndReadsElsewhereGoOn) {
  Fill();
  const std::string path = PathOf(".sst");
  Flip(path, fs::file_size(path) / 2);
  engine_->scrub().Start();
  StepAll();
  const ScrubStatus status = Status();
  ASSERT_EQ(status.finding_count, 1U);
  EXPECT_THAT(status.findings[0].what, AllOf(HasSubstr(path), HasSubstr("CRC-32C")));
  EXPECT_THAT(trouble_, HasSubstr("scrub: " + path));
  EXPECT_OK(Get("s0"));
  EXPECT_OK(Put("Server", "after"));
  // It is known after a restart, and until a round has not found it.
  OpenScrubbed(kPeriod);
  EXPECT_EQ(Status().finding_count, 1U);
  Flip(path, fs::file_size(path) / 2);
  clock_.Advance(std::chrono::seconds(1));
  engine_->scrub().Start();
  StepAll();
  EXPECT_EQ(Status().finding_count, 0U);
}

TEST_F(ScrubTest, FindsDamageInEveryFileBeside) {
  Fill();
  ASSERT_OK(Put("Server", "one"));
  OpenScrubbed(kPeriod);  // writes the checkpoint
  ASSERT_OK(Put("Server", "two"));
  const struct {
    std::string path;
    std::uint64_t at;
    std::string what;
  } cases[] = {
      {Log(), 3, "does not have its checksum"},
      {ListOfFiles(), 30, "does not have its checksum"},
      {ListOfFiles(), 40, "is no whole record"},
      {PathOf("CURRENT"), 2, "names no list of files"},
      {folder_ / "data/FORMAT", 1, "found no format number"},
      {folder_ / "data/checkpoint", 5'000, "does not have its checksum"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.path);
    Flip(one.path, one.at);
    clock_.Advance(std::chrono::seconds(1));
    engine_->scrub().Start();
    StepAll();
    Flip(one.path, one.at);
    const ScrubStatus status = Status();
    ASSERT_EQ(status.finding_count, 1U);
    EXPECT_THAT(status.findings[0].what, AllOf(HasSubstr(one.path), HasSubstr(one.what)));
  }
}

TEST_F(ScrubTest, AStateThatIsDamagedIsSaidAndBegunAnew) {
  Fill();
  engine_->scrub().Pause();
  Flip(folder_ / "data/scrub", 20);
  OpenScrubbed(kPeriod);
  EXPECT_THAT(trouble_, HasSubstr("it begins anew"));
  EXPECT_EQ(Status().state, ScrubState::kWaiting);
}

TEST(ScrubRecords, HaveTheseBytesForEver) {
  ScrubRecord record;
  record.paused = true;
  record.under_way = true;
  record.begun = Timestamp{1'700'000'000'000'000};
  record.position = 12;
  record.bytes_done = 34;
  record.finished = Timestamp{1'600'000'000'000'000};
  record.finished_bytes = 56;
  record.finding_count = 1;
  record.findings = {{Timestamp{1'600'000'000'000'001}, "a file\nis damaged"}};
  const std::string bytes = EncodeScrubRecord(record);
  EXPECT_THAT(bytes,
              ::testing::StartsWith("kosei scrub 1\npaused 1\nunder_way 1\nbegun 1700000000000000\n"
                                    "position 12\nbytes_done 34\nfinished 1600000000000000\n"
                                    "finished_bytes 56\nfinding_count 1\n"
                                    "finding 1600000000000001 a file is damaged\nchecksum "));
  ASSERT_OK_AND_ASSIGN(const ScrubRecord back, storage::DecodeScrubRecord(bytes));
  EXPECT_EQ(EncodeScrubRecord(back), bytes);
  EXPECT_EQ(back.findings[0].what, "a file is damaged");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(~damaged[i]);
    EXPECT_FALSE(storage::DecodeScrubRecord(damaged).ok()) << i;
    EXPECT_FALSE(storage::DecodeScrubRecord(bytes.substr(0, i)).ok()) << i;
  }
}

LogWalk Walk(std::string_view bytes) {
  LogWalk walk;
  for (std::size_t at = 0; at < bytes.size(); at += LogWalk::kBlock)
    walk.Add(bytes.substr(at, LogWalk::kBlock));
  return walk;
}

class LogWalkTest : public StoreTest {
 protected:
  // A log of more than one block, with records that cross blocks.
  std::string Log() {
    for (int i = 0; i < 40; ++i) {
      EXPECT_OK(Put("Server", "s" + std::to_string(i),
                    {{"description", std::string(static_cast<std::size_t>(i) * 97, 'x')}}));
    }
    std::string log;
    for (const auto& entry : fs::directory_iterator(folder_ / "data/store"))
      if (entry.path().extension() == ".log") log = ReadWhole(entry.path().string());
    return log;
  }
};

TEST_F(LogWalkTest, FindsTheLastWholeRecordWhereverTheFileIsCut) {
  const std::string log = Log();
  ASSERT_GT(log.size(), 2 * LogWalk::kBlock);
  const LogWalk whole = Walk(log);
  EXPECT_EQ(whole.fault(), "");
  EXPECT_EQ(whole.end(), log.size());
  EXPECT_GE(whole.records(), 40U);
  std::uint64_t end = 0;
  for (std::size_t size = 0; size <= log.size(); size += 13) {
    const LogWalk cut = Walk(std::string_view(log).substr(0, size));
    EXPECT_EQ(cut.fault(), "") << size;
    EXPECT_LE(cut.end(), size);
    EXPECT_GE(cut.end(), end);
    end = cut.end();
  }
}

TEST_F(LogWalkTest, SaysWhereBytesAreNoRecord) {
  const std::string log = Log();
  for (std::size_t at = 0; at < log.size(); at += 211) {
    std::string damaged = log;
    damaged[at] = static_cast<char>(~damaged[at]);
    const LogWalk walk = Walk(damaged);
    EXPECT_LE(walk.end(), at);
    // A length that was damaged may look like a record that is cut.
    EXPECT_TRUE(!walk.fault().empty() || walk.end() < log.size()) << at;
  }
  const LogWalk garbage = Walk(log + std::string(100, '\0'));
  EXPECT_NE(garbage.fault(), "");
  EXPECT_EQ(garbage.end(), log.size());
}

}  // namespace
}  // namespace kosei::testing
