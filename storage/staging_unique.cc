// Staging of unique values: who holds which value, from which commit to which.
#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "staging.h"
#include "unique_value.h"

namespace kosei::storage {

absl::StatusOr<std::vector<keys::Holder>> Staging::HoldersOf(const std::string& identity,
                                                             const HolderUpdates& pending) const {
  for (const auto& [name, holders] : pending) {
    if (name == identity) return holders;
  }
  if (const auto own = own_.holders.find(identity); own != own_.holders.end()) return own->second;
  if (const auto earlier = group_.holders.find(identity); earlier != group_.holders.end())
    return earlier->second;
  const absl::StatusOr<std::string> stored = store_.database->Get(Family::kIdentity, identity);
  if (stored.ok()) return keys::DecodeHolders(*stored);
  if (HasCode(stored.status(), ErrorCode::kNotFound)) return std::vector<keys::Holder>();
  return stored.status();
}

absl::Status Staging::UpdateHolders(const model::Class& owner, const Record* before,
                                    const Record* after, RecordId id,
                                    HolderUpdates& updates) const {
  for (const model::Attribute& attribute : owner.attributes) {
    if (!attribute.definition.unique) continue;
    const Value* old_value = before == nullptr ? nullptr : before->Find(attribute.number);
    const Value* new_value = after == nullptr ? nullptr : after->Find(attribute.number);
    const bool same = old_value != nullptr && new_value != nullptr && *old_value == *new_value;
    if (same) continue;
    if (old_value != nullptr) {
      std::string identity =
          keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(*old_value));
      KOSEI_ASSIGN_OR_RETURN(std::vector<keys::Holder> holders, HoldersOf(identity, updates));
      for (keys::Holder& holder : holders) {
        if (holder.id == id && holder.end == kOpenEnd) holder.end = commit_;
      }
      updates.emplace_back(std::move(identity), std::move(holders));
    }
    if (new_value != nullptr) {
      std::string identity =
          keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(*new_value));
      KOSEI_ASSIGN_OR_RETURN(std::vector<keys::Holder> holders, HoldersOf(identity, updates));
      const auto taken = std::find_if(
          holders.begin(), holders.end(),
          [id](const keys::Holder& holder) { return holder.end == kOpenEnd && holder.id != id; });
      if (taken != holders.end()) {
        return MakeError(
            ErrorCode::kDuplicateValue,
            absl::StrFormat(
                "put record %s: %s \"%s\" is held by record %s; a value of %s is unique, so "
                "correct one of the two",
                after->key, attribute.definition.name, store_.schema->Format(attribute, *new_value),
                KeyOf(NodeOf(taken->id)), attribute.definition.name),
            attribute.definition.name);
      }
      holders.push_back({id, commit_, kOpenEnd});
      updates.emplace_back(std::move(identity), std::move(holders));
    }
  }
  return absl::OkStatus();
}

}  // namespace kosei::storage
