#include "retention_keeper.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "kosei/base/error.h"

namespace kosei::server {
namespace {

// A server that is restarted every day retires something all the same.
constexpr std::chrono::minutes kFirstRunMax{10};

}  // namespace

void LogRetention(Log& log, const storage::RetentionReport& report, std::string_view by) {
  std::uint64_t versions = 0;
  std::uint64_t retired = 0;
  for (const storage::RetentionCounts& counts : report.classes) {
    versions += counts.versions;
    retired += counts.retired;
  }
  if (retired == 0) return;
  log.Write(LogLevel::kInfo, "versions_retired",
            {{"retired", std::to_string(retired)},
             {"of", std::to_string(versions)},
             {"commit", std::to_string(report.commit.value)},
             {"by", std::string(by)}});
}

RetentionKeeper::RetentionKeeper(storage::Retention& retention, Log& log,
                                 std::chrono::seconds interval)
    : retention_(retention), log_(log) {
  if (interval.count() > 0) thread_ = std::thread([this, interval] { Loop(interval); });
}

RetentionKeeper::~RetentionKeeper() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    stop_wanted_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

void RetentionKeeper::Loop(std::chrono::seconds interval) {
  auto wait = std::min<std::chrono::seconds>(interval, kFirstRunMax);
  while (true) {
    {
      const auto until = std::chrono::steady_clock::now() + wait;
      const MutexLock lock(mutex_);
      while (!stopping_ && stop_wanted_.WaitUntil(mutex_, until)) continue;
      if (stopping_) return;
    }
    Run();
    wait = interval;
  }
}

void RetentionKeeper::Run() {
  storage::Provenance provenance;
  provenance.actor = "koseid";
  provenance.reason = "retention_interval";
  const auto report = retention_.Run(provenance, false, [this] {
    const MutexLock lock(mutex_);
    return !stopping_;
  });
  if (report.ok()) return LogRetention(log_, *report, "koseid");
  // A run that somebody began by hand does the same.
  if (HasCode(report.status(), ErrorCode::kOverloaded)) return;
  if (HasCode(report.status(), ErrorCode::kCancelled)) return;
  log_.Write(LogLevel::kWarning, "retention_failed",
             {{"reason", std::string(MessageOf(report.status()))}});
}

}  // namespace kosei::server
