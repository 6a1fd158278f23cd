// kosei notification list, retry
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process/process_commands.h"
#include "query/statement_run.h"

namespace kosei::cli {
namespace {

// As many as one request takes.
constexpr std::size_t kKeysAtOnce = 1'000;

}  // namespace

CommandResult RunNotificationList(Context& context, const NotificationListOptions& options) {
  client::StatementRequest request;
  request.rows_max = options.limit;
  std::string where =
      options.state.empty() ? "n.state IN ['waiting', 'failed']" : "n.state = $state";
  request.parameters = {{"state", {options.state}}};
  if (!options.about.empty()) {
    where += " AND n.about = $about";
    request.parameters.push_back({"about", {options.about}});
  }
  request.text = absl::StrFormat(
      "MATCH (n:Notification) WHERE %s RETURN key(n) AS key, n.state AS state, n.channel AS "
      "channel, n.to AS to, n.template AS template, n.attempts AS attempts, n.next_attempt_at AS "
      "next_attempt_at, n.sent_at AS sent_at, n.last_error AS last_error ORDER BY n.written_at "
      "DESC, key(n) DESC",
      where);
  return RunStatements(context, {request.text}, std::move(request));
}

CommandResult RunNotificationRetry(Context& context, const NotificationRetryOptions& options) {
  if (options.keys.empty() != options.failed) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "notification retry: name notifications by their keys, or say --failed for "
                     "all that were given up");
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  std::vector<std::string> keys = options.keys;
  if (options.failed) {
    client::StatementRequest request;
    request.text = "MATCH (n:Notification {state: 'failed'}) RETURN key(n)";
    KOSEI_RETURN_IF_ERROR(
        client
            ->Query(request,
                    [&](const std::vector<std::string>&, const client::QueryRow& row) {
                      if (const auto* key = row[0].As<std::string>()) keys.push_back(*key);
                      return true;
                    })
            .status());
  }
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < keys.size(); at += kKeysAtOnce) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end =
        keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), at + kKeysAtOnce));
    KOSEI_ASSIGN_OR_RETURN(const std::uint32_t done, client->RetryNotifications({begin, end}));
    count += done;
  }
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    out = absl::StrFormat("%d %s\n", count,
                          std::string(context.Say("to be sent at once", "件を直ちに送信します")));
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("count", count);
    json.End();
    out += '\n';
  }
  context.Write(out);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
