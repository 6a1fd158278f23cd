#include "notify_listeners.h"

#include <sys/socket.h>

#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <utility>

namespace kosei::testing {
namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

// Waits until the other side, or the end of the test, closes it.
void AwaitEnd(Listener::Socket& socket) {
  char byte = 0;
  ErrorCode error;
  while (!error) boost::asio::read(socket, boost::asio::buffer(&byte, 1), error);
}

// Lines of a dialogue, with the bytes behind them kept.
template <typename Stream>
class Lines {
 public:
  explicit Lines(Stream& stream) : stream_(stream) {}
  // false: the other side is gone.
  bool Read(std::string& line) {
    ErrorCode error;
    const std::size_t size =
        boost::asio::read_until(stream_, boost::asio::dynamic_buffer(buffer_), '\n', error);
    if (error) return false;
    line = buffer_.substr(0, size);
    buffer_.erase(0, size);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return true;
  }
  bool ReadBytes(std::size_t count, std::string& bytes) {
    ErrorCode error;
    if (buffer_.size() < count) {
      boost::asio::read(stream_, boost::asio::dynamic_buffer(buffer_),
                        boost::asio::transfer_exactly(count - buffer_.size()), error);
    }
    if (error) return false;
    bytes = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return true;
  }
  void Write(const std::string& text) {
    ErrorCode ignored;
    boost::asio::write(stream_, boost::asio::buffer(text), ignored);
  }
  void Say(const std::string& line) { Write(line + "\r\n"); }

 private:
  Stream& stream_;
  std::string buffer_;
};

}  // namespace

Listener::Listener(std::function<void(Socket&)> serve)
    : serve_(std::move(serve)),
      acceptor_(context_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      thread_([this] { Work(); }) {}

Listener::~Listener() { Close(); }

void Listener::Close() {
  {
    const MutexLock lock(mutex_);
    over_ = true;
    if (current_ != nullptr) shutdown(current_->native_handle(), SHUT_RDWR);
  }
  // Wakes who waits in accept, which closing would not.
  if (acceptor_.is_open()) shutdown(acceptor_.native_handle(), SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  ErrorCode ignored;
  acceptor_.close(ignored);
}

void Listener::AwaitConnections(int count) {
  const MutexLock lock(mutex_);
  while (connections_ < count) connected_.Wait(mutex_);
}

void Listener::Work() {
  while (true) {
    auto socket = std::make_shared<Socket>(context_);
    ErrorCode error;
    acceptor_.accept(*socket, error);
    {
      const MutexLock lock(mutex_);
      if (over_ || error) return;
      current_ = socket;
      ++connections_;
      connected_.NotifyAll();
    }
    serve_(*socket);
    const MutexLock lock(mutex_);
    current_ = nullptr;
  }
}

MailListener::MailListener(MailScript script)
    : script_(std::move(script)), listener_([this](Listener::Socket& socket) { Serve(socket); }) {}

std::vector<TakenMail> MailListener::taken() {
  const MutexLock lock(mutex_);
  return taken_;
}

std::vector<TakenMail> MailListener::AwaitTaken(std::size_t count) {
  const MutexLock lock(mutex_);
  while (taken_.size() < count) changed_.Wait(mutex_);
  return taken_;
}

void MailListener::set_script(MailScript script) {
  const MutexLock lock(mutex_);
  script_ = std::move(script);
}

void MailListener::Serve(Listener::Socket& socket) {
  MailScript script;
  {
    const MutexLock lock(mutex_);
    script = script_;
  }
  if (script.silent) return AwaitEnd(socket);
  Lines<Listener::Socket>(socket).Say("220 mail.test ESMTP");
  if (!Talk(socket, script, false)) return;
  boost::asio::ssl::context tls(boost::asio::ssl::context::tls_server);
  tls.use_certificate_chain_file(script.certificate);
  tls.use_private_key_file(script.key, boost::asio::ssl::context::pem);
  boost::asio::ssl::stream<Listener::Socket&> stream(socket, tls);
  ErrorCode error;
  stream.handshake(boost::asio::ssl::stream_base::server, error);
  if (!error) Talk(stream, script, true);
}

// true: the other side wants TLS now.
template <typename Stream>
bool MailListener::Talk(Stream& stream, const MailScript& script, bool encrypted) {
  Lines<Stream> lines(stream);
  TakenMail mail;
  mail.encrypted = encrypted;
  std::string line;
  while (lines.Read(line)) {
    if (line.starts_with("EHLO")) {
      lines.Say("250-mail.test");
      if (script.starttls && !encrypted) lines.Say("250-STARTTLS");
      if (script.sign_in) lines.Say("250-AUTH PLAIN");
      lines.Say("250 8BITMIME");
    } else if (line == "STARTTLS" && script.starttls) {
      lines.Say("220 go on");
      return true;
    } else if (line.starts_with("AUTH PLAIN")) {
      mail.user = line.size() > 11 ? line.substr(11) : "";
      if (mail.user.empty()) {
        lines.Say("334 ");
        if (!lines.Read(mail.user)) return false;
      }
      lines.Say(script.sign_in_answer);
    } else if (line.starts_with("MAIL FROM:")) {
      mail.from = line.substr(10);
      lines.Say(script.sign_in && mail.user.empty() ? "530 5.7.0 sign in first" : "250 ok");
    } else if (line.starts_with("RCPT TO:")) {
      mail.to = line.substr(8);
      lines.Say(script.rcpt);
    } else if (line == "DATA") {
      lines.Say("354 go on");
      mail.data.clear();
      while (lines.Read(line) && line != ".") mail.data += line + "\r\n";
      if (script.hang_up_at_data) return false;
      if (script.after_data.starts_with("250")) {
        const MutexLock lock(mutex_);
        taken_.push_back(mail);
        changed_.NotifyAll();
      }
      lines.Say(script.after_data);
    } else if (line == "QUIT") {
      lines.Say("221 bye");
      return false;
    } else {
      lines.Say("250 ok");
    }
  }
  return false;
}

WebListener::WebListener(std::string answer)
    : answer_(std::move(answer)), listener_([this](Listener::Socket& socket) { Serve(socket); }) {}

std::vector<WebRequest> WebListener::requests() {
  const MutexLock lock(mutex_);
  return requests_;
}

std::vector<WebRequest> WebListener::AwaitRequests(std::size_t count) {
  const MutexLock lock(mutex_);
  while (requests_.size() < count) changed_.Wait(mutex_);
  return requests_;
}

void WebListener::set_answer(std::string answer) {
  const MutexLock lock(mutex_);
  answer_ = std::move(answer);
}

void WebListener::Serve(Listener::Socket& socket) {
  Lines<Listener::Socket> lines(socket);
  WebRequest request;
  if (!lines.Read(request.line)) return;
  std::string line;
  while (lines.Read(line) && !line.empty()) {
    const std::size_t colon = line.find(": ");
    std::string name = line.substr(0, colon);
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.headers[name] = colon == std::string::npos ? "" : line.substr(colon + 2);
  }
  const std::size_t size = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
  if (!lines.ReadBytes(size, request.body)) return;
  std::string answer;
  {
    const MutexLock lock(mutex_);
    requests_.push_back(std::move(request));
    changed_.NotifyAll();
    answer = answer_;
  }
  if (answer == "silent") return AwaitEnd(socket);
  lines.Write(answer);
}

}  // namespace kosei::testing
