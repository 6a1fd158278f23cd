// kosei export --history, kosei import --history
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "csv_writer.h"
#include "import/byte_source.h"
#include "import/progress_bar.h"
#include "json_writer.h"
#include "kosei/base/status_macros.h"
#include "packed_file.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::ImportedHistory;

constexpr std::size_t kPiece = std::size_t{4} << 20;

std::vector<std::pair<std::string, std::uint64_t>> FieldsOf(const ImportedHistory& report) {
  return {{"newest_commit", report.newest},        {"commits", report.commits},
          {"commits_there", report.commits_there}, {"record_versions", report.record_versions},
          {"link_changes", report.link_changes},   {"baselines", report.baselines}};
}

void AppendJson(std::string& out, const ImportedHistory& report, JsonWriter::Layout layout) {
  JsonWriter json(out, layout);
  json.BeginObject();
  for (const auto& [name, number] : FieldsOf(report)) json.Member(name, number);
  json.End();
  out += '\n';
}

std::string TableOf(const Context& context, const ImportedHistory& report) {
  Table table({{std::string(context.Say("IMPORTED", "インポート"))},
               {std::string(context.Say("NUMBER", "件数")), Table::Align::kRight}});
  const auto row = [&](std::string_view english, std::string_view japanese, std::uint64_t number) {
    table.AddRow({std::string(context.Say(english, japanese)), Grouped(number)});
  };
  row("commits", "コミット", report.commits);
  row("commits that were there", "既にあったコミット", report.commits_there);
  row("versions of records", "レコードのバージョン", report.record_versions);
  row("changes of links", "リンクの変更", report.link_changes);
  row("baselines", "ベースライン", report.baselines);
  row("newest commit", "最新のコミット", report.newest);
  return table.Render(context.style());
}

void Write(Context& context, const ImportedHistory& report) {
  std::string out;
  std::vector<std::string> names;
  std::vector<std::string> numbers;
  switch (context.format()) {
    case OutputFormat::kJson:
      AppendJson(out, report, JsonWriter::Layout::kLines);
      break;
    case OutputFormat::kJsonl:
      AppendJson(out, report, JsonWriter::Layout::kInline);
      break;
    case OutputFormat::kCsv:
      for (const auto& [name, number] : FieldsOf(report)) {
        names.push_back(name);
        numbers.push_back(std::to_string(number));
      }
      AppendCsvRow(out, names);
      AppendCsvRow(out, numbers);
      break;
    case OutputFormat::kTable:
      out = TableOf(context, report);
      break;
  }
  context.Write(out);
}

}  // namespace

CommandResult RunExport(Context& context, const ExportOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<PackedFile> file,
                         PackedFile::Create(options.history));
  ProgressBar bar(context, context.Say("export", "エクスポート"), SystemClock());
  client::HistoryProgress last;
  KOSEI_RETURN_IF_ERROR(
      client->ExportHistory([&](std::string_view text, const client::HistoryProgress& progress) {
        last = progress;
        bar.Show({progress.commit, progress.newest, progress.commit, 0});
        return file->Write(text);
      }));
  bar.Clear();
  KOSEI_RETURN_IF_ERROR(file->Finish());
  context.Note(
      std::to_string(last.newest) +
      std::string(context.Say(" commits exported", " 件のコミットをエクスポートしました")));
  return ExitCode::kOk;
}

CommandResult RunImportHistory(Context& context, const std::string& history) {
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenInput(history));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  ProgressBar bar(context, context.Say("import", "インポート"), SystemClock());
  const auto read = [&source]() -> absl::StatusOr<std::string> {
    std::string text(kPiece, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
      KOSEI_ASSIGN_OR_RETURN(const std::size_t got,
                             source->Read(text.data() + size, text.size() - size));
      if (got == 0) break;
      size += got;
    }
    text.resize(size);
    return text;
  };
  const auto report = client->ImportHistory(read, [&](std::uint64_t newest) {
    bar.Show({source->bytes_read(), source->bytes_total(), newest, 0});
  });
  bar.Clear();
  KOSEI_RETURN_IF_ERROR(report.status());
  Write(context, *report);
  return ExitCode::kOk;
}

}  // namespace kosei::cli
