// First loads: chunks that are prepared before their turn, what a refused record leaves, and links
// of several files.
#include <rocksdb/db.h>

#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "database.h"
#include "kosei/storage/verification.h"
#include "pch.h"
#include "store_dump.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::BulkChunk;
using storage::BulkLoad;

enum class Preparing { kNone, kBeforeAnyIsAdded, kBesideTheLoad };

class FirstLoadTest : public StoreTest {
 protected:
  void Empty() {
    engine_.reset();
    std::filesystem::remove_all(folder_ / "data");
    Open();
  }

  // Of few keys and few values, so that much repeats, is missing or is refused.
  std::vector<BulkChunk> RandomChunks(std::uint32_t seed) {
    constexpr std::uint32_t kKeys = 60;
    std::mt19937 random(seed);
    const auto key = [&random] { return "k" + std::to_string(random() % kKeys); };
    std::vector<BulkChunk> chunks(6);
    for (BulkChunk& chunk : chunks) {
      for (int i = 0; i < 25; ++i) {
        Attributes attributes;
        if (random() % 2 == 0)
          attributes.emplace_back("serial_number", "S" + std::to_string(random() % 40));
        if (random() % 3 == 0) attributes.emplace_back("memory", std::to_string(random() % 3));
        if (random() % 8 == 0) attributes.emplace_back("memory", "lots");
        if (random() % 4 == 0) attributes.emplace_back("name", Value());
        if (random() % 4 == 0) attributes.emplace_back("backup_of", key());
        Record record = MakeRecord("Server", key(), attributes);
        if (random() % 10 == 0)
          record.class_number = random() % 2 == 0 ? ClassNumber{} : ClassNumber{999};
        if (random() % 10 == 0) record.valid_from = Timestamp{clock_.Now().micros - 5};
        if (random() % 10 == 0) record.valid_to = Timestamp{clock_.Now().micros + 5};
        chunk.records.push_back(std::move(record));
      }
      for (int i = 0; i < 40; ++i) {
        chunk.links.push_back(
            {key(), random() % 2 == 0 ? TypeOf("depends_on") : TypeOf("hosted_on"), key()});
      }
    }
    return chunks;
  }

  // What the load answered, and what the store holds then.
  std::string Load(std::vector<BulkChunk> chunks, Preparing preparing) {
    std::string text;
    auto load = writer().BeginBulk({"loader", "test", "", ""});
    EXPECT_OK(load);
    std::vector<std::thread> threads;
    for (std::size_t i = chunks.size(); i-- > 1;) {
      if (preparing == Preparing::kBeforeAnyIsAdded) (*load)->Prepare(chunks[i]);
      if (preparing == Preparing::kBesideTheLoad)
        threads.emplace_back([&load, &chunk = chunks[i]] { (*load)->Prepare(chunk); });
    }
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      // The first thread has the last chunk.
      if (i > 0 && !threads.empty()) threads[chunks.size() - 1 - i].join();
      const auto result = (*load)->Add(std::move(chunks[i]));
      EXPECT_OK(result);
      if (!result.ok()) return text;
      for (const storage::RejectedItem& item : result->rejected) {
        text += std::to_string(static_cast<int>(item.kind)) + " " + std::to_string(item.index) +
                " " + item.status.ToString() + "\n";
      }
      text += std::to_string(result->counts.records_created) + " created, " +
              std::to_string(result->counts.links_created) + " linked\n";
    }
    // What repeats a key and is refused then is told here; the load is in.
    text += (*load)->Finish().status().ToString() + "\n";
    for (const std::string& dump : DumpHistory(reader(), reader().Newest().commit)) text += dump;
    return text;
  }

  storage::VerifyReport Verify() {
    engine_.reset();
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    options.model = SmallModel();
    auto report = storage::VerifyStore(options);
    EXPECT_OK(report);
    Open();
    return report.ok() ? *report : storage::VerifyReport();
  }

  std::size_t LinkFiles() {
    engine_.reset();
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    options.read_only = true;
    std::size_t count = 0;
    {
      const auto database = storage::Database::Open(options);
      EXPECT_OK(database);
      std::vector<rocksdb::LiveFileMetaData> files;
      (*database)->db().GetLiveFilesMetaData(&files);
      for (const rocksdb::LiveFileMetaData& file : files) {
        if (file.column_family_name == storage::NameOf(storage::Family::kLinks)) ++count;
      }
    }
    Open();
    return count;
  }
};

TEST_F(FirstLoadTest, AChunkThatIsPreparedBeforeItsTurnIsJudgedInItsTurn) {
  const std::uint32_t first_seed = std::random_device()();
  for (std::uint32_t seed = first_seed; seed < first_seed + 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::vector<BulkChunk> chunks = RandomChunks(seed);
    Empty();
    const std::string plain = Load(chunks, Preparing::kNone);
    EXPECT_THAT(plain, ::testing::HasSubstr("is held by record"));
    EXPECT_EQ(Verify().findings.size(), 0U);
    for (const Preparing preparing : {Preparing::kBeforeAnyIsAdded, Preparing::kBesideTheLoad}) {
      Empty();
      EXPECT_EQ(Load(chunks, preparing), plain);
    }
  }
}

TEST_F(FirstLoadTest, WhatTwoChunksSayOfOneKeyIsToldInTheirOrder) {
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
  BulkChunk first;
  first.records = {MakeRecord("Server", "a", {{"serial_number", "S1"}, {"memory", 1}})};
  BulkChunk second;
  second.records = {MakeRecord("Server", "a", {{"memory", 1}, {"serial_number", "S1"}}),
                    MakeRecord("Server", "b", {{"serial_number", "S1"}}),
                    MakeRecord("", "a", {{"memory", "2"}}),
                    MakeRecord("Server", "c", {{"backup_of", "a"}})};
  load->Prepare(second);
  load->Prepare(first);
  ASSERT_OK(load->Add(std::move(first)));
  ASSERT_OK_AND_ASSIGN(const auto result, load->Add(std::move(second)));
  ASSERT_EQ(result.rejected.size(), 1U);
  EXPECT_EQ(result.rejected[0].index, 1U);
  EXPECT_THAT(result.rejected[0].status,
              IsError(ErrorCode::kDuplicateValue, "\"S1\" is held by record a"));
  EXPECT_EQ(result.counts.records_created, 1U);
  EXPECT_EQ(result.counts.records_unchanged, 1U);
  ASSERT_OK_AND_ASSIGN(const auto total, load->Finish());
  EXPECT_EQ(total.records_updated, 1U);
  ASSERT_OK_AND_ASSIGN(const Record record, Get("a"));
  EXPECT_EQ(*record.Find(AttributeOf("memory")), Value(2));
  EXPECT_EQ(*record.Find(AttributeOf("serial_number")), Value("S1"));
}

TEST_F(FirstLoadTest, ARecordThatIsRefusedHoldsNoValueAndNoNumber) {
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
  BulkChunk chunk;
  chunk.records = {MakeRecord("Server", "never", {{"serial_number", "S1"}}),
                   MakeRecord("Server", "a", {{"serial_number", "S1"}})};
  chunk.records[0].valid_from = clock_.Now();
  chunk.records[0].valid_to = chunk.records[0].valid_from;
  ASSERT_OK_AND_ASSIGN(const auto result, load->Add(std::move(chunk)));
  ASSERT_EQ(result.rejected.size(), 1U);
  EXPECT_EQ(FieldOf(result.rejected[0].status), "valid_to");
  ASSERT_OK(load->Finish());
  EXPECT_EQ(reader().IdOf("a"), RecordId{1});
  EXPECT_EQ(Verify().findings.size(), 0U);
}

TEST_F(FirstLoadTest, WhatAnAbandonedLoadBroughtCannotBeReferredTo) {
  {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
    BulkChunk chunk;
    chunk.records = {MakeRecord("Server", "gone")};
    ASSERT_OK(load->Add(std::move(chunk)));
  }
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
  BulkChunk chunk;
  chunk.records = {MakeRecord("Server", "a", {{"backup_of", "gone"}}), MakeRecord("Server", "gone"),
                   MakeRecord("Server", "b", {{"backup_of", "gone"}})};
  ASSERT_OK_AND_ASSIGN(const auto result, load->Add(std::move(chunk)));
  ASSERT_EQ(result.rejected.size(), 1U);
  EXPECT_EQ(result.rejected[0].index, 0U);
  EXPECT_THAT(result.rejected[0].status, HasErrorCode(ErrorCode::kLinkEndMissing));
  ASSERT_OK(load->Finish());
}

TEST_F(FirstLoadTest, ManyLinksInAnyOrderGoIntoSeveralFiles) {
  constexpr int kRecords = 420;
  std::vector<std::pair<int, int>> pairs;
  for (int source = 0; source < kRecords; ++source) {
    for (int target = 0; target < kRecords; ++target) {
      if (source != target) pairs.emplace_back(source, target);
    }
  }
  std::mt19937 random(1);
  std::shuffle(pairs.begin(), pairs.end(), random);
  const std::size_t distinct = pairs.size();
  for (std::size_t i = 0; i < 1'000; ++i) pairs.push_back(pairs[i * 7]);
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({}));
  BulkChunk records;
  const auto key = [](int number) { return "r" + std::to_string(number); };
  for (int i = 0; i < kRecords; ++i) records.records.push_back(MakeRecord("Server", key(i)));
  ASSERT_OK(load->Add(std::move(records)));
  BulkChunk links;
  for (const auto& [source, target] : pairs)
    links.links.push_back({key(source), TypeOf("depends_on"), key(target)});
  ASSERT_OK(load->Add(std::move(links)));
  ASSERT_OK_AND_ASSIGN(const auto result, load->Finish());
  load.reset();
  EXPECT_EQ(result.links_created, distinct);
  EXPECT_EQ(result.links_unchanged, pairs.size() - distinct);
  const std::string before = DumpOf(reader(), reader().Newest());
  EXPECT_EQ(LinkFiles(), 3U);
  EXPECT_EQ(DumpOf(reader(), reader().Newest()), before);
  EXPECT_EQ(Verify().findings.size(), 0U);
}

}  // namespace
}  // namespace kosei::testing
