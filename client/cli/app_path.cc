// Commands about ways through the graph: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

void AddPath(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(root, "path", "Show how a failure of A reaches B",
                                 "  kosei path deb:libssl3 service:web-shop\n"
                                 "  kosei path deb:libssl3 service:web-shop --all --limit 10\n"
                                 "  kosei path deb:libssl3 service:web-shop --k 5 --output jsonl");
  const auto options = Bind<PathOptions>(command, invocation, RunPath);
  command.add_option("A", options->from, "key of the record that fails")->required()->type_name("");
  command.add_option("B", options->to, "key of the record that may be hit")
      ->required()
      ->type_name("");
  CLI::Option* const all = command.add_flag(
      "--all", options->all,
      "all shortest paths: how many there are, the first of them, and every record on any");
  command
      .add_option("--k", options->nearest,
                  "the N shortest paths, longer ones than the shortest included (at most 1,000)")
      ->type_name("N")
      ->excludes(all);
  command
      .add_option("--limit", options->limit,
                  "most paths to list (default: 100 with --all, all with --k); the counts are "
                  "always of all")
      ->type_name("N");
  AddView(command, options->view);
}

void AddTrace(CLI::App& root, Invocation& invocation) {
  CLI::App& command =
      AddCommand(root, "trace", "Show where one gets to along relationships of given types",
                 "  kosei trace port:sw1/7 --over connects_to\n"
                 "  kosei trace service:web-shop --over depends_on:out,runs_on:out --class Server\n"
                 "  kosei trace team:payments --over owned_by:in --depth 1 --output csv");
  const auto options = Bind<TraceOptions>(command, invocation, RunTrace);
  command.add_option("KEY", options->keys, "keys of the records to begin at")
      ->required()
      ->type_name("");
  command
      .add_option("--over", options->over,
                  "relationship types to follow, each with a way: out (from source to target), in, "
                  "or both (default)")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("TYPE[:WAY],...");
  command
      .add_option("--class", options->classes,
                  "list only this class and those below (repeatable); the way goes through others "
                  "as well")
      ->allow_extra_args(false)
      ->type_name("CLASS");
  command.add_option("--depth", options->depth, "most relationships from a root (default: all)")
      ->type_name("N");
  command
      .add_option("--limit", options->limit, "most records to list; the counts are always of all")
      ->type_name("N");
  AddView(command, options->view);
}

void AddOrder(CLI::App& root, Invocation& invocation) {
  CLI::App& command =
      AddCommand(root, "order", "Put records in order, what is needed first, in waves",
                 "  kosei order app:shop db:orders srv:db-1\n"
                 "  kosei order app:shop db:orders srv:db-1 --reverse\n"
                 "  kosei order --affected-by deb:libssl3 --class SystemdService --through\n"
                 "  kosei order --needed-by service:web-shop");
  const auto options = Bind<OrderOptions>(command, invocation, RunOrder);
  command.add_option("KEY", options->keys, "keys of the records of a release")->type_name("");
  CLI::Option* const affected =
      command
          .add_option("--affected-by", options->affected_by,
                      "also this record and all that is hit when it fails (repeatable)")
          ->allow_extra_args(false)
          ->type_name("KEY");
  command
      .add_option("--needed-by", options->needed_by,
                  "also this record and all that it needs (repeatable)")
      ->allow_extra_args(false)
      ->type_name("KEY")
      ->excludes(affected);
  command
      .add_option("--class", options->classes,
                  "of what --affected-by or --needed-by finds, only this class and those below "
                  "(repeatable)")
      ->allow_extra_args(false)
      ->type_name("CLASS");
  command.add_flag("--reverse", options->reverse, "the same waves, the last one first (back-out)");
  command.add_flag("--through", options->through,
                   "relationships through records that are not among these count as well");
  command.add_option("--limit", options->limit, "most records to list; waves are always of all")
      ->type_name("N");
  AddView(command, options->view);
}

}  // namespace

void AddPathCommands(CLI::App& root, Invocation& invocation) {
  AddPath(root, invocation);
  AddTrace(root, invocation);
  AddOrder(root, invocation);
}

}  // namespace kosei::cli
