// Indexes against a scan of every record: every kind of value at random, in any View, while they
// lag and are built, and while others write.
#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_format.h"
#include "index_fixture.h"

namespace kosei::testing {
namespace {

using ::testing::IsEmpty;

// Everything at random, against a scan.
class RandomIndexTest : public IndexTest, public ::testing::WithParamInterface<int> {
 protected:
  std::uint64_t Below(std::uint64_t limit) { return random_() % limit; }
  Value RandomValue(std::string_view name) {
    constexpr std::string_view kWords[] = {"web",   "Web", "ＷＥＢ",   "db",   "サーバー",
                                           "基幹",  "基",  "基幹系01", "d",    "x-1",
                                           "ｻｰﾊﾞｰ", "é",   "",         "𠮷野", "web-01.example"};
    const auto word = [&] { return std::string(kWords[Below(std::size(kWords))]); };
    const auto small = [&] { return static_cast<std::int64_t>(Below(9)) - 4; };
    if (name == "name" || name == "description") return word() + word();
    if (name == "count" || name == "due" || name == "seen" || name == "span" ||
        name == "closed_at") {
      return name != "due" && Below(8) == 0 ? small() * 1'000'000'007 : small();
    }
    if (name == "price") return absl::StrFormat("%d.%d", small(), Below(30));
    if (name == "ready") return Below(2) == 0;
    if (name == "address") {
      return Below(3) == 0 ? absl::StrFormat("2001:db8::%x", Below(20))
                           : absl::StrFormat("10.0.%d.%d", Below(3), Below(4));
    }
    if (name == "network") {
      return Below(3) == 0 ? absl::StrFormat("2001:db8:%x::/48", Below(4))
                           : absl::StrFormat("10.%d.0.0/%d", Below(3), 16 + Below(8));
    }
    if (name == "mac") return absl::StrFormat("00:00:5e:00:53:%02x", Below(20));
    if (name == "backup") return absl::StrFormat("r%d", Below(20));
    if (name == "state") return Below(2) == 0 ? "live" : "dead";
    ValueList list;
    for (std::uint64_t i = 1 + Below(3); i > 0; --i) {
      if (name == "tags") {
        list.emplace_back("t" + word());
      } else {
        list.emplace_back(small());
      }
    }
    return list;
  }
  // A part of a value that some record may have.
  Value RandomItem(std::string_view name) {
    Value value = RandomValue(name);
    if (value.kind() == ValueKind::kList) return value.list().front();
    return value;
  }

  void RandomWrite() {
    const std::string key = absl::StrFormat("r%d", Below(40));
    if (Below(8) == 0 && Holds(key)) return End(key);
    Record record;
    record.class_number = Item().number;
    record.key = key;
    for (const std::string_view name : kIndexed) {
      if (Below(3) != 0) continue;
      // A reference is checked: the record must be there.
      if (name == "backup" && !Holds("r0")) continue;
      Value value = name == "backup" ? Value("r0") : RandomValue(name);
      if (Below(6) == 0) value = Value();
      record.attributes.emplace_back(AttributeOf(name).number, std::move(value));
    }
    std::sort(record.attributes.begin(), record.attributes.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    // Late reports and planned facts.
    if (Below(5) == 0) {
      const std::int64_t now = clock_.Now().micros;
      record.valid_from = {now + (static_cast<std::int64_t>(Below(100)) - 50) * 1'000'000};
      if (Below(2) == 0) record.valid_to = {record.valid_from.micros + 20'000'000};
    }
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.put_records.push_back({std::move(record), std::nullopt});
    // Refused when the record referred to is not there at that instant.
    engine_->writer().Commit(std::move(transaction)).status().IgnoreError();
  }

  storage::View RandomView() {
    storage::View view = reader().Newest();
    if (Below(2) == 0 && view.commit != kNoCommit) {
      view.commit = CommitNumber{1 + Below(view.commit.value)};
      const auto info = reader().Commit(view.commit);
      EXPECT_OK(info.status());
      view.valid_at = info->time;
    }
    if (Below(3) == 0) {
      view.valid_at.micros += (static_cast<std::int64_t>(Below(120)) - 60) * 1'000'000;
    }
    return view;
  }

  void CompareOnce() {
    const storage::View view = RandomView();
    const std::string_view name = kIndexed[Below(std::size(kIndexed))];
    const model::AttributeType type = TypeOf(AttributeOf(name));
    auto comparison = static_cast<storage::Comparison>(Below(5));
    if (type == model::AttributeType::kEnum) comparison = storage::Comparison::kEqual;
    Value value = RandomItem(name);
    const bool text = type == model::AttributeType::kString && Below(3) == 0;
    if (text) comparison = storage::Comparison::kPrefix;
    if (type == model::AttributeType::kIpAddress && Below(3) == 0) {
      comparison = storage::Comparison::kPrefix;
      value = Value(absl::StrFormat("10.0.%d.0/24", Below(3)));
    }
    storage::ValueRange range = Range(name, comparison, value);
    range.open_only = Below(2) == 0;
    SCOPED_TRACE(
        absl::StrFormat("%s %s at %d", name, storage::NameOf(comparison), view.commit.value));
    HoldsAll(Find(range, view), ScannedRange(range, type, view));
    const AttributeNumber closed_at = AttributeOf("closed_at").number;
    HoldsAll(Find(storage::OpenRecords(closed_at), view),
             Scanned(view, [&](RecordView record) { return record.Find(closed_at).is_null(); }));
    std::string part = RandomValue("name").text();
    if (part.empty()) part = "1";
    SCOPED_TRACE(part);
    HoldsAll(FindText(part, view), ScannedText(part, view));
  }

  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
};

TEST_P(RandomIndexTest, HasWhatAScanFinds) {
  std::uint64_t answered = 0;
  for (int i = 0; i < 400; ++i) {
    RandomWrite();
    switch (Below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        ASSERT_OK(admin().Step().status());
        break;
      case 4:
        ASSERT_OK(admin().CatchUp());
        break;
      case 5:
        if (Below(4) == 0) Open(kIndexModel);
        break;
      case 6:
        if (Below(6) == 0) ASSERT_OK(admin().BuildAll());
        break;
      case 7:
        if (Below(4) == 0) ASSERT_OK(admin().Build(kIndexed[Below(std::size(kIndexed))]));
        break;
      default:
        break;
    }
    for (int k = 0; k < 3; ++k) CompareOnce();
    answered += Equal("count", 1).has_value() ? 1U : 0U;
  }
  EXPECT_GT(answered, 200U);
  engine_.reset();
  EXPECT_THAT(Verify().findings, IsEmpty()) << "lagging or half built";
  Open(kIndexModel);
  ASSERT_OK(admin().CatchUp());
  for (int k = 0; k < 400; ++k) CompareOnce();
  engine_.reset();
  const storage::VerifyReport report = Verify();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_GT(report.index_entries, 100U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomIndexTest, ::testing::Range(1, 7));

// In the present and with nothing left to follow, an index of plain updates names no record in
// vain.
TEST_F(IndexTest, ThePresentHasNoFalseCandidates) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 500; ++i) {
    const Value closed = random() % 3 == 0 ? Value() : Value(static_cast<int>(random() % 2));
    Put(absl::StrFormat("r%d", random() % 30),
        {{"count", static_cast<int>(random() % 7)}, {"closed_at", closed}});
    if (random() % 10 == 0) ASSERT_OK(admin().Step().status());
    const std::string other = absl::StrFormat("r%d", random() % 30);
    if (random() % 40 == 0 && Holds(other)) End(other);
  }
  ASSERT_OK(admin().CatchUp());
  for (int value = 0; value < 7; ++value) {
    auto range = Range("count", storage::Comparison::kEqual, value);
    for (const bool open_only : {false, true}) {
      range.open_only = open_only;
      EXPECT_EQ(Find(range, reader().Newest()),
                ScannedRange(range, model::AttributeType::kInteger, reader().Newest()));
    }
  }
  const AttributeNumber closed_at = AttributeOf("closed_at").number;
  EXPECT_EQ(Find(storage::OpenRecords(closed_at), reader().Newest()),
            Scanned(reader().Newest(), [&](RecordView r) { return r.Find(closed_at).is_null(); }));
}

TEST_F(IndexTest, ReadersAskWhileItIsWrittenAndBuilt) {
  Open(kIndexModel, true);
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> answers{0};
  std::vector<std::thread> readers;
  for (int reader_number = 0; reader_number < 2; ++reader_number) {
    readers.emplace_back([&] {
      while (!over.load()) {
        const storage::View view = reader().Newest();
        const auto range = Range("count", storage::Comparison::kGreaterOrEqual, 0);
        const auto found = Find(range, view);
        if (!found) continue;
        answers.fetch_add(1);
        HoldsAll(found, ScannedRange(range, model::AttributeType::kInteger, view));
        const auto text = FindText("name", view);
        HoldsAll(text, ScannedText("name", view));
      }
    });
  }
  for (int i = 0; i < 600; ++i) {
    Put(absl::StrFormat("r%d", i % 100),
        {{"count", i % 9 - 2}, {"name", absl::StrFormat("name %d", i)}});
    if (i % 100 == 50) EXPECT_OK(admin().BuildAll());
    if (i % 100 == 70) EXPECT_OK(admin().CatchUp());
  }
  ASSERT_OK(admin().CatchUp());
  while (answers.load() == 0) std::this_thread::yield();
  over.store(true);
  for (std::thread& thread : readers) thread.join();
}

}  // namespace
}  // namespace kosei::testing
