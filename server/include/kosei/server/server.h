// Server: an open store on a socket. koseid is this and a command line.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/random.h"
#include "kosei/base/time.h"
#include "kosei/process/definitions.h"
#include "kosei/process/desk.h"
#include "kosei/server/limits.h"
#include "kosei/server/log.h"
#include "kosei/storage/engine.h"

namespace kosei::server {

// What is told to people and programs (docs/processes/notifications.md), as it is written in the
// options of koseid.
struct NotificationOptions {
  std::string mail_server;  // HOST:PORT; empty: no mail is sent
  std::string mail_from;    // address
  std::string mail_tls = "starttls";
  std::string mail_credentials_file;  // empty: nobody signs in
  std::string mail_ca_file;           // empty: those of the machine
  std::string webhooks_file;          // empty: no program is told
  std::string webhook_networks;       // that are not public, and are spoken to all the same
  std::string language = "en";        // of people who name none
};

struct ServerOptions {
  std::string listen = "127.0.0.1:0";
  std::string bolt_listen;  // for Bolt clients (docs/bolt.md); empty: nowhere
  // Both or neither. Without them the server listens on loopback addresses only.
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::uint32_t io_threads = 1;
  std::uint32_t workers = 2;
  // How long an I/O thread looks for more before it sleeps (base/idle_spin.h); zero: not at all.
  std::chrono::nanoseconds idle_spin{0};
  Limits limits;
  // Below it, and nowhere else, a backup may be written; empty: nowhere.
  std::string backup_folder;
  // How often versions that retention policies let go are retired; 0: by hand only.
  std::chrono::seconds retention_interval{0};
  // Where a first administrator token is written when the store has none; empty: nowhere.
  std::string admin_token_file;
  // Replaces the token called "admin" even when there is a valid one.
  bool renew_admin_token = false;
  NotificationOptions notifications;
  std::uint64_t attachment_bytes_max = std::uint64_t{10} << 20;  // of one attached file
  // How processes work while the store has no definitions of its own (process/desk.h).
  std::vector<process::DefinitionFile> process_definitions;
  // Whether what is due in processes is done as its time comes; otherwise by desk().RunDue() alone.
  bool due_by_itself = true;
  const Clock* clock = &SystemClock();
  Random* random = &SystemRandom();
  FileSystem* files = &LocalFileSystem();
};

// What Start() would refuse of these options without opening anything: address, plain text beyond
// loopback, certificate and key.
absl::Status CheckServerOptions(const ServerOptions& options);

// Start() and Stop() by one thread; everything in between serves by itself.
class Server {
 public:
  // Serves when it returns. Errors: kInvalidArgument, kAlreadyExists (the port is taken),
  // kTlsRequired. `log` outlives the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       std::unique_ptr<storage::Engine> engine,
                                                       Log& log);
  virtual ~Server() = default;  // Stop()

  // "127.0.0.1:41234": with the port that was picked.
  virtual std::string address() const = 0;
  virtual std::uint16_t port() const = 0;
  // Where Bolt is spoken; empty and 0: nowhere.
  virtual std::string bolt_address() const = 0;
  virtual std::uint16_t bolt_port() const = 0;
  // Where its processes are carried out; until Stop().
  virtual process::Desk& desk() = 0;
  // Graceful: takes no new connections and requests, finishes what is under way (up to
  // limits.drain_max), closes the store. Safe to call again.
  virtual void Stop() = 0;
};

}  // namespace kosei::server
