#include "scrubber.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "kosei/base/error.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kFindingsMax = 100;
constexpr std::uint64_t kBytesPerSecondMin = std::uint64_t{1} << 20;
constexpr std::chrono::seconds kSaveEvery{60};
constexpr int kNiceness = 15;

std::string PathOf(const Store& store) { return store.options.folder + "/scrub"; }

std::chrono::microseconds PeriodOf(const Store& store) { return store.options.scrub_period; }

}  // namespace

StoreScrubber::StoreScrubber(Store& store) : store_(store) {
  FileSystem& files = *store_.options.files;
  if (!files.Exists(PathOf(store_))) return;
  const absl::StatusOr<std::string> bytes = files.ReadFile(PathOf(store_));
  absl::StatusOr<ScrubRecord> record =
      bytes.ok() ? DecodeScrubRecord(*bytes) : absl::StatusOr<ScrubRecord>(bytes.status());
  if (record.ok()) {
    record_ = *std::move(record);
  } else if (store_.options.on_trouble) {
    store_.options.on_trouble(std::string(MessageOf(record.status())));
  }
}

StoreScrubber::~StoreScrubber() {
  ScrubRecord record;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    record = record_;
  }
  woken_.NotifyAll();
  if (thread_.joinable()) thread_.join();
  const MutexLock step(step_mutex_);
  {
    const MutexLock lock(mutex_);
    record = record_;
  }
  if (record.under_way) Save(record);
}

void StoreScrubber::StartThread() {
  thread_ = std::thread([this] { Loop(); });
}

void StoreScrubber::Loop() {
  // Whoever waits for an answer goes first. Without the right to, it is just as before.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
  while (true) {
    {
      const MutexLock lock(mutex_);
      if (stopping_) return;
    }
    if (Step()) continue;
    const MutexLock lock(mutex_);
    if (!stopping_) woken_.WaitUntil(mutex_, std::chrono::steady_clock::now() + kLook);
  }
}

bool StoreScrubber::RoundIsDue() const {
  if (hurried_) return true;
  const std::int64_t period = PeriodOf(store_).count();
  if (period <= 0) return false;
  const Timestamp now = store_.options.clock->Now();
  if (record_.begun == kBeginningOfTime) return true;
  // A clock that was set back shall not put it off for years.
  return now < record_.begun || now.micros - record_.begun.micros >= period;
}

void StoreScrubber::BeginRound() {
  record_.under_way = true;
  record_.begun = store_.options.clock->Now();
  record_.position = 0;
  record_.bytes_done = 0;
  listed_ = false;
}

void StoreScrubber::EndRound() {
  record_.under_way = false;
  record_.finished = store_.options.clock->Now();
  record_.finished_bytes = record_.bytes_done;
  const std::size_t before = record_.findings.size();
  const Timestamp begun = record_.begun;
  std::erase_if(record_.findings,
                [begun](const ScrubFinding& finding) { return finding.time < begun; });
  record_.finding_count -= before - record_.findings.size();
  hurried_ = false;
  listed_ = false;
}

bool StoreScrubber::MayStep() {
  if (record_.paused) return false;
  if (!record_.under_way) {
    if (!RoundIsDue()) return false;
    BeginRound();
  }
  if (!listed_ || hurried_) return true;
  const double seconds =
      std::chrono::duration<double>(store_.options.clock->Monotonic() - paced_since_).count();
  const double period = std::chrono::duration<double>(PeriodOf(store_)).count();
  const double whole_in_period = period > 0 ? static_cast<double>(bytes_total_) / period : 0.0;
  const double pace = std::max(static_cast<double>(kBytesPerSecondMin), whole_in_period);
  // A small store is read in one go.
  const double allowed = seconds * pace + static_cast<double>(kBytesPerSecondMin);
  return static_cast<double>(record_.bytes_done - paced_bytes_) < allowed;
}

void StoreScrubber::Find(std::string what) {
  if (store_.options.on_trouble) store_.options.on_trouble("scrub: " + what);
  ++record_.finding_count;
  if (record_.findings.size() < kFindingsMax)
    record_.findings.push_back({store_.options.clock->Now(), std::move(what)});
}

bool StoreScrubber::Step() {
  const MutexLock step(step_mutex_);
  std::uint64_t position = 0;
  bool list = false;
  {
    const MutexLock lock(mutex_);
    if (!MayStep()) return false;
    list = !listed_;
    position = record_.position;
  }
  if (list) {
    items_ = ListScrubItems(store_, position);
    next_ = 0;
    check_.reset();
    std::uint64_t left = 0;
    for (const ScrubItem& item : items_) left += item.bytes;
    const MutexLock lock(mutex_);
    listed_ = true;
    bytes_total_ = record_.bytes_done + left;
    paced_since_ = store_.options.clock->Monotonic();
    paced_bytes_ = record_.bytes_done;
  }
  if (check_ == nullptr) check_ = BeginScrubCheck(store_, items_[next_]);
  std::uint64_t bytes = 0;
  std::optional<std::string> found = check_->Step(bytes);
  ScrubRecord record;
  bool save = false;
  {
    const MutexLock lock(mutex_);
    if (!listed_ || !record_.under_way) return true;  // a round was asked for meanwhile
    record_.bytes_done += bytes;
    if (found.has_value()) {
      if (!found->empty()) Find(*std::move(found));
      check_.reset();
      record_.position = std::max(record_.position, items_[next_].number);
      if (++next_ == items_.size()) {
        EndRound();
        save = true;
      }
    }
    const std::chrono::nanoseconds now = store_.options.clock->Monotonic();
    save = save || now - saved_ >= kSaveEvery;
    if (save) saved_ = now;
    record = record_;
  }
  if (save) Save(record);
  return true;
}

void StoreScrubber::Save(const ScrubRecord& record) {
  if (!store_.stopped_reason().empty()) return;
  const absl::Status saved =
      store_.options.files->WriteFileAtomically(PathOf(store_), EncodeScrubRecord(record));
  if (!saved.ok() && store_.options.on_trouble)
    store_.options.on_trouble("write where the scrubber is: " + std::string(MessageOf(saved)));
}

ScrubStatus StoreScrubber::Status() const {
  const MutexLock lock(mutex_);
  ScrubStatus status;
  status.period_seconds = store_.options.scrub_period.count();
  const bool running = record_.under_way || hurried_;
  status.state = record_.paused               ? ScrubState::kPaused
                 : running                    ? ScrubState::kRunning
                 : status.period_seconds == 0 ? ScrubState::kOff
                                              : ScrubState::kWaiting;
  status.begun = record_.begun;
  if (record_.under_way) {
    status.bytes_done = record_.bytes_done;
    status.bytes_total = std::max(bytes_total_, record_.bytes_done);
  }
  status.finished = record_.finished;
  status.finished_bytes = record_.finished_bytes;
  if (status.period_seconds > 0) {
    const Timestamp now = store_.options.clock->Now();
    status.next = record_.begun == kBeginningOfTime
                      ? now
                      : Timestamp{record_.begun.micros + PeriodOf(store_).count()};
  }
  status.finding_count = record_.finding_count;
  status.findings = record_.findings;
  return status;
}

void StoreScrubber::Start() {
  const MutexLock lock(mutex_);
  record_.paused = false;
  record_.under_way = false;
  listed_ = false;
  hurried_ = true;
  woken_.NotifyAll();
}

void StoreScrubber::Pause() {
  const MutexLock step(step_mutex_);
  ScrubRecord record;
  {
    const MutexLock lock(mutex_);
    record_.paused = true;
    hurried_ = false;
    record = record_;
  }
  Save(record);
}

void StoreScrubber::Resume() {
  const MutexLock step(step_mutex_);
  ScrubRecord record;
  {
    const MutexLock lock(mutex_);
    record_.paused = false;
    paced_since_ = store_.options.clock->Monotonic();
    paced_bytes_ = record_.bytes_done;
    record = record_;
    woken_.NotifyAll();
  }
  Save(record);
}

}  // namespace kosei::storage
