// The options of koseid: one table serves the command line, the environment and the file.
// Precedence: flag, then environment, then file, then default.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "kosei/server/log.h"
#include "kosei/server/server.h"
#include "kosei/storage/engine.h"

namespace kosei::server {

struct Config {
  std::string data;
  std::string listen = "127.0.0.1:7421";
  std::string bolt_listen;  // empty: Bolt is not spoken
  std::string model;        // empty: the one that was installed with the program
  std::string tls_cert;
  std::string tls_key;
  std::string backup_dir;  // empty: no backups over the wire
  std::chrono::seconds retention_interval = std::chrono::hours(24);  // 0: by hand only
  storage::WatermarkMode watermark = storage::WatermarkMode::kRelaxed;
  std::uint64_t free_bytes_min = std::uint64_t{256} << 20;
  std::chrono::seconds scrub_period{7 * 24 * 3'600};  // 0: only when asked to
  NotificationOptions notifications;
  std::uint32_t attachment_bytes_max = 10U << 20;
  std::uint32_t io_threads = 0;  // 0: by the number of processors
  std::uint32_t workers = 0;     // 0: by the number of processors
  std::uint32_t idle_spin_us = 50;
  std::uint32_t connections_max = Limits().connections_max;
  std::uint32_t drain_seconds = 10;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
};

struct OptionSpec {
  std::string_view name;   // "io_threads": in the file; --io-threads, KOSEI_IO_THREADS
  std::string_view value;  // "N": how help shows the value
  bool is_number;          // how the file writes it
  std::string_view help;
  absl::Status (*apply)(Config& config, std::string_view text);
};
std::span<const OptionSpec> OptionTable();
const OptionSpec* FindOption(std::string_view name);
// "--io-threads", "KOSEI_IO_THREADS".
std::string FlagOf(const OptionSpec& option);
std::string VariableOf(const OptionSpec& option);

// Looks a variable of the environment up; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Each adds one line to `faults` for each thing that is wrong, saying where: "koseid.toml:3:1:
// ...".
void ApplyFile(const std::string& path, Config& config, std::vector<std::string>& faults);
void ApplyEnvironment(const Environment& environment, Config& config,
                      std::vector<std::string>& faults);

// What the command line said.
struct CommandLine {
  enum class Action { kServe, kCheckConfig, kPrint, kRefuse };
  Action action = Action::kServe;
  std::string text;  // to print (help, version), or why it is refused
  std::string config_file;
  bool renew_admin_token = false;
  std::vector<std::pair<const OptionSpec*, std::string>> values;
};
CommandLine ParseCommandLine(const std::vector<std::string>& arguments);
void ApplyCommandLine(const CommandLine& line, Config& config, std::vector<std::string>& faults);

// The known name nearest to a misspelt one, as `; did you mean "x"?`; empty when none is near.
std::string Suggestion(std::string_view wrong, const std::vector<std::string>& known);

// Numbers that follow the machine are filled in.
ServerOptions ServerOptionsOf(const Config& config);

}  // namespace kosei::server
