// Reading YAML with strict rules: every mapping has a known set of keys, each at most once, every
// value the expected kind, and every error says file and line.
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

namespace kosei::model {

// The longest text that a model may hold in one place.
inline constexpr std::size_t kModelTextBytesMax = 4096;

// kModelInvalid; `origin` is "file:line", or empty.
absl::Status ModelError(std::string_view origin, std::string_view message);

// The text being read: what it is called, and how much has been read of it (an alias makes a small
// file large).
class YamlSource {
 public:
  explicit YamlSource(std::string_view name) : name_(name) {}
  std::string At(const YAML::Mark& mark) const;
  std::string At(const YAML::Node& node) const { return At(node.Mark()); }
  absl::Status Error(const YAML::Node& node, std::string_view message) const;

  // The text of a scalar. `what` names it in errors, as in "name of a class".
  absl::StatusOr<std::string> Text(const YAML::Node& node, std::string_view what) const;
  // Visits the items of a sequence until an error.
  absl::Status ForEach(const YAML::Node& node, std::string_view what,
                       absl::FunctionRef<absl::Status(const YAML::Node&)> visit);

 private:
  std::string name_;
  std::size_t items_ = 0;
};

class YamlMap {
 public:
  // `what` names the mapping in errors, as in "a class". `keys` must outlive the map.
  static absl::StatusOr<YamlMap> Open(const YamlSource& source, const YAML::Node& node,
                                      std::string_view what,
                                      std::span<const std::string_view> keys);

  // nullptr when absent.
  const YAML::Node* Find(std::string_view key) const;
  const YAML::Node& node() const { return node_; }

  // An absent key leaves `out` as it is.
  absl::Status ReadText(std::string_view key, std::string& out) const;
  absl::Status ReadBoolean(std::string_view key, bool& out) const;
  absl::Status ReadLabel(std::string_view key, Label& out) const;
  // An absent key is an error.
  absl::Status RequireText(std::string_view key, std::string& out) const;

 private:
  YamlMap(const YamlSource& source, const YAML::Node& node, std::string_view what)
      : source_(&source), node_(node), what_(what) {}

  const YamlSource* source_;
  YAML::Node node_;
  std::string what_;
  std::vector<std::pair<std::string_view, YAML::Node>> entries_;
};

// Visits each mapping of the list under `key`; an absent key is an empty list. `list` and `entry`
// name them in errors.
absl::Status ForEachEntry(YamlSource& source, const YamlMap& map, std::string_view key,
                          std::string_view list, std::string_view entry,
                          std::span<const std::string_view> keys,
                          absl::FunctionRef<absl::Status(const YamlMap&)> visit);
// The texts of the list under `key`; an absent key leaves `out` as it is.
absl::Status ReadTexts(YamlSource& source, const YamlMap& map, std::string_view key,
                       std::string_view what, std::vector<std::string>& out);

}  // namespace kosei::model
