// kosei admin index: usage only.
#include "app.h"

namespace kosei::cli {

void AddIndexCommands(CLI::App& admin, Invocation& invocation) {
  CLI::App& index = AddCommand(admin, "index", "List, build and drop indexes",
                               "  kosei admin index list\n"
                               "  kosei admin index build owner");
  index.require_subcommand(1);
  Bind(AddCommand(index, "list", "List the indexes, how far each is and how large",
                  "  kosei admin index list\n  kosei admin index list --output json"),
       invocation, RunIndexList);
  CLI::App& build = AddCommand(index, "build", "Build an index, anew when there is one",
                               "  kosei admin index build owner\n"
                               "  kosei admin index build full-text");
  const auto build_options = Bind<IndexOptions>(build, invocation, RunIndexBuild);
  build.add_option("NAME", build_options->name, "name of an attribute, or full-text")
      ->required()
      ->type_name("");
  CLI::App& drop = AddCommand(index, "drop", "Take an index away, until it is built again",
                              "  kosei admin index drop owner");
  const auto drop_options = Bind<IndexOptions>(drop, invocation, RunIndexDrop);
  drop.add_option("NAME", drop_options->name, "name of an attribute, or full-text")
      ->required()
      ->type_name("");
  Bind(AddCommand(index, "rebuild", "Build every index anew", "  kosei admin index rebuild"),
       invocation, RunIndexRebuild);
}

}  // namespace kosei::cli
