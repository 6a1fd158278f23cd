// Commands that read: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

void AddGet(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(root, "get", "Show records by key",
                                 "  kosei get host:web-1\n"
                                 "  kosei get host:web-1 host:web-2 --output csv\n"
                                 "  kosei get host:web-1 --as-of 2026-03-03T02:14:00+09:00");
  const auto options = Bind<GetOptions>(command, invocation, RunGet);
  command.add_option("KEY", options->keys, "keys of the records")->required()->type_name("");
  AddView(command, options->view);
}

void AddHistory(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(root, "history", "Show every change of a record, newest first",
                                 "  kosei history host:web-1\n"
                                 "  kosei history host:web-1 --output jsonl");
  const auto options = Bind<HistoryOptions>(command, invocation, RunHistory);
  command.add_option("KEY", options->key, "key of the record")->required()->type_name("");
  AddView(command, options->view);
}

void AddDiff(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(
      root, "diff", "Compare a record at two points of time (exit code 1 when it differs)",
      "  kosei diff host:web-1 12 15\n"
      "  kosei diff host:web-1 before-migration 2026-11-22T10:00:00+09:00\n"
      "  kosei diff host:web-1 now plan:move-db");
  const auto options = Bind<DiffOptions>(command, invocation, RunDiff);
  command.add_option("KEY", options->key, "key of the record")->required()->type_name("");
  command
      .add_option("A", options->from,
                  "RFC 3339 time, commit number, name of a baseline, now, or plan:NAME")
      ->required()
      ->type_name("");
  command.add_option("B", options->to, "the same, to compare with")->required()->type_name("");
}

void AddSearch(CLI::App& root, Invocation& invocation) {
  CLI::App& command =
      AddCommand(root, "search", "Find records by text, class and attributes",
                 "  kosei search openssl\n"
                 "  kosei search --class SoftwarePackage --where section=web --limit 20\n"
                 "  kosei search --where 'memory_mib>=65536' --where ip_address^=10.1.0.0/16\n"
                 "  kosei search --class Server --output csv");
  const auto options = Bind<SearchOptions>(command, invocation, RunSearch);
  command
      .add_option(
          "TEXT", options->text,
          "part of a key, name, description or other searched attribute; the best hits first")
      ->type_name("");
  command.add_option("--class", options->class_name, "only this class and those below")
      ->type_name("CLASS");
  command
      .add_option("--where", options->where,
                  "only records whose attribute compares so: =, <, <=, >, >= or ^= (begins with; "
                  "of addresses: within the network); repeatable: all must hold")
      ->type_name("ATTRIBUTE=VALUE")
      ->allow_extra_args(false);
  command.add_option("--limit", options->limit, "most records to list (default 100)")
      ->type_name("N");
  command
      .add_option("--order", options->order,
                  "best: the best hits first (default); id: in the order of creation")
      ->type_name("best|id")
      ->check(OneOf({"best", "id"}));
  AddView(command, options->view);
}

// What is assumed besides the keys that fail, and other forms of the answer.
void AddScenario(CLI::App& command, ImpactOptions& options) {
  const auto add_list = [&](const char* name, std::vector<std::string>& keys, const char* type,
                            const char* help) {
    command.add_option(name, keys, help)->type_name(type)->delimiter(',');
  };
  add_list("--degraded", options.degraded, "KEY,...", "records that are degraded, not failed");
  add_list("--block", options.blocked, "KEY,...",
           "records that a person checked: not hit, and pass nothing on");
  add_list("--count", options.count, "CONTEXT,...",
           "contexts of the model of which the records are down already, or all");
  command
      .add_option("--during", options.during,
                  "the time that is assumed, for contexts with times of their own")
      ->type_name("FROM/TO");
  command.add_flag("--report", options.report,
                   "services that are hit, groups behind gates, and whom to tell");
  add_list("--explain", options.explain, "KEY,...", "why these are hit, step by step");
  command.add_flag("--follow", options.follow, "stay, and show what commits make of the answer");
  command
      .add_option("--events", options.count_events,
                  "with --follow: stop after so many (default: never)")
      ->type_name("N");
  command.add_flag("--hash", options.hash, "the canonical hash of the answer");
  command.add_flag(
      "--alone", options.alone,
      "with --direction up: what the failure of each record alone does, and the gate it "
      "stands behind");
  command
      .add_option("--versus-as-of", options.versus.as_of,
                  "compare with the answer as of then (now: the present)")
      ->type_name("WHEN");
  command
      .add_option("--versus-valid-at", options.versus.valid_at,
                  "compare with what was, or will be, so at this time")
      ->type_name("TIME");
  command.add_option("--versus-plan", options.versus.plan, "compare with a plan carried out")
      ->type_name("NAME");
  add_list("--versus-fails", options.versus.fails, "KEY,...",
           "compare with what is hit when these fail");
}

void AddGroups(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(root, "groups", "Show groups behind gates that have no reserve",
                                 "  kosei groups\n"
                                 "  kosei groups --count all\n"
                                 "  kosei groups --all --output csv --as-of before-migration");
  const auto options = Bind<GroupsOptions>(command, invocation, RunGroups);
  command
      .add_option("--count", options->count,
                  "contexts of the model of which the records are down already, or all")
      ->type_name("CONTEXT,...")
      ->delimiter(',');
  command.add_flag("--all", options->all, "groups with reserve as well");
  command.add_option("--limit", options->limit, "most groups to list (default 1000)")
      ->type_name("N");
  AddView(command, options->view);
}

void AddImpact(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(
      root, "impact", "Show what is hit when records fail, with a shortest path for each",
      "  kosei impact deb:libssl3\n"
      "  kosei impact deb:libssl3 --class SystemdService --limit 20\n"
      "  kosei impact switch-1 switch-2 --depth 3 --output json\n"
      "  kosei impact service:web-shop --direction up --alone\n"
      "  kosei impact deb:libssl3 --as-of before-migration\n"
      "  kosei impact esx-1 esx-2 --count all --report\n"
      "  kosei impact esx-1 --degraded san-1 --block web-2 --explain service:web-shop\n"
      "  kosei impact esx-1 --versus-plan move-db");
  const auto options = Bind<ImpactOptions>(command, invocation, RunImpact);
  command.add_option("KEY", options->keys, "keys of the records that fail")->type_name("");
  AddScenario(command, *options);
  command.add_option("--depth", options->depth, "most relationships from a root (default: all)")
      ->type_name("N");
  command
      .add_option("--direction", options->direction,
                  "down: what is hit (default); up: what the records need")
      ->type_name("down|up")
      ->check(OneOf({"down", "up"}));
  command
      .add_option("--limit", options->limit,
                  "most affected records to list; the counts are always of all")
      ->type_name("N");
  command
      .add_option("--class", options->class_name,
                  "list only this class and those below; the counts are always of all")
      ->type_name("CLASS");
  AddView(command, options->view);
}

void AddWatch(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(root, "watch", "Show every commit as it happens",
                                 "  kosei watch\n"
                                 "  kosei watch --from 0 --count 10\n"
                                 "  kosei watch --class Server\n"
                                 "  kosei watch --output jsonl | jq -r .commit.reason");
  const auto options = Bind<WatchOptions>(command, invocation, RunWatch);
  command.add_option("--from", options->from, "begin after this commit (default: from now on)")
      ->type_name("COMMIT");
  command.add_option("--count", options->count, "stop after so many commits (default: never)")
      ->type_name("N");
  AddChanges(command, options->changes);
}

}  // namespace

void AddReadCommands(CLI::App& root, Invocation& invocation) {
  AddGet(root, invocation);
  AddHistory(root, invocation);
  AddDiff(root, invocation);
  AddSearch(root, invocation);
  AddQueryCommands(root, invocation);
  AddImpact(root, invocation);
  AddGroups(root, invocation);
  AddPathCommands(root, invocation);
  AddCauseCommands(root, invocation);
  AddWatch(root, invocation);
  Bind(AddCommand(root, "status", "Show the state of the server and the size of its store",
                  "  kosei status\n  kosei status --output json"),
       invocation, RunStatus);
  AddModelCommands(root, invocation);
}

}  // namespace kosei::cli
