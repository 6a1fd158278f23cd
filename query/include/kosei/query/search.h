// Search: records of a View whose key, name or description contains a text, or whose attributes
// equal given values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct SearchRequest {
  std::string text;        // case-folded substring (Unicode simple folding after NFKC); empty: all
  std::string class_name;  // this class and below; empty: all. Unknown: kUnknownClass
  // attribute name = text of the value (coerced to the attribute's type); all must hold. An
  // attribute that no class in question has is kUnknownAttribute.
  std::vector<std::pair<std::string, std::string>> equals;
};

struct SearchSummary {
  std::uint64_t matched = 0;
  bool cut = false;  // stopped by limits().rows
};

// Hits ascending by record id, until `visit` returns false. limits().rows bounds the hits.
absl::StatusOr<SearchSummary> Search(const storage::Reader& reader, const storage::View& view,
                                     const SearchRequest& request, const Budget& budget,
                                     absl::FunctionRef<bool(const storage::RecordVersion&)> visit);

}  // namespace kosei::query
