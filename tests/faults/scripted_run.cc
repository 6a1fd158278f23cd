#include "scripted_run.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

#include "in_child.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/storage/engine.h"
#include "kosei/storage/repair.h"
#include "kosei/storage/verification.h"
#include "small_store.h"

namespace kosei::testing {
namespace {

// Lines that outlive the process, whatever ends it.
class Notes {
 public:
  explicit Notes(const std::string& path)
      : file_(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)) {}
  ~Notes() { close(file_); }
  Notes(const Notes&) = delete;
  Notes& operator=(const Notes&) = delete;
  void Say(const std::string& word, const std::string& rest) const {
    const std::string line = word + " " + rest + "\n";
    if (write(file_, line.data(), line.size()) < 0) _exit(3);
  }

 private:
  int file_;
};

constexpr std::string_view kUnreadable = "unreadable";

class Script {
 public:
  Script(FaultDisk& disk, const ScriptedRun& run, const Notes& notes)
      : disk_(disk), data_(run.data()), backups_(run.backups()), notes_(notes) {}

  void Run() {
    if (Do("open", [&] { return Open(storage::WatermarkMode::kStrict); })) Steps();
    if (store_.engine != nullptr && disk_.has_failed()) AfterFailure();
    store_.engine.reset();
    notes_.Say("changes", std::to_string(disk_.changes()));
    notes_.Say("reads", std::to_string(disk_.reads()));
    if (disk_.has_failed()) notes_.Say("failed", "yes");
  }

 private:
  void Steps() {
    bool go = Do("first load", [&] { return FirstLoad(); });
    for (int i = 0; go && i < 4; ++i) go = Do("put", [&] { return Put(i); });
    go = go && Do("baseline", [&] { return Baseline("before"); });
    go = go && Do("setting", [&] { return Setting("one"); });
    go = go && Do("open plan", [&] { return OpenPlan("move"); });
    for (int i = 0; go && i < 2; ++i) go = Do("edit plan", [&] { return EditPlan("move", i); });
    go = go && Do("index", [&] { return BuildIndex("memory"); });
    go = go && Do("follow", [&] { return store_.engine->indexes().CatchUp(); });
    go = go && Do("backup", [&] { return Backup(); });
    // What memory holds is written down, and read again; everything in the log goes into files.
    go = go && Do("reopen", [&] { return Open(storage::WatermarkMode::kRelaxed, true); });
    go = go && Do("merge plan", [&] { return MergePlan("move"); });
    go = go && Do("open plan", [&] { return OpenPlan("later"); });
    go = go && Do("edit plan", [&] { return EditPlan("later", 2); });
    go = go && Do("unlink", [&] { return Unlink(); });
    // More than the write buffer holds: it is flushed while writing goes on.
    for (int i = 0; go && i < 3; ++i) go = Do("load", [&] { return LaterLoad(i); });
    go = go && Do("end", [&] { return End(); });
    go = go && Do("baseline", [&] { return Baseline("after"); });
    go = go && Do("reopen", [&] { return Open(storage::WatermarkMode::kStrict); });
    go = go && Do("follow", [&] { return store_.engine->indexes().CatchUp(); });
    go = go && Do("backup", [&] { return Backup(); });
    for (int i = 4; go && i < 6; ++i) go = Do("put", [&] { return Put(i); });
  }

  bool Do(const std::string& name, const std::function<absl::Status()>& step) {
    const absl::Status status = step();
    if (status.ok()) return true;
    if (!disk_.has_failed()) Complain(name + " failed without a fault: " + status.ToString());
    CheckTyped(name, status);
    return false;
  }

  // An error says what kind it is, and in words.
  void CheckTyped(const std::string& name, const absl::Status& status) {
    const bool typed =
        HasCode(status, ErrorCode::kStorageIo) || HasCode(status, ErrorCode::kStorageLow) ||
        HasCode(status, ErrorCode::kStorageReadOnly) || HasCode(status, ErrorCode::kStorageCorrupt);
    if (typed && MessageOf(status).size() > 20) return;
    Complain(name + ": an error of no kind: " + status.ToString());
  }

  // Reads go on; a write is either refused or as good as any.
  void AfterFailure() {
    if (acknowledged_ > 0) {
      const auto read = store_.Get("s1");
      // The read may itself be what meets the fault.
      if (!read.ok() && disk_.reads() == 0) Complain("a read failed: " + read.status().ToString());
    }
    const auto probe = store_.Put("Server", "probe", {}, "probe");
    if (probe.ok()) {
      notes_.Say("probe", std::to_string(probe->commit.value));
    } else if (!HasCode(probe.status(), ErrorCode::kStorageReadOnly)) {
      CheckTyped("probe", probe.status());
    }
  }

  // Indexes follow when they are told to, or by themselves.
  absl::Status Open(storage::WatermarkMode mode, bool index_in_background = false) {
    store_.engine.reset();
    storage::EngineOptions options = store_.Options(data_);
    options.files = &disk_.files();
    options.store_files = &disk_.store_files();
    options.watermark = mode;
    options.index_in_background = index_in_background;
    return store_.Open(options);
  }
  absl::Status Acknowledge(const absl::StatusOr<storage::CommitResult>& result) {
    if (!result.ok()) return result.status();
    if (result->commit != kNoCommit) {
      acknowledged_ = result->commit.value;
      notes_.Say("commit", std::to_string(acknowledged_));
    }
    return absl::OkStatus();
  }
  absl::Status FirstLoad() {
    auto load = store_.writer().BeginBulk({"loader", "first load", "", ""});
    if (!load.ok()) return load.status();
    storage::BulkChunk chunk;
    for (int i = 0; i < 10; ++i) {
      chunk.records.push_back(store_.Make("Server", "s" + std::to_string(i),
                                          {{"serial_number", "SN-" + std::to_string(i)}}));
    }
    chunk.records.push_back(store_.Make("Application", "a", {{"name", "App"}}));
    chunk.links = {{"a", store_.Type("hosted_on"), "s1"}, {"s1", store_.Type("depends_on"), "s2"}};
    if (const auto added = (*load)->Add(std::move(chunk)); !added.ok()) return added.status();
    return Acknowledge((*load)->Finish());
  }
  absl::Status Put(int i) {
    storage::Transaction transaction;
    const std::string key = "p" + std::to_string(i);
    transaction.provenance = {"test", "put " + key, "", ""};
    transaction.put_records.push_back(
        {store_.Make("Server", key, {{"serial_number", "P-" + std::to_string(i)}}), {}});
    transaction.put_records.push_back({store_.Make("Server", "s1", {{"memory", i + 1}}), {}});
    transaction.put_links.push_back({key, store_.Type("depends_on"), "s1"});
    return Acknowledge(store_.Commit(std::move(transaction)));
  }
  absl::Status Unlink() {
    storage::Transaction transaction;
    transaction.provenance.reason = "unlink";
    transaction.end_links.push_back({"p0", store_.Type("depends_on"), "s1"});
    return Acknowledge(store_.Commit(std::move(transaction)));
  }
  absl::Status LaterLoad(int i) {
    auto load = store_.writer().BeginBulk({"loader", "later load", "", "csv"});
    if (!load.ok()) return load.status();
    storage::BulkChunk chunk;
    for (int n = 0; n < 20; ++n) {
      chunk.records.push_back(
          store_.Make("Server", "b" + std::to_string(20 * i + n),
                      {{"description", std::string(2'000, static_cast<char>('a' + i))}}));
    }
    const auto added = (*load)->Add(std::move(chunk));
    if (!added.ok()) return added.status();
    if (const absl::Status noted = Acknowledge(added->counts); !noted.ok()) return noted;
    return (*load)->Finish().status();
  }
  absl::Status End() {
    storage::Transaction transaction;
    transaction.provenance.reason = "end";
    transaction.end_records.push_back({"s2", {}});
    return Acknowledge(store_.Commit(std::move(transaction)));
  }
  absl::Status Baseline(const std::string& name) {
    const absl::Status made =
        store_.writer().CreateBaseline({name, store_.reader().Newest(), "of the test"});
    if (made.ok()) notes_.Say("baseline", name);
    return made;
  }
  absl::Status Setting(const std::string& name) {
    const absl::Status put = store_.writer().PutSetting("test/" + name, "value");
    if (put.ok()) notes_.Say("setting", name);
    return put;
  }
  absl::Status OpenPlan(const std::string& name) {
    const auto plan = store_.engine->plans().Open(name, "of the test", {"test", "", "", ""});
    if (plan.ok()) notes_.Say("plan", name);
    return plan.status();
  }
  absl::Status EditPlan(const std::string& name, int i) {
    storage::Transaction edits;
    const std::string key = "q" + std::to_string(i);
    edits.provenance = {"test", "plan " + key, "", ""};
    edits.put_records.push_back({store_.Make("Server", key, {{"memory", i}}), {}});
    edits.put_links.push_back({key, store_.Type("depends_on"), "s3"});
    const auto edited = store_.engine->plans().Edit(name, std::move(edits));
    if (edited.ok()) notes_.Say("step", name);
    return edited.status();
  }
  absl::Status MergePlan(const std::string& name) {
    store_.clock.Advance(std::chrono::seconds(1));
    const auto merged = store_.engine->plans().Merge(name, {{"test", "merge", "", ""}});
    if (!merged.ok()) return merged.status();
    if (merged->commits.size() != 1) Complain("merge: " + std::to_string(merged->commits.size()));
    for (const storage::CommitResult& commit : merged->commits) (void)Acknowledge(commit);
    notes_.Say("merged", name);
    return absl::OkStatus();
  }
  absl::Status BuildIndex(const std::string& name) {
    const absl::Status begun = store_.engine->indexes().Build(name);
    if (begun.ok()) notes_.Say("index", name);
    return begun;
  }
  absl::Status Backup() {
    auto run = store_.engine->BeginBackup({backups_});
    if (!run.ok()) return run.status();
    while (true) {
      const auto done = (*run)->Step();
      if (!done.ok()) return done.status();
      if (*done) break;
    }
    notes_.Say("backup", std::to_string((*run)->report().backup.commit.value));
    return absl::OkStatus();
  }
  void Complain(const std::string& what) { notes_.Say("complaint", what); }

  FaultDisk& disk_;
  const std::string data_;
  const std::string backups_;
  const Notes& notes_;
  SmallStore store_;
  std::uint64_t acknowledged_ = 0;
};

Journal ReadJournal(const std::string& path) {
  Journal journal;
  std::ifstream in(path);
  std::string word;
  std::string rest;
  while (in >> word && std::getline(in, rest)) {
    rest.erase(0, 1);
    if (word == "commit") journal.acknowledged = std::stoull(rest);
    if (word == "probe") journal.probe = std::stoull(rest);
    if (word == "baseline") journal.baselines.push_back(rest);
    if (word == "setting") journal.settings.push_back(rest);
    if (word == "plan") journal.plans[rest] = 0;
    if (word == "step") ++journal.plans[rest];
    if (word == "merged") journal.merged_plans.push_back(rest);
    if (word == "index") journal.indexes.push_back(rest);
    if (word == "backup") journal.backups.push_back(std::stoull(rest));
    if (word == "complaint") journal.complaints.push_back(rest);
    if (word == "changes") journal.changes = std::stoull(rest);
    if (word == "reads") journal.reads = std::stoull(rest);
    if (word == "failed") journal.failed = true;
  }
  return journal;
}

// What each commit's View shows, as one hash.
Expected Describe(SmallStore& store) {
  Expected expected;
  const std::uint64_t newest = store.reader().Newest().commit.value;
  for (std::uint64_t number = 1; number <= newest; ++number) {
    const auto commit = store.reader().Commit(CommitNumber{number});
    const auto view =
        store.reader().Resolve({storage::ViewName::Kind::kCommit, CommitNumber{number}, {}, {}});
    const auto dump = view.ok() ? store.Dump(*view) : view.status();
    if (!commit.ok() || !dump.ok()) {
      expected[number] = kUnreadable;
      continue;
    }
    expected[number] = ToHex(commit->hash) + " " + ToHex(Sha256::Of(*dump)) + " " + commit->reason;
  }
  return expected;
}

std::string JudgeCommits(const Journal& journal, const Expected& expected, const Expected& found) {
  const std::uint64_t newest = found.size();
  if (newest < std::max(journal.acknowledged, journal.probe)) {
    return "LOST: the newest commit is " + std::to_string(newest) + ", acknowledged was " +
           std::to_string(std::max(journal.acknowledged, journal.probe));
  }
  for (const auto& [number, text] : found) {
    const auto wanted = expected.find(number);
    if (wanted != expected.end() && wanted->second == text && number != journal.probe) continue;
    const bool probe = text.ends_with(" probe") && number == newest;
    if (text == kUnreadable) return "unreadable: commit " + std::to_string(number);
    if (!probe) {
      return "WRONG: commit " + std::to_string(number) + " is " + text + ", expected " +
             (wanted == expected.end() ? "none" : wanted->second);
    }
  }
  return {};
}

std::string JudgePlans(SmallStore& store, const Journal& journal) {
  for (const auto& [name, steps] : journal.plans) {
    const auto plan = store.engine->plans().Find(name);
    if (HasCode(plan.status(), ErrorCode::kUnknownPlan)) return "LOST: plan " + name;
    if (!plan.ok()) return "unreadable: plan " + name;
    if (plan->steps < steps) return "LOST: a step of plan " + name;
    const auto read = store.engine->plans().Steps(name);
    if (!read.ok() || read->size() != plan->steps) return "unreadable: a step of plan " + name;
    const bool merged = plan->state == storage::PlanState::kMerged;
    const auto& wanted = journal.merged_plans;
    if (!merged && std::find(wanted.begin(), wanted.end(), name) != wanted.end())
      return "LOST: the merge of plan " + name;
    if (store.Get(name == "move" ? "q0" : "q2").ok() != merged)
      return "WRONG: plan " + name + " is merged and its records are not there, or the reverse";
  }
  return {};
}

// Whatever way an index is, it leads to what is there.
std::string JudgeIndexes(SmallStore& store, const Journal& journal) {
  if (const absl::Status caught_up = store.engine->indexes().CatchUp(); !caught_up.ok())
    return "refused: an index: " + caught_up.ToString();
  const auto all = store.engine->indexes().List();
  for (const std::string& name : journal.indexes) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& index) { return index.name == name; });
    if (found == all.end()) return "LOST: index " + name;
    if (found->state != storage::IndexState::kWhole) return "refused: index " + name;
  }
  return {};
}

std::string JudgeBackups(FaultDisk& disk, const std::string& folder, const Journal& journal) {
  if (journal.backups.empty()) return {};
  const auto report = storage::CheckBackups({.folder = folder, .files = &disk.files()});
  if (!report.ok()) return "LOST: backups: " + report.status().ToString();
  if (!report->findings.empty()) return "backup: " + report->findings.front();
  for (const std::uint64_t commit : journal.backups) {
    const auto has = [&](const auto& backup) { return backup.commit.value == commit; };
    if (std::none_of(report->backups.begin(), report->backups.end(), has))
      return "LOST: the backup of commit " + std::to_string(commit);
  }
  return {};
}

std::string JudgeOpened(SmallStore& store, const Journal& journal, const Expected& expected) {
  if (std::string wrong = JudgeCommits(journal, expected, Describe(store)); !wrong.empty())
    return wrong;
  for (const std::string& name : journal.baselines) {
    storage::ViewName view;
    view.kind = storage::ViewName::Kind::kBaseline;
    view.baseline = name;
    const auto found = store.reader().Resolve(view);
    if (HasCode(found.status(), ErrorCode::kUnknownBaseline)) return "LOST: baseline " + name;
    if (!found.ok()) return "unreadable: baseline " + name;
  }
  for (const std::string& name : journal.settings) {
    const auto found = store.writer().Settings("test/" + name);
    if (!found.ok()) return "unreadable: setting " + name;
    if (found->size() != 1) return "LOST: setting " + name;
  }
  if (std::string wrong = JudgePlans(store, journal); !wrong.empty()) return wrong;
  if (std::string wrong = JudgeIndexes(store, journal); !wrong.empty()) return wrong;
  const auto more = store.Put("Server", "after", {}, "after");
  return more.ok() ? std::string() : "refused: a write: " + more.status().ToString();
}

}  // namespace

Journal ScriptedRun::Run(const FaultDisk::Plan& plan, int& wait_status) const {
  const std::string notes = folder_ + "/journal";
  wait_status = InChild([&] {
    const Notes journal(notes);
    FaultDisk disk(folder_ + "/attic", plan);
    Script(disk, *this, journal).Run();
    _exit(0);  // RocksDB's own threads are not waited for
  });
  return ReadJournal(notes);
}

Expected ScriptedRun::Learn() const {
  int status = 0;
  (void)Run({}, status);
  const std::string path = folder_ + "/expected";
  (void)InChild([&] {
    SmallStore store;
    if (!store.Open(store.Options(data())).ok()) _exit(1);
    std::ofstream out(path);
    for (const auto& [number, text] : Describe(store)) out << number << " " << text << "\n";
    out.close();
    store.engine.reset();
    _exit(0);
  });
  Expected expected;
  std::ifstream in(path);
  std::uint64_t number = 0;
  std::string text;
  while (in >> number && std::getline(in, text)) expected[number] = text.substr(1);
  return expected;
}

std::string ScriptedRun::Judge(const Journal& journal, const Expected& expected) const {
  const std::string path = folder_ + "/verdict";
  const int status = InChild([&] {
    std::string verdict;
    FaultDisk disk(folder_ + "/attic", {});
    SmallStore store;
    storage::EngineOptions options = store.Options(data());
    options.files = &disk.files();
    options.store_files = &disk.store_files();
    const absl::Status opened = store.Open(options);
    verdict = opened.ok() ? JudgeOpened(store, journal, expected) : "refused: " + opened.ToString();
    store.engine.reset();
    if (verdict.empty()) {
      storage::VerifyOptions verify;
      verify.folder = data();
      verify.model = SmallModel();
      verify.files = &disk.files();
      verify.store_files = &disk.store_files();
      const auto report = storage::VerifyStore(verify);
      if (!report.ok()) verdict = "verify: " + report.status().ToString();
      if (report.ok() && !report->sound()) verdict = "verify: " + report->findings.front();
    }
    if (verdict.empty()) verdict = JudgeBackups(disk, backups(), journal);
    std::ofstream(path) << verdict;
    _exit(0);
  });
  if (WIFSIGNALED(status)) return "aborted: by signal " + std::to_string(WTERMSIG(status));
  if (status != 0) return "the reopening ended with wait status " + std::to_string(status);
  std::ostringstream verdict;
  verdict << std::ifstream(path).rdbuf();
  return verdict.str();
}

std::string ScriptedRun::RepairAndJudge(const Journal& journal, const Expected& expected) const {
  const std::string path = folder_ + "/repair";
  (void)InChild([&] {
    storage::RepairOptions options;
    options.folder = data();
    options.dry_run = false;
    options.model = SmallModel();
    const auto report = storage::RepairStore(options);
    std::ofstream out(path);
    if (!report.ok()) {
      out << "repair: " << report.status();
    } else if (report->outcome != storage::RepairOutcome::kMended) {
      out << "repair: outcome " << static_cast<int>(report->outcome);
    }
    out.close();
    _exit(0);
  });
  std::ostringstream repaired;
  repaired << std::ifstream(path).rdbuf();
  return repaired.str().empty() ? Judge(journal, expected) : repaired.str();
}

}  // namespace kosei::testing
