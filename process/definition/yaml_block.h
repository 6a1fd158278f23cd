// Definitions of processes in YAML: every mapping has a known set of keys, each at most once, and
// every error says file and line and how to mend it. The one place of this layer that yaml-cpp is
// called from; what it throws ends here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/model/definition.h"
#include "yaml-cpp/yaml.h"

namespace kosei::process {

inline constexpr std::size_t kDefinitionFileBytesMax = std::size_t{1} << 20;
// The longest text in one place.
inline constexpr std::size_t kDefinitionTextBytesMax = 16'384;

// kModelInvalid; `origin` is "file:line", or empty.
absl::Status DefinitionError(std::string_view origin, std::string_view message);

using Keys = std::span<const std::string_view>;

class YamlBlock;

// The file that is read: what it is called, and how much was read of it (an alias makes a small
// file large).
class YamlFile {
 public:
  explicit YamlFile(std::string_view name) : name_(name) {}

  // Visits each document of the text that is not empty.
  absl::Status Read(std::string_view yaml,
                    absl::FunctionRef<absl::Status(const YAML::Node&)> visit);

  std::string At(const YAML::Node& node) const { return At(node.Mark()); }
  std::string At(const YAML::Mark& mark) const;
  absl::Status Error(const YAML::Node& node, std::string_view message) const;

  // A scalar's text. `what` names it in errors, as in "name of a state".
  absl::StatusOr<std::string> Text(const YAML::Node& node, std::string_view what);
  absl::Status ForEach(const YAML::Node& node, std::string_view what,
                       absl::FunctionRef<absl::Status(const YAML::Node&)> visit);
  // Visits the entries of a mapping with any keys, in their order; a key that comes twice is an
  // error.
  absl::Status ForEachPair(
      const YAML::Node& node, std::string_view what,
      absl::FunctionRef<absl::Status(const std::string& key, const YAML::Node& value)> visit);

 private:
  absl::Status Count(const YAML::Node& node);

  std::string name_;
  std::size_t nodes_ = 0;
};

// A mapping. An absent key leaves `out` as it is; of Require... it is an error.
class YamlBlock {
 public:
  // `what` names the mapping in errors, as in "a state". `keys` must outlive the block.
  static absl::StatusOr<YamlBlock> Open(YamlFile& file, const YAML::Node& node,
                                        std::string_view what, Keys keys);

  const YAML::Node* Find(std::string_view key) const;  // nullptr: absent
  bool Has(std::string_view key) const { return Find(key) != nullptr; }
  const YAML::Node& node() const { return node_; }
  YamlFile& file() const { return *file_; }
  std::string At() const { return file_->At(node_); }
  std::string At(std::string_view key) const;  // of its value; of the block when it is absent
  absl::Status Error(std::string_view message) const { return file_->Error(node_, message); }
  absl::Status ErrorAt(std::string_view key, std::string_view message) const;

  absl::Status ReadText(std::string_view key, std::string& out) const;
  absl::Status RequireText(std::string_view key, std::string& out) const;
  absl::Status RequireName(std::string_view key, std::string& out) const;  // IsPlainName
  absl::Status ReadFlag(std::string_view key, bool& out) const;
  absl::Status ReadCount(std::string_view key, std::uint32_t& out) const;  // 1 to 1,000,000
  // {en: ..., ja: ...}, both.
  absl::Status ReadLabel(std::string_view key, model::Label& out) const;
  absl::Status RequireLabel(std::string_view key, model::Label& out) const;
  // A list of texts, or a single one; each at most once.
  absl::Status ReadTexts(std::string_view key, std::vector<std::string>& out) const;
  // Visits each mapping of the list.
  absl::Status ForEachBlock(std::string_view key, std::string_view what, Keys keys,
                            absl::FunctionRef<absl::Status(const YamlBlock&)> visit) const;

 private:
  YamlBlock(YamlFile& file, const YAML::Node& node, std::string_view what)
      : file_(&file), node_(node), what_(what) {}
  std::string NameOf(std::string_view key) const;  // "label of a state"

  YamlFile* file_;
  YAML::Node node_;
  std::string what_;
  std::vector<std::pair<std::string_view, YAML::Node>> entries_;
};

}  // namespace kosei::process
