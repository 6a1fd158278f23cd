// What the commands share that koseid runs on a folder which nobody serves: verify, repair,
// restore.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace kosei::server {

// --data, --model, --output.
struct StoreSettings {
  std::string data;
  std::string model;
  std::string output = "text";  // or "json"
};
void AddStoreOptions(CLI::App& app, StoreSettings& settings);

// Reads the words after the command, whose name the app has. nullopt: go on; otherwise the exit
// code: 0 after help was shown, `could_not_run` after a word was wrong and the user was told.
std::optional<int> ReadWords(CLI::App& app, const std::vector<std::string>& arguments,
                             int could_not_run);

// Tells why, on standard error; answers `code`.
int Refuse(std::string_view command, std::string_view why, int code);

// ["...", "..."]
std::string JsonArray(const std::vector<std::string>& texts);

}  // namespace kosei::server
