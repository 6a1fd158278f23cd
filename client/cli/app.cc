#include "app.h"

#include <algorithm>

#include "bench_command.h"
#include "suggest.h"

namespace kosei::cli {
namespace {

constexpr char kFooter[] = R"(Examples:
  kosei import debian
  kosei impact deb:libssl3 --class SystemdService
  kosei search openssl --class SoftwarePackage --output json
  kosei query 'MATCH (n:Server) RETURN n.key, n.name'
  kosei history service:web-shop

Global options may stand before or after the command.
Exit codes: 0 done, 1 nothing found, a difference found or rows rejected, 2 usage, 3 no connection,
  4 no valid token, 5 not allowed, 6 conflict, 7 no such record, 8 limit or timeout, 70 internal
'kosei COMMAND --help' describes a command; kosei(1) describes them all.)";

CommandResult RunVersion(Context& context) {
  const bool json =
      context.format() == OutputFormat::kJson || context.format() == OutputFormat::kJsonl;
  if (json) {
    context.Write("{\"version\": \"" KOSEI_VERSION "\"}\n");
  } else if (context.format() == OutputFormat::kCsv) {
    context.Write("version\n" KOSEI_VERSION "\n");
  } else {
    context.Write("kosei " KOSEI_VERSION "\n");
  }
  return ExitCode::kOk;
}

void AddGlobalOptions(CLI::App& root, GlobalOptions& options) {
  root.add_option("--server", options.server,
                  "server's address (KOSEI_SERVER; default 127.0.0.1:7421)")
      ->type_name("ADDRESS:PORT");
  root.add_option("--token-file", options.token_file, "file with the token (KOSEI_TOKEN_FILE)")
      ->type_name("FILE");
  root.add_flag("--tls", options.tls, "encrypt the connection with TLS 1.3");
  root.add_option("--ca-file", options.ca_file,
                  "certificates to trust, PEM (KOSEI_CA_FILE); implies --tls")
      ->type_name("FILE");
  root.add_option("--locale", options.locale, "language of messages: ja or en (default from LANG)")
      ->type_name("LANGUAGE")
      ->check(OneOf({"ja", "en"}));
  root.add_option("-o,--output", options.output,
                  "table, json, jsonl or csv (default: table on a terminal, json in a pipe)")
      ->type_name("FORMAT")
      ->check(OneOf({"table", "json", "jsonl", "csv"}));
  root.add_flag("--no-color", options.no_color, "no colours (also NO_COLOR)");
  root.add_option("--timeout", options.timeout_seconds,
                  "most seconds that one request may take (default 60, 0: no limit)")
      ->type_name("SECONDS");
}

}  // namespace

Application::Application() : root_("Client of the kosei configuration management database.") {
  root_.name("kosei");
  root_.footer(kFooter);
  root_.set_version_flag("--version", "kosei " KOSEI_VERSION);
  root_.get_formatter()->column_width(34);
  root_.require_subcommand(0, 1);
  AddGlobalOptions(root_, invocation_.global);
  AddReadCommands(root_, invocation_);
  AddWriteCommands(root_, invocation_);
  AddPlanCommands(root_, invocation_);
  AddProcessCommands(root_, invocation_);
  AddBoardCommands(root_, invocation_);
  AddDeputyCommands(root_, invocation_);
  AddFigureCommands(root_, invocation_);
  AddAttachmentCommands(root_, invocation_);
  AddCollideCommand(root_, invocation_);
  AddImportCommands(root_, invocation_);
  AddAdminCommands(root_, invocation_);
  AddBenchCommand(root_, invocation_);
  Bind(AddCommand(root_, "version", "Print the version of this program", "  kosei version"),
       invocation_, RunVersion);
}

CLI::App& AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& examples) {
  CLI::App* const command = parent.add_subcommand(name, description);
  command->fallthrough();
  command->get_formatter()->column_width(34);
  if (!examples.empty()) {
    command->footer("Examples:\n" + examples + "\n\nGlobal options: see 'kosei --help'.");
  }
  return *command;
}

CLI::Validator OneOf(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return CLI::Validator(
      [words, list](std::string& word) {
        if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
        return "'" + word + "' found, expected one of " + list + DidYouMean(word, words);
      },
      "");
}

void AddView(CLI::App& command, ViewOptions& view) {
  command
      .add_option("--as-of", view.as_of,
                  "what was known then: RFC 3339 time, commit number or name of a baseline")
      ->type_name("WHEN");
  command
      .add_option("--valid-at", view.valid_at,
                  "what was, or will be, so in the world at this RFC 3339 time")
      ->type_name("TIME");
  command.add_option("--plan", view.plan, "with the changes of this plan on top")
      ->type_name("NAME");
}

void AddValid(CLI::App& command, ValidOptions& valid) {
  command
      .add_option("--valid-from", valid.from,
                  "so in the world from this RFC 3339 time on, past or future (default: now)")
      ->type_name("TIME");
  command
      .add_option("--valid-to", valid.to,
                  "and until this one (default: the next change that is known, or for good)")
      ->type_name("TIME");
}

void AddChanges(CLI::App& command, ChangeOptions& changes) {
  command
      .add_option("--class", changes.class_name,
                  "only records of this class and those below, and relationships at them")
      ->type_name("CLASS");
  command
      .add_option("--key", changes.key_prefix,
                  "only records whose key begins with this, and relationships at them")
      ->type_name("PREFIX");
  command
      .add_option("--type", changes.type_name, "only relationships of this type, and no records")
      ->type_name("TYPE");
}

void AddProvenance(CLI::App& command, ProvenanceOptions& provenance) {
  command.add_option("--reason", provenance.reason, "why, kept with the commit")->type_name("TEXT");
  command
      .add_option("--cause", provenance.cause,
                  "key of the change, discovery run or import that this serves")
      ->type_name("KEY");
  command.add_option("--source", provenance.source, "where the data comes from")->type_name("NAME");
}

}  // namespace kosei::cli
