// kosei kpi: usage only.
#include "app.h"
#include "process/figure_options.h"

namespace kosei::cli {

void AddFigureCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& group = AddCommand(root, "kpi", "Figures of the processes, and whether targets are met",
                               "  kosei kpi list\n  kosei kpi show --all");
  group.require_subcommand(1);

  CLI::App& list = AddCommand(group, "list", "The figures that there are",
                              "  kosei kpi list\n  kosei kpi list --process change");
  const auto listed = Bind<KpiListOptions>(list, invocation, RunKpiList);
  list.add_option("--process", listed->process, "only those of this process")->type_name("NAME");

  CLI::App& show = AddCommand(
      group, "show",
      "Figures of a period, and whether they meet their targets (exit code 1: not all)",
      "  kosei kpi show change_success\n"
      "  kosei kpi show --all --from 2026-11-01T00:00:00+09:00 --to 2026-12-01T00:00:00+09:00\n"
      "  kosei kpi show --process incident --output csv");
  const auto shown = Bind<KpiShowOptions>(show, invocation, RunKpiShow);
  show.add_option("NAME", shown->names, "names of figures")->type_name("");
  show.add_flag("--all", shown->all, "all figures");
  show.add_option("--process", shown->process, "all of this process")->type_name("NAME");
  show.add_option("--from", shown->from,
                  "the period begins at this RFC 3339 time (default: 30 days before its end)")
      ->type_name("TIME");
  show.add_option("--to", shown->to, "and ends at this one, not included (default: now)")
      ->type_name("TIME");
  AddView(show, shown->view);
}

}  // namespace kosei::cli
