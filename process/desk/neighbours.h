// What a record is linked to, as far as memory tells: so that a statement is asked only where there
// is something to ask.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "desk/case.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/view.h"

namespace kosei::process {

// Whether the record has a link of the type in that direction. False as well for a key and a type
// that there are not.
absl::StatusOr<bool> HasLink(const DeskParts& parts, const Definitions& definitions,
                             const storage::View& view, std::string_view key, std::string_view type,
                             storage::LinkDirection direction);

}  // namespace kosei::process
