// Plans and reverts: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

std::shared_ptr<PlanNameOptions> AddNamed(CLI::App& command, Invocation& invocation,
                                          CommandResult (*run)(Context&, const PlanNameOptions&)) {
  const auto options = Bind<PlanNameOptions>(command, invocation, run);
  command.add_option("NAME", options->name, "name of the plan")->required()->type_name("");
  return options;
}

// Makes `command` run `run` with the plan's name, which stands before it.
template <typename Options>
std::shared_ptr<Options> BindEdit(CLI::App& command, Invocation& invocation,
                                  const std::shared_ptr<PlanFileOptions>& plan,
                                  CommandResult (*run)(Context&, const std::string&,
                                                       const Options&)) {
  auto options = std::make_shared<Options>();
  Invocation* const target = &invocation;
  command.callback([options, plan, target, run] {
    target->run = [options, plan, run](Context& context) {
      return run(context, plan->name, *options);
    };
  });
  return options;
}

void AddEditLink(CLI::App& edit, Invocation& invocation,
                 const std::shared_ptr<PlanFileOptions>& plan, const std::string& name,
                 const std::string& description,
                 CommandResult (*run)(Context&, const std::string&, const LinkOptions&)) {
  CLI::App& command = AddCommand(edit, name, description, "");
  const auto options = BindEdit<LinkOptions>(command, invocation, plan, run);
  command.add_option("A", options->source, "key of the source")->required()->type_name("");
  command.add_option("TYPE", options->type, "relationship type, read 'A TYPE B'")
      ->required()
      ->type_name("");
  command.add_option("B", options->target, "key of the target")->required()->type_name("");
  AddProvenance(command, options->provenance);
}

void AddEdit(CLI::App& plan, Invocation& invocation, const std::string& start,
             const std::string& name) {
  const std::string line = "  " + start + " edit " + name;
  CLI::App& edit =
      AddCommand(plan, "edit", "Add a step to a plan: what set, link, unlink and end would commit",
                 line + " set host:db-1 memory=128\n" +                    //
                     line + " set host:db-2 --class Server name=db-2\n" +  //
                     line + " link app:orders depends_on host:db-2\n" +    //
                     line + " unlink app:orders depends_on host:db-1\n" +  //
                     line + " end host:db-1\n" +                           //
                     line + " --file edits.jsonl");
  edit.require_subcommand(0, 1);
  const auto options = Bind<PlanFileOptions>(edit, invocation, RunPlanEditFile);
  edit.add_option("NAME", options->name, "name of the plan")->required()->type_name("");
  edit.add_option("--file", options->file,
                  "edits as JSON Lines ('-': standard input): rows as import reads them, and "
                  "\"edit\": set, link, unlink or end")
      ->type_name("FILE");
  AddProvenance(edit, options->provenance);

  CLI::App& set = AddCommand(edit, "set", "Create a record or set attributes of one", "");
  const auto set_options = BindEdit<SetOptions>(set, invocation, options, RunPlanSet);
  set.add_option("KEY", set_options->key, "key of the record")->required()->type_name("");
  set.add_option("ATTRIBUTE=VALUE", set_options->assignments,
                 "attributes to set; nothing after the sign takes one away; lists between ';'")
      ->type_name("");
  set.add_option("--class", set_options->class_name, "class of a record that is new")
      ->type_name("CLASS");
  set.add_option("--expect", set_options->expect,
                 "only if its version began with this commit (0: only if it does not exist)")
      ->type_name("COMMIT");
  AddProvenance(set, set_options->provenance);
  AddEditLink(edit, invocation, options, "link", "Relate two records", RunPlanLink);
  AddEditLink(edit, invocation, options, "unlink", "End a relationship of two records",
              RunPlanUnlink);
  CLI::App& end = AddCommand(edit, "end", "End a record and its relationships", "");
  const auto end_options = BindEdit<EndOptions>(end, invocation, options, RunPlanEnd);
  end.add_option("KEY", end_options->key, "key of the record")->required()->type_name("");
  end.add_option("--expect", end_options->expect, "only if its version began with this commit")
      ->type_name("COMMIT");
  AddProvenance(end, end_options->provenance);
}

void AddRebaseAndMerge(CLI::App& plan, Invocation& invocation) {
  CLI::App& rebase = AddCommand(plan, "rebase", "Make the newest commit the base of a plan",
                                "  kosei plan rebase move-db\n"
                                "  kosei plan rebase move-db --take plan");
  const auto rebase_options = Bind<PlanMergeOptions>(rebase, invocation, RunPlanRebase);
  rebase.add_option("NAME", rebase_options->name, "name of the plan")->required()->type_name("");
  rebase
      .add_option("--take", rebase_options->take,
                  "plan: its values stand where both sides changed the same")
      ->type_name("plan")
      ->check(OneOf({"plan"}));
  CLI::App& merge =
      AddCommand(plan, "merge", "Carry a plan out (exit code 6 when there are conflicts)",
                 "  kosei plan merge move-db --reason 'CHG-000042 approved'\n"
                 "  kosei plan merge move-db --keep-steps\n"
                 "  kosei plan merge move-db --take main");
  const auto options = Bind<PlanMergeOptions>(merge, invocation, RunPlanMerge);
  merge.add_option("NAME", options->name, "name of the plan")->required()->type_name("");
  merge
      .add_option("--take", options->take,
                  "whose side counts where both changed the same: plan or main")
      ->type_name("plan|main")
      ->check(OneOf({"plan", "main"}));
  merge.add_flag("--keep-steps", options->keep_steps, "one commit a step instead of one");
  AddProvenance(merge, options->provenance);
}

void AddRevert(CLI::App& root, Invocation& invocation) {
  CLI::App& revert =
      AddCommand(root, "revert", "Take a commit back by a new one (exit code 6 on conflicts)",
                 "  kosei revert 1234 --reason 'CHG-000042 backed out'\n"
                 "  kosei revert 1234 --take main     # leave what was changed since");
  const auto options = Bind<PlanMergeOptions>(revert, invocation, RunRevert);
  revert.add_option("COMMIT", options->commit, "number of the commit")->required()->type_name("");
  revert
      .add_option("--take", options->take,
                  "where later commits changed the same: plan takes them back, too; main does not")
      ->type_name("plan|main")
      ->check(OneOf({"plan", "main"}));
  AddProvenance(revert, options->provenance);
}

}  // namespace

void AddPlanEditing(CLI::App& plan, Invocation& invocation, const std::string& start,
                    const std::string& name) {
  AddEdit(plan, invocation, start, name);
  AddNamed(AddCommand(plan, "show", "Show a plan and its steps", "  " + start + " show " + name),
           invocation, RunPlanShow);
  const std::string line = "  " + start + " diff " + name;
  CLI::App& diff = AddCommand(
      plan, "diff", "Show what a plan changes: at its base, now, planned (exit code 1 if anything)",
      line + "\n" + line + " --output json");
  const auto diff_options = Bind<PlanDiffOptions>(diff, invocation, RunPlanDiff);
  diff.add_option("NAME", diff_options->name, "name of the plan")->required()->type_name("");
  diff.add_option("--limit", diff_options->limit,
                  "most records and relationships to list (default 1000)")
      ->type_name("N");
}

void AddPlanCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& plan = AddCommand(root, "plan", "Prepare changes, look at what they do, carry them out",
                              "  kosei plan open move-db --cause change:CHG-000042\n"
                              "  kosei plan edit move-db set host:db-1 memory=128\n"
                              "  kosei impact host:db-1 --plan move-db\n"
                              "  kosei plan diff move-db\n"
                              "  kosei plan merge move-db");
  plan.require_subcommand(1);
  CLI::App& open = AddCommand(plan, "open", "Open a plan on the newest commit",
                              "  kosei plan open move-db --description 'db-1 to rack 7'");
  const auto options = Bind<PlanOpenOptions>(open, invocation, RunPlanOpen);
  open.add_option("NAME", options->name, "name, free so far")->required()->type_name("");
  open.add_option("--description", options->description, "what it is for")->type_name("TEXT");
  open.add_option("--cause", options->cause, "key of the change that it serves")->type_name("KEY");
  AddPlanEditing(plan, invocation, "kosei plan", "move-db");
  Bind(AddCommand(plan, "list", "List the plans", "  kosei plan list"), invocation, RunPlanList);
  AddRebaseAndMerge(plan, invocation);
  AddNamed(AddCommand(plan, "drop", "Give an open plan up", "  kosei plan drop move-db"),
           invocation, RunPlanDrop);
  AddRevert(root, invocation);
}

}  // namespace kosei::cli
