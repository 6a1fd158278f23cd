#include "desk/intake.h"

#include <algorithm>
#include <set>
#include <utility>

#include "desk/value_text.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"
#include "kosei/query/budget.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;

constexpr std::string_view kImplement = "implement";
// Changes of one commit that are looked at; who writes more at once loads.
constexpr std::size_t kChangesMax = 100'000;

class Search {
 public:
  Search(const DeskParts& parts, const Definitions& definitions, const Asking& asking)
      : parts_(parts), definitions_(definitions), asking_(asking) {}

  // Adds what the commit has changed without a change.
  absl::Status Look(const storage::CommitInfo& commit, std::vector<UnauthorisedChange>& found) {
    KOSEI_ASSIGN_OR_RETURN(const bool authorised, IsCausedByAChange(commit));
    if (authorised || !commit.lists_changes) return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitChanges changes,
                           parts_.reader.Changes(commit.number, kChangesMax));
    for (const storage::RecordChange& change : changes.records) {
      if (change.kind == storage::ChangeKind::kCreated) continue;
      const model::Class* const owner = definitions_.schema().FindClass(change.class_number);
      const ControlRule* const rule = owner == nullptr ? nullptr : definitions_.ControlOf(*owner);
      if (rule == nullptr) continue;
      KOSEI_RETURN_IF_ERROR(LookAtRecord(commit, change, *owner, *rule, found));
    }
    return absl::OkStatus();
  }

 private:
  // The commit names a change, and that was being carried out.
  absl::StatusOr<bool> IsCausedByAChange(const storage::CommitInfo& commit) {
    if (commit.cause.empty()) return false;
    const absl::StatusOr<FoundRecord> cause = FindRecord(
        parts_, definitions_, storage::View{commit.number, commit.time, kNoPlan}, commit.cause);
    if (!cause.ok()) {
      const bool none = HasCode(cause.status(), ErrorCode::kNotFound) ||
                        HasCode(cause.status(), ErrorCode::kInvalidArgument);
      if (none) return false;
      return cause.status();
    }
    const StateDefinition* const state = cause->life_cycle->FindState(cause->state);
    return state != nullptr && std::ranges::count(state->allows, kImplement) > 0;
  }

  // A change worked on the item then, or had until shortly before.
  absl::StatusOr<bool> IsBeingChanged(const std::string& key, Timestamp time,
                                      const ControlRule& rule) {
    bool being_changed = false;
    KOSEI_RETURN_IF_ERROR(asking_.Ask(
        "MATCH (c:Change)-[:targets]->(i {key: $item}) WHERE c.actual_start <= $time AND "
        "(c.actual_end IS NULL OR c.actual_end >= $reported) RETURN key(c) LIMIT 1",
        {{"item", Datum::String(key)},
         {"reported", query::DatumOf(Before(time, rule.reported_within))},
         {"time", query::DatumOf(time)}},
        [&](std::span<const Datum>) {
          being_changed = true;
          return false;
        }));
    return being_changed;
  }

  absl::StatusOr<std::string> DiscrepancyOf(const std::string& key, CommitNumber commit) {
    std::string record;
    KOSEI_RETURN_IF_ERROR(asking_.Ask(
        "MATCH (d:Discrepancy {found_commit: $commit})-[:affects]->(i {key: $item}) RETURN key(d) "
        "ORDER BY key(d) LIMIT 1",
        {{"commit", Datum::Integer(static_cast<std::int64_t>(commit.value))},
         {"item", Datum::String(key)}},
        [&](std::span<const Datum> row) {
          record = row[0].string();
          return false;
        }));
    return record;
  }

  absl::Status LookAtRecord(const storage::CommitInfo& commit, const storage::RecordChange& change,
                            const model::Class& owner, const ControlRule& rule,
                            std::vector<UnauthorisedChange>& found) {
    const storage::View after{commit.number, commit.time, kNoPlan};
    const storage::View before{CommitNumber{commit.number.value - 1},
                               Timestamp{commit.time.micros - 1}, kNoPlan};
    absl::StatusOr<storage::RecordVersion> was = parts_.reader.GetWhatIsLeft(change.record, before);
    // What holds from another time on has no value just before.
    if (HasCode(was.status(), ErrorCode::kNotFound)) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(was.status());
    if (!IsControlled(owner, rule, was->record())) return absl::OkStatus();
    UnauthorisedChange one;
    one.key = parts_.reader.KeyOf(change.record);
    one.ended = change.kind == storage::ChangeKind::kEnded;
    if (!one.ended) {
      absl::StatusOr<storage::RecordVersion> is = parts_.reader.GetWhatIsLeft(change.record, after);
      if (HasCode(is.status(), ErrorCode::kNotFound)) return absl::OkStatus();
      KOSEI_RETURN_IF_ERROR(is.status());
      one.values = ValuesBetween(owner, rule, was->record(), is->record());
      if (one.values.empty()) return absl::OkStatus();
    }
    KOSEI_ASSIGN_OR_RETURN(const bool being_changed, IsBeingChanged(one.key, commit.time, rule));
    if (being_changed) return absl::OkStatus();
    one.commit = commit.number;
    one.time = commit.time;
    one.actor = commit.actor;
    one.source = commit.source;
    one.cause = commit.cause;
    one.class_name = owner.definition.name;
    KOSEI_ASSIGN_OR_RETURN(one.discrepancy, DiscrepancyOf(one.key, commit.number));
    found.push_back(std::move(one));
    return absl::OkStatus();
  }

  bool IsControlled(const model::Class& owner, const ControlRule& rule, RecordView record) const {
    if (rule.statuses.empty()) return true;
    const model::Attribute* const status = definitions_.schema().FindAttribute(owner, "status");
    if (status == nullptr) return false;
    return std::ranges::count(rule.statuses, TextOf(record.Find(status->number), status)) > 0;
  }

  std::vector<UnauthorisedChange::Value> ValuesBetween(const model::Class& owner,
                                                       const ControlRule& rule, RecordView before,
                                                       RecordView after) const {
    std::set<AttributeNumber> numbers;
    const auto note = [&](AttributeNumber number, const Value&) { numbers.insert(number); };
    before.ForEach(note);
    after.ForEach(note);
    std::vector<UnauthorisedChange::Value> values;
    for (const AttributeNumber number : numbers) {
      const model::Attribute* const attribute = definitions_.schema().FindAttribute(owner, number);
      if (attribute == nullptr) continue;
      if (std::ranges::count(rule.except, attribute->definition.name) > 0) continue;
      const Value was = before.Find(number);
      const Value is = after.Find(number);
      if (was == is) continue;
      values.push_back({attribute->definition.name, TextOf(was, attribute), TextOf(is, attribute)});
    }
    return values;
  }

  const DeskParts& parts_;
  const Definitions& definitions_;
  const Asking& asking_;
};

}  // namespace

absl::StatusOr<Intake> LookForUnauthorised(const DeskParts& parts, const Definitions& definitions,
                                           const Asking& asking, CommitNumber from,
                                           std::size_t limit) {
  const query::Budget budget(query::Limits{}, *parts.options.clock);
  Search search(parts, definitions, asking);
  Intake intake;
  // The first commit has nothing before it.
  intake.next = CommitNumber{std::max<std::uint64_t>(from.value, 2)};
  while (intake.next <= asking.view().commit) {
    intake.whole = budget.Check().ok() && intake.found.size() < limit;
    if (!intake.whole) return intake;
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, parts.reader.Commit(intake.next));
    KOSEI_RETURN_IF_ERROR(search.Look(commit, intake.found));
    ++intake.next.value;
  }
  return intake;
}

}  // namespace kosei::process
