// What the steps that ask for impact share.
#pragma once

#include <cstdint>
#include <string>

#include "bench_run.h"

namespace kosei::cli {

client::ImpactRequest ImpactOf(const BenchRun& run, std::uint32_t root,
                               client::ImpactDetail detail);
// Asks, takes every affected record, and holds the count against the plain search: `expected`.
absl::Status AskImpact(BenchRun& run, const client::ImpactRequest& request, std::uint64_t expected);

}  // namespace kosei::cli
