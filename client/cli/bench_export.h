// The estate as two files that `kosei import` reads, and a relational database as well.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "kosei/estate/estate.h"

namespace kosei::cli {

struct ExportedEstate {
  std::uint64_t records = 0;
  std::uint64_t links = 0;
};

// records.csv: class, key and every attribute of the estate; links.csv: source, type, target, with
// keys and names. Both with a header. Makes the folder; replaces files that are there.
absl::StatusOr<ExportedEstate> ExportEstate(const estate::Estate& estate,
                                            const std::string& folder);

}  // namespace kosei::cli
