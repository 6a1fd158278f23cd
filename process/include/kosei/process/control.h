// Control: which values of which items change by changes only, and the changes that were found to
// have been made without one (ISO/IEC 20000-1, 9.1 and 9.2: configuration items are under the
// control of change management).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/period.h"
#include "kosei/base/time.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// One rule (`control:`). Records of a class that no rule names are not controlled; of several rules
// that of the nearest class holds.
struct ControlRule {
  std::string class_name;             // and below
  std::vector<std::string> statuses;  // of the attribute `status`; empty: whatever it is
  std::vector<std::string> except;    // attributes that anybody changes
  // After the end of a change's work what it did may still be reported so long.
  Period reported_within;
  std::string origin;
};

// kModelInvalid with file and line.
absl::StatusOr<std::vector<ControlRule>> ParseControl(std::string_view yaml,
                                                      std::string_view origin);

// An item that a commit changed, and no change that was being carried out covers it: neither is the
// commit caused by one, nor did one work on the item at that time.
struct UnauthorisedChange {
  CommitNumber commit;
  Timestamp time;
  std::string actor, source, cause;  // of the commit
  std::string key;                   // of the item
  std::string class_name;
  bool ended = false;  // the item as a whole
  struct Value {
    std::string attribute;
    std::string before, after;  // as text; empty: none
  };
  std::vector<Value> values;
  std::string discrepancy;  // its record, when there is one already
};

struct Intake {
  std::vector<UnauthorisedChange> found;  // in the order of commits
  CommitNumber next;                      // looked at before it; to go on from
  bool whole = true;                      // up to the newest commit
};

}  // namespace kosei::process
