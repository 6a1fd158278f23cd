// Indexes: from values and pieces of text to the records that have, or had, them.
//
// Indexes are derived and follow the commits on a thread of their own, so that no commit pays for
// them. A look-up therefore gives candidates: every record that the View shows with such a value is
// among them, and perhaps others; whoever asks reads each record in its View and drops what does
// not fit. That makes the answer exact in every View, past or present, whatever its valid instant,
// also while an index lags: records that changed between the index's newest commit and the View's
// are candidates too. When an index cannot answer (there is none, it is being built, it lags too
// far, or there would be too many candidates) the answer is nullopt, and the caller scans.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/storage/index_value.h"
#include "kosei/storage/view.h"

namespace kosei::storage {

class IndexReader {
 public:
  virtual ~IndexReader() = default;

  // Asked every few thousand entries; an error ends the look-up with it.
  using Check = absl::FunctionRef<absl::Status()>;
  using Candidates = absl::StatusOr<std::optional<std::vector<RecordId>>>;

  // Whether values of the attribute are in an index that is whole, lagging or not.
  virtual bool Has(AttributeNumber attribute) const = 0;

  // Records that may have a value in the range, ascending, each once; nullopt also when there are
  // more than `limit`. A `limit` of a few thousand makes a cheap estimate for a planner.
  virtual Candidates Find(const ValueRange& range, const View& view, std::uint64_t limit,
                          Check check) const = 0;

  // Records that may have `folded` (folding.h) in their key, name, description or an attribute that
  // the model marks as searched. As Find.
  virtual Candidates FindText(std::string_view folded, const View& view, std::uint64_t limit,
                              Check check) const = 0;

  // The same as Find, in the order of the values (of the first 240 bytes of each), until `visit`
  // returns false: a record comes once for each of its values. Records that the index does not know
  // yet come last. False when the index cannot answer; nothing was visited then.
  virtual absl::StatusOr<bool> Visit(const ValueRange& range, const View& view,
                                     absl::FunctionRef<bool(RecordId)> visit) const = 0;
};

// Why there is an index.
enum class IndexOrigin : std::uint8_t {
  kModel = 0,          // the model asks for it; the text index always is
  kAdministrator = 1,  // built by hand
  kDropped = 2,        // the model asks for it and it was dropped by hand: there is none
};
enum class IndexState : std::uint8_t { kBuilding = 1, kWhole = 2 };

inline constexpr std::string_view kTextIndexName = "full-text";  // no attribute has a hyphen

struct IndexInfo {
  std::string name;  // of the attribute, or kTextIndexName
  IndexOrigin origin = IndexOrigin::kModel;
  IndexState state = IndexState::kBuilding;
  CommitNumber whole_to;  // everything up to this commit is in it; kNoCommit while building
  std::uint64_t lag = 0;  // commits that are not in it yet
  std::uint64_t records_done = 0;  // of the building
  std::uint64_t records_total = 0;
  std::uint64_t bytes = 0;  // on disk, roughly
};

class IndexAdmin {
 public:
  virtual ~IndexAdmin() = default;

  // The text index first, then by name.
  virtual std::vector<IndexInfo> List() const = 0;
  // The commits that the slowest whole index lags behind the newest; 0 when there is none.
  virtual std::uint64_t Lag() const = 0;
  // Begins to build the index, anew when there is one; `name` is an attribute's, or kTextIndexName.
  // Returns at once: List tells how far it is. kUnknownAttribute.
  virtual absl::Status Build(std::string_view name) = 0;
  virtual absl::Status BuildAll() = 0;
  // Takes the index away, until it is built again. kNotFound when there is none.
  virtual absl::Status Drop(std::string_view name) = 0;
  // Returns when everything that was committed before the call is in every index. kStorageReadOnly
  // when indexing has stopped.
  virtual absl::Status CatchUp() = 0;
  // One bounded piece of work, for tests of an engine whose indexes do not run by themselves; false
  // when there was none to do.
  virtual absl::StatusOr<bool> Step() = 0;
};

}  // namespace kosei::storage
