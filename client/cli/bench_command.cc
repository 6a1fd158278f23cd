// kosei bench: measures the server it is pointed at with an estate of its own.
#include "bench_command.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/strings/str_format.h"
#include "bench_export.h"
#include "bench_run.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process/record_rows.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

constexpr std::uint32_t kItemsMax = 50'000'000;

struct Step {
  std::string_view name;
  absl::Status (*run)(BenchRun&);
};
constexpr std::array<Step, 9> kSteps = {{{"load", BenchLoad},
                                         {"get", BenchGet},
                                         {"pipeline", BenchPipeline},
                                         {"query", BenchStatement},
                                         {"impact", BenchImpact},
                                         {"commit", BenchCommit},
                                         {"past", BenchPast},
                                         {"boards", BenchBoards},
                                         {"process", BenchProcess}}};

struct BenchOptions {
  std::uint32_t items = 100'000;
  std::uint64_t seed = 1;
  std::vector<std::string> only;
  std::string scratch;
  std::string export_folder;
};

bool IsWanted(const BenchOptions& options, std::string_view step) {
  return options.only.empty() || std::ranges::find(options.only, step) != options.only.end();
}

// What the step `process` has left behind, which nobody may take out.
absl::StatusOr<std::uint64_t> CountOfProcesses(client::Client& client) {
  std::uint64_t count = 0;
  for (const char* name : {"ProcessRecord", "ProcessEntry", "ProcessDefinition"}) {
    if (client.model()->FindClass(name) == nullptr) continue;
    KOSEI_ASSIGN_OR_RETURN(
        const std::vector<client::QueryRow> rows,
        RowsOf(client, absl::StrFormat("MATCH (r:%s) RETURN count(r)", name), {}));
    const auto* const number = rows[0][0].As<std::int64_t>();
    if (number != nullptr) count += static_cast<std::uint64_t>(*number);
  }
  return count;
}

// A load needs an empty store, everything else the estate of the same size.
absl::Status CheckStore(const BenchOptions& options, const estate::Estate& estate,
                        const client::StatusReport& report, client::Client& client) {
  if (IsWanted(options, "load")) {
    if (report.newest_commit == 0) return absl::OkStatus();
    return MakeError(ErrorCode::kAlreadyExists,
                     absl::StrFormat("bench: the store holds %d records; it takes an empty one, "
                                     "for it fills it and nothing can be taken out again (or "
                                     "leave 'load' out with --only)",
                                     report.records));
  }
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t processes, CountOfProcesses(client));
  if (report.records - processes == estate.item_count()) return absl::OkStatus();
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("bench: the store holds %d records, expected the estate of %d; "
                                   "run the load first, or give its --cis",
                                   report.records - processes, estate.item_count()));
}

CommandResult RunBench(Context& context, const BenchOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<PingPong> ping_pong, PingPong::Start());
  const estate::Estate estate({.items = options.items, .seed = options.seed});
  if (!options.export_folder.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const ExportedEstate written,
                           ExportEstate(estate, options.export_folder));
    context.Note(absl::StrFormat(
        "wrote %s and %s to %s", Counted(written.records, "record", "records"),
        Counted(written.links, "relationship", "relationships"), options.export_folder));
    return ExitCode::kOk;
  }
  std::error_code none;
  const std::string scratch = options.scratch.empty()
                                  ? std::filesystem::temp_directory_path(none).string()
                                  : options.scratch;
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::StatusReport report, client->Status());
  KOSEI_RETURN_IF_ERROR(CheckStore(options, estate, report, *client));
  KOSEI_ASSIGN_OR_RETURN(EstateRecords records, EstateRecords::Make(estate, *client->model()));
  BenchRun run{.context = context,
               .client = *client,
               .ping_pong = *ping_pong,
               .estate = estate,
               .records = records,
               .scratch = scratch,
               .seed = options.seed};
  for (const Step& step : kSteps) {
    if (!IsWanted(options, step.name)) continue;
    const Stopwatch watch;
    const absl::Status status = step.run(run);
    if (!status.ok()) {
      // What was measured until then is worth showing.
      run.figures.Write(context, {.items = estate.item_count(),
                                  .links = run.Graph().link_count(),
                                  .seed = options.seed,
                                  .server = report.server});
      return status;
    }
    context.Note(absl::StrFormat("%s: %.1f s", step.name, watch.Seconds()));
  }
  run.figures.Write(context, {.items = estate.item_count(),
                              .links = run.Graph().link_count(),
                              .seed = options.seed,
                              .server = report.server});
  return ExitCode::kOk;
}

}  // namespace

void AddBenchCommand(CLI::App& root, Invocation& invocation) {
  CLI::App& command = AddCommand(
      root, "bench", "Measure a server with an empty store and a made-up estate",
      "  kosei bench --cis 1000000\n"
      "  kosei bench --cis 1000000 --only impact,past    # again, on the store it filled\n"
      "  kosei bench --cis 1000000 --export estate       # as files for import, no server\n"
      "\n"
      "Fills the store, which must be empty and is of no other use afterwards. Each figure stands\n"
      "beside a limit that is measured in the same run: a loopback ping-pong, a plain search of\n"
      "the same graph in memory, a synced append. Run it on the server's own machine.");
  const auto options = Bind<BenchOptions>(command, invocation, RunBench);
  command.add_option("--cis", options->items, "size of the estate (default 100000)")
      ->type_name("N")
      ->check(CLI::Range(estate::kItemsMin, kItemsMax));
  command.add_option("--seed", options->seed, "another seed, another estate (default 1)")
      ->type_name("N");
  std::vector<std::string> names;
  for (const Step& step : kSteps) names.emplace_back(step.name);
  command
      .add_option(
          "--only", options->only,
          "some steps only: load, get, pipeline, query, impact, commit, past, boards, process")
      ->type_name("STEP,...")
      ->delimiter(',')
      ->check(OneOf(names));
  command
      .add_option("--scratch", options->scratch,
                  "folder on the server's device, for the synced append (default: temporary)")
      ->type_name("FOLDER")
      ->check(CLI::ExistingDirectory);
  command
      .add_option(
          "--export", options->export_folder,
          "write the estate into this folder as records.csv and links.csv, and\nmeasure nothing")
      ->type_name("FOLDER");
}

}  // namespace kosei::cli
