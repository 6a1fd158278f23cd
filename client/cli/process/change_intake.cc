// kosei change unauthorised
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "process/process_commands.h"
#include "record_text.h"
#include "table.h"
#include "view_options.h"

namespace kosei::cli {
namespace {

using client::ChangeIntake;
using client::UnauthorisedChange;

constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;

// The first commit to look at: the one behind what was newest then, or the one that is named.
absl::StatusOr<std::uint64_t> FirstCommit(client::Client& client, const std::string& since) {
  client::StatementRequest request;
  request.text = "RETURN 1";
  if (since.empty()) {
    request.view.kind = client::ViewName::Kind::kTime;
    request.view.time = Timestamp{SystemClock().Now().micros - kDay};
  } else {
    KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(since));
  }
  if (request.view.kind == client::ViewName::Kind::kCommit) return request.view.commit;
  const absl::StatusOr<client::StatementSummary> summary =
      client.Query(request, [](const auto&, const auto&) { return false; });
  // The store is younger than a day.
  if (since.empty() && HasCode(summary.status(), ErrorCode::kNotFound)) return 1;
  KOSEI_RETURN_IF_ERROR(summary.status());
  return summary->view.commit + 1;
}

std::string ValuesText(const UnauthorisedChange& change) {
  std::string text;
  for (const UnauthorisedChange::Value& value : change.values) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", value.attribute, ": ",
                    value.before.empty() ? "-" : value.before, " -> ",
                    value.after.empty() ? "-" : value.after);
  }
  return text;
}

std::string Joined(const UnauthorisedChange& change,
                   std::string UnauthorisedChange::Value::* member) {
  std::string text;
  for (const UnauthorisedChange::Value& value : change.values)
    absl::StrAppend(&text, text.empty() ? "" : "; ", value.*member);
  return text;
}

// A discrepancy with what was found.
absl::Status Record(client::Client& client, UnauthorisedChange& change) {
  client::ProcessNew record;
  record.class_name = "Discrepancy";
  const auto set = [&](const char* name, std::string value) {
    if (!value.empty()) record.attributes.push_back({name, {std::move(value)}});
  };
  set("name", absl::StrFormat("%s changed without a change", change.key));
  set("description", absl::StrFormat("commit %d by %s%s", change.commit, change.actor,
                                     change.source.empty() ? "" : " from " + change.source));
  set("discrepancy_source", change.source.empty() ? "other" : "discovery");
  set("unauthorised_change", "true");
  set("found_commit", std::to_string(change.commit));
  set("attribute_name", Joined(change, &UnauthorisedChange::Value::attribute));
  set("recorded_value", Joined(change, &UnauthorisedChange::Value::before));
  set("found_value", change.ended ? "ended" : Joined(change, &UnauthorisedChange::Value::after));
  record.links.push_back({"affects", change.key});
  record.reason = "found without a change";
  absl::StatusOr<client::ProcessOutcome> opened = client.OpenProcess(record);
  if (HasCode(opened.status(), ErrorCode::kLinkEndMissing)) {
    // The item has ended; its key stays in the name.
    record.links.clear();
    opened = client.OpenProcess(record);
  }
  KOSEI_RETURN_IF_ERROR(opened.status());
  if (!opened->done()) return MakeError(ErrorCode::kGuardRefused, opened->refusals.front().en);
  change.discrepancy = opened->key;
  return absl::OkStatus();
}

void WriteChange(JsonWriter& json, const UnauthorisedChange& change) {
  json.BeginObject();
  json.Member("commit", change.commit);
  json.Member("time", FormatTimestamp(change.time));
  json.Member("actor", change.actor);
  json.Member("source", change.source);
  json.Member("cause", change.cause);
  json.Member("key", change.key);
  json.Member("class", change.class_name);
  json.Key("ended");
  json.Boolean(change.ended);
  json.Key("values");
  json.BeginArray();
  for (const UnauthorisedChange::Value& value : change.values) {
    json.BeginObject();
    json.Member("attribute", value.attribute);
    json.Member("before", value.before);
    json.Member("after", value.after);
    json.End();
  }
  json.End();
  json.Member("discrepancy", change.discrepancy);
  json.End();
}

std::vector<std::string> RowOf(const UnauthorisedChange& change) {
  return {std::to_string(change.commit),
          FormatTimestamp(change.time),
          change.actor,
          change.source,
          change.cause,
          change.key,
          change.class_name,
          change.ended ? "ended" : ValuesText(change),
          change.discrepancy};
}

}  // namespace

CommandResult RunChangeIntake(Context& context, const ChangeIntakeOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  std::uint64_t from = 0;
  KOSEI_ASSIGN_OR_RETURN(from, FirstCommit(*client, options.since));
  std::vector<UnauthorisedChange> found;
  for (bool whole = false; !whole;) {
    KOSEI_ASSIGN_OR_RETURN(ChangeIntake intake, client->FindUnauthorised(from));
    for (UnauthorisedChange& change : intake.found) {
      if (options.record && change.discrepancy.empty())
        KOSEI_RETURN_IF_ERROR(Record(*client, change));
      found.push_back(std::move(change));
    }
    whole = intake.whole || intake.next == from;
    from = intake.next;
  }
  const auto title = [&](const char* english, const char* japanese) {
    return std::string(context.Say(english, japanese));
  };
  WriteList(context, found,
            ListForm<UnauthorisedChange>{{"commit", "time", "actor", "source", "cause", "key",
                                          "class", "values", "discrepancy"},
                                         WriteChange,
                                         RowOf},
            Table({{title("COMMIT", "コミット"), Table::Align::kRight},
                   {title("TIME", "日時")},
                   {title("BY", "実行者")},
                   {title("ITEM", "品目")},
                   {title("DISCREPANCY", "不一致")},
                   {title("WHAT", "内容")}}),
            [&](const UnauthorisedChange& change) -> std::vector<std::string> {
              return {std::to_string(change.commit),
                      ShortTime(change.time),
                      change.source.empty() ? change.actor
                                            : absl::StrCat(change.actor, " (", change.source, ")"),
                      change.key,
                      change.discrepancy.empty() ? "-" : change.discrepancy,
                      change.ended ? title("ended", "終了") : ValuesText(change)};
            });
  if (found.empty())
    context.Note(context.Say("nothing changed without a change", "未承認の変更はありません"));
  return found.empty() ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
