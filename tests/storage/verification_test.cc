#include "kosei/storage/verification.h"

#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "database.h"
#include "keys.h"
#include "pch.h"
#include "retention_book.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::Family;
using storage::VerifyReport;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class VerificationTest : public StoreTest {
 protected:
  // A store with a first load, later commits, ends, links and a unique value that moved.
  void Fill() {
    ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "first load", "", ""}));
    storage::BulkChunk chunk;
    chunk.records = {MakeRecord("Server", "a", {{"serial_number", "S1"}}),
                     MakeRecord("Server", "b"), MakeRecord("Server", "c")};
    chunk.links = {{"a", TypeOf("depends_on"), "b"}, {"b", TypeOf("depends_on"), "c"}};
    ASSERT_OK(load->Add(std::move(chunk)));
    ASSERT_OK(load->Finish());
    ASSERT_OK(Put("Server", "a", {{"serial_number", Value()}}));
    ASSERT_OK(Put("Server", "b", {{"serial_number", "S1"}}));
    ASSERT_OK(Put("Server", "d"));
    ASSERT_OK(End("d"));
    ASSERT_OK(writer().CreateBaseline({"audit", reader().Newest(), ""}));
  }
  void Close() { engine_.reset(); }

  VerifyReport Verify() {
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    options.model = SmallModel();
    auto report = storage::VerifyStore(options);
    EXPECT_OK(report);
    return report.ok() ? *report : VerifyReport();
  }
  // Changes the closed store behind its back, as no checksum of a file would notice.
  template <typename Change>
  void Tamper(const Change& change) {
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    ASSERT_OK_AND_ASSIGN(const auto database, storage::Database::Open(options));
    change(*database);
  }
  static void Put(storage::Database& database, Family family, const std::string& key,
                  const std::string& value) {
    ASSERT_TRUE(
        database.db().Put(rocksdb::WriteOptions(), database.family(family), key, value).ok());
  }
  static void Remove(storage::Database& database, Family family, const std::string& key) {
    ASSERT_TRUE(database.db().Delete(rocksdb::WriteOptions(), database.family(family), key).ok());
  }
  using StoreTest::Put;

  static std::string RecordKeyOf(std::uint64_t id, std::uint64_t commit) {
    std::string key(storage::keys::kRecordKeySize, '\0');
    storage::keys::WriteRecordKey(key.data(), RecordId{id}, CommitNumber{commit});
    return key;
  }
  static std::string LinkKeyOf(std::uint64_t source, RelationshipTypeNumber type,
                               std::uint64_t target, std::uint64_t commit) {
    std::string key(storage::keys::kLinkKeySize, '\0');
    storage::keys::WriteLinkKey(key.data(),
                                {RecordId{source}, type, RecordId{target}, CommitNumber{commit}});
    return key;
  }
};

TEST_F(VerificationTest, AnEmptyStoreIsSound) {
  Close();
  const VerifyReport report = Verify();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_TRUE(report.sound());
}

TEST_F(VerificationTest, AStoreWithHistoryIsSoundAndCounted) {
  Fill();
  Close();
  const VerifyReport report = Verify();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_TRUE(report.sound());
  EXPECT_EQ(report.newest, CommitNumber{5});
  EXPECT_EQ(report.commits, 5U);
  EXPECT_EQ(report.record_versions, 7U);
  EXPECT_EQ(report.records, 3U);
  EXPECT_EQ(report.link_versions, 2U);
  EXPECT_EQ(report.links, 2U);
  EXPECT_EQ(report.unique_values, 1U);
  Open();  // it left the folder as it was
  EXPECT_TRUE(reader().IdOf("d").has_value());
}

TEST_F(VerificationTest, AFolderInUseOrWithoutAStoreIsNoVerdict) {
  storage::VerifyOptions options;
  options.folder = folder_ / "data";
  options.model = SmallModel();
  EXPECT_THAT(storage::VerifyStore(options), HasErrorCode(ErrorCode::kStorageInUse));
  options.folder = folder_ / "nowhere";
  EXPECT_THAT(storage::VerifyStore(options), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(VerificationTest, AnAlteredRecordIsFound) {
  Fill();
  Record forged = MakeRecord("Server", "b", {{"serial_number", "S1"}, {"name", "forged"}});
  const std::string later = RecordKeyOf(2, 3);
  const std::string loaded = RecordKeyOf(3, 1);
  const Record other = MakeRecord("Server", "c", {{"name", "forged"}});
  Close();
  Tamper([&](storage::Database& database) {
    Put(database, Family::kRecords, later, EncodeRecord(forged));
    Put(database, Family::kRecords, loaded, EncodeRecord(other));
  });
  // Perhaps the full-text index too, when it had come so far.
  EXPECT_THAT(Verify().findings, AllOf(Contains(HasSubstr("commit 1: what it wrote is not")),
                                       Contains(HasSubstr("commit 3: what it wrote is not"))));
}

TEST_F(VerificationTest, AMissingVersionAndAForeignOneAreFound) {
  Fill();
  const Record foreign = MakeRecord("Server", "z");
  Close();
  Tamper([&](storage::Database& database) {
    Remove(database, Family::kRecords, RecordKeyOf(1, 2));
    Put(database, Family::kRecords, RecordKeyOf(9, 77), EncodeRecord(foreign));
    Put(database, Family::kRecords, RecordKeyOf(10, 4), EncodeRecord(foreign));
  });
  const VerifyReport report = Verify();
  EXPECT_THAT(report.findings, Contains(HasSubstr("commit 2: its version of record 1")));
  EXPECT_THAT(report.findings, Contains(HasSubstr("record 9, commit 77: there is no such commit")));
  EXPECT_THAT(report.findings, Contains(HasSubstr("its key z is that of record 9 too")));
  EXPECT_THAT(report.findings, Contains("records: 8 versions, the commits wrote 7"));
}

TEST_F(VerificationTest, ACommitThatIsMissingOrAlteredIsFound) {
  Fill();
  Close();
  std::string header;
  Tamper([&](storage::Database& database) {
    ASSERT_OK_AND_ASSIGN(
        header, database.Get(Family::kCommits, storage::keys::CommitKey(CommitNumber{3}, 0)));
    Remove(database, Family::kCommits, storage::keys::CommitKey(CommitNumber{3}, 0));
  });
  EXPECT_THAT(Verify().findings, Contains("commits: 3 to 3 are missing"));
  // Another actor in the same header: only the chain can tell.
  ASSERT_NE(header.find("test"), std::string::npos);
  header.replace(header.find("test"), 4, "fake");
  Tamper([&](storage::Database& database) {
    Put(database, Family::kCommits, storage::keys::CommitKey(CommitNumber{3}, 0), header);
  });
  EXPECT_THAT(Verify().findings,
              ElementsAre(HasSubstr("commit 4: the hash it carries of commit 3")));
}

TEST_F(VerificationTest, TheWatermarkTellsWhenTheNewestCommitIsGone) {
  Fill();
  Close();
  Tamper([&](storage::Database& database) {
    Remove(database, Family::kCommits, storage::keys::CommitKey(CommitNumber{5}, 0));
  });
  EXPECT_THAT(Verify().findings, Contains("commits: 5 to 5 were acknowledged and are not there"));
  std::filesystem::remove(folder_ / "data/watermark");
  EXPECT_THAT(Verify().findings, Contains(HasSubstr("watermark: the file is gone")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data/watermark"));
}

TEST_F(VerificationTest, LinksThatHangOrDoNotOpenAndCloseInTurnAreFound) {
  Fill();
  const auto type = TypeOf("depends_on");
  Close();
  Tamper([&](storage::Database& database) {
    Put(database, Family::kLinks, LinkKeyOf(1, type, 2, 4), std::string(1, '\1'));
    Put(database, Family::kLinks, LinkKeyOf(1, type, 99, 4), std::string(1, '\1'));
    Put(database, Family::kLinks, LinkKeyOf(2, type, 1, 4), std::string(1, '\0'));
  });
  const VerifyReport report = Verify();
  EXPECT_THAT(report.findings, Contains(HasSubstr("-> 2, commit 1: it begins while it holds")));
  EXPECT_THAT(report.findings, Contains(HasSubstr("there is no record 99")));
  EXPECT_THAT(report.findings, Contains(HasSubstr("-> 1, commit 4: it ends and never began")));
  EXPECT_THAT(report.findings, Contains("links: 5 versions, the commits wrote 2"));
}

TEST_F(VerificationTest, AUniqueValueThatIsNotBookedIsFound) {
  Fill();
  Close();
  Tamper([&](storage::Database& database) {
    const auto iterator = database.Iterate(Family::kIdentity, rocksdb::ReadOptions());
    iterator->SeekToFirst();
    ASSERT_TRUE(iterator->Valid());
    Remove(database, Family::kIdentity, iterator->key().ToString());
  });
  EXPECT_THAT(Verify().findings,
              ElementsAre(HasSubstr("unique values: 1 of 1 are not in the book")));
}

TEST_F(VerificationTest, APolicyOrAHoldThatCannotBeReadIsNamed) {
  Fill();
  storage::Retention& retention = engine_->retention();
  storage::RetentionPolicy policy{ClassOf("Server")};
  policy.keep_versions = 3;
  ASSERT_OK(retention.SetPolicy(policy, {"ann", "law", "", ""}));
  ASSERT_OK(retention.AddHold({.name = "case 7", .keys = {"a"}}, {"ann", "court", "", ""}));
  ASSERT_OK(retention.AddHold({.name = "case 8", .keys = {"b"}}, {"ann", "court", "", ""}));
  ASSERT_OK(retention.DropHold("case 8", {"ann", "over", "", ""}));
  ASSERT_OK_AND_ASSIGN(const auto holds, retention.Holds());
  const ClassNumber server = ClassOf("Server");
  Close();
  EXPECT_THAT(Verify().findings, IsEmpty());
  policy.set = {CommitNumber{99}, clock_.Now(), "ann", "law"};
  const std::string sound = storage::EncodeHold(holds[0]);
  Tamper([&](storage::Database& database) {
    Put(database, Family::kMeta, storage::PolicyName(server), storage::EncodePolicy(policy));
    Put(database, Family::kMeta, storage::PolicyName(ClassNumber{999}), "no policy");
    Put(database, Family::kMeta, storage::HoldName("case 7"), sound.substr(0, sound.size() - 1));
    Put(database, Family::kMeta, storage::HoldName("case 8"), "");
    Put(database, Family::kMeta, "retired_until", "x");
  });
  EXPECT_THAT(
      Verify().findings,
      ElementsAre(HasSubstr("retention policy of Server: commit 99 decided it"),
                  HasSubstr("retention policy of class 999: read retention policy: it is damaged"),
                  HasSubstr("hold case 7: read hold case 7: it is damaged"),
                  HasSubstr("hold case 8"), HasSubstr("how far versions were retired")));
}

// Any byte of a sorted file: damage is reported, never passed over.
TEST_F(VerificationTest, AFlippedByteOfAFileIsFound) {
  Fill();
  Reopen();  // what was in the log is in files now
  Close();
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data/store")) {
    if (entry.path().extension() != ".sst") continue;
    ++files;
    const auto size = static_cast<std::streamoff>(entry.file_size());
    for (const std::streamoff place : {std::streamoff{3}, size / 2, size - 20}) {
      std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
      file.seekg(place);
      const char was = static_cast<char>(file.get());
      file.seekp(place);
      file.put(static_cast<char>(was ^ 0x40));
      file.flush();
      EXPECT_FALSE(Verify().sound()) << entry.path() << " at " << place;
      file.seekp(place);
      file.put(was);
    }
  }
  EXPECT_GT(files, 0U);
  EXPECT_TRUE(Verify().sound());
}

}  // namespace
}  // namespace kosei::testing
