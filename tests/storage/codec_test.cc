// Bytes on disk: keys sort as what they encode and read back; commits read back and chain.
#include "commit_codec.h"
#include "directory.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "link_statement.h"
#include "load_marks.h"
#include "meta_table.h"
#include "pch.h"
#include "record_cache.h"
#include "status_matchers.h"

namespace kosei::storage {
namespace {

std::string RecordKeyOf(std::uint64_t id, std::uint64_t commit) {
  std::string key(keys::kRecordKeySize, '\0');
  keys::WriteRecordKey(key.data(), RecordId{id}, CommitNumber{commit});
  return key;
}

std::string LinkKeyOf(std::uint64_t source, std::uint16_t type, std::uint64_t target,
                      std::uint64_t commit) {
  std::string key(keys::kLinkKeySize, '\0');
  keys::WriteLinkKey(key.data(), {RecordId{source}, RelationshipTypeNumber{type}, RecordId{target},
                                  CommitNumber{commit}});
  return key;
}

TEST(Keys, HaveTheseBytesForEver) {
  EXPECT_EQ(ToHex(RecordKeyOf(0x0102, 5)), "0000000000000102fffffffffffffffa");
  EXPECT_EQ(ToHex(LinkKeyOf(1, 0x0203, 0x0405, 6)),
            "000000000000000102030000000000000405fffffffffffffff9");
  EXPECT_EQ(ToHex(keys::CommitKey(CommitNumber{7}, 1)), "000000000000000700000001");
  EXPECT_EQ(ToHex(keys::IdentityKey(ClassNumber{1}, AttributeNumber{2}, "4SN-1")).substr(0, 8),
            "00010002");
  EXPECT_EQ(keys::IdentityKey(ClassNumber{1}, AttributeNumber{2}, "4SN-1").size(),
            keys::kIdentityKeySize);
}

TEST(LinkValue, HasTheseBytesForEver) {
  const ValidInterval valid{Timestamp{1}, Timestamp{256}};
  EXPECT_EQ(ToHex(EncodeLinkValue({true, false, {}})), "01");
  EXPECT_EQ(ToHex(EncodeLinkValue({false, false, {}})), "00");
  EXPECT_EQ(ToHex(EncodeLinkValue({true, true, valid})), "0300000000000000010000000000000100");
  EXPECT_EQ(ToHex(keys::DatedKey(RecordId{258})), "640000000000000102");
  EXPECT_EQ(ToHex(keys::GatedKey(RecordId{258})), "670000000000000102");
  ASSERT_OK_AND_ASSIGN(const LinkValue value,
                       DecodeLinkValue(EncodeLinkValue({false, true, valid})));
  EXPECT_FALSE(value.live);
  EXPECT_EQ(value.valid, valid);
  for (const std::string_view bad : {"", "\4", "\1\1", "\3short"}) {
    EXPECT_TRUE(HasCode(DecodeLinkValue(bad).status(), ErrorCode::kStorageCorrupt));
  }
}

TEST(LoadMark, HasTheseBytesForEver) {
  EXPECT_EQ(ToHex(LoadMarkName("csv", "b1")), ToHex("load/") + "0003" + ToHex("csvb1"));
  LoadMark mark;
  mark.time = Timestamp{1};
  mark.position = {2, 3, CommitResult{CommitNumber{4}, Timestamp{5}, 6, 7, 8, 9, 10, 11, 12}};
  const std::string bytes = EncodeLoadMark(mark);
  std::string expected;
  for (const std::uint64_t number : {1U, 5U, 2U, 3U, 4U, 6U, 7U, 8U, 9U, 10U, 11U, 12U}) {
    AppendU64(expected, number);
  }
  EXPECT_EQ(ToHex(bytes), ToHex(expected));
  const auto read = DecodeLoadMark(bytes);
  ASSERT_OK(read.status());
  EXPECT_EQ(EncodeLoadMark(*read), bytes);
  EXPECT_THAT(DecodeLoadMark(bytes.substr(1)), testing::HasErrorCode(ErrorCode::kStorageCorrupt));
}

TEST(Baseline, HasTheseBytesForEver) {
  const Baseline baseline{
      "audit", {CommitNumber{7}, Timestamp{258}}, "as approved", "ann", Timestamp{259}};
  const std::string bytes = EncodeBaseline(baseline);
  EXPECT_EQ(ToHex(bytes),
            "00000000000000070000000000000102ff00000000000001030003616e6e" + ToHex("as approved"));
  const auto read = DecodeBaseline("audit", bytes);
  ASSERT_OK(read.status());
  EXPECT_EQ(read->view, baseline.view);
  EXPECT_EQ(read->description, "as approved");
  EXPECT_EQ(read->creator, "ann");
  EXPECT_EQ(read->created, Timestamp{259});
  // The first form had a View and a description.
  const auto early = DecodeBaseline("audit", bytes.substr(0, 16) + "as approved");
  ASSERT_OK(early.status());
  EXPECT_EQ(early->view, baseline.view);
  EXPECT_EQ(early->description, "as approved");
  EXPECT_EQ(early->creator, "");
  for (const std::size_t size : {0U, 15U, 17U, 26U, 29U}) {
    EXPECT_THAT(DecodeBaseline("audit", bytes.substr(0, size)),
                testing::HasErrorCode(ErrorCode::kStorageCorrupt))
        << size;
  }
}

TEST(Keys, SortLikeTheTuplesTheyEncode) {
  struct Case {
    std::string_view name;
    std::string smaller, larger;
  };
  const Case cases[] = {
      {"record id first", RecordKeyOf(1, 1), RecordKeyOf(2, 9)},
      {"newest version first", RecordKeyOf(1, 8), RecordKeyOf(1, 7)},
      {"a byte boundary", RecordKeyOf(255, 1), RecordKeyOf(256, 1)},
      {"link source first", LinkKeyOf(1, 9, 9, 9), LinkKeyOf(2, 0, 0, 0)},
      {"then its type", LinkKeyOf(1, 1, 9, 9), LinkKeyOf(1, 2, 0, 0)},
      {"then its target", LinkKeyOf(1, 1, 255, 9), LinkKeyOf(1, 1, 256, 0)},
      {"newest statement first", LinkKeyOf(1, 1, 1, 3), LinkKeyOf(1, 1, 1, 2)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_LT(c.smaller, c.larger);
  }
}

TEST(Keys, ReadBack) {
  const keys::LinkKey key = keys::DecodeLinkKey(LinkKeyOf(77, 3, 99, 12));
  EXPECT_EQ(key.source, RecordId{77});
  EXPECT_EQ(key.type, RelationshipTypeNumber{3});
  EXPECT_EQ(key.target, RecordId{99});
  EXPECT_EQ(key.commit, CommitNumber{12});
  const keys::RecordKey record = keys::DecodeRecordKey(RecordKeyOf(5, 6));
  EXPECT_EQ(record.id, RecordId{5});
  EXPECT_EQ(record.commit, CommitNumber{6});
}

CommitInfo SomeCommit() {
  CommitInfo info;
  info.number = CommitNumber{42};
  info.time = Timestamp{1'700'000'000'000'000};
  info.actor = "佐藤";
  info.reason = "add a node";
  info.cause = "CHG-7";
  info.source = "scanner";
  info.records_created = 3;
  info.links_ended = 2;
  info.content_hash = std::string(32, 'c');
  info.previous_hash = std::string(32, 'p');
  return info;
}

TEST(CommitCodec, ReadsBackWithItsHash) {
  const std::string bytes = EncodeCommit(SomeCommit(), 5, ChangesListed::kYes);
  ASSERT_OK_AND_ASSIGN(const DecodedCommit commit, DecodeCommit(bytes));
  EXPECT_EQ(commit.info.actor, "佐藤");
  EXPECT_EQ(commit.info.cause, "CHG-7");
  EXPECT_EQ(commit.info.records_created, 3U);
  EXPECT_EQ(commit.info.links_ended, 2U);
  EXPECT_EQ(commit.info.previous_hash, std::string(32, 'p'));
  EXPECT_EQ(commit.info.hash, Sha256::Of(bytes));
  EXPECT_EQ(commit.model_version, 5U);
  EXPECT_EQ(commit.listed, ChangesListed::kYes);
}

TEST(CommitCodec, AnyFlippedByteIsAnErrorOrAnotherHash) {
  const std::string bytes = EncodeCommit(SomeCommit(), 5, ChangesListed::kYes);
  const std::string hash = Sha256::Of(bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    const auto decoded = DecodeCommit(damaged);
    if (decoded.ok()) EXPECT_NE(decoded->info.hash, hash) << "byte " << i;
  }
}

TEST(CommitCodec, ListsChangesInPartsAndReadsThemBack) {
  std::vector<RecordChange> records;
  std::vector<LinkChange> links;
  for (std::uint64_t i = 1; i <= kChangesPerPart + 10; ++i) {
    records.push_back({RecordId{i}, ClassNumber{2}, ChangeKind::kUpdated});
  }
  links.push_back({RecordId{1}, RelationshipTypeNumber{4}, RecordId{2}, ChangeKind::kEnded});
  const std::vector<std::string> parts = EncodeChanges(records, links);
  ASSERT_EQ(parts.size(), 2U);
  CommitChanges changes;
  for (const std::string& part : parts) ASSERT_OK(DecodeChanges(part, changes));
  ASSERT_EQ(changes.records.size(), records.size());
  EXPECT_EQ(changes.records.back().record, records.back().record);
  ASSERT_EQ(changes.links.size(), 1U);
  EXPECT_EQ(changes.links[0].kind, ChangeKind::kEnded);
}

TEST(Directory, FindsEveryKeyWhileItGrows) {
  Directory directory;
  constexpr NodeIndex kCount = 200'000;
  for (NodeIndex node = 1; node <= kCount; ++node) {
    directory.Insert(node, "ci-" + std::to_string(node),
                     ClassNumber{static_cast<std::uint16_t>(node % 7 + 1)});
  }
  for (NodeIndex node = 1; node <= kCount; ++node) {
    const std::string key = "ci-" + std::to_string(node);
    ASSERT_EQ(directory.Find(key), node);
    ASSERT_EQ(directory.KeyOf(node), key);
    ASSERT_EQ(directory.ClassOf(node).value, node % 7 + 1);
  }
  EXPECT_EQ(directory.Find("ci-0"), 0U);
  EXPECT_EQ(directory.Latest(5), kNoCommit);
  directory.SetLatest(5, CommitNumber{9}, true);
  EXPECT_EQ(directory.Latest(5), CommitNumber{9});
  EXPECT_TRUE(directory.Live(5));
  EXPECT_EQ(directory.limit(), kCount + 1);
}

TEST(Directory, MovesAKeyToANewNumber) {
  Directory directory;
  directory.Insert(1, "a", ClassNumber{1});
  directory.Insert(2, "b", ClassNumber{1});
  directory.Move(1, 3, ClassNumber{2});
  EXPECT_EQ(directory.Find("a"), 3U);
  EXPECT_EQ(directory.Find("b"), 2U);
  EXPECT_EQ(directory.KeyOf(1), "");
  EXPECT_EQ(directory.ClassOf(3), ClassNumber{2});
}

TEST(RecordCache, KeepsWhatIsUsedWithinItsBytes) {
  constexpr std::size_t kBytes = std::size_t{1} << 20;
  const RecordCache cache(kBytes);
  const std::string hot(200, 'h');
  cache.Insert(RecordId{1}, CommitNumber{1}, hot);
  std::string bytes;
  for (std::uint64_t id = 2; id < 50'000; ++id) {
    cache.Insert(RecordId{id}, CommitNumber{1}, std::string(id % 900, 'x'));
    ASSERT_TRUE(cache.Find(RecordId{1}, CommitNumber{1}, bytes))
        << "asked for all the time, at " << id;
    ASSERT_EQ(bytes, hot);
  }
  std::size_t kept = 0;
  for (std::uint64_t id = 2; id < 50'000; ++id) {
    if (!cache.Find(RecordId{id}, CommitNumber{1}, bytes)) continue;
    ASSERT_EQ(bytes.size(), id % 900);
    kept += bytes.size();
  }
  EXPECT_GT(kept, kBytes / 4);
  EXPECT_LT(kept, kBytes + kBytes / 8);
  EXPECT_FALSE(cache.Find(RecordId{1}, CommitNumber{2}, bytes))
      << "another version is another entry";
}

}  // namespace
}  // namespace kosei::storage
