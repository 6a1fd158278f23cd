// Plan: a statement made ready to run. Immutable once made; any number of runs may share it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "engine/property_names.h"

namespace kosei::query {

struct Plan {
  std::string text;
  PropertyNames properties;
  OperatorPtr last;  // null: one row that is as it began
  std::uint32_t slot_count = 0;
  // It reads a range of time: Views are opened while it runs, which only one thread can do.
  bool opens_moments = false;
  std::vector<std::string> columns;
  std::vector<std::uint32_t> column_slots;
};

}  // namespace kosei::query
