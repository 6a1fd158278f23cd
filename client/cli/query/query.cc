// kosei query
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "query/options.h"
#include "query/statement_run.h"
#include "query/statement_text.h"

namespace kosei::cli {
namespace {

absl::StatusOr<std::vector<std::string>> StatementsOf(const QueryOptions& options) {
  std::string text = options.text;
  if (!options.file.empty()) {
    if (!text.empty()) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "query: a text and --file are given, expected one of them", "--file");
    }
    KOSEI_ASSIGN_OR_RETURN(text, ReadStatements(options.file));
  }
  // A filter has no ';', and an empty one chooses every record.
  if (options.filter) return std::vector<std::string>{text};
  std::vector<std::string> statements = StatementsIn(text);
  if (!statements.empty()) return statements;
  return MakeError(ErrorCode::kInvalidArgument,
                   "query: there is no statement; give one as TEXT, in --file FILE, or run it on "
                   "a terminal for the shell, such as kosei query 'MATCH (n:Server) RETURN n.key'",
                   "TEXT");
}

}  // namespace

CommandResult RunQuery(Context& context, const QueryOptions& options) {
  const bool nothing = options.text.empty() && options.file.empty() && !options.filter;
  if (nothing && context.out_is_terminal() && isatty(STDIN_FILENO) == 1)
    return RunQueryShell(context, options);
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> statements, StatementsOf(options));
  KOSEI_ASSIGN_OR_RETURN(client::StatementRequest request, RequestOf(options.statement));
  request.filter = options.filter;
  return RunStatements(context, statements, std::move(request));
}

}  // namespace kosei::cli
