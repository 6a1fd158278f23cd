// Writes what statements give, in the forms of the output (docs/cli.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "json_writer.h"
#include "kosei/client/statement.h"
#include "query/result_table.h"

namespace kosei::cli {

class ResultWriter {
 public:
  struct Form {
    OutputFormat format = OutputFormat::kTable;
    bool several = false;  // JSON: an array of results
    bool filter = false;   // tables and CSV show records as `search` does
  };
  // `context` outlives it.
  ResultWriter(Context& context, Form form);

  // Of each statement: its rows, then its end.
  void Row(const std::vector<std::string>& columns, const client::QueryRow& row);
  void End(const client::StatementSummary& summary);
  // Closes what is open, also after an error.
  void Finish();

 private:
  void Begin(const std::vector<std::string>& columns);
  void WriteJsonRow(JsonWriter& json, const client::QueryRow& row) const;
  void WriteCsvRow(const client::QueryRow& row);
  void EndJson(const client::StatementSummary& summary);
  void EndLines(const client::StatementSummary& summary);
  void EndCsv(const client::StatementSummary& summary);
  void EndTable(const client::StatementSummary& summary);

  Context& context_;
  const Form form_;
  std::string out_;
  JsonWriter json_;
  std::unique_ptr<ResultTable> table_;
  std::vector<std::string> columns_;  // of the statement under way
  bool begun_ = false;
  std::uint64_t statements_ = 0;
};

// "1,000 listed, ..." when there were more rows than were asked for.
void NoteCut(Context& context, const client::StatementSummary& summary);

}  // namespace kosei::cli
