// kosei history KEY
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Model;

// One thing that one commit did to the record.
struct Event {
  std::string what;     // created, updated, ended, linked, unlinked
  std::string subject;  // attribute, or "type target"
  std::string detail;   // "before -> after"
};
using Events = std::map<std::uint64_t, std::vector<Event>, std::greater<>>;

const client::Commit* FindCommit(const client::History& history, std::uint64_t number) {
  for (const client::Commit& commit : history.commits) {
    if (commit.number == number) return &commit;
  }
  return nullptr;
}

// "2026-12-24T13:00:00Z .. 2026-12-25T13:00:00Z", either end left out where it is none.
std::string ValidText(Timestamp from, Timestamp to) {
  return absl::StrFormat("%s ..%s", from == kBeginningOfTime ? "" : ShortTime(from),
                         to == kEndOfTime ? "" : " " + ShortTime(to));
}

// Of a version that is so at another time than from its commit's on.
void AddValidEvent(Events& events, const client::RecordVersion& version,
                   const client::History& history) {
  const Record& record = version.record;
  const client::Commit* const commit = FindCommit(history, version.begin);
  const bool plain =
      record.valid_to == kEndOfTime && (commit == nullptr || record.valid_from == commit->time);
  if (plain) return;
  events[version.begin].push_back({"valid", ValidText(record.valid_from, record.valid_to), ""});
}

// What was taken from the version later on.
void AddRemnantEvent(Events& events, const client::RecordVersion& version) {
  if (!version.remnant) return;
  const bool retired = *version.remnant == RemnantKind::kRetired;
  events[version.begin].push_back({retired ? "retired" : "erased", "", ""});
}

void AddVersionEvents(Events& events, const client::History& history, const Model& model,
                      const AttributeTypes& types) {
  const auto& versions = history.versions;  // newest first
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const client::RecordVersion& version = versions[i];
    if (version.record.ended) {
      events[version.begin].push_back({"ended", "", ""});
      AddRemnantEvent(events, version);
      continue;
    }
    const bool has_older = i + 1 < versions.size() && versions[i + 1].end == version.begin &&
                           !versions[i + 1].record.ended;
    if (has_older && versions[i + 1].remnant == RemnantKind::kRetired) {
      events[version.begin].push_back({"updated", "", ""});  // from what nobody knows any more
    } else if (has_older) {
      for (const AttributeChange& change : ChangesBetween(versions[i + 1].record, version.record)) {
        const ValueType type = types.Of(change.attribute);
        events[version.begin].push_back(
            {"updated", std::string(model.AttributeName(change.attribute)),
             absl::StrFormat("%s -> %s",
                             change.before.is_null() ? "-" : FormatValue(change.before, type),
                             change.after.is_null() ? "-" : FormatValue(change.after, type))});
      }
    } else {
      events[version.begin].push_back({"created", "", ""});
    }
    AddRemnantEvent(events, version);
    AddValidEvent(events, version, history);
    const bool has_newer = i > 0 && versions[i - 1].begin == version.end;
    if (version.end != kOpen && !has_newer) events[version.end].push_back({"ended", "", ""});
  }
}

void AddLinkEvents(Events& events, const client::History& history, const std::string& key,
                   const Model& model) {
  for (const client::LinkSpan& link : history.links) {
    const std::string type(model.RelationshipTypeName(link.type));
    const std::string subject = link.source == key
                                    ? absl::StrFormat("%s %s", type, link.target)
                                    : absl::StrFormat("%s %s %s", link.source, type, link.target);
    const bool timed = link.valid_from != kBeginningOfTime || link.valid_to != kEndOfTime;
    events[link.begin].push_back(
        {"linked", subject, timed ? ValidText(link.valid_from, link.valid_to) : ""});
    if (link.end != kOpen) events[link.end].push_back({"unlinked", subject, ""});
  }
}

void WriteVersions(JsonWriter& json, const client::History& history, const Model& model,
                   const AttributeTypes& types) {
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::RecordVersion& version : history.versions) {
    json.BeginObject();
    json.Member("begin", version.begin);
    WriteEnd(json, version.end);
    WriteValid(json, version.record.valid_from, version.record.valid_to);
    json.Member("class", model.ClassName(version.record.class_number));
    json.Key("ended");
    json.Boolean(version.record.ended);
    WriteRemnant(json, version);
    json.Key("attributes");
    WriteAttributes(json, version.record, model, types, JsonWriter::Layout::kInline);
    json.End();
  }
  json.End();
}

std::string Json(const client::History& history, const std::string& key, const Model& model,
                 const AttributeTypes& types, JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("key", key);
  json.Key("view");
  WriteView(json, history.view);
  json.Key("versions");
  WriteVersions(json, history, model, types);
  json.Key("links");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::LinkSpan& link : history.links) {
    WriteLink(json, link, model, Interval::kShow);
  }
  json.End();
  json.Key("commits");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const client::Commit& commit : history.commits) WriteCommit(json, commit);
  json.End();
  json.End();
  return out + "\n";
}

struct CommitText {
  std::string time, actor, reason;
};
CommitText TextOf(const client::Commit* commit, std::string (*time_text)(Timestamp)) {
  if (commit == nullptr) return {};
  const std::string& why = commit->reason.empty() ? commit->source : commit->reason;
  std::string about = commit->cause;
  if (!commit->plan.empty()) about += (about.empty() ? "plan " : ", plan ") + commit->plan;
  return {time_text(commit->time), commit->actor,
          about.empty() ? why : absl::StrFormat("%s (%s)", why, about)};
}

// One line an event: what a JSON reader of lines or a spreadsheet wants.
std::string EventLines(const Events& events, const client::History& history, OutputFormat format) {
  std::string out;
  if (format == OutputFormat::kCsv) {
    AppendCsvRow(out, {"commit", "time", "actor", "reason", "change", "subject", "detail"});
  }
  for (const auto& [number, changes] : events) {
    const CommitText commit = TextOf(FindCommit(history, number), FormatTimestamp);
    for (const Event& event : changes) {
      if (format == OutputFormat::kCsv) {
        AppendCsvRow(out, {std::to_string(number), commit.time, commit.actor, commit.reason,
                           event.what, event.subject, event.detail});
        continue;
      }
      JsonWriter json(out, JsonWriter::Layout::kInline);
      json.BeginObject();
      json.Member("commit", number);
      json.Member("time", commit.time);
      json.Member("actor", commit.actor);
      json.Member("reason", commit.reason);
      json.Member("change", event.what);
      json.Member("subject", event.subject);
      json.Member("detail", event.detail);
      json.End();
      out += '\n';
    }
  }
  return out;
}

std::string_view Translated(const Context& context, const std::string& what) {
  if (what == "created") return context.Say("created", "作成");
  if (what == "updated") return context.Say("updated", "更新");
  if (what == "ended") return context.Say("ended", "終了");
  if (what == "erased") return context.Say("erased", "消去済み");
  if (what == "retired") return context.Say("retired", "保存期間終了");
  if (what == "valid") return context.Say("valid", "有効期間");
  if (what == "linked") return context.Say("linked", "関係追加");
  return context.Say("unlinked", "関係終了");
}

std::string TableText(const Context& context, const Events& events,
                      const client::History& history) {
  Table table({{std::string(context.Say("COMMIT", "コミット")), Table::Align::kRight},
               {std::string(context.Say("TIME", "日時"))},
               {std::string(context.Say("BY", "実行者"))},
               {std::string(context.Say("CHANGE", "変更"))},
               {std::string(context.Say("WHAT", "内容"))},
               {std::string(context.Say("REASON", "理由"))}});
  for (const auto& [number, changes] : events) {
    const CommitText commit = TextOf(FindCommit(history, number), ShortTime);
    bool first = true;
    for (const Event& event : changes) {
      std::string what = event.subject;
      if (!event.detail.empty()) what += ": " + event.detail;
      table.AddRow({first ? std::to_string(number) : "", first ? commit.time : "",
                    first ? commit.actor : "", std::string(Translated(context, event.what)), what,
                    first ? commit.reason : ""});
      first = false;
    }
  }
  return table.Render(context.style());
}

}  // namespace

CommandResult RunHistory(Context& context, const HistoryOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::History history, client->GetHistory(options.key, view));
  if (history.versions.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("history of '%s': no such record", options.key));
  }
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(history.view));
  const AttributeTypes types(*model);
  Events events;
  AddVersionEvents(events, history, *model, types);
  AddLinkEvents(events, history, options.key, *model);
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(Json(history, options.key, *model, types, JsonWriter::Layout::kLines));
      break;
    case OutputFormat::kJsonl:
    case OutputFormat::kCsv:
      context.Write(EventLines(events, history, context.format()));
      break;
    case OutputFormat::kTable:
      context.Write(TableText(context, events, history));
      break;
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
