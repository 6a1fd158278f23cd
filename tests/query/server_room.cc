#include "server_room.h"

namespace kosei::query {

const std::string_view kRoomModel = R"(
classes:
  - {name: Item, abstract: true, label: {en: Item, ja: Item}, attributes: [
      {name: name, type: string, label: {en: Name, ja: Name}},
      {name: cpu, type: integer, index: true, label: {en: Cpu, ja: Cpu}},
      {name: bought, type: date, label: {en: Bought, ja: Bought}},
      {name: seen, type: timestamp, label: {en: Seen, ja: Seen}},
      {name: price, type: decimal, label: {en: Price, ja: Price}},
      {name: tags, type: list, item_type: string, label: {en: Tags, ja: Tags}},
      {name: site, type: reference, reference_class: Site, label: {en: Site, ja: Site}}]}
  - {name: Site, parent: Item, label: {en: Site, ja: Site}}
  - {name: Server, parent: Item, label: {en: Server, ja: Server}}
  - {name: Router, parent: Server, label: {en: Router, ja: Router}}
relationship_types:
  - {name: needs, label: {en: Needs, ja: Needs}, inverse_label: {en: Needed by, ja: Needed by},
     endpoints: [{source: Item, target: Item}], impact: target_to_source}
  - {name: near, label: {en: Near, ja: Near}, inverse_label: {en: Near, ja: Near},
     endpoints: [{source: Item, target: Item}], impact: none}
)";

ServerRoom::ServerRoom(std::string_view model_yaml) : asked_(model_yaml) {
  Put("tokyo", "Site", {{"name", Value("東京")}});
  Put("web-1", "Server",
      {{"name", Value("web")},
       {"cpu", Value(4)},
       {"site", Value("tokyo")},
       {"bought", Value("2025-04-01")},
       {"seen", Value("2026-11-22T10:00:00+09:00")},
       {"price", Value("12.50")},
       {"tags", Value("a;b")}});
  Put("db-1", "Server", {{"name", Value("db")}, {"cpu", Value(8)}, {"site", Value("tokyo")}});
  Put("sw-1", "Router", {{"name", Value("switch")}, {"cpu", Value(1)}});
  Link("web-1", "needs", "db-1");
  first_ = Link("db-1", "needs", "sw-1");
}

CommitNumber ServerRoom::Put(const std::string& key, std::string_view class_name,
                             const std::vector<std::pair<std::string, Value>>& values) {
  return asked_.Put(key, class_name, values);
}

CommitNumber ServerRoom::Link(const std::string& source, const std::string& type,
                              const std::string& target) {
  return asked_.store().Apply({.link = {{source, type, target}}});
}

std::vector<std::string> ServerRoom::Plan(std::string_view text) {
  const auto told = asked_.Ask("EXPLAIN " + std::string(text));
  EXPECT_TRUE(told.ok()) << text << "\n" << told.status();
  std::vector<std::string> names;
  if (!told.ok()) return names;
  for (const PlanLine& line : told->summary.plan) names.push_back(line.name);
  return names;
}

}  // namespace kosei::query
