// Reading definitions from YAML with strict rules: a mapping has known keys, each at most once, and
// every error says file and line and how to mend it. The only place of this room that sees
// yaml-cpp, whose exceptions end here.
#pragma once

#include <cstddef>
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

// The most that one file of definitions may hold, and the items of its lists, aliases counted.
inline constexpr std::size_t kDefinitionFileBytesMax = 1U << 20;
inline constexpr std::size_t kDefinitionItemsMax = 50'000;

// The text in double quotes, cut after 80 bytes, without control characters.
std::string InQuotes(std::string_view text);

class ClockYaml {
 public:
  explicit ClockYaml(std::string_view name) : name_(name) {}

  // The root of the document. kModelInvalid when it is no YAML or too large.
  absl::StatusOr<YAML::Node> Load(std::string_view text) const;
  // "file:line".
  std::string At(const YAML::Node& node) const;
  // kModelInvalid.
  absl::Status Error(const YAML::Node& node, std::string_view message) const;
  // The text of a scalar; `what` names it in errors.
  absl::StatusOr<std::string> Text(const YAML::Node& node, std::string_view what) const;
  absl::Status ForEach(const YAML::Node& node, std::string_view what,
                       absl::FunctionRef<absl::Status(const YAML::Node&)> visit);

 private:
  std::string name_;
  std::size_t items_ = 0;
};

// One mapping of a file, which must outlive it.
class ClockYamlMap {
 public:
  // `keys` must outlive the mapping.
  static absl::StatusOr<ClockYamlMap> Open(const ClockYaml& file, const YAML::Node& node,
                                           std::string_view what,
                                           std::span<const std::string_view> keys);

  const YAML::Node& node() const { return node_; }
  // nullptr when absent.
  const YAML::Node* Find(std::string_view key) const;
  // An absent or empty value is an error.
  absl::StatusOr<std::string> RequireText(std::string_view key) const;
  absl::StatusOr<const YAML::Node*> Require(std::string_view key) const;
  // {en: ..., ja: ...}, both of them.
  absl::StatusOr<model::Label> RequireLabel(std::string_view key) const;

 private:
  ClockYamlMap(const ClockYaml& file, const YAML::Node& node, std::string_view what)
      : file_(&file), node_(node), what_(what) {}

  const ClockYaml* file_;
  YAML::Node node_;
  std::string what_;
  std::vector<std::pair<std::string_view, YAML::Node>> entries_;
};

}  // namespace kosei::process
