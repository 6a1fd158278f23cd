// What kosei change has beyond the other nouns: usage only.
#include <string>

#include "app.h"
#include "process/process_commands.h"

namespace kosei::cli {
namespace {

void AddVerb(CLI::App& plan, Invocation& invocation, ChangePlanVerb verb, const std::string& name,
             const std::string& description, const std::string& example, const char* take) {
  CLI::App& command = AddCommand(plan, name, description, "  " + example);
  const auto options = Bind<ChangePlanOptions>(command, invocation, RunChangePlan);
  options->verb = verb;
  command.add_option("KEY", options->key, "number of the change")->required()->type_name("");
  if (take == nullptr) return;
  command.add_option("--take", options->take, take)
      ->type_name("plan|main")
      ->check(OneOf({"plan", "main"}));
}

}  // namespace

void AddChangeCommands(CLI::App& change, Invocation& invocation) {
  CLI::App& impact =
      AddCommand(change, "impact", "What carrying it out would do: impact, collisions, risk",
                 "  kosei change impact CHG-000001\n"
                 "  kosei change impact CHG-000001 --keep     # for those who decide");
  const auto options = Bind<ChangeImpactOptions>(impact, invocation, RunChangeImpact);
  impact.add_option("KEY", options->key, "number of the change")->required()->type_name("");
  impact.add_flag("--keep", options->keep, "keep the answer on the record");
  CLI::App& collisions =
      AddCommand(change, "collisions", "Which other changes and windows of the calendar it meets",
                 "  kosei change collisions CHG-000001");
  const auto asked = Bind<ChangeImpactOptions>(collisions, invocation, RunChangeCollisions);
  collisions.add_option("KEY", asked->key, "number of the change")->required()->type_name("");

  CLI::App& intake =
      AddCommand(change, "unauthorised", "What changed of items under control without a change",
                 "  kosei change unauthorised --since 2026-11-01\n"
                 "  kosei change unauthorised --since 1234 --record     # a discrepancy for each");
  const auto taken = Bind<ChangeIntakeOptions>(intake, invocation, RunChangeIntake);
  intake.add_option("--since", taken->since, "from this commit or time on (default: a day ago)")
      ->type_name("COMMIT|TIME");
  intake.add_flag("--record", taken->record,
                  "open a discrepancy for each of which there is none yet");

  CLI::App& plan = AddCommand(change, "plan", "The plan that it owns, which has its number as name",
                              "  kosei change plan open CHG-000001\n"
                              "  kosei change plan edit CHG-000001 set host:db-1 memory=128\n"
                              "  kosei change plan merge CHG-000001");
  plan.require_subcommand(1);
  AddVerb(plan, invocation, ChangePlanVerb::kOpen, "open", "Give it an empty plan",
          "kosei change plan open CHG-000001", nullptr);
  AddPlanEditing(plan, invocation, "kosei change plan", "CHG-000001");
  AddVerb(plan, invocation, ChangePlanVerb::kCompare, "compare",
          "Compare what is there with what was planned, and keep the result",
          "kosei change plan compare CHG-000001", nullptr);
  AddVerb(plan, invocation, ChangePlanVerb::kMerge, "merge",
          "Carry it out: what was planned becomes what is (exit code 6 on conflicts)",
          "kosei change plan merge CHG-000001",
          "whose side counts where both changed the same: plan or main");
  AddVerb(plan, invocation, ChangePlanVerb::kBack, "back",
          "Take back what carrying it out has written (exit code 6 on conflicts)",
          "kosei change plan back CHG-000001",
          "where later commits changed the same: plan takes them back, too; main does not");
}

}  // namespace kosei::cli
