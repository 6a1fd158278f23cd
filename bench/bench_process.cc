// Question: what does a transition of a process cost beside a commit of the very records that it
// writes, with 64 under way; what does it cost to open a change; and how long is the look into the
// open queue of one group among all incidents that ever were, beside reading the records it shows?
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/base/mutex.h"
#include "kosei/process/desk.h"
#include "kosei/query/attribute_values.h"
#include "kosei/query/statement.h"

namespace kosei::bench {
namespace {

using language::Datum;
using language::DatumMap;
using Values = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kUnderWay = 64;
constexpr std::size_t kSteps = 3'200;
constexpr std::uint32_t kGroups = 50;
constexpr std::uint32_t kOpenOf = 50;  // one of so many incidents is open

// What a server gives the desk: threads that do what is next.
class Workers {
 public:
  Workers() {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~Workers() {
    {
      const MutexLock lock(mutex_);
      over_ = true;
    }
    filled_.NotifyAll();
    for (std::thread& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void Run(std::function<void()> work) {
    {
      const MutexLock lock(mutex_);
      waiting_.push_back(std::move(work));
    }
    filled_.NotifyOne();
  }

 private:
  void Work() {
    while (true) {
      std::function<void()> work;
      {
        const MutexLock lock(mutex_);
        while (waiting_.empty() && !over_) filled_.Wait(mutex_);
        if (waiting_.empty()) return;
        work = std::move(waiting_.front());
        waiting_.pop_front();
      }
      work();
    }
  }

  Mutex mutex_;
  CondVar filled_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

DatumMap Given(const Values& values) {
  DatumMap map;
  for (const auto& [name, text] : values) map.emplace_back(name, Datum::String(text));
  return map;
}

const process::Caller& Somebody() {
  static const process::Caller caller{"hanako", false};
  return caller;
}

process::Outcome MustDo(absl::StatusOr<process::Outcome> outcome) {
  process::Outcome done = Must(std::move(outcome));
  if (!done.done())
    GiveUp(absl::InternalError(
        absl::StrCat(done.event, " is refused: ", done.refusals[0].message.en)));
  return done;
}

// A desk on a store with people, a service, and incidents at work.
class Office {
 public:
  Office()
      : statements_(store_.reader(), SystemClock()),
        desk_(process::Desk::Open(store_.reader(), store_.writer(), statements_, Options())) {
    Put("Team", "team:desk", {{"name", "desk"}});
    Put("BusinessService", "svc:mail", {{"name", "mail"}, {"criticality", "high"}});
    Put("Server", "host:mail", {{"name", "mail"}});
    Put("Person", "hanako",
        {{"login", "hanako"}, {"roles", "service_desk;support;change_requester"}});
    for (std::size_t i = 0; i < kUnderWay; ++i) incidents_.push_back(Report());
  }
  ~Office() { desk_->Stop(); }

  process::Desk& desk() { return *desk_; }
  EstateStore& store() { return store_; }
  Workers& workers() { return workers_; }
  const std::string& incident(std::size_t at) const { return incidents_[at]; }

  Record MakeRecord(std::string_view class_name, std::string key, const Values& values) {
    const auto schema = store_.reader().schema();
    const model::Class& owner = *Must(schema->GetClass(class_name));
    Record record;
    record.class_number = owner.number;
    record.key = std::move(key);
    for (const auto& [name, text] : values) {
      const model::Attribute& attribute = *Must(schema->GetAttribute(owner, name));
      record.Set(attribute.number, Must(query::ValueOf(*schema, attribute, Datum::String(text))));
    }
    return record;
  }

 private:
  process::DeskOptions Options() {
    process::DeskOptions options;
    options.clock = &SystemClock();
    options.run = [this](std::function<void()> work) { workers_.Run(std::move(work)); };
    options.shipped = Must(process::ReadDefinitionFiles(KOSEI_PROCESS_FOLDER));
    return options;
  }
  void Put(std::string_view class_name, std::string key, const Values& values) {
    storage::Transaction transaction;
    transaction.provenance.actor = "bench";
    transaction.put_records.push_back(
        {MakeRecord(class_name, std::move(key), values), std::nullopt});
    Must(store_.writer().Commit(std::move(transaction)).status());
  }
  std::string Report() {
    const std::string key =
        MustDo(desk_->New(Somebody(),
                          {.class_name = "Incident",
                           .attributes = Given({{"name", "Mail is slow"}, {"category", "mail"}}),
                           .links = {{"concerns", "svc:mail"}, {"reported_by", "hanako"}}}))
            .key;
    MustDo(desk_->Do(
        Somebody(),
        {.key = key,
         .event = "triage",
         .attributes =
             Given({{"impact", "high"}, {"urgency", "low"}, {"assignment_group", "team:desk"}})}));
    MustDo(desk_->Do(
        Somebody(),
        {.key = key, .event = "start", .attributes = Given({{"assigned_to", "hanako"}})}));
    return key;
  }

  EstateStore store_;
  query::StatementRunner statements_;
  Workers workers_;
  std::unique_ptr<process::Desk> desk_;
  std::vector<std::string> incidents_;
};

Office& TheOffice() {
  static const std::unique_ptr<Office> office = std::make_unique<Office>();
  return *office;
}

// So many at once, each with its next as soon as its last is answered.
class Flow {
 public:
  // `start` begins one for a client, and calls `next` when it is answered.
  using Start = std::function<void(std::size_t client, std::function<void()> next)>;

  Flow(std::size_t count, Start start)
      : left_(static_cast<std::int64_t>(count)), start_(std::move(start)) {}
  void Run() {
    for (std::size_t client = 0; client < kUnderWay; ++client) Next(client);
    all_.Wait();
  }

 private:
  void Next(std::size_t client) {
    if (left_.fetch_sub(1) <= 0) {
      if (--open_ == 0) all_.Notify();
      return;
    }
    start_(client, [this, client] { Next(client); });
  }

  std::atomic<std::int64_t> left_;
  std::atomic<std::size_t> open_ = kUnderWay;
  const Start start_;
  Notification all_;
};

// Waits for the customer, and goes on: each a transition with roles, what it sets, and a
// notification.
process::Change StepOf(const std::string& key, std::uint64_t step) {
  process::Change change;
  change.key = key;
  change.event = step % 2 == 0 ? "wait_for_customer" : "resume";
  if (step % 2 == 0) change.attributes = Given({{"pending_reason", absl::StrCat("answer ", step)}});
  return change;
}

void Transitions(std::size_t count) {
  static std::array<std::uint64_t, kUnderWay> steps{};
  Office& office = TheOffice();
  Flow flow(count, [&](std::size_t client, std::function<void()> next) {
    office.workers().Run([&office, client, next = std::move(next)]() mutable {
      office.desk().Do(Somebody(), StepOf(office.incident(client), steps[client]++),
                       [next = std::move(next)](absl::StatusOr<process::Outcome> outcome) {
                         MustDo(std::move(outcome));
                         next();
                       });
    });
  });
  flow.Run();
}

// The records that such a transition writes: the incident anew, and a notification.
storage::Transaction SameBytes(std::size_t client, std::uint64_t step) {
  static const auto templates = [] {
    Office& office = TheOffice();
    const std::string now = FormatTimestamp(SystemClock().Now());
    return std::pair(office.MakeRecord("Notification", "",
                                       {{"audience", "reporter"},
                                        {"template", "answer_needed"},
                                        {"state", "waiting"},
                                        {"attempts", "0"},
                                        {"next_attempt_at", now},
                                        {"written_at", now},
                                        {"written_by", "hanako"}}),
                     office.MakeRecord("Incident", "",
                                       {{"name", "Mail is slow"},
                                        {"category", "mail"},
                                        {"state", "pending_customer"},
                                        {"state_since", now},
                                        {"pending_reason", "answer"}}));
  }();
  storage::Transaction transaction;
  transaction.by_process = true;
  transaction.provenance.actor = "hanako";
  Record incident = templates.second;
  incident.key = absl::StrCat("RAW-", client);
  const auto schema = TheOffice().store().reader().schema();
  incident.Set(schema->FindAttribute(*schema->FindClass("Incident"), "pending_reason")->number,
               Value(absl::StrCat("answer ", step)));
  Record notification = templates.first;
  notification.key = absl::StrCat("RAW-", client, "/n-", step);
  transaction.put_records.push_back({std::move(incident), std::nullopt});
  transaction.put_records.push_back({std::move(notification), std::nullopt});
  return transaction;
}

void Commits(std::size_t count) {
  static std::array<std::uint64_t, kUnderWay> steps{};
  Flow flow(count, [&](std::size_t client, std::function<void()> next) {
    TheOffice().store().writer().CommitAsync(
        SameBytes(client, steps[client]++),
        [next = std::move(next)](absl::StatusOr<storage::CommitResult> result) {
          Must(result.status());
          next();
        });
  });
  flow.Run();
}

// `ratio` is the time of a durable transition to that of a durable commit of as much.
void ManyTransitionsBesideCommits(benchmark::State& state) {
  TheOffice();
  BesideLimit(state, kSteps, [] { Transitions(kSteps); }, [] { Commits(kSteps); });
}
BENCHMARK(ManyTransitionsBesideCommits)->UseManualTime();

void OneTransitionBesideCommit(benchmark::State& state) {
  constexpr std::size_t kCount = 100;
  std::uint64_t step = 0;
  std::uint64_t raw = 0;
  const std::string key =
      MustDo(TheOffice().desk().New(
                 Somebody(), {.class_name = "Incident",
                              .attributes = Given({{"name", "slow"}, {"category", "x"}}),
                              .links = {{"concerns", "svc:mail"}, {"reported_by", "hanako"}}}))
          .key;
  MustDo(TheOffice().desk().Do(
      Somebody(),
      {.key = key,
       .event = "triage",
       .attributes =
           Given({{"impact", "high"}, {"urgency", "low"}, {"assignment_group", "team:desk"}})}));
  BesideLimit(
      state, kCount,
      [&] {
        for (std::size_t i = 0; i < kCount; ++i)
          MustDo(TheOffice().desk().Do(Somebody(), StepOf(key, step++)));
      },
      [&] {
        for (std::size_t i = 0; i < kCount; ++i)
          Must(TheOffice().store().writer().Commit(SameBytes(kUnderWay, raw++)).status());
      });
}
BENCHMARK(OneTransitionBesideCommit)->UseManualTime();

void OpenAChangeBesideCommit(benchmark::State& state) {
  constexpr std::size_t kCount = 100;
  Office& office = TheOffice();
  std::uint64_t raw = 0;
  static std::atomic<std::uint64_t> series = 0;
  const std::uint64_t own = ++series;
  const Values values = {{"name", "A larger disk"}, {"kind", "normal"}, {"category", "storage"}};
  const auto schema = office.store().reader().schema();
  const auto type = [&](const char* name) { return schema->FindRelationshipType(name)->number; };
  BesideLimit(
      state, kCount,
      [&] {
        for (std::size_t i = 0; i < kCount; ++i) {
          MustDo(office.desk().New(Somebody(), {.class_name = "Change",
                                                .attributes = Given(values),
                                                .links = {{"targets", "host:mail"},
                                                          {"concerns", "svc:mail"},
                                                          {"reported_by", "hanako"}}}));
        }
      },
      [&] {
        for (std::size_t i = 0; i < kCount; ++i) {
          storage::Transaction transaction;
          transaction.by_process = true;
          transaction.provenance.actor = "hanako";
          const std::string key = absl::StrCat("RAW-C-", own, "-", raw++);
          transaction.put_records.push_back({office.MakeRecord("Change", key, values), kNoCommit});
          transaction.put_links.push_back({key, type("targets"), "host:mail"});
          transaction.put_links.push_back({key, type("concerns"), "svc:mail"});
          transaction.put_links.push_back({key, type("reported_by"), "hanako"});
          Must(office.store().writer().Commit(std::move(transaction)).status());
        }
      });
}
BENCHMARK(OpenAChangeBesideCommit)->UseManualTime();

constexpr std::uint32_t kAtOnce = 5'000;

std::string OldKey(std::uint32_t i) { return absl::StrFormat("OLD-%07d", i); }
std::string OldTime(std::uint32_t i) {
  return FormatTimestamp(Timestamp{1'700'000'000'000'000 + i * 60'000'000LL});
}
bool StaysOpen(std::uint32_t i) { return i / kGroups % kOpenOf == 0; }

void PutTeams(Office& office) {
  storage::Transaction transaction;
  for (std::uint32_t group = 0; group < kGroups; ++group)
    transaction.put_records.push_back(
        {office.MakeRecord("Team", absl::StrCat("team:", group), {}), std::nullopt});
  Must(office.store().writer().Commit(std::move(transaction)).status());
}

// Records of incidents, those for which `values` has any.
void PutOld(Office& office, absl::FunctionRef<Values(std::uint32_t)> values_of) {
  for (std::uint32_t from = 0; from < ItemsWanted(); from += kAtOnce) {
    storage::Transaction transaction;
    transaction.by_process = true;
    transaction.provenance.actor = "bench";
    for (std::uint32_t i = from; i < std::min(ItemsWanted(), from + kAtOnce); ++i) {
      const Values values = values_of(i);
      if (values.empty()) continue;
      transaction.put_records.push_back(
          {office.MakeRecord("Incident", OldKey(i), values), std::nullopt});
    }
    if (!transaction.put_records.empty())
      Must(office.store().writer().Commit(std::move(transaction)).status());
  }
}

// All incidents of some years, each of which was open; a few are still.
Office& OldOffice() {
  static const std::unique_ptr<Office> office = [] {
    auto fresh = std::make_unique<Office>();
    PutTeams(*fresh);
    PutOld(*fresh, [](std::uint32_t i) -> Values {
      return {{"name", "Mail is slow"},
              {"opened_at", OldTime(i)},
              {"priority", absl::StrCat("p", i % 5 + 1)},
              {"state", "in_progress"},
              {"assignment_group", absl::StrCat("team:", i % kGroups)}};
    });
    Must(fresh->store().indexes().CatchUp());
    PutOld(*fresh, [](std::uint32_t i) -> Values {
      if (StaysOpen(i)) return {};
      return {{"state", "closed"}, {"closed_at", OldTime(i)}};
    });
    Must(fresh->store().indexes().CatchUp());
    return fresh;
  }();
  return *office;
}

class KeptKeys final : public query::RowVisitor {
 public:
  void Columns(std::span<const std::string>, const storage::View&) override {}
  bool Row(std::span<const Datum> values, language::Evaluation&) override {
    keys.push_back(values[0].string());
    return true;
  }
  std::vector<std::string> keys;
};

// As `kosei incident list` asks; beside reading by key what it has shown.
void OpenQueueOfAGroupBesideReads(benchmark::State& state) {
  Office& office = OldOffice();
  query::StatementRunner statements(office.store().reader(), SystemClock());
  std::uint32_t group = 0;
  std::vector<std::string> shown;
  const auto ask = [&] {
    query::StatementRequest request;
    request.text =
        "MATCH (r:Incident) WHERE r.closed_at IS NULL AND (r.assignment_group = $group) RETURN "
        "key(r) AS key, r.state AS state, r.priority AS priority, r.assigned_to AS assigned_to, "
        "r.opened_at AS opened_at, r.name AS name ORDER BY r.opened_at DESC, key DESC";
    request.parameters = Given({{"group", absl::StrCat("team:", group++ % kGroups)}});
    KeptKeys visitor;
    query::Limits limits;
    limits.time = std::chrono::minutes(1);
    Must(statements.Run(request, query::Budget(limits, SystemClock()), visitor).status());
    shown = std::move(visitor.keys);
    if (shown.empty()) GiveUp(absl::InternalError("the queue is empty"));
  };
  BesideLimit(state, 1, ask, [&] {
    const storage::View view = office.store().reader().Newest();
    for (const std::string& key : shown)
      benchmark::DoNotOptimize(
          Must(office.store().reader().Get(*office.store().reader().IdOf(key), view)).bytes.size());
  });
  state.counters["shown"] = static_cast<double>(shown.size());
}
BENCHMARK(OpenQueueOfAGroupBesideReads)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
