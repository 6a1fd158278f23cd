#include "debian/host.h"

#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "debian/archive.h"
#include "debian/installed.h"
#include "debian/sockets.h"
#include "debian/units.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli::debian {
namespace {

std::string Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\"'");
  if (first == std::string_view::npos) return "";
  return OneLine(text.substr(first, text.find_last_not_of(" \t\r\n\"'") - first + 1));
}

// KEY=value or "key : value" lines by key; the first of a name stays.
std::map<std::string, std::string> Settings(std::string_view text, char sign) {
  std::map<std::string, std::string> settings;
  ForEachLine(text, [&](std::string_view line) {
    const std::size_t at = line.find(sign);
    if (at != std::string_view::npos) {
      settings.emplace(Trimmed(line.substr(0, at)), Trimmed(line.substr(at + 1)));
    }
  });
  return settings;
}

struct Machine {
  std::map<std::string, std::string> os;  // etc/os-release
  std::string architecture;
  std::string kernel;
  std::int64_t cpus = 0;
  std::string cpu_model;
  std::int64_t memory_mib = 0;
};

Machine ReadMachine(const Root& root, const std::string& architecture) {
  Machine machine;
  machine.architecture = architecture;
  std::optional<std::string> release = root.Read("/etc/os-release");
  if (!release.has_value()) release = root.Read("/usr/lib/os-release");
  machine.os = Settings(release.value_or(""), '=');
  machine.kernel = Trimmed(root.Read("/proc/sys/kernel/osrelease").value_or(""));
  const std::string processors = root.Read("/proc/cpuinfo").value_or("");
  ForEachLine(processors, [&](std::string_view line) {
    machine.cpus += line.starts_with("processor") ? 1 : 0;
  });
  machine.cpu_model = Settings(processors, ':')["model name"];
  const std::string memory =
      Settings(root.Read("/proc/meminfo").value_or(""), ':')["MemTotal"];  // "16384 kB"
  std::int64_t kib = 0;
  std::from_chars(memory.data(), memory.data() + memory.size(), kib);
  machine.memory_mib = kib / 1024;
  return machine;
}

Item HostItem(const std::string& key, const std::string& host, Machine& machine) {
  Item item{.class_name = "Server", .key = key, .attributes = {}, .links = {}};
  item.Set("name", host);
  item.Set("hostname", host.substr(0, host.find('.')));
  if (host.find('.') != std::string::npos) item.Set("fqdn", host);
  item.Set("architecture", machine.architecture);
  item.Set("os", machine.os["NAME"]);
  item.Set("os_version", machine.os["VERSION_ID"]);
  item.Set("cpu_model", machine.cpu_model);
  if (machine.cpus > 0) item.attributes.emplace_back("cpu_count", Value(machine.cpus));
  if (machine.memory_mib > 0) item.attributes.emplace_back("memory_mib", Value(machine.memory_mib));
  return item;
}

Item SystemItem(const Estate& estate, const std::string& host, Machine& machine) {
  Item item{.class_name = "OperatingSystem", .key = "os:" + host, .attributes = {}, .links = {}};
  item.Set("name", machine.os["PRETTY_NAME"]);
  item.Set("version", machine.os["VERSION_ID"]);
  item.Set("vendor", machine.os["ID"]);
  item.Set("codename", machine.os["VERSION_CODENAME"]);
  item.Set("architecture", machine.architecture);
  item.Set("kernel_version", machine.kernel);
  item.Link(Relation::kRunsOn, estate.host_key);
  return item;
}

std::string UnitKey(const std::string& host, std::string_view unit) {
  return absl::StrFormat("unit:%s/%s", host, unit);
}

void AppendUnits(const std::vector<Unit>& units, const std::string& host, const FileOwners& owners,
                 Estate& estate) {
  for (const Unit& unit : units) {
    Item item{.class_name = "SystemdService",
              .key = UnitKey(host, unit.name),
              .attributes = {},
              .links = {}};
    item.Set("name", unit.name);
    item.Set("description", unit.description);
    item.Set("unit", unit.name);
    item.Set("load_state", unit.load_state);
    item.Set("active_state", unit.active_state);
    item.Set("sub_state", unit.sub_state);
    item.Set("enabled_state", unit.enabled_state);
    item.Set("fragment_path", unit.path);
    item.Set("run_as", unit.user);
    item.Link(Relation::kRunsOn, estate.host_key);
    std::string owner = owners.OwnerOf(unit.path);
    if (!owner.empty()) item.Link(Relation::kDependsOn, std::move(owner));
    estate.items.push_back(std::move(item));
  }
}

// User names by number, from etc/passwd.
std::map<std::string, std::string> Users(const Root& root) {
  std::map<std::string, std::string> users;
  ForEachLine(root.Read("/etc/passwd").value_or(""), [&](std::string_view line) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) return;
    const std::string_view rest = line.substr(second + 1);
    users.emplace(rest.substr(0, rest.find(':')), line.substr(0, first));
  });
  return users;
}

void AppendSockets(const Root& root, const std::vector<Socket>& sockets,
                   const std::vector<Unit>& units, const std::string& host,
                   const FileOwners& owners, Estate& estate) {
  std::set<std::string_view> unit_names;
  for (const Unit& unit : units) unit_names.insert(unit.name);
  std::map<std::string, std::string> users = Users(root);
  for (const Socket& socket : sockets) {
    const std::string place = absl::StrFormat("%s:%d", socket.address, socket.port);
    Item item{.class_name = "ListeningSocket",
              .key = absl::StrFormat("sock:%s/%s/%s", host, socket.protocol, place),
              .attributes = {},
              .links = {}};
    item.Set("name", absl::StrFormat("%s %s", socket.protocol, place));
    item.Set("protocol", socket.protocol);
    item.Set("local_address", socket.address);
    item.attributes.emplace_back("port", Value(std::int64_t{socket.port}));
    item.Set("process_name", socket.process);
    item.Set("run_as", users[std::to_string(socket.user)]);
    item.Link(Relation::kRunsOn, estate.host_key);
    std::string owner = owners.OwnerOf(socket.executable);
    if (unit_names.contains(socket.unit)) {
      item.Link(Relation::kDependsOn, UnitKey(host, socket.unit));
    } else if (!owner.empty()) {
      item.Link(Relation::kDependsOn, std::move(owner));
    }
    estate.items.push_back(std::move(item));
  }
}

}  // namespace

absl::StatusOr<std::string> HostName(const Root& root) {
  std::string name;
  if (root.is_this_machine()) {
    char buffer[256] = "";
    if (gethostname(buffer, sizeof buffer - 1) == 0) name = buffer;
  } else {
    name = Trimmed(root.Read("/etc/hostname").value_or(""));
  }
  if (!name.empty()) return name;
  return MakeError(ErrorCode::kInvalidArgument,
                   "import debian: the machine does not tell its name; give --host NAME", "--host");
}

absl::StatusOr<Estate> ReadEstate(const Root& root, const std::string& host) {
  Estate estate;
  estate.host_key = "host:" + host;
  KOSEI_ASSIGN_OR_RETURN(std::vector<Package> packages, ReadInstalled(root));
  const std::string native = NativeArchitecture(packages);
  const Installations installations(host, native, std::move(packages));

  Archive archive(native);
  KOSEI_RETURN_IF_ERROR(archive.Read(root, estate.notes));
  // What was installed by hand is in no list; its installation uses a package all the same.
  for (const Package& package : installations.packages()) archive.Add(package);
  archive.AppendTo(estate);

  Machine machine = ReadMachine(root, native);
  estate.host = HostItem(estate.host_key, host, machine);
  estate.items.push_back(SystemItem(estate, host, machine));
  installations.AppendTo(root, estate);

  const std::vector<Unit> units = ReadUnits(root, estate.notes);
  const std::vector<Socket> sockets = ReadSockets(root);
  FileOwners owners;
  for (const Unit& unit : units) {
    if (!unit.path.empty()) owners.Want(unit.path);
  }
  for (const Socket& socket : sockets) {
    if (!socket.executable.empty()) owners.Want(socket.executable);
  }
  owners.Look(root, installations);
  AppendUnits(units, host, owners, estate);
  AppendSockets(root, sockets, units, host, owners, estate);
  return estate;
}

}  // namespace kosei::cli::debian
