#include "open_requests.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "session.h"

namespace kosei::server {
namespace {

// More credit than this means "all you have".
constexpr std::int64_t kCreditMax = std::int64_t{1} << 40;

std::int64_t Clamp(std::uint64_t credit) {
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(credit, static_cast<std::uint64_t>(kCreditMax)));
}

absl::Status Cancelled(const protocol::OperationInfo& operation) {
  return MakeError(ErrorCode::kCancelled,
                   absl::StrFormat("%s: the client cancelled it", operation.name));
}

absl::Status TooLarge(const Call& call) {
  return MakeError(ErrorCode::kRowBudget,
                   absl::StrFormat("%s: the answer is larger than the frame of %d bytes that this "
                                   "client takes; ask for less at once",
                                   call.operation->name, call.reply_bytes_max));
}

}  // namespace

// All that a worker needs; owns everything it points to except the server's own parts.
struct OpenRequests::Job {
  const Services* services = nullptr;
  const Handler* handler = nullptr;
  const protocol::OperationInfo* operation = nullptr;
  std::shared_ptr<SessionHost> host;  // the connection stays in memory until the job is done
  std::shared_ptr<const Principal> principal;
  std::shared_ptr<std::atomic<bool>> cancelled;
  std::shared_ptr<ImportSlot> imports;
  protocol::FrameHeader header;
  protocol::Checksum checksum = protocol::Checksum::kCompute;
  Instant arrived{0};
  std::uint32_t reply_bytes_max = 0;
  std::string body;
  std::unique_ptr<Stream> stream;
  std::size_t allowance = 0;
  std::uint32_t sequence = 0;

  Call call() const {
    return Call{operation,
                header.request_id,
                body,
                arrived,
                principal->name,
                principal->classes,
                reply_bytes_max,
                cancelled,
                imports,
                principal->role == protocol::Role::kAdministrator};
  }
};

OpenRequests::OpenRequests(const Services& services, SessionHost& host, Outbox& outbox,
                           const Caller& caller)
    : services_(services), host_(host), outbox_(outbox), caller_(caller) {}

OpenRequests::~OpenRequests() = default;

OpenRequests::Entry* OpenRequests::Insert(const protocol::FrameHeader& header,
                                          const protocol::OperationInfo& operation, Instant now) {
  if (entries_.size() >= services_.limits.in_flight_max) {
    outbox_.Error(header,
                  MakeError(ErrorCode::kOverloaded,
                            absl::StrFormat("%s: %d requests of this connection are open; wait "
                                            "for answers before sending more",
                                            operation.name, services_.limits.in_flight_max)));
    return nullptr;
  }
  auto entry = std::make_unique<Entry>();
  entry->header = header;
  entry->operation = &operation;
  entry->arrived = now;
  entry->cancelled = std::make_shared<std::atomic<bool>>(false);
  return entries_.emplace(header.request_id, std::move(entry)).first->second.get();
}

bool OpenRequests::Admit(const protocol::FrameHeader& header,
                         const protocol::OperationInfo& operation, Instant now) {
  return Insert(header, operation, now) != nullptr;
}

OpenRequests::Job OpenRequests::MakeJob(const Entry& entry) const {
  Job job;
  job.services = &services_;
  job.operation = entry.operation;
  job.host = host_.Keep();
  job.principal = caller_.principal;
  job.cancelled = entry.cancelled;
  job.imports = caller_.imports;
  job.header = entry.header;
  job.checksum = outbox_.checksum();
  job.arrived = entry.arrived;
  job.reply_bytes_max = caller_.reply_bytes_max;
  job.sequence = entry.sequence;
  return job;
}

void OpenRequests::Start(const Handler& handler, const protocol::Frame& frame,
                         const protocol::OperationInfo& operation, Instant now) {
  if (handler.open != nullptr && streams_ >= services_.limits.streams_max) {
    outbox_.Error(frame.header,
                  MakeError(ErrorCode::kOverloaded,
                            absl::StrFormat("%s: %d streams of this connection are open; read or "
                                            "cancel one first",
                                            operation.name, services_.limits.streams_max)));
    return;
  }
  Entry* entry = Insert(frame.header, operation, now);
  if (entry == nullptr) return;
  Job job = MakeJob(*entry);
  job.handler = &handler;
  job.body = std::string(frame.body);
  WorkerPool::Task task;
  if (handler.open != nullptr) {
    entry->is_stream = true;
    ++streams_;
    if (protocol::IsWatch(operation.operation)) host_.AddWatches(1);
    entry->credit = static_cast<std::int64_t>(protocol::kStreamWindowBytes);
    entry->making = true;
    entry->wakes_seen = wakes_;
    entry->promised =
        std::min<std::size_t>(protocol::kStreamWindowBytes, std::max(Room(), kStreamFrameBytes));
    promised_ += entry->promised;
    job.allowance = entry->promised;
    task = [job = std::move(job)]() mutable { Make(std::move(job)); };
  } else {
    task = [job = std::move(job)] { Answer(job); };
  }
  if (services_.pool.Submit(Lane::kInteractive, std::move(task))) return;
  Fail(frame.header.request_id,
       MakeError(ErrorCode::kOverloaded,
                 absl::StrFormat("%s: the server has more requests than it can do; try again later",
                                 operation.name)));
}

void OpenRequests::Answer(const Job& job) {
  thread_local Builder builder;
  builder.Clear();
  absl::Status status = job.cancelled->load()
                            ? Cancelled(*job.operation)
                            : job.handler->answer(*job.services, job.call(), builder);
  if (status.ok() && builder.GetSize() > job.reply_bytes_max) status = TooLarge(job.call());
  std::string frame;
  if (status.ok()) {
    protocol::AppendFrame(frame, protocol::ReplyHeader(job.header), protocol::BytesOf(builder),
                          job.checksum);
  } else {
    protocol::AppendErrorFrame(frame, job.header, status);
  }
  job.host->Post([id = job.header.request_id, frame = std::move(frame)](Session& session) {
    session.requests().Finish(id, frame);
  });
}

void OpenRequests::Report(const Job& job, Batch& batch, Batch::Then then) {
  batch.then = then;
  batch.sequence = job.sequence;
  job.host->Post([id = job.header.request_id, batch = std::move(batch)](Session& session) mutable {
    session.requests().OnBatch(id, std::move(batch));
  });
  batch = Batch();
}

// One part into the batch. False when it was the last for now: the batch has been reported.
bool OpenRequests::MakePart(Job& job, Batch& batch, Builder& builder) {
  builder.Clear();
  absl::StatusOr<Stream::Part> part = Cancelled(*job.operation);
  if (!job.cancelled->load()) {
    part = job.stream->Next(std::min(job.allowance, kStreamFrameBytes), builder);
  }
  if (part.ok() && part->body.size() > job.reply_bytes_max) {
    part = MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("%s: one item of the answer is larger than the frame of %d "
                                     "bytes that this client takes",
                                     job.operation->name, job.reply_bytes_max));
  }
  if (!part.ok()) {
    protocol::AppendErrorFrame(batch.frames, job.header, part.status(), job.sequence);
    Report(job, batch, Batch::Then::kEnds);
    return false;
  }
  if (part->state == Stream::State::kNothing) {
    batch.stream = std::move(job.stream);
    Report(job, batch, Batch::Then::kRests);
    return false;
  }
  const bool last = part->state == Stream::State::kLast;
  protocol::AppendFrame(
      batch.frames,
      protocol::ReplyHeader(job.header, job.sequence++, last ? protocol::kEndOfStream : 0),
      part->body, job.checksum);
  batch.body_bytes += part->body.size();
  job.allowance -= std::min(job.allowance, part->body.size());
  if (last) {
    Report(job, batch, Batch::Then::kEnds);
    return false;
  }
  if (job.allowance == 0) {
    batch.stream = std::move(job.stream);
    Report(job, batch, Batch::Then::kPauses);
    return false;
  }
  if (batch.frames.size() >= kStreamFrameBytes) Report(job, batch, Batch::Then::kGoesOn);
  return true;
}

void OpenRequests::Make(Job job) {
  thread_local Builder builder;
  Batch batch;
  if (job.stream == nullptr) {
    absl::StatusOr<std::unique_ptr<Stream>> opened = Cancelled(*job.operation);
    if (!job.cancelled->load()) opened = job.handler->open(*job.services, job.call());
    if (!opened.ok()) {
      protocol::AppendErrorFrame(batch.frames, job.header, opened.status(), job.sequence);
      Report(job, batch, Batch::Then::kEnds);
      return;
    }
    job.stream = *std::move(opened);
    const std::int64_t credit = Clamp(job.stream->first_credit());
    batch.credit_change = credit - static_cast<std::int64_t>(protocol::kStreamWindowBytes);
    job.allowance = std::min(job.allowance, static_cast<std::size_t>(credit));
  }
  while (MakePart(job, batch, builder)) {
  }
}

std::size_t OpenRequests::Room() const {
  const std::size_t used = outbox_.unsent() + promised_;
  const std::size_t max = services_.limits.output_max_bytes;
  return used >= max ? 0 : max - used;
}

void OpenRequests::MakeMore(Entry& entry) {
  if (entry.making || entry.stream == nullptr || entry.credit <= 0) return;
  const std::size_t room = Room();
  const auto credit = static_cast<std::size_t>(entry.credit);
  if (room < std::min(credit, kStreamFrameBytes)) {
    waits_for_room_ = true;
    return;
  }
  Job job = MakeJob(entry);
  job.stream = std::move(entry.stream);
  job.allowance = std::min(credit, room);
  entry.promised = job.allowance;
  promised_ += entry.promised;
  entry.making = true;
  entry.resting = false;
  entry.wakes_seen = wakes_;
  services_.pool.SubmitContinuation(Lane::kInteractive,
                                    [job = std::move(job)]() mutable { Make(std::move(job)); });
}

void OpenRequests::OnBatch(std::uint64_t id, Batch batch) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  outbox_.Bytes(batch.frames);
  entry.credit += batch.credit_change - static_cast<std::int64_t>(batch.body_bytes);
  entry.sequence = batch.sequence;
  const std::size_t kept = std::min(entry.promised, batch.body_bytes);
  entry.promised -= kept;
  promised_ -= kept;
  if (batch.then == Batch::Then::kGoesOn) return;
  promised_ -= std::exchange(entry.promised, 0);
  entry.making = false;
  entry.stream = std::move(batch.stream);
  if (batch.then == Batch::Then::kEnds) {
    LogDone(entry, absl::OkStatus());
    Erase(id);
    return;
  }
  if (!entry.end.ok() || entry.cancelled->load()) {
    Fail(id, entry.end.ok() ? Cancelled(*entry.operation) : entry.end);
    return;
  }
  entry.resting = batch.then == Batch::Then::kRests;
  // A commit that came while the worker looked may have been missed by it.
  if (entry.resting && entry.wakes_seen == wakes_) {
    heartbeat_due_ =
        std::min(heartbeat_due_, services_.clock.Monotonic() + services_.limits.heartbeat);
    return;
  }
  MakeMore(entry);
}

void OpenRequests::Finish(std::uint64_t id, std::string_view frames) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  outbox_.Bytes(frames);
  LogDone(*found->second, absl::OkStatus());
  Erase(id);
}

void OpenRequests::Fail(std::uint64_t id, const absl::Status& status) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  outbox_.Error(found->second->header, status, found->second->sequence);
  LogDone(*found->second, status);
  Erase(id);
}

void OpenRequests::Erase(std::uint64_t id) {
  const auto found = entries_.find(id);
  const Entry& entry = *found->second;
  promised_ -= entry.promised;
  if (entry.is_stream) {
    --streams_;
    if (protocol::IsWatch(entry.operation->operation)) host_.AddWatches(-1);
  }
  entries_.erase(found);
}

void OpenRequests::Cancel(std::uint64_t id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  entry.cancelled->store(true);
  if (entry.is_stream && !entry.making) Fail(id, Cancelled(*entry.operation));
}

void OpenRequests::Credit(std::uint64_t id, std::uint64_t bytes) {
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second->is_stream) return;
  Entry& entry = *found->second;
  entry.credit = std::min(entry.credit + Clamp(bytes), kCreditMax);
  if (!entry.resting || entry.wakes_seen != wakes_) MakeMore(entry);
}

void OpenRequests::Wake() {
  ++wakes_;
  heartbeat_due_ = Instant::max();
  for (const auto& [id, entry] : entries_) {
    if (entry->resting) MakeMore(*entry);
  }
}

void OpenRequests::OnRoom() {
  if (!waits_for_room_ || Room() < kStreamFrameBytes) return;
  waits_for_room_ = false;
  for (const auto& [id, entry] : entries_) {
    if (!entry->resting) MakeMore(*entry);
  }
}

void OpenRequests::EndWatches(const absl::Status& status) {
  std::vector<std::uint64_t> at_rest;
  for (const auto& [id, entry] : entries_) {
    if (!protocol::IsWatch(entry->operation->operation)) continue;
    entry->end = status;
    if (!entry->making) at_rest.push_back(id);
  }
  for (const std::uint64_t id : at_rest) Fail(id, status);
}

void OpenRequests::Abandon() {
  for (const auto& [id, entry] : entries_) entry->cancelled->store(true);
  while (!entries_.empty()) Erase(entries_.begin()->first);
}

void OpenRequests::LogDone(const Entry& entry, const absl::Status& status) const {
  const Instant took = services_.clock.Monotonic() - entry.arrived;
  const bool slow = took >= kSlowRequest && !protocol::IsWatch(entry.operation->operation);
  const LogLevel level = slow ? LogLevel::kInfo : LogLevel::kDebug;
  if (!services_.log.Wants(level)) return;
  services_.log.Write(
      level, slow ? "slow_request" : "request_done",
      {{"connection", caller_.connection},
       {"request", std::to_string(entry.header.request_id)},
       {"operation", std::string(entry.operation->name)},
       {"user", caller_.principal == nullptr ? std::string() : caller_.principal->name},
       {"ms", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count())},
       {"status", status.ok() ? "ok" : std::string(InfoOf(CodeOf(status)).symbol)}});
}

}  // namespace kosei::server
