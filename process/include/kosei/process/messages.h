// Texts of notifications, as the definitions give them: in each language, with values in braces.
// "{key} is assigned to you": {key} is that of the record, {name} one of its attributes, and
// {input.reason} what was given to the transition.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/model/definition.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

enum class TextLanguage : std::uint8_t { kEnglish, kJapanese };
std::string_view NameOf(TextLanguage language);  // "en"
std::optional<TextLanguage> TextLanguageOf(std::string_view name);
const std::string& In(const Label& label, TextLanguage language);

// What stands for each name in braces.
using MessageValues = std::map<std::string, std::string, std::less<>>;

struct MessageTemplate {
  std::string name;
  Label text;
  std::vector<std::string> placeholders = {};  // of both languages, each once
};

// Immutable; thread-safe.
class MessageBook {
 public:
  // kModelInvalid with file and line: a name twice, a brace that is not closed, a name in braces
  // that is none.
  static absl::StatusOr<MessageBook> Load(std::span<const DefinitionFile> files);

  bool empty() const { return templates_.empty(); }
  const std::vector<MessageTemplate>& templates() const { return templates_; }
  const MessageTemplate* Find(std::string_view name) const;  // nullptr: unknown

 private:
  std::vector<MessageTemplate> templates_;
};

// The text with its values; "-" where there is none.
std::string Rendered(const MessageTemplate& message, TextLanguage language,
                     const MessageValues& values);

// The words of audiences that the program knows besides the roles.
std::span<const std::string_view> KnownAudiences();

}  // namespace kosei::process
