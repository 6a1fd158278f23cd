// kosei admin backup
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "csv_writer.h"
#include "import/progress_bar.h"
#include "json_writer.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::BackupReport;

void WriteJson(JsonWriter& json, const BackupReport& report) {
  json.BeginObject();
  json.Member("number", report.number);
  json.Member("created", FormatTimestamp(report.created));
  json.Member("commit", report.commit);
  json.Member("commit_time", FormatTimestamp(report.commit_time));
  json.Member("hash", ToHex(report.hash));
  json.Member("files", report.files);
  json.Member("bytes", report.bytes);
  json.Member("files_copied", report.files_copied);
  json.Member("bytes_copied", report.bytes_copied);
  json.Member("backups_removed", report.backups_removed);
  json.End();
}

std::vector<std::string> RowOf(const BackupReport& report) {
  return {std::to_string(report.number),       FormatTimestamp(report.created),
          std::to_string(report.commit),       ToHex(report.hash),
          std::to_string(report.bytes),        std::to_string(report.bytes_copied),
          std::to_string(report.files_copied), std::to_string(report.backups_removed)};
}

std::string TableOf(const Context& context, const BackupReport& report) {
  Table table({{std::string(context.Say("BACKUP", "バックアップ"))},
               {std::string(context.Say("VALUE", "値"))}});
  const auto row = [&](std::string_view english, std::string_view japanese, std::string value) {
    table.AddRow({std::string(context.Say(english, japanese)), std::move(value)});
  };
  row("number", "番号", std::to_string(report.number));
  row("made at", "作成日時", FormatTimestamp(report.created));
  row("commit", "コミット", Grouped(report.commit));
  row("hash", "ハッシュ", ToHex(report.hash));
  row("bytes", "バイト数", Grouped(report.bytes));
  row("bytes copied", "コピーしたバイト数", Grouped(report.bytes_copied));
  row("files copied", "コピーしたファイル数",
      Grouped(report.files_copied) + " / " + Grouped(report.files));
  row("backups removed", "削除したバックアップ数", Grouped(report.backups_removed));
  return table.Render(context.style());
}

void Write(Context& context, const BackupReport& report) {
  std::string out;
  switch (context.format()) {
    case OutputFormat::kJson: {
      JsonWriter json(out);
      WriteJson(json, report);
      out += '\n';
      break;
    }
    case OutputFormat::kJsonl: {
      JsonWriter json(out, JsonWriter::Layout::kInline);
      WriteJson(json, report);
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"number", "created", "commit", "hash", "bytes", "bytes_copied",
                         "files_copied", "backups_removed"});
      AppendCsvRow(out, RowOf(report));
      break;
    case OutputFormat::kTable:
      out = TableOf(context, report);
      break;
  }
  context.Write(out);
}

}  // namespace

CommandResult RunBackup(Context& context, const BackupOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  ProgressBar bar(context, context.Say("backup", "バックアップ"), SystemClock());
  const auto report =
      client->MakeBackup(options.folder, options.keep, [&bar](const client::BackupProgress& done) {
        bar.Show({done.bytes_done, done.bytes_total, done.bytes_done, 0});
      });
  bar.Clear();
  KOSEI_RETURN_IF_ERROR(report.status());
  Write(context, *report);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
