#include "desk/plan_work.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "desk/value_text.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

// What all steps of a plan come to, one after the other.
class Outcomes {
 public:
  struct OfRecord {
    bool created = false;
    bool ended = false;
    ClassNumber class_number;
    std::map<AttributeNumber, Value> attributes;  // a null value is taken away
  };
  using Link = std::tuple<std::string, RelationshipTypeNumber, std::string>;

  // In the order in which a transaction is applied.
  void Add(const storage::Transaction& edits) {
    for (const storage::PutRecord& put : edits.put_records) {
      OfRecord& record = records_[put.record.key];
      record.ended = false;
      if (put.record.class_number.value != 0) {
        record.created = true;
        record.class_number = put.record.class_number;
      }
      for (const auto& [number, value] : put.record.attributes) record.attributes[number] = value;
    }
    for (const storage::EndLink& link : edits.end_links)
      links_[{link.source, link.type, link.target}] = false;
    for (const storage::PutLink& link : edits.put_links)
      links_[{link.source, link.type, link.target}] = true;
    for (const storage::EndRecord& end : edits.end_records) {
      OfRecord& record = records_[end.key];
      record = {};
      record.ended = true;
      std::erase_if(links_, [&](const auto& each) {
        return each.second &&
               (std::get<0>(each.first) == end.key || std::get<2>(each.first) == end.key);
      });
    }
  }

  const std::map<std::string, OfRecord>& records() const { return records_; }
  const std::map<Link, bool>& links() const { return links_; }

 private:
  std::map<std::string, OfRecord> records_;
  std::map<Link, bool> links_;  // true: it is there
};

class Comparison {
 public:
  Comparison(const DeskParts& parts, const model::Schema& schema)
      : parts_(parts), schema_(schema), view_(parts.reader.Newest()) {}

  absl::Status AddRecord(const std::string& key, const Outcomes::OfRecord& planned) {
    storage::RecordVersion version;
    bool there = false;
    if (const std::optional<RecordId> id = parts_.reader.IdOf(key)) {
      absl::StatusOr<storage::RecordVersion> found = parts_.reader.GetWhatIsLeft(*id, view_);
      if (!HasCode(found.status(), ErrorCode::kNotFound)) {
        KOSEI_ASSIGN_OR_RETURN(version, std::move(found));
        there = true;
      }
    }
    if (planned.ended) {
      Tell({key, "", "", "", there ? "there" : "", !there});
      return absl::OkStatus();
    }
    if (planned.created) {
      // The record is one thing more than its values.
      const bool same = there && version.record().class_number() == planned.class_number;
      Tell({key, "", "", std::string(schema_.ClassName(planned.class_number)),
            there ? std::string(schema_.ClassName(version.record().class_number())) : "", same});
    }
    const model::Class* const owner =
        schema_.FindClass(there ? version.record().class_number() : planned.class_number);
    for (const auto& [number, value] : planned.attributes) {
      const model::Attribute* const attribute =
          owner == nullptr ? nullptr : schema_.FindAttribute(*owner, number);
      const Value present = there ? version.record().Find(number) : Value();
      Tell({key, attribute == nullptr ? std::to_string(number.value) : attribute->definition.name,
            "", TextOf(value, attribute), TextOf(present, attribute), there && present == value});
    }
    return absl::OkStatus();
  }

  absl::Status AddLink(const Outcomes::Link& link, bool planned) {
    const auto& [source, type, target] = link;
    bool there = false;
    const std::optional<RecordId> from = parts_.reader.IdOf(source);
    const std::optional<RecordId> to = parts_.reader.IdOf(target);
    KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, parts_.reader.Graph(view_));
    if (from.has_value() && to.has_value() && storage::NodeOf(*from) < graph.node_limit()) {
      graph.ForEach(storage::LinkDirection::kOut, storage::NodeOf(*from),
                    [&](storage::NodeIndex node, storage::TypeIndex index) {
                      there = there || (node == storage::NodeOf(*to) && index == type.value);
                    });
    }
    const model::RelationshipType* const known = schema_.FindRelationshipType(type);
    Tell({source, known == nullptr ? std::to_string(type.value) : known->definition.name, target,
          planned ? "linked" : "", there ? "linked" : "", there == planned});
    return absl::OkStatus();
  }

  PlanWork Take() {
    work_.result = work_.things_done == work_.things ? CarriedOut::kAsPlanned
                   : work_.things_done == 0          ? CarriedOut::kNotAtAll
                                                     : CarriedOut::kPartly;
    return std::move(work_);
  }

 private:
  void Tell(PlannedThing thing) {
    ++work_.things;
    if (thing.done) {
      ++work_.things_done;
    } else if (work_.missing.size() < kMissingMax) {
      work_.missing.push_back(std::move(thing));
    }
  }

  const DeskParts& parts_;
  const model::Schema& schema_;
  const storage::View view_;
  PlanWork work_;
};

absl::StatusOr<storage::Plans*> PlansOf(const DeskParts& parts) {
  if (parts.options.plans != nullptr) return parts.options.plans;
  return MakeError(ErrorCode::kInvalidArgument, "plan: this store keeps no plans");
}

}  // namespace

std::string_view NameOf(PlanDeed deed) {
  switch (deed) {
    case PlanDeed::kOpen:
      return "open";
    case PlanDeed::kCompare:
      return "compare";
    case PlanDeed::kMerge:
      return "merge";
    case PlanDeed::kTakeBack:
      break;
  }
  return "take_back";
}

std::string_view NameOf(CarriedOut result) {
  switch (result) {
    case CarriedOut::kAsPlanned:
      return "as_planned";
    case CarriedOut::kPartly:
      return "partly";
    case CarriedOut::kNotAtAll:
      break;
  }
  return "not_at_all";
}

absl::StatusOr<PlanWork> ComparePlan(const DeskParts& parts, const model::Schema& schema,
                                     const std::string& name) {
  KOSEI_ASSIGN_OR_RETURN(storage::Plans* const plans, PlansOf(parts));
  KOSEI_ASSIGN_OR_RETURN(const storage::PlanInfo plan, plans->Find(name));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<storage::PlanStep> steps, plans->Steps(name));
  Outcomes outcomes;
  for (const storage::PlanStep& step : steps) outcomes.Add(step.edits);
  Comparison comparison(parts, schema);
  for (const auto& [key, record] : outcomes.records())
    KOSEI_RETURN_IF_ERROR(comparison.AddRecord(key, record));
  for (const auto& [link, planned] : outcomes.links())
    KOSEI_RETURN_IF_ERROR(comparison.AddLink(link, planned));
  PlanWork work = comparison.Take();
  work.plan = plan;
  return work;
}

absl::StatusOr<PlanWork> MergePlan(const DeskParts& parts, const model::Schema& schema,
                                   const std::string& name, std::string_view key,
                                   const std::string& actor, storage::Take take) {
  KOSEI_ASSIGN_OR_RETURN(storage::Plans* const plans, PlansOf(parts));
  KOSEI_ASSIGN_OR_RETURN(const storage::PlanInfo plan, plans->Find(name));
  std::vector<storage::CommitResult> commits;
  if (plan.state == storage::PlanState::kOpen) {
    storage::MergeOptions options;
    options.provenance.actor = actor;
    options.provenance.cause = key;
    options.take = take;
    KOSEI_ASSIGN_OR_RETURN(storage::MergeOutcome outcome, plans->Merge(name, options));
    if (!outcome.conflicts.empty()) {
      PlanWork refused;
      refused.plan = outcome.plan;
      refused.conflicts = std::move(outcome.conflicts);
      return refused;
    }
    commits = std::move(outcome.commits);
  }
  KOSEI_ASSIGN_OR_RETURN(PlanWork work, ComparePlan(parts, schema, name));
  work.commits = std::move(commits);
  return work;
}

absl::StatusOr<PlanWork> TakeBackPlan(const DeskParts& parts, const model::Schema& schema,
                                      const std::string& name, std::string_view key,
                                      const std::string& actor, storage::Take take) {
  KOSEI_ASSIGN_OR_RETURN(storage::Plans* const plans, PlansOf(parts));
  KOSEI_ASSIGN_OR_RETURN(PlanWork work, ComparePlan(parts, schema, name));
  if (work.plan.state != storage::PlanState::kMerged) return work;
  storage::MergeOptions options;
  options.provenance.actor = actor;
  options.provenance.cause = key;
  options.provenance.reason = absl::StrFormat("plan %s is taken back", name);
  options.take = take;
  std::vector<storage::CommitResult> commits;
  for (std::uint64_t number = work.plan.merged.value; number >= work.plan.merged_from.value;
       --number) {
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit,
                           parts.reader.Commit(CommitNumber{number}));
    if (commit.plan != work.plan.number) continue;
    KOSEI_ASSIGN_OR_RETURN(storage::MergeOutcome outcome,
                           plans->Revert(CommitNumber{number}, options));
    if (!outcome.conflicts.empty()) {
      work.conflicts = std::move(outcome.conflicts);
      work.commits = std::move(commits);
      return work;
    }
    for (const storage::CommitResult& each : outcome.commits) commits.push_back(each);
  }
  KOSEI_ASSIGN_OR_RETURN(work, ComparePlan(parts, schema, name));
  work.commits = std::move(commits);
  return work;
}

}  // namespace kosei::process
