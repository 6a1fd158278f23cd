// Question: what does it cost to find the collisions of a thousand planned changes over ninety
// days, and to look again after one of them was edited, beside asking for the impact of each once?
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "kosei/query/collisions.h"
#include "kosei/query/impact.h"

namespace kosei::bench {
namespace {

constexpr std::size_t kChanges = 1'000;
constexpr std::int64_t kHour = 3'600'000'000;
constexpr std::uint32_t kHours = 90 * 24;
// What a change typically hits at most.
constexpr std::uint64_t kTypical = 1'000;
constexpr std::size_t kGatesACommit = 5'000;

query::Budget Unlimited() {
  query::Limits limits;
  limits.memory_bytes = std::uint64_t{4} << 30;
  limits.time = std::chrono::minutes(30);
  return {limits, SystemClock()};
}

// Technical services stand on two instances each: from now on one of them is enough.
void AddGates() {
  EstateStore& store = LoadedStore();
  const storage::Reader& reader = store.reader();
  const ClassNumber technical = reader.schema()->FindClass("TechnicalService")->number;
  const AttributeNumber gate = store.AttributeOf("impact_gate");
  storage::Transaction transaction;
  transaction.provenance.actor = "bench";
  const auto commit = [&] {
    if (transaction.put_records.empty()) return;
    Must(store.writer().Commit(transaction));
    transaction.put_records.clear();
  };
  for (std::uint32_t i = 0; i < store.item_count(); ++i) {
    const std::string key = store.KeyAt(i);
    if (reader.ClassOf(*reader.IdOf(key)) != technical) continue;
    Record record;
    record.key = key;
    record.attributes.emplace_back(gate, Value("any(depends_on[ApplicationInstance])"));
    transaction.put_records.push_back({std::move(record), std::nullopt});
    if (transaction.put_records.size() == kGatesACommit) commit();
  }
  commit();
  Must(store.indexes().CatchUp());
}

std::uint64_t ImpactOf(RecordId record) {
  query::ImpactRequest request;
  request.roots = {record};
  const storage::Reader& reader = LoadedStore().reader();
  return Must(query::Impact(reader, reader.Newest(), request, Unlimited())).affected_count();
}

// Two hours to a day, anywhere within the ninety days, on a record that is hit alone or hits up to
// `most` others.
std::vector<query::PlannedChange> RandomChanges(std::uint64_t most) {
  static const bool gates = (AddGates(), true);
  benchmark::DoNotOptimize(gates);
  Sequence sequence;
  EstateStore& store = LoadedStore();
  std::vector<query::PlannedChange> changes;
  while (changes.size() < kChanges) {
    const RecordId record = *store.reader().IdOf(store.KeyAt(sequence.Below(store.item_count())));
    const std::int64_t from = sequence.Below(kHours) * kHour;
    const std::int64_t length = (2 + (sequence.Below(8) == 0 ? sequence.Below(23) : 0)) * kHour;
    if (ImpactOf(record) > most) continue;
    changes.push_back({.id = "CHG-" + std::to_string(changes.size()),
                       .window = {Timestamp{from}, Timestamp{from + length}},
                       .assumed = {{record}},
                       .written = {record}});
  }
  return changes;
}

std::unique_ptr<query::ChangeCalendar> Filled(const std::vector<query::PlannedChange>& changes) {
  const storage::Reader& reader = LoadedStore().reader();
  const query::Budget budget = Unlimited();
  auto calendar = Must(query::ChangeCalendar::Open(reader, reader.Newest(), {}, budget));
  for (const query::PlannedChange& change : changes) Must(calendar->Put(change, budget));
  return calendar;
}

void AllChanges(benchmark::State& state, std::uint64_t most) {
  const std::vector<query::PlannedChange> changes = RandomChanges(most);
  query::CollisionReport report;
  BesideLimit(
      state, 1, [&] { report = Must(Filled(changes)->Check(1'000, Unlimited())); },
      [&] {
        for (const query::PlannedChange& change : changes)
          benchmark::DoNotOptimize(ImpactOf(change.written.front()));
      });
  const auto count = [&](query::CollisionKind kind) {
    return static_cast<double>(report.counts[static_cast<std::size_t>(kind)]);
  };
  state.counters["reach"] = count(query::CollisionKind::kReach);
  state.counters["gate"] = count(query::CollisionKind::kGate);
}

void ThousandTypicalChanges(benchmark::State& state) { AllChanges(state, kTypical); }
BENCHMARK(ThousandTypicalChanges)->UseManualTime();

void ThousandRandomChanges(benchmark::State& state) { AllChanges(state, UINT64_MAX); }
BENCHMARK(ThousandRandomChanges)->UseManualTime();

// One change of a thousand gets other records and is moved by an hour, and what it collides with is
// asked for.
void OneEdit(benchmark::State& state) {
  const std::vector<query::PlannedChange> changes = RandomChanges(kTypical);
  const auto calendar = Filled(changes);
  Must(calendar->Check(1, Unlimited()));
  std::size_t next = 0;
  BesideLimit(
      state, 1,
      [&] {
        query::PlannedChange change = changes[next++ % changes.size()];
        change.assumed = changes[next % changes.size()].assumed;
        change.written = changes[next % changes.size()].written;
        change.window.from.micros += kHour;
        change.window.to.micros += kHour;
        const std::string id = change.id;
        Must(calendar->Put(std::move(change), Unlimited()));
        benchmark::DoNotOptimize(Must(calendar->CheckOne(id, 1'000, Unlimited())));
      },
      [&] { benchmark::DoNotOptimize(ImpactOf(changes[next % changes.size()].written.front())); });
}
BENCHMARK(OneEdit)->UseManualTime();

// The earliest free slot within thirty days.
void FreeSlot(benchmark::State& state) {
  const std::vector<query::PlannedChange> changes = RandomChanges(kTypical);
  const auto calendar = Filled(changes);
  Must(calendar->Check(1, Unlimited()));
  std::size_t next = 0;
  BesideLimit(
      state, 1,
      [&] {
        const query::SlotRequest request{
            changes[next++ % changes.size()], {Timestamp{0}, Timestamp{30 * 24 * kHour}}, 1};
        benchmark::DoNotOptimize(Must(calendar->FreeSlots(request, Unlimited())));
      },
      [&] { benchmark::DoNotOptimize(ImpactOf(changes[next % changes.size()].written.front())); });
}
BENCHMARK(FreeSlot)->UseManualTime();

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
