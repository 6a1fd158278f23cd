#include "query/shell.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "query/interrupt.h"
#include "query/statement_run.h"
#include "query/statement_text.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Without EXPLAIN or PROFILE before it.
std::string PlainStatement(const std::string& statement) {
  for (const std::string_view word : {"EXPLAIN", "PROFILE"}) {
    if (statement.size() <= word.size() || statement[word.size()] > ' ') continue;
    const bool same = std::equal(word.begin(), word.end(), statement.begin(), [](char a, char b) {
      return a == (b >= 'a' ? b - 'a' + 'A' : b);
    });
    if (same) return Trimmed(statement.substr(word.size()));
  }
  return statement;
}

// Whoever is used to ending statements ends commands so, too.
std::string WithoutSemicolon(const std::string& line) {
  return Trimmed(line.ends_with(';') ? line.substr(0, line.size() - 1) : line);
}

bool IsLeave(const std::string& line) {
  const std::string word = WithoutSemicolon(line);
  return word == "\\q" || word == "\\quit" || word == "exit" || word == "quit";
}

}  // namespace

QueryShell::QueryShell(Context& context, client::Client& client, client::StatementRequest request,
                       ViewOptions view)
    : context_(context),
      client_(client),
      request_(std::move(request)),
      view_(std::move(view)),
      format_(context.format()) {
  for (const Command& command : Commands()) vocabulary_.commands.emplace_back(command.name);
}

std::string QueryShell::Prompt() const {
  if (!pending_.empty()) {
    const char open = SplitStatements(pending_).open;
    return std::string("    ") + (open == 0 ? '-' : open) + "> ";
  }
  std::string where;
  const auto add = [&](std::string_view word, const std::string& value) {
    if (!value.empty()) where += (where.empty() ? "" : ", ") + std::string(word) + " " + value;
  };
  add("as of", view_.as_of);
  add("valid at", view_.valid_at);
  add("plan", view_.plan);
  return where.empty() ? "kosei> " : "kosei (" + where + ")> ";
}

bool QueryShell::Feed(const std::string& line) {
  const std::string trimmed = Trimmed(line);
  if (pending_.empty()) {
    if (IsLeave(trimmed)) return false;
    if (trimmed.empty()) return true;
    const std::string word = WithoutSemicolon(trimmed);
    if (word == "help" || word == "?") return RunCommand("\\help");
  }
  // No statement has a line that begins so; what was typed of one is given up.
  if (trimmed.starts_with('\\') && !SplitStatements(pending_).open) {
    Drop();
    if (IsLeave(trimmed)) return false;
    finished_.push_back(OneLine(trimmed));
    return RunCommand(trimmed);
  }
  Begin(line + "\n");
  // An empty line ends what nothing else has ended.
  if (!trimmed.empty() || pending_.empty() || SplitStatements(pending_).open) return true;
  const std::string statement = Trimmed(std::exchange(pending_, {}));
  Execute(statement, false);
  return true;
}

void QueryShell::Begin(const std::string& text) {
  SplitText split = SplitStatements(pending_ + text);
  pending_ = IsBlank(split.rest) && !split.open ? "" : split.rest;
  for (const std::string& statement : split.statements) Execute(statement, false);
}

std::vector<std::string> QueryShell::TakeFinished() { return std::exchange(finished_, {}); }

void QueryShell::Execute(const std::string& statement, bool filter) {
  if (!filter) last_ = PlainStatement(statement);
  if (!in_command_) finished_.push_back(OneLine(statement) + ";");
  client::StatementRequest request = request_;
  request.text = statement;
  request.filter = filter;
  if (request.rows_max == UINT64_MAX && format_ == OutputFormat::kTable)
    request.rows_max = kTerminalRows;
  request.cancellation = std::make_shared<client::Cancellation>();
  ResultWriter writer(context_, {.format = format_, .filter = filter});
  const auto start = std::chrono::steady_clock::now();
  const auto summary = [&] {
    const InterruptScope interrupts(request.cancellation);
    return RunStatement(client_, request, writer);
  }();
  const auto took = std::chrono::steady_clock::now() - start;
  if (!summary.ok()) {
    SayError(summary.status());
    return;
  }
  IgnoreError(context_.Flush(), "a terminal that is gone ends the shell by itself");
  if (summary->cut) {
    Say(context_.japanese()
            ? absl::StrFormat("%s 行を表示しました。続きは \\limit で指定してください",
                              Grouped(summary->rows))
            : absl::StrFormat("%s listed, there are more; ask for them with \\limit",
                              Counted(summary->rows, "row", "rows")));
  } else if (format_ == OutputFormat::kTable && !summary->explained) {
    Say(context_.japanese() ? Grouped(summary->rows) + " 行"
                            : Counted(summary->rows, "row", "rows"));
  }
  if (!timing_) return;
  const double millis = std::chrono::duration<double, std::milli>(took).count();
  Say(context_.japanese() ? absl::StrFormat("%.1f ミリ秒、コミット %d、%s ステップ", millis,
                                            summary->view.commit, Grouped(summary->steps))
                          : absl::StrFormat("%.1f ms, commit %d, %s", millis, summary->view.commit,
                                            Counted(summary->steps, "step", "steps")));
}

void QueryShell::Say(std::string_view line) { context_.Note(line); }

void QueryShell::SayError(const absl::Status& status) {
  if (HasCode(status, ErrorCode::kCancelled)) {
    Say(context_.Say("cancelled", "中止しました"));
    return;
  }
  Say(ErrorText(context_, status));
  if (HasCode(status, ErrorCode::kQueryParameter)) {
    Say(context_.Say("\\set NAME VALUE gives a parameter its value",
                     "\\set NAME VALUE でパラメータに値を設定します"));
  }
}

QueryCompletions QueryShell::Complete(std::string_view line) {
  const auto model = client_.model();
  if (model->version != vocabulary_version_) {
    vocabulary_version_ = model->version;
    TakeNames(*model, vocabulary_);
  }
  vocabulary_.parameters.clear();
  for (const language::PackedEntry& entry : request_.parameters)
    vocabulary_.parameters.push_back(entry.key);
  vocabulary_.plans.clear();
  if (pending_.empty() && line.starts_with("\\plan ")) {
    if (const auto plans = client_.ListPlans(); plans.ok()) {
      for (const client::PlanInfo& plan : *plans) vocabulary_.plans.push_back(plan.name);
    }
  }
  if (pending_.empty()) return CompleteQuery(line, vocabulary_);
  return CompleteQuery(pending_ + std::string(line), vocabulary_);
}

}  // namespace kosei::cli
