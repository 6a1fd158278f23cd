// Following links when only how many rows end at which record matters, as where rows are counted
// by a value of their last record.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/operator.h"

namespace kosei::query {

// Whether `last` follows links to records, and rows that it gives need not be told apart but by
// that record (of which `record` is the slot; nullopt: not even by that). Not so where a link might
// be one that the row has already, unless it leads from a record to itself.
bool CanCountEnds(const Operator& last, std::optional<std::uint32_t> record);

// In place of such an operator: each record once, with how many rows it stands for in the slot
// `count`. No other slots are set.
OperatorPtr MakeCountedExpand(OperatorPtr last, std::uint32_t count);

}  // namespace kosei::query
