// kosei admin retention, kosei admin hold: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

void AddReason(CLI::App& command, std::string& reason) {
  command.add_option("--reason", reason, "why, kept with the commit")
      ->required()
      ->type_name("TEXT");
}

void AddPolicyCommands(CLI::App& retention, Invocation& invocation) {
  CLI::App& set = AddCommand(
      retention, "set", "Say how long a class, and those below it, keep old versions",
      "  kosei admin retention set Server --keep-for P2Y --reason 'policy 7'\n"
      "  kosei admin retention set Person --keep-for P1Y --keep-versions 3 --after-end P6M \\\n"
      "    --reason 'privacy'");
  const auto options = Bind<RetentionSetOptions>(set, invocation, RunRetentionSet);
  set.add_option("CLASS", options->class_name, "name of the class")->required()->type_name("");
  set.add_option("--keep-for", options->keep_for,
                 "versions that were superseded longer ago may go (ISO 8601, as in P2Y or P90D)")
      ->type_name("DURATION");
  set.add_option("--keep-versions", options->keep_versions,
                 "the newest N versions of a record stay in any case")
      ->type_name("N");
  set.add_option("--after-end", options->after_end,
                 "all versions of a record that ended longer ago may go")
      ->type_name("DURATION");
  AddReason(set, options->reason);

  Bind(AddCommand(retention, "list", "List the policies, and who set them when and why",
                  "  kosei admin retention list"),
       invocation, RunRetentionList);

  CLI::App& clear = AddCommand(retention, "clear", "Take the policy of a class away",
                               "  kosei admin retention clear Server --reason 'policy 8'");
  const auto clear_options = Bind<RetentionSetOptions>(clear, invocation, RunRetentionClear);
  clear.add_option("CLASS", clear_options->class_name, "name of the class")
      ->required()
      ->type_name("");
  AddReason(clear, clear_options->reason);

  CLI::App& run = AddCommand(retention, "run", "Retire the versions that may go, now",
                             "  kosei admin retention run --dry-run\n"
                             "  kosei admin retention run --reason 'before the audit'");
  const auto run_options = Bind<RetentionRunOptions>(run, invocation, RunRetentionRun);
  run.add_flag("--dry-run", run_options->dry_run, "only count, retire nothing");
  run.add_option("--reason", run_options->reason, "why, kept with the commit (default: by hand)")
      ->type_name("TEXT");
}

void AddHoldCommands(CLI::App& admin, Invocation& invocation) {
  CLI::App& hold = AddCommand(admin, "hold", "Keep records from retention and erasure",
                              "  kosei admin hold list");
  hold.require_subcommand(1);
  CLI::App& add =
      AddCommand(hold, "add", "Keep records as they were and are, until the hold is dropped",
                 "  kosei admin hold add case-7 --key person:42 --key srv:db-1 --reason 'lawsuit'\n"
                 "  kosei admin hold add audit-26 --class Contract --reason 'tax audit'");
  const auto options = Bind<HoldOptions>(add, invocation, RunHoldAdd);
  add.add_option("NAME", options->name, "name of the hold")->required()->type_name("");
  add.add_option("--key", options->keys, "key of a record (repeatable)")
      ->type_name("KEY")
      ->allow_extra_args(false);
  add.add_option("--class", options->class_name, "all records of this class and below")
      ->type_name("CLASS");
  AddReason(add, options->reason);

  CLI::App& list = AddCommand(hold, "list", "List the holds, and who added them when and why",
                              "  kosei admin hold list\n  kosei admin hold list --all");
  const auto list_options = Bind<HoldOptions>(list, invocation, RunHoldList);
  list.add_flag("--all", list_options->all, "those that were dropped as well");

  CLI::App& drop =
      AddCommand(hold, "drop", "Drop a hold", "  kosei admin hold drop case-7 --reason 'settled'");
  const auto drop_options = Bind<HoldOptions>(drop, invocation, RunHoldDrop);
  drop.add_option("NAME", drop_options->name, "name of the hold")->required()->type_name("");
  AddReason(drop, drop_options->reason);
}

}  // namespace

void AddRetentionCommands(CLI::App& admin, Invocation& invocation) {
  CLI::App& retention = AddCommand(admin, "retention", "How long old versions are kept",
                                   "  kosei admin retention list\n"
                                   "  kosei admin retention run --dry-run");
  retention.require_subcommand(1);
  AddPolicyCommands(retention, invocation);
  AddHoldCommands(admin, invocation);
}

}  // namespace kosei::cli
