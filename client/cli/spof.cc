// kosei spof SERVICE... | --all
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "commands.h"
#include "csv_writer.h"
#include "impact_question.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/causes.h"
#include "record_text.h"
#include "step_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::ServicePoints;
using client::SinceKind;
using client::SinglePoint;
using client::State;

// More lines than these on a terminal help nobody; a pipe gets what it asks for.
constexpr std::uint32_t kTerminalLinesMax = 100;
constexpr std::uint32_t kLinesMax = 100'000;
constexpr std::size_t kPointsInSummary = 3;

std::string_view SinceName(SinceKind kind) {
  switch (kind) {
    case SinceKind::kCommit:
      return "commit";
    case SinceKind::kAtLeast:
      return "at_least";
    case SinceKind::kRetired:
      return "retired";
    case SinceKind::kPlanned:
      return "planned";
    case SinceKind::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view EndName(client::CutSetsEnd end) {
  switch (end) {
    case client::CutSetsEnd::kWhole:
      return "whole";
    case client::CutSetsEnd::kListed:
      return "listed";
    case client::CutSetsEnd::kTried:
      return "tried";
  }
  return "unknown";
}

const client::Commit* CommitOf(const ServicePoints& service, const SinglePoint& point) {
  if (!point.since.has_value() || point.since->commit == 0) return nullptr;
  for (const client::Commit& commit : service.commits) {
    if (commit.number == point.since->commit) return &commit;
  }
  return nullptr;
}

void WritePoint(JsonWriter& json, const ServicePoints& service, const SinglePoint& point,
                const Model& model) {
  json.BeginObject();
  json.Member("key", point.key);
  json.Member("class", model.ClassName(point.class_number));
  json.Member("outcome", NameOf(point.outcome));
  json.Member("distance", std::uint64_t{point.distance});
  json.Key("by_gate");
  json.Boolean(point.by_gate);
  if (point.since.has_value()) {
    json.Key("since");
    json.BeginObject();
    json.Member("kind", SinceName(point.since->kind));
    json.Key("commit");
    if (const client::Commit* const commit = CommitOf(service, point)) {
      WriteCommit(json, *commit);
    } else {
      json.Null();
    }
    json.End();
  }
  json.End();
}

void WriteSets(JsonWriter& json, const ServicePoints& service) {
  json.Key("cut_sets");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const std::vector<std::uint32_t>& set : service.sets) {
    json.BeginArray();
    for (const std::uint32_t group : set) {
      json.BeginObject();
      json.Key("any_of");
      json.BeginArray();
      for (const std::string& key : service.groups[group].keys) json.Text(key);
      json.End();
      json.Member("count", std::uint64_t{service.groups[group].count});
      json.End();
    }
    json.End();
  }
  json.End();
  json.Member("cut_set_count", service.set_count);
  json.Member("cut_sets_end", EndName(service.sets_end));
  json.Member("cut_sets_whole_to", std::uint64_t{service.sets_whole_to});
}

void WriteService(JsonWriter& json, const ServicePoints& service, const Model& model, bool sets,
                  JsonWriter::Layout layout) {
  json.BeginObject(layout);
  json.Member("service", service.key);
  json.Member("class", model.ClassName(service.class_number));
  json.Member("before", NameOf(service.before));
  json.Member("upstream", service.upstream);
  json.Member("failing", service.failing);
  json.Member("degrading", service.degrading);
  json.Key("points");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const SinglePoint& point : service.points) WritePoint(json, service, point, model);
  json.End();
  if (sets) WriteSets(json, service);
  json.End();
}

void WriteCsv(std::string& out, const std::vector<ServicePoints>& services, const Model& model) {
  AppendCsvRow(out, {"service", "size", "key", "class", "outcome", "distance", "by_gate",
                     "since_kind", "since_commit", "since_time", "actor", "reason", "cause"});
  for (const ServicePoints& service : services) {
    for (const SinglePoint& point : service.points) {
      const client::Commit* const commit = CommitOf(service, point);
      const bool told = commit != nullptr;
      AppendCsvRow(
          out,
          {service.key, "1", point.key, std::string(model.ClassName(point.class_number)),
           std::string(NameOf(point.outcome)), std::to_string(point.distance),
           point.by_gate ? "true" : "false",
           point.since.has_value() ? std::string(SinceName(point.since->kind)) : std::string(),
           told ? std::to_string(commit->number) : "", told ? FormatTimestamp(commit->time) : "",
           told ? commit->actor : "", told ? commit->reason : "", told ? commit->cause : ""});
    }
    for (const std::vector<std::uint32_t>& set : service.sets) {
      std::vector<std::string> parts;
      for (const std::uint32_t group : set)
        parts.push_back(absl::StrJoin(service.groups[group].keys, "|"));
      AppendCsvRow(out, {service.key, std::to_string(set.size()), absl::StrJoin(parts, " & "), "",
                         "failed", "", "true", "", "", "", "", "", ""});
    }
  }
}

std::string SinceText(const Context& context, const ServicePoints& service,
                      const SinglePoint& point) {
  if (point.since->kind == SinceKind::kPlanned)
    return std::string(context.Say("made so by the plan", "計画による"));
  const client::Commit* const commit = CommitOf(service, point);
  if (commit == nullptr) return {};
  std::string text = ShortTime(commit->time);
  if (point.since->kind == SinceKind::kAtLeast)
    text = absl::StrFormat("%s %s", context.Say("at least", "少なくとも"), text);
  if (point.since->kind == SinceKind::kRetired)
    text = absl::StrFormat("%s %s", context.Say("as far as is kept", "保持範囲では"), text);
  absl::StrAppendFormat(&text, "  #%d %s", commit->number, commit->actor);
  if (!commit->reason.empty()) absl::StrAppendFormat(&text, ": %s", commit->reason);
  if (!commit->cause.empty()) absl::StrAppendFormat(&text, " (%s)", commit->cause);
  return text;
}

std::string PointsTable(const Context& context, const ServicePoints& service, const Model& model,
                        bool since) {
  std::vector<Table::Column> columns = {
      {std::string(context.Say("KEY", "キー"))},
      {std::string(context.Say("CLASS", "クラス"))},
      {std::string(context.Say("THEN", "結果"))},
      {std::string(context.Say("DISTANCE", "距離")), Table::Align::kRight},
      {std::string(context.Say("OVER", "経由"))}};
  if (since) columns.push_back({std::string(context.Say("SINCE", "いつから"))});
  Table table(std::move(columns));
  for (const SinglePoint& point : service.points) {
    std::vector<std::string> row = {
        point.key, ClassLabel(context, model, point.class_number),
        std::string(StateLabel(context, point.outcome)), std::to_string(point.distance),
        std::string(point.by_gate ? context.Say("a gate", "ゲート")
                                  : context.Say("links alone", "リンクのみ"))};
    if (since) row.push_back(SinceText(context, service, point));
    table.AddRow(std::move(row));
  }
  return table.Render(context.style());
}

std::string GroupName(const Context& context, const client::CutGroup& group) {
  std::string text = group.keys.empty() ? std::string() : group.keys.front();
  if (group.count <= 1) return text;
  const std::string others = Grouped(group.count - 1);
  text += context.japanese() ? absl::StrFormat("（または他 %s 件）", others)
                             : absl::StrFormat(" (or %s more)", others);
  return text;
}

std::string SetsTable(const Context& context, const ServicePoints& service) {
  Table table({{std::string(context.Say("SIZE", "件数")), Table::Align::kRight},
               {std::string(context.Say("SETS", "組数")), Table::Align::kRight},
               {std::string(context.Say("FAILING TOGETHER", "同時に停止"))}});
  for (const std::vector<std::uint32_t>& set : service.sets) {
    std::vector<std::string> parts;
    std::uint64_t count = 1;
    for (const std::uint32_t group : set) {
      parts.push_back(GroupName(context, service.groups[group]));
      count *= service.groups[group].count;
    }
    table.AddRow({std::to_string(set.size()), Grouped(count), absl::StrJoin(parts, " + ")});
  }
  return table.Render(context.style());
}

// "payroll rests on 41 records; alone, 3 of them fail it and 1 degrade it"
std::string Headline(const Context& context, const ServicePoints& service) {
  if (context.japanese()) {
    return absl::StrFormat(
        "%s: 依存先 %s 件のうち、単独で停止させるもの %s 件、低下させるもの %s 件\n", service.key,
        Grouped(service.upstream), Grouped(service.failing), Grouped(service.degrading));
  }
  return absl::StrFormat("%s rests on %s; alone, %s of them fail it and %s degrade it\n",
                         service.key, Counted(service.upstream, "record", "records"),
                         Grouped(service.failing), Grouped(service.degrading));
}

void WriteOne(Context& context, const ServicePoints& service, const Model& model,
              const SpofOptions& options) {
  std::string out = Headline(context, service);
  if (!service.points.empty()) out += "\n" + PointsTable(context, service, model, options.since);
  if (!service.sets.empty()) out += "\n" + SetsTable(context, service);
  context.Write(out);
}

void WriteSummary(Context& context, const std::vector<ServicePoints>& services,
                  const SpofOptions& options) {
  std::vector<Table::Column> columns = {
      {std::string(context.Say("SERVICE", "サービス"))},
      {std::string(context.Say("RESTS ON", "依存先")), Table::Align::kRight},
      {std::string(context.Say("FAIL IT", "停止")), Table::Align::kRight},
      {std::string(context.Say("DEGRADE IT", "低下")), Table::Align::kRight}};
  if (options.size > 1)
    columns.push_back({std::string(context.Say("CUT SETS", "組")), Table::Align::kRight});
  columns.push_back({std::string(context.Say("NEAREST", "最も近いもの"))});
  Table table(std::move(columns));
  for (const ServicePoints& service : services) {
    std::vector<std::string> row = {service.key, Grouped(service.upstream),
                                    Grouped(service.failing), Grouped(service.degrading)};
    if (options.size > 1) row.push_back(Grouped(service.set_count));
    std::vector<std::string> nearest;
    for (std::size_t i = 0; i < std::min(kPointsInSummary, service.points.size()); ++i)
      nearest.push_back(service.points[i].key);
    row.push_back(absl::StrJoin(nearest, ", "));
    table.AddRow(std::move(row));
  }
  context.Write(table.Render(context.style()));
}

void WriteNotes(Context& context, const std::vector<ServicePoints>& services,
                const SpofOptions& options) {
  for (const ServicePoints& service : services) {
    if (service.before != State::kUp) {
      context.Note(absl::StrFormat("%s: %s (%s)", service.key,
                                   context.Say("is down already", "すでに停止または低下しています"),
                                   StateLabel(context, service.before)));
    }
    if (service.points.size() < service.failing + service.degrading &&
        (services.size() == 1 || context.format() != OutputFormat::kTable)) {
      context.Note(absl::StrFormat(
          "%s: %s / %s %s", service.key, Grouped(service.points.size()),
          Grouped(service.failing + service.degrading),
          context.Say("points listed; --limit N lists more", "件を表示。--limit N で増やせます")));
    }
    if (options.size > 1 && service.sets_end != client::CutSetsEnd::kWhole) {
      context.Note(absl::StrFormat(
          "%s: %s", service.key,
          service.sets_end == client::CutSetsEnd::kListed
              ? context.Say("there are more cut sets; --limit N lists more",
                            "ほかにも組があります。--limit N で増やせます")
              : context.Say("there may be more cut sets; not all combinations were tried",
                            "ほかにも組がありえます。すべての組み合わせは試していません")));
    }
  }
  if (services.empty()) {
    context.Note(
        context.Say("there is no service; the model says which classes are services "
                    "(role: service), or name records",
                    "サービスがありません。モデルの role: service を確認するか、"
                    "キーを指定してください"));
  }
}

absl::StatusOr<client::PointsRequest> RequestOf(Context& context, const SpofOptions& options) {
  if (options.services.empty() != options.all) {
    return MakeError(ErrorCode::kInvalidArgument,
                     options.all ? "spof: --all asks about every service; leave the keys out"
                                 : "spof: no service is named; name one by its key, or ask about "
                                   "every service with --all",
                     "SERVICE");
  }
  const bool has_view =
      !options.view.as_of.empty() || !options.view.valid_at.empty() || !options.view.plan.empty();
  if (options.follow &&
      (has_view || options.size > 1 || options.since || !options.during.empty())) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "spof: --follow tells of single points, in the present; leave --as-of, "
                     "--valid-at, --plan, --size, --since and --during out",
                     "--follow");
  }
  client::PointsRequest request;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  request.services = options.services;
  request.size = options.size;
  request.since = options.since;
  SetContexts(options.count, request.contexts, request.all_contexts);
  if (!options.during.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const auto during, ParseDuring("spof", options.during));
    request.time_from = during.first;
    request.time_to = during.second;
  }
  const bool terminal = context.format() == OutputFormat::kTable && context.out_is_terminal();
  request.limit = options.limit.value_or(terminal ? kTerminalLinesMax : kLinesMax);
  return request;
}

// A line an event, or a line a change for people.
std::string EventText(const Context& context, const client::PointsEvent& event,
                      const Model& model) {
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    for (const client::PointChange& change : event.changes) {
      out += absl::StrFormat("%s %d  %s  %s (%s)  %s -> %s\n", context.Say("commit", "コミット"),
                             event.view.commit, change.service, change.key,
                             model.ClassName(change.class_number),
                             StateLabel(context, change.before), StateLabel(context, change.after));
    }
    return out;
  }
  JsonWriter json(out, JsonWriter::Layout::kInline);
  json.BeginObject();
  json.Key("view");
  WriteView(json, event.view);
  json.Key("changes");
  json.BeginArray();
  for (const client::PointChange& change : event.changes) {
    json.BeginObject();
    json.Member("service", change.service);
    json.Member("key", change.key);
    json.Member("class", model.ClassName(change.class_number));
    json.Member("before", NameOf(change.before));
    json.Member("after", NameOf(change.after));
    json.Member("distance", std::uint64_t{change.distance});
    json.End();
  }
  json.End();
  json.End();
  return out + "\n";
}

CommandResult Follow(Context& context, client::Client& client, const client::PointsRequest& request,
                     std::uint64_t events) {
  context.DefaultToLines();
  std::uint64_t seen = 0;
  absl::Status written = absl::OkStatus();
  KOSEI_RETURN_IF_ERROR(client.WatchPoints(request, [&](const client::PointsEvent& event) {
    context.Write(EventText(context, event, *client.model()));
    written = context.Flush();
    return written.ok() && ++seen < events;
  }));
  KOSEI_RETURN_IF_ERROR(written);
  return ExitCode::kOk;
}

}  // namespace

CommandResult RunSpof(Context& context, const SpofOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::PointsRequest request, RequestOf(context, options));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  if (options.follow)
    return Follow(context, *client, request, options.count_events.value_or(UINT64_MAX));
  std::vector<ServicePoints> services;
  KOSEI_ASSIGN_OR_RETURN(const client::PointsSummary summary,
                         client->PointsOfFailure(request, [&](const ServicePoints& service) {
                           services.push_back(service);
                           return true;
                         }));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(summary.view));
  const bool sets = options.size > 1;
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson: {
      JsonWriter json(out);
      json.BeginObject(JsonWriter::Layout::kLines);
      json.Key("view");
      WriteView(json, summary.view);
      json.Key("services");
      json.BeginArray(JsonWriter::Layout::kLines);
      for (const ServicePoints& service : services)
        WriteService(json, service, *model, sets, JsonWriter::Layout::kLines);
      json.End();
      json.End();
      context.Write(out + "\n");
      break;
    }
    case OutputFormat::kJsonl:
      for (const ServicePoints& service : services) {
        JsonWriter json(out, JsonWriter::Layout::kInline);
        WriteService(json, service, *model, sets, JsonWriter::Layout::kInline);
        out += '\n';
      }
      context.Write(out);
      break;
    case OutputFormat::kCsv:
      WriteCsv(out, services, *model);
      context.Write(out);
      break;
    case OutputFormat::kTable:
      if (services.size() == 1) {
        WriteOne(context, services.front(), *model, options);
      } else if (!services.empty()) {
        WriteSummary(context, services, options);
      }
      break;
  }
  WriteNotes(context, services, options);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
