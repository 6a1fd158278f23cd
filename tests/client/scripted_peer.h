// A server of a test's own on a real loopback socket: it greets by itself and hands every other
// request to the test's script, which answers with bytes. Connections are served one after the
// other, on one thread.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "server_bytes.h"

namespace kosei::client::testing {

// What the script gives back: bytes to send, and whether the connection then ends.
struct Reaction {
  std::string bytes;
  bool close = false;
};

class ScriptedPeer {
 public:
  // `connection` counts from 1.
  using Script = std::function<Reaction(int connection, const SentFrame& request)>;

  explicit ScriptedPeer(Script script) : script_(std::move(script)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, generic, size), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    EXPECT_EQ(getsockname(listener_, generic, &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~ScriptedPeer() {
    stopping_.store(true);
    // Wakes the thread from accept and from read.
    shutdown(listener_, SHUT_RDWR);
    if (const int peer = peer_.load(); peer >= 0) shutdown(peer, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  const std::string& address() const { return address_; }
  int connections() const { return connections_.load(); }
  int models_sent() const { return models_sent_.load(); }
  void set_model_version(std::uint32_t version) { model_version_.store(version); }
  // Bytes beside any request: a GoAway, nonsense.
  void Say(std::string_view bytes) { Send(peer_.load(), bytes); }

 private:
  static void Send(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void Serve() {
    while (!stopping_.load()) {
      const int peer = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) {
        if (errno == EINTR) continue;
        return;
      }
      peer_.store(peer);
      ServeOne(peer, ++connections_);
      peer_.store(-1);
      close(peer);
    }
  }

  void ServeOne(int peer, int number) {
    std::string bytes;
    bool greeted = false;
    while (!stopping_.load()) {
      char chunk[65'536];
      const ssize_t count = recv(peer, chunk, sizeof chunk, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      bytes.append(chunk, static_cast<std::size_t>(count));
      if (!greeted) {
        if (bytes.size() < protocol::kPrefaceSize) continue;
        bytes.erase(0, protocol::kPrefaceSize);
        greeted = true;
        Send(peer, ServerPrefaceBytes());
      }
      for (const SentFrame& frame : CutFrames(bytes)) {
        const Reaction reaction = React(number, frame);
        Send(peer, reaction.bytes);
        if (reaction.close) return;
      }
    }
  }

  Reaction React(int number, const SentFrame& frame) {
    const auto operation = static_cast<protocol::Operation>(frame.header.opcode);
    if (operation == protocol::Operation::kHello) {
      return {AnswerBytes(frame.header, HelloReplyBody(model_version_.load()))};
    }
    if (operation == protocol::Operation::kModel) {
      ++models_sent_;
      return {AnswerBytes(frame.header, ModelReplyBody(model_version_.load()))};
    }
    if (operation == protocol::Operation::kPing) return {AnswerBytes(frame.header, PongBody())};
    return script_(number, frame);
  }

  const Script script_;
  int listener_ = -1;
  std::string address_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> peer_{-1};
  std::atomic<int> connections_{0};
  std::atomic<int> models_sent_{0};
  std::atomic<std::uint32_t> model_version_{7};
  std::thread thread_;
};

}  // namespace kosei::client::testing
