// Outbox: what transitions have left to be told to people and programs (records of class
// Notification), and what became of it. It finds out who is to be told, writes the text, hands out
// what is due, and keeps what sending came to. What really sends is elsewhere: between a sending
// and its record there may be a crash, so everything is sent once at least, under an id that stays
// the same.
//
// A notification that nobody has looked at has no `to`. Addressing gives it the first recipient and
// adds a record for each further one (KEY/2, KEY/3, ...), so that each has a state of its own:
// waiting, sent, failed (given up; last_error says why), nobody (the audience is empty).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/process/desk.h"
#include "kosei/process/messages.h"

namespace kosei::process {

enum class Channel : std::uint8_t { kMail, kWebhook };
std::string_view NameOf(Channel channel);  // "mail", "webhook": as the records have it

// A webhook that is told of notifications; empty lists: of all.
struct WebhookFilter {
  std::string name;
  std::vector<std::string> templates = {};
  std::vector<std::string> audiences = {};
  std::vector<std::string> classes = {};  // of the record that it is about, or one above
};

struct OutboxOptions {
  const Clock* clock = nullptr;  // must outlive the outbox
  bool mail = false;             // people are told by mail
  std::vector<WebhookFilter> webhooks = {};
  TextLanguage language = TextLanguage::kEnglish;  // of those who name none, and of webhooks
};

// One notification to one recipient.
struct Letter {
  std::string key;     // of the notification
  CommitNumber begin;  // of the version that was read
  Channel channel = Channel::kMail;
  std::string to;             // key of a party, or the name of a webhook
  std::string name, address;  // of kMail: of the recipient, as the record says it now
  std::string id;             // stays the same however often it is sent: 32 hexadecimal digits
  std::string about;          // key of the record
  std::string thread;         // likewise an id: of all letters about this record
  std::string class_name;     // of that record; empty: it is gone
  std::string audience, template_name;
  std::string subject, body;
  TextLanguage language = TextLanguage::kEnglish;
  std::uint32_t attempts = 0;  // before
  Timestamp written;
};

struct SendResult {
  enum class Kind : std::uint8_t {
    kSent,
    kLater,    // it may work another time
    kRefused,  // it never will
  };
  Kind kind = Kind::kSent;
  std::string error = {};
  bool target_down = false;  // nothing else would get through to it either, now
};

struct LetterCounts {
  std::uint64_t waiting = 0;
  std::uint64_t failed = 0;  // given up
};

// Thread-safe. Reads and commits wait for the disk.
class Outbox {
 public:
  // All must outlive it.
  static std::unique_ptr<Outbox> Open(const storage::Reader& reader, storage::Writer& writer,
                                      query::StatementRunner& statements, Desk& desk,
                                      const OutboxOptions& options);
  virtual ~Outbox() = default;

  // Finds the recipients of notifications that have none yet. Without a channel nothing happens.
  virtual absl::Status Address() = 0;
  // What is due now, the longest first.
  virtual absl::StatusOr<std::vector<Letter>> Due(Channel channel, std::size_t limit) = 0;
  // When the next one is; nullopt: none waits.
  virtual absl::StatusOr<std::optional<Timestamp>> NextDue(Channel channel) = 0;
  virtual absl::StatusOr<LetterCounts> Count() = 0;
  // Keeps what sending came to: sent, to be tried again, or given up. Nothing happens when the
  // notification has been changed meanwhile.
  virtual absl::Status Note(const Letter& letter, const SendResult& result) = 0;
  // Tries them again at once, whatever was given up. How many. kNotFound; kInvalidArgument for a
  // record that is no notification, or one that was sent. All or nothing.
  virtual absl::StatusOr<std::size_t> Retry(const Caller& caller,
                                            const std::vector<std::string>& keys) = 0;
};

}  // namespace kosei::process
