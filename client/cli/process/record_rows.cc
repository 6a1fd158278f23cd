#include "process/record_rows.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/temporal_text.h"
#include "query/value_form.h"
#include "record_text.h"

namespace kosei::cli {

using client::QueryRow;
using client::QueryValue;

absl::StatusOr<std::vector<QueryRow>> RowsOf(client::Client& client, std::string text,
                                             language::PackedMap parameters,
                                             const client::ViewName& view) {
  client::StatementRequest request;
  request.text = std::move(text);
  request.parameters = std::move(parameters);
  request.view = view;
  std::vector<QueryRow> rows;
  KOSEI_RETURN_IF_ERROR(client
                            .Query(request,
                                   [&](const std::vector<std::string>&, const QueryRow& row) {
                                     rows.push_back(row);
                                     return true;
                                   })
                            .status());
  return rows;
}

std::string TextOf(const QueryValue& value) {
  const auto* const text = value.As<std::string>();
  return text == nullptr ? std::string() : *text;
}

std::vector<std::string> TextsOf(const QueryValue& value) {
  std::vector<std::string> texts;
  const auto* const list = value.As<language::PackedList>();
  if (list == nullptr) return texts;
  for (const QueryValue& item : *list) {
    if (const auto* const text = item.As<std::string>(); text != nullptr) texts.push_back(*text);
  }
  return texts;
}

std::optional<Timestamp> InstantOf(const QueryValue& value) {
  const auto* const at = value.As<language::DateTime>();
  if (at == nullptr) return std::nullopt;
  return Timestamp{at->seconds * 1'000'000 + at->nanos / 1'000};
}

std::string CellOf(const QueryValue& value) {
  if (const auto at = InstantOf(value); at.has_value()) return ShortTime(*at);
  return CellText(value, "");
}

QueryValue ValueOf(Timestamp instant) {
  absl::StatusOr<language::DateTime> at = language::DateTimeOf(instant, "Z");
  return at.ok() ? QueryValue{*std::move(at)} : QueryValue();
}

absl::StatusOr<Timestamp> ParseInstant(const std::string& text, std::string_view option) {
  absl::StatusOr<Timestamp> instant = ParseTimestamp(text);
  if (instant.ok()) return instant;
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%s '%s': %s", std::string(option), text,
                                   std::string(MessageOf(instant.status()))),
                   option);
}

absl::StatusOr<language::PackedMap> FindProcessRecord(client::Client& client,
                                                      const std::string& key,
                                                      const std::string& class_name,
                                                      const client::ViewName& view) {
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<QueryRow> rows,
      RowsOf(client, absl::StrFormat("MATCH (r:%s {key: $key}) RETURN properties(r)", class_name),
             {{"key", QueryValue{key}}}, view));
  if (!rows.empty()) {
    if (const auto* const map = rows[0][0].As<language::PackedMap>(); map != nullptr) return *map;
  }
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("record %s: there is no %s of this key; `kosei search` finds "
                                   "keys",
                                   key, class_name),
                   "key");
}

const QueryValue& At(const language::PackedMap& attributes, std::string_view name) {
  static const QueryValue* const nothing = new QueryValue();
  for (const language::PackedEntry& each : attributes) {
    if (each.key == name) return each.value;
  }
  return *nothing;
}

}  // namespace kosei::cli
