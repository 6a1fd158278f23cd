// What begins with a backslash in the shell of `kosei query`.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/display_width.h"
#include "kosei/base/error.h"
#include "query/parameters.h"
#include "query/saved_query.h"
#include "query/shell.h"
#include "query/statement_run.h"
#include "query/value_form.h"
#include "suggest.h"
#include "table.h"

namespace kosei::cli {

const std::vector<QueryShell::Command>& QueryShell::Commands() {
  static const std::vector<Command> kCommands = {
      {"\\as-of", "\\as-of [WHEN]", "what was known then: time, commit or baseline",
       "その時点の内容を読む: 時刻、コミット、ベースライン", &QueryShell::AsOf},
      {"\\explain", "\\explain [STATEMENT]", "the plan of a statement, or of the last one",
       "文 (省略時は直前の文) の実行計画を表示する", &QueryShell::Explain},
      {"\\filter", "\\filter FILTER", "records by a filter: class = Server and status = live",
       "フィルタでレコードを選ぶ: class = Server and status = live", &QueryShell::Filter},
      {"\\help", "\\help", "this list", "この一覧", &QueryShell::Help},
      {"\\limit", "\\limit [N]", "most rows to list", "表示する最大行数", &QueryShell::Limit},
      {"\\output", "\\output [FORMAT]", "table, json, jsonl or csv", "table、json、jsonl、csv",
       &QueryShell::Output},
      {"\\params", "\\params", "the parameters and their values", "パラメータの一覧",
       &QueryShell::Parameters},
      {"\\plan", "\\plan [NAME]", "with the changes of a plan on top", "計画の変更を加えて読む",
       &QueryShell::Plan},
      {"\\profile", "\\profile [STATEMENT]", "run it, and show what each part took",
       "実行し、各部分の行数と時間を表示する", &QueryShell::Profile},
      {"\\q", "\\q", "leave (also Ctrl-D)", "終了 (Ctrl-D でも可)", nullptr},
      {"\\run", "\\run NAME", "a saved query, with the parameters as they are",
       "保存されたクエリを現在のパラメータで実行する", &QueryShell::RunSaved},
      {"\\saved", "\\saved", "the saved queries", "保存されたクエリの一覧", &QueryShell::Saved},
      {"\\set", "\\set NAME VALUE", "a parameter: $NAME", "パラメータ $NAME を設定する",
       &QueryShell::Set},
      {"\\time-zone", "\\time-zone [ZONE]", "of date-times without one",
       "タイムゾーンのない日時に使う", &QueryShell::TimeZone},
      {"\\timing", "\\timing [on|off]", "say how long statements take", "所要時間を表示する",
       &QueryShell::Timing},
      {"\\unset", "\\unset NAME", "take a parameter away", "パラメータを取り除く",
       &QueryShell::Unset},
      {"\\valid-at", "\\valid-at [TIME]", "what was, or will be, so in the world then",
       "その時刻に実際にそうである内容を読む", &QueryShell::ValidAt},
  };
  return kCommands;
}

bool QueryShell::RunCommand(const std::string& line) {
  const std::size_t end = std::min(line.find_first_of(" \t;"), line.size());
  const std::string name = line.substr(0, end);
  std::string argument = line.substr(std::min(line.find_first_not_of(" \t", end), line.size()));
  // Of a statement that is to be explained it is the end.
  const bool explains = name == "\\explain" || name == "\\profile";
  if (argument == ";" || (argument.ends_with(';') && !explains)) argument.pop_back();
  const auto& commands = Commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == name; });
  if (found != commands.end() && found->run != nullptr) {
    in_command_ = true;
    (this->*found->run)(argument);
    in_command_ = false;
    return true;
  }
  std::vector<std::string> names;
  for (const Command& command : commands) names.emplace_back(command.name);
  const std::string hint = DidYouMean(name, names);
  Say(absl::StrFormat("unknown command '%s'%s", Printable(name),
                      hint.empty() ? "; \\help lists them" : hint));
  return true;
}

void QueryShell::SaySetting(std::string_view name, const std::string& value) {
  Say(absl::StrFormat(
      "%s: %s", name,
      value.empty() ? std::string(context_.Say("not set", "指定なし")) : Printable(value)));
}

void QueryShell::Set(const std::string& argument) {
  if (argument.empty()) return Parameters("");
  const std::size_t space = argument.find_first_of(" \t=");
  if (space == std::string::npos || space == 0) {
    Say("\\set: expected \\set NAME VALUE");
    return;
  }
  std::string name = argument.substr(0, space);
  if (name.starts_with('$')) name.erase(0, 1);
  const std::size_t begin = argument.find_first_not_of(" \t=", space);
  std::string text = begin == std::string::npos ? "" : argument.substr(begin);
  // A list or a map can only be meant as JSON.
  if (text.starts_with('[') || text.starts_with('{')) {
    auto value = ValueOfJson(text);
    if (!value.ok()) return SayError(value.status());
    SetParameter(request_.parameters, name, *std::move(value));
  } else {
    SetParameter(request_.parameters, name, ValueOfWord(text));
  }
}

void QueryShell::Unset(const std::string& argument) {
  const std::size_t gone =
      std::erase_if(request_.parameters, [&](const language::PackedEntry& entry) {
        return "$" + entry.key == argument || entry.key == argument;
      });
  if (gone == 0) Say(absl::StrFormat("\\unset: there is no parameter '%s'", Printable(argument)));
}

void QueryShell::Parameters(const std::string& /*argument*/) {
  if (request_.parameters.empty()) {
    Say(context_.Say("there are no parameters; \\set NAME VALUE makes one",
                     "パラメータはありません。\\set NAME VALUE で設定します"));
    return;
  }
  for (const language::PackedEntry& entry : request_.parameters) {
    const auto* const text = entry.value.As<std::string>();
    const std::string shown = text != nullptr ? "'" + *text + "'" : CellText(entry.value, "null");
    Say(absl::StrFormat("$%s = %s", Printable(entry.key), Printable(shown)));
  }
}

void QueryShell::Explain(const std::string& argument) {
  if (argument.empty() && !last_.empty()) return Execute("EXPLAIN " + last_, false);
  if (!argument.empty()) Begin("EXPLAIN " + argument + "\n");
}

void QueryShell::Profile(const std::string& argument) {
  if (argument.empty() && !last_.empty()) return Execute("PROFILE " + last_, false);
  if (!argument.empty()) Begin("PROFILE " + argument + "\n");
}

void QueryShell::Filter(const std::string& argument) { Execute(argument, true); }

void QueryShell::ChangeView(ViewOptions view) {
  const auto name = ParseView(view);
  if (!name.ok()) return SayError(name.status());
  // A baseline or a plan that is not there is told now and not with the next statement.
  const auto tried =
      client_.Query({.text = "RETURN 0", .view = *name},
                    [](const std::vector<std::string>&, const client::QueryRow&) { return true; });
  if (!tried.ok()) return SayError(tried.status());
  view_ = std::move(view);
  request_.view = *name;
}

void QueryShell::AsOf(const std::string& argument) {
  ViewOptions view = view_;
  view.as_of = argument == "now" ? "" : argument;
  ChangeView(std::move(view));
}

void QueryShell::ValidAt(const std::string& argument) {
  ViewOptions view = view_;
  view.valid_at = argument == "now" ? "" : argument;
  ChangeView(std::move(view));
}

void QueryShell::Plan(const std::string& argument) {
  ViewOptions view = view_;
  view.plan = argument;
  ChangeView(std::move(view));
}

void QueryShell::TimeZone(const std::string& argument) {
  request_.time_zone = argument;
  SaySetting("\\time-zone", argument.empty() ? "UTC" : argument);
}

void QueryShell::Limit(const std::string& argument) {
  std::uint64_t limit = 0;
  const auto [end, error] =
      std::from_chars(argument.data(), argument.data() + argument.size(), limit);
  const bool whole = error == std::errc() && end == argument.data() + argument.size();
  if (!argument.empty() && !whole) {
    Say(absl::StrFormat("\\limit '%s': expected a number of rows", Printable(argument)));
    return;
  }
  request_.rows_max = argument.empty() ? UINT64_MAX : limit;
  SaySetting("\\limit", argument);
}

void QueryShell::Timing(const std::string& argument) {
  timing_ = argument.empty() ? !timing_ : argument == "on";
  SaySetting("\\timing", timing_ ? "on" : "off");
}

void QueryShell::Output(const std::string& argument) {
  if (argument == "table" || argument.empty()) {
    format_ = OutputFormat::kTable;
  } else if (argument == "json") {
    format_ = OutputFormat::kJson;
  } else if (argument == "jsonl") {
    format_ = OutputFormat::kJsonl;
  } else if (argument == "csv") {
    format_ = OutputFormat::kCsv;
  } else {
    Say(absl::StrFormat("\\output '%s': expected table, json, jsonl or csv", Printable(argument)));
  }
}

void QueryShell::RunSaved(const std::string& argument) {
  const auto query = GetSavedQuery(client_, argument, {});
  if (!query.ok()) return SayError(query.status());
  // Of the session's parameters those that the query has.
  language::PackedMap all = request_.parameters;
  language::PackedMap parameters;
  for (const language::PackedEntry& entry : all) {
    const bool has = std::any_of(
        query->parameters.begin(), query->parameters.end(), [&](const std::string& parameter) {
          return parameter == entry.key || parameter.starts_with(entry.key + "=");
        });
    if (has) parameters.push_back(entry);
  }
  if (const absl::Status filled = FillParameters(*query, parameters); !filled.ok())
    return SayError(filled);
  request_.parameters = std::move(parameters);
  Execute(query->text, false);
  request_.parameters = std::move(all);
}

void QueryShell::Saved(const std::string& /*argument*/) {
  const auto queries = ListSavedQueries(client_);
  if (!queries.ok()) return SayError(queries.status());
  for (const SavedQuery& query : *queries) {
    const bool japanese = context_.japanese() && !query.description_ja.empty();
    Say(absl::StrFormat("%s  %s", Printable(query.name),
                        Printable(japanese ? query.description_ja : query.description)));
  }
  if (queries->empty())
    Say(context_.Say("there are no saved queries", "保存されたクエリはありません"));
}

void QueryShell::Help(const std::string& /*argument*/) {
  Table table({{std::string(context_.Say("COMMAND", "コマンド"))},
               {std::string(context_.Say("WHAT IT DOES", "説明"))}});
  for (const Command& command : Commands()) {
    table.AddRow(
        {std::string(command.usage), std::string(context_.Say(command.english, command.japanese))});
  }
  Say(
      context_.Say("A statement ends with ; or an empty line. Tab completes.\n"
                   "Ctrl-C gives up or cancels, Ctrl-R looks in the history.",
                   "文は ; または空行で終わります。Tab で補完します。\n"
                   "Ctrl-C で中止、Ctrl-R で履歴を検索します。"));
  std::string text = table.Render(Table::Style::kPlain);
  text.pop_back();
  Say(text);
}

}  // namespace kosei::cli
