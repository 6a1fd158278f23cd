#include "bench_figures.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_format.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "table.h"

namespace kosei::cli {
namespace {

// Three digits that say something, without an exponent.
std::string Short(double number) {
  if (number >= 1'000) return absl::StrFormat("%.0f", number);
  if (number >= 100) return absl::StrFormat("%.1f", number);
  if (number >= 1) return absl::StrFormat("%.2f", number);
  return absl::StrFormat("%.4f", number);
}

std::string GoalText(const std::optional<Goal>& goal) {
  if (!goal.has_value()) return "";
  const std::string bound = goal->bound == Goal::Bound::kAtMost ? "<= " : ">= ";
  return bound + absl::StrFormat("%.6g", goal->number);
}

std::string RatioText(const Figure& figure) {
  const std::optional<double> ratio = figure.Ratio();
  return ratio.has_value() ? absl::StrFormat("%.2f", *ratio) : "";
}

std::string MetText(const Figure& figure, const char* yes, const char* no) {
  const std::optional<bool> met = figure.MeetsGoal();
  return !met.has_value() ? "" : (*met ? yes : no);
}

// The members alone.
void WriteFacts(JsonWriter& json, const BenchFacts& facts) {
  json.Member("items", facts.items);
  json.Member("links", facts.links);
  json.Member("seed", facts.seed);
  json.Member("server", facts.server);
}

void WriteFigure(JsonWriter& json, const Figure& figure) {
  const auto number = [&json](const char* name, std::optional<double> value) {
    json.Key(name);
    if (value.has_value()) {
      json.Number(absl::StrFormat("%.6g", *value));
    } else {
      json.Null();
    }
  };
  const bool has_limit = !figure.limit_name.empty();
  json.BeginObject();
  json.Member("name", figure.name);
  json.Member("what", figure.what);
  json.Member("unit", figure.unit);
  number("value", figure.value);
  json.Key("limit_name");
  has_limit ? json.Text(figure.limit_name) : json.Null();
  number("limit", has_limit ? std::optional(figure.limit) : std::nullopt);
  number("ratio", figure.Ratio());
  json.Key("goal");
  figure.goal.has_value() ? json.Text(GoalText(figure.goal)) : json.Null();
  json.Key("met");
  const std::optional<bool> met = figure.MeetsGoal();
  met.has_value() ? json.Boolean(*met) : json.Null();
  json.End();
}

}  // namespace

double Samples::Quantile(double share) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  const auto place = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(place));
  return sorted[place];
}

double Samples::Mean() const {
  if (values_.empty()) return 0;
  return std::accumulate(values_.begin(), values_.end(), 0.0) / static_cast<double>(values_.size());
}

std::optional<double> Figure::Ratio() const {
  if (limit_name.empty() || limit <= 0) return std::nullopt;
  return value / limit;
}

std::optional<bool> Figure::MeetsGoal() const {
  if (!goal.has_value()) return std::nullopt;
  const double judged = limit_name.empty() ? value : Ratio().value_or(0);
  return goal->bound == Goal::Bound::kAtMost ? judged <= goal->number : judged >= goal->number;
}

std::string Figures::Json(const BenchFacts& facts) const {
  std::string out;
  JsonWriter json(out);
  json.BeginObject(JsonWriter::Layout::kLines);
  WriteFacts(json, facts);
  json.Key("figures");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const Figure& figure : figures_) WriteFigure(json, figure);
  json.End();
  json.End();
  return out + "\n";
}

std::string Figures::JsonLines(const BenchFacts& facts) const {
  std::string out;
  {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    WriteFacts(json, facts);
    json.End();
  }
  out += '\n';
  for (const Figure& figure : figures_) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteFigure(json, figure);
    out += '\n';
  }
  return out;
}

std::string Figures::Csv() const {
  std::string out;
  AppendCsvRow(out, {"name", "value", "unit", "limit_name", "limit", "ratio", "goal", "met"});
  for (const Figure& figure : figures_) {
    const std::string limit =
        figure.limit_name.empty() ? "" : absl::StrFormat("%.6g", figure.limit);
    AppendCsvRow(
        out, {figure.name, absl::StrFormat("%.6g", figure.value), figure.unit, figure.limit_name,
              limit, RatioText(figure), GoalText(figure.goal), MetText(figure, "true", "false")});
  }
  return out;
}

std::string Figures::Rows(const Context& context) const {
  const auto right = Table::Align::kRight;
  Table table({{"FIGURE"},
               {"VALUE", right},
               {"UNIT"},
               {"LIMIT", right},
               {"RATIO", right},
               {"GOAL", right},
               {"MET"},
               {"LIMIT IS"}});
  for (const Figure& figure : figures_) {
    const std::string limit = figure.limit_name.empty() ? "" : Short(figure.limit);
    table.AddRow({figure.what, Short(figure.value), figure.unit, limit, RatioText(figure),
                  GoalText(figure.goal), MetText(figure, "yes", "no"), figure.limit_name});
  }
  return table.Render(context.style());
}

void Figures::Write(Context& context, const BenchFacts& facts) const {
  switch (context.format()) {
    case OutputFormat::kJson:
      return context.Write(Json(facts));
    case OutputFormat::kJsonl:
      return context.Write(JsonLines(facts));
    case OutputFormat::kCsv:
      return context.Write(Csv());
    case OutputFormat::kTable:
      return context.Write(Rows(context));
  }
}

}  // namespace kosei::cli
