// Search: records of a View whose key, name or description contains a text, and whose attributes
// equal given values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// All parts that are given must hold.
struct SearchRequest {
  // A part of key, name or description. Case and width make no difference (Unicode NFKC with case
  // folding: full-width "WEB" finds "web", half-width katakana finds full-width). Empty: all.
  std::string text = {};
  // This class and below; empty: all. Unknown: kUnknownClass.
  std::string class_name = {};
  // Attribute name and the text of its value. The text is read as the attribute's type, so that
  // "AA-BB-CC-00-11-22" finds the MAC address aa:bb:cc:00:11:22; of a list attribute, each item
  // asked for ("web;front") must be among the record's. "key" is the record's key. An attribute
  // that no class in question has is kUnknownAttribute; a value that none of them could hold is the
  // error that writing it would give.
  std::vector<std::pair<std::string, std::string>> equals = {};
};

struct SearchSummary {
  std::uint64_t matched = 0;  // hits given to `visit`
  // There are more hits than limits().rows, or limits().steps records were scanned and more were
  // left.
  bool cut = false;
};

// Hits ascending by record id, until `visit` returns false. limits().rows bounds the hits.
// kDeadlineExceeded and kCancelled when the budget is spent before the end.
absl::StatusOr<SearchSummary> Search(const storage::Reader& reader, const storage::View& view,
                                     const SearchRequest& request, const Budget& budget,
                                     absl::FunctionRef<bool(const storage::RecordVersion&)> visit);

}  // namespace kosei::query
