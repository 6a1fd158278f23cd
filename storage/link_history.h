// Reading links from RocksDB: what every commit said of each.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "database.h"
#include "kosei/storage/reader.h"
#include "link_statement.h"

namespace kosei::storage {

// One link with all its statements, oldest first. A plain statement has no valid time (it is
// ValidInterval{}: its commit's time is meant).
struct StoredLink {
  RecordId source;
  RelationshipTypeNumber type;
  RecordId target;
  std::vector<LinkStatement> statements;
  bool timed = false;  // one of them has a valid time of its own
};

// Every link, ascending by (source, type, target), links of `from` and later sources until `visit`
// returns false.
absl::Status ForEachLink(const Database& database, RecordId from,
                         absl::FunctionRef<bool(const StoredLink&)> visit);

// Of a plain link: the intervals of commits in which it held, oldest first.
void ForEachPlainVersion(const StoredLink& link, absl::FunctionRef<void(const LinkVersion&)> visit);

}  // namespace kosei::storage
