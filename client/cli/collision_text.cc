#include "collision_text.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "impact_question.h"
#include "kosei/base/time.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Collision;
using client::CollisionKind;

// Records of a collision that a line of a table names.
constexpr std::size_t kShownRecords = 3;

// "payroll failed (critical), farm failed, +3"
std::string RecordsText(const Collision& collision) {
  std::vector<std::string> parts;
  for (const client::CollidingRecord& record : collision.records) {
    if (parts.size() == kShownRecords) break;
    std::string text = record.key;
    if (record.state != client::State::kUp)
      absl::StrAppendFormat(&text, " %s", NameOf(record.state));
    if (!record.criticality.empty()) absl::StrAppendFormat(&text, " (%s)", record.criticality);
    parts.push_back(std::move(text));
  }
  if (collision.record_count > parts.size())
    parts.push_back(absl::StrFormat("+%s", Grouped(collision.record_count - parts.size())));
  return absl::StrJoin(parts, ", ");
}

// "farm: at_least(1, member_of)", and the windows of the calendar.
std::string BecauseText(const Collision& collision) {
  std::vector<std::string> parts;
  for (const client::CollidingGate& gate : collision.gates)
    parts.push_back(absl::StrFormat("%s: %s", gate.key, gate.gate));
  parts.insert(parts.end(), collision.windows.begin(), collision.windows.end());
  if (parts.size() > kShownRecords) {
    const std::size_t more = parts.size() - kShownRecords;
    parts.resize(kShownRecords);
    parts.push_back(absl::StrFormat("+%d", more));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace

std::string KindText(const Context& context, CollisionKind kind) {
  switch (kind) {
    case CollisionKind::kSameRecord:
      return std::string(context.Say("same record", "同一の構成品目"));
    case CollisionKind::kReach:
      return std::string(context.Say("reach", "影響範囲"));
    case CollisionKind::kGate:
      return std::string(context.Say("gate", "ゲート"));
    case CollisionKind::kFreeze:
      return std::string(context.Say("freeze", "凍結期間"));
    case CollisionKind::kOutsideMaintenance:
      return std::string(context.Say("outside maintenance", "保守時間外"));
  }
  return "?";
}

void WriteCollision(JsonWriter& json, const Collision& collision, const client::Model& model) {
  json.BeginObject();
  json.Member("kind", client::NameOf(collision.kind));
  json.Key("changes");
  json.BeginArray();
  for (const std::string& change : collision.changes) json.Text(change);
  json.End();
  json.Member("from", FormatTimestamp(collision.window.from));
  json.Member("to", FormatTimestamp(collision.window.to));
  json.Key("records");
  json.BeginArray();
  for (const client::CollidingRecord& record : collision.records) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("class", model.ClassName(record.class_number));
    json.Member("state", NameOf(record.state));
    json.Key("service");
    json.Boolean(record.service);
    json.Key("criticality");
    record.criticality.empty() ? json.Null() : json.Text(record.criticality);
    json.End();
  }
  json.End();
  json.Member("record_count", collision.record_count);
  json.Member("service_count", collision.service_count);
  json.Key("gates");
  json.BeginArray();
  for (const client::CollidingGate& gate : collision.gates) {
    json.BeginObject();
    json.Member("key", gate.key);
    json.Member("state", NameOf(gate.state));
    json.Member("gate", gate.gate);
    json.End();
  }
  json.End();
  json.Key("windows");
  json.BeginArray();
  for (const std::string& window : collision.windows) json.Text(window);
  json.End();
  json.End();
}

std::string CollisionTable(const Context& context, const std::vector<Collision>& collisions) {
  const auto title = [&](const char* english, const char* japanese) {
    return std::string(context.Say(english, japanese));
  };
  const auto right = Table::Align::kRight;
  Table table({{title("COLLISION", "衝突")},
               {title("CHANGES", "変更")},
               {title("FROM", "開始")},
               {title("TO", "終了")},
               {title("RECORDS", "構成品目"), right},
               {title("SERVICES", "サービス"), right},
               {title("WHAT", "対象")},
               {title("BECAUSE OF", "理由")}});
  for (const Collision& collision : collisions) {
    table.AddRow({KindText(context, collision.kind), absl::StrJoin(collision.changes, " "),
                  ShortTime(collision.window.from), ShortTime(collision.window.to),
                  Grouped(collision.record_count), Grouped(collision.service_count),
                  RecordsText(collision), BecauseText(collision)});
  }
  return table.Render(context.style());
}

}  // namespace kosei::cli
