#include "outbox/notification_record.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"
#include "outbox/message_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;

// A mail's subject that is longer is cut by most who show it.
constexpr std::size_t kSubjectBytesMax = 180;
constexpr std::size_t kTitleBytesMax = 1'000;

const Datum* Find(const DatumMap& attributes, std::string_view name) {
  for (const auto& [each, value] : attributes) {
    if (each == name) return &value;
  }
  return nullptr;
}

std::string TextIn(const DatumMap& attributes, std::string_view name) {
  const Datum* const value = Find(attributes, name);
  return value != nullptr && value->kind() == DatumKind::kString ? value->string() : std::string();
}

// One line, whatever the values had in them.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string StateIn(const Definitions& definitions, const AboutRecord& about,
                    TextLanguage language) {
  const LifeCycle* const life_cycle = definitions.LifeCycleOf(*about.owner, about.attributes);
  if (life_cycle == nullptr) return {};
  const std::string name = TextIn(about.attributes, life_cycle->definition().attribute);
  const StateDefinition* const state = life_cycle->FindState(name);
  return state == nullptr ? name : In(state->label, language);
}

}  // namespace

absl::StatusOr<KeptNotification> ReadNotification(const storage::Reader& reader,
                                                  const Definitions& definitions,
                                                  const storage::View& view, std::string_view key) {
  const std::optional<RecordId> id = reader.IdOf(key);
  if (!id.has_value()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("notification %s: there is none; `kosei notification list` "
                                     "shows them",
                                     std::string(key)),
                     "key");
  }
  KOSEI_ASSIGN_OR_RETURN(const storage::RecordVersion version, reader.Get(*id, view));
  const model::Schema& schema = definitions.schema();
  const model::Class* const owner = schema.FindClass("Notification");
  if (owner == nullptr || version.record().class_number() != owner->number) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("record %s: it is no notification; `kosei notification list` "
                                     "shows them",
                                     std::string(key)),
                     "key");
  }
  const DatumMap attributes = query::AttributesOf(schema, version.record());
  KeptNotification kept;
  kept.key = key;
  kept.begin = version.begin;
  kept.state = TextIn(attributes, "state");
  kept.about = TextIn(attributes, "about");
  kept.audience = TextIn(attributes, "audience");
  kept.template_name = TextIn(attributes, "template");
  kept.to = TextIn(attributes, "to");
  kept.channel = TextIn(attributes, "channel");
  kept.subject = TextIn(attributes, "subject");
  kept.body = TextIn(attributes, "body");
  kept.written_by = TextIn(attributes, "written_by");
  if (const Datum* const values = Find(attributes, "text_values"); values != nullptr)
    kept.values = UnpackedMessageValues(*values);
  if (const Datum* const attempts = Find(attributes, "attempts");
      attempts != nullptr && attempts->kind() == DatumKind::kInteger)
    kept.attempts = static_cast<std::uint32_t>(attempts->integer());
  if (const Datum* const written = Find(attributes, "written_at");
      written != nullptr && written->kind() == DatumKind::kDateTime) {
    const language::DateTime& at = written->date_time();
    kept.written = Timestamp{at.seconds * 1'000'000 + at.nanos / 1'000};
  }
  return kept;
}

std::optional<AboutRecord> ReadAbout(const storage::Reader& reader, const Definitions& definitions,
                                     const storage::View& view, std::string_view key) {
  const std::optional<RecordId> id = reader.IdOf(key);
  if (!id.has_value()) return std::nullopt;
  const absl::StatusOr<storage::RecordVersion> version = reader.Get(*id, view);
  if (!version.ok()) return std::nullopt;
  AboutRecord about;
  about.owner = definitions.schema().FindClass(version->record().class_number());
  if (about.owner == nullptr) return std::nullopt;
  about.attributes = query::AttributesOf(definitions.schema(), version->record());
  return about;
}

MessageText TextOfNotification(const Definitions& definitions, const KeptNotification& notification,
                               const std::optional<AboutRecord>& about, TextLanguage language) {
  const MessageTemplate* const message = definitions.messages().Find(notification.template_name);
  std::string text;
  if (message == nullptr) {
    // The definitions have changed since: what is left is what happened to what.
    text = absl::StrCat(notification.about, ": ", notification.template_name);
  } else if (!notification.values.empty() || !about.has_value()) {
    text = Rendered(*message, language, notification.values);
  } else {
    text = Rendered(*message, language,
                    ValuesOfMessage(*message, notification.about, about->attributes, {}));
  }
  MessageText made{ShortText(OneLine(text), kSubjectBytesMax), text};
  if (!about.has_value()) return made;
  const bool japanese = language == TextLanguage::kJapanese;
  absl::StrAppend(&made.body, "\n\n", In(about->owner->definition.label, language), " ",
                  notification.about, ": ",
                  ShortText(OneLine(TextIn(about->attributes, "name")), kTitleBytesMax), "\n");
  const std::string state = StateIn(definitions, *about, language);
  if (!state.empty()) absl::StrAppend(&made.body, japanese ? "状態: " : "State: ", state, "\n");
  return made;
}

}  // namespace kosei::process
