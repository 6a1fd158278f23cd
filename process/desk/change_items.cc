#include "desk/change_items.h"

#include <map>
#include <set>
#include <tuple>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;

// What the steps of a plan name, each once.
class PlannedNames {
 public:
  void Add(const storage::Transaction& edits) {
    for (const storage::PutRecord& put : edits.put_records) records_.insert(put.record.key);
    for (const storage::EndRecord& end : edits.end_records) records_.insert(end.key);
    for (const storage::PutLink& link : edits.put_links)
      links_.emplace(link.source, link.type.value, link.target);
    for (const storage::EndLink& link : edits.end_links)
      links_.emplace(link.source, link.type.value, link.target);
  }

  const std::set<std::string>& records() const { return records_; }
  std::set<std::string> Ends() const {
    std::set<std::string> keys;
    for (const auto& [source, type, target] : links_) {
      keys.insert(source);
      keys.insert(target);
    }
    return keys;
  }
  std::uint64_t count() const { return records_.size() + links_.size(); }

 private:
  std::set<std::string> records_;
  std::set<std::tuple<std::string, std::uint32_t, std::string>> links_;
};

}  // namespace

absl::StatusOr<ChangeItems> ItemsOf(const DeskParts& parts, const Asking& asking,
                                    std::string_view key, const std::string& plan) {
  std::map<RecordId, ChangeItem> items;
  std::set<RecordId> touched;
  const auto add = [&](std::string_view name) -> ChangeItem* {
    const std::optional<RecordId> id = parts.reader.IdOf(name);
    if (!id.has_value()) return nullptr;
    ChangeItem& item = items[*id];
    item.id = *id;
    touched.insert(*id);
    return &item;
  };
  KOSEI_RETURN_IF_ERROR(asking.Ask("MATCH (r {key: $record})-[:targets]->(o) RETURN key(o)",
                                   {{"record", Datum::String(std::string(key))}},
                                   [&](std::span<const Datum> row) {
                                     if (ChangeItem* const item = add(row[0].string()))
                                       item->target = true;
                                     return true;
                                   }));
  ChangeItems found;
  if (!plan.empty() && parts.options.plans != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<storage::PlanStep> steps,
                           parts.options.plans->Steps(plan));
    PlannedNames names;
    for (const storage::PlanStep& step : steps) names.Add(step.edits);
    for (const std::string& name : names.records()) {
      if (ChangeItem* const item = add(name)) item->planned = true;
    }
    for (const std::string& name : names.Ends()) {
      if (const std::optional<RecordId> id = parts.reader.IdOf(name)) touched.insert(*id);
    }
    found.edits = names.count();
  }
  for (const auto& [id, item] : items) found.worked_on.push_back(item);
  found.touched.assign(touched.begin(), touched.end());
  return found;
}

absl::StatusOr<std::vector<RecordId>> ThereIn(const DeskParts& parts, const storage::View& view,
                                              const std::vector<ChangeItem>& items) {
  std::vector<RecordId> there;
  for (const ChangeItem& item : items) {
    const absl::Status found = parts.reader.GetWhatIsLeft(item.id, view).status();
    if (HasCode(found, ErrorCode::kNotFound)) continue;
    KOSEI_RETURN_IF_ERROR(found);
    there.push_back(item.id);
  }
  return there;
}

}  // namespace kosei::process
