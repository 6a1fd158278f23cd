// Comparison against a naive comparison of two whole graphs, and what its users rely on: causes,
// filters, bounds.
#include "kosei/query/compare.h"

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "gtest/gtest.h"
#include "kosei/base/error.h"
#include "status_matchers.h"
#include "test_store.h"

namespace kosei::query {
namespace {

using storage::View;

// What a comparison said, by name. A record: key and sign. A link: its text and sign.
struct Told {
  std::map<std::string, char> records = {};
  std::map<std::string, char> links = {};
  friend bool operator==(const Told&, const Told&) = default;
};

class CompareTest : public ::testing::Test {
 protected:
  std::string NameOf(RecordId source, RelationshipTypeNumber type, RecordId target) const {
    return store_.Key(source) + " " +
           std::string(store_.reader().schema()->RelationshipTypeName(type)) + " " +
           store_.Key(target);
  }

  // All differences, with `rows` of them at a time.
  Told Compare(const View& from, const View& to, const ChangeSelection& selection = {},
               std::uint64_t rows = 7) {
    const Budget budget(Limits{.rows = rows}, store_.clock());
    auto comparison = Comparison::Open(store_.reader(), from, to, selection, budget);
    EXPECT_OK(comparison.status());
    Told told;
    Differences found;
    causes_.clear();
    while (true) {
      const auto more = (*comparison)->Next(budget, 1 << 20, found);
      EXPECT_OK(more.status());
      for (const RecordDifference& record : found.records) {
        const char sign = !record.before ? '+' : record.after ? '~' : '-';
        EXPECT_TRUE(told.records.emplace(store_.Key(record.id), sign).second);
        causes_[store_.Key(record.id)] = record.cause.value;
      }
      for (const LinkDifference& link : found.links) {
        const std::string name = NameOf(link.source, link.type, link.target);
        EXPECT_TRUE(told.links.emplace(name, link.added ? '+' : '-').second);
        causes_[name] = link.cause.value;
      }
      EXPECT_LE(found.size(), rows);
      if (!more.ok() || !*more) return told;
    }
  }

  struct Whole {
    std::map<std::string, std::vector<std::pair<AttributeNumber, Value>>> records;
    std::set<std::string> links;
  };
  Whole Read(const View& view) {
    Whole whole;
    EXPECT_OK(store_.reader().Scan(view, RecordId{1}, [&](RecordId, CommitNumber, RecordView one) {
      whole.records[std::string(one.key())] = one.Decode().attributes;
      return true;
    }));
    const auto graph = store_.reader().Graph(view);
    for (storage::NodeIndex node = 1; node < graph->node_limit(); ++node) {
      graph->ForEach(
          storage::LinkDirection::kOut, node,
          [&](storage::NodeIndex target, storage::TypeIndex type) {
            whole.links.insert(NameOf(storage::RecordOf(node), RelationshipTypeNumber{type},
                                      storage::RecordOf(target)));
          });
    }
    return whole;
  }
  static Told NaiveDifference(const Whole& from, const Whole& to) {
    Told told;
    for (const auto& [key, attributes] : from.records) {
      const auto other = to.records.find(key);
      if (other == to.records.end()) told.records[key] = '-';
      if (other != to.records.end() && other->second != attributes) told.records[key] = '~';
    }
    for (const auto& [key, attributes] : to.records) {
      if (!from.records.contains(key)) told.records[key] = '+';
    }
    for (const std::string& link : from.links) {
      if (!to.links.contains(link)) told.links[link] = '-';
    }
    for (const std::string& link : to.links) {
      if (!from.links.contains(link)) told.links[link] = '+';
    }
    return told;
  }

  CommitNumber Name(const std::string& key, const std::string& name) {
    storage::Transaction transaction;
    Record record;
    record.key = key;
    record.attributes.emplace_back(store_.reader().schema()->well_known().name, Value(name));
    transaction.put_records.push_back({std::move(record), std::nullopt});
    return store_.Commit(std::move(transaction));
  }

  TestStore store_;
  std::map<std::string, std::uint64_t> causes_;
};

TEST_F(CompareTest, TellsWhatWasAddedChangedAndRemovedAndByWhichCommit) {
  const View first =
      store_.At(store_.Apply({.add = {"a", "b", "c"}, .link = {{"a", "needs", "b"}}}));
  const CommitNumber named = Name("a", "one");
  const CommitNumber ended = store_.Apply({.end = {"c"}});
  const CommitNumber moved =
      store_.Apply({.add = {"d"}, .link = {{"a", "needs", "d"}}, .unlink = {{"a", "needs", "b"}}});
  const Told forward = Compare(first, store_.Newest());
  EXPECT_EQ(forward, (Told{.records = {{"a", '~'}, {"c", '-'}, {"d", '+'}},
                           .links = {{"a needs b", '-'}, {"a needs d", '+'}}}));
  EXPECT_EQ(causes_, (std::map<std::string, std::uint64_t>{{"a", named.value},
                                                           {"c", ended.value},
                                                           {"d", moved.value},
                                                           {"a needs b", moved.value},
                                                           {"a needs d", moved.value}}));
  const Told back = Compare(store_.Newest(), first);
  EXPECT_EQ(back, (Told{.records = {{"a", '~'}, {"c", '+'}, {"d", '-'}},
                        .links = {{"a needs b", '+'}, {"a needs d", '-'}}}));
  EXPECT_EQ(causes_.at("c"), ended.value);
}

TEST_F(CompareTest, WhatChangedAndChangedBackIsNoDifference) {
  store_.Apply({.add = {"a", "b"}});
  const View before = store_.At(Name("a", "one"));
  Name("a", "two");
  store_.Apply({.add = {"x"}, .link = {{"a", "needs", "b"}}});
  store_.Apply({.unlink = {{"a", "needs", "b"}}, .end = {"x"}});
  Name("a", "one");
  EXPECT_EQ(Compare(before, store_.Newest()), Told{});
  EXPECT_EQ(Compare(store_.Newest(), store_.Newest()), Told{});
}

TEST_F(CompareTest, ChoosesByClassKeyAndType) {
  const View first = store_.At(store_.Apply({.add = {"base"}}));
  store_.Apply({.add = {"web-1", "web-2", "db-1"},
                .link = {{"web-1", "needs", "db-1"},
                         {"web-2", "runs_on", "base"},
                         {"db-1", "owned_by", "ann"}},
                .others = {{"Person", "ann"}}});
  const View last = store_.Newest();
  EXPECT_EQ(Compare(first, last, {.class_name = "Person"}),
            (Told{.records = {{"ann", '+'}}, .links = {{"db-1 owned_by ann", '+'}}}));
  EXPECT_EQ(Compare(first, last, {.key_prefix = "web-"}),
            (Told{.records = {{"web-1", '+'}, {"web-2", '+'}},
                  .links = {{"web-1 needs db-1", '+'}, {"web-2 runs_on base", '+'}}}));
  EXPECT_EQ(Compare(first, last, {.type_name = "needs"}),
            (Told{.links = {{"web-1 needs db-1", '+'}}}));
  EXPECT_EQ(Compare(first, last, {.key_prefix = "web-", .type_name = "runs_on"}),
            (Told{.links = {{"web-2 runs_on base", '+'}}}));
  EXPECT_THAT(
      Comparison::Open(store_.reader(), first, last, {.class_name = "Printer"}, store_.Unlimited()),
      testing::HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(
      Comparison::Open(store_.reader(), first, last, {.type_name = "hugs"}, store_.Unlimited()),
      testing::HasErrorCode(ErrorCode::kUnknownRelationshipType));
}

TEST_F(CompareTest, AnInstantBeforeTheCommitShowsTheEarlierWorld) {
  const CommitNumber first = store_.Apply({.add = {"a", "b"}});
  const Timestamp then = store_.At(first).valid_at;
  store_.Apply({.add = {"c"}, .link = {{"a", "needs", "b"}}});
  View earlier = store_.Newest();
  earlier.valid_at = then;
  EXPECT_EQ(Compare(earlier, store_.Newest()),
            (Told{.records = {{"c", '+'}}, .links = {{"a needs b", '+'}}}));
}

TEST_F(CompareTest, APlannedFactMakesADifferenceWithoutACommit) {
  const Timestamp now = store_.At(store_.Apply({.add = {"a", "b"}})).valid_at;
  const Timestamp tomorrow{now.micros + 86'400'000'000};
  storage::Transaction plan;
  Record record;
  record.class_number = store_.Class("Thing");
  record.key = "c";
  record.valid_from = tomorrow;
  plan.put_records.push_back({std::move(record), std::nullopt});
  plan.put_links.push_back({"a", store_.Type("needs"), "b", tomorrow});
  const CommitNumber planned = store_.Commit(std::move(plan));
  View later = store_.At(planned);
  EXPECT_EQ(Compare(store_.At(CommitNumber{1}), later), Told{});
  later.valid_at = tomorrow;
  EXPECT_EQ(Compare(store_.At(planned), later),
            (Told{.records = {{"c", '+'}}, .links = {{"a needs b", '+'}}}));
  EXPECT_EQ(causes_.at("c"), planned.value);
  EXPECT_EQ(causes_.at("a needs b"), planned.value);
  EXPECT_EQ(Compare(later, store_.At(planned), {.type_name = "needs"}),
            (Told{.links = {{"a needs b", '-'}}}));
}

TEST_F(CompareTest, AgreesWithTheComparisonOfWholeGraphs) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto key = [&random] { return "k" + std::to_string(random() % 30); };
  const std::array<std::string, 3> types = {"needs", "runs_on", "gives"};
  std::set<std::string> there;
  std::set<std::tuple<std::string, std::string, std::string>> links;
  for (int step = 0; step < 300; ++step) {
    const std::string a = key();
    const std::string b = key();
    const std::string& type = types[random() % types.size()];
    switch (random() % 6) {
      case 0:
      case 1:
        if (there.insert(a).second) store_.Apply({.add = {a}});
        break;
      case 2:
        if (there.contains(a)) Name(a, "name " + std::to_string(random() % 3));
        break;
      case 3:
      case 4:
        if (!there.contains(a) || !there.contains(b)) break;
        if (links.insert({a, type, b}).second) {
          store_.Apply({.link = {{a, type, b}}});
        } else {
          links.erase({a, type, b});
          store_.Apply({.unlink = {{a, type, b}}});
        }
        break;
      default:
        if (random() % 3 != 0 || there.erase(a) == 0) break;
        store_.Apply({.end = {a}});
        std::erase_if(links, [&a](const auto& link) {
          return std::get<0>(link) == a || std::get<2>(link) == a;
        });
    }
    if (step == 200) store_.Reopen();
  }
  const std::uint64_t newest = store_.Newest().commit.value;
  for (int round = 0; round < 60; ++round) {
    View from = store_.At(CommitNumber{random() % (newest + 1)});
    View to = store_.At(CommitNumber{random() % (newest + 1)});
    // Every other time the graphs are read side by side, since one shows another instant.
    if (round % 2 == 0 && to.commit != kNoCommit) {
      to.valid_at = store_.At(CommitNumber{1 + random() % to.commit.value}).valid_at;
    }
    SCOPED_TRACE(std::to_string(from.commit.value) + " to " + std::to_string(to.commit.value) +
                 " at " + FormatTimestamp(to.valid_at));
    ASSERT_EQ(Compare(from, to, {}, 1 + random() % 9), NaiveDifference(Read(from), Read(to)));
  }
}

TEST_F(CompareTest, SaysSoWhenNobodyKnowsHowARetiredVersionDiffers) {
  store_.Apply({.add = {"a", "b"}, .link = {{"a", "needs", "b"}}});
  const View one = store_.At(Name("a", "one"));
  const View two = store_.At(Name("a", "two"));
  const storage::Provenance provenance{"officer", "law", "", ""};
  ASSERT_OK(store_.engine().retention().SetPolicy(
      {.class_number = store_.Class("Thing"), .keep_versions = 1}, provenance));
  ASSERT_OK(store_.engine().retention().Run(provenance, false, [] { return true; }));
  const Budget budget(Limits{}, store_.clock());
  Differences found;
  for (const auto& [from, to] : {std::pair(one, two), std::pair(two, one)}) {
    ASSERT_OK_AND_ASSIGN(const auto comparison,
                         Comparison::Open(store_.reader(), from, to, {}, budget));
    EXPECT_THAT(comparison->Next(budget, 1 << 20, found),
                testing::HasErrorCode(ErrorCode::kHistoryRetired));
  }
  // Where the same version is shown, or the record is not there at all, nothing of it is needed.
  EXPECT_EQ(Compare(one, one), Told{});
  EXPECT_EQ(Compare(two, store_.Newest()), Told{});
  const Told gone = Compare(one, store_.At(kNoCommit));
  EXPECT_EQ(gone, (Told{.records = {{"a", '-'}, {"b", '-'}}, .links = {{"a needs b", '-'}}}));
}

TEST_F(CompareTest, StopsWhenCancelledOrOutOfMemory) {
  store_.Apply({.add = {"a"}});
  const View first = store_.Newest();
  store_.Apply({.add = {"b"}});
  const auto cancelled = std::make_shared<std::atomic<bool>>(true);
  EXPECT_THAT(Comparison::Open(store_.reader(), first, store_.Newest(), {},
                               Budget(Limits{}, store_.clock(), cancelled)),
              testing::HasErrorCode(ErrorCode::kCancelled));
  EXPECT_THAT(Comparison::Open(store_.reader(), first, store_.Newest(), {},
                               Budget(Limits{.memory_bytes = 1}, store_.clock())),
              testing::HasErrorCode(ErrorCode::kMemoryBudget));
}

}  // namespace
}  // namespace kosei::query
