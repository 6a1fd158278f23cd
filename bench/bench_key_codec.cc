// Question: what does making and reading a key cost beside copying as many bytes?
#include <benchmark/benchmark.h>

#include <cstring>

#include "beside_limit.h"
#include "keys.h"

namespace kosei::storage {
namespace {

constexpr std::uint64_t kKeys = 1'000'000;

void LinkKeys(benchmark::State& state) {
  char key[keys::kLinkKeySize];
  const char bytes[keys::kLinkKeySize] = {};
  bench::BesideLimit(
      state, kKeys,
      [&] {
        for (std::uint64_t i = 0; i < kKeys; ++i) {
          keys::WriteLinkKey(
              key, {RecordId{i}, RelationshipTypeNumber{3}, RecordId{i + 1}, CommitNumber{i}});
          benchmark::DoNotOptimize(keys::DecodeLinkKey({key, sizeof(key)}));
        }
      },
      [&] {
        for (std::uint64_t i = 0; i < kKeys; ++i) {
          std::memcpy(key, bytes, sizeof(key));
          benchmark::DoNotOptimize(key);
        }
      });
}
BENCHMARK(LinkKeys)->UseManualTime();

}  // namespace
}  // namespace kosei::storage

BENCHMARK_MAIN();
