// kosei model and what is below it: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

void AddShown(CLI::App& command, Invocation& invocation) {
  const auto options = Bind<ModelOptions>(command, invocation, RunModel);
  command.add_option("CLASS", options->class_name, "show the attributes of this class")
      ->type_name("");
  command.add_flag("--all", options->all, "also what is retired");
  AddView(command, options->view);
}

}  // namespace

void AddModelCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& model = AddCommand(root, "model", "Show and change classes, attributes, relationships",
                               "  kosei model\n"
                               "  kosei model Server\n"
                               "  kosei model Server --as-of 2026-03-03T02:14:00+09:00\n"
                               "  kosei model apply /etc/kosei/model --dry-run");
  AddShown(model, invocation);
  AddShown(AddCommand(model, "show", "The same as kosei model",
                      "  kosei model show Server\n  kosei model show --as-of before-migration"),
           invocation);
  CLI::App& apply =
      AddCommand(model, "apply", "Make files the model of the store, if its data fits",
                 "  kosei model apply /etc/kosei/model --dry-run\n"
                 "  kosei model apply /etc/kosei/model --reason 'racks have units' --cause CHG-7\n"
                 "  kosei model text > model.yaml; vi model.yaml; kosei model apply model.yaml");
  const auto options = Bind<ModelApplyOptions>(apply, invocation, RunModelApply);
  apply
      .add_option("PATH", options->paths,
                  "YAML files, and folders of them; together they are the whole model")
      ->required()
      ->type_name("");
  apply.add_flag("--dry-run", options->dry_run, "compare and look at the data, and change nothing");
  AddProvenance(apply, options->provenance);
  Bind(AddCommand(model, "history", "Show every version of the model and who brought it",
                  "  kosei model history"),
       invocation, RunModelHistory);
  CLI::App& diff =
      AddCommand(model, "diff", "Compare the model of two days (exit code 1 when it differs)",
                 "  kosei model diff 12 15\n"
                 "  kosei model diff before-migration 2026-11-22T10:00:00+09:00");
  const auto days = Bind<ModelDiffOptions>(diff, invocation, RunModelDiff);
  diff.add_option("A", days->from, "RFC 3339 time, commit number or name of a baseline")
      ->required()
      ->type_name("");
  diff.add_option("B", days->to, "the same, to compare with (default: now)")->type_name("");
  CLI::App& text = AddCommand(model, "text", "Print the model as YAML, to edit and apply",
                              "  kosei model text > model.yaml\n  kosei model text --as-of 12");
  const auto view = Bind<ModelTextOptions>(text, invocation, RunModelText);
  AddView(text, view->view);
}

}  // namespace kosei::cli
