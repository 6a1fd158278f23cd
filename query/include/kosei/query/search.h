// Search: records of a View whose key, name, description or other searched attribute contains a
// text, and whose attributes compare with given values. Indexes (storage/index.h) give the
// candidates where there are any; the answer is the same without.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/storage/index_value.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

using storage::Comparison;

// An attribute's name and the text of a value, which is read as the attribute's type, so that
// "AA-BB-CC-00-11-22" finds the MAC address aa:bb:cc:00:11:22.
//   kEqual         the value; of a list attribute, each item asked for ("web;front") must be among
//                  the record's. "key" is the record's key. A value that no class in question could
//                  hold is the error that writing it would give
//   kLess, ...     numbers, times and addresses as such (addresses of one family), text by code
//                  point. Enumerations and booleans have no order: kWrongType
//   kPrefix        text that begins so; of addresses and networks, those within the network
// Of a list attribute, some item must compare so. An attribute that no class in question has is
// kUnknownAttribute.
struct Condition {
  std::string attribute;
  std::string value;
  Comparison comparison = Comparison::kEqual;
};

enum class SearchOrder : std::uint8_t {
  kBestFirst = 0,  // with a text: see below; without one: by id
  kById = 1,
};

// All parts that are given must hold.
struct SearchRequest {
  // A part of key, name, description or another searched attribute. Case and width make no
  // difference (storage/folding.h). Empty: all.
  std::string text = {};
  // This class and below; empty: all. Unknown: kUnknownClass.
  std::string class_name = {};
  std::vector<Condition> where = {};
  // Best first: the text is the whole key, the whole name, the beginning of either, a whole word
  // anywhere, a part of a word. Hits that are equally good come by id.
  SearchOrder order = SearchOrder::kBestFirst;
};

struct SearchSummary {
  std::uint64_t matched = 0;  // hits given to `visit`
  // There are more hits than limits().rows, or limits().steps records were looked at and more were
  // left.
  bool cut = false;
  // Records that were there, in a version that was retired since (storage/retention.h): whether
  // their values fit nobody knows any more. Those whose class and key decide are among the hits,
  // with no more than class and key.
  std::uint64_t retired = 0;
};

// Hits in the order asked for, until `visit` returns false. limits().rows bounds the hits: best
// first, they are the best ones. kDeadlineExceeded, kCancelled and kMemoryBudget when the budget is
// spent before the end.
absl::StatusOr<SearchSummary> Search(const storage::Reader& reader, const storage::View& view,
                                     const SearchRequest& request, const Budget& budget,
                                     absl::FunctionRef<bool(const storage::RecordVersion&)> visit);

}  // namespace kosei::query
