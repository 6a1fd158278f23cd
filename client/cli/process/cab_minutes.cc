// kosei cab minutes: who attended, what was decided on which change, by which votes, and what is to
// be done, as the records were when the meeting was closed, so that they say the same for ever.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process/cab_options.h"
#include "process/record_rows.h"
#include "query/value_form.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::QueryRow;
using client::QueryValue;
using language::PackedMap;

constexpr const char* kPeople =
    "MATCH (p:Person) WHERE key(p) IN $keys RETURN key(p), p.name ORDER BY key(p)";
constexpr const char* kChanges =
    "MATCH (c)-[:decided_in]->(m:CabMeeting {key: $key}) "
    "OPTIONAL MATCH (c)-[:concerns]->(s) WITH c, collect(DISTINCT key(s)) AS services "
    "OPTIONAL MATCH (c)<-[:approval_of]-(a:Approval) WHERE a.state <> 'superseded' "
    "WITH c, services, a ORDER BY a.asked_at DESC, key(a) DESC "
    "WITH c, services, collect(a.state) AS decisions, collect(key(a)) AS approvals "
    "RETURN key(c) AS key, c.name, coalesce(c.kind, 'release'), c.risk_level, c.planned_start, "
    "c.planned_end, c.state, c.decision_conditions, services, head(decisions), head(approvals) "
    "ORDER BY key";
constexpr const char* kVotes =
    "MATCH (v:Vote)-[:vote_of]->(a:Approval)-[:approval_of]->(c {key: $change}) "
    "WHERE key(a) = $approval RETURN v.voted_at AS at, v.voter, v.on_behalf_of, v.step, v.ballot, "
    "v.comment ORDER BY at, key(v)";
constexpr const char* kComments =
    "MATCH (k:Comment)-[:comment_on]->(c {key: $change}) WHERE k.written_at >= $since "
    "RETURN k.written_at AS at, k.written_by, k.body ORDER BY at, key(k)";
// Tasks of the meeting, and those that its changes were given while it was under way.
constexpr const char* kActions =
    "MATCH (t:Task)-[:part_of]->(r) WHERE key(r) = $key OR (key(r) IN $changes AND t.opened_at >= "
    "$since) RETURN key(t) AS key, key(r), t.name, t.assigned_to, t.due_at, t.state ORDER BY key";

struct DecidedChange {
  std::string key;
  QueryRow row;
  std::vector<QueryRow> votes, comments;
};

struct Minutes {
  std::string key;
  client::ViewName view;
  std::uint64_t commit = 0;
  bool final = false;  // the meeting is over
  PackedMap meeting;
  std::vector<QueryRow> people;
  std::vector<DecidedChange> changes;
  std::vector<QueryRow> actions;
};

// As the records were when the meeting was closed; of one that is not closed yet, as they are.
absl::StatusOr<Minutes> Gather(client::Client& client, const std::string& key) {
  Minutes minutes;
  minutes.key = key;
  KOSEI_ASSIGN_OR_RETURN(minutes.meeting, FindProcessRecord(client, key, "CabMeeting"));
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessOutlook outlook, client.LookAtProcess(key));
  minutes.final = outlook.state == "complete" || outlook.state == "cancelled";
  if (minutes.final) {
    // Nothing of a record in a final state changes, so its version began as it was closed.
    minutes.view.kind = client::ViewName::Kind::kCommit;
    minutes.view.commit = minutes.commit = outlook.begin;
    KOSEI_ASSIGN_OR_RETURN(minutes.meeting,
                           FindProcessRecord(client, key, "CabMeeting", minutes.view));
  }
  const auto rows = [&](const char* text, PackedMap parameters) {
    return RowsOf(client, text, std::move(parameters), minutes.view);
  };
  KOSEI_ASSIGN_OR_RETURN(minutes.people,
                         rows(kPeople, {{"keys", At(minutes.meeting, "attendees")}}));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<QueryRow> changes,
                         rows(kChanges, {{"key", QueryValue{key}}}));
  const QueryValue since = IsNull(At(minutes.meeting, "actual_start"))
                               ? At(minutes.meeting, "opened_at")
                               : At(minutes.meeting, "actual_start");
  language::PackedList keys;
  for (const QueryRow& row : changes) {
    DecidedChange& change = minutes.changes.emplace_back();
    change.key = TextOf(row[0]);
    change.row = row;
    keys.push_back(row[0]);
    KOSEI_ASSIGN_OR_RETURN(change.votes, rows(kVotes, {{"change", row[0]}, {"approval", row[10]}}));
    KOSEI_ASSIGN_OR_RETURN(change.comments,
                           rows(kComments, {{"change", row[0]}, {"since", since}}));
  }
  KOSEI_ASSIGN_OR_RETURN(minutes.actions, rows(kActions, {{"key", QueryValue{key}},
                                                          {"changes", QueryValue{std::move(keys)}},
                                                          {"since", since}}));
  return minutes;
}

// What became of a change: of its approval, or where there was none its state.
std::string DecisionOf(const QueryRow& row) {
  const std::string decision = TextOf(row[9]);
  return decision.empty() ? TextOf(row[6]) : decision;
}

class MarkdownMinutes {
 public:
  MarkdownMinutes(const Context& context, const Minutes& minutes)
      : context_(context), minutes_(minutes) {}

  std::string Text() {
    const PackedMap& meeting = minutes_.meeting;
    absl::StrAppend(&out_, "# ", Say("Minutes", "議事録"), ": ", Cell(At(meeting, "name")), " (",
                    minutes_.key, ")\n\n");
    Head();
    Attendance();
    absl::StrAppend(&out_, "\n## ", Say("Changes", "変更"), "\n");
    if (minutes_.changes.empty())
      absl::StrAppend(&out_, "\n", Say("None was on the agenda.", "議題はありませんでした。"),
                      "\n");
    for (const DecidedChange& change : minutes_.changes) Change(change);
    Actions();
    if (const std::string notes = TextOf(At(meeting, "minutes")); !notes.empty())
      absl::StrAppend(&out_, "\n## ", Say("Notes", "記録"), "\n\n", notes, "\n");
    return std::move(out_);
  }

 private:
  std::string Say(std::string_view en, std::string_view ja) const {
    return std::string(context_.Say(en, ja));
  }
  // Fit for a cell of a table.
  static std::string Cell(const QueryValue& value) {
    return absl::StrReplaceAll(CellOf(value), {{"|", "\\|"}, {"\n", " "}});
  }
  void Line(std::string_view name, const std::string& value) {
    if (!value.empty()) absl::StrAppend(&out_, "- ", std::string(name), ": ", value, "\n");
  }
  void Rows(const std::vector<std::string>& titles, const std::vector<QueryRow>& rows) {
    absl::StrAppend(&out_, "\n| ", absl::StrJoin(titles, " | "), " |\n|");
    for (std::size_t i = 0; i < titles.size(); ++i) out_ += "---|";
    out_ += '\n';
    for (const QueryRow& row : rows) {
      out_ += '|';
      for (const QueryValue& value : row) absl::StrAppend(&out_, " ", Cell(value), " |");
      out_ += '\n';
    }
  }

  void Head() {
    const PackedMap& meeting = minutes_.meeting;
    const bool held = !IsNull(At(meeting, "actual_start"));
    Line(Say("From", "開始"), Cell(At(meeting, held ? "actual_start" : "planned_start")));
    Line(Say("To", "終了"), Cell(At(meeting, held ? "actual_end" : "planned_end")));
    Line(Say("Place", "場所"), Cell(At(meeting, "place")));
    Line(Say("Chair", "議長"), Cell(At(meeting, "chair")));
    Line(Say("State", "状態"), Cell(At(meeting, "state")));
    if (minutes_.final)
      Line(Say("As of commit", "時点 (コミット)"), std::to_string(minutes_.commit));
  }

  void Attendance() {
    const PackedMap& meeting = minutes_.meeting;
    const std::vector<std::string> attendees = TextsOf(At(meeting, "attendees"));
    absl::StrAppend(&out_, "\n## ", Say("Attendance", "出席"), "\n\n");
    const std::string quorum = Cell(At(meeting, "quorum"));
    absl::StrAppend(
        &out_,
        context_.japanese()
            ? absl::StrFormat("%d 名 (定足数 %s)", attendees.size(), quorum.empty() ? "1" : quorum)
            : absl::StrFormat("%d attended, the quorum is %s", attendees.size(),
                              quorum.empty() ? "1" : quorum),
        "\n");
    if (!attendees.empty()) out_ += '\n';
    for (const std::string& key : attendees) {
      const auto person = std::ranges::find_if(
          minutes_.people, [&](const QueryRow& row) { return TextOf(row[0]) == key; });
      const std::string name = person == minutes_.people.end() ? std::string() : Cell((*person)[1]);
      absl::StrAppend(&out_, "- ", name.empty() ? key : absl::StrCat(name, " (", key, ")"), "\n");
    }
  }

  void Change(const DecidedChange& change) {
    const QueryRow& row = change.row;
    absl::StrAppend(&out_, "\n### ", change.key, " ", Cell(row[1]), "\n\n");
    Line(Say("Kind", "種別"), Cell(row[2]));
    Line(Say("Risk", "リスク"), Cell(row[3]));
    if (!IsNull(row[4]))
      Line(Say("Window", "予定"), absl::StrCat(Cell(row[4]), " - ", Cell(row[5])));
    Line(Say("Services", "サービス"), absl::StrJoin(TextsOf(row[8]), ", "));
    Line(Say("Decision", "決定"), absl::StrCat("**", DecisionOf(row), "**"));
    Line(Say("Conditions", "条件"), Cell(row[7]));
    if (!change.votes.empty()) {
      Rows({Say("Voted at", "投票日時"), Say("Voter", "投票者"), Say("For", "代理の対象者"),
            Say("Step", "承認段階"), Say("Vote", "賛否"), Say("Comment", "意見")},
           change.votes);
    }
    if (!change.comments.empty()) {
      Rows({Say("Said at", "日時"), Say("By", "発言者"), Say("Comment", "コメント")},
           change.comments);
    }
  }

  void Actions() {
    absl::StrAppend(&out_, "\n## ", Say("Actions", "処置"), "\n");
    if (minutes_.actions.empty()) {
      absl::StrAppend(&out_, "\n", Say("None.", "なし。"), "\n");
      return;
    }
    Rows({Say("Task", "作業"), Say("Of", "対象"), Say("Title", "件名"), Say("Who", "担当"),
          Say("Due", "期限"), Say("State", "状態")},
         minutes_.actions);
  }

  const Context& context_;
  const Minutes& minutes_;
  std::string out_;
};

void WriteRows(JsonWriter& json, std::string_view name, const std::vector<std::string>& names,
               const std::vector<QueryRow>& rows) {
  json.Key(name);
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const QueryRow& row : rows) {
    json.BeginObject();
    for (std::size_t i = 0; i < names.size() && i < row.size(); ++i) {
      json.Key(names[i]);
      WriteQueryValue(json, row[i]);
    }
    json.End();
  }
  json.End();
}

std::string JsonOf(const Minutes& minutes) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLines);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("key", minutes.key);
  json.Key("commit");
  minutes.final ? json.Unsigned(minutes.commit) : json.Null();
  json.Key("final");
  json.Boolean(minutes.final);
  json.Key("meeting");
  WriteQueryValue(json, QueryValue{minutes.meeting});
  WriteRows(json, "attendees", {"key", "name"}, minutes.people);
  json.Key("changes");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const DecidedChange& change : minutes.changes) {
    json.BeginObject(JsonWriter::Layout::kLines);
    const char* const names[] = {"key",         "title", "kind",       "risk",    "planned_start",
                                 "planned_end", "state", "conditions", "services"};
    for (std::size_t i = 0; i < std::size(names); ++i) {
      json.Key(names[i]);
      WriteQueryValue(json, change.row[i]);
    }
    json.Member("decision", DecisionOf(change.row));
    WriteRows(json, "votes", {"at", "voter", "on_behalf_of", "step", "ballot", "comment"},
              change.votes);
    WriteRows(json, "comments", {"at", "by", "text"}, change.comments);
    json.End();
  }
  json.End();
  WriteRows(json, "actions", {"key", "of", "title", "assigned_to", "due_at", "state"},
            minutes.actions);
  json.End();
  return out + "\n";
}

}  // namespace

CommandResult RunCabMinutes(Context& context, const CabMinutesOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Minutes minutes, Gather(*client, options.key));
  const bool markdown = options.format.empty() ? context.format() == OutputFormat::kTable
                                               : options.format == "markdown";
  context.Write(markdown ? MarkdownMinutes(context, minutes).Text() : JsonOf(minutes));
  if (!minutes.final) {
    context.Note(context.Say("the meeting is not closed: these minutes still change",
                             "会議は閉会していないため、この議事録は変わる可能性があります"));
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
