// A graph in memory, as the kit's set-up statements make it. It keeps what kosei cannot, too
// (properties of relationships, parallel ones), so that it can be told that a scenario has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/language/evaluation.h"

namespace kosei::tck {

using Properties = std::map<std::string, language::Datum>;  // without nulls

struct MemoryNode {
  std::set<std::string> labels;
  Properties properties;
  bool deleted = false;
};

struct MemoryLink {
  std::size_t source = 0;  // positions of nodes
  std::size_t target = 0;
  std::string type;
  Properties properties;
  bool deleted = false;
};

// Nodes and relationships are named by their position: RecordId is position + 1, and a LinkRef has
// the positions + 1 of its ends. Of parallel relationships of one type the first is meant.
class MemoryGraph final : public language::Graph {
 public:
  language::Datum AddNode(MemoryNode node);
  // At most 255 types.
  language::Datum AddLink(MemoryLink link);
  language::Datum NodeAt(std::size_t position) const;
  language::Datum LinkAt(std::size_t position);

  std::vector<MemoryNode>& nodes() { return nodes_; }
  std::vector<MemoryLink>& links() { return links_; }
  const std::vector<MemoryNode>& nodes() const { return nodes_; }
  const std::vector<MemoryLink>& links() const { return links_; }
  // nullptr: none such.
  MemoryNode* Find(language::NodeRef node);
  MemoryLink* Find(language::LinkRef link);

  std::uint32_t PropertyNumber(std::string_view name) override;
  language::Datum Property(language::NodeRef node, std::uint32_t property,
                           language::Evaluation& evaluation) override;
  language::Datum Property(language::LinkRef link, std::uint32_t property,
                           language::Evaluation& evaluation) override;
  language::DatumMap Properties(language::NodeRef node, language::Evaluation& evaluation) override;
  language::DatumMap Properties(language::LinkRef link, language::Evaluation& evaluation) override;
  std::vector<std::string> Labels(language::NodeRef node,
                                  language::Evaluation& evaluation) override;
  bool HasLabel(language::NodeRef node, std::string_view label,
                language::Evaluation& evaluation) override;
  std::string TypeOf(language::LinkRef link) override;

 private:
  std::uint8_t TypeNumber(const std::string& type);

  std::vector<MemoryNode> nodes_;
  std::vector<MemoryLink> links_;
  std::vector<std::string> types_;
  std::vector<std::string> names_;  // of properties
};

std::size_t PositionOf(language::NodeRef node);

}  // namespace kosei::tck
