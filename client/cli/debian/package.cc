#include "debian/package.h"

#include <algorithm>

#include "debian/text_file.h"

namespace kosei::cli::debian {
namespace {

std::string Text(const Stanza& stanza, std::string_view field) {
  return OneLine(stanza.FirstLine(field));
}

bool IsNumber(std::string_view text) {
  return !text.empty() && text.size() < 18 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "Status: install ok installed": the third word.
std::string StateOf(std::string_view status) {
  const std::vector<std::string_view> words = Words(status);
  return words.size() == 3 ? std::string(words[2]) : std::string();
}

}  // namespace

Package ParsePackage(const Stanza& stanza) {
  Package package;
  package.name = Text(stanza, "Package");
  package.version = Text(stanza, "Version");
  package.architecture = Text(stanza, "Architecture");
  package.section = Text(stanza, "Section");
  package.priority = Text(stanza, "Priority");
  package.maintainer = Text(stanza, "Maintainer");
  package.homepage = Text(stanza, "Homepage");
  package.description = Text(stanza, "Description");
  package.installed_size = Text(stanza, "Installed-Size");
  if (!IsNumber(package.installed_size)) package.installed_size.clear();
  package.essential = stanza.FirstLine("Essential") == "yes";
  package.state = StateOf(stanza.FirstLine("Status"));
  // "source (version)"; absent when the same as the name.
  package.source = Text(stanza, "Source");
  package.source = package.source.substr(0, package.source.find(' '));
  package.needs = ParseRelations(stanza.Find("Pre-Depends"));
  for (Alternatives& need : ParseRelations(stanza.Find("Depends"))) {
    package.needs.push_back(std::move(need));
  }
  for (const Alternatives& provided : ParseRelations(stanza.Find("Provides"))) {
    package.provides.push_back(provided.front());
  }
  return package;
}

std::string QualifiedName(const Package& package, std::string_view native) {
  const bool own = package.architecture.empty() || package.architecture == "all" ||
                   package.architecture == native;
  return own ? package.name : package.name + ":" + package.architecture;
}

void DescribePackage(const Package& package, Item& item) {
  item.Set("name", package.name);
  item.Set("version", package.version);
  item.Set("architecture", package.architecture);
  item.Set("description", package.description);
}

}  // namespace kosei::cli::debian
