// The pages about processes show the life cycles as they are, and leave nothing out.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "shipped_processes.h"

namespace kosei::process {
namespace {

// Life cycle or process, and its page.
const std::map<std::string, std::string, std::less<>> kPages = {
    {"incident", "incident.md"},
    {"outage", "incident.md"},
    {"service_request", "service_request.md"},
    {"problem", "problem.md"},
    {"known_error", "problem.md"},
    {"normal_change", "change.md"},
    {"standard_change", "change.md"},
    {"emergency_change", "change.md"},
    {"cab_meeting", "change.md"},
    {"calendar_entry", "calendar.md"},
    {"change", "change.md"},
    {"release", "release.md"},
    {"deployment", "release.md"},
    {"configuration_audit", "configuration.md"},
    {"discrepancy", "configuration.md"},
    {"configuration_item", "configuration.md"},
    {"configuration", "configuration.md"},
    {"absence", "deputies.md"},
    {"delegation", "deputies.md"},
    {"task", "README.md"},
    {"knowledge_article", "README.md"},
};

std::string Page(std::string_view subject) {
  const auto page = kPages.find(subject);
  EXPECT_NE(page, kPages.end()) << subject;
  if (page == kPages.end()) return "";
  std::ifstream file(std::string(KOSEI_PROCESS_DOCUMENTS "/") + page->second, std::ios::binary);
  EXPECT_TRUE(file) << page->second;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Events that change no state would make the picture a thicket.
std::string PictureOf(LifeCycleDefinition definition) {
  std::erase_if(definition.transitions,
                [](const TransitionDefinition& transition) { return transition.to.empty(); });
  return "```mermaid\n" + ToMermaid(definition, LabelLanguage::kEnglish) + "```\n";
}

TEST(DefaultDocuments, ShowEachLifeCycleAsItIs) {
  for (const auto& life_cycle : Processes().life_cycles.life_cycles()) {
    const LifeCycleDefinition& definition = life_cycle->definition();
    SCOPED_TRACE(definition.name);
    const std::string page = Page(definition.name);
    EXPECT_NE(page.find(PictureOf(definition)), std::string::npos) << PictureOf(definition);
    for (const TransitionDefinition& transition : definition.transitions) {
      EXPECT_NE(page.find("| `" + transition.name + "` " + transition.label.en + " |"),
                std::string::npos)
          << transition.name;
      for (const std::string& attribute : transition.required)
        EXPECT_NE(page.find("`" + attribute + "`"), std::string::npos) << attribute;
      for (const GuardDefinition& guard : transition.guards) {
        EXPECT_NE(page.find("`" + guard.name + "`"), std::string::npos) << guard.name;
        if (guard.kind != GuardKind::kCheck)
          EXPECT_NE(page.find(guard.message.en), std::string::npos) << guard.message.en;
      }
    }
  }
}

TEST(DefaultDocuments, ListEachFigureAndEachRole) {
  for (const YAML::Node& kpi : Processes().Items("kpis.yaml", "kpis")) {
    const auto name = kpi["name"].as<std::string>();
    EXPECT_NE(Page(kpi["process"].as<std::string>()).find("| `" + name + "` |"), std::string::npos)
        << name;
  }
  const std::string overview = Page("task");
  for (const std::string& role : Processes().vocabulary.roles)
    EXPECT_NE(overview.find("| `" + role + "` |"), std::string::npos) << role;
  for (const auto& [file, document] : Processes().documents)
    EXPECT_NE(overview.find("`" + file + "`"), std::string::npos) << file;
}

}  // namespace
}  // namespace kosei::process
