// A small model for tests of a store.
#pragma once

#include <cstdlib>
#include <utility>

#include "kosei/model/definition.h"

namespace kosei::testing {

inline constexpr char kSmallModel[] = R"yaml(
classes:
  - name: ConfigurationItem
    abstract: true
    label: {en: Configuration item, ja: 構成品目}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名前}}
      - {name: description, type: text, label: {en: Description, ja: 説明}}
      - {name: status, type: string, label: {en: Status, ja: 状態}}
      - {name: serial_number, type: string, unique: true, label: {en: Serial number, ja: シリアル番号}}
      - {name: memory, type: integer, minimum: 0, label: {en: Memory, ja: メモリ}}
  - name: Server
    parent: ConfigurationItem
    label: {en: Server, ja: サーバー}
    attributes:
      - {name: backup_of, type: reference, reference_class: Server, label: {en: Backup of, ja: 予備対象}}
  - name: Application
    parent: ConfigurationItem
    label: {en: Application, ja: アプリケーション}
  - name: Person
    parent: ConfigurationItem
    label: {en: Person, ja: 人}
relationship_types:
  - name: depends_on
    label: {en: depends on, ja: 依存する}
    inverse_label: {en: is needed by, ja: 依存される}
    endpoints: [{source: ConfigurationItem, target: ConfigurationItem}]
    impact: target_to_source
  - name: provides
    label: {en: provides, ja: 提供する}
    inverse_label: {en: is provided by, ja: 提供される}
    endpoints: [{source: ConfigurationItem, target: ConfigurationItem}]
    impact: source_to_target
  - name: hosted_on
    label: {en: hosted on, ja: 収容先}
    inverse_label: {en: hosts, ja: 収容する}
    endpoints: [{source: Application, target: Server}]
    cardinality: many_to_one
    impact: target_to_source
  - name: owned_by
    label: {en: owned by, ja: 所有者}
    inverse_label: {en: owns, ja: 所有する}
    endpoints: [{source: ConfigurationItem, target: Person}]
    impact: none
)yaml";

inline model::ModelDefinition SmallModel() {
  auto model = model::ParseModel(kSmallModel, "small model");
  if (!model.ok()) std::abort();
  return *std::move(model);
}

}  // namespace kosei::testing
