// Suggestions: what the graph and the history propose to somebody who works on a record (known
// errors that fit an incident, changes upstream that may have caused it), or what record is missing
// (an outage of a service that is down, a problem behind incidents that come back). Each is a
// statement of the query language in the definitions (ISO/IEC 20000-1, 8.1 and 8.2); people decide.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// One of the list `suggestions:`. Its statement gives rows of `key` (of what is suggested), `name`
// and `why`; parameters are $record (the key, with a class) and $now.
struct SuggestionDefinition {
  std::string name;
  Label label;
  std::string class_name;  // of the records it is for; empty: of the store as a whole
  std::string link;        // the relationship type by which a record takes the suggestion up
  // Without a class: the record that is missing, which the link joins to the key. Columns besides
  // the three are attributes of it.
  std::string opens;
  std::string statement;
  std::string origin;
};

// kModelInvalid with file and line: statements that do not parse or lack a column, neither a class
// nor a record that is opened.
absl::StatusOr<std::vector<SuggestionDefinition>> ParseSuggestions(std::string_view yaml,
                                                                   std::string_view origin);

struct Suggestion {
  std::string definition;  // its name
  Label label;
  std::string link, opens;
  std::string key, name, why;
  std::vector<std::pair<std::string, std::string>> attributes;  // of the record that is missing
};

}  // namespace kosei::process
