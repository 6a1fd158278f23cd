// kosei import --records F --links F
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "import/import_summary.h"
#include "import/progress_bar.h"
#include "import/reject_file.h"
#include "import/row_conversion.h"
#include "import/row_file.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

constexpr std::uint64_t kRejectionsShown = 20;

struct Input {
  RowFile file;
  HeaderRules rules;
  std::uint64_t rows = 0;
  std::vector<Rejection> rejections;
  std::string reject_path;
};

RowError ErrorOf(const absl::Status& status) {
  return RowError{
      .line = 0, .column = 0, .field = FieldOf(status), .reason = std::string(MessageOf(status))};
}

// Reads all rows; `load` converts and sends one, or says what is wrong with it.
template <typename Load>
absl::Status ReadRows(Context& context, Input& input, std::string_view title, Load load) {
  ProgressBar bar(context, title, SystemClock());
  Row row;
  for (;;) {
    KOSEI_ASSIGN_OR_RETURN(const bool found, input.file.rows().Next(row));
    if (!found) return absl::OkStatus();
    ++input.rows;
    std::optional<RowError> error = row.error;
    if (!error.has_value()) KOSEI_RETURN_IF_ERROR(load(row, error));
    if (error.has_value()) input.rejections.push_back({row.ordinal, *std::move(error)});
    bar.Show({.bytes_read = input.file.source().bytes_read(),
              .bytes_total = input.file.source().bytes_total(),
              .rows = input.rows,
              .rejected = input.rejections.size()});
  }
}

absl::Status LoadRecords(Context& context, Input& input, const client::Model& model,
                         client::BulkLoader& loader) {
  RecordConversion conversion(model, input.file.rows().form());
  Record record;
  return ReadRows(context, input, context.Say("records", "構成品目"),
                  [&](Row& row, std::optional<RowError>& error) {
                    error = conversion.Convert(row, record);
                    return error.has_value() ? absl::OkStatus()
                                             : loader.AddRecord(record, row.ordinal);
                  });
}

absl::Status LoadLinks(Context& context, Input& input, const client::Model& model,
                       client::BulkLoader& loader) {
  const LinkConversion conversion(model);
  client::Link link;
  return ReadRows(context, input, context.Say("relationships", "関係"),
                  [&](Row& row, std::optional<RowError>& error) {
                    error = conversion.Convert(row, link);
                    return error.has_value() ? absl::OkStatus() : loader.AddLink(link, row.ordinal);
                  });
}

absl::Status CheckOptions(const ImportOptions& options) {
  if (options.records.empty() && options.links.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "import: no input; give --records FILE, --links FILE or both, or use 'kosei "
                     "import debian'");
  }
  if (options.records == "-" && options.links == "-") {
    return MakeError(ErrorCode::kInvalidArgument,
                     "import: standard input cannot be both --records and --links");
  }
  return absl::OkStatus();
}

// Writes the reject file of one input, if there is something for it, and shows the first rows.
absl::Status WriteRejects(Context& context, Input& input, std::uint64_t& shown,
                          std::uint64_t& rejected, ImportSummary& summary) {
  if (input.rejections.empty()) return absl::OkStatus();
  rejected = input.rejections.size();
  const std::string path = input.reject_path.empty()
                               ? DefaultRejectPath(input.file.path(), input.file.rows().form())
                               : input.reject_path;
  std::uint64_t told = 0;
  KOSEI_RETURN_IF_ERROR(WriteRejectFile(input.file, input.rules, std::move(input.rejections), path,
                                        [&](const std::string& line) {
                                          ++told;
                                          if (shown >= kRejectionsShown) return;
                                          ++shown;
                                          context.Note(line);
                                        }));
  summary.reject_files.push_back(path);
  context.Note(
      context.japanese()
          ? absl::StrFormat(
                "%s 行が却下されました: %s に全件があります。修正して再度取り込んでください",
                Grouped(told), path)
          : absl::StrFormat("%s: %s has them all; mend it and import it again",
                            Counted(told, "row rejected", "rows rejected"), path));
  return absl::OkStatus();
}

}  // namespace

CommandResult RunImport(Context& context, const ImportOptions& options) {
  if (!options.history.empty()) return RunImportHistory(context, options.history);
  KOSEI_RETURN_IF_ERROR(CheckOptions(options));
  std::optional<Input> records;
  std::optional<Input> links;
  // Both are opened before anything is sent: a wrong header stops the whole import.
  if (!options.records.empty()) {
    records.emplace(RowFile(options.records), RecordHeader());
    records->reject_path = options.reject;
    KOSEI_RETURN_IF_ERROR(records->file.Open(records->rules));
  }
  if (!options.links.empty()) {
    links.emplace(RowFile(options.links), LinkHeader());
    links->reject_path = records.has_value() && !options.reject.empty()
                             ? WithLinksSuffix(options.reject)
                             : options.reject;
    KOSEI_RETURN_IF_ERROR(links->file.Open(links->rules));
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const auto model = client->model();
  const std::chrono::nanoseconds started = SystemClock().Monotonic();
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<client::BulkLoader> loader,
                         client->BeginBulk({.reason = options.provenance.reason,
                                            .cause = options.provenance.cause,
                                            .source = options.provenance.source},
                                           options.batch));
  loader->OnRejected([&](const client::RejectedItem& item) {
    std::optional<Input>& input = item.is_link ? links : records;
    if (input.has_value()) input->rejections.push_back({item.tag, ErrorOf(item.status)});
  });
  if (records.has_value()) {
    KOSEI_RETURN_IF_ERROR(LoadRecords(context, *records, *model, *loader));
  }
  if (links.has_value()) KOSEI_RETURN_IF_ERROR(LoadLinks(context, *links, *model, *loader));
  KOSEI_ASSIGN_OR_RETURN(const client::BulkSummary loaded, loader->Finish());

  if (loader->chunks_skipped() > 0) {
    context.Note(
        context.Say("note: a part of this batch was there already; the counts are of all of it",
                    "注: このバッチの一部は取り込み済みでした。件数は全体のものです"));
  }
  ImportSummary summary;
  summary.counts = loaded.counts;
  summary.elapsed = SystemClock().Monotonic() - started;
  std::uint64_t shown = 0;
  if (records.has_value()) {
    summary.records_read = records->rows;
    KOSEI_RETURN_IF_ERROR(
        WriteRejects(context, *records, shown, summary.records_rejected, summary));
  }
  if (links.has_value()) {
    summary.links_read = links->rows;
    KOSEI_RETURN_IF_ERROR(WriteRejects(context, *links, shown, summary.links_rejected, summary));
  }
  WriteImportSummary(context, summary);
  return summary.rejected() == 0 ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli
