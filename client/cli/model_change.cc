// kosei model apply, history, diff, text
#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

namespace fs = std::filesystem;
using client::ModelApplied;
using client::ModelChange;
using client::ModelFinding;
using client::ModelOutcome;
using client::ModelVersion;

std::string_view TextOf(client::ChangeSafety safety) {
  switch (safety) {
    case client::ChangeSafety::kSafe:
      return "safe";
    case client::ChangeSafety::kChecked:
      return "checked";
    case client::ChangeSafety::kNever:
      return "never";
  }
  return "";
}

std::string_view TextOf(ModelOutcome outcome) {
  switch (outcome) {
    case ModelOutcome::kUnchanged:
      return "unchanged";
    case ModelOutcome::kFits:
      return "fits";
    case ModelOutcome::kApplied:
      return "applied";
    case ModelOutcome::kRefused:
      return "refused";
  }
  return "";
}

absl::Status CannotRead(const std::string& path, std::string_view why) {
  return MakeError(ErrorCode::kInvalidArgument, absl::StrFormat("read model %s: %s", path, why),
                   "PATH");
}

absl::Status AddFile(const std::string& path, std::vector<client::ModelFile>& files) {
  const absl::StatusOr<std::string> text = LocalFileSystem().ReadFile(path);
  if (!text.ok()) return CannotRead(path, MessageOf(text.status()));
  files.push_back({path, *text});
  return absl::OkStatus();
}

// A file as it is; of a folder every *.yaml, in the order of their paths.
absl::Status AddPath(const std::string& path, std::vector<client::ModelFile>& files) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return AddFile(path, files);
  std::vector<std::string> found;
  fs::recursive_directory_iterator entry(path, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path& file = entry->path();
    if (file.extension() == ".yml")
      return CannotRead(file.string(), "it would not be read; rename it to end in .yaml");
    if (file.extension() == ".yaml") found.push_back(file.string());
  }
  if (error) return CannotRead(path, error.message());
  if (found.empty()) return CannotRead(path, "no *.yaml file in it; is it the right folder?");
  std::sort(found.begin(), found.end());
  for (const std::string& file : found) KOSEI_RETURN_IF_ERROR(AddFile(file, files));
  return absl::OkStatus();
}

void WriteChange(JsonWriter& json, const ModelChange& change) {
  json.BeginObject();
  json.Member("subject", change.subject);
  json.Member("what", change.what);
  json.Member("detail", change.detail);
  json.Member("safety", TextOf(change.safety));
  json.End();
}

void WriteFinding(JsonWriter& json, const ModelFinding& finding) {
  json.BeginObject();
  json.Member("key", finding.key);
  json.Member("class", finding.class_name);
  json.Member("subject", finding.subject);
  json.Member("value", finding.value);
  json.Member("problem", finding.problem);
  json.End();
}

void WriteChanges(JsonWriter& json, const std::vector<ModelChange>& changes) {
  json.Key("changes");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const ModelChange& change : changes) WriteChange(json, change);
  json.End();
}

std::string ChangeTable(const Context& context, const std::vector<ModelChange>& changes) {
  Table table({{std::string(context.Say("WHAT CHANGES", "変更対象"))},
               {std::string(context.Say("HOW", "変更"))},
               {std::string(context.Say("DETAIL", "内容"))},
               {std::string(context.Say("SAFETY", "安全性"))}});
  for (const ModelChange& change : changes) {
    table.AddRow({change.subject, change.what, change.detail, std::string(TextOf(change.safety))});
  }
  return table.row_count() == 0 ? std::string() : table.Render(context.style());
}

std::string FindingTable(const Context& context, const std::vector<ModelFinding>& findings) {
  Table table({{std::string(context.Say("KEY", "キー"))},
               {std::string(context.Say("CLASS", "クラス"))},
               {std::string(context.Say("ABOUT", "対象"))},
               {std::string(context.Say("VALUE", "値"))},
               {std::string(context.Say("WHAT IS WRONG", "問題"))}});
  for (const ModelFinding& finding : findings) {
    table.AddRow(
        {finding.key, finding.class_name, finding.subject, finding.value, finding.problem});
  }
  return table.row_count() == 0 ? std::string() : "\n" + table.Render(context.style());
}

std::string AppliedJson(const ModelApplied& applied) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("outcome", TextOf(applied.outcome));
  json.Member("version", std::uint64_t{applied.version});
  json.Key("commit");
  applied.commit == 0 ? json.Null() : json.Unsigned(applied.commit);
  WriteChanges(json, applied.changes);
  json.Member("finding_count", applied.finding_count);
  json.Key("findings");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const ModelFinding& finding : applied.findings) WriteFinding(json, finding);
  json.End();
  json.End();
  return out + "\n";
}

void AppendChangeRows(std::string& out, const std::vector<ModelChange>& changes) {
  AppendCsvRow(out, {"subject", "what", "detail", "safety"});
  for (const ModelChange& change : changes) {
    AppendCsvRow(out,
                 {change.subject, change.what, change.detail, std::string(TextOf(change.safety))});
  }
}

std::string ChangeLines(const std::vector<ModelChange>& changes) {
  std::string out;
  for (const ModelChange& change : changes) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteChange(json, change);
    out += '\n';
  }
  return out;
}

// In lines and rows: what stands in the way when something does, else the changes.
std::string AppliedText(const Context& context, const ModelApplied& applied) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson:
      return AppliedJson(applied);
    case OutputFormat::kTable:
      return ChangeTable(context, applied.changes) + FindingTable(context, applied.findings);
    case OutputFormat::kJsonl:
      if (applied.findings.empty()) return ChangeLines(applied.changes);
      for (const ModelFinding& finding : applied.findings) {
        JsonWriter json(out, JsonWriter::Layout::kInline);
        WriteFinding(json, finding);
        out += '\n';
      }
      return out;
    case OutputFormat::kCsv:
      if (applied.findings.empty()) {
        AppendChangeRows(out, applied.changes);
        return out;
      }
      AppendCsvRow(out, {"key", "class", "subject", "value", "problem"});
      for (const ModelFinding& finding : applied.findings) {
        AppendCsvRow(out, {finding.key, finding.class_name, finding.subject, finding.value,
                           finding.problem});
      }
      return out;
  }
  return out;
}

void WriteVersion(JsonWriter& json, const ModelVersion& version) {
  json.BeginObject();
  json.Member("version", std::uint64_t{version.version});
  json.Key("commit");
  if (version.commit) {
    json.Unsigned(version.commit->number);
    json.Member("time", FormatTimestamp(version.commit->time));
    json.Member("actor", version.commit->actor);
    json.Member("reason", version.commit->reason);
    json.Member("cause", version.commit->cause);
  } else {
    json.Null();
  }
  json.Member("hash", version.hash);
  json.End();
}

std::vector<std::string> RowOf(const ModelVersion& version) {
  if (!version.commit) return {std::to_string(version.version), "", "", "", "", "", version.hash};
  const client::Commit& commit = *version.commit;
  return {std::to_string(version.version),
          std::to_string(commit.number),
          FormatTimestamp(commit.time),
          commit.actor,
          commit.reason,
          commit.cause,
          version.hash};
}

}  // namespace

CommandResult RunModelApply(Context& context, const ModelApplyOptions& options) {
  std::vector<client::ModelFile> files;
  for (const std::string& path : options.paths) KOSEI_RETURN_IF_ERROR(AddPath(path, files));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const client::Provenance provenance{options.provenance.reason, options.provenance.cause,
                                      options.provenance.source};
  KOSEI_ASSIGN_OR_RETURN(const ModelApplied applied,
                         client->ApplyModel(files, options.dry_run, provenance));
  context.Write(AppliedText(context, applied));
  switch (applied.outcome) {
    case ModelOutcome::kUnchanged:
      context.Note(context.Say("the store has this model already", "モデルに変更はありません"));
      return ExitCode::kOk;
    case ModelOutcome::kFits:
      context.Note(context.Say("it fits; nothing was changed (--dry-run)",
                               "適用できます (--dry-run のため変更していません)"));
      return ExitCode::kOk;
    case ModelOutcome::kApplied:
      context.Note(absl::StrFormat(
          "%s %d (%s %d)", context.Say("the model is version", "適用したモデルの版:"),
          applied.version, context.Say("commit", "コミット"), applied.commit));
      return ExitCode::kOk;
    case ModelOutcome::kRefused:
      break;
  }
  if (applied.finding_count > applied.findings.size()) {
    context.Note(absl::StrFormat("%d %s", applied.finding_count - applied.findings.size(),
                                 context.Say("more are not listed", "件は表示していません")));
  }
  return MakeError(
      ErrorCode::kModelRefused,
      applied.finding_count == 1
          ? std::string("apply model: 1 stored record or link would not be valid; mend it, or ask "
                        "less of it")
      : applied.finding_count > 1
          ? absl::StrFormat("apply model: %d stored records or links would not be valid; mend "
                            "them, or ask less of them",
                            applied.finding_count)
          : std::string("apply model: a change whose safety is \"never\" is in it; give the thing "
                        "another name, or remove it now and add it again in a later model"));
}

CommandResult RunModelHistory(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions, client->ModelHistory());
  const ListForm<ModelVersion> form{
      {"version", "commit", "time", "actor", "reason", "cause", "hash"}, WriteVersion, RowOf};
  Table table({{std::string(context.Say("VERSION", "版")), Table::Align::kRight},
               {std::string(context.Say("COMMIT", "コミット")), Table::Align::kRight},
               {std::string(context.Say("TIME", "日時"))},
               {std::string(context.Say("BY", "実行者"))},
               {std::string(context.Say("REASON", "理由"))},
               {std::string(context.Say("CAUSE", "原因"))}});
  WriteList(context, versions, form, std::move(table), [](const ModelVersion& version) {
    std::vector<std::string> row = RowOf(version);
    row.pop_back();
    return row;
  });
  return ExitCode::kOk;
}

CommandResult RunModelDiff(Context& context, const ModelDiffOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName from, ParseView(options.from));
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName to, ParseView(options.to));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::ModelText text, client->GetModelText(to, from));
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson: {
      JsonWriter json(out);
      json.BeginObject(JsonWriter::Layout::kLines);
      json.Member("from", std::uint64_t{text.base_version});
      json.Member("to", std::uint64_t{text.version});
      WriteChanges(json, text.changes);
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kJsonl:
      out = ChangeLines(text.changes);
      break;
    case OutputFormat::kCsv:
      AppendChangeRows(out, text.changes);
      break;
    case OutputFormat::kTable:
      out = ChangeTable(context, text.changes);
      break;
  }
  context.Write(out);
  return text.changes.empty() ? ExitCode::kOk : ExitCode::kNothing;
}

CommandResult RunModelText(Context& context, const ModelTextOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::ModelText text, client->GetModelText(view));
  context.Write(text.text);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
