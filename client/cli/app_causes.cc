// Commands that ask what takes services down: usage only.
#include "app.h"

namespace kosei::cli {
namespace {

void AddSpof(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(
      root, "spof", "Show single points of failure of services, and what fails them together",
      "  kosei spof service:payroll\n"
      "  kosei spof service:payroll --size 2        which two failures stop payroll\n"
      "  kosei spof service:payroll --since         and which commit made it so\n"
      "  kosei spof --all --output csv > spof.csv\n"
      "  kosei spof service:payroll --plan move-db --count down");
  const auto options = Bind<SpofOptions>(command, invocation, RunSpof);
  command.add_option("SERVICE", options->services, "keys of services, or of any records")
      ->type_name("");
  command.add_flag("--all", options->all, "every service there is");
  command
      .add_option("--size", options->size,
                  "1: single points (default); 2, 3: also sets of so many that fail it together, "
                  "and fewer of them do not")
      ->type_name("1|2|3")
      ->check(OneOf({"1", "2", "3"}));
  command.add_flag("--since", options->since,
                   "of each point since when, without a gap, and because of which commit");
  command.add_flag("--follow", options->follow,
                   "stay, and show which points commits add and take away");
  command
      .add_option("--events", options->count_events,
                  "with --follow: stop after so many (default: never)")
      ->type_name("N");
  command
      .add_option("--count", options->count,
                  "impact contexts of the model that count as down already; all: every one")
      ->type_name("CONTEXT,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--during", options->during,
                  "the time that is assumed, for contexts with times of their own")
      ->type_name("FROM/TO");
  command
      .add_option("--limit", options->limit,
                  "most points, and sets, to list of each service; the counts are always of all")
      ->type_name("N");
  AddView(command, options->view);
}

void AddRootCause(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(
      root, "rootcause", "Rank what explains best that records fail: records, and recent commits",
      "  kosei rootcause service:web-shop service:payroll\n"
      "  kosei rootcause service:web-shop --well service:mail,service:wiki --within 4h\n"
      "  kosei rootcause service:web-shop --as-of 2026-03-03T02:14:00+09:00 --output json");
  const auto options = Bind<RootCauseOptions>(command, invocation, RunRootCause);
  command.add_option("KEY", options->keys, "keys of the records that fail")
      ->required()
      ->type_name("");
  command
      .add_option("--well", options->well,
                  "keys of records that are known to be well; what would bring them down counts "
                  "less")
      ->type_name("KEY,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--within", options->within,
                  "how far back to look for commits (default 24h): 30m, 24h, 7d, ...")
      ->type_name("TIME");
  command.add_option("--limit", options->limit, "most records, and commits, to list (default 20)")
      ->type_name("N");
  AddView(command, options->view);
}

}  // namespace

void AddCauseCommands(CLI::App& root, Invocation& invocation) {
  AddSpof(root, invocation);
  AddRootCause(root, invocation);
}

}  // namespace kosei::cli
