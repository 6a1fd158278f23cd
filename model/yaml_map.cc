#include "yaml_map.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "names.h"

namespace kosei::model {
namespace {

constexpr std::size_t kItemsMax = 50'000;
constexpr std::array<std::string_view, 2> kLabelKeys = {"en", "ja"};

std::string_view KindOf(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      return "nothing";
    case YAML::NodeType::Scalar:
      return "a single value";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Map:
      return "a mapping";
  }
  return "nothing";
}

std::string JoinKeys(std::span<const std::string_view> keys) {
  std::string joined;
  for (const std::string_view key : keys) {
    if (!joined.empty()) joined += ", ";
    joined += key;
  }
  return joined;
}

}  // namespace

absl::Status ModelError(std::string_view origin, std::string_view message) {
  if (origin.empty()) return MakeError(ErrorCode::kModelInvalid, message);
  return MakeError(ErrorCode::kModelInvalid, absl::StrFormat("%s: %s", origin, message));
}

std::string YamlSource::At(const YAML::Mark& mark) const {
  if (mark.is_null()) return name_;
  return absl::StrFormat("%s:%d", name_, mark.line + 1);
}

absl::Status YamlSource::Error(const YAML::Node& node, std::string_view message) const {
  return ModelError(At(node), message);
}

absl::StatusOr<std::string> YamlSource::Text(const YAML::Node& node, std::string_view what) const {
  if (!node.IsScalar()) {
    return Error(node,
                 absl::StrFormat("%s is %s, expected text; write it after the colon, in quotes "
                                 "where YAML would read it as something else",
                                 what, KindOf(node)));
  }
  if (node.Scalar().size() > kModelTextBytesMax) {
    return Error(node, absl::StrFormat("%s has %d bytes, expected at most %d; shorten it", what,
                                       node.Scalar().size(), kModelTextBytesMax));
  }
  return node.Scalar();
}

absl::Status YamlSource::ForEach(const YAML::Node& node, std::string_view what,
                                 absl::FunctionRef<absl::Status(const YAML::Node&)> visit) {
  if (!node.IsSequence()) {
    return Error(node, absl::StrFormat("%s is %s, expected a list; begin each item with \"- \"",
                                       what, KindOf(node)));
  }
  for (const YAML::Node& item : node) {
    if (++items_ > kItemsMax) {
      return Error(item, absl::StrFormat("the model has more than %d list items, aliases counted; "
                                         "split it or drop what is not needed",
                                         kItemsMax));
    }
    KOSEI_RETURN_IF_ERROR(visit(item));
  }
  return absl::OkStatus();
}

absl::StatusOr<YamlMap> YamlMap::Open(const YamlSource& source, const YAML::Node& node,
                                      std::string_view what,
                                      std::span<const std::string_view> keys) {
  if (!node.IsMap()) {
    return source.Error(node, absl::StrFormat("%s is %s, expected a mapping with the keys %s", what,
                                              KindOf(node), JoinKeys(keys)));
  }
  YamlMap map(source, node, what);
  for (const auto& entry : node) {
    KOSEI_ASSIGN_OR_RETURN(const std::string key,
                           source.Text(entry.first, absl::StrFormat("a key of %s", what)));
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known == keys.end()) {
      NearestName nearest(key);
      for (const std::string_view candidate : keys) nearest.Offer(candidate);
      const std::string hint = nearest.best().empty()
                                   ? absl::StrFormat("; expected one of %s", JoinKeys(keys))
                                   : nearest.Suggestion();
      return source.Error(entry.first,
                          absl::StrFormat("unknown key %s of %s%s", Quoted(key), what, hint));
    }
    if (const YAML::Node* earlier = map.Find(*known)) {
      return source.Error(entry.first,
                          absl::StrFormat("key %s of %s is given twice, first at %s; keep one",
                                          Quoted(key), what, source.At(*earlier)));
    }
    map.entries_.emplace_back(*known, entry.second);
  }
  return map;
}

const YAML::Node* YamlMap::Find(std::string_view key) const {
  for (const auto& [name, node] : entries_) {
    if (name == key) return &node;
  }
  return nullptr;
}

absl::Status YamlMap::ReadText(std::string_view key, std::string& out) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(out, source_->Text(*node, absl::StrFormat("%s of %s", key, what_)));
  return absl::OkStatus();
}

absl::Status YamlMap::ReadBoolean(std::string_view key, bool& out) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  const std::string what = absl::StrFormat("%s of %s", key, what_);
  KOSEI_ASSIGN_OR_RETURN(const std::string text, source_->Text(*node, what));
  if (text != "true" && text != "false") {
    return source_->Error(*node,
                          absl::StrFormat("%s is %s, expected true or false", what, Quoted(text)));
  }
  out = text == "true";
  return absl::OkStatus();
}

absl::Status YamlMap::ReadLabel(std::string_view key, Label& out) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(
      const YamlMap label,
      Open(*source_, *node, absl::StrFormat("%s of %s", key, what_), kLabelKeys));
  KOSEI_RETURN_IF_ERROR(label.RequireText("en", out.en));
  return label.RequireText("ja", out.ja);
}

absl::Status YamlMap::RequireText(std::string_view key, std::string& out) const {
  if (Find(key) == nullptr) {
    return source_->Error(node_, absl::StrFormat("%s has no %s; add \"%s: ...\"", what_, key, key));
  }
  KOSEI_RETURN_IF_ERROR(ReadText(key, out));
  if (!out.empty()) return absl::OkStatus();
  return source_->Error(*Find(key),
                        absl::StrFormat("%s of %s is empty; give it a text", key, what_));
}

absl::Status ForEachEntry(YamlSource& source, const YamlMap& map, std::string_view key,
                          std::string_view list, std::string_view entry,
                          std::span<const std::string_view> keys,
                          absl::FunctionRef<absl::Status(const YamlMap&)> visit) {
  const YAML::Node* node = map.Find(key);
  if (node == nullptr) return absl::OkStatus();
  return source.ForEach(*node, list, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlMap opened, YamlMap::Open(source, item, entry, keys));
    return visit(opened);
  });
}

absl::Status ReadTexts(YamlSource& source, const YamlMap& map, std::string_view key,
                       std::string_view what, std::vector<std::string>& out) {
  const YAML::Node* node = map.Find(key);
  if (node == nullptr) return absl::OkStatus();
  return source.ForEach(*node, what, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(std::string text, source.Text(item, what));
    out.push_back(std::move(text));
    return absl::OkStatus();
  });
}

}  // namespace kosei::model
