// A server that is killed (kill -9) again and again while eight clients write: every acknowledged
// commit is there and whole, nothing is there that nobody sent, and koseid verify finds nothing.
//
// It is killed at random commits, just after an index began to be built, and while it writes down
// its memory on its way out. 20 kills by default. KOSEI_LONG_TESTS=1: 200.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "estate.h"
#include "kosei/base/error.h"
#include "left_behind.h"

namespace kosei::e2e {
namespace {

constexpr int kWriters = 8;
constexpr int kBulkRecords = 40;

enum class Moment : std::uint8_t { kAtACommit, kAtAnotherCommit, kWhileIndexing, kAtCheckpoint };
constexpr int kMoments = 4;

// What is known of a plan of one record.
struct SentPlan {
  bool opened = false, edited = false, merge_sent = false, merged = false;
};

// What one writer knows.
struct Writer {
  int number = 0;
  int turns = 0;
  int sent = 0;                               // pairs 0 to sent - 1: two records, and a link
  std::map<int, std::uint64_t> acknowledged;  // pair and its commit
  std::vector<bool> bulks;                    // each load: acknowledged
  std::vector<SentPlan> plans;
  std::set<std::string> baselines;  // acknowledged
  std::vector<bool> models;         // each new class: acknowledged

  std::string Name(const std::string& what, std::size_t which) const {
    return "w" + std::to_string(number) + "-" + what + std::to_string(which);
  }
  std::string KeyOf(int pair, char which) const {
    return Name("", static_cast<std::size_t>(pair)) + which;
  }
  std::string BulkKey(std::size_t bulk, int record) const {
    return Name("bulk", bulk) + "-" + std::to_string(record);
  }
};

// What the death of the server looks like from outside. Anything else fails the test.
bool Ended(const absl::Status& status) {
  if (status.ok()) return false;
  const bool known = HasCode(status, ErrorCode::kConnectionLost) ||
                     HasCode(status, ErrorCode::kConnectFailed) ||
                     HasCode(status, ErrorCode::kShuttingDown);
  EXPECT_TRUE(known) << status;
  return true;
}

class CrashLoop : public Estate {
 protected:
  CrashLoop() : writers(kWriters) {
    for (int i = 0; i < kWriters; ++i) writers[static_cast<std::size_t>(i)].number = i;
  }

  // Writes until the server is gone. It may be there again when a turn ends.
  void WriteOn(Writer& writer) {
    client::Options options;
    options.server = server.address();
    options.token = token;
    options.connect_timeout = std::chrono::milliseconds(1'000);
    auto connected = client::Client::Connect(options);
    if (Ended(connected.status())) return;
    client::Client& to = **connected;
    if (writer.number == 3 && moment == Moment::kWhileIndexing) {
      if (Ended(to.BuildIndex(""))) return;
      index_begun = true;
      Tell();
    }
    while (!killed && TakeTurn(writer, to)) continue;
  }
  // False: the server is gone.
  bool TakeTurn(Writer& writer, client::Client& to) {
    const int turn = ++writer.turns;
    if (writer.number == 0 && turn % 8 == 0) return LoadBulk(writer, to);
    if (writer.number == 1 && turn % 8 == 0) return NameView(writer, to);
    if (writer.number == 2 && turn % 4 == 0) return CarryOutPlan(writer, to);
    if (writer.number == 3 && turn % 64 == 0) return !Ended(to.BuildIndex("name"));
    if (writer.number == 4 && turn % 32 == 0) return ChangeModel(writer, to);
    return CommitPair(writer, to);
  }
  Record Server(std::string key) const {
    Record record;
    record.class_number = server_class;
    record.key = std::move(key);
    record.Set(name_attribute, Value("Server " + record.key));
    return record;
  }
  void Acknowledged() {
    acknowledged.fetch_add(1);
    Tell();
  }
  bool CommitPair(Writer& writer, client::Client& to) {
    const int pair = writer.sent++;
    client::Mutation mutation;
    mutation.provenance.reason = "pair";
    mutation.put_records.push_back({Server(writer.KeyOf(pair, 'a')), {}});
    mutation.put_records.push_back({Server(writer.KeyOf(pair, 'b')), {}});
    mutation.put_links.push_back({writer.KeyOf(pair, 'a'), depends_on, writer.KeyOf(pair, 'b')});
    const auto counts = to.Mutate(mutation);
    if (Ended(counts.status())) return false;
    writer.acknowledged[pair] = counts->commit;
    Acknowledged();
    return true;
  }
  bool LoadBulk(Writer& writer, client::Client& to) {
    const std::size_t bulk = writer.bulks.size();
    writer.bulks.push_back(false);
    auto loader = to.BeginBulk({});
    if (Ended(loader.status())) return false;
    for (int i = 0; i < kBulkRecords; ++i) {
      if (Ended((*loader)->AddRecord(Server(writer.BulkKey(bulk, i))))) return false;
    }
    if (Ended((*loader)->Finish().status())) return false;
    writer.bulks[bulk] = true;
    Acknowledged();
    return true;
  }
  bool NameView(Writer& writer, client::Client& to) {
    const std::string name = writer.Name("view", static_cast<std::size_t>(writer.turns));
    if (Ended(to.CreateBaseline(name, "").status())) return false;
    writer.baselines.insert(name);
    return true;
  }
  bool CarryOutPlan(Writer& writer, client::Client& to) {
    const std::string name = writer.Name("plan", writer.plans.size());
    SentPlan& plan = writer.plans.emplace_back();
    if (Ended(to.OpenPlan(name, "", "").status())) return false;
    plan.opened = true;
    client::Mutation step;
    step.put_records.push_back({Server(name), {}});
    if (Ended(to.EditPlan(name, step).status())) return false;
    plan.edited = true;
    if (writer.plans.size() % 2 == 0) return true;  // every other one stays open
    plan.merge_sent = true;
    if (Ended(to.MergePlan(name, {}).status())) return false;
    plan.merged = true;
    Acknowledged();
    return true;
  }
  bool ChangeModel(Writer& writer, client::Client& to) {
    const auto text = to.GetModelText({});
    if (Ended(text.status())) return false;
    const std::string name = ClassOf(writer.models.size());
    writer.models.push_back(false);
    const auto applied = to.ApplyModel(
        {{"model.yaml", text->text + "---\nclasses:\n  - name: " + name +
                            "\n    parent: ConfigurationItem\n    label: {en: " + name +
                            ", ja: " + name + "}\n"}},
        false, {});
    if (Ended(applied.status())) return false;
    EXPECT_EQ(applied->outcome, client::ModelOutcome::kApplied);
    writer.models.back() = true;
    Acknowledged();
    return true;
  }
  static std::string ClassOf(std::size_t model) { return "Robot" + std::to_string(model); }

  void Tell() {
    events.fetch_add(1);
    events.notify_one();
  }

  void KillAt(std::uint64_t enough) {
    for (std::uint32_t seen = events.load(); running.load() > 0; seen = events.load()) {
      const bool now = moment != Moment::kWhileIndexing || index_begun;
      if (now && acknowledged.load() >= enough) break;
      events.wait(seen);
    }
    if (moment == Moment::kAtCheckpoint) {
      const FolderWatch watch({server.data()});
      kill(server.pid(), SIGTERM);
      const bool met = watch.Await([](std::string_view file, bool closed) {
        if (file == "checkpoint.new") return FolderWatch::Verdict::kMet;
        return file == "lock" && closed ? FolderWatch::Verdict::kMissed
                                        : FolderWatch::Verdict::kWait;
      });
      if (met) ++checkpoints_met;
    }
    server.Kill();
    killed = true;
  }

  std::vector<std::optional<client::RecordVersion>> GetAll(const std::vector<std::string>& keys) {
    std::vector<std::optional<client::RecordVersion>> found;
    for (std::size_t begin = 0; begin < keys.size(); begin += 500) {
      const std::size_t end = std::min(keys.size(), begin + 500);
      const auto part = client->Get({keys.begin() + static_cast<std::ptrdiff_t>(begin),
                                     keys.begin() + static_cast<std::ptrdiff_t>(end)},
                                    {});
      EXPECT_OK(part);
      if (!part.ok()) return std::vector<std::optional<client::RecordVersion>>(keys.size());
      found.insert(found.end(), part->records.begin(), part->records.end());
    }
    return found;
  }

  void CheckPairs(const Writer& writer) {
    std::vector<std::string> keys;
    for (int pair = 0; pair < writer.sent; ++pair) {
      keys.push_back(writer.KeyOf(pair, 'a'));
      keys.push_back(writer.KeyOf(pair, 'b'));
    }
    const auto found = GetAll(keys);
    for (int pair = 0; pair < writer.sent; ++pair) {
      const auto& a = found[static_cast<std::size_t>(2 * pair)];
      const auto& b = found[static_cast<std::size_t>(2 * pair) + 1];
      const std::string key = writer.KeyOf(pair, 'a');
      EXPECT_EQ(a.has_value(), b.has_value()) << "torn: " << key;
      const auto known = writer.acknowledged.find(pair);
      if (known != writer.acknowledged.end()) {
        EXPECT_TRUE(a.has_value()) << "lost: " << key;
        if (a.has_value()) EXPECT_EQ(a->begin, known->second) << key;
      }
      if (!a.has_value() || !b.has_value()) continue;
      EXPECT_EQ(a->begin, b->begin) << "torn: " << key;
      ++pairs_found;
    }
  }
  void CheckBulks(const Writer& writer) {
    for (std::size_t bulk = 0; bulk < writer.bulks.size(); ++bulk) {
      std::vector<std::string> keys;
      for (int i = 0; i < kBulkRecords; ++i) keys.push_back(writer.BulkKey(bulk, i));
      int there = 0;
      for (const auto& version : GetAll(keys)) there += version.has_value() ? 1 : 0;
      if (writer.bulks[bulk]) EXPECT_EQ(there, kBulkRecords) << "lost: load " << bulk;
      EXPECT_EQ(there % kBulkRecords, 0) << "torn: load " << bulk;
      others_found += static_cast<std::uint64_t>(there);
    }
  }
  void CheckPlans(const Writer& writer, const std::map<std::string, client::PlanInfo>& plans) {
    for (std::size_t i = 0; i < writer.plans.size(); ++i) {
      const std::string name = writer.Name("plan", i);
      SCOPED_TRACE(name);
      const SentPlan& sent = writer.plans[i];
      const auto found = plans.find(name);
      if (sent.opened) EXPECT_NE(found, plans.end()) << "lost";
      const bool merged = found != plans.end() && found->second.state == client::PlanState::kMerged;
      if (sent.edited && found != plans.end()) EXPECT_EQ(found->second.steps, 1U) << "lost";
      if (sent.merged) EXPECT_TRUE(merged) << "lost";
      if (merged) EXPECT_TRUE(sent.merge_sent) << "invented";
      const auto record = Find(name);
      EXPECT_EQ(record.has_value(), merged) << "torn";
      if (record && merged) EXPECT_EQ(record->begin, found->second.merged);
      others_found += record.has_value() ? 1 : 0;
    }
  }

  void CheckAll() {
    pairs_found = 0;
    others_found = 0;
    ASSERT_OK_AND_ASSIGN(const auto baselines, client->ListBaselines());
    std::set<std::string> names;
    for (const client::Baseline& baseline : baselines) names.insert(baseline.name);
    ASSERT_OK_AND_ASSIGN(const auto plans, client->ListPlans());
    std::map<std::string, client::PlanInfo> by_name;
    for (const client::PlanInfo& plan : plans) by_name[plan.name] = plan;
    for (const Writer& writer : writers) {
      CheckPairs(writer);
      CheckBulks(writer);
      CheckPlans(writer, by_name);
      for (const std::string& name : writer.baselines) EXPECT_TRUE(names.contains(name)) << name;
      for (std::size_t i = 0; i < writer.models.size(); ++i) {
        if (writer.models[i]) EXPECT_NE(client->model()->FindClass(ClassOf(i)), nullptr) << i;
      }
    }
    ASSERT_OK_AND_ASSIGN(const client::StatusReport status, client->Status());
    EXPECT_EQ(status.records, 2 * pairs_found + others_found) << "records that nobody sent";
    EXPECT_EQ(status.links, pairs_found) << "a link for each pair, and no other";
  }

  std::vector<Writer> writers;
  std::string token;
  ClassNumber server_class;
  AttributeNumber name_attribute;
  RelationshipTypeNumber depends_on;
  Moment moment = Moment::kAtACommit;
  std::atomic<bool> index_begun{false};
  std::atomic<bool> killed{false};
  std::atomic<std::uint64_t> acknowledged{0};  // commits
  std::uint64_t pairs_found = 0;
  std::uint64_t others_found = 0;        // records
  int checkpoints_met = 0;               // kills that came while one was written
  std::atomic<int> running{0};           // writers
  std::atomic<std::uint32_t> events{0};  // whatever the killer waits for
};

TEST_F(CrashLoop, NoAcknowledgedCommitIsLostTornOrInvented) {
  const int kills = std::getenv("KOSEI_LONG_TESTS") != nullptr ? 200 : 20;
  token = server.admin_token();
  server_class = client->model()->FindClass("Server")->number;
  name_attribute = client->model()->AttributeOf("name");
  depends_on = Type("depends_on");
  std::mt19937 random(20'260'301);
  for (int kill = 0; kill < kills && !HasFailure(); ++kill) {
    SCOPED_TRACE("kill " + std::to_string(kill));
    client.reset();
    moment = static_cast<Moment>(kill % kMoments);
    const std::uint64_t more = random() % (moment == Moment::kWhileIndexing ? 8 : 200);
    const std::uint64_t enough = acknowledged.load() + 1 + more;
    index_begun = false;
    killed = false;
    running = kWriters;
    std::vector<std::thread> threads;
    threads.reserve(kWriters);
    for (Writer& writer : writers) {
      threads.emplace_back([this, &writer] {
        WriteOn(writer);
        running.fetch_sub(1);
        Tell();
      });
    }
    KillAt(enough);
    ExpectSound(server.data(), folder / "left");
    const absl::Status started = server.Start();
    // A load that was under way goes on by itself, and is acknowledged then.
    for (std::thread& thread : threads) thread.join();
    ASSERT_OK(started);
    client = Connect(token);
    ASSERT_NE(client, nullptr);
    CheckAll();
  }
  EXPECT_GE(acknowledged.load(), static_cast<std::uint64_t>(kills));
  EXPECT_GT(checkpoints_met, 0);
  std::printf("kills %d, %d of them while memory was written down; acknowledged commits %llu\n",
              kills, checkpoints_met, static_cast<unsigned long long>(acknowledged.load()));
}

}  // namespace
}  // namespace kosei::e2e
