#include "connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include "address.h"
#include "bolt/session.h"
#include "io_loop.h"
#include "session.h"

namespace kosei::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwaitResult = asio::as_tuple(asio::use_awaitable);
// An output buffer that grew beyond this for one large answer is not kept.
constexpr std::size_t kKeptBuffer = std::size_t{256} << 10;

using PlainStream = tcp::socket;
using TlsStream = asio::ssl::stream<tcp::socket>;

std::string AddressOf(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? "unknown" : peer.address().to_string() + ":" + std::to_string(peer.port());
}

template <typename SessionType>
typename SessionType::Peer PeerOf(const tcp::socket& socket, std::uint64_t number, bool tls) {
  if constexpr (std::is_same_v<SessionType, Session>) {
    return {number, AddressOf(socket),
            tls ? protocol::Checksum::kSkip : protocol::Checksum::kCompute};
  } else {
    error_code error;
    const tcp::endpoint own = socket.local_endpoint(error);
    return {number, AddressOf(socket), error ? std::string() : FormatAddress(own)};
  }
}

// One coroutine reads; writing goes by callbacks, because most answers leave at once without
// waiting; one timer watches over both.
template <typename Stream, typename SessionType>
class StreamConnection final : public Connection, public HostOf<SessionType> {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  StreamConnection(const Services& services, IoLoop& loop, Stream stream, ConnectionOptions options)
      : services_(services),
        loop_(loop),
        options_(std::move(options)),
        stream_(std::move(stream)),
        timer_(loop.context()),
        resume_(loop.context()),
        session_(services, *this, PeerOf<SessionType>(socket(), options_.number, kIsTls),
                 services.clock.Monotonic()) {
    resume_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  void Start() override {
    loop_.Add(this);
    ArmTimer();
    auto self = SharedSelf();
    asio::co_spawn(loop_.context(), Run(self), [self](std::exception_ptr stray) {
      self->OnEnd(stray == nullptr ? "peer_left" : "stray_exception");
    });
  }

  void Post(absl::AnyInvocable<void(SessionType&)> work) override {
    asio::post(loop_.context(), [self = SharedSelf(), work = std::move(work)]() mutable {
      if (self->closed_) return;
      work(self->session_);
      self->Pump();
    });
  }
  std::shared_ptr<HostOf<SessionType>> Keep() override { return SharedSelf(); }
  void AddWatches(int delta) override { loop_.AddWatches(delta); }

  void GoAway(std::chrono::nanoseconds drain) override {
    session_.GoAway(drain);
    Pump();
  }
  void RecheckToken() override {
    session_.RecheckToken();
    Pump();
  }
  void OnCommit() override {
    session_.OnCommit();
    Pump();
  }
  void Abort() override { OnEnd("aborted"); }

 private:
  std::shared_ptr<StreamConnection> SharedSelf() {
    return std::static_pointer_cast<StreamConnection>(shared_from_this());
  }
  tcp::socket& socket() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  // `self` keeps the connection alive until the coroutine ends.
  asio::awaitable<void> Run([[maybe_unused]] std::shared_ptr<StreamConnection> self) {
    if constexpr (kIsTls) {
      const auto [refused] =
          co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwaitResult);
      if (refused) {
        self->LogHandshake(refused);
        co_return;
      }
      shaken_ = true;
      Pump();
    }
    while (!closed_) {
      const std::span<char> room = session_.Prepare();
      const auto [error, count] =
          co_await stream_.async_read_some(asio::buffer(room.data(), room.size()), kAwaitResult);
      if (error) co_return;
      const std::uint64_t frames_before = session_.frames();
      session_.OnBytes(count, services_.clock.Monotonic());
      loop_.NoteFrames(session_.frames() - frames_before);
      Pump();
      while (!closed_ && !session_.wants_input()) {
        const auto [woken] = co_await resume_.async_wait(kAwaitResult);
        if (woken != asio::error::operation_aborted) co_return;
      }
    }
  }

  void LogHandshake(const error_code& refused) {
    services_.log.Write(LogLevel::kWarning, "tls_handshake_failed",
                        {{"connection", std::to_string(options_.number)},
                         {"peer", AddressOf(socket())},
                         {"error", refused.message()}});
  }

  // After anything that may have changed the session: sends what waits, sets the timer, closes.
  void Pump() {
    if (closed_) return;
    session_.AfterWork();
    if (session_.broken()) return OnEnd("broken");
    if (!writing_ && session_.outbox().has_waiting()) Write();
    if (closed_) return;
    if (session_.closing() && !writing_ && !said_all_) {
      // The peer reads our last words and then the end; what it still sends is thrown away.
      said_all_ = true;
      error_code ignored;
      socket().shutdown(tcp::socket::shutdown_send, ignored);
    }
    if (session_.broken()) return OnEnd("broken");
    ArmTimer();
  }

  // Takes everything that waits. A plain socket usually swallows it at once.
  void Write() {
    if constexpr (kIsTls) {
      if (!shaken_) return;
    }
    if (outgoing_.capacity() > kKeptBuffer) std::string().swap(outgoing_);
    outgoing_.clear();
    session_.outbox().Take(outgoing_);
    sent_ = 0;
    session_.OnWriteBegins(services_.clock.Monotonic());
    if constexpr (!kIsTls) {
      error_code error;
      sent_ = stream_.write_some(asio::buffer(outgoing_), error);
      if (error && error != asio::error::would_block) return OnEnd("write_failed");
    }
    writing_ = true;
    if (sent_ > 0) session_.OnSent(sent_, services_.clock.Monotonic());
    WriteOn();
  }

  void WriteOn() {
    if (sent_ == outgoing_.size()) return WriteDone();
    stream_.async_write_some(asio::buffer(outgoing_.data() + sent_, outgoing_.size() - sent_),
                             [self = SharedSelf()](const error_code& error, std::size_t count) {
                               if (self->closed_) return;
                               if (error) return self->OnEnd("write_failed");
                               self->sent_ += count;
                               self->session_.OnSent(count, self->services_.clock.Monotonic());
                               self->WriteOn();
                             });
  }

  void WriteDone() {
    writing_ = false;
    if (session_.wants_input()) resume_.cancel();
    if (!session_.outbox().has_waiting()) return Pump();
    // Others on this thread first: this peer takes a lot and gets it in turns.
    asio::post(loop_.context(), [self = SharedSelf()] { self->Pump(); });
  }

  // The session's deadlines mostly move away; the timer is only touched when one comes nearer.
  void ArmTimer() {
    const Instant deadline = session_.deadline();
    if (deadline >= armed_until_ || closed_) return;
    armed_until_ = deadline;
    const Instant wait = std::max(Instant::zero(), deadline - services_.clock.Monotonic());
    timer_.expires_after(wait);
    timer_.async_wait([self = SharedSelf()](const error_code& error) {
      if (error || self->closed_) return;
      self->armed_until_ = Instant::max();
      self->session_.OnTime(self->services_.clock.Monotonic());
      self->Pump();
    });
  }

  void OnEnd(const char* why) {
    if (closed_) return;
    closed_ = true;
    session_.OnLost(why);
    error_code ignored;
    socket().close(ignored);
    timer_.cancel();
    resume_.cancel();
    loop_.Remove(this);
    if (options_.on_closed) options_.on_closed();
  }

  const Services& services_;
  IoLoop& loop_;
  const ConnectionOptions options_;
  Stream stream_;
  asio::steady_timer timer_;
  asio::steady_timer resume_;  // never expires; cancelled to let the reader go on
  SessionType session_;
  std::string outgoing_;
  std::size_t sent_ = 0;
  Instant armed_until_ = Instant::max();
  bool shaken_ = false;
  bool writing_ = false;
  bool said_all_ = false;
  bool closed_ = false;
};

template <typename SessionType>
std::shared_ptr<Connection> MakeSpeaking(const Services& services, IoLoop& loop, tcp::socket socket,
                                         ConnectionOptions options) {
  if (options.tls == nullptr) {
    return std::make_shared<StreamConnection<PlainStream, SessionType>>(
        services, loop, std::move(socket), std::move(options));
  }
  TlsStream stream(std::move(socket), *options.tls);
  return std::make_shared<StreamConnection<TlsStream, SessionType>>(
      services, loop, std::move(stream), std::move(options));
}

}  // namespace

std::shared_ptr<Connection> MakeConnection(const Services& services, IoLoop& loop,
                                           tcp::socket socket, ConnectionOptions options) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
  if (options.speech == Speech::kBolt)
    return MakeSpeaking<bolt::Session>(services, loop, std::move(socket), std::move(options));
  return MakeSpeaking<Session>(services, loop, std::move(socket), std::move(options));
}

}  // namespace kosei::server
