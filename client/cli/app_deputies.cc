// kosei absence add, delegation add; kosei process verdicts: usage only.
#include "app.h"
#include "process/deputy_options.h"
#include "process/verdict_options.h"

namespace kosei::cli {
namespace {

void AddTimes(CLI::App& command, AbsenceAddOptions& times) {
  command.add_option("--person", times.person, "key of somebody else (default: you)")
      ->type_name("KEY");
  command.add_option("--from", times.from, "from this RFC 3339 time on (default: now)")
      ->type_name("TIME");
  command.add_option("--to", times.to, "up to this one, not included (default: until it is ended)")
      ->type_name("TIME");
  command.add_option("--reason", times.reason, "why, kept with the record")->type_name("TEXT");
}

void AddVerdicts(CLI::App& process, Invocation& invocation) {
  CLI::App& command = AddCommand(
      process, "verdicts",
      "Which verdicts on time a mended calendar or agreement changes (exit code 1: some)",
      "  kosei process verdicts model/process/calendars\n"
      "  kosei process verdicts --since 2026-11-30T12:00:00+09:00 --class Incident\n"
      "  kosei process verdicts --since 4711 --from 2026-11-01T00:00:00+09:00 --to "
      "2026-12-01T00:00:00+09:00 --output csv");
  const auto options = Bind<VerdictOptions>(command, invocation, RunProcessVerdicts);
  command
      .add_option("FILE", options->files,
                  "calendars and agreements as they would be, or folders of them")
      ->type_name("");
  command
      .add_option("--since", options->since,
                  "instead: beside what was in force as of this commit, time or baseline")
      ->type_name("WHEN");
  command.add_option("--class", options->classes, "only records of this class (repeatable)")
      ->type_name("CLASS")
      ->allow_extra_args(false);
  command.add_option("--from", options->from, "only those opened from this RFC 3339 time on")
      ->type_name("TIME");
  command.add_option("--to", options->to, "and before this one")->type_name("TIME");
  command.add_option("--at", options->at, "verdicts as of this RFC 3339 time (default: now)")
      ->type_name("TIME");
}

}  // namespace

void AddDeputyCommands(CLI::App& root, Invocation& invocation) {
  CLI::App& absence = AddCommand(
      *root.get_subcommand("absence"), "add", "Be away: nobody waits for your vote meanwhile",
      "  kosei absence add --from 2026-12-24T00:00:00+09:00 --to 2027-01-05T00:00:00+09:00");
  AddTimes(absence, *Bind<AbsenceAddOptions>(absence, invocation, RunAbsenceAdd));

  CLI::App& delegation = AddCommand(
      *root.get_subcommand("delegation"), "add", "Let somebody else decide in your place",
      "  kosei delegation add person:jiro --to 2027-01-05T00:00:00+09:00\n"
      "  kosei delegation add person:jiro --policy change --person person:hanako");
  const auto options = Bind<DelegationAddOptions>(delegation, invocation, RunDelegationAdd);
  delegation.add_option("DEPUTY", options->deputy, "key of the person who decides instead")
      ->required()
      ->type_name("");
  delegation.add_option("--policy", options->policy, "only in approvals by this policy")
      ->type_name("POLICY");
  AddTimes(delegation, options->times);
  AddVerdicts(*root.get_subcommand("process"), invocation);
}

}  // namespace kosei::cli
