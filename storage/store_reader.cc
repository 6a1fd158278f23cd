#include "store_reader.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "plan_reader.h"
#include "record_reader.h"
#include "rocksdb_status.h"
#include "unique_value.h"

namespace kosei::storage {

View StoreReader::Newest() const {
  const Head head = store_.head();
  return {head.commit, std::max(head.time, store_.options.clock->Now())};
}

absl::StatusOr<View> StoreReader::Resolve(const ViewName& name) const {
  return ResolveIn(name, ReadTier::kDisk);
}

std::optional<absl::StatusOr<View>> StoreReader::ResolveIfCached(const ViewName& name) const {
  absl::StatusOr<View> view = ResolveIn(name, ReadTier::kMemoryOnly);
  if (HasCode(view.status(), ErrorCode::kOverloaded)) return std::nullopt;
  return view;
}

absl::StatusOr<View> StoreReader::ResolveIn(const ViewName& name, ReadTier tier) const {
  KOSEI_ASSIGN_OR_RETURN(View view, ResolveMoment(name, tier));
  if (name.valid_at) view.valid_at = *name.valid_at;
  if (!name.plan.empty()) return ResolvePlan(store_, name, view, tier);
  return view;
}

absl::StatusOr<View> StoreReader::ResolveMoment(const ViewName& name, ReadTier tier) const {
  const View newest = Newest();
  switch (name.kind) {
    case ViewName::Kind::kNewest:
      return newest;
    case ViewName::Kind::kCommit: {
      if (name.commit > newest.commit) {
        return MakeError(ErrorCode::kNotFound,
                         absl::StrFormat("view of commit %d: the newest commit is %d",
                                         name.commit.value, newest.commit.value),
                         "commit");
      }
      if (name.commit == kNoCommit) return View{kNoCommit, kBeginningOfTime};
      // Its time is not asked for.
      if (name.valid_at) return View{name.commit, *name.valid_at};
      KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit,
                             ReadCommit(*store_.database, name.commit, tier));
      return View{name.commit, commit.info.time};
    }
    case ViewName::Kind::kTime: {
      if (name.time > newest.valid_at) {
        return MakeError(
            ErrorCode::kFutureTime,
            absl::StrFormat(
                "view of %s: that is in the future (it is %s now); what was known can only "
                "be asked of the past",
                FormatTimestamp(name.time), FormatTimestamp(newest.valid_at)),
            "time");
      }
      KOSEI_ASSIGN_OR_RETURN(const CommitNumber commit,
                             CommitAt(*store_.database, newest.commit, name.time, tier));
      return View{commit, name.time};
    }
    case ViewName::Kind::kBaseline: {
      const auto bytes = store_.database->Get(Family::kMeta, "baseline/" + name.baseline, tier);
      if (HasCode(bytes.status(), ErrorCode::kNotFound)) {
        return MakeError(ErrorCode::kUnknownBaseline,
                         "view of \"" + name.baseline +
                             "\": there is no baseline of that name, and it is neither a commit "
                             "number nor an RFC 3339 "
                             "time; `kosei baseline list` shows the baselines",
                         "baseline");
      }
      if (!bytes.ok()) return bytes.status();
      KOSEI_ASSIGN_OR_RETURN(const Baseline baseline, DecodeBaseline(name.baseline, *bytes));
      return baseline.view;
    }
  }
  return MakeError(ErrorCode::kInvalidArgument, "view: unknown kind");
}

absl::StatusOr<std::optional<RecordId>> StoreReader::HolderOf(const model::Attribute& attribute,
                                                              const Value& value,
                                                              CommitNumber as_of) const {
  const absl::StatusOr<std::string> stored = store_.database->Get(
      Family::kIdentity,
      keys::IdentityKey(attribute.declared_in, attribute.number, UniqueText(value)));
  if (HasCode(stored.status(), ErrorCode::kNotFound)) return std::nullopt;
  KOSEI_RETURN_IF_ERROR(stored.status());
  for (const keys::Holder& holder : keys::DecodeHolders(*stored)) {
    if (holder.begin <= as_of && as_of < holder.end) return holder.id;
  }
  return std::nullopt;
}

std::optional<RecordId> StoreReader::IdOf(std::string_view key) const {
  const NodeIndex node = store_.directory.Find(key);
  if (node == 0) return std::nullopt;
  // A number without a version: a plan gave it, or a load that is not over, or was given up.
  const bool published = store_.directory.Latest(node) != kNoCommit;
  if (!published && !store_.plans->gave_numbers()) return std::nullopt;
  return RecordOf(node);
}

absl::StatusOr<RecordVersion> StoreReader::FindStored(RecordId id, const View& view,
                                                      ReadTier tier) const {
  KOSEI_ASSIGN_OR_RETURN(std::optional<RecordVersion> version,
                         view.plan == kNoPlan ? ReadVersion(store_, id, view, tier)
                                              : ReadPlanned(store_, id, view, tier));
  if (!version || version->record().ended()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("get %s: there is no such record in this view",
                                     KeyOf(id).empty() ? absl::StrFormat("record %d", id.value)
                                                       : std::string(KeyOf(id))),
                     "key");
  }
  return *std::move(version);
}

absl::StatusOr<RecordVersion> StoreReader::Find(RecordId id, const View& view,
                                                ReadTier tier) const {
  absl::StatusOr<RecordVersion> version = FindStored(id, view, tier);
  if (!version.ok() || !IsRetired(version->record())) return version;
  const std::string key(KeyOf(id));
  if (tier == ReadTier::kMemoryOnly) {
    return MakeError(ErrorCode::kOverloaded, "get " + key + ": not in memory");
  }
  // Of the versions that are whole up to the newest, the oldest.
  KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordVersion> versions,
                         ReadVersions(store_, id, store_.published()));
  std::string whole = "nothing of it is left but its key, class and times";
  for (const RecordVersion& one : versions) {
    if (IsRetired(one.record())) break;
    if (one.record().ended()) continue;
    KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(*store_.database, one.begin));
    whole = absl::StrFormat("it is whole from commit %d (%s) on", one.begin.value,
                            FormatTimestamp(commit.info.time));
  }
  return MakeError(ErrorCode::kHistoryRetired,
                   absl::StrFormat("get %s: what it was as of commit %d was retired; %s", key,
                                   version->begin.value, whole),
                   "view");
}

absl::StatusOr<RecordVersion> StoreReader::GetWhatIsLeft(RecordId id, const View& view) const {
  return FindStored(id, view, ReadTier::kDisk);
}

absl::StatusOr<RecordVersion> StoreReader::Get(RecordId id, const View& view) const {
  return Find(id, view, ReadTier::kDisk);
}

std::uint64_t StoreReader::ContentEpoch() const { return store_.record_cache.epoch(); }

std::optional<absl::StatusOr<RecordVersion>> StoreReader::GetIfCached(RecordId id,
                                                                      const View& view) const {
  absl::StatusOr<RecordVersion> version = Find(id, view, ReadTier::kMemoryOnly);
  if (HasCode(version.status(), ErrorCode::kOverloaded)) return std::nullopt;
  return version;
}

absl::StatusOr<std::vector<RecordVersion>> StoreReader::History(RecordId id,
                                                                const View& view) const {
  return ReadVersions(store_, id, view.commit);
}

absl::StatusOr<std::vector<LinkVersion>> StoreReader::LinkHistory(RecordId id,
                                                                  const View& view) const {
  const std::shared_ptr<const TopologyState> state = store_.topology.state();
  std::vector<LinkVersion> links;
  const auto add = [&](LinkVersion link) {
    if (link.begin > view.commit) return;
    if (link.end != kOpenEnd && link.end > view.commit) link.end = kOpenEnd;
    links.push_back(link);
  };
  const TimedLinks& timed = state->timed();
  const auto is_timed = [&](NodeIndex source, TypeIndex type, NodeIndex target) {
    return timed.Contains(NameOfLink(source, RelationshipTypeNumber{type}, target));
  };
  for (const DeltaLink& link : state->IntervalsOf(LinkDirection::kOut, NodeOf(id))) {
    if (is_timed(NodeOf(id), link.type, link.neighbour)) continue;
    add({id, RelationshipTypeNumber{link.type}, RecordOf(link.neighbour), link.begin, link.end});
  }
  for (const DeltaLink& link : state->IntervalsOf(LinkDirection::kIn, NodeOf(id))) {
    // A link to itself was added as one that goes out.
    if (link.neighbour == NodeOf(id)) continue;
    if (is_timed(link.neighbour, link.type, NodeOf(id))) continue;
    add({RecordOf(link.neighbour), RelationshipTypeNumber{link.type}, id, link.begin, link.end});
  }
  for (const LinkDirection direction : {LinkDirection::kOut, LinkDirection::kIn}) {
    for (TimedLink& link : timed.LinksOf(direction, NodeOf(id))) {
      if (direction == LinkDirection::kIn && link.source == link.target) continue;
      std::erase_if(link.statements,
                    [&](const LinkStatement& said) { return said.commit > view.commit; });
      const LinkVersion name{RecordOf(link.source), RelationshipTypeNumber{link.type},
                             RecordOf(link.target), kNoCommit};
      for (const LinkVersion& version : VersionsOf(link.statements, name)) add(version);
    }
  }
  std::sort(links.begin(), links.end(), [](const LinkVersion& a, const LinkVersion& b) {
    return std::tie(a.source, a.type, a.target, a.begin, a.valid_from) <
           std::tie(b.source, b.type, b.target, b.begin, b.valid_from);
  });
  return links;
}

absl::Status StoreReader::Scan(
    const View& view, RecordId from,
    absl::FunctionRef<bool(RecordId, CommitNumber, RecordView)> visit) const {
  if (view.plan != kNoPlan) {
    const View committed{view.commit, view.valid_at};
    return ScanPlanned(store_, view, from, visit,
                       [&](ScanVisit each) { return Scan(committed, from, each); });
  }
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{1} << 20;
  const auto iterator = store_.database->Iterate(Family::kRecords, options);
  RecordId answered{0};
  for (iterator->Seek(keys::RecordPrefix(from)); iterator->Valid(); iterator->Next()) {
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
    if (key.id == answered || key.commit > view.commit) continue;
    // Record bytes are read in place and want alignment, which blocks do not promise.
    const std::string bytes = iterator->value().ToString();
    const RecordView record = RecordView::Trust(bytes);
    if (view.valid_at < record.valid_from() || view.valid_at >= record.valid_to()) continue;
    answered = key.id;
    if (!record.ended() && !visit(key.id, key.commit, record)) break;
  }
  return ToStatus(iterator->status(), "scan records");
}

void StoreReader::VisitDated(
    absl::FunctionRef<void(RecordId)> record,
    absl::FunctionRef<void(RecordId, RelationshipTypeNumber, RecordId)> link) const {
  const NodeIndex limit = store_.directory.limit();
  for (NodeIndex node = 1; node < limit; ++node) {
    if (store_.directory.Dated(node)) record(RecordOf(node));
  }
  store_.topology.timed().ForEach([&link](const TimedLink& timed) {
    link(RecordOf(timed.source), RelationshipTypeNumber{timed.type}, RecordOf(timed.target));
  });
}

absl::StatusOr<GraphView> StoreReader::Graph(const View& view) const {
  CommitNumber commit = view.commit;
  // Links are true from their commit's time on: an instant before the View's commit shows an
  // earlier graph.
  const Head head = store_.head();
  const bool newest = commit == head.commit && view.valid_at >= head.time;
  if (commit != kNoCommit && !newest) {
    KOSEI_ASSIGN_OR_RETURN(const CommitInfo info, Commit(commit));
    if (view.valid_at < info.time) {
      KOSEI_ASSIGN_OR_RETURN(commit, CommitAt(*store_.database, commit, view.valid_at));
    }
  }
  GraphView graph(store_.topology.state(), view, commit, store_.directory.limit(),
                  store_.directory.segments());
  if (view.plan != kNoPlan) KOSEI_RETURN_IF_ERROR(LayPlan(store_, view, graph));
  return graph;
}

absl::StatusOr<CommitInfo> StoreReader::Commit(CommitNumber number) const {
  KOSEI_ASSIGN_OR_RETURN(DecodedCommit commit, ReadCommit(*store_.database, number));
  return std::move(commit.info);
}

absl::StatusOr<CommitChanges> StoreReader::Changes(CommitNumber number, std::size_t limit) const {
  return ReadChanges(*store_.database, number, limit);
}

absl::Status StoreReader::VisitChanges(CommitNumber number,
                                       absl::FunctionRef<bool(const CommitChanges&)> visit) const {
  return storage::VisitChanges(*store_.database, number, visit);
}

absl::StatusOr<std::vector<Baseline>> StoreReader::Baselines() const {
  KOSEI_ASSIGN_OR_RETURN(const auto entries, ListMeta(*store_.database, "baseline/"));
  std::vector<Baseline> baselines;
  for (const auto& [name, bytes] : entries) {
    KOSEI_ASSIGN_OR_RETURN(Baseline baseline, DecodeBaseline(name, bytes));
    baselines.push_back(std::move(baseline));
  }
  return baselines;
}

absl::StatusOr<std::string> StoreReader::ModelText(std::uint32_t version) const {
  KOSEI_ASSIGN_OR_RETURN(StoredModel model, ReadStoredModel(*store_.database, version));
  return std::move(model.text);
}

StoreCounts StoreReader::Counts() const {
  const Head head = store_.head();
  StoreCounts counts;
  counts.records = store_.record_count.load(std::memory_order_relaxed);
  counts.links = store_.link_count.load(std::memory_order_relaxed);
  counts.newest = head.commit;
  counts.newest_time = head.time;
  counts.store_id = store_.store_id;
  counts.model_version = store_.model_version;
  counts.format_version = kFormatVersion;
  counts.topology_bytes = store_.topology.Bytes();
  counts.directory_bytes = store_.directory.bytes();
  return counts;
}

}  // namespace kosei::storage
