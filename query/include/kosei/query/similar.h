// Similar: records whose text reads like a given one, as an incident reads like a known error. By
// words, so that it answers for people who say the same in other sentences: BM25 (Robertson and
// Zaragoza, 2009), with each word of the question once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct SimilarRequest {
  std::string text;        // at most 1,000 different words of it count
  std::string class_name;  // records of it and below
  std::uint64_t limit = 10;
};

struct SimilarRecord {
  RecordId id;
  // The share of the words of the question that it has, each weighed by how few records of the
  // class have it; long texts count for a little less, short ones for a little more. About 0 to 1.
  double score = 0;
};

// The best first, those that share no word are not among them; equal ones by id. What is looked at
// is what a search looks at (name, description and marked attributes), NFKC with case folded; words
// are those of Unicode (UAX #29), in Japanese those of ICU's dictionary, cut to their beginning so
// that "pools" is "pool". Every record of the class is read.
// kUnknownClass, kInvalidText, kDeadlineExceeded, kCancelled, kMemoryBudget.
absl::StatusOr<std::vector<SimilarRecord>> Similar(const storage::Reader& reader,
                                                   const storage::View& view,
                                                   const SimilarRequest& request,
                                                   const Budget& budget);

}  // namespace kosei::query
