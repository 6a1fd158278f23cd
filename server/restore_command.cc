#include "restore_command.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/time.h"
#include "kosei/storage/backup.h"
#include "offline_command.h"
#include "progress_line.h"

namespace kosei::server {
namespace {

constexpr const char* kFooter =
    R"(Makes a new data folder of a backup that kosei admin backup took. Every file is checked against
its checksum, the chain of commits against the commit and the hash that the backup names, and the
folder appears under its name only when all of it is whole. Nothing that exists is overwritten, and
the backup stays as it is. The new store gets an id of its own.

Examples:
  koseid restore --from /backup/kosei --data /var/lib/kosei
      the newest backup
  koseid restore --from /backup/kosei --data ./before --to 2026-11-22T10:00:00+09:00
      everything up to that moment and nothing later
  koseid restore --from /backup/kosei --data ./before --to 4711
      everything up to commit 4711
  koseid restore --from /backup/kosei --check
      read every byte of all backups, and restore nothing

Exit codes: 0 done, or all backups are whole; 1 a backup is damaged, with what; 2 could not run.)";

struct Settings {
  std::string from;
  std::string data;
  std::string to;
  std::uint32_t backup = 0;
  bool check = false;
};

int CouldNotRun(std::string_view why) { return Refuse("koseid restore", why, kRestoreCouldNotRun); }

std::string DescriptionOf(const storage::BackupInfo& backup) {
  return absl::StrFormat("backup %d: made %s, commit %d of %s, %d files, %d bytes", backup.number,
                         FormatTimestamp(backup.created), backup.commit.value,
                         FormatTimestamp(backup.commit_time), backup.files, backup.bytes);
}

int Check(const Settings& settings) {
  ProgressLine line("check");
  storage::CheckBackupsOptions options;
  options.folder = settings.from;
  options.on_progress = [&line](std::string_view step, const storage::BackupProgress& progress) {
    line.Show(step, progress.bytes_done, progress.bytes_total);
  };
  const auto report = storage::CheckBackups(options);
  line.Clear();
  if (!report.ok()) {
    CouldNotRun(MessageOf(report.status()));
    return HasCode(report.status(), ErrorCode::kStorageCorrupt) ? kRestoreDamaged
                                                                : kRestoreCouldNotRun;
  }
  for (const storage::BackupInfo& backup : report->backups) {
    std::puts(DescriptionOf(backup).c_str());
  }
  for (const std::string& finding : report->findings) {
    std::puts(absl::StrFormat("damaged: %s", finding).c_str());
  }
  std::puts(absl::StrFormat("%s: %s; %d backups, %d files, %d bytes read", settings.from,
                            report->findings.empty() ? "whole" : "DAMAGED", report->backups.size(),
                            report->files, report->bytes)
                .c_str());
  return report->findings.empty() ? kRestoreDone : kRestoreDamaged;
}

bool ReadTo(const std::string& text, storage::RestoreOptions& options) {
  const auto [end, wrong] =
      std::from_chars(text.data(), text.data() + text.size(), options.to_commit.value);
  if (wrong == std::errc() && end == text.data() + text.size()) {
    return options.to_commit != kNoCommit;
  }
  options.to_commit = kNoCommit;
  const auto time = ParseTimestamp(text);
  if (time.ok()) options.to_time = *time;
  return time.ok();
}

int Restore(const Settings& settings) {
  ProgressLine line("restore");
  storage::RestoreOptions options;
  options.from = settings.from;
  options.folder = settings.data;
  options.backup = settings.backup;
  options.on_progress = [&line](std::string_view step, const storage::BackupProgress& progress) {
    line.Show(step, progress.bytes_done, progress.bytes_total);
  };
  if (!settings.to.empty() && !ReadTo(settings.to, options)) {
    return CouldNotRun(absl::StrFormat(
        "--to: \"%s\" was given; expected the number of a commit, or a time with its offset as in "
        "2026-11-22T10:00:00+09:00",
        settings.to));
  }
  const auto report = storage::RestoreBackup(options);
  line.Clear();
  if (!report.ok()) {
    CouldNotRun(MessageOf(report.status()));
    return HasCode(report.status(), ErrorCode::kStorageCorrupt) ? kRestoreDamaged
                                                                : kRestoreCouldNotRun;
  }
  std::puts(DescriptionOf(report->backup).c_str());
  for (const std::string& name : report->baselines_left_out) {
    std::puts(absl::StrFormat("left out: baseline %s, which names a later commit", name).c_str());
  }
  for (const std::string& name : report->plans_left_out) {
    std::puts(absl::StrFormat("left out: plan %s, which was opened later", name).c_str());
  }
  std::puts(
      absl::StrFormat("%s: restored up to commit %d of %s, hash %s; %d later commits left out; "
                      "store %s",
                      settings.data, report->commit.value, FormatTimestamp(report->commit_time),
                      ToHex(report->hash), report->commits_left_out, report->store_id)
          .c_str());
  return kRestoreDone;
}

}  // namespace

int RunRestore(const std::vector<std::string>& arguments) {
  CLI::App app("Make a new data folder of a backup", "koseid restore");
  app.footer(kFooter);
  Settings settings;
  app.add_option("--from", settings.from, "folder of the backups")->type_name("DIR")->required();
  CLI::Option* const data =
      app.add_option("--data", settings.data, "the new folder: absent, or empty")->type_name("DIR");
  app.add_option("--to", settings.to, "nothing later than this commit or this time")
      ->type_name("COMMIT|TIME")
      ->needs(data);
  app.add_option("--backup", settings.backup,
                 "which backup, by number [the newest; with --to the oldest that reaches it]")
      ->type_name("N")
      ->needs(data);
  app.add_flag("--check", settings.check, "look at all backups and restore nothing")
      ->excludes(data);
  if (const auto code = ReadWords(app, arguments, kRestoreCouldNotRun)) return *code;
  if (!settings.check && settings.data.empty()) {
    return CouldNotRun("--data DIR is missing: the folder to make; or say --check");
  }
  return settings.check ? Check(settings) : Restore(settings);
}

}  // namespace kosei::server
