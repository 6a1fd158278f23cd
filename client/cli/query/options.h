// kosei query and the commands below it: their options, and what runs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"

namespace kosei::cli {

// How statements are asked; the shell changes it as it goes.
struct StatementOptions {
  std::vector<std::string> parameters;       // "NAME=VALUE"
  std::vector<std::string> json_parameters;  // "NAME=JSON"
  std::optional<std::uint64_t> limit;        // rows
  std::string time_zone;
  ViewOptions view;
};

struct QueryOptions {
  std::string text;
  std::string file;  // "-": standard input
  bool filter = false;
  StatementOptions statement;
};
CommandResult RunQuery(Context& context, const QueryOptions& options);
// Reads statements from a terminal until its user leaves.
CommandResult RunQueryShell(Context& context, const QueryOptions& options);

struct QuerySaveOptions {
  std::string name;
  std::string text;
  std::string file;
  std::string description, description_ja, owner;
  std::vector<std::string> parameters;  // "NAME" or "NAME=DEFAULT"
  std::optional<std::uint64_t> expect;
  ProvenanceOptions provenance;
};
CommandResult RunQuerySave(Context& context, const QuerySaveOptions& options);

struct SavedQueryOptions {
  std::string name;
  StatementOptions statement;
};
CommandResult RunSavedQuery(Context& context, const SavedQueryOptions& options);
CommandResult RunQueryShow(Context& context, const SavedQueryOptions& options);
CommandResult RunQuerySaved(Context& context);

}  // namespace kosei::cli
