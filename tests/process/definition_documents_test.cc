// The examples of the documents are taken as they stand, and the picture is the one that is made.
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/process/approval_policy.h"
#include "kosei/process/decision_table.h"
#include "kosei/process/life_cycle_definition.h"
#include "lifecycle/structure_checks.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

// The fenced blocks of a document that are in this language.
std::vector<std::string> Blocks(std::string_view document, std::string_view language) {
  std::ifstream file(std::string(KOSEI_SOURCE_DIR "/docs/processes/") + std::string(document));
  EXPECT_TRUE(file) << document;
  std::vector<std::string> blocks;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = line.substr(3) == language;
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  EXPECT_FALSE(blocks.empty()) << document;
  return blocks;
}

TEST(DefinitionDocuments, TheLifeCycleIsTakenAndItsPictureIsThatOfTheTool) {
  ASSERT_OK_AND_ASSIGN(const std::vector<LifeCycleDefinition> definitions,
                       ParseLifeCycles(Blocks("life_cycles.md", "yaml").front(), "life_cycles.md"));
  ASSERT_EQ(definitions.size(), 1U);
  EXPECT_OK(CheckStructure(definitions[0]));
  EXPECT_EQ(Blocks("life_cycles.md", "mermaid").front(),
            ToMermaid(definitions[0], LabelLanguage::kEnglish));
}

TEST(DefinitionDocuments, TheDecisionTableIsTaken) {
  const std::vector<DefinitionFile> files = {
      {"decision_tables.md", Blocks("decision_tables.md", "yaml").front()}};
  ASSERT_OK_AND_ASSIGN(const DecisionBook book, DecisionBook::Load(files));
  EXPECT_NE(book.Find("priority"), nullptr);
}

TEST(DefinitionDocuments, TheApprovalPolicyIsTaken) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<ApprovalPolicyDefinition> policies,
      ParseApprovalPolicies(Blocks("approvals.md", "yaml").front(), "approvals.md"));
  EXPECT_EQ(policies[0].steps.size(), 2U);
}

}  // namespace
}  // namespace kosei::process
