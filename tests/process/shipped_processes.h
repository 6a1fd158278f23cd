// The processes that kosei ships, as a server would have them: model, life cycles, decision tables,
// approval policies, and the words that they may use.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/model/schema.h"
#include "kosei/process/approval_policy.h"
#include "kosei/process/decision_table.h"
#include "kosei/process/life_cycle.h"
#include "kosei/process/vocabulary.h"
#include "yaml-cpp/yaml.h"

namespace kosei::process {

// Immutable once it is there.
struct ShippedProcesses {
  std::shared_ptr<const model::Schema> schema;
  std::unique_ptr<const ModelFacts> facts;
  Vocabulary vocabulary;
  std::map<std::string, YAML::Node, std::less<>> documents;  // by the name of the file
  LifeCycleBook life_cycles;
  DecisionBook tables;

  // Items of the list `key` of a file.
  std::vector<YAML::Node> Items(std::string_view file, std::string_view key) const;
  // Their names.
  NameSet Names(std::string_view file, std::string_view key) const;
  // Of a record of this class, by the class and those above it.
  const LifeCycle* For(const model::Class& known, const language::DatumMap& attributes) const;
};

// Read once; the test program ends when they do not load.
const ShippedProcesses& Processes();
const ApprovalBook& Approvals();
model::ModelDefinition ShippedModel();

}  // namespace kosei::process
