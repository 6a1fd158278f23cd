// Checking the records that a question is about before a walk starts from them.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "kosei/base/ids.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// kNotFound, naming the record, when it does not hold in the graph's View. `operation` stands at
// the head of the message.
absl::Status CheckHolds(const storage::Reader& reader, const storage::GraphView& graph, RecordId id,
                        std::string_view operation);

}  // namespace kosei::query
