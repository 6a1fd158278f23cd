// koseid: reads its options, opens the store, serves until SIGTERM or SIGINT.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "config.h"
#include "exit_code.h"
#include "kosei/base/error.h"
#include "kosei/model/definition.h"
#include "kosei/process/definitions.h"
#include "kosei/server/log.h"
#include "kosei/server/server.h"
#include "kosei/storage/engine.h"
#include "repair_command.h"
#include "restore_command.h"
#include "verify_command.h"

namespace kosei::server {
namespace {

std::optional<std::string> FromEnvironment(const std::string& name) {
  const char* const text = std::getenv(name.c_str());
  return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

// What came with the program: beside an installed one, or in the source tree that a built one
// belongs to. Both are found from where the program lies.
std::string ShippedFolder(const char* name, const char* from_program) {
  std::error_code ignored;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::filesystem::path installed =
      program.parent_path().parent_path() / "share" / "kosei" / name;
  if (std::filesystem::is_directory(installed, ignored)) return installed.string();
  return (program.parent_path() / from_program).lexically_normal().string();
}

std::string DefaultModelFolder() { return ShippedFolder("model", KOSEI_MODEL_FROM_PROGRAM); }

int Refuse(int code, std::string_view message) {
  std::fprintf(stderr, "koseid: %.*s\n", static_cast<int>(message.size()), message.data());
  return code;
}

// Signals that end the server wait for AwaitSignal; set before any thread starts, so that all
// threads leave them alone.
sigset_t BlockSignals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  sigaction(SIGHUP, &ignore, nullptr);
  return ending;
}

int AwaitSignal(const sigset_t& ending) {
  int signal = 0;
  while (sigwait(&ending, &signal) != 0) {
  }
  return signal;
}

int CheckConfig(const Config& config, std::vector<std::string> faults) {
  if (faults.empty()) {
    const auto model = model::ReadModel(config.model.empty() ? DefaultModelFolder() : config.model);
    if (!model.ok()) faults.emplace_back(MessageOf(model.status()));
    const absl::Status options = CheckServerOptions(ServerOptionsOf(config));
    if (!options.ok()) faults.emplace_back(MessageOf(options));
  }
  for (const std::string& fault : faults) std::printf("%s\n", fault.c_str());
  if (faults.empty()) std::printf("OK\n");
  return faults.empty() ? kExitOk : kExitUsage;
}

absl::StatusOr<std::unique_ptr<storage::Engine>> OpenStore(const Config& config,
                                                           model::ModelDefinition model, Log& log) {
  storage::EngineOptions options;
  options.folder = config.data;
  options.model = std::move(model);
  // The one that came with the program is for new stores: others have a model of their own.
  if (config.model.empty()) options.model_use = storage::ModelUse::kNewStoreOnly;
  options.watermark = config.watermark;
  options.free_bytes_min = config.free_bytes_min;
  options.scrub_period = config.scrub_period;
  options.on_trouble = [&log](const std::string& line) {
    log.Write(LogLevel::kError, "store_trouble", {{"what", line}});
  };
  return storage::Engine::Open(std::move(options));
}

int Serve(const Config& config, bool renew_admin_token) {
  absl::StatusOr<model::ModelDefinition> model =
      model::ReadModel(config.model.empty() ? DefaultModelFolder() : config.model);
  // Where none was named, the store's own will do, if it has one.
  std::string unread;
  if (!model.ok() && config.model.empty()) {
    unread = absl::StrFormat("; the one that came with the program cannot be read: %s",
                             MessageOf(model.status()));
    model = model::ModelDefinition();
  }
  if (!model.ok()) return Refuse(kExitUsage, MessageOf(model.status()));
  ServerOptions options = ServerOptionsOf(config);
  options.renew_admin_token = renew_admin_token;
  // A store with definitions of its own does not look at them.
  auto processes =
      process::ReadDefinitionFiles(ShippedFolder("process", KOSEI_PROCESS_FROM_PROGRAM));
  if (processes.ok()) options.process_definitions = *processes;
  const absl::Status checked = CheckServerOptions(options);
  if (!checked.ok()) return Refuse(kExitUsage, MessageOf(checked));

  const sigset_t ending = BlockSignals();
  Log log(config.log_level, config.log_format);
  if (!processes.ok()) {
    log.Write(LogLevel::kWarning, "process_definitions_unread",
              {{"why", std::string(MessageOf(processes.status()))}});
  }
  auto store = OpenStore(config, *std::move(model), log);
  if (!store.ok()) {
    const bool lacks_model = HasCode(store.status(), ErrorCode::kModelInvalid);
    return Refuse(ExitCodeOfStore(store.status()),
                  std::string(MessageOf(store.status())) + (lacks_model ? unread : ""));
  }
  auto server = Server::Start(options, *std::move(store), log);
  if (!server.ok()) return Refuse(ExitCodeOfStart(server.status()), MessageOf(server.status()));
  std::printf("ready %s\n", (*server)->address().c_str());
  if (!config.bolt_listen.empty()) std::printf("bolt %s\n", (*server)->bolt_address().c_str());
  std::fflush(stdout);

  const int signal = AwaitSignal(ending);
  log.Write(LogLevel::kInfo, "signal", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  (*server)->Stop();
  return kExitOk;
}

int Main(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments.front() == "verify") {
    return RunVerify({arguments.begin() + 1, arguments.end()}, DefaultModelFolder());
  }
  if (!arguments.empty() && arguments.front() == "repair") {
    return RunRepair({arguments.begin() + 1, arguments.end()}, DefaultModelFolder());
  }
  if (!arguments.empty() && arguments.front() == "restore") {
    return RunRestore({arguments.begin() + 1, arguments.end()});
  }
  const CommandLine line = ParseCommandLine(arguments);
  if (line.action == CommandLine::Action::kPrint) {
    std::printf("%s", line.text.c_str());
    return kExitOk;
  }
  if (line.action == CommandLine::Action::kRefuse) {
    std::fprintf(stderr, "%s\n", line.text.c_str());
    return kExitUsage;
  }
  Config config;
  std::vector<std::string> faults;
  const std::string config_file =
      line.config_file.empty() ? FromEnvironment("KOSEI_CONFIG").value_or("") : line.config_file;
  if (!config_file.empty()) ApplyFile(config_file, config, faults);
  ApplyEnvironment(FromEnvironment, config, faults);
  ApplyCommandLine(line, config, faults);
  if (line.action == CommandLine::Action::kCheckConfig) return CheckConfig(config, faults);
  for (const std::string& fault : faults) std::fprintf(stderr, "koseid: %s\n", fault.c_str());
  if (!faults.empty()) return kExitUsage;
  if (config.data.empty()) {
    return Refuse(kExitUsage,
                  "no data folder; give --data DIR, KOSEI_DATA, or data in the configuration file");
  }
  return Serve(config, line.renew_admin_token);
}

}  // namespace
}  // namespace kosei::server

int main(int argc, char** argv) {
  return kosei::server::Main(std::vector<std::string>(argv + 1, argv + argc));
}
