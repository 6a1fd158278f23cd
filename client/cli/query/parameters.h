// Parameters of statements as people type them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/client/statement.h"

namespace kosei::cli {

struct NamedText {
  std::string name;
  std::string text;
};
// "NAME=VALUE". kInvalidArgument, with `option` as field.
absl::StatusOr<NamedText> ParseNamed(const std::string& text, std::string_view option);

// What a bare word means: whole numbers, decimals, true, false, null, dates (2026-01-01) and
// date-times (2026-01-01T09:00:00Z) are what they look like, everything else is text, and so is
// what stands in quotation marks.
client::QueryValue ValueOfWord(const std::string& word);
// Of JSON text; whole numbers are integers. kInvalidArgument.
absl::StatusOr<client::QueryValue> ValueOfJson(const std::string& text);

// Of a name that is there already the value is replaced.
void SetParameter(language::PackedMap& parameters, const std::string& name,
                  client::QueryValue value);
const client::QueryValue* FindParameter(const language::PackedMap& parameters,
                                        std::string_view name);

// --param and --param-json, each "NAME=..."; the later of one name counts.
absl::Status AddParameters(const std::vector<std::string>& words,
                           const std::vector<std::string>& json, language::PackedMap& parameters);

}  // namespace kosei::cli
