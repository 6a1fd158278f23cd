// Planned work: usage only.
#include "app.h"

namespace kosei::cli {

void AddCollideCommand(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(
      root, "collide",
      "Show which planned changes get in each other's way, or when one has it to itself (exit code "
      "1 when they collide)",
      "  kosei collide december.json\n"
      "  kosei collide december.csv --change CHG-000042\n"
      "  kosei collide december.json --slot CHG-000042 --within 30d --count 5\n"
      "  kosei collide --plans move-db,patch-web\n"
      "  kosei collide december.json --context down --output json");
  const auto options = Bind<CollideOptions>(command, invocation, RunCollide);
  command
      .add_option("FILE", options->file,
                  "changes and windows as JSON or CSV ('-': standard input; docs/collisions.md)")
      ->type_name("");
  command
      .add_option("--plans", options->plans,
                  "instead of a file: these plans, each as a change, at the same time")
      ->type_name("NAME,NAME");
  command
      .add_option("--window", options->window,
                  "when the plans are carried out, RFC 3339 (default: in the hour that begins now)")
      ->type_name("FROM/TO");
  command.add_option("--change", options->change, "only collisions of this change")
      ->type_name("ID");
  command
      .add_option("--context", options->contexts,
                  "count what this impact context of the model finds as down anyway (all: every "
                  "one); repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      .add_option("--limit", options->limit,
                  "most collisions to list (default 1000); the counts are always of all")
      ->type_name("N");
  command.add_option("--records", options->records, "most records to list of each (default 20)")
      ->type_name("N");
  command.add_option("--slot", options->slot, "find free slots for this change instead")
      ->type_name("ID");
  command
      .add_option("--within", options->within,
                  "how far to look for them: 30d (default), 12h, 2w, P3D")
      ->type_name("LENGTH");
  command.add_option("--after", options->after, "look from this RFC 3339 time on (default: now)")
      ->type_name("TIME");
  command
      .add_option("--length", options->length,
                  "how long the slot has to be: 4h, 90m (default: as the change's window)")
      ->type_name("LENGTH");
  command.add_option("--count", options->count, "most slots to list, up to 100 (default 1)")
      ->type_name("N");
  AddView(command, options->view);
}

}  // namespace kosei::cli
