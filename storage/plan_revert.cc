// What a plan changes, seen beside the present; and taking a commit back.
#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "plan_reader.h"
#include "plan_service.h"

namespace kosei::storage {
namespace {

// The newest statement of a record at or before a commit; nullopt when there is none, or it ended.
absl::StatusOr<std::optional<Record>> RecordAt(const Store& store, RecordId id,
                                               CommitNumber commit) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store, id, commit));
  if (versions.empty() || versions.front().record().ended()) return std::optional<Record>();
  if (IsRetired(versions.front().record())) {
    return MakeError(ErrorCode::kHistoryRetired,
                     absl::StrFormat("revert: what %s was as of commit %d was retired; say with "
                                     "another commit what is so instead",
                                     versions.front().record().key(), commit.value),
                     "commit");
  }
  return std::optional<Record>(versions.front().record().Decode());
}

// From `after` back to `before`; the class only where there is nothing to change.
Record Difference(const Record* after, const Record& before) {
  Record back;
  back.key = before.key;
  if (after == nullptr) {
    back.class_number = before.class_number;
    back.attributes = before.attributes;
    return back;
  }
  for (const auto& [number, value] : before.attributes) {
    const Value* now = after->Find(number);
    if (now == nullptr || *now != value) back.attributes.emplace_back(number, value);
  }
  for (const auto& [number, value] : after->attributes) {
    if (before.Find(number) == nullptr) back.attributes.emplace_back(number, Value());
  }
  return back;
}

absl::Status CheckUndated(const Store& store, CommitNumber commit, const CommitChanges& changes) {
  const TimedLinks& timed = store.topology.timed();
  for (const RecordChange& change : changes.records) {
    const NodeIndex node = NodeOf(change.record);
    if (!store.directory.Dated(node) && !timed.Touches(node)) continue;
    return MakeError(
        ErrorCode::kInvalidArgument,
        absl::StrFormat("revert commit %d: what is known of %s has a valid time of its "
                        "own; say with another commit what is so instead",
                        commit.value, store.directory.KeyOf(node)),
        "commit");
  }
  return absl::OkStatus();
}

absl::StatusOr<RecordVersion> VersionIn(const Store& store, RecordId id, const View& view) {
  KOSEI_ASSIGN_OR_RETURN(std::optional<RecordVersion> version,
                         view.plan == kNoPlan ? ReadVersion(store, id, view, ReadTier::kDisk)
                                              : ReadPlanned(store, id, view, ReadTier::kDisk));
  if (version && !version->record().ended()) return *std::move(version);
  return RecordVersion{id, kNoCommit, kOpenEnd, {}};
}

}  // namespace

absl::StatusOr<std::shared_ptr<const PlanOverlay>> PlanService::Inverse(CommitNumber commit) const {
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit header, ReadCommit(*store_.database, commit));
  if (header.listed == ChangesListed::kNo) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("revert commit %d: it is the first load of this store; take "
                                     "back what came after it",
                                     commit.value),
                     "commit");
  }
  if (!header.info.model_hash.empty() && commit > CommitNumber{1}) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("revert commit %d: it brought a model; give the store the "
                                     "model that it is to have",
                                     commit.value),
                     "commit");
  }
  KOSEI_ASSIGN_OR_RETURN(
      const CommitChanges changes,
      ReadChanges(*store_.database, commit, std::numeric_limits<std::size_t>::max()));
  KOSEI_RETURN_IF_ERROR(CheckUndated(store_, commit, changes));
  const CommitNumber before{commit.value - 1};
  auto overlay = std::make_shared<PlanOverlay>();
  EditOrigin origin{0, commit, 0};
  const auto next = [&] {
    ++origin.order;
    return origin;
  };
  for (const RecordChange& change : changes.records) {
    const NodeIndex node = NodeOf(change.record);
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Record> was,
                           RecordAt(store_, change.record, before));
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Record> became,
                           RecordAt(store_, change.record, commit));
    if (was) {
      const Record back = Difference(became ? &*became : nullptr, *was);
      if (!became || !back.attributes.empty()) {
        overlay->Put(node, back, header.info.time, next());
      }
    } else if (became) {
      overlay->End(node, became->key, header.info.time, next());
    }
  }
  for (const LinkChange& change : changes.links) {
    const LinkName name = NameOfLink(NodeOf(change.source), change.type, NodeOf(change.target));
    const bool back = change.kind == ChangeKind::kEnded;
    if (back || !overlay->Hides(name)) overlay->SetLink(name, back, next());
  }
  overlay->Finish();
  return std::shared_ptr<const PlanOverlay>(std::move(overlay));
}

absl::StatusOr<MergeOutcome> PlanService::Revert(CommitNumber commit, const MergeOptions& options) {
  MergeOutcome outcome;
  const absl::Status reverted = committer_.Compose(
      [&](Composer& composer) -> absl::Status {
        KOSEI_ASSIGN_OR_RETURN(const auto overlay, Inverse(commit));
        const StepActors nobody;
        PlanMerge merge(store_, *overlay, commit, options.take, nobody);
        KOSEI_RETURN_IF_ERROR(merge.Compare());
        Staging staging = composer.Next();
        KOSEI_RETURN_IF_ERROR(merge.Stage(staging));
        KOSEI_RETURN_IF_ERROR(merge.CheckTargets(staging));
        outcome.conflicts = merge.conflicts();
        if (!outcome.conflicts.empty()) return absl::AbortedError("conflicts");
        if (!staging.changed()) return absl::OkStatus();
        Provenance provenance = options.provenance;
        if (provenance.reason.empty()) {
          provenance.reason = absl::StrFormat("revert of commit %d", commit.value);
        }
        outcome.commits.push_back(composer.Add(staging, provenance));
        return absl::OkStatus();
      },
      [] {});
  if (outcome.conflicts.empty() && !reverted.ok()) return reverted;
  return outcome;
}

absl::StatusOr<PlannedRecord> PlanService::DiffOf(const RecordEdit& edit, const View& base,
                                                  const View& present) const {
  PlannedRecord record;
  record.id = RecordOf(edit.node);
  KOSEI_ASSIGN_OR_RETURN(record.base, VersionIn(store_, record.id, base));
  View committed = present;
  committed.plan = kNoPlan;
  KOSEI_ASSIGN_OR_RETURN(record.present, VersionIn(store_, record.id, committed));
  KOSEI_ASSIGN_OR_RETURN(record.planned, VersionIn(store_, record.id, present));
  return record;
}

absl::StatusOr<PlanDiff> PlanService::Diff(std::string_view name, std::size_t limit) {
  PlanDiff diff;
  KOSEI_ASSIGN_OR_RETURN(diff.plan, Find(name));
  KOSEI_ASSIGN_OR_RETURN(const auto overlay, store_.plans->Overlay(diff.plan.number));
  if (diff.plan.state == PlanState::kOpen) {
    KOSEI_ASSIGN_OR_RETURN(const StepActors actors, ActorsOf(diff.plan));
    KOSEI_RETURN_IF_ERROR(committer_.Compose(
        [&](Composer& composer) -> absl::Status {
          PlanMerge merge(store_, *overlay, diff.plan.base, Take::kNeither, actors);
          KOSEI_RETURN_IF_ERROR(merge.Compare());
          Staging staging = composer.Next();
          KOSEI_RETURN_IF_ERROR(merge.Stage(staging));
          KOSEI_RETURN_IF_ERROR(merge.CheckTargets(staging));
          diff.conflicts = merge.conflicts();
          return absl::OkStatus();
        },
        [] {}));
  }
  ViewName newest;
  newest.plan = diff.plan.name;
  const Head head = store_.head();
  const Timestamp now = std::max(head.time, store_.options.clock->Now());
  KOSEI_ASSIGN_OR_RETURN(const View present,
                         ResolvePlan(store_, newest, View{head.commit, now}, ReadTier::kDisk));
  View base{diff.plan.base, present.valid_at};
  std::vector<const RecordEdit*> edits;
  for (const auto& [node, edit] : overlay->records()) {
    // What the plan began and ended is nobody's.
    if (!edit.ends || store_.directory.Latest(node) != kNoCommit) edits.push_back(&edit);
  }
  std::sort(edits.begin(), edits.end(),
            [](const RecordEdit* a, const RecordEdit* b) { return a->node < b->node; });
  diff.record_count = edits.size();
  edits.resize(std::min(edits.size(), limit));
  for (const RecordEdit* edit : edits) {
    KOSEI_ASSIGN_OR_RETURN(PlannedRecord record, DiffOf(*edit, base, present));
    diff.records.push_back(std::move(record));
  }
  const GraphView graph(store_.topology.state(), present, present.commit, store_.directory.limit(),
                        store_.directory.segments());
  for (const auto& [link, edit] : overlay->links()) {
    const bool there =
        SourceOf(link) < graph.node_limit() &&
        graph.HasLink(SourceOf(link), static_cast<TypeIndex>(link.second), TargetOf(link));
    diff.links.push_back({RecordOf(SourceOf(link)), RelationshipTypeNumber{link.second},
                          RecordOf(TargetOf(link)), edit.live, there != edit.live});
  }
  std::sort(diff.links.begin(), diff.links.end(), [](const PlannedLink& a, const PlannedLink& b) {
    return std::tie(a.source, a.type, a.target) < std::tie(b.source, b.type, b.target);
  });
  diff.link_count = diff.links.size();
  diff.links.resize(std::min(diff.links.size(), limit));
  return diff;
}

}  // namespace kosei::storage
