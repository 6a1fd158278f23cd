// Measures something beside its limit: both take turns within each iteration, so that they meet the
// same machine, and the report says the ratio of their medians.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace kosei::bench {

inline double MedianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

template <typename Body>
double SecondsOf(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// `ours` and `limit` each do `operations` of the same thing. For a benchmark that uses manual time.
// Counters: ours_us and limit_us (an operation, median of the iterations), and ratio.
// `prepare` makes before each iteration, and beside the time, what `ours` takes.
template <typename Prepare, typename Ours, typename Limit>
void BesideLimit(benchmark::State& state, std::size_t operations, const Prepare& prepare,
                 const Ours& ours, const Limit& limit) {
  std::vector<double> ours_seconds;
  std::vector<double> limit_seconds;
  for ([[maybe_unused]] auto iteration : state) {
    prepare();
    ours_seconds.push_back(SecondsOf(ours));
    limit_seconds.push_back(SecondsOf(limit));
    state.SetIterationTime(ours_seconds.back());
  }
  const double to_micros = 1e6 / static_cast<double>(operations);
  const double ours_us = MedianOf(ours_seconds) * to_micros;
  const double limit_us = MedianOf(limit_seconds) * to_micros;
  state.SetItemsProcessed(static_cast<std::int64_t>(operations) * state.iterations());
  state.counters["ours_us"] = ours_us;
  state.counters["limit_us"] = limit_us;
  state.counters["ratio"] = limit_us > 0 ? ours_us / limit_us : 0;
}

template <typename Ours, typename Limit>
void BesideLimit(benchmark::State& state, std::size_t operations, const Ours& ours,
                 const Limit& limit) {
  BesideLimit(state, operations, [] {}, ours, limit);
}

}  // namespace kosei::bench
