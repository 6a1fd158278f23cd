// Random commits and edits of plans against a naive model that replays a plan's edits one by one;
// every plan is read after every step, and merges and restarts come in between.
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "kosei/base/error.h"
#include "plan_fixture.h"

namespace kosei::testing {
namespace {

using storage::MergeOutcome;

using Arc = std::pair<std::string, std::string>;

struct Estate {
  std::map<std::string, std::int64_t> records;  // key, memory
  std::set<Arc> links;

  void End(const std::string& key) {
    records.erase(key);
    std::erase_if(links, [&](const Arc& link) { return link.first == key || link.second == key; });
  }
  friend bool operator==(const Estate&, const Estate&) = default;
};

struct Change {
  enum class Kind { kPut, kCreate, kEnd, kLink, kUnlink } kind;
  std::string a, b;  // the key; or source and target
  std::int64_t value = 0;
};

// What the plan's edits make of an estate.
Estate Replay(const Estate& main, const std::vector<Change>& edits) {
  Estate estate = main;
  std::set<Arc> planned;
  for (const Change& edit : edits) {
    switch (edit.kind) {
      case Change::Kind::kPut:
        if (estate.records.contains(edit.a)) estate.records[edit.a] = edit.value;
        break;
      case Change::Kind::kCreate:
        estate.records[edit.a] = edit.value;
        break;
      case Change::Kind::kEnd:
        estate.End(edit.a);
        std::erase_if(planned, [&](const Arc& link) {
          return link.first == edit.a || link.second == edit.a;
        });
        break;
      case Change::Kind::kLink:
        planned.emplace(edit.a, edit.b);
        break;
      case Change::Kind::kUnlink:
        planned.erase({edit.a, edit.b});
        estate.links.erase({edit.a, edit.b});
        break;
    }
  }
  for (const Arc& link : planned) {
    if (estate.records.contains(link.first) && estate.records.contains(link.second))
      estate.links.insert(link);
  }
  return estate;
}

class PlanRandomTest : public PlanTest {
 protected:
  static constexpr int kKeys = 8;

  std::string Key() { return "s" + std::to_string(random_() % kKeys); }
  Estate Read(const storage::View& view) {
    Estate estate;
    EXPECT_OK(reader().Scan(view, RecordId{1}, [&](RecordId, CommitNumber, RecordView record) {
      estate.records[std::string(record.key())] = record.Find(AttributeOf("memory")).integer();
      return true;
    }));
    std::set<Arc> incoming;
    auto graph = reader().Graph(view);
    EXPECT_OK(graph.status());
    for (int i = 0; i < kKeys; ++i) {
      const std::string key = "s" + std::to_string(i);
      const auto id = reader().IdOf(key);
      if (!id) continue;
      EXPECT_EQ(Get(key, view).ok(), estate.records.contains(key)) << key;
      graph->ForEach(storage::LinkDirection::kOut, storage::NodeOf(*id),
                     [&](storage::NodeIndex node, storage::TypeIndex) {
                       estate.links.emplace(key, reader().KeyOf(storage::RecordOf(node)));
                     });
      graph->ForEach(storage::LinkDirection::kIn, storage::NodeOf(*id),
                     [&](storage::NodeIndex node, storage::TypeIndex) {
                       incoming.emplace(reader().KeyOf(storage::RecordOf(node)), key);
                     });
    }
    EXPECT_EQ(incoming, estate.links);
    return estate;
  }
  storage::Transaction ToTransaction(const Change& edit) {
    switch (edit.kind) {
      case Change::Kind::kPut:
        return Putting("", edit.a, {{"memory", edit.value}});
      case Change::Kind::kCreate:
        return Putting("Server", edit.a, {{"memory", edit.value}});
      case Change::Kind::kEnd:
        return Ending(edit.a);
      case Change::Kind::kLink:
        return Linking(edit.a, "depends_on", edit.b);
      case Change::Kind::kUnlink:
        break;
    }
    return Unlinking(edit.a, "depends_on", edit.b);
  }
  Change RandomEdit(const Estate& seen) {
    Change edit{static_cast<Change::Kind>(random_() % 5), Key(), "",
                static_cast<std::int64_t>(random_() % 4)};
    if (edit.kind == Change::Kind::kCreate && seen.records.contains(edit.a))
      edit.kind = Change::Kind::kPut;
    if (edit.kind >= Change::Kind::kLink) edit.b = Key();
    return edit;
  }
  static bool Allowed(const Change& edit, const Estate& seen) {
    const bool a = seen.records.contains(edit.a);
    if (edit.kind == Change::Kind::kCreate) return true;
    if (edit.kind == Change::Kind::kLink) return a && seen.records.contains(edit.b);
    if (edit.kind == Change::Kind::kUnlink) return seen.links.contains({edit.a, edit.b});
    return a;
  }
  // It changes what is seen, so it is a step.
  static bool Changes(const Change& edit, const Estate& seen) {
    if (edit.kind == Change::Kind::kLink) return !seen.links.contains({edit.a, edit.b});
    return edit.kind != Change::Kind::kPut || seen.records.at(edit.a) != edit.value;
  }

  std::mt19937 random_;
};

TEST_F(PlanRandomTest, AgreesWithANaiveReplayOfEveryEdit) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  std::vector<std::pair<std::string, std::vector<Change>>> planned(3);
  Estate main;
  int opened = 0;
  int merged = 0;
  int refused = 0;
  for (int step = 0; step < 1'500; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    auto& [plan, edits] = planned[random_() % planned.size()];
    if (plan.empty()) {
      plan = "p" + std::to_string(++opened);
      OpenPlan(plan);
    }
    const std::uint32_t what = random_() % 20;
    if (what == 0) {
      const Estate carried_out = Replay(main, edits);
      const MergeOutcome outcome = Merge(plan, storage::Take::kNeither, random_() % 2 == 0);
      if (outcome.conflicts.empty()) {
        ++merged;
        main = carried_out;
      } else {
        ++refused;
        ASSERT_OK(plans().Drop(plan));
      }
      ASSERT_EQ(Read(reader().Newest()), main);
      plan.clear();
      edits.clear();
    } else if (what < 5) {
      const Change edit = RandomEdit(main);
      clock_.Advance(std::chrono::seconds(1));
      const auto result = writer().Commit(ToTransaction(edit));
      ASSERT_EQ(result.ok(), Allowed(edit, main)) << result.status();
      if (result.ok()) main = Replay(main, {edit});
    } else {
      const Estate seen = Replay(main, edits);
      const Change edit = RandomEdit(seen);
      const absl::Status status = PlanTest::Edit(plan, ToTransaction(edit));
      ASSERT_EQ(status.ok(), Allowed(edit, seen)) << status;
      if (status.ok() && Changes(edit, seen)) edits.push_back(edit);
    }
    if (random_() % 150 == 0) Reopen();
    for (const auto& [name, those] : planned) {
      if (!name.empty()) ASSERT_EQ(Read(In(name)), Replay(main, those)) << name;
    }
  }
  EXPECT_GT(merged, 0);
  EXPECT_GT(refused, 0);
}

TEST_F(PlanRandomTest, IsReadEditedAndCommittedBesideAtOnce) {
  for (int i = 0; i < kKeys; ++i)
    ASSERT_OK(Put("Server", "s" + std::to_string(i), {{"memory", 0}}));
  OpenPlan("p");
  std::vector<std::thread> threads;
  threads.emplace_back([this] {
    for (int i = 1; i <= 100; ++i) EXPECT_OK(plans().Edit("p", Putting("", "s0", {{"memory", i}})));
  });
  threads.emplace_back([this] {
    for (int i = 1; i <= 100; ++i) EXPECT_OK(writer().Commit(Putting("", "s1", {{"memory", i}})));
  });
  threads.emplace_back([this] {
    std::int64_t last = 0;
    for (int i = 0; i < 300; ++i) {
      const std::int64_t memory = Attribute("s0", "memory", In("p")).integer();
      EXPECT_GE(memory, last);
      last = memory;
      EXPECT_OK(reader().Graph(In("p")));
      EXPECT_EQ(Attribute("s0", "memory", reader().Newest()), Value(0));
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Attribute("s0", "memory", In("p")), Value(100));
  EXPECT_EQ(Attribute("s1", "memory", In("p")), Value(100));
  EXPECT_TRUE(Merge("p").conflicts.empty());
  EXPECT_EQ(Attribute("s0", "memory", reader().Newest()), Value(100));
}

}  // namespace
}  // namespace kosei::testing
