#include "verify_command.h"

#include <cstdio>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/model/definition.h"
#include "kosei/storage/verification.h"
#include "offline_command.h"
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
  std::printf(
      "%s\n",
      absl::StrFormat(
          "{\"sound\": %s, \"newest_commit\": %d, \"commits\": %d, \"record_versions\": %d, "
          "\"link_versions\": %d, \"records\": %d, \"links\": %d, \"unique_values\": %d, "
          "\"index_entries\": %d, \"files\": %d, \"finding_count\": %d, \"findings\": %s}",
          report.sound() ? "true" : "false", report.newest.value, report.commits,
          report.record_versions, report.link_versions, report.records, report.links,
          report.unique_values, report.index_entries, report.files, report.finding_count,
          JsonArray(report.findings))
          .c_str());
}

int CouldNotRun(std::string_view why) { return Refuse("koseid verify", why, kVerifyCouldNotRun); }

}  // namespace

int RunVerify(const std::vector<std::string>& arguments, const std::string& default_model_folder) {
  CLI::App app("Look at a data folder that nobody serves, and say whether it is sound",
               "koseid verify");
  app.footer(kFooter);
  StoreSettings settings;
  settings.model = default_model_folder;
  AddStoreOptions(app, settings);
  if (const auto code = ReadWords(app, arguments, kVerifyCouldNotRun)) return *code;
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
