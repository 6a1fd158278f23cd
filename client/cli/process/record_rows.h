// Rows of statements, for commands that lay them out themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/time.h"
#include "kosei/client/client.h"

namespace kosei::cli {

// All rows of a statement.
absl::StatusOr<std::vector<client::QueryRow>> RowsOf(client::Client& client, std::string text,
                                                     language::PackedMap parameters,
                                                     const client::ViewName& view = {});

// Text of a value; empty when it is null or something else.
std::string TextOf(const client::QueryValue& value);
std::vector<std::string> TextsOf(const client::QueryValue& value);  // of a list
std::optional<Timestamp> InstantOf(const client::QueryValue& value);
// As people read it; null is empty.
std::string CellOf(const client::QueryValue& value);
client::QueryValue ValueOf(Timestamp instant);  // null beyond the calendar

// RFC 3339, naming `option`. kInvalidArgument.
absl::StatusOr<Timestamp> ParseInstant(const std::string& text, std::string_view option);

// kNotFound unless there is a record of this key and class; its attributes.
absl::StatusOr<language::PackedMap> FindProcessRecord(client::Client& client,
                                                      const std::string& key,
                                                      const std::string& class_name,
                                                      const client::ViewName& view = {});
const client::QueryValue& At(const language::PackedMap& attributes, std::string_view name);

}  // namespace kosei::cli
