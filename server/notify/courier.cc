#include "notify/courier.h"

#include <chrono>
#include <utility>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

using process::Channel;
using process::Letter;
using process::SendResult;

constexpr std::size_t kLettersAtOnce = 50;
// The system's clock may be set while the thread sleeps: it looks again so often.
constexpr std::chrono::milliseconds kLookMax{500};
// After an error of the store.
constexpr std::chrono::seconds kPause{30};

}  // namespace

Courier::Courier(process::Outbox& outbox, Channel channel, Transport& transport, const Clock& clock,
                 Log& log, bool with_thread)
    : outbox_(outbox), channel_(channel), transport_(transport), clock_(clock), log_(log) {
  if (with_thread) thread_ = std::thread([this] { Work(); });
}

Courier::~Courier() { Stop(); }

void Courier::Wake() {
  {
    const MutexLock lock(mutex_);
    woken_ = true;
  }
  changed_.NotifyAll();
}

void Courier::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  transport_.Stop();
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

bool Courier::Stopping() {
  const MutexLock lock(mutex_);
  return stopping_;
}

// `down`: targets to which nothing gets through in this round, and why. All mail has one.
SendResult Courier::SendOne(const Letter& letter, std::map<std::string, std::string>& down) {
  const std::string target = channel_ == Channel::kMail ? std::string() : letter.to;
  if (const auto known = down.find(target); known != down.end())
    return {SendResult::Kind::kLater, known->second, true};
  SendResult result = transport_.Send(letter);
  if (result.kind != SendResult::Kind::kSent && result.target_down) {
    down.emplace(target, result.error);
    log_.Write(LogLevel::kWarning, "notification_target_down",
               {{"channel", std::string(NameOf(channel_))}, {"why", result.error}});
  } else if (result.kind == SendResult::Kind::kRefused) {
    log_.Write(LogLevel::kWarning, "notification_refused",
               {{"notification", letter.key}, {"why", result.error}});
  }
  return result;
}

absl::StatusOr<std::size_t> Courier::RunDue() {
  KOSEI_RETURN_IF_ERROR(outbox_.Address());
  std::size_t sent = 0;
  std::map<std::string, std::string> down;
  while (!Stopping()) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<Letter> letters,
                           outbox_.Due(channel_, kLettersAtOnce));
    if (letters.empty()) break;
    for (const Letter& letter : letters) {
      const SendResult result = SendOne(letter, down);
      // What a stop cut short is as if it had not been begun.
      if (result.kind == SendResult::Kind::kLater && Stopping()) return sent;
      KOSEI_RETURN_IF_ERROR(outbox_.Note(letter, result));
      if (result.kind == SendResult::Kind::kSent) ++sent;
      if (Stopping()) return sent;
    }
  }
  return sent;
}

void Courier::Work() {
  while (true) {
    const absl::StatusOr<std::size_t> sent = RunDue();
    absl::StatusOr<std::optional<Timestamp>> next = outbox_.NextDue(channel_);
    const absl::Status& status = sent.ok() ? next.status() : sent.status();
    if (!status.ok()) {
      log_.Write(
          LogLevel::kWarning, "notifications_held_up",
          {{"channel", std::string(NameOf(channel_))}, {"why", std::string(MessageOf(status))}});
    }
    const auto until = std::chrono::steady_clock::now() + kPause;
    const MutexLock lock(mutex_);
    while (!stopping_) {
      const auto now = std::chrono::steady_clock::now();
      if (!status.ok()) {
        if (now >= until) break;
      } else if (woken_ || (next->has_value() && **next <= clock_.Now())) {
        break;
      }
      changed_.WaitUntil(mutex_, now + kLookMax);
    }
    if (stopping_) return;
    woken_ = false;
  }
}

}  // namespace kosei::server
