#include "step_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/display_width.h"

namespace kosei::cli {

std::string JoinSteps(const std::string& first, const std::vector<std::string>& steps,
                      std::size_t columns) {
  const auto join = [&](std::size_t left_out) {
    // Both ends say most.
    const std::size_t kept_in_front = left_out == 0 ? 0 : (steps.size() - left_out) / 2;
    std::string text = first;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (left_out > 0 && i == kept_in_front) {
        text += absl::StrFormat(" .. (%d more) ..", left_out);
        i += left_out - 1;
        continue;
      }
      text += steps[i];
    }
    return text;
  };
  std::string text = join(0);
  if (columns == 0) return text;
  for (std::size_t left_out = 1; left_out < steps.size() && DisplayWidth(text) > columns;
       ++left_out) {
    text = join(left_out);
  }
  return Elide(text, columns);
}

std::string StepsText(const std::vector<client::PathStep>& steps, const client::Model& model,
                      std::size_t columns) {
  if (steps.empty()) return "";
  std::vector<std::string> parts;
  parts.reserve(steps.size());
  for (const client::PathStep& step : steps) {
    const std::string_view type = model.RelationshipTypeName(step.type);
    const std::string to = Printable(step.to);
    parts.push_back(step.inverse ? absl::StrFormat(" <-%s- %s", type, to)
                                 : absl::StrFormat(" -%s-> %s", type, to));
  }
  return JoinSteps(Printable(steps.front().from), parts, columns);
}

void WriteSteps(JsonWriter& json, const std::vector<client::PathStep>& steps,
                const client::Model& model) {
  json.BeginArray();
  for (const client::PathStep& step : steps) {
    json.BeginObject();
    json.Member("from", step.from);
    json.Member("type", model.RelationshipTypeName(step.type));
    json.Member("to", step.to);
    json.Member("way", step.inverse ? "in" : "out");
    json.End();
  }
  json.End();
}

std::string ClassLabel(const Context& context, const client::Model& model, ClassNumber number) {
  const std::string name(model.ClassName(number));
  const client::ModelClass* const found = model.FindClass(number);
  if (found == nullptr || !context.japanese()) return name;
  return context.Say(found->label, name);
}

std::string TableWithPaths(const Context& context, std::vector<Table::Column> columns,
                           const std::vector<std::vector<std::string>>& rows,
                           absl::FunctionRef<std::string(std::size_t, std::size_t)> path) {
  Table narrow(columns);
  columns.push_back({std::string(context.Say("PATH", "経路"))});
  Table wide(std::move(columns));
  std::size_t path_width = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<std::string> row = rows[i];
    narrow.AddRow(row);
    row.push_back(path(i, 0));
    path_width = std::max(path_width, DisplayWidth(row.back()));
    wide.AddRow(std::move(row));
  }
  const std::size_t terminal = context.columns();
  if (terminal == 0 || wide.WidthBeforeLast() + path_width <= terminal) {
    return wide.Render(context.style());
  }
  constexpr std::size_t kIndent = 4;
  const std::string lines = narrow.Render(context.style());
  std::size_t at = lines.find('\n') + 1;
  std::string out = lines.substr(0, at);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t end = lines.find('\n', at) + 1;
    out += lines.substr(at, end - at);
    out += std::string(kIndent, ' ') +
           path(i, std::max<std::size_t>(terminal, 2 * kIndent) - kIndent) + "\n";
    at = end;
  }
  return out;
}

}  // namespace kosei::cli
