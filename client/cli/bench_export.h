// The estate as two CSV files that a relational database loads as they are: rows with numbers for
// items and types, so that nothing has to be looked up.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "kosei/estate/estate.h"

namespace kosei::cli {

// item.csv: id,class,name,serial_number and the attributes that every item has, the others as JSON.
// link.csv: source,type,target. Both with a header; numbers count from 0.
absl::Status ExportEstate(const estate::Estate& estate, const std::string& folder);

}  // namespace kosei::cli
