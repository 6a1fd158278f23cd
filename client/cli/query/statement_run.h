// Asks a server statements, one after the other.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/client/client.h"
#include "query/options.h"
#include "query/result_writer.h"

namespace kosei::cli {

// Everything but the text. kInvalidArgument.
absl::StatusOr<client::StatementRequest> RequestOf(const StatementOptions& options);

// Writes what the statement gives. Its end is written when it came to one.
absl::StatusOr<client::StatementSummary> RunStatement(client::Client& client,
                                                      const client::StatementRequest& request,
                                                      ResultWriter& writer);

// All statements, up to the first that fails. Exit code 1 when there was no row and no plan.
CommandResult RunStatements(Context& context, const std::vector<std::string>& statements,
                            client::StatementRequest request);

// The whole file, or standard input ("-"). kNotFound, kStorageIo, and kRowBudget beyond 16 MiB.
absl::StatusOr<std::string> ReadStatements(const std::string& file);

// What a terminal gets when nobody says how much: the rest is one --limit away.
inline constexpr std::uint64_t kTerminalRows = 1'000;

}  // namespace kosei::cli
