// What changes from one model to the next, and which of it the data has to allow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/model/schema.h"

namespace kosei::model {

enum class ChangeSafety : std::uint8_t {
  kSafe = 1,        // whatever is stored stays valid
  kNeedsCheck = 2,  // what is stored may not fit: it is looked at
  kNever = 3,       // no store takes it
};
// "safe", "checked", "never".
std::string_view NameOf(ChangeSafety safety);

struct ModelChange {
  ChangeSafety safety = ChangeSafety::kSafe;
  std::string what;     // "added", "changed", "renamed", "retired", "removed", "restored"
  std::string subject;  // "class Server", "attribute Server.port", "relationship type runs_on"
  std::string detail;   // "minimum 0 -> 1"; may be empty
};

struct ModelComparison {
  std::vector<ModelChange> changes;  // by subject
  // Classes of the old or new model whose records the change may make invalid, ascending.
  std::vector<ClassNumber> classes;
  // Relationship types whose links it may make invalid, ascending.
  std::vector<RelationshipTypeNumber> types;
  // Attributes whose book of unique values has to be made anew, ascending.
  std::vector<AttributeNumber> unique;
  // The gravest of all changes; kSafe when there is none.
  ChangeSafety safety() const;
};

// Both schemas were built from one store's book of names, `before` first.
ModelComparison Compare(const Schema& before, const Schema& after);

}  // namespace kosei::model
