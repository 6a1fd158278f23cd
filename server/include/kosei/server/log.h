// Structured log: one line per event on standard error, as logfmt or as JSON. Values are escaped,
// so one event is always one line. Secrets are never given to it.
//
//   log.Write(LogLevel::kInfo, "connection_opened", {{"connection", "7"}, {"peer", "127.0.0.1"}});
//   time=2026-11-22T10:00:00.000000Z level=info event=connection_opened connection=7 peer=127.0.0.1
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kosei::server {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat : std::uint8_t { kLogfmt, kJson };
std::optional<LogLevel> LogLevelOf(std::string_view name);
std::optional<LogFormat> LogFormatOf(std::string_view name);

using LogField = std::pair<std::string_view, std::string>;

// Thread-safe. Lines are written by a thread of its own; when standard error stalls, the oldest
// waiting lines are dropped rather than the server held up.
class Log {
 public:
  Log(LogLevel level, LogFormat format);
  ~Log();  // writes what waits
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool Wants(LogLevel level) const { return level >= level_; }
  void Write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

 private:
  struct Sink;
  const LogLevel level_;
  const LogFormat format_;
  std::unique_ptr<Sink> sink_;
};

// One line without time and level, for tests and for the sink: `event=x key=value` or
// `"event":"x","key":"value"`.
std::string FormatLogLine(LogFormat format, std::string_view event,
                          std::initializer_list<LogField> fields);

}  // namespace kosei::server
