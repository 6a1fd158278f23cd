// A model that says something of everything about impact.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

namespace kosei::model {

inline constexpr std::string_view kEstate = R"yaml(
classes:
  - name: Item
    abstract: true
    label: {en: Item, ja: i}
    out_of_service: {attribute: status, values: [planned, retired]}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: n}}
      - name: status
        type: enum
        label: {en: Status, ja: s}
        values:
          - {name: planned, label: {en: P, ja: p}}
          - {name: live, label: {en: L, ja: l}}
          - {name: retired, label: {en: R, ja: r}}
      - {name: needed, type: integer, label: {en: Needed, ja: n}}
      - {name: gate, type: gate, label: {en: Gate, ja: g}}
  - {name: Application, parent: Item, label: {en: Application, ja: a}}
  - {name: WebApplication, parent: Application, label: {en: Web application, ja: w}}
  - {name: Database, parent: Item, label: {en: Database, ja: d}}
  - {name: Replica, parent: Database, label: {en: Replica, ja: r}}
  - {name: Cluster, parent: Item, label: {en: Cluster, ja: c}, gate: " at_least( needed,uses )"}
  - {name: Farm, parent: Cluster, label: {en: Farm, ja: f}}
  - {name: Pool, parent: Cluster, label: {en: Pool, ja: p}, gate: any(uses)}
  - {name: Service, parent: Item, abstract: true, label: {en: Service, ja: s}, role: service}
  - name: MailService
    parent: Service
    label: {en: Mail, ja: m}
    out_of_service: {attribute: status, values: [planned]}
  - name: Change
    parent: Item
    label: {en: Change, ja: c}
    attributes:
      - {name: planned_start, type: timestamp, label: {en: Start, ja: s}}
      - {name: planned_end, type: timestamp, label: {en: End, ja: e}}
relationship_types:
  - name: uses
    label: {en: Uses, ja: u}
    inverse_label: {en: Used by, ja: u}
    endpoints: [{source: Item, target: Item}]
    impact: target_to_source
    effect: {failed: failed, degraded: up}
    impact_rules:
      - {source: Application, target: Database, failed: degraded}
      - {target: Cluster, impact: source_to_target, degraded: degraded}
      - {source: WebApplication, target: Item, impact: none}
      - {source: WebApplication, target: Database, impact: both}
  - name: owned_by
    label: {en: Owned by, ja: o}
    inverse_label: {en: Owns, ja: o}
    endpoints: [{source: Item, target: Item}]
    impact: none
    role: owner
  - name: affects
    label: {en: Affects, ja: a}
    inverse_label: {en: Affected by, ja: a}
    endpoints: [{source: Item, target: Item}]
    impact: both
impact_contexts:
  - name: in_progress
    label: {en: Changes in progress, ja: 実施中の変更}
    class: Change
    when: {attribute: status, values: [live, retired]}
    state: degraded
    over: affects
    from: planned_start
    to: planned_end
  - name: down
    label: {en: Down, ja: 停止中}
    class: Item
    when: {attribute: status, values: [retired]}
)yaml";

// `from` occurs once in the model.
inline std::string With(std::string_view from, std::string_view to) {
  const std::string text =
      absl::StrReplaceAll(std::string(kEstate), {{std::string(from), std::string(to)}});
  EXPECT_NE(text, kEstate) << from;
  return text;
}

}  // namespace kosei::model
