// A start from a checkpoint: what memory then holds is what it would hold without one, record by
// record and link by link, whatever happened to the file.
#include "checkpoint.h"

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "checkpoint_file.h"
#include "data_folder.h"
#include "kosei/base/bytes.h"
#include "opening.h"
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::CheckpointFile;
using storage::DeltaLink;
using storage::LinkDirection;
using storage::NodeIndex;
using storage::Store;

// Of every node all that memory holds, as text.
std::vector<std::string> Dump(const Store& store) {
  std::vector<std::string> lines;
  lines.push_back("records " + std::to_string(store.record_count.load()) + " links " +
                  std::to_string(store.link_count.load()) + " limit " +
                  std::to_string(store.directory.limit()) + " commit " +
                  std::to_string(store.head().commit.value));
  const auto state = store.topology.state();
  for (NodeIndex node = 1; node < store.directory.limit(); ++node) {
    std::string line = std::to_string(node) + " " + std::string(store.directory.KeyOf(node)) + " " +
                       std::to_string(store.directory.ClassOf(node).value) + " " +
                       std::to_string(store.directory.Latest(node).value) +
                       (store.directory.Live(node) ? " live" : " ended") +
                       (store.directory.Dated(node) ? " dated" : "") +
                       (store.directory.Gated(node) ? " gated" : "");
    EXPECT_EQ(store.directory.Find(store.directory.KeyOf(node)), node);
    for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
      std::vector<std::string> links;
      for (const DeltaLink& link : state->IntervalsOf(direction, node)) {
        const bool out = direction == LinkDirection::kOut;
        const auto name =
            storage::NameOfLink(out ? node : link.neighbour, RelationshipTypeNumber{link.type},
                                out ? link.neighbour : node);
        // Of those the statements count, below.
        if (state->timed().Contains(name)) continue;
        links.push_back(std::to_string(link.neighbour) + ":" + std::to_string(link.type) + ":" +
                        std::to_string(link.begin.value) + "-" + std::to_string(link.end.value));
      }
      for (const storage::TimedLink& link : state->timed().LinksOf(direction, node)) {
        std::string text = std::to_string(link.source) + ">" + std::to_string(link.target) + ":" +
                           std::to_string(link.type);
        for (const storage::LinkStatement& said : link.statements) {
          text += " " + std::to_string(said.commit.value) + (said.live ? "+" : "-") +
                  std::to_string(said.valid.from.micros) + "/" +
                  std::to_string(said.valid.to.micros);
        }
        links.push_back(std::move(text));
      }
      std::sort(links.begin(), links.end());
      line += direction == LinkDirection::kOut ? " out" : " in";
      for (const std::string& link : links) line += " " + link;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

class CheckpointTest : public StoreTest {
 protected:
  std::string Path() { return storage::CheckpointPath(folder_ / "data"); }

  // Opens the closed store as Engine::Open does, but writes nothing when it is closed again.
  struct Opened {
    std::vector<std::string> memory;
    std::vector<std::string> trouble;
  };
  Opened Look(bool checkpoint) {
    Opened opened;
    storage::EngineOptions options = Options();
    options.checkpoint = checkpoint;
    options.on_trouble = [&opened](const std::string& line) { opened.trouble.push_back(line); };
    auto lock = storage::FolderLock::Take(options.folder);
    EXPECT_TRUE(lock.ok()) << lock.status();
    Store store(options);
    auto database = storage::OpenChecked(options, storage::FolderState::kExisting,
                                         {kNoCommit, std::string(32, '\0')});
    EXPECT_TRUE(database.ok()) << database.status();
    store.database = *std::move(database);
    EXPECT_TRUE(storage::OpenModel(store).ok());
    EXPECT_TRUE(storage::LoadMemory(store).ok());
    opened.memory = Dump(store);
    return opened;
  }
  void ExpectUsed() {
    const Opened with = Look(true);
    EXPECT_EQ(with.trouble, std::vector<std::string>());
    EXPECT_EQ(with.memory, Look(false).memory);
  }
  void ExpectRefused(std::string_view why) {
    const Opened with = Look(true);
    ASSERT_EQ(with.trouble.size(), 1U);
    EXPECT_THAT(with.trouble.front(), ::testing::HasSubstr(std::string(why)));
    EXPECT_EQ(with.memory, Look(false).memory);
  }

  // Records and links that come, change, end and come again; some with a valid time of their own.
  void Work(std::uint32_t seed, int steps) {
    std::mt19937 random(seed);
    const auto key = [&random] { return "srv:" + std::to_string(random() % 40); };
    for (int i = 0; i < steps; ++i) {
      clock_.Advance(std::chrono::seconds(1));
      storage::Transaction transaction;
      transaction.provenance.actor = "test";
      const std::string source = key();
      const std::string target = key();
      const Timestamp now = clock_.Now();
      const bool dated = random() % 8 == 0;
      switch (random() % 6) {
        case 0:
        case 1: {
          Record record = MakeRecord("Server", source,
                                     {{"memory", Value(static_cast<std::int64_t>(random() % 99))}});
          if (dated) record.valid_from = Timestamp{now.micros - 30'000'000};
          transaction.put_records.push_back({std::move(record), std::nullopt});
          break;
        }
        case 2:
        case 3: {
          storage::PutLink link{source, TypeOf("depends_on"), target, {}, {}};
          link.valid_from = dated ? Timestamp{now.micros + 60'000'000} : kBeginningOfTime;
          link.valid_to = kEndOfTime;
          transaction.put_links.push_back(link);
          break;
        }
        case 4: {
          storage::EndLink link{source, TypeOf("depends_on"), target, {}, {}};
          link.valid_from = kBeginningOfTime;
          link.valid_to = kEndOfTime;
          transaction.end_links.push_back(link);
          break;
        }
        default:
          if (random() % 4 == 0) transaction.end_records.push_back({source, std::nullopt});
          break;
      }
      // Some are refused, because a record is not there.
      writer().Commit(std::move(transaction)).status().IgnoreError();
    }
  }
  void Close() { engine_.reset(); }
};

TEST_F(CheckpointTest, AStoreThatWasClosedStartsFromIt) {
  Work(1, 400);
  Close();
  ASSERT_TRUE(std::filesystem::exists(Path()));
  ExpectUsed();
}

TEST_F(CheckpointTest, CommitsAfterItAreReplayed) {
  for (std::uint32_t round = 0; round < 8; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    Work(round, 100);
    Close();
    const std::string kept = folder_ / "kept";
    std::filesystem::copy_file(Path(), kept, std::filesystem::copy_options::overwrite_existing);
    Open();
    Work(round + 100, 1 + static_cast<int>(round) * 40);
    Close();
    // As after a crash: the store is ahead of the checkpoint.
    std::filesystem::copy_file(kept, Path(), std::filesystem::copy_options::overwrite_existing);
    ExpectUsed();
    Open();
  }
}

TEST_F(CheckpointTest, IsWrittenWhileCommitsGoOn) {
  Work(3, 50);
  Close();
  storage::EngineOptions options = Options();
  options.checkpoint_changes = 1;
  options.checkpoint_pause = std::chrono::seconds(0);
  auto engine = storage::Engine::Open(options);
  ASSERT_TRUE(engine.ok()) << engine.status();
  engine_ = *std::move(engine);
  Work(4, 600);
  Close();
  ExpectUsed();
}

// The file says from which commit on to replay: whatever a commit did while it was written.
TEST_F(CheckpointTest, WhatCommitsDoDuringTheWritingIsReplayed) {
  Work(5, 100);
  Close();
  storage::EngineOptions options = Options();
  options.checkpoint = false;
  auto lock = storage::FolderLock::Take(options.folder);
  ASSERT_TRUE(lock.ok());
  {
    Store store(options);
    auto database = storage::OpenChecked(options, storage::FolderState::kExisting,
                                         {kNoCommit, std::string(32, '\0')});
    ASSERT_TRUE(database.ok());
    store.database = *std::move(database);
    ASSERT_TRUE(storage::OpenModel(store).ok());
    ASSERT_TRUE(storage::LoadMemory(store).ok());
    const storage::Head head = store.head();
    // Memory has commits that are not published yet, and the file tells of both.
    const CommitNumber earlier{head.commit.value - 20};
    store.Publish({earlier, head.time, head.hash});
    store.BeginApply(head);
    ASSERT_TRUE(storage::WriteCheckpoint(store).ok());
    auto file = CheckpointFile::Open(*options.files, Path());
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ((*file)->header().from, earlier);
    EXPECT_EQ((*file)->header().to, head.commit);
  }
  lock->reset();
  ExpectUsed();
}

TEST_F(CheckpointTest, OfAnOlderStoreThatWasRestoredIsRefused) {
  Work(6, 60);
  Close();
  const std::string older = folder_ / "older";
  std::filesystem::copy(folder_ / "data", older, std::filesystem::copy_options::recursive);
  Open();
  Work(7, 60);
  Close();
  // The store as it was, with the checkpoint of later.
  std::filesystem::remove_all(folder_ / "data/store");
  std::filesystem::copy(older + "/store", folder_ / "data/store",
                        std::filesystem::copy_options::recursive);
  ExpectRefused("it knows of commit");
  // And with other commits of those numbers.
  std::filesystem::remove(folder_ / "data/watermark");
  const std::string later = folder_ / "later";
  std::filesystem::rename(Path(), later);
  Open();
  Work(8, 200);
  Close();
  std::filesystem::copy_file(later, Path(), std::filesystem::copy_options::overwrite_existing);
  ExpectRefused("is not the one of this store");
}

// docs/storage_format.md
TEST_F(CheckpointTest, HasTheseBytes) {
  const std::string path = folder_ / "golden";
  auto writer = storage::CheckpointWriter::Create(LocalFileSystem(), path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  (*writer)->Begin(storage::SectionId::kKeySizes);
  (*writer)->AppendOne(std::uint16_t{0});
  (*writer)->AppendOne(std::uint16_t{3});
  (*writer)->Begin(storage::SectionId::kKeys);
  (*writer)->Append("a:b");
  storage::CheckpointHeader header;
  header.from = CommitNumber{5};
  header.covers = CommitNumber{6};
  header.to = CommitNumber{7};
  header.hash = std::string(32, '\x11');
  ASSERT_TRUE((*writer)->Finish(header).ok());
  auto bytes = LocalFileSystem().ReadFile(path);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(bytes->size(), 4'096U + 4 + 3);
  EXPECT_EQ(ToHex(bytes->substr(0, 120)),
            "4b434b5001000000"                                  // magic, format
            "050000000000000006000000000000000700000000000000"  // from, covers, to
            "1111111111111111111111111111111111111111111111111111111111111111"
            "0200000000000000"                                  // sections
            "01000000000000000400000000000000c1ecf8ea1b5420d0"  // id, bytes, checksum
            "0200000000000000030000000000000059c4f7d79d81a535");
  EXPECT_EQ(ToHex(bytes->substr(4'088)), "162d1638ffed865600000300613a62");
}

TEST_F(CheckpointTest, WhatACrashLeftOfItsWritingIsRemoved) {
  Work(9, 60);
  Close();
  std::ofstream(Path() + ".new") << "half of it";
  ExpectUsed();
  EXPECT_FALSE(std::filesystem::exists(Path() + ".new"));
  std::filesystem::remove(Path());
  std::ofstream(Path() + ".new") << "half of it";
  EXPECT_EQ(Look(true).trouble, std::vector<std::string>());
}

TEST_F(CheckpointTest, EveryDamageIsFoundAndTheStoreIsReadInstead) {
  Work(10, 150);
  Close();
  const std::vector<std::string> expected = Look(false).memory;
  std::ifstream in(Path(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  in.close();
  ASSERT_GT(whole.size(), 4'096U);
  const auto check = [&](const std::string& bytes, std::string_view what) {
    SCOPED_TRACE(what);
    std::ofstream(Path(), std::ios::binary | std::ios::trunc) << bytes;
    // Reading it is enough here: a file that cannot be read leaves the store to be read.
    storage::EngineOptions options = Options();
    auto database = storage::OpenChecked(options, storage::FolderState::kExisting,
                                         {kNoCommit, std::string(32, '\0')});
    ASSERT_TRUE(database.ok()) << database.status();
    Store store(options);
    store.database = *std::move(database);
    ASSERT_TRUE(storage::OpenModel(store).ok());
    ASSERT_TRUE(storage::LoadMemory(store).ok());
    ASSERT_EQ(Dump(store), expected);
  };
  std::mt19937 random(12);
  for (int i = 0; i < 60; ++i) {
    // Each field of the header, and every place of the sections, may be hit.
    const std::size_t at = i < 30 ? random() % 600 : random() % whole.size();
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    check(bytes, "byte " + std::to_string(at));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{4'095},
                                 std::size_t{4'096}, whole.size() / 2, whole.size() - 1}) {
    check(whole.substr(0, size), "cut to " + std::to_string(size));
  }
  check(whole + "more", "longer");
  std::string other = whole;
  other[4] = 9;
  check(other, "another version");
}

}  // namespace
}  // namespace kosei::testing
