// kosei NOUN show, list; kosei process define
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process/definition_files.h"
#include "process/process_commands.h"
#include "process/record_rows.h"
#include "query/result_writer.h"
#include "query/statement_run.h"
#include "query/value_form.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::QueryRow;
using client::QueryValue;

// What belongs to a record besides its attributes: a title, and a statement over $key.
struct Section {
  std::string_view en, ja;
  std::string_view name;  // for programs
  const char* text;
  std::string_view only = {};  // for records of this class; empty: of all
};
constexpr Section kSections[] = {
    {"links", "関連", "links",
     "MATCH (r {key: $key})-[l]->(o) RETURN type(l) AS link, key(o) AS record, o.name AS name "
     "ORDER BY link, record UNION ALL MATCH (r {key: $key})<-[l]-(o) WHERE NOT type(l) IN "
     "['comment_on', 'logged_on', 'approval_of', 'attached_to'] RETURN '<-' + type(l) AS link, "
     "key(o) AS record, "
     "o.name AS name ORDER BY link, record"},
    {"comments", "コメント", "comments",
     "MATCH (r {key: $key})<-[:comment_on]-(c) RETURN c.written_at AS at, c.written_by AS by, "
     "c.body AS text ORDER BY at, key(c)"},
    {"work", "作業ログ", "work",
     "MATCH (r {key: $key})<-[:logged_on]-(w) RETURN w.written_at AS at, w.written_by AS by, "
     "w.effort_minutes AS minutes, w.body AS text ORDER BY at, key(w)"},
    {"attachments", "添付ファイル", "attachments",
     "MATCH (r {key: $key})<-[:attached_to]-(a) RETURN a.name AS name, a.bytes AS bytes, "
     "a.media_type AS type, a.written_at AS at, a.written_by AS by ORDER BY at, key(a)"},
    {"approvals", "承認", "approvals",
     "MATCH (r {key: $key})<-[:approval_of]-(a) RETURN a.policy AS policy, a.state AS state, "
     "a.asked_at AS asked_at ORDER BY asked_at, key(a)"},
    {"changes", "変更", "changes",
     "MATCH (r {key: $key})<-[:part_of]-(c:Change) RETURN key(c) AS change, c.kind AS kind, "
     "c.state "
     "AS state, c.risk_level AS risk, c.outcome AS outcome, c.name AS name ORDER BY change",
     "Release"},
    {"deployments", "展開", "deployments",
     "MATCH (r {key: $key})<-[:deploys]-(d:Deployment) OPTIONAL MATCH (d)-[:targets]->(i) WITH d, "
     "collect(key(i)) AS targets RETURN d.wave AS wave, key(d) AS deployment, d.state AS state, "
     "d.planned_start AS planned_start, d.actual_end AS actual_end, targets ORDER BY wave, "
     "deployment",
     "Release"},
};

struct FoundSection {
  std::vector<std::string> columns;
  std::vector<QueryRow> rows;
};

absl::StatusOr<FoundSection> Ask(client::Client& client, const Section& section,
                                 const language::PackedMap& parameters) {
  client::StatementRequest request;
  request.text = section.text;
  request.parameters = parameters;
  FoundSection found;
  KOSEI_ASSIGN_OR_RETURN(
      const client::StatementSummary summary,
      client.Query(request, [&](const std::vector<std::string>&, const QueryRow& row) {
        found.rows.push_back(row);
        return true;
      }));
  found.columns = summary.columns;
  return found;
}

// Nothing when there are no rows.
void AppendTable(const Context& context, const Section& section, const FoundSection& found,
                 std::string& out) {
  if (found.rows.empty()) return;
  std::vector<Table::Column> heads;
  for (const std::string& column : found.columns) heads.push_back({column});
  Table table(std::move(heads));
  for (const QueryRow& row : found.rows) {
    std::vector<std::string> cells;
    for (const QueryValue& value : row) cells.push_back(CellOf(value));
    table.AddRow(std::move(cells));
  }
  absl::StrAppend(&out, "\n", std::string(context.Say(section.en, section.ja)), "\n",
                  table.Render(context.style()));
}

void WriteSection(const Section& section, const FoundSection& found, JsonWriter& json) {
  json.Key(section.name);
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const QueryRow& row : found.rows) {
    json.BeginObject();
    for (std::size_t i = 0; i < row.size(); ++i) {
      json.Key(found.columns[i]);
      WriteQueryValue(json, row[i]);
    }
    json.End();
  }
  json.End();
}

}  // namespace

CommandResult RunProcessShow(Context& context, const ProcessShowOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  const language::PackedMap parameters{{"key", QueryValue{options.key}}};
  KOSEI_ASSIGN_OR_RETURN(
      const std::vector<QueryRow> found,
      RowsOf(*client, "MATCH (r {key: $key}) RETURN labels(r)[0], properties(r)", parameters));
  if (found.empty()) {
    return MakeError(
        ErrorCode::kNotFound,
        absl::StrFormat("record %s: there is none; `kosei search` finds keys", options.key), "key");
  }
  const auto* const attributes = found[0][1].As<language::PackedMap>();
  std::string out;
  const bool people = context.format() == OutputFormat::kTable;
  JsonWriter json(out, JsonWriter::Layout::kLines);
  if (people) {
    Table table({{options.key}, {CellOf(found[0][0])}});
    for (const language::PackedEntry& each : *attributes)
      table.AddRow({each.key, CellOf(each.value)});
    out += table.Render(context.style());
  } else {
    json.BeginObject(JsonWriter::Layout::kLines);
    json.Member("key", options.key);
    json.Key("class");
    WriteQueryValue(json, found[0][0]);
    json.Key("attributes");
    WriteQueryValue(json, found[0][1]);
  }
  const std::string class_name = TextOf(found[0][0]);
  for (const Section& section : kSections) {
    if (!section.only.empty() && section.only != class_name) continue;
    KOSEI_ASSIGN_OR_RETURN(const FoundSection rows, Ask(*client, section, parameters));
    if (people) {
      AppendTable(context, section, rows, out);
    } else {
      WriteSection(section, rows, json);
    }
  }
  if (!people) {
    json.End();
    out += '\n';
  }
  context.Write(out);
  return ExitCode::kOk;
}

CommandResult RunProcessList(Context& context, const ProcessListOptions& options) {
  client::StatementRequest request;
  request.rows_max = options.limit;
  std::string where = options.all ? "" : " WHERE r.closed_at IS NULL";
  if (!options.filter.empty())
    absl::StrAppend(&where, where.empty() ? " WHERE " : " AND ", "(", options.filter, ")");
  request.text = absl::StrFormat(
      "MATCH (r:%s)%s RETURN key(r) AS key, r.state AS state, r.priority AS priority, "
      "r.assigned_to AS assigned_to, r.opened_at AS opened_at, r.name AS name ORDER BY "
      "r.opened_at DESC, key DESC",
      options.noun.class_name, where);
  return RunStatements(context, {request.text}, std::move(request));
}

CommandResult RunProcessDefine(Context& context, const ProcessDefineOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<client::ProcessFile> files,
                         ReadProcessFiles(options.folder));
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessCounts counts, client->DefineProcesses(files));
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    out = absl::StrFormat("%d life cycles, %d decision tables, %d approval policies, %d roles\n",
                          counts.life_cycles, counts.tables, counts.policies, counts.roles);
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("life_cycles", std::uint64_t{counts.life_cycles});
    json.Member("tables", std::uint64_t{counts.tables});
    json.Member("policies", std::uint64_t{counts.policies});
    json.Member("roles", std::uint64_t{counts.roles});
    json.End();
    out += '\n';
  }
  context.Write(out);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
