#include "kosei/process/messages.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/str_format.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"notifications"};
constexpr std::array<std::string_view, 2> kTemplateKeys = {"name", "text"};
constexpr std::array<std::string_view, 9> kAudiences = {"reporter", "customer", "author",
                                                        "assignee", "group",    "implementer",
                                                        "deputy",   "watchers", "owners"};
constexpr std::string_view kNoValue = "-";

bool IsPlaceholder(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

// Visits the text piece by piece: what stands outside of braces, and names in them. The name of a
// brace that is not closed is empty.
template <typename Plain, typename Name>
void ForEachPiece(std::string_view text, Plain&& plain, Name&& name) {
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    plain(text.substr(0, open));
    if (open == std::string_view::npos) return;
    text.remove_prefix(open + 1);
    const std::size_t close = text.find('}');
    name(text.substr(0, close == std::string_view::npos ? 0 : close));
    if (close == std::string_view::npos) return;
    text.remove_prefix(close + 1);
  }
}

absl::Status ReadTemplate(const YamlBlock& block, std::vector<MessageTemplate>& templates) {
  MessageTemplate message;
  KOSEI_RETURN_IF_ERROR(block.RequireName("name", message.name));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("text", message.text));
  const bool twice = std::any_of(templates.begin(), templates.end(),
                                 [&](const auto& each) { return each.name == message.name; });
  if (twice) {
    return block.ErrorAt("name", absl::StrFormat("notification %s is there already; give it "
                                                 "another name",
                                                 message.name));
  }
  absl::Status wrong;
  for (const std::string* text : {&message.text.en, &message.text.ja}) {
    ForEachPiece(
        *text, [](std::string_view) {},
        [&](std::string_view name) {
          if (!IsPlaceholder(name)) {
            wrong = block.ErrorAt(
                "text", absl::StrFormat("notification %s: in braces stands the name of an "
                                        "attribute, key, or input.NAME, as in {name}",
                                        message.name));
            return;
          }
          std::vector<std::string>& known = message.placeholders;
          if (std::find(known.begin(), known.end(), name) == known.end()) known.emplace_back(name);
        });
  }
  KOSEI_RETURN_IF_ERROR(wrong);
  templates.push_back(std::move(message));
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(TextLanguage language) {
  return language == TextLanguage::kJapanese ? "ja" : "en";
}

std::optional<TextLanguage> TextLanguageOf(std::string_view name) {
  if (name == "en") return TextLanguage::kEnglish;
  if (name == "ja") return TextLanguage::kJapanese;
  return std::nullopt;
}

const std::string& In(const Label& label, TextLanguage language) {
  return language == TextLanguage::kJapanese ? label.ja : label.en;
}

absl::StatusOr<MessageBook> MessageBook::Load(std::span<const DefinitionFile> files) {
  MessageBook book;
  for (const DefinitionFile& definition : files) {
    YamlFile file(definition.name);
    KOSEI_RETURN_IF_ERROR(
        file.Read(definition.text, [&](const YAML::Node& document) -> absl::Status {
          KOSEI_ASSIGN_OR_RETURN(
              const YamlBlock block,
              YamlBlock::Open(file, document, "a file of notifications", kFileKeys));
          return block.ForEachBlock(
              "notifications", "a notification", kTemplateKeys,
              [&](const YamlBlock& each) { return ReadTemplate(each, book.templates_); });
        }));
  }
  return book;
}

const MessageTemplate* MessageBook::Find(std::string_view name) const {
  const auto found = std::find_if(templates_.begin(), templates_.end(),
                                  [&](const MessageTemplate& each) { return each.name == name; });
  return found == templates_.end() ? nullptr : &*found;
}

std::string Rendered(const MessageTemplate& message, TextLanguage language,
                     const MessageValues& values) {
  std::string text;
  ForEachPiece(
      In(message.text, language), [&](std::string_view plain) { text += plain; },
      [&](std::string_view name) {
        const auto value = values.find(name);
        text += value == values.end() || value->second.empty() ? kNoValue : value->second;
      });
  return text;
}

std::span<const std::string_view> KnownAudiences() { return kAudiences; }

}  // namespace kosei::process
