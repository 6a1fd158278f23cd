// The three-way comparison of a plan: as it was when an edit was made, as planned, as it is.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "plan_merge.h"
#include "record_reader.h"

namespace kosei::storage {
namespace {

bool Same(const Value* a, const Value* b) {
  const bool none_a = a == nullptr || a->is_null();
  const bool none_b = b == nullptr || b->is_null();
  return none_a || none_b ? none_a == none_b : *a == *b;
}

std::string TextOf(const model::Schema& schema, ClassNumber owner, AttributeNumber number,
                   const Value* value) {
  if (value == nullptr || value->is_null()) return {};
  const model::Class* known = schema.FindClass(owner);
  const model::Attribute* attribute =
      known == nullptr ? nullptr : schema.FindAttribute(*known, number);
  return attribute == nullptr ? std::string("?") : schema.Format(*attribute, *value);
}

std::string Quoted(const std::string& text) {
  return text.empty() ? std::string("nothing") : "\"" + text + "\"";
}

// Newest first.
const Record* AsOf(const std::vector<std::pair<CommitNumber, Record>>& versions,
                   CommitNumber commit) {
  for (const auto& [begin, record] : versions) {
    if (begin <= commit) return record.ended ? nullptr : &record;
  }
  return nullptr;
}

absl::StatusOr<std::vector<std::pair<CommitNumber, Record>>> VersionsOf(const Store& store,
                                                                        NodeIndex node) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store, RecordOf(node), store.published()));
  std::vector<std::pair<CommitNumber, Record>> decoded;
  decoded.reserve(versions.size());
  for (const RecordVersion& version : versions) {
    decoded.emplace_back(version.begin, version.record().Decode());
  }
  return decoded;
}

}  // namespace

absl::Status PlanMerge::Compare() {
  std::vector<const RecordEdit*> edits;
  edits.reserve(overlay_.records().size());
  for (const auto& [node, edit] : overlay_.records()) edits.push_back(&edit);
  std::sort(edits.begin(), edits.end(),
            [](const RecordEdit* a, const RecordEdit* b) { return a->node < b->node; });
  for (const RecordEdit* edit : edits) KOSEI_RETURN_IF_ERROR(CompareRecord(*edit));
  AddLinks();
  Sort();
  return absl::OkStatus();
}

absl::Status PlanMerge::CompareRecord(const RecordEdit& edit) {
  const Head head = store_.head();
  const View now{head.commit, std::max(head.time, store_.options.clock->Now())};
  KOSEI_ASSIGN_OR_RETURN(const std::optional<RecordVersion> version,
                         ReadVersion(store_, RecordOf(edit.node), now, ReadTier::kDisk));
  std::optional<Record> present;
  if (version && !version->record().ended()) present = version->record().Decode();
  if (edit.ends) return CompareEnd(edit, present ? &*present : nullptr);
  if (edit.creates.value != 0) {
    if (present) return CompareCreated(edit, *present);
    AddPut(edit, nullptr);
    return absl::OkStatus();
  }
  if (present) return CompareChanged(edit, *present);
  KOSEI_ASSIGN_OR_RETURN(const CommitNumber commit,
                         ChangedBy(edit.node, KnownTo(edit.origin), nullptr));
  if (take_ == Take::kMain) {
    Leave(edit.node);
    return absl::OkStatus();
  }
  Conflict conflict;
  conflict.kind = ConflictKind::kEndedInMain;
  conflict.key = edit.key;
  conflict.message = edit.key + " is changed in the plan and has been ended";
  return TwoSides(std::move(conflict), edit.origin, commit);
}

absl::Status PlanMerge::CompareEnd(const RecordEdit& edit, const Record* present) {
  if (present == nullptr) return absl::OkStatus();  // both sides ended it
  const CommitNumber known = KnownTo(edit.origin);
  if (take_ != Take::kPlan) {
    CommitNumber commit;
    std::string message;
    if (store_.directory.Latest(edit.node) > known) {
      KOSEI_ASSIGN_OR_RETURN(commit, ChangedBy(edit.node, known, nullptr));
      message = edit.key + " is ended in the plan and has been changed";
    } else if (const NodeIndex other = LinkedSince(edit.node, known, commit); other != 0) {
      message = edit.key + " is ended in the plan and has been linked to " + KeyOf(other);
    }
    if (!message.empty()) {
      if (take_ == Take::kMain) {
        Leave(edit.node);
        return absl::OkStatus();
      }
      Conflict conflict;
      conflict.kind = ConflictKind::kEndedInPlan;
      conflict.key = edit.key;
      conflict.message = std::move(message);
      return TwoSides(std::move(conflict), edit.origin, commit);
    }
  }
  ends_.push_back({edit.origin, edit.key});
  return absl::OkStatus();
}

absl::Status PlanMerge::CompareCreated(const RecordEdit& edit, const Record& present) {
  const CommitNumber known = KnownTo(edit.origin);
  const CommitNumber latest = store_.directory.Latest(edit.node);
  if (present.class_number != edit.creates) {
    KOSEI_ASSIGN_OR_RETURN(const CommitNumber commit, ChangedBy(edit.node, known, nullptr));
    Conflict conflict;
    conflict.kind = ConflictKind::kCreatedTwice;
    conflict.key = edit.key;
    conflict.planned = std::string(store_.schema->ClassName(edit.creates));
    conflict.present = std::string(store_.schema->ClassName(present.class_number));
    conflict.message = absl::StrFormat("%s is created as a %s in the plan and has been as a %s",
                                       edit.key, conflict.planned, conflict.present);
    return TwoSides(std::move(conflict), edit.origin, commit);
  }
  // Begun anew on both sides, or in the plan alone.
  if (latest > known) return CompareChanged(edit, present);
  AddPut(edit, &present);
  return absl::OkStatus();
}

absl::Status PlanMerge::CompareChanged(const RecordEdit& edit, const Record& present) {
  RecordEdit counting = edit;
  counting.sets.clear();
  counting.creates = {};
  counting.replaces = false;
  for (const AttributeEdit& set : edit.sets) {
    KOSEI_ASSIGN_OR_RETURN(const bool counts, Counts(edit, set, present));
    if (counts) counting.sets.push_back(set);
  }
  if (!counting.sets.empty()) AddPut(counting, nullptr);
  return absl::OkStatus();
}

absl::StatusOr<bool> PlanMerge::Counts(const RecordEdit& edit, const AttributeEdit& set,
                                       const Record& present) {
  const Value* now = present.Find(set.number);
  if (Same(now, &set.value)) return false;
  const CommitNumber known = KnownTo(set.origin);
  if (store_.directory.Latest(edit.node) <= known) return true;
  KOSEI_ASSIGN_OR_RETURN(const auto versions, VersionsOf(store_, edit.node));
  const Record* base = AsOf(versions, known);
  const Value* before = base == nullptr ? nullptr : base->Find(set.number);
  const bool created_twice = edit.creates.value != 0;
  if (Same(now, before) && !(created_twice && base == nullptr)) return true;
  if (take_ == Take::kPlan) return true;
  if (take_ == Take::kMain) {
    left_attributes_.emplace(edit.node, set.number);
    return false;
  }
  KOSEI_ASSIGN_OR_RETURN(const CommitNumber commit, ChangedBy(edit.node, known, &set.number));
  Conflict conflict;
  conflict.kind = ConflictKind::kAttribute;
  conflict.key = edit.key;
  conflict.attribute = std::string(store_.schema->AttributeName(set.number));
  const model::Schema& schema = *store_.schema;
  conflict.planned = TextOf(schema, present.class_number, set.number, &set.value);
  conflict.present = TextOf(schema, present.class_number, set.number, now);
  conflict.message =
      absl::StrFormat("%s of %s is %s in the plan and %s now; it was %s", conflict.attribute,
                      edit.key, Quoted(conflict.planned), Quoted(conflict.present),
                      Quoted(TextOf(schema, present.class_number, set.number, before)));
  KOSEI_RETURN_IF_ERROR(TwoSides(std::move(conflict), set.origin, commit));
  return false;
}

absl::StatusOr<CommitNumber> PlanMerge::ChangedBy(NodeIndex node, CommitNumber known,
                                                  const AttributeNumber* attribute) const {
  KOSEI_ASSIGN_OR_RETURN(const auto versions, VersionsOf(store_, node));
  if (versions.empty() || versions.front().first <= known) return kNoCommit;
  if (attribute == nullptr) return versions.front().first;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const Value* before =
        i + 1 == versions.size() ? nullptr : versions[i + 1].second.Find(*attribute);
    if (!Same(versions[i].second.Find(*attribute), before)) return versions[i].first;
  }
  return versions.front().first;
}

NodeIndex PlanMerge::LinkedSince(NodeIndex node, CommitNumber known, CommitNumber& commit) const {
  const std::shared_ptr<const TopologyState> state = store_.topology.state();
  for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
    for (const DeltaLink& link : state->IntervalsOf(direction, node)) {
      if (link.begin <= known || link.end != kOpenEnd) continue;
      const RecordEdit* other = overlay_.Find(link.neighbour);
      if (other != nullptr && other->ends) continue;
      commit = link.begin;
      return link.neighbour;
    }
  }
  return 0;
}

absl::Status PlanMerge::TwoSides(Conflict conflict, const EditOrigin& origin, CommitNumber commit) {
  two_sides_ = true;
  KOSEI_RETURN_IF_ERROR(NameSides(conflict, origin, commit));
  conflicts_.push_back(std::move(conflict));
  return absl::OkStatus();
}

}  // namespace kosei::storage
