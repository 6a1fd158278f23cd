#include "clock/yaml_reader.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

constexpr std::size_t kTextBytesMax = 4096;
constexpr std::array<std::string_view, 2> kLabelKeys = {"en", "ja"};

std::string_view KindOf(const YAML::Node& node) {
  if (node.IsScalar()) return "a single value";
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a mapping";
  return "nothing";
}

std::string Joined(std::span<const std::string_view> keys) {
  std::string joined;
  for (const std::string_view key : keys) {
    if (!joined.empty()) joined += ", ";
    joined += key;
  }
  return joined;
}

}  // namespace

std::string InQuotes(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string shown = "\"";
  for (const char c : text.substr(0, kShown)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control) {
      shown += absl::StrFormat("\\x%02x", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  // Not in the middle of a character.
  if (text.size() > kShown) {
    while ((static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80U) shown.pop_back();
    if (static_cast<unsigned char>(shown.back()) >= 0xC0U) shown.pop_back();
    shown += "...";
  }
  return shown + "\"";
}

absl::StatusOr<YAML::Node> ClockYaml::Load(std::string_view text) const {
  if (text.size() > kDefinitionFileBytesMax) {
    return MakeError(ErrorCode::kModelInvalid,
                     absl::StrFormat("%s: the file has %d bytes, expected at most %d; split it",
                                     name_, text.size(), kDefinitionFileBytesMax));
  }
  try {
    return YAML::Load(std::string(text));
  } catch (const YAML::Exception& error) {
    const std::string where =
        error.mark.is_null() ? name_ : absl::StrFormat("%s:%d", name_, error.mark.line + 1);
    return MakeError(ErrorCode::kModelInvalid,
                     absl::StrFormat("%s: this is no YAML: %s; look at indents, colons and quotes "
                                     "of this line and the one before it",
                                     where, error.msg));
  }
}

std::string ClockYaml::At(const YAML::Node& node) const {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? name_ : absl::StrFormat("%s:%d", name_, mark.line + 1);
}

absl::Status ClockYaml::Error(const YAML::Node& node, std::string_view message) const {
  return MakeError(ErrorCode::kModelInvalid, absl::StrFormat("%s: %s", At(node), message));
}

absl::StatusOr<std::string> ClockYaml::Text(const YAML::Node& node, std::string_view what) const {
  if (!node.IsScalar()) {
    return Error(node, absl::StrFormat("%s is %s, expected text; write it after the colon", what,
                                       KindOf(node)));
  }
  if (node.Scalar().size() > kTextBytesMax) {
    return Error(node, absl::StrFormat("%s has %d bytes, expected at most %d; shorten it", what,
                                       node.Scalar().size(), kTextBytesMax));
  }
  return node.Scalar();
}

absl::Status ClockYaml::ForEach(const YAML::Node& node, std::string_view what,
                                absl::FunctionRef<absl::Status(const YAML::Node&)> visit) {
  if (!node.IsSequence()) {
    return Error(node, absl::StrFormat("%s is %s, expected a list; begin each item with \"- \"",
                                       what, KindOf(node)));
  }
  for (const YAML::Node& item : node) {
    if (++items_ > kDefinitionItemsMax) {
      return Error(item, absl::StrFormat("the file has more than %d list items, aliases counted; "
                                         "split it",
                                         kDefinitionItemsMax));
    }
    KOSEI_RETURN_IF_ERROR(visit(item));
  }
  return absl::OkStatus();
}

absl::StatusOr<ClockYamlMap> ClockYamlMap::Open(const ClockYaml& file, const YAML::Node& node,
                                                std::string_view what,
                                                std::span<const std::string_view> keys) {
  if (!node.IsMap()) {
    return file.Error(node, absl::StrFormat("%s is %s, expected a mapping with the keys %s", what,
                                            KindOf(node), Joined(keys)));
  }
  ClockYamlMap map(file, node, what);
  for (const auto& entry : node) {
    KOSEI_ASSIGN_OR_RETURN(const std::string key,
                           file.Text(entry.first, absl::StrFormat("a key of %s", what)));
    const auto known = std::ranges::find(keys, key);
    if (known == keys.end()) {
      NearestName nearest(key);
      for (const std::string_view candidate : keys) nearest.Offer(candidate);
      return file.Error(entry.first,
                        absl::StrFormat("unknown key %s of %s%s; expected one of %s", InQuotes(key),
                                        what, nearest.Suggestion(), Joined(keys)));
    }
    if (const YAML::Node* earlier = map.Find(*known)) {
      return file.Error(entry.first,
                        absl::StrFormat("key %s of %s is given twice, first at %s; keep one",
                                        InQuotes(key), what, file.At(*earlier)));
    }
    map.entries_.emplace_back(*known, entry.second);
  }
  return map;
}

const YAML::Node* ClockYamlMap::Find(std::string_view key) const {
  for (const auto& [name, node] : entries_) {
    if (name == key) return &node;
  }
  return nullptr;
}

absl::StatusOr<const YAML::Node*> ClockYamlMap::Require(std::string_view key) const {
  const YAML::Node* node = Find(key);
  if (node != nullptr) return node;
  return file_->Error(node_, absl::StrFormat("%s has no %s; add \"%s: ...\"", what_, key, key));
}

absl::StatusOr<std::string> ClockYamlMap::RequireText(std::string_view key) const {
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const node, Require(key));
  KOSEI_ASSIGN_OR_RETURN(std::string text,
                         file_->Text(*node, absl::StrFormat("%s of %s", key, what_)));
  if (!text.empty()) return text;
  return file_->Error(*node, absl::StrFormat("%s of %s is empty; give it a text", key, what_));
}

absl::StatusOr<model::Label> ClockYamlMap::RequireLabel(std::string_view key) const {
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const node, Require(key));
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         Open(*file_, *node, absl::StrFormat("%s of %s", key, what_), kLabelKeys));
  model::Label label;
  KOSEI_ASSIGN_OR_RETURN(label.en, map.RequireText("en"));
  KOSEI_ASSIGN_OR_RETURN(label.ja, map.RequireText("ja"));
  return label;
}

}  // namespace kosei::process
