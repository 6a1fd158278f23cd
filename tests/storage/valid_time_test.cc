// Valid time beside transaction time: random late reports, planned facts, corrections and endings
// against a naive list of statements; every read compared, in every View.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "kosei/storage/verification.h"
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using storage::CommitResult;
using storage::View;

constexpr std::int64_t kSecond = 1'000'000;

// One statement, whatever it is about.
struct Said {
  std::uint64_t commit = 0;
  Timestamp from, to;
  std::optional<std::int64_t> memory;  // nullopt: it is not there
};

// All that was ever said of one thing, oldest first. Every answer by looking through the list.
class Row {
 public:
  std::vector<Said> said;

  const Said* At(std::uint64_t commit, Timestamp instant) const {
    for (auto one = said.rbegin(); one != said.rend(); ++one) {
      if (one->commit <= commit && one->from <= instant && instant < one->to) return &*one;
    }
    return nullptr;
  }
  bool Live(Timestamp instant) const { return Live(UINT64_MAX, instant); }
  bool Live(std::uint64_t commit, Timestamp instant) const {
    const Said* const found = At(commit, instant);
    return found != nullptr && found->memory.has_value();
  }
  std::set<Timestamp> Boundaries(Timestamp after, Timestamp before) const {
    std::set<Timestamp> found;
    for (const Said& one : said) {
      for (const Timestamp edge : {one.from, one.to}) {
        if (after < edge && edge < before) found.insert(edge);
      }
    }
    return found;
  }
  Timestamp NextChange(Timestamp instant) const {
    for (const Timestamp edge : Boundaries(instant, kEndOfTime)) {
      if (At(UINT64_MAX, edge) != At(UINT64_MAX, instant)) return edge;
    }
    return kEndOfTime;
  }
  Timestamp LiveUntil(Timestamp instant) const {
    for (const Timestamp edge : Boundaries(instant, kEndOfTime)) {
      if (!Live(edge)) return edge;
    }
    return kEndOfTime;
  }
  bool LiveThroughout(Timestamp from, Timestamp to) const {
    const auto edges = Boundaries(from, to);
    return Live(from) &&
           std::all_of(edges.begin(), edges.end(), [this](Timestamp edge) { return Live(edge); });
  }
  std::string Text() const {
    std::string text;
    for (const Said& one : said) {
      text += "commit " + std::to_string(one.commit) + (one.memory ? " holds " : " does not ") +
              FormatTimestamp(one.from) + " to " +
              (one.to == kEndOfTime ? "the end" : FormatTimestamp(one.to)) + "\n";
    }
    return text;
  }
  bool LiveSomewhere(Timestamp from, Timestamp to) const {
    const auto edges = Boundaries(from, to);
    return Live(from) ||
           std::any_of(edges.begin(), edges.end(), [this](Timestamp edge) { return Live(edge); });
  }
};

class ValidTimeTest : public StoreTest {
 protected:
  Timestamp Now() const { return clock_.Now(); }
  Timestamp InSeconds(std::int64_t seconds) const {
    return Timestamp{Now().micros + seconds * kSecond};
  }
  absl::StatusOr<CommitResult> PutAt(const std::string& key, std::int64_t memory, Timestamp from,
                                     Timestamp to = kEndOfTime) {
    storage::Transaction transaction;
    transaction.put_records.push_back(
        {MakeRecord("Server", key, {{"memory", memory}}), std::nullopt});
    transaction.put_records[0].record.valid_from = from;
    transaction.put_records[0].record.valid_to = to;
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<CommitResult> EndAt(const std::string& key, Timestamp from,
                                     Timestamp to = kEndOfTime) {
    storage::Transaction transaction;
    transaction.end_records.push_back({key, std::nullopt, from, to});
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<CommitResult> LinkAt(const std::string& source, std::string_view type,
                                      const std::string& target, Timestamp from,
                                      Timestamp to = kEndOfTime) {
    storage::Transaction transaction;
    transaction.put_links.push_back({source, TypeOf(type), target, from, to});
    return writer().Commit(std::move(transaction));
  }
  absl::StatusOr<CommitResult> UnlinkAt(const std::string& source, std::string_view type,
                                        const std::string& target, Timestamp from,
                                        Timestamp to = kEndOfTime) {
    storage::Transaction transaction;
    transaction.end_links.push_back({source, TypeOf(type), target, from, to});
    return writer().Commit(std::move(transaction));
  }
  // The store is closed meanwhile.
  void ExpectSound() {
    engine_.reset();
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    options.model = SmallModel();
    const auto report = storage::VerifyStore(options);
    ASSERT_OK(report);
    EXPECT_TRUE(report->sound()) << (report->findings.empty() ? "" : report->findings.front());
  }
  View Seen(CommitNumber commit, Timestamp instant) const { return View{commit, instant}; }
  CommitNumber Newest() { return reader().Newest().commit; }
  std::int64_t MemoryAt(const std::string& key, const View& view) {
    const absl::StatusOr<Record> record = Get(key, view);
    if (!record.ok()) return -1;
    return record->Find(AttributeOf("memory"))->integer();
  }
};

TEST_F(ValidTimeTest, ALateReportIsTrueOnThatDayAndWasNotKnownThen) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  const View before = reader().Newest();
  const Timestamp upgraded = Now();
  clock_.Advance(std::chrono::seconds(3'600));
  ASSERT_OK(PutAt("a", 16, upgraded));
  const Timestamp then = Timestamp{upgraded.micros + 60 * kSecond};
  EXPECT_EQ(MemoryAt("a", Seen(Newest(), then)), 16);      // what was true
  EXPECT_EQ(MemoryAt("a", Seen(before.commit, then)), 8);  // what was believed
  EXPECT_EQ(MemoryAt("a", reader().Newest()), 16);
}

TEST_F(ValidTimeTest, ALateReportLeavesWhatIsKnownOfLaterDays) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  const Timestamp early = InSeconds(10);
  clock_.Advance(std::chrono::seconds(100));
  ASSERT_OK(Put("Server", "a", {{"memory", 32}}));
  ASSERT_OK(PutAt("a", 16, early));
  EXPECT_EQ(MemoryAt("a", Seen(Newest(), Timestamp{early.micros - kSecond})), 8);
  EXPECT_EQ(MemoryAt("a", Seen(Newest(), Timestamp{early.micros + kSecond})), 16);
  EXPECT_EQ(MemoryAt("a", reader().Newest()), 32);
  // Reported again, it changes nothing.
  ASSERT_OK_AND_ASSIGN(const CommitResult again, PutAt("a", 16, early));
  EXPECT_EQ(again.commit, kNoCommit);
}

TEST_F(ValidTimeTest, APlannedFactComesTrueByItself) {
  ASSERT_OK(Put("Server", "a", {{"memory", 8}}));
  const Timestamp planned = InSeconds(1'000);
  ASSERT_OK(PutAt("a", 64, planned));
  EXPECT_EQ(MemoryAt("a", reader().Newest()), 8);
  EXPECT_EQ(MemoryAt("a", Seen(Newest(), planned)), 64);
  // A change of today holds until then.
  ASSERT_OK(Put("Server", "a", {{"memory", 12}}));
  EXPECT_EQ(MemoryAt("a", reader().Newest()), 12);
  EXPECT_EQ(MemoryAt("a", Seen(Newest(), planned)), 64);
  clock_.Advance(std::chrono::seconds(1'000));
  EXPECT_EQ(MemoryAt("a", reader().Newest()), 64);
  Reopen();
  EXPECT_EQ(MemoryAt("a", reader().Newest()), 64);
}

TEST_F(ValidTimeTest, ARecordThatIsPlannedToEndTakesItsLinksAlong) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Put("Server", "b"));
  ASSERT_OK(Link("a", "depends_on", "b"));
  const Timestamp retired = InSeconds(1'000);
  ASSERT_OK(EndAt("b", retired));
  EXPECT_TRUE(HasLink("a", "depends_on", "b", reader().Newest()));
  EXPECT_FALSE(HasLink("a", "depends_on", "b", Seen(Newest(), retired)));
  // A link made now to what will end, ends with it.
  ASSERT_OK(Put("Server", "c"));
  ASSERT_OK(Link("c", "depends_on", "b"));
  EXPECT_TRUE(HasLink("c", "depends_on", "b", reader().Newest()));
  EXPECT_FALSE(HasLink("c", "depends_on", "b", Seen(Newest(), retired)));
  const auto late = LinkAt("a", "provides", "b", retired);
  ASSERT_FALSE(late.ok());
  EXPECT_TRUE(HasCode(late.status(), ErrorCode::kLinkEndMissing));
  EXPECT_EQ(FieldOf(late.status()), "target");
}

TEST_F(ValidTimeTest, AnOnlyTargetMayMoveOnAPlannedDay) {
  ASSERT_OK(Put("Server", "old"));
  ASSERT_OK(Put("Server", "new"));
  ASSERT_OK(Put("Application", "app"));
  ASSERT_OK(Link("app", "hosted_on", "old"));
  const Timestamp moved = InSeconds(500);
  EXPECT_TRUE(HasCode(LinkAt("app", "hosted_on", "new", moved).status(), ErrorCode::kCardinality));
  ASSERT_OK(UnlinkAt("app", "hosted_on", "old", moved));
  ASSERT_OK(LinkAt("app", "hosted_on", "new", moved));
  EXPECT_TRUE(HasLink("app", "hosted_on", "old", reader().Newest()));
  EXPECT_FALSE(HasLink("app", "hosted_on", "new", reader().Newest()));
  EXPECT_FALSE(HasLink("app", "hosted_on", "old", Seen(Newest(), moved)));
  EXPECT_TRUE(HasLink("app", "hosted_on", "new", Seen(Newest(), moved)));
}

TEST_F(ValidTimeTest, AUniqueValueThatIsPlannedIsTakenAtOnceAndGivenBackByALaterChange) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", "one"}}));
  storage::Transaction planned;
  planned.put_records.push_back(
      {MakeRecord("Server", "a", {{"serial_number", "two"}}), std::nullopt});
  planned.put_records[0].record.valid_from = InSeconds(100);
  ASSERT_OK(writer().Commit(std::move(planned)));
  EXPECT_TRUE(
      HasCode(Put("Server", "b", {{"serial_number", "two"}}).status(), ErrorCode::kDuplicateValue));
  EXPECT_TRUE(
      HasCode(Put("Server", "b", {{"serial_number", "one"}}).status(), ErrorCode::kDuplicateValue));
  clock_.Advance(std::chrono::seconds(200));
  ASSERT_OK(Put("Server", "a", {{"memory", 1}}));
  ASSERT_OK(Put("Server", "b", {{"serial_number", "one"}}));
}

TEST_F(ValidTimeTest, WhatIsSaidTwiceInOneTransactionIsRefusedWhole) {
  ASSERT_OK(Put("Server", "a"));
  ASSERT_OK(Put("Server", "b"));
  storage::Transaction transaction;
  transaction.put_links.push_back({"a", TypeOf("depends_on"), "b", InSeconds(5)});
  transaction.put_links.push_back({"a", TypeOf("depends_on"), "b", InSeconds(50), InSeconds(60)});
  EXPECT_TRUE(HasCode(writer().Commit(transaction).status(), ErrorCode::kInvalidArgument));
  storage::Transaction twice;
  twice.put_records.push_back({MakeRecord("Server", "a", {{"memory", 1}}), std::nullopt});
  twice.put_records.push_back({MakeRecord("Server", "a", {{"memory", 2}}), std::nullopt});
  twice.put_records[1].record.valid_from = InSeconds(9);
  EXPECT_TRUE(HasCode(writer().Commit(twice).status(), ErrorCode::kInvalidArgument));
  EXPECT_TRUE(
      HasCode(PutAt("a", 1, InSeconds(9), InSeconds(9)).status(), ErrorCode::kInvalidArgument));
  EXPECT_EQ(reader().Newest().commit, CommitNumber{2});
}

TEST_F(ValidTimeTest, AFirstLoadTakesRecordsAndLinksWithTheirTimes) {
  const Timestamp long_ago = InSeconds(-10'000);
  const Timestamp planned = InSeconds(10'000);
  auto load = writer().BeginBulk({"test", "first", "", ""});
  ASSERT_OK(load);
  storage::BulkChunk chunk;
  for (const char* key : {"a", "b", "c"})
    chunk.records.push_back(MakeRecord("Server", key, {{"memory", 4}}));
  chunk.records[0].valid_from = long_ago;
  chunk.records[1].valid_from = long_ago;
  chunk.records[2].valid_from = planned;
  chunk.links.push_back({"a", TypeOf("depends_on"), "b", long_ago});
  chunk.links.push_back({"c", TypeOf("depends_on"), "b", planned});
  ASSERT_OK_AND_ASSIGN(const auto result, (*load)->Add(std::move(chunk)));
  EXPECT_TRUE(result.rejected.empty());
  ASSERT_OK((*load)->Finish());
  load->reset();
  for (int round = 0; round < 2; ++round) {
    const CommitNumber newest = Newest();
    EXPECT_EQ(MemoryAt("a", Seen(newest, InSeconds(-5'000))), 4);
    EXPECT_EQ(MemoryAt("c", reader().Newest()), -1);
    EXPECT_EQ(MemoryAt("c", Seen(newest, planned)), 4);
    EXPECT_TRUE(HasLink("a", "depends_on", "b", Seen(newest, InSeconds(-5'000))));
    EXPECT_FALSE(HasLink("a", "depends_on", "b", Seen(newest, InSeconds(-20'000))));
    EXPECT_FALSE(HasLink("c", "depends_on", "b", reader().Newest()));
    EXPECT_TRUE(HasLink("c", "depends_on", "b", Seen(newest, planned)));
    EXPECT_EQ(reader().Counts().records, 3U);
    EXPECT_EQ(reader().Counts().links, 2U);
    Reopen();
  }
}

// KOSEI_LONG_TESTS=1 runs it with a million operations.
TEST_F(ValidTimeTest, AgreesWithANaiveListOfStatementsInEveryView) {
  const bool is_long = std::getenv("KOSEI_LONG_TESTS") != nullptr;
  const int rounds = is_long ? 1'000 : 4;
  for (int round = 0; round < rounds; ++round) {
    if (round > 0 && round % 10 == 0) {  // a small store is compared sooner
      engine_.reset();
      std::filesystem::remove_all(folder_ / "data");
      Open();
    }
    const std::uint32_t seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    constexpr int kKeys = 6;
    std::map<std::string, Row> records;
    std::map<std::pair<std::string, std::string>, Row> links;
    for (int i = 0; i < kKeys; ++i) {
      records["r" + std::to_string(round) + "-" + std::to_string(i)];
    }
    const auto key = [&] {
      return "r" + std::to_string(round) + "-" + std::to_string(random() % kKeys);
    };
    std::vector<Timestamp> instants;
    std::vector<std::uint64_t> commits{Newest().value};
    const int steps = is_long ? 1'000 : 250;
    for (int step = 0; step < steps; ++step) {
      clock_.Advance(std::chrono::seconds(1));
      // Half of all is plain.
      const bool plain = random() % 2 == 0;
      const auto offset = [&] { return static_cast<std::int64_t>(random() % 41) - 20; };
      const Timestamp given_from = plain ? kBeginningOfTime : InSeconds(offset());
      Timestamp given_to = kEndOfTime;
      if (!plain && random() % 2 == 0) given_to = InSeconds(offset() + 21);
      const Timestamp from = plain ? Now() : given_from;
      const std::string a = key();
      const std::string b = key();
      absl::StatusOr<CommitResult> result = CommitResult{};
      bool expected = true;
      switch (random() % 6) {
        case 0:
        case 1: {
          const auto memory = static_cast<std::int64_t>(random() % 3);
          Row& row = records[a];
          const Timestamp to = given_to == kEndOfTime ? row.NextChange(from) : given_to;
          expected = from < to;
          result = PutAt(a, memory, given_from, given_to);
          if (!expected) break;
          ASSERT_OK(result);
          const Said* const known = row.At(UINT64_MAX, from);
          const bool same =
              known != nullptr && known->memory == memory && to <= row.NextChange(from);
          ASSERT_EQ(result->commit == kNoCommit, same);
          if (!same) row.said.push_back({result->commit.value, from, to, memory});
          break;
        }
        case 2:
        case 3: {
          Row& row = links[{a, b}];
          expected = records[a].Live(from) && records[b].Live(from);
          result = LinkAt(a, "depends_on", b, given_from, given_to);
          if (!expected) break;
          Timestamp to = given_to == kEndOfTime ? row.NextChange(from) : given_to;
          to = std::min({to, records[a].LiveUntil(from), records[b].LiveUntil(from)});
          expected = from < to;
          if (!expected) break;
          ASSERT_OK(result);
          const bool same = row.LiveThroughout(from, to);
          ASSERT_EQ(result->commit == kNoCommit, same);
          if (!same) row.said.push_back({result->commit.value, from, to, 1});
          break;
        }
        case 4: {
          Row& row = links[{a, b}];
          expected = from < given_to && row.LiveSomewhere(from, given_to);
          result = UnlinkAt(a, "depends_on", b, given_from, given_to);
          if (!expected) break;
          ASSERT_OK(result);
          row.said.push_back({result->commit.value, from, given_to, std::nullopt});
          break;
        }
        default: {
          Row& row = records[a];
          expected = row.Live(from) && from < given_to;
          result = EndAt(a, given_from, given_to);
          if (!expected) break;
          ASSERT_OK(result);
          row.said.push_back({result->commit.value, from, given_to, std::nullopt});
          for (auto& [name, link] : links) {
            if ((name.first == a || name.second == a) && link.LiveSomewhere(from, given_to))
              link.said.push_back({result->commit.value, from, given_to, std::nullopt});
          }
        }
      }
      ASSERT_EQ(result.ok(), expected) << result.status();
      if (result.ok() && result->commit != kNoCommit) commits.push_back(result->commit.value);
      instants.push_back(Now());
      instants.push_back(from);
      if (given_to != kEndOfTime) instants.push_back(given_to);
      if (random() % 100 == 0) {
        ExpectSound();
        Reopen();
      }
      // A few Views after each step: old ones and new ones, instants on the edges and beside them.
      for (int look = 0; look < 3; ++look) {
        const std::uint64_t commit = commits[random() % commits.size()];
        const Timestamp instant{instants[random() % instants.size()].micros +
                                static_cast<std::int64_t>(random() % 3) - 1};
        const View view = Seen(CommitNumber{commit}, instant);
        SCOPED_TRACE("commit " + std::to_string(commit) + " at " + FormatTimestamp(instant));
        for (const auto& [name, row] : records) {
          const Said* const said = row.At(commit, instant);
          const bool live = said != nullptr && said->memory.has_value();
          ASSERT_EQ(MemoryAt(name, view), live ? *said->memory : -1) << name;
        }
        for (const auto& [name, row] : links) {
          ASSERT_EQ(HasLink(name.first, "depends_on", name.second, view), row.Live(commit, instant))
              << name.first << " " << name.second << "\n"
              << row.Text();
        }
      }
    }
  }
}

}  // namespace
}  // namespace kosei::testing
