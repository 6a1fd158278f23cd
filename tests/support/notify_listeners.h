// What listens on the loopback in tests of notifications: a mail server and a web server, small and
// real, which can refuse, fall silent, or hang up.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kosei/base/mutex.h"

namespace kosei::testing {

// Serves one connection after the other, on a thread of its own.
class Listener {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  explicit Listener(std::function<void(Socket&)> serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_.load(); }
  // Until so many connections have been made.
  void AwaitConnections(int count);
  // Nobody listens there any more.
  void Close();

 private:
  void Work();

  const std::function<void(Socket&)> serve_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  Mutex mutex_;
  CondVar connected_;
  std::shared_ptr<Socket> current_;
  bool over_ = false;
  std::thread thread_;
};

struct TakenMail {
  std::string from, to;  // as in the dialogue
  std::string data;      // without the last dot
  std::string user;      // who signed in, as it came in base64
  bool encrypted = false;
};

struct MailScript {
  std::string rcpt = "250 2.1.5 ok";
  std::string after_data = "250 2.0.0 queued";
  bool silent = false;           // takes connections and says nothing
  bool hang_up_at_data = false;  // after the text has come
  bool starttls = false;
  std::string certificate = {}, key = {};  // PEM files; for STARTTLS
  bool sign_in = false;                    // offers AUTH PLAIN, and refuses mail without it
  std::string sign_in_answer = "235 2.7.0 welcome";
};

class MailListener {
 public:
  explicit MailListener(MailScript script = {});
  Listener& listener() { return listener_; }
  std::string address() const { return listener_.address(); }
  std::vector<TakenMail> taken();
  // Until so many have come.
  std::vector<TakenMail> AwaitTaken(std::size_t count);
  void set_script(MailScript script);

 private:
  template <typename Stream>
  bool Talk(Stream& stream, const MailScript& script, bool encrypted);
  void Serve(Listener::Socket& socket);

  Mutex mutex_;
  CondVar changed_;
  MailScript script_;
  std::vector<TakenMail> taken_;
  Listener listener_;  // last: its thread uses the others
};

struct WebRequest {
  std::string line;                            // "POST /hook HTTP/1.1"
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class WebListener {
 public:
  // `answer`: all of it, with its headers; empty: it hangs up without a word; "silent": it never
  // answers.
  explicit WebListener(std::string answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  Listener& listener() { return listener_; }
  std::string url() const { return "http://" + listener_.address() + "/hook"; }
  std::vector<WebRequest> requests();
  std::vector<WebRequest> AwaitRequests(std::size_t count);
  void set_answer(std::string answer);

 private:
  void Serve(Listener::Socket& socket);

  Mutex mutex_;
  CondVar changed_;
  std::string answer_;
  std::vector<WebRequest> requests_;
  Listener listener_;
};

}  // namespace kosei::testing
