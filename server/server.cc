#include "kosei/server/server.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "address.h"
#include "io_loop.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "listener.h"
#include "notify/post_office.h"
#include "retention_keeper.h"
#include "services.h"
#include "tls.h"
#include "version.h"
#include "worker_pool.h"

namespace kosei::server {
namespace {

constexpr std::string_view kAdministratorName = "admin";
// Connections that were told to close at once do so as soon as their thread comes round.
constexpr std::chrono::seconds kAbortMax{30};

using boost::asio::ip::tcp;

absl::Status CheckPlainText(const tcp::endpoint& endpoint, bool tls) {
  if (tls || endpoint.address().is_loopback()) return absl::OkStatus();
  return MakeError(ErrorCode::kTlsRequired,
                   absl::StrFormat("listen on %s: tokens would cross the network in plain text, "
                                   "which is done on loopback addresses only; give --tls-cert and "
                                   "--tls-key, or listen on 127.0.0.1",
                                   FormatAddress(endpoint)),
                   "listen");
}

absl::Status CheckCertificatePair(const ServerOptions& options) {
  if (options.tls_certificate_file.empty() == options.tls_key_file.empty()) {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   "start TLS: a certificate and its key are needed, and only one of them is "
                   "given; set tls_cert and tls_key both, or neither",
                   options.tls_key_file.empty() ? "tls_key" : "tls_cert");
}

// The file first: a token that stands in no file would lock everybody out, while a file with a
// token that never became valid is replaced at the next start.
absl::Status ProvideAdministrator(const ServerOptions& options, TokenBook& tokens, Log& log) {
  if (options.admin_token_file.empty()) return absl::OkStatus();
  if (tokens.HasAdministrator() && !options.renew_admin_token) return absl::OkStatus();
  const std::string token = MakeTokenText(*options.random);
  KOSEI_RETURN_IF_ERROR(options.files->WriteFileAtomically(options.admin_token_file, token + "\n"));
  KOSEI_RETURN_IF_ERROR(tokens.Install(kAdministratorName, protocol::Role::kAdministrator, token));
  log.Write(LogLevel::kInfo, "administrator_token_written", {{"file", options.admin_token_file}});
  return absl::OkStatus();
}

struct Endpoints {
  tcp::endpoint native;
  std::optional<tcp::endpoint> bolt;
};

absl::StatusOr<Endpoints> EndpointsOf(const ServerOptions& options) {
  Endpoints endpoints;
  KOSEI_ASSIGN_OR_RETURN(endpoints.native, ParseListenAddress(options.listen));
  if (options.bolt_listen.empty()) return endpoints;
  KOSEI_ASSIGN_OR_RETURN(endpoints.bolt, ParseListenAddress(options.bolt_listen));
  return endpoints;
}

class RunningServer final : public Server {
 public:
  RunningServer(const ServerOptions& options, std::unique_ptr<storage::Engine> engine,
                std::unique_ptr<TokenBook> tokens, NotificationSettings notifications, Log& log)
      : limits_(options.limits),
        log_(log),
        engine_(std::move(engine)),
        tokens_(std::move(tokens)),
        pool_({options.workers, limits_.queue_max, limits_.bulk_queue_max}),
        post_(std::move(notifications), *options.clock, log),
        services_(*engine_, *tokens_, pool_, log, *options.clock, limits_) {
    services_.started = options.clock->Monotonic();
    const storage::StoreCounts counts = engine_->reader().Counts();
    services_.store_id = counts.store_id;
    services_.backup_folder = options.backup_folder;
    retention_interval_ = options.retention_interval;
    process::DeskOptions desk;
    desk.clock = options.clock;
    desk.plans = &engine_->plans();
    desk.run = [this](std::function<void()> work) {
      pool_.SubmitContinuation(Lane::kInteractive, std::move(work));
    };
    desk.notified = [this] { post_.Wake(); };
    desk.shipped = options.process_definitions;
    desk.own_thread = options.due_by_itself;
    services_.desk = process::Desk::Open(engine_->reader(), engine_->writer(), services_.statements,
                                         std::move(desk));
    services_.outbox =
        process::Outbox::Open(engine_->reader(), engine_->writer(), services_.statements,
                              *services_.desk, post_.outbox_options());
    services_.attachments = process::Attachments::Open(
        engine_->reader(), engine_->writer(), services_.statements, *services_.desk, *options.clock,
        {.bytes_max = options.attachment_bytes_max});
    services_.uploads = std::make_unique<AttachmentUploads>(*options.clock, *options.random);
    services_.wake_post = [this] { post_.Wake(); };
    services_.tokens_changed = [this] {
      Broadcast([](Connection& connection) { connection.RecheckToken(); });
    };
    for (std::uint32_t i = 0; i < std::max(1U, options.io_threads); ++i) {
      loops_.push_back(std::make_unique<IoLoop>(options.idle_spin));
    }
  }
  ~RunningServer() override { Stop(); }

  absl::Status Open(const Endpoints& endpoints, std::unique_ptr<boost::asio::ssl::context> tls) {
    tls_ = std::move(tls);
    listener_ = std::make_unique<Listener>(services_, loops_, tls_.get(), Speech::kNative,
                                           connections_ever_);
    KOSEI_RETURN_IF_ERROR(listener_->Open(endpoints.native));
    if (endpoints.bolt.has_value()) {
      bolt_listener_ = std::make_unique<Listener>(services_, loops_, tls_.get(), Speech::kBolt,
                                                  connections_ever_);
      KOSEI_RETURN_IF_ERROR(bolt_listener_->Open(*endpoints.bolt));
    }
    commit_listener_ = engine_->AddListener([this](CommitNumber) {
      for (const std::unique_ptr<IoLoop>& loop : loops_) loop->OnCommit();
    });
    for (const std::unique_ptr<IoLoop>& loop : loops_) loop->Start();
    listener_->Start();
    if (bolt_listener_ != nullptr) bolt_listener_->Start();
    retention_ = std::make_unique<RetentionKeeper>(engine_->retention(), log_, retention_interval_);
    post_.Start(*services_.outbox);
    serving_ = true;
    const storage::StoreCounts counts = engine_->reader().Counts();
    log_.Write(LogLevel::kInfo, "serving",
               {{"address", address()},
                {"bolt", bolt_listener_ == nullptr ? "off" : bolt_address()},
                {"tls", tls_ == nullptr ? "off" : "1.3"},
                {"version", std::string(kServerVersion)},
                {"store", counts.store_id},
                {"commit", std::to_string(counts.newest.value)},
                {"records", std::to_string(counts.records)},
                {"links", std::to_string(counts.links)}});
    return absl::OkStatus();
  }

  std::string address() const override { return FormatAddress(listener_->endpoint()); }
  std::uint16_t port() const override { return listener_->endpoint().port(); }
  std::string bolt_address() const override {
    return bolt_listener_ == nullptr ? std::string() : FormatAddress(bolt_listener_->endpoint());
  }
  std::uint16_t bolt_port() const override {
    return bolt_listener_ == nullptr ? std::uint16_t{0} : bolt_listener_->endpoint().port();
  }

  process::Desk& desk() override { return *services_.desk; }

  void Stop() override {
    if (stopped_) return;
    stopped_ = true;
    if (serving_) Drain();
    retention_.reset();
    post_.Stop();
    services_.desk->Stop();
    pool_.Stop();
    for (const std::unique_ptr<IoLoop>& loop : loops_) loop->Stop();
    if (serving_) engine_->RemoveListener(commit_listener_);
    // Callbacks of the last commits still find the loops, which keep what nobody does any more.
    engine_.reset();
    if (serving_) log_.Write(LogLevel::kInfo, "stopped");
  }

 private:
  void Broadcast(const std::function<void(Connection&)>& act) {
    for (const std::unique_ptr<IoLoop>& loop : loops_) loop->Broadcast(act);
  }

  void Drain() {
    log_.Write(LogLevel::kInfo, "stopping",
               {{"connections", std::to_string(services_.counters.connections.load())}});
    const auto drain = limits_.drain_max;
    const auto until = std::chrono::steady_clock::now() + drain;
    const auto go_away = [this, drain] {
      Broadcast([drain](Connection& connection) { connection.GoAway(drain); });
    };
    if (bolt_listener_ == nullptr) {
      listener_->Stop(go_away);
    } else {
      bolt_listener_->Stop([this, go_away] { listener_->Stop(go_away); });
    }
    if (AwaitNoConnections(until)) return;
    log_.Write(LogLevel::kWarning, "drain_ended_early",
               {{"connections", std::to_string(services_.counters.connections.load())}});
    Broadcast([](Connection& connection) { connection.Abort(); });
    AwaitNoConnections(std::chrono::steady_clock::now() + kAbortMax);
  }

  bool AwaitNoConnections(std::chrono::steady_clock::time_point until) {
    const auto left = [until] { return until - std::chrono::steady_clock::now(); };
    const bool native = listener_->AwaitNoConnections(left());
    return (bolt_listener_ == nullptr || bolt_listener_->AwaitNoConnections(left())) && native;
  }

  // Destroyed from the bottom up: the loops, with all that waits in them, before what they use.
  const Limits limits_;
  Log& log_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<TokenBook> tokens_;
  WorkerPool pool_;
  PostOffice post_;
  Services services_;
  std::unique_ptr<boost::asio::ssl::context> tls_;
  std::vector<std::unique_ptr<IoLoop>> loops_;
  std::uint64_t connections_ever_ = 0;  // the listeners'
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Listener> bolt_listener_;  // null: Bolt is not spoken
  std::chrono::seconds retention_interval_{0};
  std::unique_ptr<RetentionKeeper> retention_;
  std::uint64_t commit_listener_ = 0;
  bool serving_ = false;
  bool stopped_ = false;
};

}  // namespace

absl::Status CheckServerOptions(const ServerOptions& options) {
  KOSEI_RETURN_IF_ERROR(CheckCertificatePair(options));
  KOSEI_ASSIGN_OR_RETURN(const Endpoints endpoints, EndpointsOf(options));
  const bool tls = !options.tls_certificate_file.empty();
  KOSEI_RETURN_IF_ERROR(CheckPlainText(endpoints.native, tls));
  if (endpoints.bolt.has_value()) KOSEI_RETURN_IF_ERROR(CheckPlainText(*endpoints.bolt, tls));
  KOSEI_RETURN_IF_ERROR(ReadNotificationSettings(options.notifications).status());
  if (!tls) return absl::OkStatus();
  return MakeTlsContext(options.tls_certificate_file, options.tls_key_file).status();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      std::unique_ptr<storage::Engine> engine,
                                                      Log& log) {
  KOSEI_RETURN_IF_ERROR(CheckServerOptions(options));
  KOSEI_ASSIGN_OR_RETURN(const Endpoints endpoints, EndpointsOf(options));
  std::unique_ptr<boost::asio::ssl::context> tls;
  if (!options.tls_certificate_file.empty()) {
    KOSEI_ASSIGN_OR_RETURN(tls, MakeTlsContext(options.tls_certificate_file, options.tls_key_file));
  }
  KOSEI_ASSIGN_OR_RETURN(NotificationSettings notifications,
                         ReadNotificationSettings(options.notifications));
  KOSEI_ASSIGN_OR_RETURN(auto tokens,
                         TokenBook::Open(engine->writer(), *options.random, *options.clock));
  KOSEI_RETURN_IF_ERROR(ProvideAdministrator(options, *tokens, log));
  auto server = std::make_unique<RunningServer>(options, std::move(engine), std::move(tokens),
                                                std::move(notifications), log);
  KOSEI_RETURN_IF_ERROR(server->Open(endpoints, std::move(tls)));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace kosei::server
