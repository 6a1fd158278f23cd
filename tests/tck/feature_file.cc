#include "feature_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"

namespace kosei::tck {
namespace {

constexpr std::string_view kQuotes = "\"\"\"";
constexpr std::string_view kBlanks = " \t\r";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string_view> LinesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

// "| a | b\|c |": cells between bars; \| is a bar, \\ a backslash, \n a new line.
std::vector<std::string> CellsOf(std::string_view row) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t i = 1; i < row.size(); ++i) {
    const char next = i + 1 < row.size() ? row[i + 1] : '\0';
    if (row[i] == '\\' && (next == '|' || next == '\\' || next == 'n')) {
      cell += next == 'n' ? '\n' : next;
      ++i;
    } else if (row[i] == '|') {
      cells.emplace_back(Trimmed(cell));
      cell.clear();
    } else {
      cell += row[i];
    }
  }
  return cells;
}

// What a line begins with, taken away; nothing when it begins otherwise.
std::optional<std::string_view> After(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::nullopt;
  return Trimmed(line.substr(word.size()));
}

std::optional<std::string_view> StepText(std::string_view line) {
  constexpr std::array<std::string_view, 5> kWords = {"Given ", "When ", "Then ", "And ", "But "};
  for (const std::string_view word : kWords) {
    if (const auto text = After(line, word)) return text;
  }
  return std::nullopt;
}

// A scenario as written, before an outline is expanded.
struct Outline {
  std::string name;
  std::vector<Step> steps;
  std::vector<Table> examples;  // the names first
  bool is_outline = false;
};

using Replacements = std::vector<std::pair<std::string, std::string>>;

Step Filled(const Step& step, const Replacements& values) {
  Step filled = step;
  const auto fill = [&values](std::string& text) { text = absl::StrReplaceAll(text, values); };
  fill(filled.text);
  if (filled.doc) fill(*filled.doc);
  for (std::vector<std::string>& row : filled.table) {
    for (std::string& cell : row) fill(cell);
  }
  return filled;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : lines_(LinesOf(text)), file_(file) {}

  absl::StatusOr<std::vector<Scenario>> Run() {
    for (; at_ < lines_.size(); ++at_) KOSEI_RETURN_IF_ERROR(ReadLine(Trimmed(lines_[at_])));
    std::vector<Scenario> scenarios;
    for (const Outline& outline : outlines_) KOSEI_RETURN_IF_ERROR(Expand(outline, scenarios));
    return scenarios;
  }

 private:
  absl::Status Error(std::size_t line, std::string_view message) const {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s:%d: %s", file_, line + 1, message));
  }

  absl::Status ReadLine(std::string_view line) {
    if (line.empty() || line.front() == '#' || line.front() == '@') return absl::OkStatus();
    if (line.front() == '|') return ReadRow(line);
    if (line.starts_with(kQuotes)) return ReadDoc();
    if (After(line, "Feature:")) return absl::OkStatus();
    if (After(line, "Background:")) {
      steps_ = &background_;
      return absl::OkStatus();
    }
    if (After(line, "Examples:")) {
      if (outlines_.empty() || !outlines_.back().is_outline)
        return Error(at_, "examples without an outline before them");
      outlines_.back().examples.emplace_back();
      in_examples_ = true;
      return absl::OkStatus();
    }
    if (const auto name = After(line, "Scenario Outline:")) return Begin(*name, true);
    if (const auto name = After(line, "Scenario:")) return Begin(*name, false);
    const std::optional<std::string_view> text = StepText(line);
    if (text && steps_ != nullptr && !in_examples_) {
      steps_->push_back({std::string(*text), std::nullopt, {}, at_ + 1});
      return absl::OkStatus();
    }
    if (steps_ == nullptr) return absl::OkStatus();  // what a feature says about itself
    return Error(at_, absl::StrFormat("expected a step, a table or a scenario, found '%s'", line));
  }

  absl::Status Begin(std::string_view name, bool is_outline) {
    Outline& outline = outlines_.emplace_back();
    outline.name = name;
    outline.is_outline = is_outline;
    steps_ = &outline.steps;
    in_examples_ = false;
    return absl::OkStatus();
  }

  absl::Status ReadRow(std::string_view line) {
    // "|" alone is a row without cells.
    if (line.back() != '|') return Error(at_, "a row of a table begins and ends with |");
    Table* table = nullptr;
    if (in_examples_) {
      table = &outlines_.back().examples.back();
    } else if (steps_ != nullptr && !steps_->empty()) {
      table = &steps_->back().table;
    } else {
      return Error(at_, "a table without a step before it");
    }
    table->push_back(CellsOf(line));
    if (table->back().size() == table->front().size()) return absl::OkStatus();
    return Error(at_, absl::StrFormat("a row of %d cells in a table of %d", table->back().size(),
                                      table->front().size()));
  }

  absl::Status ReadDoc() {
    if (steps_ == nullptr || steps_->empty() || in_examples_)
      return Error(at_, "a text without a step before it");
    const std::size_t begin = at_;
    const std::size_t indentation = lines_[begin].find('"');
    std::string doc;
    for (++at_; at_ < lines_.size(); ++at_) {
      std::string_view line = lines_[at_];
      if (Trimmed(line) == kQuotes) {
        steps_->back().doc = std::move(doc);
        return absl::OkStatus();
      }
      if (line.ends_with('\r')) line.remove_suffix(1);
      const std::size_t own = std::min(line.find_first_not_of(" \t"), line.size());
      if (at_ > begin + 1) doc += '\n';
      doc += line.substr(std::min(own, indentation));
    }
    return Error(begin, "a text that does not end");
  }

  absl::Status Expand(const Outline& outline, std::vector<Scenario>& out) const {
    Scenario scenario{std::string(file_), outline.name, background_};
    if (!outline.is_outline) {
      scenario.steps.insert(scenario.steps.end(), outline.steps.begin(), outline.steps.end());
      out.push_back(std::move(scenario));
      return absl::OkStatus();
    }
    std::size_t number = 0;
    for (const Table& examples : outline.examples) {
      for (std::size_t row = 1; row < examples.size(); ++row) {
        Replacements values;
        for (std::size_t i = 0; i < examples[0].size(); ++i)
          values.emplace_back("<" + examples[0][i] + ">", examples[row][i]);
        Scenario& one = out.emplace_back(scenario);
        one.name =
            absl::StrFormat("%s (example %d)", absl::StrReplaceAll(outline.name, values), ++number);
        for (const Step& step : outline.steps) one.steps.push_back(Filled(step, values));
      }
    }
    if (number > 0) return absl::OkStatus();
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s: outline '%s' has no examples", file_, outline.name));
  }

  const std::vector<std::string_view> lines_;
  const std::string_view file_;
  std::size_t at_ = 0;
  std::vector<Step> background_;
  std::vector<Outline> outlines_;
  std::vector<Step>* steps_ = nullptr;  // where a step goes; of the newest outline
  bool in_examples_ = false;
};

}  // namespace

absl::StatusOr<std::vector<Scenario>> ParseFeature(std::string_view text, std::string_view file) {
  return Parser(text, file).Run();
}

absl::StatusOr<std::vector<Scenario>> ReadFeatures(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> paths;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".feature") paths.push_back(entry->path());
  }
  if (error || paths.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("no *.feature below %s; name the folder of the kit", folder));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Scenario> scenarios;
  for (const fs::path& path : paths) {
    KOSEI_ASSIGN_OR_RETURN(const std::string text, LocalFileSystem().ReadFile(path.string()));
    KOSEI_ASSIGN_OR_RETURN(std::vector<Scenario> found,
                           ParseFeature(text, fs::relative(path, folder).generic_string()));
    std::move(found.begin(), found.end(), std::back_inserter(scenarios));
  }
  return scenarios;
}

}  // namespace kosei::tck
