#include "indexer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "absl/strings/str_format.h"
#include "index_work.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

// How long commits are gathered before they are taken in together: nobody waits for it, and many
// commits cost little more than one. While nobody asks the indexes anything, longer, so that they
// are no burden to those who write.
constexpr std::chrono::milliseconds kGathering{20};
constexpr std::chrono::milliseconds kGatheringUnasked{250};
constexpr std::chrono::seconds kUnasked{1};
constexpr int kNiceness = 10;
// How long the indexer waits for space before it looks again.
constexpr std::chrono::milliseconds kSpacePatience{500};

}  // namespace

Indexer::Indexer(Store& store, std::function<bool()> may_write)
    : store_(store), may_write_(std::move(may_write)) {}

Indexer::~Indexer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    work_wanted_.NotifyAll();
    hurried_.NotifyAll();
    progressed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void Indexer::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Indexer::Wake() {
  const MutexLock lock(mutex_);
  work_wanted_.NotifyOne();
  if (gathers_long_ && !MayGather()) hurried_.NotifyOne();
}

// Not when a piece of work is full, or somebody waits for it.
bool Indexer::MayGather() const {
  return waiting_ == 0 && !ModelChanged() &&
         store_.published().value - gathered_from_.value < kFollowCommits;
}

void Indexer::Gather() {
  const auto begin = std::chrono::steady_clock::now();
  gathered_from_ = store_.published();
  bool building = false;
  for (const auto& [number, index] : entries_) {
    if (index.origin == IndexOrigin::kDropped) continue;
    if (index.state == IndexState::kBuilding) {
      building = true;
    } else {
      gathered_from_ = std::min(gathered_from_, index.whole_to);
    }
  }
  while (!stopping_ && MayGather()) {
    gathers_long_ = !building && begin - asked_at_ >= kUnasked;
    const auto until = begin + (gathers_long_ ? kGatheringUnasked : kGathering);
    if (!hurried_.WaitUntil(mutex_, until)) break;
  }
  gathers_long_ = false;
}

bool Indexer::Idle() const {
  if (!stopped_reason_.empty()) return true;
  if (ModelChanged()) return false;
  const CommitNumber newest = store_.published();
  return std::all_of(entries_.begin(), entries_.end(), [newest](const auto& entry) {
    const IndexEntry& index = entry.second;
    return index.origin == IndexOrigin::kDropped ||
           (index.state == IndexState::kWhole && index.whole_to >= newest);
  });
}

void Indexer::Loop() {
  // Whoever waits for an answer goes first. Without the right to, it is just as before.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!stopping_ && Idle()) work_wanted_.Wait(mutex_);
      Gather();
      if (stopping_) return;
      if (!may_write_()) {
        work_wanted_.WaitUntil(mutex_, std::chrono::steady_clock::now() + kSpacePatience);
        continue;
      }
    }
    Step().status().IgnoreError();  // a failure is told and kept by Step
  }
}

absl::StatusOr<bool> Indexer::Step() {
  absl::StatusOr<bool> worked = false;
  {
    const MutexLock work(work_mutex_);
    worked = StepLocked();
  }
  if (worked.ok()) return worked;
  const std::string reason(MessageOf(worked.status()));
  bool first = false;
  {
    const MutexLock lock(mutex_);
    first = stopped_reason_.empty();
    if (first) stopped_reason_ = reason;
    progressed_.NotifyAll();
  }
  if (first && store_.options.on_trouble) {
    store_.options.on_trouble("indexing has stopped, searches scan from now on: " + reason);
  }
  return worked;
}

absl::StatusOr<bool> Indexer::StepLocked() {
  if (ModelChanged()) {
    KOSEI_RETURN_IF_ERROR(RefreshLocked());
    return true;
  }
  std::vector<IndexEntry> building;
  std::vector<IndexEntry> whole;
  {
    const MutexLock lock(mutex_);
    if (!stopped_reason_.empty()) return false;
    for (const auto& [number, entry] : entries_) {
      if (entry.origin == IndexOrigin::kDropped) continue;
      if (entry.state == IndexState::kWhole) {
        whole.push_back(entry);
      } else if (building.empty() || building.front().next_record == entry.next_record) {
        building.push_back(entry);
      }
    }
  }
  const CommitNumber newest = store_.published();
  const std::shared_ptr<const model::Schema> schema = store_.schema.newest();
  bool worked = false;
  const bool behind = std::any_of(whole.begin(), whole.end(), [newest](const IndexEntry& entry) {
    return entry.whole_to < newest;
  });
  if (behind) {
    KOSEI_RETURN_IF_ERROR(FollowPiece(store_, *schema, newest, whole));
    Take(whole);
    worked = true;
  }
  // What follows never waits for what is built.
  if (!building.empty()) {
    KOSEI_RETURN_IF_ERROR(
        BuildPiece(store_, *schema, [this] { return !stopping_.load(); }, building));
    Take(building);
    worked = true;
  }
  return worked;
}

absl::Status Indexer::RunBetweenPieces(absl::FunctionRef<absl::Status()> work) {
  const MutexLock lock(work_mutex_);
  return work();
}

void Indexer::Take(const std::vector<IndexEntry>& entries) {
  const MutexLock lock(mutex_);
  for (const IndexEntry& entry : entries) {
    const auto [place, inserted] = entries_.try_emplace(entry.number, entry);
    const bool changed =
        inserted || place->second.state != entry.state || place->second.origin != entry.origin;
    const std::uint64_t generation = changed ? ++generation_ : place->second.generation;
    place->second = entry;
    place->second.generation = generation;
  }
  progressed_.NotifyAll();
}

std::optional<Indexer::Whole> Indexer::WholeOf(IndexNumber number) const {
  // A model that the indexes do not follow yet may ask for more than is in them.
  if (ModelChanged()) return std::nullopt;
  const MutexLock lock(mutex_);
  asked_at_ = std::chrono::steady_clock::now();
  if (gathers_long_) hurried_.NotifyOne();
  const auto found = entries_.find(number);
  if (found == entries_.end() || found->second.origin == IndexOrigin::kDropped ||
      found->second.state != IndexState::kWhole) {
    return std::nullopt;
  }
  return Whole{found->second.whole_to, found->second.generation};
}

CommitNumber Indexer::AheadOf(IndexNumber number) const {
  const MutexLock lock(mutex_);
  const auto known = entries_.find(number);
  return known == entries_.end() ? kNoCommit : known->second.ahead_to;
}

absl::Status Indexer::Begin(IndexEntry& entry) {
  entry.state = IndexState::kBuilding;
  entry.next_record = 0;
  entry.whole_to = store_.published();
  entry.definition = DefinitionOf(*store_.schema, entry.number);
  Take({entry});
  return WriteMark(store_, entry);
}

// Look-ups stop before the first entry goes.
absl::Status Indexer::Restart(IndexEntry entry) {
  KOSEI_RETURN_IF_ERROR(Begin(entry));
  return RemoveEntries(store_, entry.number);
}

absl::Status Indexer::Remove(IndexNumber number) {
  {
    const MutexLock lock(mutex_);
    entries_.erase(number);
    ++generation_;
  }
  KOSEI_RETURN_IF_ERROR(RemoveEntries(store_, number));
  return RemoveMark(store_, number);
}

absl::Status Indexer::RefreshOne(IndexNumber number, bool marked, const IndexEntry* known) {
  IndexEntry fresh;
  fresh.number = number;
  if (known == nullptr) return Begin(fresh);  // a mark comes before its entries: there are none
  const std::string definition = DefinitionOf(*store_.schema, number);
  if (known->origin == IndexOrigin::kDropped) {
    if (marked) {
      Take({*known});
      return absl::OkStatus();
    }
    return RemoveMark(store_, number);
  }
  if (definition.empty() || (!marked && known->origin == IndexOrigin::kModel)) {
    return Remove(number);
  }
  if (known->definition != definition || known->whole_to > store_.published()) {
    fresh.origin = known->origin;
    return Restart(fresh);
  }
  IndexEntry entry = *known;
  entry.redone = entry.state == IndexState::kBuilding;
  entry.ahead_to = std::max(AheadOf(number), store_.published());
  Take({entry});
  return absl::OkStatus();
}

absl::Status Indexer::Refresh() {
  const MutexLock work(work_mutex_);
  return RefreshLocked();
}

absl::Status Indexer::RefreshLocked() {
  const model::Schema* const schema = &*store_.schema;
  // Of all entries that are there now.
  const Head head = store_.head();
  store_.past_entries.Raise(head.commit, head.time);
  KOSEI_ASSIGN_OR_RETURN(const std::vector<IndexEntry> marks, ReadIndexMarks(*store_.database));
  std::set<IndexNumber> marked = {kTextIndex};
  for (const AttributeNumber attribute : MarkedForIndex(*store_.schema)) {
    marked.insert(attribute.value);
  }
  std::set<IndexNumber> numbers = marked;
  for (const IndexEntry& mark : marks) numbers.insert(mark.number);
  for (const IndexNumber number : numbers) {
    const auto known = std::find_if(marks.begin(), marks.end(), [number](const IndexEntry& mark) {
      return mark.number == number;
    });
    KOSEI_RETURN_IF_ERROR(
        RefreshOne(number, marked.count(number) != 0, known == marks.end() ? nullptr : &*known));
  }
  const MutexLock lock(mutex_);
  refreshed_for_ = schema;
  work_wanted_.NotifyOne();
  progressed_.NotifyAll();
  return absl::OkStatus();
}

absl::StatusOr<IndexNumber> Indexer::NumberOf(std::string_view operation,
                                              std::string_view name) const {
  if (name == kTextIndexName) return kTextIndex;
  const std::optional<AttributeNumber> attribute = AttributeNamed(*store_.schema, name);
  if (attribute) return attribute->value;
  return MakeError(ErrorCode::kUnknownAttribute,
                   absl::StrFormat("%s index %s: no class of the model has an attribute of that "
                                   "name; `kosei model CLASS` shows them (the index of all text "
                                   "is called %s)",
                                   operation, name, kTextIndexName),
                   "name");
}

absl::Status Indexer::Stopped() const {
  const MutexLock lock(mutex_);
  if (stopped_reason_.empty()) return absl::OkStatus();
  return MakeError(ErrorCode::kStorageReadOnly, "indexing has stopped since " + stopped_reason_ +
                                                    "; mend the cause and restart koseid");
}

absl::Status Indexer::Build(std::string_view name) {
  KOSEI_ASSIGN_OR_RETURN(const IndexNumber number, NumberOf("build", name));
  const auto attribute = FindIndexedAttribute(*store_.schema, AttributeNumber{number});
  if (number != kTextIndex && attribute && attribute->item_type == model::AttributeType::kAny) {
    return MakeError(ErrorCode::kWrongType,
                     absl::StrFormat("build index %s: what has no type of its own (any) has no "
                                     "index; give the attribute a type in the model",
                                     name),
                     "name");
  }
  KOSEI_RETURN_IF_ERROR(Stopped());
  const MutexLock work(work_mutex_);
  const std::vector<AttributeNumber> marked = MarkedForIndex(*store_.schema);
  const bool is_marked = number == kTextIndex ||
                         std::binary_search(marked.begin(), marked.end(), AttributeNumber{number});
  IndexEntry entry;
  entry.number = number;
  entry.origin = is_marked ? IndexOrigin::kModel : IndexOrigin::kAdministrator;
  KOSEI_RETURN_IF_ERROR(Restart(entry));
  KOSEI_RETURN_IF_ERROR(MakeDurable(store_));
  Wake();
  return absl::OkStatus();
}

absl::Status Indexer::BuildAll() {
  KOSEI_RETURN_IF_ERROR(Stopped());
  const MutexLock work(work_mutex_);
  Entries entries;
  {
    const MutexLock lock(mutex_);
    entries = entries_;
  }
  for (const auto& [number, entry] : entries) {
    if (entry.origin != IndexOrigin::kDropped) KOSEI_RETURN_IF_ERROR(Restart(entry));
  }
  KOSEI_RETURN_IF_ERROR(MakeDurable(store_));
  Wake();
  return absl::OkStatus();
}

absl::Status Indexer::Drop(std::string_view name) {
  KOSEI_ASSIGN_OR_RETURN(const IndexNumber number, NumberOf("drop", name));
  KOSEI_RETURN_IF_ERROR(Stopped());
  const MutexLock work(work_mutex_);
  IndexEntry entry;
  {
    const MutexLock lock(mutex_);
    const auto found = entries_.find(number);
    if (found == entries_.end() || found->second.origin == IndexOrigin::kDropped) {
      return MakeError(ErrorCode::kNotFound,
                       absl::StrFormat("drop index %s: there is none; `kosei admin index list` "
                                       "shows the indexes",
                                       name),
                       "name");
    }
    entry = found->second;
  }
  if (entry.origin == IndexOrigin::kAdministrator) {
    KOSEI_RETURN_IF_ERROR(Remove(number));
    return MakeDurable(store_);
  }
  entry.origin = IndexOrigin::kDropped;
  entry.state = IndexState::kBuilding;
  Take({entry});
  KOSEI_RETURN_IF_ERROR(WriteMark(store_, entry));
  KOSEI_RETURN_IF_ERROR(RemoveEntries(store_, number));
  return MakeDurable(store_);
}

absl::Status Indexer::CatchUp() {
  if (!thread_.joinable()) {
    absl::StatusOr<bool> worked = true;
    while (worked.ok() && *worked) worked = Step();
    KOSEI_RETURN_IF_ERROR(worked.status());
    return Stopped();
  }
  {
    const MutexLock lock(mutex_);
    ++waiting_;
    work_wanted_.NotifyOne();
    hurried_.NotifyOne();
    const CommitNumber wanted = store_.published();
    const auto behind = [&](const auto& entry) {
      return entry.second.origin != IndexOrigin::kDropped &&
             (entry.second.state != IndexState::kWhole || entry.second.whole_to < wanted);
    };
    while (!stopping_ && stopped_reason_.empty() &&
           (ModelChanged() || std::any_of(entries_.begin(), entries_.end(), behind))) {
      progressed_.Wait(mutex_);
    }
    --waiting_;
  }
  return Stopped();
}

std::vector<IndexInfo> Indexer::List() const {
  Entries entries;
  {
    const MutexLock lock(mutex_);
    entries = entries_;
  }
  const CommitNumber newest = store_.published();
  const std::uint64_t total = store_.directory.limit() - 1;
  std::vector<IndexInfo> list;
  for (const auto& [number, entry] : entries) {
    IndexInfo info;
    info.name = number == kTextIndex
                    ? std::string(kTextIndexName)
                    : std::string(store_.schema->AttributeName(AttributeNumber{number}));
    info.origin = entry.origin;
    info.state = entry.state;
    const bool whole = entry.state == IndexState::kWhole;
    if (whole) info.whole_to = entry.whole_to;
    info.lag = whole && newest > entry.whole_to ? newest.value - entry.whole_to.value : 0;
    info.records_total = total;
    info.records_done = whole ? total : std::min(entry.next_record, total);
    info.bytes = entry.origin == IndexOrigin::kDropped ? 0 : BytesOnDisk(store_, number);
    list.push_back(std::move(info));
  }
  std::sort(list.begin(), list.end(), [](const IndexInfo& a, const IndexInfo& b) {
    const bool a_text = a.name == kTextIndexName;
    const bool b_text = b.name == kTextIndexName;
    return a_text != b_text ? a_text : a.name < b.name;
  });
  return list;
}

std::uint64_t Indexer::Lag() const {
  const CommitNumber newest = store_.published();
  const MutexLock lock(mutex_);
  std::uint64_t lag = 0;
  for (const auto& [number, entry] : entries_) {
    if (entry.origin == IndexOrigin::kDropped || entry.state != IndexState::kWhole) continue;
    if (entry.whole_to < newest) lag = std::max(lag, newest.value - entry.whole_to.value);
  }
  return lag;
}

}  // namespace kosei::storage
