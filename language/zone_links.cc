#include "zone_links.h"

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"

namespace kosei::language {
namespace {

// A line of a table: countries, place, zone, sometimes a remark, between tabs.
struct Line {
  std::vector<std::string> countries;
  std::string zone;
};

std::vector<Line> ReadTable(const std::string& file) {
  std::vector<Line> lines;
  std::ifstream in(ZoneFolder() + "/" + file);
  for (std::string text; std::getline(in, text);) {
    if (text.empty() || text.front() == '#') continue;
    const std::vector<std::string> columns = absl::StrSplit(text, '\t');
    if (columns.size() < 3) continue;
    lines.push_back({absl::StrSplit(columns[0], ','), columns[2]});
  }
  return lines;
}

// A zone that is not among those that differ since 1970 is the one that its country has there. A
// country with several is left alone, as the tables do not tell which it is.
std::map<std::string, std::string> ReadLinks() {
  std::set<std::string> different;
  std::map<std::string, std::vector<std::string>> of_country;
  for (const Line& line : ReadTable("zone1970.tab")) {
    different.insert(line.zone);
    for (const std::string& country : line.countries) of_country[country].push_back(line.zone);
  }
  std::map<std::string, std::string> links;
  for (const Line& line : ReadTable("zone.tab")) {
    if (line.countries.size() != 1 || different.contains(line.zone)) continue;
    const auto found = of_country.find(line.countries.front());
    if (found != of_country.end() && found->second.size() == 1)
      links.emplace(line.zone, found->second.front());
  }
  return links;
}

}  // namespace

std::string ZoneFolder() {
  const char* const folder = std::getenv("TZDIR");
  return folder == nullptr ? "/usr/share/zoneinfo" : folder;
}

std::string MainZoneOf(const std::string& name) {
  static const auto& links = *new std::map<std::string, std::string>(ReadLinks());
  const auto found = links.find(name);
  return found == links.end() ? name : found->second;
}

}  // namespace kosei::language
