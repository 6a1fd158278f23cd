#include "debian/units.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "debian/child_process.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli::debian {
namespace {

constexpr std::string_view kService = ".service";
// The first folder that has a unit wins.
constexpr std::string_view kFolders[] = {"/etc/systemd/system", "/run/systemd/system",
                                         "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                         "/lib/systemd/system"};

bool IsTemplate(std::string_view name) { return name.find("@.") != std::string_view::npos; }

// The value of the last "Key=value" line; empty when there is none.
std::string Setting(std::string_view text, std::string_view key) {
  std::string value;
  ForEachLine(text, [&](std::string_view line) {
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == '=') {
      value = OneLine(line.substr(key.size() + 1));
    }
  });
  return value;
}

// Names that something under /etc/systemd/system wants at boot.
std::set<std::string> EnabledUnits(const Root& root) {
  std::set<std::string> enabled;
  for (const std::string& folder : root.List(kFolders[0])) {
    if (!folder.ends_with(".wants") && !folder.ends_with(".requires")) continue;
    for (const std::string& name : root.List(absl::StrFormat("%s/%s", kFolders[0], folder))) {
      enabled.insert(name);
    }
  }
  return enabled;
}

enum class FileKind { kUnit, kAlias, kMasked };
FileKind KindOf(const std::string& path, const std::string& name) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return FileKind::kUnit;
  const std::filesystem::path target = std::filesystem::read_symlink(path, error);
  if (target == "/dev/null") return FileKind::kMasked;
  return target.filename() == name ? FileKind::kUnit : FileKind::kAlias;
}

Unit DescribeUnit(const Root& root, std::string_view folder, const std::string& name, FileKind kind,
                  const std::set<std::string>& enabled) {
  Unit unit;
  unit.name = name;
  unit.path = absl::StrFormat("%s/%s", folder, name);
  if (kind == FileKind::kMasked) {
    unit.load_state = "masked";
    unit.enabled_state = "masked";
    return unit;
  }
  const std::string text = root.Read(unit.path).value_or("");
  unit.description = Setting(text, "Description");
  unit.user = Setting(text, "User");
  unit.enabled_state = enabled.contains(name)                          ? "enabled"
                       : text.find("\n[Install]") == std::string::npos ? "static"
                                                                       : "disabled";
  return unit;
}

absl::StatusOr<std::string> ReadAll(absl::StatusOr<std::unique_ptr<ByteSource>> source) {
  if (!source.ok()) return source.status();
  std::string text;
  std::string part(64U << 10, '\0');
  for (;;) {
    KOSEI_ASSIGN_OR_RETURN(const std::size_t got, (*source)->Read(part.data(), part.size()));
    if (got == 0) return text;
    text.append(part, 0, got);
  }
}

// Fills in the states of a running systemd.
void AskSystemctl(const Root& root, std::map<std::string, Unit>& units,
                  std::vector<std::string>& notes) {
  std::error_code error;
  if (!root.is_this_machine()) return;
  if (!std::filesystem::exists("/run/systemd/system", error)) {
    notes.emplace_back("systemd does not run here: services are listed without their states");
    return;
  }
  const absl::StatusOr<std::string> answer =
      ReadAll(OpenProgram({"systemctl", "list-units", "--type=service", "--all", "--plain",
                           "--no-legend", "--no-pager", "--full"}));
  if (!answer.ok()) {
    notes.push_back(
        absl::StrFormat("states of services were not read: %s", MessageOf(answer.status())));
    return;
  }
  ForEachLine(*answer, [&](std::string_view line) {
    Unit said = ParseUnitLine(line);
    if (said.name.empty() || said.load_state == "not-found") return;
    Unit& unit = units[said.name];
    unit.name = said.name;
    unit.load_state = said.load_state;
    unit.active_state = said.active_state;
    unit.sub_state = said.sub_state;
    if (unit.description.empty()) unit.description = said.description;
    const std::size_t at = unit.name.find('@');
    for (const std::string_view folder : kFolders) {
      if (!unit.path.empty() || at == std::string::npos) break;
      const std::string path =
          absl::StrFormat("%s/%s@%s", folder, unit.name.substr(0, at), kService);
      if (std::filesystem::exists(root.Path(path), error)) unit.path = path;
    }
  });
}

}  // namespace

Unit ParseUnitLine(std::string_view line) {
  const std::vector<std::string_view> words = Words(line);
  Unit unit;
  if (words.size() < 4 || !words[0].ends_with(kService)) return unit;
  unit.name = std::string(words[0]);
  unit.load_state = std::string(words[1]);
  unit.active_state = std::string(words[2]);
  unit.sub_state = std::string(words[3]);
  if (words.size() > 4) {
    const auto offset = static_cast<std::size_t>(words[4].data() - line.data());
    unit.description = OneLine(line.substr(offset));
  }
  return unit;
}

std::vector<Unit> ReadUnits(const Root& root, std::vector<std::string>& notes) {
  const std::set<std::string> enabled = EnabledUnits(root);
  std::map<std::string, Unit> units;
  for (const std::string_view folder : kFolders) {
    for (const std::string& name : root.List(folder)) {
      if (!name.ends_with(kService) || IsTemplate(name) || units.contains(name)) continue;
      const FileKind kind = KindOf(root.Path(absl::StrFormat("%s/%s", folder, name)), name);
      if (kind == FileKind::kAlias) continue;
      units.emplace(name, DescribeUnit(root, folder, name, kind, enabled));
    }
  }
  AskSystemctl(root, units, notes);
  std::vector<Unit> sorted;
  for (auto& [name, unit] : units) sorted.push_back(std::move(unit));
  return sorted;
}

}  // namespace kosei::cli::debian
