#include "offline_command.h"

#include <cstdio>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/strings/str_format.h"
#include "json_text.h"

namespace kosei::server {

void AddStoreOptions(CLI::App& app, StoreSettings& settings) {
  app.add_option("--data", settings.data, "folder of the store")->type_name("DIR")->required();
  app.add_option("--model", settings.model, "folder of the model's YAML files [the one installed]")
      ->type_name("DIR");
  app.add_option("--output", settings.output, "text or json [text]")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
}

std::optional<int> ReadWords(CLI::App& app, const std::vector<std::string>& arguments,
                             int could_not_run) {
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::Error& error) {
    const std::string& name = app.get_name();
    return Refuse(name, absl::StrFormat("%s (%s --help shows all options)", error.what(), name),
                  could_not_run);
  }
  return std::nullopt;
}

int Refuse(std::string_view command, std::string_view why, int code) {
  std::fputs(absl::StrFormat("%s: %s\n", command, why).c_str(), stderr);
  return code;
}

std::string JsonArray(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + JsonText(text);
  return "[" + out + "]";
}

}  // namespace kosei::server
