#include "verify_command.h"

#include <cstdio>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_format.h"
#include "json_text.h"
#include "kosei/base/error.h"
#include "kosei/model/definition.h"
#include "kosei/storage/verification.h"
#include "progress_line.h"

namespace kosei::server {
namespace {

constexpr const char* kFooter =
    R"(Reads every byte of the store: file checksums, the chain of commits and what each of them
wrote, records, links, unique values, baselines, indexes, and the watermark that names the last
acknowledged commit. Changes nothing. Stop the koseid that serves the folder first.

Examples:
  koseid verify --data /var/lib/kosei
  koseid verify --data /var/lib/kosei --output json

Exit codes: 0 sound; 1 damaged, with a list of what; 2 could not run.)";

struct Settings {
  std::string data;
  std::string model;
  std::string output = "text";
};

void PrintText(const storage::VerifyReport& report, const std::string& folder) {
  for (const std::string& finding : report.findings) std::printf("damaged: %s\n", finding.c_str());
  if (report.finding_count > report.findings.size()) {
    std::printf(
        "damaged: %s\n",
        absl::StrFormat("and %d more", report.finding_count - report.findings.size()).c_str());
  }
  std::printf("%s\n",
              absl::StrFormat("%s: %s; newest commit %d; %d commits, %d versions of records, %d of "
                              "links; %d records, %d links and %d unique values in the present; %d "
                              "files",
                              folder, report.sound() ? "sound" : "DAMAGED", report.newest.value,
                              report.commits, report.record_versions, report.link_versions,
                              report.records, report.links, report.unique_values, report.files)
                  .c_str());
}

void PrintJson(const storage::VerifyReport& report) {
  std::string findings;
  for (const std::string& finding : report.findings) {
    findings += (findings.empty() ? "" : ", ") + JsonText(finding);
  }
  std::printf(
      "%s\n",
      absl::StrFormat(
          "{\"sound\": %s, \"newest_commit\": %d, \"commits\": %d, \"record_versions\": %d, "
          "\"link_versions\": %d, \"records\": %d, \"links\": %d, \"unique_values\": %d, "
          "\"index_entries\": %d, \"files\": %d, \"finding_count\": %d, \"findings\": [%s]}",
          report.sound() ? "true" : "false", report.newest.value, report.commits,
          report.record_versions, report.link_versions, report.records, report.links,
          report.unique_values, report.index_entries, report.files, report.finding_count, findings)
          .c_str());
}

int CouldNotRun(std::string_view why) {
  std::fputs(absl::StrFormat("koseid verify: %s\n", why).c_str(), stderr);
  return kVerifyCouldNotRun;
}

}  // namespace

int RunVerify(const std::vector<std::string>& arguments, const std::string& default_model_folder) {
  CLI::App app("Look at a data folder that nobody serves, and say whether it is sound",
               "koseid verify");
  app.footer(kFooter);
  Settings settings;
  settings.model = default_model_folder;
  try {
    app.add_option("--data", settings.data, "folder of the store")->type_name("DIR")->required();
    app.add_option("--model", settings.model,
                   "folder of the model's YAML files [the one installed]")
        ->type_name("DIR");
    app.add_option("--output", settings.output, "text or json [text]")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json"}));
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return kVerifySound;
  } catch (const CLI::Error& error) {
    return CouldNotRun(
        absl::StrFormat("%s (koseid verify --help shows all options)", error.what()));
  }
  storage::VerifyOptions options;
  options.folder = settings.data;
  absl::StatusOr<model::ModelDefinition> model = model::ReadModel(settings.model);
  if (!model.ok()) return CouldNotRun(MessageOf(model.status()));
  options.model = *std::move(model);
  ProgressLine line("verify");
  options.on_progress = [&line](const storage::VerifyProgress& progress) {
    line.Show(progress.step, progress.done, progress.total);
  };
  const absl::StatusOr<storage::VerifyReport> report = storage::VerifyStore(options);
  line.Clear();
  if (!report.ok()) return CouldNotRun(MessageOf(report.status()));
  if (settings.output == "json") {
    PrintJson(*report);
  } else {
    PrintText(*report, settings.data);
  }
  return report->sound() ? kVerifySound : kVerifyDamaged;
}

}  // namespace kosei::server
