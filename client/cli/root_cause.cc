// kosei rootcause KEY...
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/causes.h"
#include "record_text.h"
#include "step_text.h"
#include "table.h"
#include "time_span.h"

namespace kosei::cli {
namespace {

using client::CauseCandidate;
using client::CauseCommit;
using client::CauseReason;
using client::CauseReasonKind;
using client::Model;
using client::RootCauses;

std::string_view NameOf(CauseReasonKind kind) {
  switch (kind) {
    case CauseReasonKind::kExplains:
      return "explains";
    case CauseReasonKind::kTogether:
      return "together";
    case CauseReasonKind::kObserved:
      return "observed";
    case CauseReasonKind::kNear:
      return "near";
    case CauseReasonKind::kChanged:
      return "changed";
    case CauseReasonKind::kUnplanned:
      return "unplanned";
    case CauseReasonKind::kWellHit:
      return "well_hit";
    case CauseReasonKind::kNone:
      break;
  }
  return "unknown";
}

std::string Points(double points) { return absl::StrFormat("%.1f", points); }

const client::Commit* CommitOf(const RootCauses& causes, std::uint64_t number) {
  for (const client::Commit& commit : causes.touched_by) {
    if (commit.number == number) return &commit;
  }
  return nullptr;
}

void WriteReasons(JsonWriter& json, const std::vector<CauseReason>& reasons) {
  json.Key("reasons");
  json.BeginObject();
  for (const CauseReason& reason : reasons) {
    json.Key(NameOf(reason.kind));
    json.Number(absl::StrFormat("%.2f", reason.points));
  }
  json.End();
}

void WriteCandidate(JsonWriter& json, const RootCauses& causes, const CauseCandidate& candidate,
                    const Model& model) {
  json.BeginObject();
  json.Member("key", candidate.key);
  json.Member("class", model.ClassName(candidate.class_number));
  json.Key("score");
  json.Number(absl::StrFormat("%.2f", candidate.score));
  json.Member("fails", std::uint64_t{candidate.fails});
  json.Member("degrades", std::uint64_t{candidate.degrades});
  json.Member("together", std::uint64_t{candidate.together});
  json.Member("well_hit", std::uint64_t{candidate.well_hit});
  json.Key("observed");
  json.Boolean(candidate.observed);
  json.Key("mean_distance");
  json.Number(absl::StrFormat("%.2f", candidate.mean_distance));
  json.Member("commits", candidate.touch_count);
  json.Key("newest_commits");
  json.BeginArray();
  for (const client::CauseTouch& touch : candidate.touches) {
    json.BeginObject();
    json.Key("record");
    json.Boolean(touch.record);
    json.Key("link");
    json.Boolean(touch.link);
    json.Key("commit");
    if (const client::Commit* const commit = CommitOf(causes, touch.commit)) {
      WriteCommit(json, *commit);
    } else {
      json.Null();
    }
    json.End();
  }
  json.End();
  WriteReasons(json, candidate.reasons);
  json.End();
}

void WriteCause(JsonWriter& json, const CauseCommit& cause) {
  json.BeginObject();
  json.Key("commit");
  WriteCommit(json, cause.commit);
  json.Key("score");
  json.Number(absl::StrFormat("%.2f", cause.score));
  json.Member("candidates", cause.candidates);
  json.Member("best", cause.best);
  WriteReasons(json, cause.reasons);
  json.End();
}

void WriteJson(std::string& out, const RootCauses& causes, const Model& model,
               JsonWriter::Layout layout) {
  JsonWriter json(out, layout);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("view");
  WriteView(json, causes.view);
  json.Member("from", FormatTimestamp(causes.from));
  json.Key("counts");
  json.BeginObject();
  json.Member("candidates", causes.candidate_count);
  json.Member("commits", causes.commit_count);
  json.End();
  json.Key("changes_cut");
  json.Boolean(causes.changes_cut);
  json.Key("candidates");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const CauseCandidate& candidate : causes.candidates)
    WriteCandidate(json, causes, candidate, model);
  json.End();
  json.Key("commits");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const CauseCommit& cause : causes.commits) WriteCause(json, cause);
  json.End();
  json.End();
  out += '\n';
}

std::string ReasonsText(const std::vector<CauseReason>& reasons) {
  std::vector<std::string> words;
  for (const CauseReason& reason : reasons)
    words.push_back(absl::StrFormat("%s %+.1f", NameOf(reason.kind), reason.points));
  return absl::StrJoin(words, ", ");
}

void WriteCsv(std::string& out, const RootCauses& causes, const Model& model) {
  AppendCsvRow(out, {"kind", "score", "key", "class", "fails", "degrades", "together", "well_hit",
                     "commit", "time", "actor", "reason", "cause", "reasons"});
  for (const CauseCandidate& candidate : causes.candidates) {
    const client::Commit* const commit =
        candidate.touches.empty() ? nullptr : CommitOf(causes, candidate.touches.front().commit);
    const bool told = commit != nullptr;
    AppendCsvRow(
        out,
        {"record", Points(candidate.score), candidate.key,
         std::string(model.ClassName(candidate.class_number)), std::to_string(candidate.fails),
         std::to_string(candidate.degrades), std::to_string(candidate.together),
         std::to_string(candidate.well_hit), told ? std::to_string(commit->number) : "",
         told ? FormatTimestamp(commit->time) : "", told ? commit->actor : "",
         told ? commit->reason : "", told ? commit->cause : "", ReasonsText(candidate.reasons)});
  }
  for (const CauseCommit& cause : causes.commits) {
    AppendCsvRow(out, {"commit", Points(cause.score), cause.best, "", "", "", "", "",
                       std::to_string(cause.commit.number), FormatTimestamp(cause.commit.time),
                       cause.commit.actor, cause.commit.reason, cause.commit.cause,
                       ReasonsText(cause.reasons)});
  }
}

// "fails 3 of 3, 1.0 links away, link changed 2026-11-25T10:00:00Z by ann, no cause named"
std::string Why(const Context& context, const RootCauses& causes, const CauseCandidate& candidate,
                std::size_t failing, std::size_t well) {
  std::vector<std::string> words;
  const auto of = [&](std::string_view english, std::string_view japanese, std::uint32_t count,
                      std::size_t all) {
    if (count != 0)
      words.push_back(absl::StrFormat("%s %d/%d", context.Say(english, japanese), count, all));
  };
  of("fails", "停止", candidate.fails, failing);
  of("degrades", "低下", candidate.degrades, failing);
  of("with others", "他と同時", candidate.together, failing);
  of("would hit well ones", "正常なものにも影響", candidate.well_hit, well);
  if (candidate.observed) words.emplace_back(context.Say("is failing itself", "自身が停止中"));
  if (candidate.mean_distance > 0) {
    words.push_back(
        absl::StrFormat("%s %.1f", context.Say("distance", "距離"), candidate.mean_distance));
  }
  if (!candidate.touches.empty()) {
    const client::CauseTouch& touch = candidate.touches.front();
    const client::Commit* const commit = CommitOf(causes, touch.commit);
    std::string text = absl::StrFormat(
        "%s #%d",
        touch.record ? context.Say("changed", "変更") : context.Say("link changed", "リンク変更"),
        touch.commit);
    if (commit != nullptr) {
      absl::StrAppendFormat(&text, " %s %s", ShortTime(commit->time), commit->actor);
      if (commit->cause.empty() && commit->plan.empty())
        absl::StrAppendFormat(&text, ", %s", context.Say("no cause named", "起因の記載なし"));
    }
    words.push_back(std::move(text));
  }
  return absl::StrJoin(words, "; ");
}

void WriteTables(Context& context, const RootCauseOptions& options, const RootCauses& causes,
                 const Model& model) {
  Table records({{std::string(context.Say("SCORE", "点数")), Table::Align::kRight},
                 {std::string(context.Say("KEY", "キー"))},
                 {std::string(context.Say("CLASS", "クラス"))},
                 {std::string(context.Say("WHY", "理由"))}});
  for (const CauseCandidate& candidate : causes.candidates) {
    records.AddRow({Points(candidate.score), candidate.key,
                    ClassLabel(context, model, candidate.class_number),
                    Why(context, causes, candidate, options.keys.size(), options.well.size())});
  }
  context.Write(records.Render(context.style()));
  if (causes.commits.empty()) return;
  Table commits({{std::string(context.Say("SCORE", "点数")), Table::Align::kRight},
                 {std::string(context.Say("COMMIT", "コミット")), Table::Align::kRight},
                 {std::string(context.Say("TIME", "時刻"))},
                 {std::string(context.Say("ACTOR", "実行者"))},
                 {std::string(context.Say("TOUCHED", "対象")), Table::Align::kRight},
                 {std::string(context.Say("BEST", "最有力"))},
                 {std::string(context.Say("REASON", "理由"))}});
  for (const CauseCommit& cause : causes.commits) {
    std::string reason = cause.commit.reason;
    if (!cause.commit.cause.empty()) absl::StrAppendFormat(&reason, " (%s)", cause.commit.cause);
    commits.AddRow({Points(cause.score), std::to_string(cause.commit.number),
                    ShortTime(cause.commit.time), cause.commit.actor, Grouped(cause.candidates),
                    cause.best, reason});
  }
  context.Write("\n" + commits.Render(context.style()));
}

}  // namespace

CommandResult RunRootCause(Context& context, const RootCauseOptions& options) {
  client::RootCauseRequest request;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(request.within_us, ParseTimeSpan(options.within, "--within"));
  request.failing = options.keys;
  request.well = options.well;
  request.limit = options.limit;
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const RootCauses causes, client->RootCause(request));
  KOSEI_ASSIGN_OR_RETURN(const auto model, client->ModelOf(causes.view));
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
      WriteJson(out, causes, *model, JsonWriter::Layout::kLines);
      context.Write(out);
      break;
    case OutputFormat::kJsonl:
      WriteJson(out, causes, *model, JsonWriter::Layout::kInline);
      context.Write(out);
      break;
    case OutputFormat::kCsv:
      WriteCsv(out, causes, *model);
      context.Write(out);
      break;
    case OutputFormat::kTable:
      WriteTables(context, options, causes, *model);
      break;
  }
  if (context.format() == OutputFormat::kTable) {
    context.Note(absl::StrFormat(
        "%s / %s %s; %s %s", Grouped(causes.candidates.size()), Grouped(causes.candidate_count),
        context.Say("candidates", "候補"), Grouped(causes.commit_count),
        causes.commit_count == 1 ? context.Say("commit in that time", "コミット（対象期間）")
                                 : context.Say("commits in that time", "コミット（対象期間）")));
  }
  if (causes.changes_cut) {
    context.Note(context.Say(
        "so much was changed in that time that only the best candidates were looked up; ask for a "
        "shorter time with --within",
        "変更が多いため、上位の候補だけを調べました。--within で期間を短くしてください"));
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
