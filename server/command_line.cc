#include <algorithm>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_format.h"
#include "config.h"
#include "kosei/base/error.h"
#include "version.h"

namespace kosei::server {
namespace {

constexpr const char* kFooter =
    R"(Every option is also a variable (--io-threads: KOSEI_IO_THREADS) and a key of the file
(io_threads = 2). A flag beats a variable, a variable beats the file.

Examples:
  koseid --data /var/lib/kosei
      serve this machine; the first start writes /var/lib/kosei/admin.token
  koseid --data ./data --listen 127.0.0.1:0
      on a free port; the line "ready ADDRESS:PORT" on standard output names it
  koseid --config /etc/kosei/koseid.toml --check-config
      look at the options, the model and the certificate, and serve nothing
  koseid --data /var/lib/kosei --listen 0.0.0.0:7421 --tls-cert kosei.crt --tls-key kosei.key
      serve the network, with TLS 1.3
  koseid verify --data /var/lib/kosei
      say whether a store that nobody serves is sound (koseid verify --help)
  koseid repair --data /var/lib/kosei --dry-run
      say what would mend a store that is damaged (koseid repair --help)
  koseid restore --from /backup/kosei --data /var/lib/kosei
      make a data folder of a backup (koseid restore --help)

Exit codes: 0 stopped as asked; 2 options, configuration, model or certificate; 69 the address
cannot be listened on; 70 internal; 73 the data folder is in use or cannot be used; 74 the store is
damaged or lacks acknowledged commits; 76 the data folder is of a newer format.)";

std::vector<std::string> KnownFlags() {
  std::vector<std::string> flags = {"--help", "--version", "--config", "--check-config",
                                    "--renew-admin-token"};
  for (const OptionSpec& option : OptionTable()) flags.push_back(FlagOf(option));
  return flags;
}

CommandLine Refuse(std::string why) {
  CommandLine line;
  line.action = CommandLine::Action::kRefuse;
  line.text = std::move(why) + " (koseid --help shows all options)";
  return line;
}

CommandLine Print(std::string text) {
  CommandLine line;
  line.action = CommandLine::Action::kPrint;
  line.text = std::move(text);
  return line;
}

std::string UnknownArgument(const std::vector<std::string>& extras) {
  const auto flag = std::find_if(extras.begin(), extras.end(),
                                 [](const std::string& extra) { return extra.starts_with('-'); });
  if (flag == extras.end()) {
    return absl::StrFormat("koseid: unexpected argument \"%s\"; options begin with --",
                           extras.front());
  }
  const std::string name = flag->substr(0, flag->find('='));
  return absl::StrFormat("koseid: unknown option \"%s\"%s", name, Suggestion(name, KnownFlags()));
}

}  // namespace

CommandLine ParseCommandLine(const std::vector<std::string>& arguments) {
  CLI::App app("koseid: the kosei configuration management database server", "koseid");
  app.footer(kFooter);
  app.allow_extras();
  CommandLine line;
  bool version = false;
  bool check_config = false;
  std::vector<std::string> texts(OptionTable().size());
  std::vector<CLI::Option*> options;
  try {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const OptionSpec& spec = OptionTable()[i];
      options.push_back(app.add_option(FlagOf(spec), texts[i], std::string(spec.help))
                            ->type_name(std::string(spec.value)));
    }
    CLI::Option* const config =
        app.add_option("--config", line.config_file, "TOML file with any of these options")
            ->type_name("FILE");
    app.add_flag("--check-config", check_config, "print OK or every fault, and serve nothing");
    app.add_flag("--renew-admin-token", line.renew_admin_token,
                 "replace the token called admin and write DATA/admin.token anew");
    app.add_flag("--version", version, "print the version");
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
    if (version) return Print(std::string(kServerVersion) + "\n");
    if (!app.remaining().empty()) return Refuse(UnknownArgument(app.remaining()));
    if (config->count() > 0 && line.config_file.empty()) {
      return Refuse("koseid: --config: the name of a file is missing");
    }
  } catch (const CLI::CallForHelp&) {
    return Print(app.help());
  } catch (const CLI::Error& error) {
    return Refuse(absl::StrFormat("koseid: %s", error.what()));
  }
  if (check_config) line.action = CommandLine::Action::kCheckConfig;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (options[i]->count() > 0) line.values.emplace_back(&OptionTable()[i], texts[i]);
  }
  return line;
}

void ApplyCommandLine(const CommandLine& line, Config& config, std::vector<std::string>& faults) {
  for (const auto& [option, text] : line.values) {
    const absl::Status applied = option->apply(config, text);
    if (!applied.ok()) {
      faults.push_back(absl::StrFormat("%s: %s", FlagOf(*option), MessageOf(applied)));
    }
  }
}

}  // namespace kosei::server
