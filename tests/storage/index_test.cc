// Indexes against a naive scan: every kind of value, in any View, while they lag, are built,
// dropped and built anew, and after the store was closed in the middle of it.
#include "kosei/storage/index.h"

#include <rocksdb/db.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_format.h"
#include "database.h"
#include "index_entries.h"
#include "index_work.h"
#include "kosei/base/bytes.h"
#include "kosei/storage/folding.h"
#include "kosei/storage/searched_text.h"
#include "kosei/storage/verification.h"
#include "store_fixture.h"
#include "text_grams.h"

namespace kosei::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kModel[] = R"yaml(
classes:
  - name: Item
    label: {en: Item, ja: 品目}
    attributes:
      - {name: name, type: string, index: true, label: {en: a, ja: a}}
      - {name: description, type: text, label: {en: a, ja: a}}
      - {name: count, type: integer, index: true, label: {en: a, ja: a}}
      - {name: price, type: decimal, index: true, label: {en: a, ja: a}}
      - {name: ready, type: boolean, index: true, label: {en: a, ja: a}}
      - {name: seen, type: timestamp, index: true, label: {en: a, ja: a}}
      - {name: due, type: date, index: true, label: {en: a, ja: a}}
      - {name: span, type: duration, index: true, label: {en: a, ja: a}}
      - {name: address, type: ip_address, index: true, label: {en: a, ja: a}}
      - {name: network, type: ip_network, index: true, label: {en: a, ja: a}}
      - {name: mac, type: mac, index: true, label: {en: a, ja: a}}
      - {name: backup, type: reference, reference_class: Item, index: true, label: {en: a, ja: a}}
      - {name: tags, type: list, item_type: string, index: true, search: true, label: {en: a, ja: a}}
      - {name: ports, type: list, item_type: integer, index: true, label: {en: a, ja: a}}
      - {name: free, type: integer, label: {en: a, ja: a}}
      - name: state
        type: enum
        index: true
        label: {en: a, ja: a}
        values: [{name: live, label: {en: a, ja: a}}, {name: dead, label: {en: a, ja: a}}]
relationship_types: []
)yaml";

constexpr std::string_view kIndexed[] = {"name",   "count", "price",   "ready",   "seen",
                                         "due",    "span",  "address", "network", "mac",
                                         "backup", "tags",  "ports",   "state"};

class IndexTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(kModel); }

  void Open(std::string_view model, bool in_background = false) {
    engine_.reset();
    storage::EngineOptions options;
    options.folder = folder_ / "data";
    auto definition = model::ParseModel(model, "index model");
    ASSERT_OK(definition.status());
    options.model = *std::move(definition);
    options.clock = &clock_;
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    options.free_bytes_min = 0;
    options.index_in_background = in_background;
    auto engine = storage::Engine::Open(options);
    ASSERT_OK(engine.status());
    engine_ = *std::move(engine);
  }

  const storage::Reader& reader() { return engine_->reader(); }
  storage::IndexAdmin& admin() { return engine_->indexes(); }
  const model::Class& Item() { return *reader().schema()->FindClass("Item"); }
  const model::Attribute& AttributeOf(std::string_view name) {
    return *reader().schema()->FindAttribute(Item(), name);
  }
  static model::AttributeType TypeOf(const model::Attribute& attribute) {
    const bool list = attribute.definition.type == model::AttributeType::kList;
    return list ? attribute.definition.item_type : attribute.definition.type;
  }

  using Texts = std::vector<std::pair<std::string_view, Value>>;
  Record MakeRecord(const std::string& key, const Texts& attributes) {
    Record record;
    record.class_number = Item().number;
    record.key = key;
    for (const auto& [name, value] : attributes) {
      record.attributes.emplace_back(AttributeOf(name).number, value);
    }
    std::sort(record.attributes.begin(), record.attributes.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return record;
  }
  CommitNumber Put(const std::string& key, const Texts& attributes) {
    return Commit(MakeRecord(key, attributes));
  }
  CommitNumber Commit(Record record) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.put_records.push_back({std::move(record), std::nullopt});
    const auto result = engine_->writer().Commit(std::move(transaction));
    EXPECT_OK(result.status());
    return result.ok() ? result->commit : kNoCommit;
  }
  void End(const std::string& key) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Transaction transaction;
    transaction.end_records.push_back({key, std::nullopt});
    EXPECT_OK(engine_->writer().Commit(std::move(transaction)).status());
  }

  void Change(std::string_view model) {
    const auto definition = model::ParseModel(model, "changed model");
    ASSERT_OK(definition.status());
    const auto result = engine_->writer().ChangeModel(*definition, {"test", "model", {}, {}},
                                                      storage::ModelChangeMode::kApply);
    ASSERT_OK(result.status());
  }
  bool Holds(std::string_view key) {
    const auto id = reader().IdOf(key);
    return id && reader().Get(*id, reader().Newest()).ok();
  }

  storage::ValueRange Range(std::string_view name, storage::Comparison comparison,
                            const Value& value) {
    const model::Attribute& attribute = AttributeOf(name);
    if (comparison == storage::Comparison::kPrefix) {
      auto range = storage::PrefixRange(attribute.number, TypeOf(attribute), name, value.text());
      EXPECT_OK(range.status());
      return *range;
    }
    const auto coerced = reader().schema()->CoerceBound(attribute, value);
    EXPECT_OK(coerced.status());
    return storage::RangeOf(attribute.number, TypeOf(attribute), comparison, *coerced);
  }

  static absl::Status Fine() { return absl::OkStatus(); }
  using Keys = std::vector<std::string>;
  std::optional<Keys> Found(storage::IndexReader::Candidates candidates) {
    EXPECT_OK(candidates.status());
    if (!candidates.ok() || !*candidates) return std::nullopt;
    EXPECT_TRUE(std::is_sorted((**candidates).begin(), (**candidates).end()));
    Keys keys;
    for (const RecordId id : **candidates) keys.emplace_back(reader().KeyOf(id));
    return keys;
  }
  std::optional<Keys> Find(const storage::ValueRange& range, const storage::View& view,
                           std::uint64_t limit = 1'000'000) {
    return Found(reader().indexes().Find(range, view, limit, Fine));
  }
  std::optional<Keys> Equal(std::string_view name, const Value& value) {
    return Find(Range(name, storage::Comparison::kEqual, value), reader().Newest());
  }
  std::optional<Keys> FindText(std::string_view text, const storage::View& view) {
    return Found(reader().indexes().FindText(storage::Folded(text), view, 1'000'000, Fine));
  }

  // By looking at every record.
  Keys Scanned(const storage::View& view, absl::FunctionRef<bool(RecordView)> holds) {
    Keys keys;
    EXPECT_OK(reader().Scan(view, RecordId{1}, [&](RecordId, CommitNumber, RecordView record) {
      if (holds(record)) keys.emplace_back(record.key());
      return true;
    }));
    return keys;
  }
  Keys ScannedRange(const storage::ValueRange& range, model::AttributeType type,
                    const storage::View& view) {
    return Scanned(view, [&](RecordView record) {
      const Value value = record.Find(range.attribute);
      if (value.kind() == ValueKind::kList) {
        return std::any_of(value.list().begin(), value.list().end(), [&](const Value& item) {
          return range.Contains(storage::OrderedValue(type, item));
        });
      }
      return !value.is_null() && range.Contains(storage::OrderedValue(type, value));
    });
  }
  Keys ScannedText(std::string_view text, const storage::View& view) {
    const auto searched = storage::SearchedAttributes(*reader().schema());
    const std::string folded = storage::Folded(text);
    return Scanned(view, [&](RecordView record) {
      bool found = storage::Folded(record.key()).find(folded) != std::string::npos;
      storage::ForEachSearchedText(record, searched, [&](AttributeNumber, std::string_view one) {
        found = found || storage::Folded(one).find(folded) != std::string::npos;
      });
      return found;
    });
  }

  // Everything that a scan finds is among the candidates, if there are any.
  static void HoldsAll(const std::optional<Keys>& found, const Keys& expected) {
    if (!found) return;
    const std::set<std::string> keys(found->begin(), found->end());
    for (const std::string& key : expected) EXPECT_TRUE(keys.contains(key)) << key;
  }

  // The store must be closed.
  storage::VerifyReport Verify() {
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    options.model = *model::ParseModel(kModel, "index model");
    auto report = storage::VerifyStore(options);
    EXPECT_OK(report.status());
    return report.ok() ? *report : storage::VerifyReport();
  }
  // Changes the closed store behind its back.
  void Tamper(absl::FunctionRef<void(storage::Database&)> change) {
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    const auto database = storage::Database::Open(options);
    ASSERT_OK(database.status());
    change(**database);
  }

  storage::IndexInfo InfoOf(std::string_view name) {
    for (const storage::IndexInfo& info : admin().List()) {
      if (info.name == name) return info;
    }
    ADD_FAILURE() << "no index " << name;
    return {};
  }

  TempFolder folder_;
  ManualClock clock_;
  std::unique_ptr<storage::Engine> engine_;
};

TEST_F(IndexTest, EntriesHaveTheseBytes) {
  EXPECT_EQ(ToHex(storage::IndexKey(AttributeNumber{258}, "\x10\x01", RecordId{5})),
            "0102100100000005");
  EXPECT_EQ(storage::EncodeEntryState({}), "");
  EXPECT_EQ(ToHex(storage::EncodeEntryState({true, CommitNumber{7}, Timestamp{-1}})),
            "0000000000000007ffffffffffffffff");
  storage::IndexEntry entry;
  entry.origin = storage::IndexOrigin::kAdministrator;
  entry.state = storage::IndexState::kWhole;
  entry.whole_to = CommitNumber{9};
  entry.next_record = 3;
  entry.definition = "integer";
  EXPECT_EQ(storage::IndexMarkName(12), "index/12");
  EXPECT_EQ(ToHex(storage::EncodeIndexMark(entry)),
            "01010200000000000000090000000000000003696e7465676572");
  const auto read = storage::DecodeIndexMark(12, storage::EncodeIndexMark(entry));
  ASSERT_OK(read.status());
  EXPECT_EQ(read->definition, "integer");
  EXPECT_THAT(storage::DecodeIndexMark(12, "\x02").status(),
              HasErrorCode(ErrorCode::kStorageCorrupt));
}

TEST_F(IndexTest, ALaggingIndexIsExact) {
  ASSERT_OK(admin().CatchUp());
  Put("a", {{"count", 1}});
  Put("b", {{"count", 2}});
  EXPECT_EQ(admin().Lag(), 2U);
  EXPECT_EQ(Equal("count", 1), (Keys{"a", "b"})) << "both changed since the index's commit";
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(admin().Lag(), 0U);
  EXPECT_EQ(Equal("count", 1), (Keys{"a"}));
  Put("a", {{"count", 2}});
  EXPECT_EQ(Equal("count", 2), (Keys{"a", "b"}));
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), Keys{}) << "a value that ended is closed";
  EXPECT_EQ(Equal("count", 2), (Keys{"a", "b"}));
}

TEST_F(IndexTest, ThePastHasItsValues) {
  Put("a", {{"count", 1}, {"name", "old"}});
  const storage::View before = reader().Newest();
  Put("a", {{"count", 2}, {"name", "new"}});
  End("a");
  ASSERT_OK(admin().CatchUp());
  const auto one = Range("count", storage::Comparison::kEqual, 1);
  EXPECT_EQ(Find(one, before), (Keys{"a"}));
  EXPECT_EQ(Find(one, reader().Newest()), Keys{});
  EXPECT_EQ(FindText("old", before), (Keys{"a"}));
}

TEST_F(IndexTest, ValuesComeInOrder) {
  Put("a", {{"count", 30}});
  Put("b", {{"count", -5}});
  Put("c", {{"count", 7}});
  ASSERT_OK(admin().CatchUp());
  Put("d", {{"count", 1}});
  Keys keys;
  const auto visited = reader().indexes().Visit(Range("count", storage::Comparison::kLess, 100),
                                                reader().Newest(), [&](RecordId id) {
                                                  keys.emplace_back(reader().KeyOf(id));
                                                  return true;
                                                });
  ASSERT_OK(visited.status());
  EXPECT_TRUE(*visited);
  EXPECT_THAT(keys, ElementsAre("b", "c", "a", "d")) << "what is not in the index yet comes last";
}

TEST_F(IndexTest, ALimitAsksForAScan) {
  for (int i = 0; i < 20; ++i) Put(absl::StrFormat("r%d", i), {{"count", 1}});
  ASSERT_OK(admin().CatchUp());
  const auto one = Range("count", storage::Comparison::kEqual, 1);
  EXPECT_EQ(Find(one, reader().Newest(), 19), std::nullopt);
  EXPECT_EQ(Find(one, reader().Newest(), 20)->size(), 20U);
  storage::View in_plan = reader().Newest();
  in_plan.plan = PlanNumber{1};
  EXPECT_EQ(Find(one, in_plan), std::nullopt) << "no index knows a plan's changes";
}

TEST_F(IndexTest, ACheckThatFailsEndsTheLookUp) {
  const auto stopped = [] { return MakeError(ErrorCode::kCancelled, "enough"); };
  auto load = engine_->writer().BeginBulk({});
  ASSERT_OK(load.status());
  storage::BulkChunk chunk;
  for (int i = 0; i < 5'000; ++i) {
    chunk.records.push_back(MakeRecord(absl::StrFormat("r%d", i), {{"count", 1}}));
  }
  ASSERT_OK((*load)->Add(std::move(chunk)).status());
  ASSERT_OK((*load)->Finish().status());
  ASSERT_OK(admin().CatchUp());
  EXPECT_THAT(reader()
                  .indexes()
                  .Find(Range("count", storage::Comparison::kEqual, 1), reader().Newest(),
                        1'000'000, stopped)
                  .status(),
              HasErrorCode(ErrorCode::kCancelled));
}

TEST_F(IndexTest, BuildDropAndBuildAnew) {
  Put("a", {{"free", 1}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("free", 1), std::nullopt) << "the model does not ask for an index";
  EXPECT_FALSE(reader().indexes().Has(AttributeOf("free").number));
  ASSERT_OK(admin().Build("free"));
  EXPECT_EQ(InfoOf("free").state, storage::IndexState::kBuilding);
  EXPECT_EQ(InfoOf("free").origin, storage::IndexOrigin::kAdministrator);
  EXPECT_EQ(Equal("free", 1), std::nullopt);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("free", 1), (Keys{"a"}));
  EXPECT_EQ(InfoOf("free").state, storage::IndexState::kWhole);
  ASSERT_OK(admin().Drop("free"));
  EXPECT_EQ(Equal("free", 1), std::nullopt);
  EXPECT_THAT(admin().Drop("free"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(admin().Build("fre"), HasErrorCode(ErrorCode::kUnknownAttribute));
  ASSERT_OK(admin().Drop("count"));
  EXPECT_EQ(InfoOf("count").origin, storage::IndexOrigin::kDropped);
  ASSERT_OK(admin().Drop("full-text"));
  EXPECT_EQ(FindText("a", reader().Newest()), std::nullopt);
  Open(kModel);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), std::nullopt) << "it stays dropped over a restart";
  ASSERT_OK(admin().Build("count"));
  ASSERT_OK(admin().Build("full-text"));
  ASSERT_OK(admin().BuildAll());
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(InfoOf("count").origin, storage::IndexOrigin::kModel);
  EXPECT_EQ(FindText("a", reader().Newest()), (Keys{"a"}));
}

TEST_F(IndexTest, AnotherModelIsAnotherIndex) {
  Put("a", {{"count", 1}, {"tags", ValueList{"green"}}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(FindText("green", reader().Newest()), (Keys{"a"}));
  std::string model = kModel;
  const auto take_out = [&model](std::string_view from, std::string_view what) {
    const std::size_t at = model.find(what, model.find(from));
    model.erase(at, what.size());
  };
  take_out("name: count", "index: true, ");
  take_out("name: tags", "search: true, ");
  Open(model);
  EXPECT_EQ(Equal("count", 1), std::nullopt);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(FindText("green", reader().Newest()), Keys{}) << "built without the tags";
  Change(kModel);
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 1), (Keys{"a"}));
  EXPECT_EQ(FindText("green", reader().Newest()), (Keys{"a"}));
}

TEST_F(IndexTest, AModelThatChangesAtRunTimeBringsItsIndexes) {
  Put("a", {{"free", 1}});
  ASSERT_OK(admin().CatchUp());
  std::string model = kModel;
  const auto exchange = [&model](std::string_view what, std::string_view with) {
    model.replace(model.find(what), what.size(), with);
  };
  exchange("name: free, type: integer,", "name: free, type: integer, index: true,");
  exchange("name: backup, type: reference,", "name: backup, type: reference, search: true,");
  Change(model);
  EXPECT_EQ(Equal("free", 1), std::nullopt);
  EXPECT_EQ(Equal("count", 1), std::nullopt) << "not before the indexes are in line again";
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("free", 1), (Keys{"a"}));
  EXPECT_EQ(Equal("count", 1), Keys{});
  EXPECT_EQ(InfoOf("free").origin, storage::IndexOrigin::kModel);
}

TEST_F(IndexTest, LongValuesAreCutAndStillFound) {
  const std::string stem(storage::kIndexedBytes + 50, 'x');
  Put("a", {{"name", stem + "a"}});
  Put("b", {{"name", stem + "b"}});
  Put("c", {{"name", "x"}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("name", stem + "a"), (Keys{"a", "b"})) << "who asks looks closer";
  EXPECT_EQ(Find(Range("name", storage::Comparison::kGreater, stem), reader().Newest()),
            (Keys{"a", "b"}));
  EXPECT_EQ(Find(Range("name", storage::Comparison::kLess, stem), reader().Newest())->back(), "c");
  EXPECT_EQ(Find(Range("name", storage::Comparison::kPrefix, stem), reader().Newest()),
            (Keys{"a", "b"}));
}

// More records than one piece of work takes, so that building is interrupted in the middle.
TEST_F(IndexTest, BuildingGoesOnWhereItWas) {
  ASSERT_OK(admin().CatchUp());
  constexpr int kCount = 70'000;
  auto load = engine_->writer().BeginBulk({});
  ASSERT_OK(load.status());
  for (int begin = 0; begin < kCount; begin += 10'000) {
    storage::BulkChunk chunk;
    for (int i = begin; i < begin + 10'000; ++i) {
      chunk.records.push_back(
          MakeRecord(absl::StrFormat("r%05d", i),
                     {{"count", i % 1'000}, {"name", absl::StrFormat("n%d", i)}}));
    }
    ASSERT_OK((*load)->Add(std::move(chunk)).status());
  }
  ASSERT_OK((*load)->Finish().status());
  ASSERT_OK(admin().Step().status());  // finds that the load is not to be followed
  ASSERT_OK(admin().Step().status());
  EXPECT_EQ(InfoOf("count").state, storage::IndexState::kBuilding);
  EXPECT_EQ(InfoOf("count").records_done, storage::kBuildRecords);
  EXPECT_EQ(InfoOf("count").records_total, static_cast<std::uint64_t>(kCount));
  Put("r00007", {{"count", 5'000}});
  Put("r69999", {{"count", 5'000}});
  Open(kModel);
  EXPECT_EQ(InfoOf("count").records_done, storage::kBuildRecords);
  Put("r00008", {{"count", 5'000}});
  ASSERT_OK(admin().CatchUp());
  EXPECT_EQ(Equal("count", 5'000), (Keys{"r00007", "r00008", "r69999"}));
  EXPECT_EQ(Equal("count", 7)->size(), 69U);
  EXPECT_EQ(FindText("n69998", reader().Newest()), (Keys{"r69998"}));
  EXPECT_GE(FindText("r0000", reader().Newest())->size(), 10U);
}

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
    if (name == "count" || name == "due" || name == "seen" || name == "span") {
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
    const storage::ValueRange range = Range(name, comparison, value);
    SCOPED_TRACE(
        absl::StrFormat("%s %s at %d", name, storage::NameOf(comparison), view.commit.value));
    HoldsAll(Find(range, view), ScannedRange(range, type, view));
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
        if (Below(4) == 0) Open(kModel);
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
  Open(kModel);
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
    Put(absl::StrFormat("r%d", random() % 30), {{"count", static_cast<int>(random() % 7)}});
    if (random() % 10 == 0) ASSERT_OK(admin().Step().status());
    const std::string other = absl::StrFormat("r%d", random() % 30);
    if (random() % 40 == 0 && Holds(other)) End(other);
  }
  ASSERT_OK(admin().CatchUp());
  for (int value = 0; value < 7; ++value) {
    const auto range = Range("count", storage::Comparison::kEqual, value);
    EXPECT_EQ(Find(range, reader().Newest()),
              ScannedRange(range, model::AttributeType::kInteger, reader().Newest()));
  }
}

TEST_F(IndexTest, VerifyFindsWhatDoesNotFit) {
  Put("a", {{"count", 1}, {"name", "web"}});
  Put("a", {{"count", 2}});
  ASSERT_OK(admin().CatchUp());
  const AttributeNumber count = AttributeOf("count").number;
  engine_.reset();
  EXPECT_THAT(Verify().findings, IsEmpty());
  const auto key = [count](int value) {
    return storage::IndexKey(count, storage::OrderedValue(model::AttributeType::kInteger, value),
                             RecordId{1});
  };
  struct Case {
    std::string_view what;
    storage::Family family;
    std::string key;
    std::optional<std::string> value;  // nullopt: removed
    std::string_view finding;
  };
  const Case kCases[] = {
      {"gone", storage::Family::kIndex, key(2), std::nullopt,
       "index count, record 1: the entry of a value is missing"},
      {"open", storage::Family::kIndex, key(1), "", "does not say how long it holds"},
      {"invented", storage::Family::kIndex, key(3), "",
       "index count: 1 entries that no record accounts for"},
      {"no entry", storage::Family::kIndex, key(2), "x", "an entry is not one"},
      {"gram gone", storage::Family::kText, storage::PostingKey("web", 0), std::nullopt,
       "of the records from 0 on, 1 that have a piece of text are not listed"},
      {"no list", storage::Family::kText, storage::PostingKey("web", 0), "x",
       "a posting list is not one"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    std::string before;
    bool there = false;
    Tamper([&](storage::Database& database) {
      const auto old = database.Get(c.family, c.key);
      there = old.ok();
      if (there) before = *old;
      rocksdb::ColumnFamilyHandle* const family = database.family(c.family);
      EXPECT_TRUE((c.value ? database.db().Put({}, family, c.key, *c.value)
                           : database.db().Delete({}, family, c.key))
                      .ok());
    });
    EXPECT_THAT(Verify().findings, ::testing::Contains(HasSubstr(c.finding)));
    Tamper([&](storage::Database& database) {
      rocksdb::ColumnFamilyHandle* const family = database.family(c.family);
      EXPECT_TRUE((there ? database.db().Put({}, family, c.key, before)
                         : database.db().Delete({}, family, c.key))
                      .ok());
    });
  }
  EXPECT_THAT(Verify().findings, IsEmpty());
}

TEST_F(IndexTest, ReadersAskWhileItIsWrittenAndBuilt) {
  Open(kModel, true);
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
