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

void AppendFigure(JsonWriter& json, const Figure& figure) {
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

std::string Figures::Json(const BenchFacts& facts, bool lines) const {
  const auto layout = lines ? JsonWriter::Layout::kLines : JsonWriter::Layout::kInline;
  std::string out;
  JsonWriter json(out, layout);
  json.BeginObject(layout);
  json.Member("items", facts.items);
  json.Member("links", facts.links);
  json.Member("seed", facts.seed);
  json.Member("server", facts.server);
  json.Key("figures");
  json.BeginArray(layout);
  for (const Figure& figure : figures_) AppendFigure(json, figure);
  json.End();
  json.End();
  return out + "\n";
}

void Figures::Write(Context& context, const BenchFacts& facts) const {
  if (context.format() == OutputFormat::kJson || context.format() == OutputFormat::kJsonl) {
    context.Write(Json(facts, context.format() == OutputFormat::kJson));
    return;
  }
  if (context.format() == OutputFormat::kCsv) {
    std::string out;
    AppendCsvRow(out, {"name", "value", "unit", "limit_name", "limit", "ratio", "goal"});
    for (const Figure& figure : figures_) {
      const std::string limit =
          figure.limit_name.empty() ? "" : absl::StrFormat("%.6g", figure.limit);
      AppendCsvRow(out, {figure.name, absl::StrFormat("%.6g", figure.value), figure.unit,
                         figure.limit_name, limit, RatioText(figure), GoalText(figure.goal)});
    }
    context.Write(out);
    return;
  }
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
    const bool has_limit = !figure.limit_name.empty();
    const std::optional<bool> met = figure.MeetsGoal();
    table.AddRow({figure.what, Short(figure.value), figure.unit,
                  has_limit ? Short(figure.limit) : "", RatioText(figure), GoalText(figure.goal),
                  !met.has_value() ? "" : (*met ? "yes" : "no"), figure.limit_name});
  }
  context.Write(table.Render(context.style()));
}

}  // namespace kosei::cli
