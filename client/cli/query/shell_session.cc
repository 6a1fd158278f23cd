// kosei query on a terminal: lines in, until the user leaves.
#include <signal.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "query/history_file.h"
#include "query/line_editor.h"
#include "query/shell.h"
#include "query/statement_run.h"

namespace kosei::cli {

CommandResult RunQueryShell(Context& context, const QueryOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::StatementRequest request, RequestOf(options.statement));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  QueryShell shell(context, *client, std::move(request), options.statement.view);
  const std::unique_ptr<LineEditor> editor =
      LineEditor::Open(stdin, stdout, context.notes(),
                       [&](std::string_view before) { return shell.Complete(before); });
  if (editor == nullptr) {
    return MakeError(ErrorCode::kInternal,
                     "query: the terminal cannot be used for a shell; give the statement as TEXT "
                     "or with --file");
  }
  const HistoryFile history(HistoryPath());
  for (const std::string& entry : history.Load()) editor->Remember(entry);
  // Between two statements Ctrl-C is a key (LineEditor); one that comes just then ends nothing.
  signal(SIGINT, SIG_IGN);
  context.Note(context.japanese()
                   ? absl::StrFormat("kosei %s、サーバー %s。文は ; で終わります。\\help で説明",
                                     KOSEI_VERSION, context.options().server)
                   : absl::StrFormat("kosei %s on %s. Statements end with ;, \\help helps",
                                     KOSEI_VERSION, context.options().server));
  while (true) {
    std::string line;
    const LineEditor::Outcome outcome = editor->Read(shell.Prompt(), line);
    if (outcome == LineEditor::Outcome::kEnd) {
      context.Note("");
      return ExitCode::kOk;
    }
    if (outcome == LineEditor::Outcome::kInterrupted) {
      shell.Drop();
      continue;
    }
    const bool stays = shell.Feed(line);
    for (const std::string& entry : shell.TakeFinished()) {
      editor->Remember(entry);
      history.Append(entry);
    }
    if (!stays) return ExitCode::kOk;
  }
}

}  // namespace kosei::cli
