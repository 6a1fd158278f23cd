// kosei release order, success
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process/record_rows.h"
#include "process/release_items.h"
#include "process/release_options.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::QueryRow;
using client::QueryValue;
using language::PackedMap;

// How long a release is watched when nobody says, as the figure release_success has it.
constexpr std::int64_t kEarlyLife = std::int64_t{14} * 86'400 * 1'000'000;

// Incidents of the period that people put down to it, to a change or to a deployment of it, and
// those that hit what it works on.
constexpr const char* kIncidents =
    "MATCH (i:Incident) WHERE i.opened_at >= $from AND i.opened_at < $to AND NOT i.state IN "
    "['cancelled', 'duplicate'] "
    "OPTIONAL MATCH (i)-[:caused_by]->(c) WHERE key(c) = $key OR EXISTS { "
    "(c)-[:part_of]->(:Release {key: $key}) } OR EXISTS { (c)-[:deploys]->(:Release {key: $key}) } "
    "WITH i, collect(DISTINCT key(c)) AS causes "
    "OPTIONAL MATCH (i)-[:affects]->(a) WHERE key(a) IN $items "
    "WITH i, causes, collect(DISTINCT key(a)) AS hit WHERE size(causes) > 0 OR size(hit) > 0 "
    "RETURN key(i) AS key, i.priority, i.opened_at AS at, i.state, i.name, causes, hit ORDER BY "
    "at, "
    "key";

struct Aftermath {
  std::string key;
  std::string outcome, state;
  Timestamp from, to;
  bool over = false;  // the period
  std::vector<QueryRow> incidents;
  std::size_t grave = 0;  // of priority 1 or 2
  bool success = false;
};

absl::StatusOr<Aftermath> Measure(client::Client& client, const ReleaseSuccessOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const PackedMap release,
                         FindProcessRecord(client, options.key, "Release"));
  Aftermath after;
  after.key = options.key;
  after.outcome = TextOf(At(release, "outcome"));
  after.state = TextOf(At(release, "state"));
  const auto deployed = InstantOf(At(release, "deployed_at"));
  const auto began = InstantOf(At(release, "actual_start"));
  if (!deployed.has_value() && !began.has_value()) {
    return MakeError(ErrorCode::kGuardRefused,
                     absl::StrFormat("release %s is %s and not deployed yet, so that there is "
                                     "nothing to measure; `kosei release next %s` says how it goes "
                                     "on",
                                     options.key, after.state, options.key),
                     "KEY");
  }
  after.from = deployed.has_value() ? *deployed : *began;
  after.to =
      InstantOf(At(release, "monitored_until")).value_or(Timestamp{after.from.micros + kEarlyLife});
  if (!options.until.empty()) {
    KOSEI_ASSIGN_OR_RETURN(after.to, ParseInstant(options.until, "--until"));
  }
  const Timestamp now = SystemClock().Now();
  after.over = after.to <= now;
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> items, ItemsOfRelease(client, options.key));
  language::PackedList list;
  for (const std::string& item : items) list.push_back(QueryValue{item});
  KOSEI_ASSIGN_OR_RETURN(after.incidents, RowsOf(client, kIncidents,
                                                 {{"key", QueryValue{options.key}},
                                                  {"items", QueryValue{std::move(list)}},
                                                  {"from", ValueOf(after.from)},
                                                  {"to", ValueOf(after.to)}}));
  after.grave =
      static_cast<std::size_t>(std::ranges::count_if(after.incidents, [](const QueryRow& row) {
        const std::string priority = TextOf(row[1]);
        return priority == "p1" || priority == "p2";
      }));
  after.success = after.outcome != "failed" && after.grave == 0;
  return after;
}

std::string JsonOf(const Aftermath& after) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kLines);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("key", after.key);
  json.Member("state", after.state);
  json.Key("outcome");
  after.outcome.empty() ? json.Null() : json.Text(after.outcome);
  json.Member("from", FormatTimestamp(after.from));
  json.Member("to", FormatTimestamp(after.to));
  json.Key("over");
  json.Boolean(after.over);
  json.Key("success");
  json.Boolean(after.success);
  json.Member("grave", std::uint64_t{after.grave});
  json.Key("incidents");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const QueryRow& row : after.incidents) {
    json.BeginObject();
    json.Member("key", TextOf(row[0]));
    json.Key("priority");
    TextOf(row[1]).empty() ? json.Null() : json.Text(TextOf(row[1]));
    json.Member("opened_at", CellOf(row[2]));
    json.Member("state", TextOf(row[3]));
    json.Member("title", TextOf(row[4]));
    for (const auto& [name, at] : {std::pair("caused_by", 5), std::pair("hits", 6)}) {
      json.Key(name);
      json.BeginArray();
      for (const std::string& key : TextsOf(row[static_cast<std::size_t>(at)])) json.Text(key);
      json.End();
    }
    json.End();
  }
  json.End();
  json.End();
  return out + "\n";
}

std::string CsvOf(const Aftermath& after) {
  std::string out;
  AppendCsvRow(out, {"key", "priority", "opened_at", "state", "title", "caused_by", "hits"});
  for (const QueryRow& row : after.incidents) {
    AppendCsvRow(out,
                 {TextOf(row[0]), TextOf(row[1]), CellOf(row[2]), TextOf(row[3]), TextOf(row[4]),
                  absl::StrJoin(TextsOf(row[5]), ";"), absl::StrJoin(TextsOf(row[6]), ";")});
  }
  return out;
}

std::string TableOf(const Context& context, const Aftermath& after) {
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  Table table({{title("INCIDENT", "インシデント")},
               {title("PRIORITY", "優先度")},
               {title("OPENED AT", "起票日時")},
               {title("CAUSED BY", "原因")},
               {title("HITS", "対象品目")},
               {title("TITLE", "件名")}});
  for (const QueryRow& row : after.incidents) {
    table.AddRow({TextOf(row[0]), TextOf(row[1]), CellOf(row[2]),
                  absl::StrJoin(TextsOf(row[5]), " "), absl::StrJoin(TextsOf(row[6]), " "),
                  TextOf(row[4])});
  }
  return after.incidents.empty() ? std::string() : table.Render(context.style());
}

}  // namespace

CommandResult RunReleaseOrder(Context& context, const ReleaseOrderOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_RETURN_IF_ERROR(FindProcessRecord(*client, options.key, "Release").status());
  OrderOptions order;
  KOSEI_ASSIGN_OR_RETURN(order.keys, ItemsOfRelease(*client, options.key));
  if (order.keys.empty()) {
    return MakeError(ErrorCode::kGuardRefused,
                     absl::StrFormat("release %s: neither its changes nor its deployments name "
                                     "items; link them (targets)",
                                     options.key),
                     "KEY");
  }
  order.reverse = options.reverse;
  // What lies between two items of the release counts, though it is not deployed.
  order.through = true;
  order.limit = options.limit;
  return RunOrder(context, order);
}

CommandResult RunReleaseSuccess(Context& context, const ReleaseSuccessOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Aftermath after, Measure(*client, options));
  if (context.format() == OutputFormat::kTable) {
    context.Write(TableOf(context, after));
    const std::string verdict(after.success
                                  ? context.Say(after.over ? "a success" : "a success so far",
                                                after.over ? "成功" : "現時点では成功")
                                  : context.Say("no success", "成功ではない"));
    context.Note(context.japanese()
                     ? absl::StrFormat("%s: %s、インシデント %d 件 (p1・p2 は %d 件)、%s - %s",
                                       after.key, verdict, after.incidents.size(), after.grave,
                                       ShortTime(after.from), ShortTime(after.to))
                     : absl::StrFormat("%s: %s; %s, %d of priority 1 or 2, %s - %s", after.key,
                                       verdict,
                                       Counted(after.incidents.size(), "incident", "incidents"),
                                       after.grave, ShortTime(after.from), ShortTime(after.to)));
  } else if (context.format() == OutputFormat::kCsv) {
    context.Write(CsvOf(after));
  } else {
    context.Write(JsonOf(after));
  }
  return after.success ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
