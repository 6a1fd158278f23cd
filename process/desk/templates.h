// Templates of records: what a record begins with besides what is given along.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "kosei/language/datum.h"
#include "kosei/model/schema.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

struct RecordTemplate {
  language::DatumMap values;         // as text
  std::vector<PlannedEffect> tasks;  // to create, in order
};

// Of the record `key` of class RecordTemplate, for a record of the class. kNotFound;
// kInvalidArgument when it is none, is for another class, is not in use (its status is set, and is
// not live), or has a value that is not written NAME=VALUE.
absl::StatusOr<RecordTemplate> TemplateOf(const Asking& asking, const model::Schema& schema,
                                          const model::Class& owner, std::string_view key);

}  // namespace kosei::process
