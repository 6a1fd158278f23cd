// kosei kpi list, show
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/figure_options.h"
#include "process/record_rows.h"
#include "query/value_form.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::ProcessFigure;
using client::QueryValue;

constexpr std::int64_t kDefaultPeriod = std::int64_t{30} * 86'400 * 1'000'000;

// A figure of a period, or of a part of it.
struct Reading {
  ProcessFigure figure;
  std::string part;  // "p1"; empty: it is of the whole
  std::optional<double> value;
  std::int64_t counted = 0;
  std::optional<bool> met;  // nothing: no target, or nothing was counted
  std::string from, to;
};

std::optional<double> NumberOf(const QueryValue& value) {
  if (const auto* const number = value.As<double>(); number != nullptr) return *number;
  if (const auto* const number = value.As<std::int64_t>(); number != nullptr)
    return static_cast<double>(*number);
  return std::nullopt;
}

// At most two decimals: "95", "33.33".
std::string NumberText(double number) {
  std::string text = absl::StrFormat("%.2f", number);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string UnitText(const Context& context, const std::string& unit) {
  if (unit == "percent") return "%";
  if (unit == "minutes") return std::string(context.Say("min", "分"));
  if (unit == "hours") return std::string(context.Say("h", "時間"));
  if (unit == "days") return std::string(context.Say("days", "日"));
  return std::string(context.Say("", "件"));
}

std::string WithUnit(const Context& context, const std::string& unit, double number) {
  const std::string word = UnitText(context, unit);
  return word.empty() ? NumberText(number) : absl::StrCat(NumberText(number), " ", word);
}

std::string TargetText(const Context& context, const ProcessFigure& figure) {
  if (!figure.target.has_value()) return {};
  return absl::StrCat(figure.up_is_better ? ">= " : "<= ",
                      WithUnit(context, figure.unit, *figure.target));
}

void WriteNumber(JsonWriter& json, std::string_view name, const std::optional<double>& number) {
  json.Key(name);
  if (number.has_value() && std::isfinite(*number)) {
    json.Number(absl::StrFormat("%.17g", *number));
  } else {
    json.Null();
  }
}

void WriteFigure(JsonWriter& json, const ProcessFigure& figure) {
  json.Member("name", figure.name);
  json.Member("process", figure.process);
  json.Key("label");
  json.BeginObject();
  json.Member("en", figure.en);
  json.Member("ja", figure.ja);
  json.End();
  json.Member("unit", figure.unit);
  json.Member("good", figure.up_is_better ? "up" : "down");
  WriteNumber(json, "target", figure.target);
}

void WriteListed(JsonWriter& json, const ProcessFigure& figure) {
  json.BeginObject();
  WriteFigure(json, figure);
  json.Member("statement", figure.statement);
  json.End();
}

void WriteReading(JsonWriter& json, const Reading& reading) {
  json.BeginObject();
  WriteFigure(json, reading.figure);
  json.Key("part");
  reading.part.empty() ? json.Null() : json.Text(reading.part);
  WriteNumber(json, "value", reading.value);
  json.Key("counted");
  json.Integer(reading.counted);
  json.Key("met");
  reading.met.has_value() ? json.Boolean(*reading.met) : json.Null();
  json.Member("from", reading.from);
  json.Member("to", reading.to);
  json.End();
}

std::string PlainNumber(const std::optional<double>& number) {
  return number.has_value() ? absl::StrFormat("%.10g", *number) : std::string();
}

absl::StatusOr<std::vector<ProcessFigure>> FiguresOf(client::Client& client,
                                                     const std::vector<std::string>& names,
                                                     const std::string& process) {
  KOSEI_ASSIGN_OR_RETURN(std::vector<ProcessFigure> figures, client.FiguresOfProcesses(names));
  if (process.empty()) return figures;
  std::erase_if(figures, [&](const ProcessFigure& each) { return each.process != process; });
  if (!figures.empty()) return figures;
  return MakeError(
      ErrorCode::kNotFound,
      absl::StrFormat("--process %s: no figure is of it; `kosei kpi list` lists all", process),
      "--process");
}

// Adds a reading for each row that the figure's statement gives.
absl::Status Read(client::Client& client, const ProcessFigure& figure, Timestamp from, Timestamp to,
                  const client::ViewName& view, std::vector<Reading>& readings) {
  client::StatementRequest request;
  request.text = figure.statement;
  request.parameters = {{"from", ValueOf(from)}, {"to", ValueOf(to)}};
  request.view = view;
  const auto read = [&](const std::vector<std::string>& columns, const client::QueryRow& row) {
    Reading& reading = readings.emplace_back();
    reading.figure = figure;
    reading.from = FormatTimestamp(from);
    reading.to = FormatTimestamp(to);
    for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
      if (columns[i] == "part") reading.part = IsNull(row[i]) ? "-" : CellText(row[i], "");
      if (columns[i] == "value") reading.value = NumberOf(row[i]);
      if (columns[i] == "counted")
        reading.counted = static_cast<std::int64_t>(NumberOf(row[i]).value_or(0));
    }
    if (reading.value.has_value() && figure.target.has_value()) {
      reading.met =
          figure.up_is_better ? *reading.value >= *figure.target : *reading.value <= *figure.target;
    }
    return true;
  };
  const std::size_t before = readings.size();
  const absl::Status status = client.Query(request, read).status();
  if (!status.ok()) return WithContext(status, "figure " + figure.name);
  if (readings.size() == before) {
    // Told by parts, and there were none.
    readings.push_back(
        {figure, {}, std::nullopt, 0, std::nullopt, FormatTimestamp(from), FormatTimestamp(to)});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<Timestamp, Timestamp>> PeriodOf(const KpiShowOptions& options) {
  Timestamp to = SystemClock().Now();
  if (!options.to.empty()) {
    KOSEI_ASSIGN_OR_RETURN(to, ParseInstant(options.to, "--to"));
  }
  Timestamp from{to.micros - kDefaultPeriod};
  if (!options.from.empty()) {
    KOSEI_ASSIGN_OR_RETURN(from, ParseInstant(options.from, "--from"));
  }
  if (from < to) return std::pair(from, to);
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("the period from %s to %s is empty; let it end after it begins",
                                   FormatTimestamp(from), FormatTimestamp(to)),
                   "--to");
}

void WriteReadings(Context& context, const std::vector<Reading>& readings) {
  const ListForm<Reading> form{
      {"name", "part", "value", "counted", "unit", "good", "target", "met", "from", "to"},
      WriteReading,
      [](const Reading& reading) {
        return std::vector<std::string>{
            reading.figure.name,
            reading.part,
            PlainNumber(reading.value),
            std::to_string(reading.counted),
            reading.figure.unit,
            reading.figure.up_is_better ? "up" : "down",
            PlainNumber(reading.figure.target),
            reading.met.has_value() ? (*reading.met ? "true" : "false") : "",
            reading.from,
            reading.to};
      }};
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  const auto right = Table::Align::kRight;
  Table table({{title("NAME", "名前")},
               {title("FIGURE", "指標")},
               {title("PART", "内訳")},
               {title("VALUE", "値"), right},
               {title("OF", "件数"), right},
               {title("TARGET", "目標"), right},
               {title("MET", "達成")}});
  WriteList(context, readings, form, std::move(table), [&](const Reading& reading) {
    const ProcessFigure& figure = reading.figure;
    return std::vector<std::string>{
        figure.name,
        context.japanese() ? figure.ja : figure.en,
        reading.part,
        reading.value.has_value() ? WithUnit(context, figure.unit, *reading.value) : "-",
        std::to_string(reading.counted),
        TargetText(context, figure),
        !reading.met.has_value()
            ? "-"
            : title(*reading.met ? "yes" : "no", *reading.met ? "達成" : "未達")};
  });
}

}  // namespace

CommandResult RunKpiList(Context& context, const KpiListOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ProcessFigure> figures,
                         FiguresOf(*client, {}, options.process));
  const ListForm<ProcessFigure> form{{"name", "process", "en", "ja", "unit", "good", "target"},
                                     WriteListed,
                                     [](const ProcessFigure& figure) {
                                       return std::vector<std::string>{
                                           figure.name,
                                           figure.process,
                                           figure.en,
                                           figure.ja,
                                           figure.unit,
                                           figure.up_is_better ? "up" : "down",
                                           PlainNumber(figure.target)};
                                     }};
  Table table({{std::string(context.Say("NAME", "名前"))},
               {std::string(context.Say("PROCESS", "プロセス"))},
               {std::string(context.Say("FIGURE", "指標"))},
               {std::string(context.Say("TARGET", "目標")), Table::Align::kRight}});
  WriteList(context, figures, form, std::move(table), [&](const ProcessFigure& figure) {
    return std::vector<std::string>{figure.name, figure.process,
                                    context.japanese() ? figure.ja : figure.en,
                                    TargetText(context, figure)};
  });
  if (!figures.empty()) return ExitCode::kOk;
  context.Note(
      context.Say("the definitions of this store have no figures; `kosei process define` "
                  "takes them in",
                  "このストアの定義には指標がありません。`kosei process define` で登録できます"));
  return ExitCode::kNothing;
}

CommandResult RunKpiShow(Context& context, const KpiShowOptions& options) {
  if (options.names.empty() && !options.all && options.process.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "kpi show: no figure is named, expected names, --process NAME or --all",
                     "NAME");
  }
  if (!options.names.empty() && (options.all || !options.process.empty())) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "kpi show: expected names, or --process NAME or --all, one of both", "NAME");
  }
  KOSEI_ASSIGN_OR_RETURN(const auto period, PeriodOf(options));
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<ProcessFigure> figures,
                         FiguresOf(*client, options.names, options.process));
  std::vector<Reading> readings;
  for (const ProcessFigure& figure : figures)
    KOSEI_RETURN_IF_ERROR(Read(*client, figure, period.first, period.second, view, readings));
  WriteReadings(context, readings);
  if (context.format() == OutputFormat::kTable) {
    context.Note(absl::StrFormat("%s - %s", ShortTime(period.first), ShortTime(period.second)));
  }
  const bool missed = std::ranges::any_of(
      readings, [](const Reading& reading) { return reading.met.has_value() && !*reading.met; });
  return missed ? ExitCode::kNothing : ExitCode::kOk;
}

}  // namespace kosei::cli
