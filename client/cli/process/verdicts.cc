// kosei process verdicts
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/definition_files.h"
#include "process/record_rows.h"
#include "process/verdict_options.h"
#include "record_text.h"
#include "table.h"
#include "view_options.h"

namespace kosei::cli {
namespace {

using client::ClockReview;
using client::VerdictFlip;

constexpr std::uint32_t kRecordsAtOnce = 2'000;

// The commit that was newest then.
absl::StatusOr<std::uint64_t> CommitOf(client::Client& client, const std::string& since) {
  client::StatementRequest request;
  request.text = "RETURN 1";
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(since));
  if (request.view.kind == client::ViewName::Kind::kCommit) return request.view.commit;
  KOSEI_ASSIGN_OR_RETURN(const client::StatementSummary summary,
                         client.Query(request, [](const auto&, const auto&) { return false; }));
  return summary.view.commit;
}

absl::StatusOr<client::ClockReviewRequest> RequestOf(const VerdictOptions& options) {
  if (options.files.empty() == options.since.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "process verdicts: name files with mended calendars or agreements, or say "
                     "--since when they were mended; one of the two",
                     "FILE");
  }
  client::ClockReviewRequest request;
  for (const std::string& path : options.files) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<client::ProcessFile> files, ReadProcessFiles(path));
    for (client::ProcessFile& file : files) request.files.push_back(std::move(file));
  }
  request.classes = options.classes;
  if (!options.from.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.from, ParseInstant(options.from, "--from"));
  }
  if (!options.to.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.to, ParseInstant(options.to, "--to"));
  }
  if (!options.at.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.at, ParseInstant(options.at, "--at"));
  }
  request.limit = kRecordsAtOnce;
  return request;
}

std::string InstantText(const std::optional<Timestamp>& instant) {
  return instant.has_value() ? FormatTimestamp(*instant) : std::string();
}

void WriteFlip(JsonWriter& json, const VerdictFlip& flip) {
  json.BeginObject();
  json.Member("key", flip.key);
  json.Member("agreement", flip.agreement);
  json.Member("target", client::NameOf(flip.target));
  json.Member("before", flip.before);
  json.Member("after", flip.after);
  for (const auto& [name, due] :
       {std::pair("due_before", flip.due_before), std::pair("due_after", flip.due_after)}) {
    json.Key(name);
    due.has_value() ? json.Text(FormatTimestamp(*due)) : json.Null();
  }
  json.End();
}

std::vector<std::string> RowOf(const VerdictFlip& flip) {
  return {flip.key,
          flip.agreement,
          std::string(client::NameOf(flip.target)),
          flip.before,
          flip.after,
          InstantText(flip.due_before),
          InstantText(flip.due_after)};
}

void Write(Context& context, const std::vector<VerdictFlip>& flips) {
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  const auto due = [](const std::optional<Timestamp>& instant) {
    return instant.has_value() ? ShortTime(*instant) : std::string();
  };
  WriteList(context, flips,
            ListForm<VerdictFlip>{
                {"key", "agreement", "target", "before", "after", "due_before", "due_after"},
                WriteFlip,
                RowOf},
            Table({{title("KEY", "キー")},
                   {title("AGREEMENT", "合意")},
                   {title("TARGET", "目標")},
                   {title("BEFORE", "変更前")},
                   {title("AFTER", "変更後")},
                   {title("DUE BEFORE", "変更前の期限")},
                   {title("DUE AFTER", "変更後の期限")}}),
            [&](const VerdictFlip& flip) -> std::vector<std::string> {
              return {flip.key,
                      flip.agreement,
                      flip.target == client::ClockTarget::kRespond ? title("respond", "初動")
                                                                   : title("resolve", "解決"),
                      context.japanese() ? flip.before_ja : flip.before_en,
                      context.japanese() ? flip.after_ja : flip.after_en,
                      due(flip.due_before),
                      due(flip.due_after)};
            });
}

}  // namespace

CommandResult RunProcessVerdicts(Context& context, const VerdictOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::ClockReviewRequest request, RequestOf(options));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  if (!options.since.empty()) {
    KOSEI_ASSIGN_OR_RETURN(request.since, CommitOf(*client, options.since));
  }
  std::vector<VerdictFlip> flips;
  std::uint64_t looked_at = 0;
  std::size_t retired = 0;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(ClockReview review, client->ReviewClocks(request));
    for (VerdictFlip& flip : review.flips) flips.push_back(std::move(flip));
    looked_at += review.looked_at;
    retired += review.retired.size();
    request.at = review.at;  // one instant for all of it
    request.after = std::move(review.next);
    if (request.after.empty()) break;
  }
  Write(context, flips);
  if (context.format() == OutputFormat::kTable) {
    context.Note(
        context.japanese()
            ? absl::StrFormat("%s 件を調べ、判定が変わるものは %s 件", Grouped(looked_at),
                              Grouped(flips.size()))
            : absl::StrFormat("%s looked at, %s", Counted(looked_at, "record", "records"),
                              Counted(flips.size(), "verdict changes", "verdicts change")));
  }
  if (retired > 0) {
    context.Note(
        context.japanese()
            ? absl::StrFormat("履歴が保持されていないため判定できないもの: %s 件", Grouped(retired))
            : absl::StrFormat("%s could not be judged, as the history is not kept any "
                              "more",
                              Counted(retired, "record", "records")));
  }
  return flips.empty() ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
