#include "kosei/server/log.h"

#include <exception>

#include "absl/strings/str_format.h"
#include "spdlog/async.h"
#include "spdlog/async_logger.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace kosei::server {
namespace {

constexpr std::size_t kQueuedLinesMax = 8'192;

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += absl::StrFormat("\\u%04x", byte);
    } else {
      out.push_back(c);
    }
  }
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

void AppendField(std::string& out, LogFormat format, std::string_view name,
                 std::string_view value) {
  if (!out.empty()) out.push_back(format == LogFormat::kJson ? ',' : ' ');
  if (format == LogFormat::kJson) {
    out += absl::StrFormat("\"%s\":\"", name);
    AppendEscaped(out, value);
    out.push_back('"');
    return;
  }
  out += absl::StrFormat("%s=", name);
  const bool quoted = NeedsQuotes(value);
  if (quoted) out.push_back('"');
  AppendEscaped(out, value);
  if (quoted) out.push_back('"');
}

}  // namespace

std::optional<LogLevel> LogLevelOf(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  if (name == "off") return LogLevel::kOff;
  return std::nullopt;
}

std::optional<LogFormat> LogFormatOf(std::string_view name) {
  if (name == "logfmt") return LogFormat::kLogfmt;
  if (name == "json") return LogFormat::kJson;
  return std::nullopt;
}

std::string FormatLogLine(LogFormat format, std::string_view event,
                          std::initializer_list<LogField> fields) {
  std::string line;
  AppendField(line, format, "event", event);
  for (const LogField& field : fields) AppendField(line, format, field.first, field.second);
  return line;
}

// Shared, for spdlog wants it so. The thread goes first: it ends when every line is written, and
// nobody uses the logger any more.
struct Log::Sink {
  std::shared_ptr<spdlog::async_logger> logger;
  std::shared_ptr<spdlog::details::thread_pool> thread;
};

Log::Log(LogLevel level, LogFormat format) : level_(level), format_(format) {
  if (level == LogLevel::kOff) return;
  try {
    auto sink = std::make_unique<Sink>();
    sink->thread = std::make_shared<spdlog::details::thread_pool>(kQueuedLinesMax, 1);
    sink->logger = std::make_shared<spdlog::async_logger>(
        "kosei", std::make_shared<spdlog::sinks::stderr_sink_mt>(), sink->thread,
        spdlog::async_overflow_policy::overrun_oldest);
    sink->logger->set_level(SpdlogLevel(level));
    sink->logger->flush_on(spdlog::level::debug);
    const char* pattern = format == LogFormat::kJson
                              ? "{\"time\":\"%Y-%m-%dT%H:%M:%S.%fZ\",\"level\":\"%l\",%v}"
                              : "time=%Y-%m-%dT%H:%M:%S.%fZ level=%l %v";
    sink->logger->set_pattern(pattern, spdlog::pattern_time_type::utc);
    sink_ = std::move(sink);
  } catch (const std::exception&) {
    sink_.reset();  // a server that cannot log still serves
  }
}

Log::~Log() = default;

void Log::Write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (sink_ == nullptr || !Wants(level)) return;
  try {
    sink_->logger->log(SpdlogLevel(level), "{}", FormatLogLine(format_, event, fields));
  } catch (const std::exception&) {
    return;  // spdlog reports its own trouble on standard error
  }
}

}  // namespace kosei::server
