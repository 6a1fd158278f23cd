// A notification as its record says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/process/definitions.h"
#include "kosei/process/messages.h"
#include "kosei/storage/reader.h"

namespace kosei::process {

struct KeptNotification {
  std::string key;
  CommitNumber begin;
  std::string state;  // waiting, sent, failed, nobody
  std::string about, audience, template_name;
  std::string to, channel;  // empty: nobody has looked who is to be told
  std::string subject, body;
  MessageValues values;
  std::uint32_t attempts = 0;
  Timestamp written;
  std::string written_by;
};

// kNotFound; kInvalidArgument for a record of another class.
absl::StatusOr<KeptNotification> ReadNotification(const storage::Reader& reader,
                                                  const Definitions& definitions,
                                                  const storage::View& view, std::string_view key);

// The record that a notification is about.
struct AboutRecord {
  const model::Class* owner = nullptr;
  language::DatumMap attributes;
};
std::optional<AboutRecord> ReadAbout(const storage::Reader& reader, const Definitions& definitions,
                                     const storage::View& view, std::string_view key);

// What it says, in one language: a line of subject, and the text, which ends with what the record
// is called and in which state it is.
struct MessageText {
  std::string subject;
  std::string body;
};
MessageText TextOfNotification(const Definitions& definitions, const KeptNotification& notification,
                               const std::optional<AboutRecord>& about, TextLanguage language);

}  // namespace kosei::process
