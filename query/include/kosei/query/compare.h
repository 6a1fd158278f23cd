// Comparison: everything that differs between two Views, record by record, as it is asked for. It
// keeps two bits a record and what one record's links amount to, however much differs.
//
// What can differ is known from the lists of changes of the commits between the two; when that is
// more to read than the graph itself, or a commit lists no changes (a first load), the two graphs
// are read side by side instead. Either way each difference is seen in both Views: what changed and
// changed back is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/query/budget.h"
#include "kosei/query/change_filter.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// A record that was added (no `before`), removed (no `after`) or changed. `cause` is the last
// commit up to the later View that says something of it.
struct RecordDifference {
  RecordId id;
  std::optional<storage::RecordVersion> before;
  std::optional<storage::RecordVersion> after;
  CommitNumber cause;
};
struct LinkDifference {
  RecordId source;
  RelationshipTypeNumber type;
  RecordId target;
  bool added = false;  // else removed
  CommitNumber cause;
};
struct Differences {
  std::vector<RecordDifference> records;
  std::vector<LinkDifference> links;
  std::size_t size() const { return records.size() + links.size(); }
};

// Used by one thread at a time. `reader` must outlive it; it goes on with the graph as it was when
// it was opened.
class Comparison {
 public:
  // Finds what may differ. The errors of ChangeFilter::Make; kDeadlineExceeded, kMemoryBudget and
  // kCancelled when the budget is spent.
  static absl::StatusOr<std::unique_ptr<Comparison>> Open(const storage::Reader& reader,
                                                          const storage::View& from,
                                                          const storage::View& to,
                                                          const ChangeSelection& selection,
                                                          const Budget& budget);
  virtual ~Comparison() = default;

  // Replaces `found` by the next differences, ascending by record (a record, then its outgoing
  // links), until there are limits().rows of them or the records in them have `bytes_max` bytes,
  // and at the latest after kRecordsPerStep records: there may be none. False: that was the end.
  virtual absl::StatusOr<bool> Next(const Budget& budget, std::size_t bytes_max,
                                    Differences& found) = 0;
  static constexpr std::uint32_t kRecordsPerStep = 65'536;
  // Memory kept from one call to the next, about.
  virtual std::uint64_t bytes() const = 0;
};

}  // namespace kosei::query
