// Baselines, tokens and completion: usage only.
#include "app.h"
#include "completion.h"

namespace kosei::cli {
namespace {

struct DropOptions {
  std::string name;
};
CommandResult RunDrop(Context& context, const DropOptions& options) {
  return RunBaselineDrop(context, options.name);
}

struct RevokeOptions {
  std::string name;
};
CommandResult RunRevoke(Context& context, const RevokeOptions& options) {
  return RunTokenRevoke(context, options.name);
}

struct CompletionOptions {
  std::string shell;
};
CommandResult RunCompletion(Context& context, const CompletionOptions& options) {
  context.Write(CompletionScript(options.shell));
  return ExitCode::kOk;
}

void AddScrub(CLI::App& admin, Invocation& invocation) {
  CLI::App& scrub = AddCommand(admin, "scrub",
                               "Show how far the store has been read against its checksums, and "
                               "what was found (exit code 1 when anything was)",
                               "  kosei admin scrub\n"
                               "  kosei admin scrub --start");
  const auto options = Bind<ScrubOptions>(scrub, invocation, RunScrub);
  CLI::Option* const start =
      scrub.add_flag("--start", options->start, "read all of it now, as fast as the disk gives");
  CLI::Option* const pause =
      scrub.add_flag("--pause", options->pause, "read nothing until it is resumed")
          ->excludes(start);
  scrub.add_flag("--resume", options->resume, "go on")->excludes(start)->excludes(pause);
}

void AddBaseline(CLI::App& root, Invocation& invocation) {
  CLI::App& baseline = AddCommand(root, "baseline", "Name points of time, to come back to them",
                                  "  kosei baseline create before-migration\n"
                                  "  kosei baseline compare before-migration 2026-12-01T00:00:00Z");
  baseline.require_subcommand(1);
  CLI::App& create = AddCommand(
      baseline, "create", "Give a point of time a name",
      "  kosei baseline create before-migration --description 'approved with CHG-000042'\n"
      "  kosei baseline create year-end --as-of 2026-12-31T23:59:59+09:00");
  const auto options = Bind<BaselineCreateOptions>(create, invocation, RunBaselineCreate);
  create.add_option("NAME", options->name, "name, free so far")->required()->type_name("");
  create.add_option("--description", options->description, "what it is for")->type_name("TEXT");
  AddView(create, options->view);
  Bind(AddCommand(baseline, "list", "List the baselines", "  kosei baseline list"), invocation,
       RunBaselineList);
  CLI::App& compare = AddCommand(
      baseline, "compare",
      "Show all that differs between two points of time (exit code 1 when anything does)",
      "  kosei baseline compare before-migration after-migration\n"
      "  kosei baseline compare 2026-11-01T00:00:00Z 2026-12-01T00:00:00Z --class Server\n"
      "  kosei baseline compare 12 15 --output jsonl");
  const auto compare_options = Bind<CompareOptions>(compare, invocation, RunCompare);
  compare
      .add_option("A", compare_options->from, "name of a baseline, RFC 3339 time or commit number")
      ->required()
      ->type_name("");
  compare.add_option("B", compare_options->to, "the same, to compare with")
      ->required()
      ->type_name("");
  AddChanges(compare, compare_options->changes);
  CLI::App& drop = AddCommand(baseline, "drop", "Take a baseline's name away; the history stays",
                              "  kosei baseline drop before-migration");
  const auto drop_options = Bind<DropOptions>(drop, invocation, RunDrop);
  drop.add_option("NAME", drop_options->name, "name of the baseline")->required()->type_name("");
}

void AddErase(CLI::App& admin, Invocation& invocation) {
  CLI::App& erase = AddCommand(
      admin, "erase", "Take values out of every version of a record, for good",
      "  kosei admin erase person:42 --attribute email --attribute phone --reason 'asked by her'\n"
      "  kosei end person:42 && kosei admin erase person:42 --reason 'left the company'");
  const auto options = Bind<EraseOptions>(erase, invocation, RunErase);
  erase.add_option("KEY", options->key, "key of the record")->required()->type_name("");
  erase
      .add_option("--attribute", options->attributes,
                  "attribute to erase (repeatable; default: all of a record that has ended)")
      ->type_name("ATTRIBUTE")
      ->allow_extra_args(false);
  erase.add_option("--reason", options->reason, "why, kept with the commit")
      ->required()
      ->type_name("TEXT");
  erase.add_option("--cause", options->cause, "key of the request or order that this serves")
      ->type_name("KEY");
}

void AddTokens(CLI::App& root, Invocation& invocation) {
  CLI::App& admin = AddCommand(root, "admin", "Administer the server",
                               "  kosei admin token create backup --role reader\n"
                               "  kosei admin backup nightly");
  admin.require_subcommand(1);
  AddIndexCommands(admin, invocation);
  AddScrub(admin, invocation);
  CLI::App& backup =
      AddCommand(admin, "backup", "Back the whole store up into a folder of the server",
                 "  kosei admin backup nightly\n"
                 "  kosei admin backup nightly --keep 14");
  const auto backup_options = Bind<BackupOptions>(backup, invocation, RunBackup);
  backup.add_option("DIR", backup_options->folder, "folder, below the server's backup_dir")
      ->required()
      ->type_name("");
  backup
      .add_option("--keep", backup_options->keep,
                  "older backups than the newest N go (default 0: none goes)")
      ->type_name("N");
  AddErase(admin, invocation);
  AddRetentionCommands(admin, invocation);
  CLI::App& token =
      AddCommand(admin, "token", "Create, list and revoke tokens", "  kosei admin token list");
  token.require_subcommand(1);
  CLI::App& create =
      AddCommand(token, "create", "Create a token and show it this once",
                 "  kosei admin token create discovery --role writer --write discovery.token\n"
                 "  kosei admin token create dashboard --role reader --expires-in-days 30\n"
                 "  kosei admin token create sites --class Site --class BusinessService");
  const auto options = Bind<TokenCreateOptions>(create, invocation, RunTokenCreate);
  create.add_option("NAME", options->name, "name of its user, free so far")
      ->required()
      ->type_name("");
  create.add_option("--role", options->role, "reader (default), writer or administrator")
      ->type_name("ROLE")
      ->check(OneOf({"reader", "writer", "administrator"}));
  create
      .add_option("--expires-in-days", options->expires_in_days,
                  "days until it expires, 1 to 90 (default 90)")
      ->type_name("N");
  create
      .add_option("--class", options->classes,
                  "of a reader: shows only records of this class and below, and only to `kosei "
                  "query` and Bolt; repeat it for more")
      ->type_name("CLASS");
  create
      .add_option("--write", options->write,
                  "write it to this new file, mode 0600, instead of standard output")
      ->type_name("FILE");
  Bind(AddCommand(token, "list", "List the tokens, without their secrets",
                  "  kosei admin token list"),
       invocation, RunTokenList);
  CLI::App& revoke = AddCommand(token, "revoke", "Make a token invalid at once",
                                "  kosei admin token revoke discovery");
  const auto revoke_options = Bind<RevokeOptions>(revoke, invocation, RunRevoke);
  revoke.add_option("NAME", revoke_options->name, "name of the token")->required()->type_name("");
}

}  // namespace

void AddAdminCommands(CLI::App& root, Invocation& invocation) {
  AddBaseline(root, invocation);
  AddTokens(root, invocation);
  CLI::App& completion =
      AddCommand(root, "completion", "Print the completion script of a shell",
                 "  source <(kosei completion bash)\n"
                 "  kosei completion zsh > ~/.zsh/completion/_kosei\n"
                 "  kosei completion fish > ~/.config/fish/completions/kosei.fish");
  const auto options = Bind<CompletionOptions>(completion, invocation, RunCompletion);
  completion.add_option("SHELL", options->shell, "bash, zsh or fish")
      ->required()
      ->type_name("")
      ->check(OneOf({"bash", "zsh", "fish"}));
}

}  // namespace kosei::cli
