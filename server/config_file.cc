// The configuration file: TOML, flat, with the names of the option table.
#include <exception>
#include <fstream>
#include <sstream>

#include "absl/strings/str_format.h"
#include "config.h"
#include "kosei/base/error.h"
#include "toml++/toml.h"

namespace kosei::server {
namespace {

std::string Where(const std::string& path, const toml::source_position& position) {
  return absl::StrFormat("%s:%d:%d", path, position.line, position.column);
}

std::vector<std::string> KnownNames() {
  std::vector<std::string> names;
  for (const OptionSpec& option : OptionTable()) names.emplace_back(option.name);
  return names;
}

// The value as a flag would give it; an empty string and a fault when the type is wrong.
std::optional<std::string> TextOfNode(const toml::node& node, const OptionSpec& option) {
  if (option.is_number && node.is_integer()) {
    return std::to_string(node.value<std::int64_t>().value_or(0));
  }
  if (!option.is_number && node.is_string()) return node.value<std::string>();
  return std::nullopt;
}

void ApplyKey(const std::string& path, const toml::key& key, const toml::node& node, Config& config,
              std::vector<std::string>& faults) {
  const std::string name(key.str());
  const OptionSpec* option = FindOption(name);
  if (option == nullptr) {
    faults.push_back(absl::StrFormat("%s: unknown key \"%s\"%s", Where(path, key.source().begin),
                                     name, Suggestion(name, KnownNames())));
    return;
  }
  const std::string where = Where(path, node.source().begin);
  const std::optional<std::string> text = TextOfNode(node, *option);
  if (!text.has_value()) {
    faults.push_back(
        absl::StrFormat("%s: %s: expected %s", where, name,
                        option->is_number ? "a whole number, without quotes" : "text in quotes"));
    return;
  }
  const absl::Status applied = option->apply(config, *text);
  if (!applied.ok()) {
    faults.push_back(absl::StrFormat("%s: %s: %s", where, name, MessageOf(applied)));
  }
}

}  // namespace

void ApplyFile(const std::string& path, Config& config, std::vector<std::string>& faults) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    faults.push_back(
        absl::StrFormat("%s: the file cannot be read; check its name and rights", path));
    return;
  }
  try {
    const toml::table table = toml::parse(text.str(), path);
    for (const auto& [key, node] : table) ApplyKey(path, key, node, config, faults);
  } catch (const toml::parse_error& error) {
    faults.push_back(
        absl::StrFormat("%s: %s", Where(path, error.source().begin), error.description()));
  } catch (const std::exception& error) {
    faults.push_back(absl::StrFormat("%s: %s", path, error.what()));
  }
}

}  // namespace kosei::server
