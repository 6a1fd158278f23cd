// NaiveGraph: a handful of records and links in memory, as expressions see them. What the store
// under test holds is put in here as well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/language/evaluation.h"

namespace kosei::query {

struct NaiveNode {
  RecordId id;
  std::string key;
  std::vector<std::string> labels;  // own class first
  language::DatumMap properties;    // without nulls
};

struct NaiveLink {
  RecordId source;
  RecordId target;
  std::uint8_t type = 0;
  std::string type_name;
};

class NaiveGraph final : public language::Graph {
 public:
  std::vector<NaiveNode> nodes;
  std::vector<NaiveLink> links;

  static language::Datum NodeDatum(const NaiveNode& node) {
    return language::Datum::Node({node.id, 0});
  }
  static language::Datum LinkDatum(const NaiveLink& link);
  const NaiveNode& NodeOf(RecordId id) const;

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
  std::string ElementId(language::NodeRef node) override { return NodeOf(node.record).key; }

 private:
  std::vector<std::string> property_names_;
};

}  // namespace kosei::query
