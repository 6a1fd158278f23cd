// kosei query and the saved queries: usage only.
#include "app.h"
#include "query/options.h"

namespace kosei::cli {
namespace {

void AddStatement(CLI::App& command, StatementOptions& options) {
  command
      .add_option("--param", options.parameters,
                  "value of the parameter $NAME: numbers, true, false, null, dates and times are "
                  "what they look like, anything else is text; repeatable")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--param-json", options.json_parameters,
                  "value of the parameter $NAME as JSON; repeatable")
      ->type_name("NAME=JSON")
      ->allow_extra_args(false);
  command
      .add_option("--limit", options.limit, "most rows to list (default: all; 1000 on a terminal)")
      ->type_name("N");
  command
      .add_option("--time-zone", options.time_zone,
                  "of date-times without one: Asia/Tokyo, +09:00, ... (default: UTC)")
      ->type_name("ZONE");
  AddView(command, options.view);
}

void AddSave(CLI::App& query, Invocation& invocation) {
  CLI::App& save = AddCommand(
      query, "save", "Keep a statement as a record of the class SavedQuery, once it plans",
      "  kosei query save live-servers --text 'MATCH (n:Server {status: $status}) RETURN n.key' "
      "\\\n"
      "      --param status=live --description 'Servers by status' --description-ja "
      "'状態別サーバー'\n"
      "  kosei query save owners --file owners.cypher --reason 'asked for by CHG-000042'");
  const auto options = Bind<QuerySaveOptions>(save, invocation, RunQuerySave);
  save.add_option("NAME", options->name, "name; one that is there gets a new version")
      ->required()
      ->type_name("");
  save.add_option("--text", options->text, "the statement")->type_name("TEXT");
  save.add_option("--file", options->file, "the statement in a file ('-': standard input)")
      ->type_name("FILE");
  save.add_option("--param", options->parameters,
                  "a parameter that it has, with or without a default; repeatable")
      ->type_name("NAME[=DEFAULT]")
      ->allow_extra_args(false);
  save.add_option("--description", options->description, "what it answers")->type_name("TEXT");
  save.add_option("--description-ja", options->description_ja, "the same in Japanese")
      ->type_name("TEXT");
  save.add_option("--owner", options->owner, "who looks after it")->type_name("NAME");
  save.add_option("--expect", options->expect,
                  "only if its version began with this commit (0: only if it does not exist)")
      ->type_name("COMMIT");
  AddProvenance(save, options->provenance);
}

}  // namespace

void AddQueryCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& query = AddCommand(
      root, "query", "Ask in the query language; a shell on a terminal when no text is given",
      "  kosei query\n"
      "  kosei query 'MATCH (n:Server) RETURN n.key, n.name ORDER BY n.key'\n"
      "  kosei query 'MATCH (n {key: $key})-[:runs_on*]->(m) RETURN m' --param key=app-pay\n"
      "  kosei query --filter 'class = Server and status = live order by name'\n"
      "  kosei query --file report.cypher --output csv --as-of before-migration\n"
      "  kosei query 'PROFILE MATCH (n:Server) RETURN count(*)' --output table");
  query.require_subcommand(0, 1);
  const auto options = Bind<QueryOptions>(query, invocation, RunQuery);
  query.add_option("TEXT", options->text, "statements, with ';' between them")->type_name("");
  query.add_option("--file", options->file, "statements in a file ('-': standard input)")
      ->type_name("FILE");
  query.add_flag("--filter", options->filter,
                 "TEXT is a filter that chooses records: class = Server and status = live");
  AddStatement(query, options->statement);

  AddSave(query, invocation);
  Bind(AddCommand(query, "saved", "List the saved queries",
                  "  kosei query saved\n  kosei query saved --output json"),
       invocation, RunQuerySaved);
  CLI::App& run = AddCommand(query, "run", "Run a saved query",
                             "  kosei query run live-servers\n"
                             "  kosei query run live-servers --param status=planned -o csv");
  const auto run_options = Bind<SavedQueryOptions>(run, invocation, RunSavedQuery);
  run.add_option("NAME", run_options->name, "name of the query")->required()->type_name("");
  AddStatement(run, run_options->statement);
  CLI::App& show = AddCommand(query, "show", "Show a saved query",
                              "  kosei query show live-servers\n"
                              "  kosei query show live-servers --as-of before-migration");
  const auto show_options = Bind<SavedQueryOptions>(show, invocation, RunQueryShow);
  show.add_option("NAME", show_options->name, "name of the query")->required()->type_name("");
  AddView(show, show_options->statement.view);
}

}  // namespace kosei::cli
