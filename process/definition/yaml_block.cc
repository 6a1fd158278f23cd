#include "definition/yaml_block.h"

#include <algorithm>
#include <array>
#include <exception>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/value.h"

namespace kosei::process {
namespace {

constexpr std::size_t kNodesMax = 50'000;
constexpr std::uint32_t kCountMax = 1'000'000;
constexpr std::array<std::string_view, 2> kLabelKeys = {"en", "ja"};

std::string_view KindOf(const YAML::Node& node) {
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a mapping";
  return node.IsScalar() ? "a single value" : "empty";
}

}  // namespace

absl::Status DefinitionError(std::string_view origin, std::string_view message) {
  if (origin.empty()) return MakeError(ErrorCode::kModelInvalid, message);
  return MakeError(ErrorCode::kModelInvalid, absl::StrFormat("%s: %s", origin, message));
}

absl::Status YamlFile::Read(std::string_view yaml,
                            absl::FunctionRef<absl::Status(const YAML::Node&)> visit) {
  if (yaml.size() > kDefinitionFileBytesMax) {
    return DefinitionError(name_, absl::StrFormat("the file has %d bytes, expected at most %d; "
                                                  "split it",
                                                  yaml.size(), kDefinitionFileBytesMax));
  }
  if (!IsValidUtf8(yaml) || yaml.find('\0') != std::string_view::npos)
    return DefinitionError(name_, "the file is not UTF-8 text; save it as UTF-8");
  try {
    for (const YAML::Node& document : YAML::LoadAll(std::string(yaml))) {
      if (document.IsNull()) continue;
      KOSEI_RETURN_IF_ERROR(visit(document));
    }
  } catch (const YAML::Exception& error) {
    return DefinitionError(At(error.mark),
                           absl::StrFormat("this is not YAML: %s; look at indentation, quotes and "
                                           "colons here and on the line above",
                                           error.msg));
  } catch (const std::exception& error) {
    return DefinitionError(name_, absl::StrFormat("the file cannot be read: %s", error.what()));
  }
  return absl::OkStatus();
}

std::string YamlFile::At(const YAML::Mark& mark) const {
  return mark.is_null() ? name_ : absl::StrFormat("%s:%d", name_, mark.line + 1);
}

absl::Status YamlFile::Error(const YAML::Node& node, std::string_view message) const {
  return DefinitionError(At(node), message);
}

absl::Status YamlFile::Count(const YAML::Node& node) {
  if (++nodes_ <= kNodesMax) return absl::OkStatus();
  return Error(node, absl::StrFormat("the file has more than %d values, aliases counted each time; "
                                     "split it",
                                     kNodesMax));
}

absl::StatusOr<std::string> YamlFile::Text(const YAML::Node& node, std::string_view what) {
  KOSEI_RETURN_IF_ERROR(Count(node));
  if (!node.IsScalar()) {
    return Error(node, absl::StrFormat("%s is %s, expected text; put it in quotes where YAML reads "
                                       "it as something else",
                                       what, KindOf(node)));
  }
  if (node.Scalar().size() > kDefinitionTextBytesMax) {
    return Error(node, absl::StrFormat("%s has %d bytes, expected at most %d; shorten it", what,
                                       node.Scalar().size(), kDefinitionTextBytesMax));
  }
  return node.Scalar();
}

absl::Status YamlFile::ForEach(const YAML::Node& node, std::string_view what,
                               absl::FunctionRef<absl::Status(const YAML::Node&)> visit) {
  if (!node.IsSequence()) {
    return Error(node, absl::StrFormat("%s is %s, expected a list; begin each item with \"- \"",
                                       what, KindOf(node)));
  }
  for (const YAML::Node& item : node) {
    KOSEI_RETURN_IF_ERROR(Count(item));
    KOSEI_RETURN_IF_ERROR(visit(item));
  }
  return absl::OkStatus();
}

absl::Status YamlFile::ForEachPair(
    const YAML::Node& node, std::string_view what,
    absl::FunctionRef<absl::Status(const std::string&, const YAML::Node&)> visit) {
  if (!node.IsMap()) {
    return Error(node, absl::StrFormat("%s is %s, expected a mapping as in {key: value}", what,
                                       KindOf(node)));
  }
  std::set<std::string> seen;
  for (const auto& entry : node) {
    KOSEI_ASSIGN_OR_RETURN(const std::string key,
                           Text(entry.first, absl::StrFormat("a key of %s", what)));
    if (!seen.insert(key).second) {
      return Error(entry.first,
                   absl::StrFormat("key %s of %s comes twice; keep one", Shown(key), what));
    }
    KOSEI_RETURN_IF_ERROR(visit(key, entry.second));
  }
  return absl::OkStatus();
}

absl::StatusOr<YamlBlock> YamlBlock::Open(YamlFile& file, const YAML::Node& node,
                                          std::string_view what, Keys keys) {
  YamlBlock block(file, node, what);
  if (!node.IsMap()) {
    return file.Error(node, absl::StrFormat("%s is %s, expected a mapping with keys of %s", what,
                                            KindOf(node), Joined(keys)));
  }
  KOSEI_RETURN_IF_ERROR(file.ForEachPair(
      node, what, [&](const std::string& key, const YAML::Node& value) -> absl::Status {
        const auto known = std::ranges::find(keys, key);
        if (known == keys.end()) {
          return file.Error(
              value, absl::StrFormat("unknown key %s of %s%s", Shown(key), what, Hint(key, keys)));
        }
        block.entries_.emplace_back(*known, value);
        return absl::OkStatus();
      }));
  return block;
}

const YAML::Node* YamlBlock::Find(std::string_view key) const {
  for (const auto& [name, node] : entries_)
    if (name == key) return &node;
  return nullptr;
}

std::string YamlBlock::NameOf(std::string_view key) const {
  return absl::StrFormat("%s of %s", key, what_);
}

std::string YamlBlock::At(std::string_view key) const {
  const YAML::Node* node = Find(key);
  return file_->At(node == nullptr ? node_ : *node);
}

absl::Status YamlBlock::ErrorAt(std::string_view key, std::string_view message) const {
  return DefinitionError(At(key), message);
}

absl::Status YamlBlock::ReadText(std::string_view key, std::string& out) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(out, file_->Text(*node, NameOf(key)));
  if (!out.empty()) return absl::OkStatus();
  return ErrorAt(key,
                 absl::StrFormat("%s is empty; give it a text or leave the key out", NameOf(key)));
}

absl::Status YamlBlock::RequireText(std::string_view key, std::string& out) const {
  if (!Has(key)) return Error(absl::StrFormat("%s has no %s; add \"%s: ...\"", what_, key, key));
  return ReadText(key, out);
}

absl::Status YamlBlock::RequireName(std::string_view key, std::string& out) const {
  KOSEI_RETURN_IF_ERROR(RequireText(key, out));
  if (IsPlainName(out)) return absl::OkStatus();
  return ErrorAt(key, absl::StrFormat("%s is %s, expected at most %d lower-case letters, digits "
                                      "and underscores between them, as in \"in_progress\"",
                                      NameOf(key), Shown(out), kDefinitionNameBytesMax));
}

absl::Status YamlBlock::ReadFlag(std::string_view key, bool& out) const {
  std::string text;
  KOSEI_RETURN_IF_ERROR(ReadText(key, text));
  if (!Has(key)) return absl::OkStatus();
  if (text != "true" && text != "false") {
    return ErrorAt(key,
                   absl::StrFormat("%s is %s, expected true or false", NameOf(key), Shown(text)));
  }
  out = text == "true";
  return absl::OkStatus();
}

absl::Status YamlBlock::ReadCount(std::string_view key, std::uint32_t& out) const {
  std::string text;
  KOSEI_RETURN_IF_ERROR(ReadText(key, text));
  if (!Has(key)) return absl::OkStatus();
  if (absl::SimpleAtoi(text, &out) && out >= 1 && out <= kCountMax) return absl::OkStatus();
  return ErrorAt(key, absl::StrFormat("%s is %s, expected a whole number from 1 to %d", NameOf(key),
                                      Shown(text), kCountMax));
}

absl::Status YamlBlock::ReadLabel(std::string_view key, model::Label& out) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const YamlBlock label, Open(*file_, *node, NameOf(key), kLabelKeys));
  KOSEI_RETURN_IF_ERROR(label.RequireText("en", out.en));
  return label.RequireText("ja", out.ja);
}

absl::Status YamlBlock::RequireLabel(std::string_view key, model::Label& out) const {
  if (Has(key)) return ReadLabel(key, out);
  return Error(absl::StrFormat("%s has no %s; add \"%s: {en: ..., ja: ...}\"", what_, key, key));
}

absl::Status YamlBlock::ReadTexts(std::string_view key, std::vector<std::string>& out) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  const std::string what = NameOf(key);
  const auto add = [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(std::string text, file_->Text(item, what));
    if (text.empty()) return file_->Error(item, absl::StrFormat("%s has an empty text", what));
    if (std::ranges::find(out, text) != out.end()) {
      return file_->Error(item, absl::StrFormat("%s has %s twice; keep one", what, Shown(text)));
    }
    out.push_back(std::move(text));
    return absl::OkStatus();
  };
  out.clear();
  return node->IsScalar() ? add(*node) : file_->ForEach(*node, what, add);
}

absl::Status YamlBlock::ForEachBlock(
    std::string_view key, std::string_view what, Keys keys,
    absl::FunctionRef<absl::Status(const YamlBlock&)> visit) const {
  const YAML::Node* node = Find(key);
  if (node == nullptr) return absl::OkStatus();
  return file_->ForEach(*node, NameOf(key), [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block, Open(*file_, item, what, keys));
    return visit(block);
  });
}

}  // namespace kosei::process
