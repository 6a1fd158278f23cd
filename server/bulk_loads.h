// The bulk loads of one connection. Chunks are decoded and prepared on any worker and added in
// order, one at a time, on the bulk lane; each is answered when it is in. A load whose connection
// goes away is abandoned. Lives on the session's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "call.h"
#include "kosei/protocol/frame.h"
#include "open_requests.h"
#include "session_host.h"

namespace kosei::server {

class BulkLoads {
 public:
  BulkLoads(const Services& services, SessionHost& host, OpenRequests& requests,
            const Caller& caller);
  ~BulkLoads();
  BulkLoads(const BulkLoads&) = delete;
  BulkLoads& operator=(const BulkLoads&) = delete;

  // Each answers its request, now or later.
  void Begin(const protocol::Frame& frame, const protocol::OperationInfo& operation, Instant now);
  void Chunk(const protocol::Frame& frame, const protocol::OperationInfo& operation, Instant now);
  void End(const protocol::Frame& frame, const protocol::OperationInfo& operation, Instant now);

  // From workers: a load was begun, an item is decoded, an item is done.
  struct Load;
  struct Item;
  void OnBegun(const std::shared_ptr<Load>& load, const protocol::FrameHeader& header);
  void OnDecoded(const std::shared_ptr<Load>& load);
  void OnDone(const std::shared_ptr<Load>& load, const std::shared_ptr<Item>& item);
  // The connection is gone.
  void Abandon();

 private:
  std::shared_ptr<Load> Find(const protocol::Frame& frame, std::uint64_t id,
                             std::string_view operation);
  void Enqueue(const std::shared_ptr<Load>& load, std::shared_ptr<Item> item);
  void Advance(const std::shared_ptr<Load>& load);
  void Break(const std::shared_ptr<Load>& load, const absl::Status& why);
  void Drop(std::shared_ptr<Load> load);

  const Services& services_;
  SessionHost& host_;
  OpenRequests& requests_;
  const Caller& caller_;
  // Shared with the worker that uses a load when its connection goes.
  absl::flat_hash_map<std::uint64_t, std::shared_ptr<Load>> loads_;
  std::uint64_t next_load_ = 1;
};

}  // namespace kosei::server
