// Commands that change records: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

void AddSet(CLI::App& root, Invocation& invocation) {
  CLI::App& command =
      AddCommand(root, "set", "Create a record or set attributes of one",
                 "  kosei set host:web-1 --class Server name=web-1 cpu_count=8\n"
                 "  kosei set host:web-1 status=retired --reason 'CHG-000042'\n"
                 "  kosei set host:web-1 owner=            # takes the attribute away\n"
                 "  kosei set host:web-1 status=live --expect 17\n"
                 "  kosei set host:web-1 memory=64 --valid-from 2026-12-24T22:00:00+09:00");
  const auto options = Bind<SetOptions>(command, invocation, RunSet);
  command.add_option("KEY", options->key, "key of the record")->required()->type_name("");
  command
      .add_option("ATTRIBUTE=VALUE", options->assignments,
                  "attributes to set; nothing after the sign takes one away; lists between ';'")
      ->type_name("");
  command.add_option("--class", options->class_name, "class of a record that is new")
      ->type_name("CLASS");
  command
      .add_option("--expect", options->expect,
                  "only if its version began with this commit (0: only if it does not exist)")
      ->type_name("COMMIT");
  AddValid(command, options->valid);
  AddProvenance(command, options->provenance);
}

using RunLinkCommand = CommandResult (*)(Context&, const LinkOptions&);

void AddLinkCommand(CLI::App& root, Invocation& invocation, const std::string& name,
                    const std::string& description, RunLinkCommand run) {
  CLI::App& command = AddCommand(root, name, description,
                                 "  kosei " + name + " service:web-shop depends_on host:web-1");
  const auto options = Bind<LinkOptions>(command, invocation, run);
  command.add_option("A", options->source, "key of the source")->required()->type_name("");
  command.add_option("TYPE", options->type, "relationship type, read 'A TYPE B'")
      ->required()
      ->type_name("");
  command.add_option("B", options->target, "key of the target")->required()->type_name("");
  AddValid(command, options->valid);
  AddProvenance(command, options->provenance);
}

void AddEnd(CLI::App& root, Invocation& invocation) {
  CLI::App& command =
      AddCommand(root, "end", "End a record and its relationships (its history stays)",
                 "  kosei end host:web-1 --reason 'decommissioned, CHG-000043'");
  const auto options = Bind<EndOptions>(command, invocation, RunEnd);
  command.add_option("KEY", options->key, "key of the record")->required()->type_name("");
  command.add_option("--expect", options->expect, "only if its version began with this commit")
      ->type_name("COMMIT");
  AddValid(command, options->valid);
  AddProvenance(command, options->provenance);
}

}  // namespace

void AddWriteCommands(CLI::App& root, Invocation& invocation) {
  AddSet(root, invocation);
  AddLinkCommand(root, invocation, "link", "Relate two records", RunLink);
  AddLinkCommand(root, invocation, "unlink", "End a relationship of two records", RunUnlink);
  AddEnd(root, invocation);
}

void AddImportCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& history =
      AddCommand(root, "export", "Write the whole store, history and all, as JSON Lines",
                 "  kosei export --history store.jsonl.zst\n"
                 "  kosei export --history - | grep '\"key\":\"host:web-1\"'");
  const auto export_options = Bind<ExportOptions>(history, invocation, RunExport);
  history
      .add_option("--history", export_options->history,
                  "new file to write, packed by its name (.gz, .zst); '-': standard output")
      ->type_name("FILE")
      ->required();
  CLI::App& command = AddCommand(
      root, "import", "Load records and relationships from CSV or JSON Lines",
      "  kosei import --records servers.csv --links relations.csv --source cmdb-export\n"
      "  zcat estate.jsonl.gz | kosei import --records -\n"
      "  kosei import --records servers.rejected.csv     # what was rejected, mended\n"
      "  kosei import --history store.jsonl.zst          # a whole store, history and all\n"
      "  kosei import debian                             # this machine's own software\n"
      "\n"
      "Records have columns class, key and attributes; relationships source, type and target "
      "(keys\n"
      "at both ends). An empty cell says nothing; lists are written between ';'. UTF-8, also as "
      "gzip\n"
      "or zstd. Rows that are wrong do not stop the others: they go to the reject file.");
  command.require_subcommand(0, 1);
  const auto options = Bind<ImportOptions>(command, invocation, RunImport);
  command.add_option("--records", options->records, "records to load ('-': standard input)")
      ->type_name("FILE");
  command.add_option("--links", options->links, "relationships to load ('-': standard input)")
      ->type_name("FILE");
  command
      .add_option("--reject", options->reject,
                  "where rejected rows go (default: FILE.rejected.csv beside the input)")
      ->type_name("FILE");
  command
      .add_option("--batch", options->batch,
                  "name of this load within --source: the same import given again goes on where it "
                  "was broken off")
      ->type_name("NAME");
  AddProvenance(command, options->provenance);

  command
      .add_option("--history", options->history,
                  "the whole history of another store, from 'kosei export --history'")
      ->type_name("FILE")
      ->excludes("--records")
      ->excludes("--links")
      ->excludes("--reject");

  CLI::App& debian = AddCommand(
      command, "debian", "Load this machine's packages, services and sockets",
      "  kosei import debian\n"
      "  kosei import debian --host web-1.example.com\n"
      "\n"
      "Loads every package that apt knows, and of this host: its operating system, installed\n"
      "packages, systemd services and listening sockets. A second run changes what has changed.");
  const auto debian_options = Bind<ImportDebianOptions>(debian, invocation, RunImportDebian);
  debian.add_option("--root", debian_options->root, "read the files below this folder instead")
      ->type_name("FOLDER");
  debian.add_option("--host", debian_options->host, "name of the host (default: its own)")
      ->type_name("NAME");
  AddProvenance(debian, debian_options->provenance);
}

}  // namespace kosei::cli
