#include "roots.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::query {
namespace {

std::string NameOf(const storage::Reader& reader, RecordId id) {
  if (id.value > UINT32_MAX || reader.ClassOf(id).value == 0)
    return absl::StrFormat("record number %d", id.value);
  return std::string(reader.KeyOf(id));
}

}  // namespace

absl::Status CheckHolds(const storage::Reader& reader, const storage::GraphView& graph, RecordId id,
                        std::string_view operation) {
  const bool in_graph = id.value != 0 && id.value < graph.node_limit();
  if (in_graph) {
    // A link holds only while both of its ends do, and the topology is in memory.
    const storage::NodeIndex node = storage::NodeOf(id);
    if (graph.Degree(storage::LinkDirection::kIn, node) != 0) return absl::OkStatus();
    if (graph.Degree(storage::LinkDirection::kOut, node) != 0) return absl::OkStatus();
    const absl::Status status = reader.GetWhatIsLeft(id, graph.view()).status();
    if (!HasCode(status, ErrorCode::kNotFound)) return status;
  }
  return MakeError(
      ErrorCode::kNotFound,
      absl::StrFormat("%s %s: there is no such record as of commit %d; check the key, or ask for a "
                      "view in which it holds",
                      operation, NameOf(reader, id), graph.view().commit.value));
}

}  // namespace kosei::query
