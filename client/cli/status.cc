// kosei status
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

std::string Bytes(std::uint64_t bytes) {
  constexpr double kStep = 1024.0;
  double size = static_cast<double>(bytes);
  if (size < kStep) return absl::StrFormat("%d B", bytes);
  std::string_view unit;
  for (const std::string_view next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (size < kStep) break;
    size /= kStep;
    unit = next;
  }
  return absl::StrFormat("%.1f %s", size, unit);
}

struct Line {
  const char* name;
  const char* english;
  const char* japanese;
  std::string text;    // for people
  std::string number;  // for programs; empty: text is text
};

std::vector<Line> LinesOf(const client::StatusReport& report) {
  const auto count = [](const char* name, const char* english, const char* japanese,
                        std::uint64_t number) {
    return Line{name, english, japanese, Grouped(number), std::to_string(number)};
  };
  const auto bytes = [](const char* name, const char* english, const char* japanese,
                        std::uint64_t number) {
    return Line{name, english, japanese, Bytes(number), std::to_string(number)};
  };
  const std::string time =
      report.newest_commit == 0 ? std::string() : FormatTimestamp(report.newest_time);
  const std::string scrubbed = report.scrub_finished == kBeginningOfTime
                                   ? std::string()
                                   : FormatTimestamp(report.scrub_finished);
  return {
      {"server", "server", "サーバー", report.server, ""},
      {"store_id", "store", "ストア", report.store_id, ""},
      count("newest_commit", "newest commit", "最新コミット", report.newest_commit),
      {"newest_time", "committed at", "コミット日時", time, ""},
      count("records", "records", "構成品目", report.records),
      count("links", "relationships", "関係", report.links),
      count("model_version", "model version", "モデルの版", report.model_version),
      count("format_version", "format version", "データ形式の版", report.format_version),
      {"uptime_ms", "up for", "稼働時間",
       FormatDuration(static_cast<std::int64_t>(report.uptime_ms / 1'000) * 1'000'000),
       std::to_string(report.uptime_ms)},
      count("connections", "connections", "接続数", report.connections),
      count("requests", "requests", "要求数", report.requests),
      bytes("topology_bytes", "topology", "トポロジー", report.topology_bytes),
      count("topology_bytes_per_link", "topology, bytes each relationship",
            "トポロジー（関係あたりバイト）",
            report.links == 0 ? 0 : (report.topology_bytes + report.links - 1) / report.links),
      bytes("directory_bytes", "key directory", "キー辞書", report.directory_bytes),
      count("index_lag", "commits not indexed", "索引未反映のコミット", report.index_lag),
      {"scrub_finished", "last scrubbed", "前回の巡回検査", scrubbed, ""},
      count("scrub_findings", "scrub findings", "巡回検査の検出", report.scrub_findings),
      count("notifications_waiting", "notifications waiting", "送信待ちの通知",
            report.notifications_waiting),
      count("notifications_failed", "notifications given up", "送信を断念した通知",
            report.notifications_failed),
      bytes("resident_bytes", "resident memory", "常駐メモリ", report.resident_bytes),
  };
}

std::string Json(const std::vector<Line>& lines, JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(layout);
  for (const Line& line : lines) {
    json.Key(line.name);
    if (!line.number.empty()) {
      json.Number(line.number);
    } else if (line.text.empty()) {
      json.Null();
    } else {
      json.Text(line.text);
    }
  }
  json.End();
  return out + "\n";
}

}  // namespace

CommandResult RunStatus(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::StatusReport report, client->Status());
  const std::vector<Line> lines = LinesOf(report);
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(Json(lines, JsonWriter::Layout::kLines));
      break;
    case OutputFormat::kJsonl:
      context.Write(Json(lines, JsonWriter::Layout::kInline));
      break;
    case OutputFormat::kCsv: {
      std::vector<std::string> names;
      std::vector<std::string> values;
      for (const Line& line : lines) {
        names.emplace_back(line.name);
        values.push_back(line.number.empty() ? line.text : line.number);
      }
      std::string out;
      AppendCsvRow(out, names);
      AppendCsvRow(out, values);
      context.Write(out);
      break;
    }
    case OutputFormat::kTable: {
      Table table({{std::string(context.Say("STATUS", "状態"))}, {context.options().server}});
      for (const Line& line : lines) {
        table.AddRow({std::string(context.Say(line.english, line.japanese)), line.text});
      }
      context.Write(table.Render(context.style()));
      break;
    }
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli
