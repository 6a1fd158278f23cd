#include "import/import_summary.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

double SecondsOf(const ImportSummary& summary) {
  return std::chrono::duration<double>(summary.elapsed).count();
}

std::uint64_t RateOf(const ImportSummary& summary) {
  const double rows = static_cast<double>(summary.records_read + summary.links_read);
  return static_cast<std::uint64_t>(rows / std::max(1e-3, SecondsOf(summary)));
}

std::string Json(const ImportSummary& summary, JsonWriter::Layout layout) {
  const client::WriteCounts& counts = summary.counts;
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Key("records");
  json.BeginObject();
  json.Member("read", summary.records_read);
  json.Member("created", counts.records_created);
  json.Member("updated", counts.records_updated);
  json.Member("unchanged", counts.records_unchanged);
  json.Member("ended", counts.records_ended);
  json.Member("rejected", summary.records_rejected);
  json.End();
  json.Key("links");
  json.BeginObject();
  json.Member("read", summary.links_read);
  json.Member("created", counts.links_created);
  json.Member("unchanged", counts.links_unchanged);
  json.Member("ended", counts.links_ended);
  json.Member("rejected", summary.links_rejected);
  json.End();
  json.Key("commit");
  if (counts.commit == 0) {
    json.Null();
  } else {
    json.Unsigned(counts.commit);
  }
  json.Key("seconds");
  json.Number(absl::StrFormat("%.3f", SecondsOf(summary)));
  json.Member("rows_per_second", RateOf(summary));
  json.Key("reject_files");
  json.BeginArray();
  for (const std::string& file : summary.reject_files) json.Text(file);
  json.End();
  json.End();
  return out + "\n";
}

std::vector<std::vector<std::uint64_t>> Numbers(const ImportSummary& summary) {
  const client::WriteCounts& counts = summary.counts;
  return {{summary.records_read, counts.records_created, counts.records_updated,
           counts.records_unchanged, counts.records_ended, summary.records_rejected},
          {summary.links_read, counts.links_created, 0, counts.links_unchanged, counts.links_ended,
           summary.links_rejected}};
}

std::string Csv(const ImportSummary& summary) {
  std::string out;
  AppendCsvRow(out,
               {"kind", "read", "created", "updated", "unchanged", "ended", "rejected", "commit"});
  const char* const kinds[] = {"records", "links"};
  const auto numbers = Numbers(summary);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::vector<std::string> row = {kinds[i]};
    for (const std::uint64_t number : numbers[i]) row.push_back(std::to_string(number));
    row.push_back(summary.counts.commit == 0 ? "" : std::to_string(summary.counts.commit));
    AppendCsvRow(out, row);
  }
  return out;
}

std::string TableText(const Context& context, const ImportSummary& summary) {
  const auto column = [&](std::string_view english, std::string_view japanese) {
    return Table::Column{std::string(context.Say(english, japanese)), Table::Align::kRight};
  };
  Table table({{""},
               column("READ", "読込"),
               column("CREATED", "作成"),
               column("UPDATED", "更新"),
               column("UNCHANGED", "変更なし"),
               column("ENDED", "終了"),
               column("REJECTED", "却下")});
  const std::string_view kinds[] = {context.Say("records", "構成品目"),
                                    context.Say("relationships", "関係")};
  const auto numbers = Numbers(summary);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::vector<std::string> row = {std::string(kinds[i])};
    for (const std::uint64_t number : numbers[i]) row.push_back(Grouped(number));
    table.AddRow(std::move(row));
  }
  const std::string commit =
      summary.counts.commit == 0
          ? std::string(context.Say("nothing changed", "変更はありません"))
          : absl::StrFormat("%s %d", context.Say("commit", "コミット"), summary.counts.commit);
  return table.Render(context.style()) +
         absl::StrFormat("%s, %.1f s, %s %s\n", commit, SecondsOf(summary),
                         Grouped(RateOf(summary)), context.Say("rows/s", "行/秒"));
}

}  // namespace

void WriteImportSummary(Context& context, const ImportSummary& summary) {
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(Json(summary, JsonWriter::Layout::kLines));
      break;
    case OutputFormat::kJsonl:
      context.Write(Json(summary, JsonWriter::Layout::kInline));
      break;
    case OutputFormat::kCsv:
      context.Write(Csv(summary));
      break;
    case OutputFormat::kTable:
      context.Write(TableText(context, summary));
      break;
  }
  if (context.format() != OutputFormat::kTable && summary.counts.commit == 0) {
    context.Note(context.Say("nothing changed", "変更はありません"));
  }
}

}  // namespace kosei::cli
