// Question: what does a statement of the query language cost, from its text to its rows, beside the
// call that does just that: a look-up by key beside the reader's, two hops and an aggregate beside
// loops over plain arrays?
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "beside_limit.h"
#include "estate_store.h"
#include "helping_threads.h"
#include "kosei/query/statement.h"
#include "plain_graph.h"

namespace kosei::bench {
namespace {

using storage::NodeIndex;

constexpr std::size_t kLookUps = 1'000;

class CountingVisitor final : public query::RowVisitor {
 public:
  void Columns(std::span<const std::string>, const storage::View&) override {}
  bool Row(std::span<const language::Datum> values, language::Evaluation&) override {
    benchmark::DoNotOptimize(values.data());
    ++rows;
    return true;
  }
  std::uint64_t rows = 0;
};

query::StatementRunner& Runner() {
  static query::StatementRunner runner(LoadedStore().reader(), SystemClock());
  return runner;
}

// With one thread more.
query::StatementRunner& HelpedRunner() {
  static query::HelpingThreads threads(1);
  static query::StatementRunner runner(LoadedStore().reader(), SystemClock(),
                                       {.threads = &threads});
  return runner;
}

std::uint64_t Ask(std::string_view text, language::DatumMap parameters = {},
                  query::StatementRunner& runner = Runner()) {
  query::StatementRequest request;
  request.text = text;
  request.parameters = std::move(parameters);
  query::Limits limits;
  limits.memory_bytes = std::uint64_t{1} << 30;
  limits.time = std::chrono::minutes(10);
  CountingVisitor visitor;
  Must(runner.Run(request, query::Budget(limits, SystemClock()), visitor));
  return visitor.rows;
}

// From text to row, the plan known; beside reading the same record.
void LookUpBesideGet(benchmark::State& state) {
  EstateStore& store = LoadedStore();
  std::vector<std::string> keys;
  Sequence sequence;
  for (std::size_t i = 0; i < kLookUps; ++i)
    keys.push_back(store.KeyAt(sequence.Below(store.item_count())));
  const AttributeNumber name = store.AttributeOf("name");
  BesideLimit(
      state, kLookUps,
      [&] {
        for (const std::string& key : keys) {
          if (Ask("MATCH (n {key: $key}) RETURN n.name", {{"key", language::Datum::String(key)}}) !=
              1)
            GiveUp(absl::InternalError("a record was not found"));
        }
      },
      [&] {
        const storage::View view = store.reader().Newest();
        for (const std::string& key : keys) {
          const auto version = Must(store.reader().Get(*store.reader().IdOf(key), view));
          benchmark::DoNotOptimize(version.record().Find(name));
        }
      });
}
BENCHMARK(LookUpBesideGet)->UseManualTime();

// Every link and every link behind it, counted by what is at the far end.
struct PlainHops : PlainRows {
  PlainHops() {
    EstateStore& store = LoadedStore();
    storage::Reader& reader = store.reader();
    Edges edges;
    const AttributeNumber attribute = store.AttributeOf("environment");
    std::map<std::string, std::uint32_t> numbers;
    groups.assign(store.item_count() + 1U, 0);
    for (std::uint32_t i = 0; i < store.item_count(); ++i) {
      const NodeIndex source = storage::NodeOf(*reader.IdOf(store.KeyAt(i)));
      for (const storage::PutLink& link : store.LinksOf(i))
        edges.emplace_back(source, storage::NodeOf(*reader.IdOf(link.target)));
      const Record record = store.RecordAt(i);
      const Value* const value = record.Find(attribute);
      const std::string text = value == nullptr ? std::string() : value->text();
      groups[source] = numbers.emplace(text, numbers.size()).first->second;
    }
    group_count = numbers.size();
    Fill(edges, store.item_count());
  }
  std::uint64_t Count() const {
    std::vector<std::uint64_t> counts(group_count);
    std::uint64_t rows = 0;
    for (NodeIndex a = 1; a + 1 < offsets.size(); ++a) {
      for (std::uint64_t i = offsets[a]; i < offsets[a + 1]; ++i) {
        const NodeIndex b = nodes[i];
        for (std::uint64_t j = offsets[b]; j < offsets[b + 1]; ++j) {
          ++counts[groups[nodes[j]]];
          ++rows;
        }
      }
    }
    benchmark::DoNotOptimize(counts.data());
    return rows;
  }
  std::vector<std::uint32_t> groups;
  std::size_t group_count = 0;
};

void TwoHopsBesidePlain(benchmark::State& state) {
  static const PlainHops plain;
  std::uint64_t rows = 0;
  BesideLimit(
      state, 1, [&] { Ask("MATCH (a)-->(b)-->(c) RETURN c.environment, count(*)"); },
      [&] { rows = plain.Count(); });
  state.counters["paths"] = static_cast<double>(rows);
}
BENCHMARK(TwoHopsBesidePlain)->UseManualTime()->Unit(benchmark::kMillisecond);

// Two threads beside one.
void HelpedBesideAlone(benchmark::State& state, const char* text) {
  Ask(text, {}, HelpedRunner());  // what is loaded and kept at first is there from now on
  Ask(text);
  BesideLimit(state, 1, [&] { Ask(text, {}, HelpedRunner()); }, [&] { Ask(text); });
}
BENCHMARK_CAPTURE(HelpedBesideAlone, filter,
                  "MATCH (n) WHERE n.manufacturer = 'none' OR n.name ENDS WITH '7' RETURN count(*)")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(HelpedBesideAlone, hops_grouped,
                  "MATCH (a)-->(b) RETURN a.environment, b.environment, count(*), max(b.name)")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(HelpedBesideAlone, two_hops_counted,
                  "MATCH (a)-->(b)-->(c) RETURN c.environment, count(*)")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

// The records of one class by a value that no index has, beside the reader's own scan.
void FilterBesideScan(benchmark::State& state) {
  EstateStore& store = LoadedStore();
  const AttributeNumber vendor = store.AttributeOf("manufacturer");
  BesideLimit(
      state, 1, [&] { Ask("MATCH (n) WHERE n.manufacturer = 'none' RETURN count(*)"); },
      [&] {
        std::uint64_t found = 0;
        Must(store.reader().Scan(store.reader().Newest(), RecordId{1},
                                 [&](RecordId, CommitNumber, RecordView record) {
                                   found += record.Text(vendor) == "none" ? 1U : 0U;
                                   return true;
                                 }));
        benchmark::DoNotOptimize(found);
      });
}
BENCHMARK(FilterBesideScan)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kosei::bench

BENCHMARK_MAIN();
