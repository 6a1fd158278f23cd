// kosei watch: every commit as it happens.
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/display_width.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

std::string_view RecordChange(std::uint8_t kind) {
  return kind == 1 ? "created" : kind == 2 ? "updated" : "ended";
}
std::string_view LinkChange(std::uint8_t kind) { return kind == 3 ? "unlinked" : "linked"; }

void WriteEvent(JsonWriter& json, const client::WatchEvent& event, const client::Model& model) {
  json.BeginObject();
  json.Key("commit");
  WriteCommit(json, event.commit);
  json.Key("records");
  json.BeginArray();
  for (const client::ChangedRecord& record : event.records) {
    json.BeginObject();
    json.Member("key", record.key);
    json.Member("class", model.ClassName(record.class_number));
    json.Member("change", RecordChange(record.kind));
    json.End();
  }
  json.End();
  json.Key("links");
  json.BeginArray();
  for (const client::ChangedLink& link : event.links) {
    json.BeginObject();
    json.Member("source", link.source);
    json.Member("type", model.RelationshipTypeName(link.type));
    json.Member("target", link.target);
    json.Member("change", LinkChange(link.kind));
    json.End();
  }
  json.End();
  json.Key("cut");
  json.Boolean(event.cut);
  json.End();
}

std::string CsvRows(const client::WatchEvent& event, const client::Model& model) {
  std::string out;
  const std::string number = std::to_string(event.commit.number);
  const std::string time = FormatTimestamp(event.commit.time);
  for (const client::ChangedRecord& record : event.records) {
    AppendCsvRow(out, {number, time, event.commit.actor, std::string(RecordChange(record.kind)),
                       record.key, "", ""});
  }
  for (const client::ChangedLink& link : event.links) {
    AppendCsvRow(out,
                 {number, time, event.commit.actor, std::string(LinkChange(link.kind)), link.source,
                  std::string(model.RelationshipTypeName(link.type)), link.target});
  }
  return out;
}

// A line for the commit and an indented line for each change, at once readable while it runs.
std::string Lines(const client::WatchEvent& event, const client::Model& model) {
  const client::Commit& commit = event.commit;
  const std::string& why = commit.reason.empty() ? commit.source : commit.reason;
  std::string out = absl::StrFormat("%d  %s  %s  %s\n", commit.number, ShortTime(commit.time),
                                    Printable(commit.actor), Printable(why));
  for (const client::ChangedRecord& record : event.records) {
    out += absl::StrFormat("  %-8s  %s  (%s)\n", RecordChange(record.kind), Printable(record.key),
                           model.ClassName(record.class_number));
  }
  for (const client::ChangedLink& link : event.links) {
    out += absl::StrFormat("  %-8s  %s %s %s\n", LinkChange(link.kind), Printable(link.source),
                           model.RelationshipTypeName(link.type), Printable(link.target));
  }
  if (event.cut) {
    out += absl::StrFormat(
        "  ... %s, %s in all\n",
        Counted(commit.records_created + commit.records_updated + commit.records_ended, "record",
                "records"),
        Counted(commit.links_created + commit.links_ended, "relationship", "relationships"));
  }
  return out;
}

}  // namespace

CommandResult RunWatch(Context& context, const WatchOptions& options) {
  context.DefaultToLines();
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  if (context.format() == OutputFormat::kCsv) {
    context.Write("commit,time,actor,change,key,type,target\n");
  }
  const bool array = context.format() == OutputFormat::kJson;
  if (array) context.Write("[");
  KOSEI_RETURN_IF_ERROR(context.Flush());

  std::uint64_t seen = 0;
  absl::Status written = absl::OkStatus();
  const client::WatchRequest request{.after = options.from,
                                     .class_name = options.changes.class_name,
                                     .key_prefix = options.changes.key_prefix,
                                     .type_name = options.changes.type_name};
  const absl::Status status = client->Watch(request, [&](const client::WatchStep& step) {
    if (step.event == nullptr) return true;
    auto model = client->model();
    if (const auto named = client->ModelNumber(step.event->model_version); named.ok())
      model = *named;
    std::string out;
    if (context.format() == OutputFormat::kTable) {
      out = Lines(*step.event, *model);
    } else if (context.format() == OutputFormat::kCsv) {
      out = CsvRows(*step.event, *model);
    } else {
      if (array) out = seen == 0 ? "\n" : ",\n";
      JsonWriter json(out, JsonWriter::Layout::kInline);
      WriteEvent(json, *step.event, *model);
      if (!array) out += '\n';
    }
    ++seen;
    context.Write(out);
    written = context.Flush();
    return written.ok() && (options.count == 0 || seen < options.count);
  });
  if (array) context.Write("\n]\n");
  KOSEI_RETURN_IF_ERROR(written);
  KOSEI_RETURN_IF_ERROR(status);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
