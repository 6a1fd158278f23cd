#include "repair_command.h"

#include <cstdio>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_format.h"
#include "json_text.h"
#include "kosei/base/error.h"
#include "kosei/model/definition.h"
#include "kosei/storage/repair.h"
#include "offline_command.h"
#include "progress_line.h"

namespace kosei::server {
namespace {

using storage::RepairOutcome;

constexpr const char* kFooter =
    R"(Says what is damaged in a data folder and what would mend it (--dry-run), or mends it. It works on a
copy beside the folder, in which the large files are further names of the same bytes, so that space
for the log of writes is all it needs. Only a copy that koseid verify finds sound takes the folder's
place; the folder of before stays as DIR.before-repair-1 (2, 3, ...), for you to remove.

Nothing that was acknowledged is ever given up, unless --accept-loss names the last commit that is
kept; the report says which that is. Stop the koseid that serves the folder first.

Examples:
  koseid repair --data /var/lib/kosei --dry-run
  koseid repair --data /var/lib/kosei
  koseid repair --data /var/lib/kosei --accept-loss 4711

Exit codes: 0 sound, or mended; 1 damaged, and not mended; 2 could not run.)";

struct Settings : StoreSettings {
  bool dry_run = false;
  std::uint64_t accept_loss = 0;
};

std::string_view NameOf(RepairOutcome outcome) {
  switch (outcome) {
    case RepairOutcome::kSound:
      return "sound";
    case RepairOutcome::kMendable:
      return "mendable";
    case RepairOutcome::kMended:
      return "mended";
    case RepairOutcome::kNeedsConsent:
      return "needs_consent";
    case RepairOutcome::kNotMendable:
      break;
  }
  return "not_mendable";
}

std::string Summary(const storage::RepairReport& report, const Settings& settings) {
  const std::string& data = settings.data;
  switch (report.outcome) {
    case RepairOutcome::kSound:
      return absl::StrFormat("%s: sound; newest commit %d", data, report.kept.value);
    case RepairOutcome::kMendable:
      return absl::StrFormat(
          "%s: DAMAGED, and can be mended; newest commit afterwards %d; nothing was changed, "
          "koseid "
          "repair without --dry-run does it",
          data, report.kept.value);
    case RepairOutcome::kMended:
      return absl::StrFormat("%s: mended and sound; newest commit %d; as it was before: %s", data,
                             report.kept.value, report.kept_folder);
    case RepairOutcome::kNeedsConsent:
      return absl::StrFormat(
          "%s: DAMAGED; nothing was changed. A backup may have what is gone (koseid restore). To "
          "give it up for good: koseid repair --data %s --accept-loss %d",
          data, data, report.kept.value);
    case RepairOutcome::kNotMendable:
      break;
  }
  return absl::StrFormat(
      "%s: DAMAGED, and not by anything that can be mended without a backup; nothing was changed; "
      "koseid restore makes a new folder of a backup",
      data);
}

void PrintText(const storage::RepairReport& report, const Settings& settings) {
  for (const std::string& damage : report.damage) {
    std::puts(absl::StrFormat("damaged: %s", damage).c_str());
  }
  const bool done = report.outcome == RepairOutcome::kMended ||
                    (report.outcome == RepairOutcome::kSound && !settings.dry_run);
  for (const std::string& action : report.actions) {
    std::puts(absl::StrFormat("%s: %s", done ? "done" : "would", action).c_str());
  }
  std::puts(Summary(report, settings).c_str());
}

void PrintJson(const storage::RepairReport& report) {
  std::puts(absl::StrFormat("{\"outcome\": %s, \"acknowledged\": %d, \"kept\": %d, "
                            "\"kept_folder\": %s, \"damage\": %s, \"actions\": %s}",
                            JsonText(NameOf(report.outcome)), report.acknowledged.value,
                            report.kept.value, JsonText(report.kept_folder),
                            JsonArray(report.damage), JsonArray(report.actions))
                .c_str());
}

int CouldNotRun(std::string_view why) { return Refuse("koseid repair", why, kRepairCouldNotRun); }

int Run(const Settings& settings) {
  storage::RepairOptions options;
  options.folder = settings.data;
  options.dry_run = settings.dry_run;
  options.accept_loss = CommitNumber{settings.accept_loss};
  absl::StatusOr<model::ModelDefinition> model = model::ReadModel(settings.model);
  if (!model.ok()) return CouldNotRun(MessageOf(model.status()));
  options.model = *std::move(model);
  ProgressLine line("repair");
  options.on_progress = [&line](const storage::VerifyProgress& progress) {
    line.Show(progress.step, progress.done, progress.total);
  };
  const absl::StatusOr<storage::RepairReport> report = storage::RepairStore(options);
  line.Clear();
  if (!report.ok()) return CouldNotRun(MessageOf(report.status()));
  if (settings.output == "json") {
    PrintJson(*report);
  } else {
    PrintText(*report, settings);
  }
  const bool good =
      report->outcome == RepairOutcome::kSound || report->outcome == RepairOutcome::kMended;
  return good ? kRepairDone : kRepairDamaged;
}

}  // namespace

int RunRepair(const std::vector<std::string>& arguments, const std::string& default_model_folder) {
  CLI::App app("Say what is wrong with a data folder that nobody serves, and mend it",
               "koseid repair");
  app.footer(kFooter);
  Settings settings;
  settings.model = default_model_folder;
  AddStoreOptions(app, settings);
  app.add_flag("--dry-run", settings.dry_run, "only say what would be done");
  app.add_option("--accept-loss", settings.accept_loss,
                 "give up acknowledged commits after this one, when they are gone")
      ->type_name("COMMIT");
  if (const auto code = ReadWords(app, arguments, kRepairCouldNotRun)) return *code;
  return Run(settings);
}

}  // namespace kosei::server
