// kosei cab agenda, add
#include <algorithm>
#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/approval_text.h"
#include "process/cab_options.h"
#include "process/record_rows.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::QueryRow;
using client::QueryValue;

// The gravest first; what nobody has judged comes last.
constexpr std::array<std::string_view, 4> kRisks = {"very_high", "high", "medium", "low"};
constexpr std::array<std::string_view, 5> kGrades = {"critical", "high", "medium", "low", "none"};

constexpr const char* kLinked = "MATCH (c)-[:decided_in]->(m:CabMeeting {key: $key}) WITH c ";
// What waits, unless another meeting has it on its agenda.
constexpr const char* kWaiting =
    "MATCH (c:Change {state: 'awaiting_decision'}) WHERE (c.kind = 'emergency') = $emergency AND "
    "NOT EXISTS { (c)-[:decided_in]->(m:CabMeeting) WHERE key(m) = $key OR m.state IN ['planned', "
    "'in_progress'] } WITH c ";
constexpr const char* kAgenda =
    "OPTIONAL MATCH (c)-[:concerns]->(s) "
    "WITH c, collect(DISTINCT key(s)) AS services, collect(DISTINCT s.criticality) AS grades "
    "OPTIONAL MATCH (c)-[:targets]->(item)<-[:targets]-(o:Change) WHERE key(o) <> key(c) AND "
    "o.state IN ['awaiting_decision', 'approved', 'in_build', 'in_test', 'scheduled', "
    "'implementing'] AND o.planned_start < c.planned_end AND o.planned_end > c.planned_start "
    "WITH c, services, grades, collect(DISTINCT key(o)) AS others "
    "RETURN key(c), coalesce(c.kind, 'release'), c.risk_level, c.worst_criticality, c.name, "
    "c.state, c.planned_start, c.planned_end, services, grades, others, c.conflicts_statement";

struct AgendaItem {
  std::string key, kind, risk, criticality, title, state;
  std::optional<Timestamp> from, to;
  std::vector<std::string> services, others;
  std::string conflicts;  // what the overlap with others means
  bool listed = false;    // it is on the agenda; otherwise it waits for a meeting
  std::vector<client::ProcessApproval> approvals;
};

template <std::size_t kCount>
std::size_t RankIn(const std::array<std::string_view, kCount>& words, const std::string& word) {
  return static_cast<std::size_t>(std::ranges::find(words, word) - words.begin());
}

AgendaItem ItemOf(const QueryRow& row, bool listed) {
  AgendaItem item;
  item.key = TextOf(row[0]);
  item.kind = TextOf(row[1]);
  item.risk = TextOf(row[2]);
  item.criticality = TextOf(row[3]);
  item.title = TextOf(row[4]);
  item.state = TextOf(row[5]);
  item.from = InstantOf(row[6]);
  item.to = InstantOf(row[7]);
  item.services = TextsOf(row[8]);
  if (item.criticality.empty()) {
    // No impact answer says it; what it is about does.
    std::size_t worst = kGrades.size();
    for (const std::string& grade : TextsOf(row[9]))
      worst = std::min(worst, RankIn(kGrades, grade));
    if (worst < kGrades.size()) item.criticality = kGrades[worst];
  }
  item.others = TextsOf(row[10]);
  item.conflicts = TextOf(row[11]);
  item.listed = listed;
  std::ranges::sort(item.services);
  std::ranges::sort(item.others);
  return item;
}

bool Before(const AgendaItem& a, const AgendaItem& b) {
  const auto rank = [](const AgendaItem& item) {
    return std::tuple(RankIn(kRisks, item.risk), RankIn(kGrades, item.criticality),
                      item.from.value_or(kEndOfTime), item.key);
  };
  return rank(a) < rank(b);
}

absl::StatusOr<std::vector<AgendaItem>> AgendaOf(client::Client& client, const std::string& key,
                                                 bool emergency) {
  std::vector<AgendaItem> items;
  for (const bool listed : {true, false}) {
    KOSEI_ASSIGN_OR_RETURN(
        const std::vector<QueryRow> rows,
        RowsOf(client, absl::StrCat(listed ? kLinked : kWaiting, kAgenda),
               {{"key", QueryValue{key}}, {"emergency", QueryValue{emergency}}}));
    for (const QueryRow& row : rows) items.push_back(ItemOf(row, listed));
  }
  std::ranges::sort(items, Before);
  for (AgendaItem& item : items) {
    KOSEI_ASSIGN_OR_RETURN(client::ProcessOutlook outlook, client.LookAtProcess(item.key));
    item.approvals = std::move(outlook.approvals);
  }
  return items;
}

void WriteInstant(JsonWriter& json, std::string_view name,
                  const std::optional<Timestamp>& instant) {
  json.Key(name);
  instant.has_value() ? json.Text(FormatTimestamp(*instant)) : json.Null();
}

void WriteTexts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.Key(name);
  json.BeginArray();
  for (const std::string& text : texts) json.Text(text);
  json.End();
}

void WriteItem(JsonWriter& json, const AgendaItem& item) {
  json.BeginObject();
  json.Member("key", item.key);
  json.Member("kind", item.kind);
  json.Member("title", item.title);
  json.Member("state", item.state);
  json.Key("on_agenda");
  json.Boolean(item.listed);
  json.Key("risk");
  item.risk.empty() ? json.Null() : json.Text(item.risk);
  json.Key("criticality");
  item.criticality.empty() ? json.Null() : json.Text(item.criticality);
  WriteTexts(json, "services", item.services);
  WriteInstant(json, "from", item.from);
  WriteInstant(json, "to", item.to);
  WriteTexts(json, "collides_with", item.others);
  json.Key("conflicts_statement");
  item.conflicts.empty() ? json.Null() : json.Text(item.conflicts);
  json.Key("approvals");
  WriteApprovals(json, item.approvals);
  json.End();
}

std::string WindowText(const AgendaItem& item) {
  if (!item.from.has_value() || !item.to.has_value()) return {};
  return absl::StrCat(ShortTime(*item.from), " - ", ShortTime(*item.to));
}

std::string CollisionText(const AgendaItem& item) {
  std::string text = absl::StrJoin(item.others, " ");
  if (!item.conflicts.empty()) absl::StrAppend(&text, text.empty() ? "" : ": ", item.conflicts);
  return text;
}

void WriteAgenda(Context& context, const std::vector<AgendaItem>& items) {
  const ListForm<AgendaItem> form{
      {"key", "kind", "title", "state", "on_agenda", "risk", "criticality", "services", "from",
       "to", "collides_with", "votes"},
      WriteItem,
      [](const AgendaItem& item) {
        const auto instant = [](const std::optional<Timestamp>& at) {
          return at.has_value() ? FormatTimestamp(*at) : std::string();
        };
        return std::vector<std::string>{item.key,
                                        item.kind,
                                        item.title,
                                        item.state,
                                        item.listed ? "true" : "false",
                                        item.risk,
                                        item.criticality,
                                        absl::StrJoin(item.services, ";"),
                                        instant(item.from),
                                        instant(item.to),
                                        absl::StrJoin(item.others, ";"),
                                        VotesText(item.approvals, false)};
      }};
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  Table table({{title("CHANGE", "変更")},
               {title("KIND", "種別")},
               {title("RISK", "リスク")},
               {title("SERVICES", "サービス")},
               {title("WINDOW", "予定")},
               {title("COLLIDES WITH", "競合")},
               {title("VOTES", "投票")},
               {title("AGENDA", "議題")},
               {title("TITLE", "件名")}});
  WriteList(context, items, form, std::move(table), [&](const AgendaItem& item) {
    std::string services = absl::StrJoin(item.services, " ");
    if (!item.criticality.empty())
      absl::StrAppend(&services, services.empty() ? "" : " ", "(", item.criticality, ")");
    return std::vector<std::string>{
        item.key,
        item.kind,
        item.risk,
        std::move(services),
        WindowText(item),
        CollisionText(item),
        VotesText(item.approvals, context.japanese()),
        title(item.listed ? "yes" : "waiting", item.listed ? "済" : "未"),
        item.title};
  });
}

bool IsTrue(const QueryValue& value) {
  const auto* const flag = value.As<bool>();
  return flag != nullptr && *flag;
}

// All of them are there before the first is put on the agenda.
absl::Status CheckChanges(client::Client& client, const std::vector<std::string>& keys) {
  language::PackedList list;
  for (const std::string& key : keys) list.push_back(QueryValue{key});
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<QueryRow> rows,
      RowsOf(client, "MATCH (c) WHERE key(c) IN $keys AND (c:Change OR c:Release) RETURN key(c)",
             {{"keys", QueryValue{std::move(list)}}}));
  for (const std::string& key : keys) {
    const bool found =
        std::ranges::any_of(rows, [&](const QueryRow& row) { return TextOf(row[0]) == key; });
    if (found) continue;
    return MakeError(
        ErrorCode::kNotFound,
        absl::StrFormat("record %s: there is no change or release of this key, so that "
                        "nothing was put on the agenda; `kosei change list` lists "
                        "those that are open",
                        key),
        "CHANGE");
  }
  return absl::OkStatus();
}

}  // namespace

CommandResult RunCabAgenda(Context& context, const CabAgendaOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const language::PackedMap meeting,
                         FindProcessRecord(*client, options.key, "CabMeeting"));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<AgendaItem> items,
                         AgendaOf(*client, options.key, IsTrue(At(meeting, "is_emergency"))));
  WriteAgenda(context, items);
  const auto listed =
      static_cast<std::size_t>(std::ranges::count(items, true, &AgendaItem::listed));
  if (context.format() == OutputFormat::kTable) {
    const std::size_t attend = TextsOf(At(meeting, "attendees")).size();
    const std::string quorum = CellOf(At(meeting, "quorum"));
    context.Note(context.japanese()
                     ? absl::StrFormat("%s: 議題 %d 件、決定待ち %d 件、出席 %d 名 (定足数 %s)",
                                       options.key, listed, items.size() - listed, attend,
                                       quorum.empty() ? "1" : quorum)
                     : absl::StrFormat("%s: %d on the agenda, %d waiting besides, %d attend "
                                       "(quorum %s)",
                                       options.key, listed, items.size() - listed, attend,
                                       quorum.empty() ? "1" : quorum));
  }
  if (!items.empty()) return ExitCode::kOk;
  context.Note(context.Say("nothing is there to be decided", "審議する変更はありません"));
  return ExitCode::kNothing;
}

CommandResult RunCabAdd(Context& context, const CabAddOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const language::PackedMap meeting,
                         FindProcessRecord(*client, options.key, "CabMeeting"));
  const std::string state = TextOf(At(meeting, "state"));
  if (state != "planned" && state != "in_progress") {
    return MakeError(ErrorCode::kGuardRefused,
                     absl::StrFormat("meeting %s is %s, so that its agenda stays as it is; put the "
                                     "changes on the agenda of another one",
                                     options.key, state),
                     "KEY");
  }
  KOSEI_RETURN_IF_ERROR(CheckChanges(*client, options.changes));
  bool refused = false;
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kInline);
  const bool people = context.format() == OutputFormat::kTable;
  if (!people) {
    json.BeginObject();
    json.Member("key", options.key);
    json.Key("added");
    json.BeginArray();
  }
  for (const std::string& key : options.changes) {
    const absl::StatusOr<client::ProcessOutcome> outcome = client->DoProcess(
        {.key = key, .links = {{"decided_in", options.key}}, .reason = options.reason});
    if (!outcome.ok()) return WithContext(outcome.status(), key);
    for (const client::ProcessRefusal& refusal : outcome->refusals) {
      refused = true;
      context.Note(
          absl::StrCat("kosei: ", key, ": ", context.japanese() ? refusal.ja : refusal.en));
    }
    if (!outcome->done()) continue;
    if (people) {
      absl::StrAppend(&out, key, "  ",
                      context.japanese() ? absl::StrFormat("%s の議題に追加", options.key)
                                         : absl::StrFormat("on the agenda of %s", options.key),
                      "\n");
    } else {
      json.Text(key);
    }
  }
  if (!people) {
    json.End();
    json.End();
    out += '\n';
  }
  context.Write(out);
  return refused ? ExitCode::kConflict : ExitCode::kOk;
}

}  // namespace kosei::cli
