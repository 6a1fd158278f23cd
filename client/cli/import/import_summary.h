// What an import did, for people and programs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "context.h"
#include "kosei/client/types.h"

namespace kosei::cli {

struct ImportSummary {
  client::WriteCounts counts;
  std::uint64_t records_read = 0;
  std::uint64_t records_rejected = 0;
  std::uint64_t links_read = 0;
  std::uint64_t links_rejected = 0;
  std::chrono::nanoseconds elapsed{0};
  std::vector<std::string> reject_files;

  std::uint64_t rejected() const { return records_rejected + links_rejected; }
};

void WriteImportSummary(Context& context, const ImportSummary& summary);

}  // namespace kosei::cli
