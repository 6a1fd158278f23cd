// The requests of one connection that are not answered yet: those that a worker or the committer
// does, and streams with their credit. Lives on the session's thread; workers report back through
// SessionHost::Post.
//
// A stream's next parts are made on a worker while there is credit for it and room in the outbox,
// then the stream rests here. So no worker ever waits for a reader, and what a reader that does not
// read costs is bounded by its credit and by the outbox.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "call.h"
#include "kosei/protocol/frame.h"
#include "outbox.h"
#include "session_host.h"

namespace kosei::server {

// What stays the same for all requests of a connection after hello.
struct Caller {
  std::shared_ptr<const Principal> principal;  // shared with workers that outlive the connection
  std::uint32_t reply_bytes_max = 0;
  std::string connection;                         // its number, for the log
  std::shared_ptr<ImportSlot> imports = nullptr;  // made with the first import
};

class OpenRequests {
 public:
  // What a worker made of a stream in one go.
  struct Batch {
    enum class Then { kGoesOn, kPauses, kRests, kEnds };
    std::string frames;
    std::size_t body_bytes = 0;
    std::uint32_t sequence = 0;      // of the next frame
    std::int64_t credit_change = 0;  // what the request said of its first credit
    Then then = Then::kGoesOn;
    std::unique_ptr<Stream> stream;
  };

  OpenRequests(const Services& services, SessionHost& host, Outbox& outbox, const Caller& caller);
  ~OpenRequests();
  OpenRequests(const OpenRequests&) = delete;
  OpenRequests& operator=(const OpenRequests&) = delete;

  bool Has(std::uint64_t id) const { return entries_.contains(id); }
  bool empty() const { return entries_.empty(); }
  protocol::Checksum checksum() const { return outbox_.checksum(); }

  // Registers a request that someone else does; false (and an error is answered) when too many are
  // open. Finish() ends it.
  bool Admit(const protocol::FrameHeader& header, const protocol::OperationInfo& operation,
             Instant now);
  // Gives a request to a worker: one answer, or a stream.
  void Start(const Handler& handler, const protocol::Frame& frame,
             const protocol::OperationInfo& operation, Instant now);

  // Ends a request with frames that were made elsewhere.
  void Finish(std::uint64_t id, std::string_view frames);
  void Fail(std::uint64_t id, const absl::Status& status);

  void Cancel(std::uint64_t id);
  void Credit(std::uint64_t id, std::uint64_t bytes);
  // A commit happened, or a heartbeat is due: streams that had nothing are asked again.
  void Wake();
  // The outbox has room again.
  void OnRoom();
  // Ends what would never end by itself: the watches.
  void EndWatches(const absl::Status& status);
  // The connection is gone: whoever still works for it should stop.
  void Abandon();
  // When Wake() is due for a heartbeat; Instant::max() when nothing rests.
  Instant heartbeat_due() const { return heartbeat_due_; }

  // A worker has made something of the stream `id`.
  void OnBatch(std::uint64_t id, Batch batch);

 private:
  struct Entry {
    protocol::FrameHeader header;
    const protocol::OperationInfo* operation = nullptr;
    Instant arrived{0};
    std::shared_ptr<std::atomic<bool>> cancelled;  // read by the worker
    bool is_stream = false;
    bool making = false;             // a worker has the stream
    bool resting = false;            // it had nothing when asked last
    std::unique_ptr<Stream> stream;  // while no worker has it
    std::int64_t credit = 0;         // body bytes that may still be sent
    std::size_t promised = 0;        // room in the outbox set aside for the worker
    std::uint32_t sequence = 0;
    std::uint64_t wakes_seen = 0;
    absl::Status end;  // not OK: ends with this as soon as the worker gives it back
  };
  struct Job;

  static void Answer(const Job& job);
  static void Make(Job job);
  static void Report(const Job& job, Batch& batch, Batch::Then then);
  static bool MakePart(Job& job, Batch& batch, Builder& builder);
  Entry* Insert(const protocol::FrameHeader& header, const protocol::OperationInfo& operation,
                Instant now);
  Job MakeJob(const Entry& entry) const;
  std::size_t Room() const;
  void MakeMore(Entry& entry);
  void Erase(std::uint64_t id);
  void LogDone(const Entry& entry, const absl::Status& status) const;

  const Services& services_;
  SessionHost& host_;
  Outbox& outbox_;
  const Caller& caller_;
  // unique_ptr: an entry stays where it is while others come and go.
  absl::flat_hash_map<std::uint64_t, std::unique_ptr<Entry>> entries_;
  std::size_t streams_ = 0;
  std::size_t promised_ = 0;
  std::uint64_t wakes_ = 0;
  bool waits_for_room_ = false;
  Instant heartbeat_due_ = Instant::max();
};

}  // namespace kosei::server
