// Staging of what another store's commits wrote: taken over as it is. It was judged there, under
// the model of its day; here only numbers and keys must fit.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "staging.h"

namespace kosei::storage {

absl::Status Staging::TakeOver(RecordId id, ChangeKind kind, std::string bytes) {
  Record said = RecordView::Trust(bytes).Decode();
  const NodeIndex node = NodeOf(id);
  if (id.value == 0 || id.value >= UINT32_MAX || said.key.empty() || said.class_number.value == 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("record %d: it has no class, no key, or no number from 1 to "
                                     "4294967294",
                                     id.value));
  }
  KOSEI_ASSIGN_OR_RETURN(CurrentRecord current, Find(said.key, said.valid_from));
  const bool is_new = current.node == 0;
  const bool taken = !store_.directory.KeyOf(node).empty() || group_.records.contains(node) ||
                     own_.records.contains(node);
  if (is_new ? taken : current.node != node) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat(
            "record %d: its key is \"%s\", which is record %d in this store, whose record "
            "%d is %s",
            id.value, said.key, current.node, node, KeyOf(node)));
  }
  current.node = node;
  KOSEI_ASSIGN_OR_RETURN(const Presence presence, PresenceOf(current, said));
  HolderUpdates updates;
  if (const model::Class* owner = store_.schema->FindClass(said.class_number); owner != nullptr) {
    // Two may have held one value before the model said that it is unique.
    const absl::Status claimed = UpdateClaims(*owner, presence, said, node, updates);
    if (HasCode(claimed, ErrorCode::kDuplicateValue)) {
      updates.clear();
    } else if (!claimed.ok()) {
      return claimed;
    }
  }
  if (is_new) {
    own_.next_node = std::max(own_.next_node, node + 1);
    own_.new_keys[said.key] = node;
    new_node_keys_[node] = said.key;
  }
  for (auto& [identity, holders] : updates) own_.holders[identity] = std::move(holders);
  Remember(std::move(current), std::move(said), kind, presence);
  own_.records[node].bytes = bytes;
  records_[positions_.at(node)].bytes = std::move(bytes);
  return absl::OkStatus();
}

absl::Status Staging::TakeOver(std::string_view source, RelationshipTypeNumber type,
                               std::string_view target, const LinkValue& value) {
  const NodeIndex from = FindNode(source);
  const NodeIndex to = FindNode(target);
  if (from == 0 || to == 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("link %s to %s: there is no record \"%s\" so far", source,
                                     target, from == 0 ? source : target));
  }
  const LinkName name = NameOfLink(from, type, to);
  return value.timed ? SayTimed(name, value.live, value.valid) : SetLink(name, value.live);
}

}  // namespace kosei::storage
