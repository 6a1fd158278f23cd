// One I/O thread: an io_context that only this thread runs, and the connections that live on it. A
// connection never changes its thread, so nothing of it needs a lock.
#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "connection.h"
#include "kosei/base/idle_spin.h"

namespace kosei::server {

class IoLoop {
 public:
  // `spin`: how long the thread looks for more before it sleeps (idle_spin.h).
  explicit IoLoop(std::chrono::nanoseconds spin);
  ~IoLoop();  // Stop()
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  boost::asio::io_context& context() { return context_; }
  void Start();
  // Ends the thread once nothing is left to do on it.
  void Stop();

  // On the loop's own thread only.
  void Add(Connection* connection) { connections_.insert(connection); }
  void Remove(Connection* connection) { connections_.erase(connection); }

  // Runs `act` on every connection, on the loop's thread. Any thread may call these.
  void Broadcast(std::function<void(Connection&)> act);
  // A commit is visible: wakes the connections that watch. Cheap when none does.
  void OnCommit();
  // Frames that came at once; on the loop's own thread.
  void NoteFrames(std::uint64_t frames) { most_frames_ = std::max(most_frames_, frames); }
  void AddWatches(int delta) { watches_.fetch_add(delta); }

 private:
  void Run();
  void ForEach(const std::function<void(Connection&)>& act);

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::atomic<int> watches_{0};
  std::atomic<bool> wake_posted_{false};
  absl::flat_hash_set<Connection*> connections_;  // only on the loop's thread
  // Only on the loop's thread.
  IdleSpin spin_;
  std::uint64_t most_frames_ = 0;  // that came at once since the thread last waited
  std::thread thread_;
};

}  // namespace kosei::server
