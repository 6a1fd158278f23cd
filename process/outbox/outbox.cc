#include "kosei/process/outbox.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/asking.h"
#include "desk/draft.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"
#include "outbox/message_values.h"
#include "outbox/notification_record.h"
#include "outbox/recipients.h"
#include "outbox/retry.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

constexpr std::string_view kActor = "kosei";
constexpr std::string_view kClass = "Notification";
constexpr std::size_t kErrorBytesMax = 1'000;
constexpr std::size_t kIdDigits = 32;
// Looked at in one go; what is left comes in the next.
constexpr std::size_t kAddressedAtOnce = 1'000;
constexpr std::size_t kRetriedAtOnce = 1'000;

std::string IdOfParts(std::string_view store, std::string_view one, std::string_view other) {
  Sha256 hash;
  for (const std::string_view part : {store, one, other}) {
    hash.Update(part);
    hash.Update("\n");
  }
  return ToHex(hash.Finish()).substr(0, kIdDigits);
}

bool HasState(const Definitions& definitions, std::string_view state) {
  const model::Class* const owner = definitions.schema().FindClass(kClass);
  const model::Attribute* const attribute =
      owner == nullptr ? nullptr : definitions.schema().FindAttribute(*owner, "state");
  if (attribute == nullptr) return false;
  const auto& values = attribute->definition.values;
  return std::any_of(values.begin(), values.end(),
                     [&](const auto& each) { return each.name == state; });
}

// A recipient of one notification, and what is written to it.
struct Addressee {
  Channel channel = Channel::kMail;
  std::string to;
  TextLanguage language = TextLanguage::kEnglish;
};

class StoreOutbox final : public Outbox {
 public:
  StoreOutbox(const storage::Reader& reader, storage::Writer& writer,
              query::StatementRunner& statements, Desk& desk, const OutboxOptions& options)
      : reader_(reader), writer_(writer), statements_(statements), desk_(desk), options_(options) {}

  absl::Status Address() override;
  absl::StatusOr<std::vector<Letter>> Due(Channel channel, std::size_t limit) override;
  absl::StatusOr<std::optional<Timestamp>> NextDue(Channel channel) override;
  absl::StatusOr<LetterCounts> Count() override;
  absl::Status Note(const Letter& letter, const SendResult& result) override;
  absl::StatusOr<std::size_t> Retry(const Caller& caller,
                                    const std::vector<std::string>& keys) override;

 private:
  Asking AskingNow() const { return Asking(statements_, *options_.clock, reader_.Newest(), "Z"); }
  bool KnowsNotifications(const Definitions& definitions) const {
    return definitions.schema().FindClass(kClass) != nullptr;
  }
  absl::StatusOr<std::vector<std::string>> Keys(const Asking& asking, std::string_view statement,
                                                DatumMap parameters) const;
  absl::Status AddressOne(const Definitions& definitions, const std::string& key);
  absl::StatusOr<std::vector<Addressee>> AddresseesOf(const Definitions& definitions,
                                                      const Asking& asking,
                                                      const KeptNotification& notification,
                                                      const std::optional<AboutRecord>& about);
  bool Takes(const WebhookFilter& webhook, const Definitions& definitions,
             const KeptNotification& notification, const std::optional<AboutRecord>& about) const;
  absl::Status Put(const Definitions& definitions, const KeptNotification& notification,
                   DatumMap attributes, std::string_view reason);

  const storage::Reader& reader_;
  storage::Writer& writer_;
  query::StatementRunner& statements_;
  Desk& desk_;
  const OutboxOptions options_;
  Mutex addressing_;  // by one thread at a time, so that nobody is told twice of one event
};

absl::StatusOr<std::vector<std::string>> StoreOutbox::Keys(const Asking& asking,
                                                           std::string_view statement,
                                                           DatumMap parameters) const {
  std::vector<std::string> keys;
  KOSEI_RETURN_IF_ERROR(
      asking.Ask(statement, std::move(parameters), [&](std::span<const Datum> row) {
        if (row[0].kind() == DatumKind::kString) keys.push_back(row[0].string());
        return true;
      }));
  return keys;
}

absl::Status StoreOutbox::Put(const Definitions& definitions, const KeptNotification& notification,
                              DatumMap attributes, std::string_view reason) {
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, definitions.schema().GetClass(kClass));
  Draft draft(definitions.schema(), std::string(kActor), std::string(reason));
  draft.set_cause(notification.about);
  KOSEI_RETURN_IF_ERROR(draft.Put(*owner, notification.key, attributes, notification.begin));
  return writer_.Commit(draft.Take()).status();
}

absl::Status StoreOutbox::Address() {
  if (!options_.mail && options_.webhooks.empty()) return absl::OkStatus();
  const MutexLock lock(addressing_);
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  if (!KnowsNotifications(*definitions)) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<std::string> keys,
      Keys(AskingNow(),
           absl::StrFormat("MATCH (n:Notification {state: 'waiting'}) WHERE n.to IS NULL RETURN "
                           "key(n) ORDER BY n.written_at, key(n) LIMIT %d",
                           kAddressedAtOnce),
           {}));
  absl::Status first;
  for (const std::string& key : keys) {
    // One that cannot be read holds up none of the others.
    absl::Status status = AddressOne(*definitions, key);
    if (HasCode(status, ErrorCode::kVersionConflict)) continue;
    if (first.ok()) first = std::move(status);
  }
  return first;
}

bool StoreOutbox::Takes(const WebhookFilter& webhook, const Definitions& definitions,
                        const KeptNotification& notification,
                        const std::optional<AboutRecord>& about) const {
  const auto wants = [](const std::vector<std::string>& names, std::string_view name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!wants(webhook.templates, notification.template_name)) return false;
  if (!wants(webhook.audiences, notification.audience)) return false;
  if (webhook.classes.empty()) return true;
  return about.has_value() &&
         std::any_of(webhook.classes.begin(), webhook.classes.end(), [&](const auto& name) {
           const model::Class* const above = definitions.schema().FindClass(name);
           return above != nullptr && definitions.schema().IsA(about->owner->number, above->number);
         });
}

// Somebody who is in several audiences of one event is told of it once.
absl::StatusOr<std::vector<Addressee>> StoreOutbox::AddresseesOf(
    const Definitions& definitions, const Asking& asking, const KeptNotification& notification,
    const std::optional<AboutRecord>& about) {
  std::set<std::pair<std::string, std::string>> told;
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (n:Notification {about: $about}) WHERE n.template = $template AND n.written_at = $at "
      "AND n.to IS NOT NULL RETURN n.channel, n.to",
      {{"about", Datum::String(notification.about)},
       {"at", query::DatumOf(notification.written)},
       {"template", Datum::String(notification.template_name)}},
      [&](std::span<const Datum> row) {
        if (row[0].kind() == DatumKind::kString && row[1].kind() == DatumKind::kString)
          told.emplace(row[0].string(), row[1].string());
        return true;
      }));
  std::vector<Addressee> addressees;
  const auto add = [&](Channel channel, std::string to, TextLanguage language) {
    if (told.emplace(NameOf(channel), to).second)
      addressees.push_back({channel, std::move(to), language});
  };
  if (options_.mail) {
    KOSEI_ASSIGN_OR_RETURN(const std::vector<Recipient> recipients,
                           RecipientsOf(reader_, definitions, asking, notification.about,
                                        notification.audience, options_.language));
    for (const Recipient& recipient : recipients)
      add(Channel::kMail, recipient.key, recipient.language);
  }
  for (const WebhookFilter& webhook : options_.webhooks) {
    if (Takes(webhook, definitions, notification, about))
      add(Channel::kWebhook, webhook.name, options_.language);
  }
  return addressees;
}

absl::Status StoreOutbox::AddressOne(const Definitions& definitions, const std::string& key) {
  const Asking asking = AskingNow();
  KOSEI_ASSIGN_OR_RETURN(const KeptNotification notification,
                         ReadNotification(reader_, definitions, asking.view(), key));
  const auto about = ReadAbout(reader_, definitions, asking.view(), notification.about);
  const Timestamp now = options_.clock->Now();
  const std::int64_t age_max =
      std::chrono::duration_cast<std::chrono::microseconds>(kNotificationAgeMax).count();
  const auto give_up = [&](std::string_view state, std::string_view why) {
    return Put(definitions, notification,
               {{"last_error", Datum::String(ShortText(why, kErrorBytesMax))},
                {"next_attempt_at", Datum()},
                {"state", Datum::String(std::string(state))}},
               "addressed");
  };
  if (now.micros - notification.written.micros > age_max) {
    return give_up("failed",
                   absl::StrFormat("it waited for more than %d days, as nothing was configured "
                                   "that sends; `kosei notification retry` sends it all the same",
                                   kNotificationAgeMax.count() / 24));
  }
  const auto addressees = AddresseesOf(definitions, asking, notification, about);
  // An audience that nobody knows stays one: only the definitions can mend it.
  if (HasCode(addressees.status(), ErrorCode::kNotFound))
    return give_up("failed", MessageOf(addressees.status()));
  KOSEI_RETURN_IF_ERROR(addressees.status());
  if (addressees->empty()) {
    // The model of an older store has no such state.
    const bool known = HasState(definitions, "nobody");
    return give_up(known ? "nobody" : "failed", known ? "" : "nobody is in the audience");
  }
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, definitions.schema().GetClass(kClass));
  Draft draft(definitions.schema(), std::string(kActor), "addressed");
  draft.set_cause(notification.about);
  std::array<std::optional<MessageText>, 2> texts;
  for (std::size_t i = 0; i < addressees->size(); ++i) {
    const Addressee& each = (*addressees)[i];
    std::optional<MessageText>& text = texts[static_cast<std::size_t>(each.language)];
    if (!text.has_value())
      text = TextOfNotification(definitions, notification, about, each.language);
    DatumMap attributes{{"attempts", Datum::Integer(0)},
                        {"body", Datum::String(text->body)},
                        {"channel", Datum::String(std::string(NameOf(each.channel)))},
                        {"last_error", Datum()},
                        {"next_attempt_at", query::DatumOf(now)},
                        {"subject", Datum::String(text->subject)},
                        {"to", Datum::String(each.to)}};
    if (i == 0) {
      KOSEI_RETURN_IF_ERROR(draft.Put(*owner, key, attributes, notification.begin));
      continue;
    }
    attributes.emplace_back("about", Datum::String(notification.about));
    attributes.emplace_back("audience", Datum::String(notification.audience));
    attributes.emplace_back("state", Datum::String("waiting"));
    attributes.emplace_back("template", Datum::String(notification.template_name));
    attributes.emplace_back("written_at", query::DatumOf(notification.written));
    attributes.emplace_back("written_by", Datum::String(notification.written_by));
    KOSEI_RETURN_IF_ERROR(
        draft.Put(*owner, absl::StrFormat("%s/%d", key, i + 1), attributes, kNoCommit));
  }
  return writer_.Commit(draft.Take()).status();
}

absl::StatusOr<std::vector<Letter>> StoreOutbox::Due(Channel channel, std::size_t limit) {
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  std::vector<Letter> letters;
  if (!KnowsNotifications(*definitions)) return letters;
  const Asking asking = AskingNow();
  const std::string store = reader_.Counts().store_id;
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<std::string> keys,
      Keys(asking,
           absl::StrFormat("MATCH (n:Notification {state: 'waiting'}) WHERE n.channel = $channel "
                           "AND n.to IS NOT NULL AND n.next_attempt_at <= $now RETURN key(n) ORDER "
                           "BY n.next_attempt_at, key(n) LIMIT %d",
                           limit),
           {{"channel", Datum::String(std::string(NameOf(channel)))},
            {"now", query::DatumOf(options_.clock->Now())}}));
  for (const std::string& key : keys) {
    KOSEI_ASSIGN_OR_RETURN(KeptNotification kept,
                           ReadNotification(reader_, *definitions, asking.view(), key));
    Letter letter;
    letter.key = key;
    letter.begin = kept.begin;
    letter.channel = channel;
    letter.id = IdOfParts(store, key, kept.to);
    letter.thread = IdOfParts(store, "thread", kept.about);
    letter.language = options_.language;
    if (channel == Channel::kMail) {
      const auto recipient =
          RecipientOf(reader_, *definitions, asking.view(), kept.to, options_.language);
      if (recipient.has_value()) {
        letter.name = recipient->name;
        letter.address = recipient->email;
        letter.language = recipient->language;
      }
    }
    const auto about = ReadAbout(reader_, *definitions, asking.view(), kept.about);
    if (about.has_value()) letter.class_name = about->owner->definition.name;
    letter.to = std::move(kept.to);
    letter.about = std::move(kept.about);
    letter.audience = std::move(kept.audience);
    letter.template_name = std::move(kept.template_name);
    letter.subject = std::move(kept.subject);
    letter.body = std::move(kept.body);
    letter.attempts = kept.attempts;
    letter.written = kept.written;
    letters.push_back(std::move(letter));
  }
  return letters;
}

absl::StatusOr<std::optional<Timestamp>> StoreOutbox::NextDue(Channel channel) {
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  std::optional<Timestamp> next;
  if (!KnowsNotifications(*definitions)) return next;
  KOSEI_RETURN_IF_ERROR(AskingNow().Ask(
      "MATCH (n:Notification {state: 'waiting'}) WHERE n.channel = $channel AND n.to IS NOT NULL "
      "AND n.next_attempt_at IS NOT NULL RETURN n.next_attempt_at ORDER BY n.next_attempt_at LIMIT "
      "1",
      {{"channel", Datum::String(std::string(NameOf(channel)))}}, [&](std::span<const Datum> row) {
        if (row[0].kind() != DatumKind::kDateTime) return false;
        const language::DateTime& at = row[0].date_time();
        next = Timestamp{at.seconds * 1'000'000 + at.nanos / 1'000};
        return false;
      }));
  return next;
}

absl::StatusOr<LetterCounts> StoreOutbox::Count() {
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  LetterCounts counts;
  if (!KnowsNotifications(*definitions)) return counts;
  const Asking asking = AskingNow();
  for (const auto& [state, count] :
       {std::pair("waiting", &counts.waiting), std::pair("failed", &counts.failed)}) {
    KOSEI_RETURN_IF_ERROR(asking.Ask("MATCH (n:Notification {state: $state}) RETURN count(n)",
                                     {{"state", Datum::String(state)}},
                                     [&, out = count](std::span<const Datum> row) {
                                       *out = static_cast<std::uint64_t>(row[0].integer());
                                       return false;
                                     }));
  }
  return counts;
}

absl::Status StoreOutbox::Note(const Letter& letter, const SendResult& result) {
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  KeptNotification kept;
  kept.key = letter.key;
  kept.about = letter.about;
  kept.begin = letter.begin;
  const Timestamp now = options_.clock->Now();
  const std::uint32_t attempt = letter.attempts + 1;
  DatumMap attributes{{"attempts", Datum::Integer(attempt)}};
  if (result.kind == SendResult::Kind::kSent) {
    attributes.emplace_back("last_error", Datum());
    attributes.emplace_back("next_attempt_at", Datum());
    attributes.emplace_back("sent_at", query::DatumOf(now));
    attributes.emplace_back("state", Datum::String("sent"));
  } else {
    const auto next = result.kind == SendResult::Kind::kLater ? NextAttempt(attempt, now)
                                                              : std::optional<Timestamp>();
    attributes.emplace_back("last_error", Datum::String(ShortText(result.error, kErrorBytesMax)));
    attributes.emplace_back("next_attempt_at", next.has_value() ? query::DatumOf(*next) : Datum());
    if (!next.has_value()) attributes.emplace_back("state", Datum::String("failed"));
  }
  const absl::Status status =
      Put(*definitions, kept, std::move(attributes),
          result.kind == SendResult::Kind::kSent ? "sent" : "could not be sent");
  return HasCode(status, ErrorCode::kVersionConflict) ? absl::OkStatus() : status;
}

absl::StatusOr<std::size_t> StoreOutbox::Retry(const Caller& caller,
                                               const std::vector<std::string>& keys) {
  if (keys.empty() || keys.size() > kRetriedAtOnce) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("retry of notifications: %d keys were given; give 1 to %d",
                                     keys.size(), kRetriedAtOnce),
                     "keys");
  }
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, desk_.definitions());
  KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, definitions->schema().GetClass(kClass));
  const Asking asking = AskingNow();
  Draft draft(definitions->schema(), caller.account, "to be sent again");
  const std::set<std::string> once(keys.begin(), keys.end());
  for (const std::string& key : once) {
    KOSEI_ASSIGN_OR_RETURN(const KeptNotification kept,
                           ReadNotification(reader_, *definitions, asking.view(), key));
    if (kept.state == "sent") {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("notification %s: it was sent; leave it out", key), "keys");
    }
    draft.set_cause(kept.about);
    DatumMap attributes{{"attempts", Datum::Integer(0)},
                        {"next_attempt_at", query::DatumOf(options_.clock->Now())},
                        {"state", Datum::String("waiting")}};
    // What waited too long is news again.
    if (kept.to.empty())
      attributes.emplace_back("written_at", query::DatumOf(options_.clock->Now()));
    KOSEI_RETURN_IF_ERROR(draft.Put(*owner, key, attributes, kept.begin));
  }
  KOSEI_RETURN_IF_ERROR(writer_.Commit(draft.Take()).status());
  return once.size();
}

}  // namespace

std::string_view NameOf(Channel channel) {
  return channel == Channel::kWebhook ? "webhook" : "mail";
}

std::unique_ptr<Outbox> Outbox::Open(const storage::Reader& reader, storage::Writer& writer,
                                     query::StatementRunner& statements, Desk& desk,
                                     const OutboxOptions& options) {
  return std::make_unique<StoreOutbox>(reader, writer, statements, desk, options);
}

}  // namespace kosei::process
