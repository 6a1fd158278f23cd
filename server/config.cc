#include "config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/period.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

constexpr std::uint32_t kThreadsMax = 256;
// An attachment is one commit, and is in memory while it comes in.
constexpr std::uint32_t kAttachmentBytesMax = 64U << 20;

absl::Status Fault(std::string_view text, std::string_view expected) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("\"%s\" was given; expected %s", text, expected));
}

absl::Status ApplyNumber(std::string_view text, std::uint32_t min, std::uint32_t max,
                         std::uint32_t& out) {
  std::uint32_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc() || end != text.data() + text.size() || number < min || number > max) {
    return Fault(text, absl::StrFormat("a whole number from %d to %d", min, max));
  }
  out = number;
  return absl::OkStatus();
}

absl::Status ApplyText(std::string_view text, std::string& out) {
  if (text.empty()) return Fault(text, "a value that is not empty");
  out = text;
  return absl::OkStatus();
}

absl::Status ApplyWatermark(Config& config, std::string_view text) {
  if (text != "relaxed" && text != "strict") return Fault(text, "relaxed or strict");
  config.watermark =
      text == "strict" ? storage::WatermarkMode::kStrict : storage::WatermarkMode::kRelaxed;
  return absl::OkStatus();
}

absl::Status ApplyScrubPeriod(Config& config, std::string_view text) {
  constexpr std::int64_t kHour = std::int64_t{3'600} * 1'000'000;
  const absl::StatusOr<Period> period = ParsePeriod(text);
  const bool off = text == "0";
  if (!off && (!period.ok() || period->months != 0 || period->micros < kHour ||
               period->micros % kHour != 0)) {
    return Fault(text, "days and hours as in P7D, P1DT12H or PT1H, or 0 for never");
  }
  config.scrub_period = std::chrono::hours(off ? 0 : period->micros / kHour);
  return absl::OkStatus();
}

absl::Status ApplyRetentionInterval(Config& config, std::string_view text) {
  constexpr std::int64_t kSecond = 1'000'000;
  const absl::StatusOr<Period> period = ParsePeriod(text);
  const bool off = text == "0";
  // Months are not all alike.
  if (!off && (!period.ok() || period->months != 0 || period->micros < kSecond)) {
    return Fault(text, "an ISO 8601 duration without years and months, as in P1D or PT6H, or 0");
  }
  config.retention_interval = std::chrono::seconds(off ? 0 : period->micros / kSecond);
  return absl::OkStatus();
}

absl::Status ApplyLogLevel(Config& config, std::string_view text) {
  const std::optional<LogLevel> level = LogLevelOf(text);
  if (!level.has_value()) return Fault(text, "debug, info, warning, error or off");
  config.log_level = *level;
  return absl::OkStatus();
}

absl::Status ApplyLogFormat(Config& config, std::string_view text) {
  const std::optional<LogFormat> format = LogFormatOf(text);
  if (!format.has_value()) return Fault(text, "logfmt or json");
  config.log_format = *format;
  return absl::OkStatus();
}

absl::Status ApplyFreeBytesMin(Config& config, std::string_view text) {
  constexpr std::uint64_t kMax = std::uint64_t{1} << 50;
  std::uint64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc() || end != text.data() + text.size() || number > kMax)
    return Fault(text, "a number of bytes, 1125899906842624 at most");
  config.free_bytes_min = number;
  return absl::OkStatus();
}

template <std::string Config::* kMember>
absl::Status Set(Config& config, std::string_view text) {
  return ApplyText(text, config.*kMember);
}

template <std::string NotificationOptions::* kMember>
absl::Status SetNotification(Config& config, std::string_view text) {
  return ApplyText(text, config.notifications.*kMember);
}

template <std::uint32_t Config::* kMember, std::uint32_t kMin, std::uint32_t kMax>
absl::Status SetNumber(Config& config, std::string_view text) {
  return ApplyNumber(text, kMin, kMax, config.*kMember);
}

constexpr std::array kOptions = {
    OptionSpec{"data", "DIR", false, "folder of the store; made when absent", Set<&Config::data>},
    OptionSpec{"listen", "ADDRESS:PORT", false,
               "where to listen; port 0 picks one [127.0.0.1:7421]", Set<&Config::listen>},
    OptionSpec{"bolt_listen", "ADDRESS:PORT", false,
               "where to serve drivers of Neo4j, as in 127.0.0.1:7687 [nowhere]",
               Set<&Config::bolt_listen>},
    OptionSpec{
        "model", "DIR", false,
        "folder of the model's YAML files [the store's own; of a new store the one installed]",
        Set<&Config::model>},
    OptionSpec{"tls_cert", "FILE", false, "certificate chain (PEM); turns TLS 1.3 on",
               Set<&Config::tls_cert>},
    OptionSpec{"tls_key", "FILE", false, "private key of the certificate (PEM)",
               Set<&Config::tls_key>},
    OptionSpec{"backup_dir", "DIR", false,
               "folder below which kosei admin backup may write [none: it may not]",
               Set<&Config::backup_dir>},
    OptionSpec{"retention_interval", "DURATION", false,
               "how often versions are retired that retention lets go; 0: by hand only [P1D]",
               ApplyRetentionInterval},
    OptionSpec{"watermark", "MODE", false,
               "relaxed: the proof of a commit follows within 10 ms; strict: before its answer "
               "[relaxed]",
               ApplyWatermark},
    OptionSpec{"free_bytes_min", "N", true,
               "below so much free space no writes are taken [268435456]", ApplyFreeBytesMin},
    OptionSpec{"scrub_period", "PERIOD", false,
               "all of the store is read against its checksums once in so long, as in P7D or "
               "PT12H; 0: only when asked to [P7D]",
               ApplyScrubPeriod},
    OptionSpec{"mail_server", "HOST:PORT", false,
               "mail server through which people are told of what concerns them [none: no mail]",
               SetNotification<&NotificationOptions::mail_server>},
    OptionSpec{"mail_from", "ADDRESS", false, "address that mail comes from",
               SetNotification<&NotificationOptions::mail_from>},
    OptionSpec{"mail_tls", "MODE", false, "starttls, tls (from the first byte) or none [starttls]",
               SetNotification<&NotificationOptions::mail_tls>},
    OptionSpec{"mail_credentials_file", "FILE", false,
               "two lines: name and password at the mail server [nobody signs in]",
               SetNotification<&NotificationOptions::mail_credentials_file>},
    OptionSpec{"mail_ca_file", "FILE", false,
               "authorities that the mail server's certificate may be of (PEM) [the machine's]",
               SetNotification<&NotificationOptions::mail_ca_file>},
    OptionSpec{"webhooks_file", "FILE", false,
               "TOML file of the programs that are told (docs/processes/notifications.md) [none]",
               SetNotification<&NotificationOptions::webhooks_file>},
    OptionSpec{"webhook_networks", "NETWORKS", false,
               "networks that are not public and that webhooks may be in, as in 10.20.0.0/16 "
               "[none]",
               SetNotification<&NotificationOptions::webhook_networks>},
    OptionSpec{"notification_language", "LANGUAGE", false,
               "en or ja: of those who are told and name no language [en]",
               SetNotification<&NotificationOptions::language>},
    OptionSpec{"attachment_bytes_max", "N", true,
               "the largest file that may be attached to a record, in bytes [10485760]",
               SetNumber<&Config::attachment_bytes_max, 1, kAttachmentBytesMax>},
    OptionSpec{"io_threads", "N", true, "threads that serve sockets [by processors]",
               SetNumber<&Config::io_threads, 1, kThreadsMax>},
    OptionSpec{"workers", "N", true, "threads for queries and loads [by processors]",
               SetNumber<&Config::workers, 1, kThreadsMax>},
    OptionSpec{"idle_spin_us", "N", true,
               "microseconds that a socket thread looks for more before it sleeps; 0: none [50]",
               SetNumber<&Config::idle_spin_us, 0, 10'000>},
    OptionSpec{"connections_max", "N", true, "connections open at once [10000]",
               SetNumber<&Config::connections_max, 1, 1'000'000>},
    OptionSpec{"drain_seconds", "N", true, "time that a stop gives to requests under way [10]",
               SetNumber<&Config::drain_seconds, 0, 3'600>},
    OptionSpec{"log_level", "LEVEL", false, "debug, info, warning, error or off [info]",
               ApplyLogLevel},
    OptionSpec{"log_format", "FORMAT", false, "logfmt or json [logfmt]", ApplyLogFormat},
};

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

std::span<const OptionSpec> OptionTable() { return kOptions; }

const OptionSpec* FindOption(std::string_view name) {
  const auto* const found = std::find_if(kOptions.begin(), kOptions.end(),
                                         [&](const OptionSpec& spec) { return spec.name == name; });
  return found == kOptions.end() ? nullptr : found;
}

std::string FlagOf(const OptionSpec& option) {
  std::string flag = absl::StrFormat("--%s", option.name);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

std::string VariableOf(const OptionSpec& option) {
  std::string variable = absl::StrFormat("KOSEI_%s", option.name);
  for (char& c : variable) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return variable;
}

std::string Suggestion(std::string_view wrong, const std::vector<std::string>& known) {
  std::size_t best = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  std::string_view nearest;
  for (const std::string& name : known) {
    const std::size_t distance = Distance(wrong, name);
    if (distance >= best) continue;
    best = distance;
    nearest = name;
  }
  return nearest.empty() ? "" : absl::StrFormat("; did you mean \"%s\"?", nearest);
}

void ApplyEnvironment(const Environment& environment, Config& config,
                      std::vector<std::string>& faults) {
  for (const OptionSpec& option : OptionTable()) {
    const std::string variable = VariableOf(option);
    const std::optional<std::string> text = environment(variable);
    if (!text.has_value()) continue;
    const absl::Status applied = option.apply(config, *text);
    if (!applied.ok()) {
      faults.push_back(absl::StrFormat("environment: %s: %s", variable, MessageOf(applied)));
    }
  }
}

ServerOptions ServerOptionsOf(const Config& config) {
  const std::uint32_t processors = std::max(1U, std::thread::hardware_concurrency());
  ServerOptions options;
  options.listen = config.listen;
  options.bolt_listen = config.bolt_listen;
  options.tls_certificate_file = config.tls_cert;
  options.tls_key_file = config.tls_key;
  options.io_threads = config.io_threads != 0 ? config.io_threads : std::min(processors, 8U);
  // Four at least: a load that decodes one chunk while it adds another leaves room for queries.
  options.workers = config.workers != 0 ? config.workers : std::max(processors, 4U);
  options.idle_spin = std::chrono::microseconds(config.idle_spin_us);
  options.limits.connections_max = config.connections_max;
  options.limits.drain_max = std::chrono::seconds(config.drain_seconds);
  options.backup_folder = config.backup_dir;
  options.retention_interval = config.retention_interval;
  options.notifications = config.notifications;
  options.attachment_bytes_max = config.attachment_bytes_max;
  options.admin_token_file = config.data.empty() ? "" : config.data + "/admin.token";
  return options;
}

}  // namespace kosei::server
