#include "query/statement_run.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "import/byte_source.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "query/parameters.h"

namespace kosei::cli {
absl::StatusOr<client::StatementRequest> RequestOf(const StatementOptions& options) {
  client::StatementRequest request;
  KOSEI_ASSIGN_OR_RETURN(request.view, ParseView(options.view));
  KOSEI_RETURN_IF_ERROR(
      AddParameters(options.parameters, options.json_parameters, request.parameters));
  request.time_zone = options.time_zone;
  if (options.limit.has_value()) request.rows_max = *options.limit;
  return request;
}

absl::StatusOr<client::StatementSummary> RunStatement(client::Client& client,
                                                      const client::StatementRequest& request,
                                                      ResultWriter& writer) {
  KOSEI_ASSIGN_OR_RETURN(client::StatementSummary summary,
                         client.Query(request, [&](const std::vector<std::string>& columns,
                                                   const client::QueryRow& row) {
                           writer.Row(columns, row);
                           return true;
                         }));
  writer.End(summary);
  return summary;
}

CommandResult RunStatements(Context& context, const std::vector<std::string>& statements,
                            client::StatementRequest request) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  if (context.format() == OutputFormat::kTable && context.out_is_terminal() &&
      request.rows_max == UINT64_MAX) {
    request.rows_max = kTerminalRows;
  }
  ResultWriter writer(
      context,
      {.format = context.format(), .several = statements.size() > 1, .filter = request.filter});
  bool found = false;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    request.text = statements[i];
    const absl::StatusOr<client::StatementSummary> summary = RunStatement(*client, request, writer);
    if (!summary.ok()) {
      if (statements.size() == 1) return summary.status();
      writer.Finish();  // the results before it stand
      return WithContext(summary.status(), absl::StrFormat("statement %d", i + 1));
    }
    found = found || summary->rows > 0 || !summary->plan.empty();
    NoteCut(context, *summary);
  }
  writer.Finish();
  if (found) return ExitCode::kOk;
  context.Note(context.Say("nothing found", "見つかりませんでした"));
  return ExitCode::kNothing;
}

absl::StatusOr<std::string> ReadStatements(const std::string& file) {
  constexpr std::size_t kFileBytesMax = std::size_t{16} << 20;
  return ReadWhole(file, kFileBytesMax, "give fewer statements at a time");
}

}  // namespace kosei::cli
