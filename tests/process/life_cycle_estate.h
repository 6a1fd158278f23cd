// A small model, the names that life cycles of these tests may use, and somebody who answers their
// guards.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kosei/base/error.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

inline constexpr char kProcessModel[] = R"yaml(
classes:
  - name: Ticket
    label: {en: Ticket, ja: チケット}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名前}}
      - {name: description, type: text, label: {en: Description, ja: 説明}}
      - {name: status, type: string, label: {en: Status, ja: 状況}}
      - name: state
        type: enum
        label: {en: State, ja: 状態}
        values:
          - {name: recorded, label: {en: Recorded, ja: 記録済み}}
          - {name: assigned, label: {en: Assigned, ja: 割り当て済み}}
          - {name: pending, label: {en: Pending, ja: 保留中}}
          - {name: resolved, label: {en: Resolved, ja: 解決済み}}
          - {name: closed, label: {en: Closed, ja: クローズ}}
      - {name: assignment_group, type: string, label: {en: Assignment group, ja: 担当グループ}}
      - {name: assigned_by, type: string, label: {en: Assigned by, ja: 割り当てた人}}
      - {name: assigned_at, type: timestamp, label: {en: Assigned at, ja: 割り当て日時}}
      - {name: resolution, type: text, label: {en: Resolution, ja: 解決内容}}
      - {name: effort, type: integer, label: {en: Effort, ja: 工数}}
      - name: impact
        type: enum
        label: {en: Impact, ja: 影響度}
        values:
          - {name: high, label: {en: High, ja: 高}}
          - {name: low, label: {en: Low, ja: 低}}
  - name: Task
    label: {en: Task, ja: タスク}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名前}}
      - {name: description, type: text, label: {en: Description, ja: 説明}}
      - {name: status, type: string, label: {en: Status, ja: 状況}}
      - {name: due, type: timestamp, label: {en: Due, ja: 期限}}
  - name: Change
    label: {en: Change, ja: 変更}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名前}}
      - {name: description, type: text, label: {en: Description, ja: 説明}}
      - {name: status, type: string, label: {en: Status, ja: 状況}}
      - name: phase
        type: enum
        label: {en: Phase, ja: フェーズ}
        values:
          - {name: draft, label: {en: Draft, ja: 下書き}}
          - {name: deciding, label: {en: Deciding, ja: 判断待ち}}
          - {name: done, label: {en: Done, ja: 完了}}
      - name: kind
        type: enum
        label: {en: Kind, ja: 種類}
        values:
          - {name: normal, label: {en: Normal, ja: 通常}}
          - {name: standard, label: {en: Standard, ja: 標準}}
relationship_types:
  - name: has_task
    label: {en: has task, ja: タスクを持つ}
    inverse_label: {en: is task of, ja: タスクである}
    endpoints: [{source: Ticket, target: Task}]
    impact: none
)yaml";

// An incident that uses every part of the grammar.
inline constexpr char kIncident[] = R"yaml(
life_cycles:
  - name: incident
    class: Ticket
    attribute: state
    version: 3
    label: {en: Incident, ja: インシデント}
    initial: recorded
    states:
      - {name: recorded, label: {en: Recorded, ja: 記録済み}}
      - {name: assigned, label: {en: Assigned, ja: 割り当て済み}, allows: [edit_plan]}
      - {name: pending, label: {en: Pending, ja: 保留中}, kind: waiting, waits_for: customer}
      - {name: resolved, label: {en: Resolved, ja: 解決済み}, kind: done}
      - {name: closed, label: {en: Closed, ja: クローズ}, final: true}
    transitions:
      - name: assign
        label: {en: Assign, ja: 割り当てる}
        from: [recorded, assigned]
        to: assigned
        roles: [service_desk, manager]
        required: [assignment_group]
        set:
          assigned_by: actor
          assigned_at: now
          effort: coalesce(record.effort, 0) + 1
        effects:
          - {notify: watchers, template: assigned}
      - name: pend
        label: {en: Wait, ja: 保留する}
        from: assigned
        to: pending
        input:
          - {name: reason, type: text, required: true, label: {en: Reason, ja: 理由}}
          - {name: days, type: integer, label: {en: Days, ja: 日数}}
      - name: resume
        label: {en: Go on, ja: 再開する}
        from: pending
        to: assigned
      - name: resolve
        label: {en: Resolve, ja: 解決する}
        from: [assigned, pending]
        to: resolved
        roles: [service_desk]
        required: [resolution]
        guards:
          - query: "MATCH (t:Ticket {key: $record})-[:has_task]->(k) WHERE k.status <> 'done' RETURN k.name"
            name: no_open_tasks
            message: {en: "close the open tasks or cancel them", ja: 未完了のタスクを完了または取消してください}
          - expression: record.impact IS NOT NULL
            name: impact_known
            message: {en: say the impact, ja: 影響度を設定してください}
          - check: approved
            with: {policy: incident}
        effects:
          - create: Task
            link: has_task
            set: {name: "'Review of ' + record.name", due: now + duration('P1D')}
          - {notify: watchers, template: resolved}
      - name: escalate
        label: {en: Escalate, ja: エスカレーションする}
        from: any
        to: same
        effects:
          - {fire: assign, to: "['T-1', 'T-2']"}
      - name: confirm
        label: {en: Close, ja: クローズする}
        from: resolved
        to: closed
      - name: close_unanswered
        label: {en: Close unanswered, ja: 自動クローズ}
        from: resolved
        to: closed
        automatic: {after: {state: resolved, wait: P3D}}
)yaml";

inline std::shared_ptr<const model::Schema> ProcessSchema() {
  absl::StatusOr<model::ModelDefinition> definition =
      model::ParseModel(kProcessModel, "model.yaml");
  EXPECT_TRUE(definition.ok()) << definition.status().ToString();
  model::NameBook book;
  auto schema = model::Schema::Build(*std::move(definition), book);
  EXPECT_TRUE(schema.ok()) << schema.status().ToString();
  return *std::move(schema);
}

struct Estate {
  std::unique_ptr<const ModelFacts> facts = FactsOf(ProcessSchema());
  Vocabulary vocabulary = Words();

  Vocabulary Words() const {
    Vocabulary words;
    words.model = facts.get();
    words.roles = {"manager", "service_desk"};
    words.checks = {{"approved", {{"policy"}, {"strict"}}}, {"planned", {}}};
    words.audiences = NameSet{"watchers"};
    words.notifications = NameSet{"assigned", "resolved"};
    words.policies = NameSet{"change"};
    words.calendars = NameSet{"office"};
    words.signals = NameSet{"approval_granted", "approval_rejected"};
    words.allowances = NameSet{"edit_plan"};
    words.parties = NameSet{"customer", "supplier"};
    return words;
  }

  absl::StatusOr<LifeCycleBook> Load(std::string_view yaml) const {
    const std::vector<DefinitionFile> files = {{"life.yaml", std::string(yaml)}};
    return LifeCycleBook::Load(files, vocabulary);
  }
};

// Answers as it is told, and remembers what it was asked.
class ToldRunner final : public GuardRunner {
 public:
  bool approved = true;
  std::vector<std::string> open_tasks;
  absl::Status failure;
  std::vector<std::string> asked;
  language::DatumMap parameters;

  absl::StatusOr<CheckAnswer> Check(std::string_view check,
                                    const language::DatumMap& with) override {
    asked.push_back(std::string(check) + " " + with.front().second.string());
    if (!failure.ok()) return failure;
    return CheckAnswer{approved, {"ask for approval", "承認を依頼してください"}};
  }
  absl::StatusOr<QueryAnswer> Query(const language::Statement& statement, std::string_view text,
                                    const language::DatumMap& given) override {
    EXPECT_FALSE(statement.query.parts.empty());
    asked.emplace_back(text.substr(0, 5));
    parameters = given;
    if (!failure.ok()) return failure;
    return QueryAnswer{!open_tasks.empty(), open_tasks};
  }
};

inline Question QuestionIn(std::string_view state) {
  Question question;
  question.record_key = "INC-1";
  question.state = state;
  question.actor = {"alice", {"service_desk"}};
  question.attributes = {{"impact", language::Datum::String("high")},
                         {"name", language::Datum::String("mail is down")},
                         {"state", language::Datum::String(std::string(state))}};
  question.now = Timestamp{1'700'000'000'000'000};
  return question;
}

}  // namespace kosei::process
