// The software estate of one machine as items to load: records with their relationships.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/value.h"

namespace kosei::cli::debian {

// In the order of kRelationNames.
enum class Relation { kDependsOn, kProvides, kRunsOn, kUses };
inline constexpr std::string_view kRelationNames[] = {"depends_on", "provides", "runs_on", "uses"};

struct Item {
  std::string_view class_name;  // of the default model
  std::string key;
  std::vector<std::pair<std::string_view, Value>> attributes;  // without empty ones
  std::vector<std::pair<Relation, std::string>> links;         // to the keys of targets

  // Empty text says nothing and is left out.
  void Set(std::string_view attribute, std::string text) {
    if (!text.empty()) attributes.emplace_back(attribute, Value(std::move(text)));
  }
  // Once only, and never to itself.
  void Link(Relation relation, std::string target) {
    std::pair<Relation, std::string> link(relation, std::move(target));
    if (link.second == key) return;
    for (const auto& known : links) {
      if (known == link) return;
    }
    links.push_back(std::move(link));
  }
};

struct Estate {
  std::string host_key;
  // Everything we know all relationships of; the host is not among it (others may link it too).
  std::vector<Item> items;
  Item host;
  std::vector<std::string> notes;  // what could not be read
};

}  // namespace kosei::cli::debian
