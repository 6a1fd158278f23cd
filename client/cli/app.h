// The command line as CLI11 sees it: one tree of commands, used for parsing, for completion and by
// the test that holds the manual page against it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"

namespace kosei::cli {

// What the arguments asked for.
struct Invocation {
  GlobalOptions global;
  std::function<CommandResult(Context&)> run;  // empty: nothing was asked for
};

class Application {
 public:
  Application();
  CLI::App& root() { return root_; }
  Invocation& invocation() { return invocation_; }

 private:
  CLI::App root_;
  Invocation invocation_;
};

// The parts of the tree, each in a file of its own.
void AddReadCommands(CLI::App& root, Invocation& invocation);
void AddQueryCommands(CLI::App& root, Invocation& invocation);
void AddCauseCommands(CLI::App& root, Invocation& invocation);
void AddPathCommands(CLI::App& root, Invocation& invocation);
void AddModelCommands(CLI::App& root, Invocation& invocation);
void AddWriteCommands(CLI::App& root, Invocation& invocation);
void AddPlanCommands(CLI::App& root, Invocation& invocation);
void AddCollideCommand(CLI::App& root, Invocation& invocation);
void AddProcessCommands(CLI::App& root, Invocation& invocation);
// Below `kosei change`.
void AddChangeCommands(CLI::App& change, Invocation& invocation);
// edit, show, diff. `start`: what stands before them, `name`: of a plan, both for examples.
void AddPlanEditing(CLI::App& plan, Invocation& invocation, const std::string& start,
                    const std::string& name);
// Behind AddProcessCommands, whose groups they add to.
void AddBoardCommands(CLI::App& root, Invocation& invocation);
void AddDeputyCommands(CLI::App& root, Invocation& invocation);
void AddFigureCommands(CLI::App& root, Invocation& invocation);
// kosei attachment, kosei notification.
void AddAttachmentCommands(CLI::App& root, Invocation& invocation);
void AddImportCommands(CLI::App& root, Invocation& invocation);
void AddAdminCommands(CLI::App& root, Invocation& invocation);
// Below `kosei admin`.
void AddIndexCommands(CLI::App& admin, Invocation& invocation);
void AddRetentionCommands(CLI::App& admin, Invocation& invocation);

// A command of `parent` with its one-line description and its examples.
CLI::App& AddCommand(CLI::App& parent, const std::string& name, const std::string& description,
                     const std::string& examples);

// Makes `command` run `run(context, options)` with options of its own.
template <typename Options>
std::shared_ptr<Options> Bind(CLI::App& command, Invocation& invocation,
                              CommandResult (*run)(Context&, const Options&)) {
  auto options = std::make_shared<Options>();
  CLI::App* const app = &command;
  Invocation* const target = &invocation;
  command.callback([options, app, target, run] {
    if (!app->get_subcommands().empty()) return;  // the inner command has spoken
    target->run = [options, run](Context& context) { return run(context, *options); };
  });
  return options;
}
inline void Bind(CLI::App& command, Invocation& invocation, CommandResult (*run)(Context&)) {
  Invocation* const target = &invocation;
  command.callback([target, run] { target->run = run; });
}

// One of these words. (What they are stands in the option's description.)
CLI::Validator OneOf(const std::vector<std::string>& words);
void AddView(CLI::App& command, ViewOptions& view);
void AddValid(CLI::App& command, ValidOptions& valid);
void AddChanges(CLI::App& command, ChangeOptions& changes);
void AddProvenance(CLI::App& command, ProvenanceOptions& provenance);

}  // namespace kosei::cli
