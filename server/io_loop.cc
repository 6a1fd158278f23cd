#include "io_loop.h"

#include <boost/asio/post.hpp>
#include <utility>
#include <vector>

namespace kosei::server {

IoLoop::IoLoop(std::chrono::nanoseconds spin)
    : context_(1), guard_(context_.get_executor()), spin_(spin) {}

IoLoop::~IoLoop() { Stop(); }

void IoLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void IoLoop::Run() {
  while (!context_.stopped()) {
    // Who sends many requests at once does not wait for each; the more of them gather while this
    // thread sleeps, the cheaper each becomes.
    const bool lone = std::exchange(most_frames_, 0) <= 1;
    const bool found =
        lone && spin_.Spin([this] { return context_.poll() > 0 || context_.stopped(); });
    if (!found) context_.run_one();
  }
}

void IoLoop::Stop() {
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

// What is done to a connection may end it and so change the set.
void IoLoop::ForEach(const std::function<void(Connection&)>& act) {
  std::vector<std::shared_ptr<Connection>> connections;  // keeps them alive meanwhile
  connections.reserve(connections_.size());
  for (Connection* connection : connections_) connections.push_back(connection->Share());
  for (const std::shared_ptr<Connection>& connection : connections) act(*connection);
}

void IoLoop::Broadcast(std::function<void(Connection&)> act) {
  boost::asio::post(context_, [this, act = std::move(act)] { ForEach(act); });
}

void IoLoop::OnCommit() {
  if (watches_.load() == 0 || wake_posted_.exchange(true)) return;
  boost::asio::post(context_, [this] {
    wake_posted_.store(false);
    ForEach([](Connection& connection) { connection.OnCommit(); });
  });
}

}  // namespace kosei::server
