#include "debian/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"

namespace kosei::cli::debian {
namespace {

template <typename Number>
bool ReadNumber(std::string_view text, int base, Number& number) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base);
  return result.ec == std::errc() && result.ptr == end;
}

// The kernel prints each 32-bit word of an address as a number of its own byte order.
std::string AddressOf(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 8 <= hex.size(); at += 8) {
    std::uint32_t word = 0;
    if (!ReadNumber(hex.substr(at, 8), 16, word)) return "";
    char raw[sizeof word];
    std::memcpy(raw, &word, sizeof word);
    bytes.append(raw, sizeof word);
  }
  char text[INET6_ADDRSTRLEN] = "";
  if (bytes.size() == sizeof(in_addr)) {
    inet_ntop(AF_INET, bytes.data(), text, sizeof text);
    return text;
  }
  if (bytes.size() != sizeof(in6_addr)) return "";
  inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return absl::StrFormat("[%s]", text);
}

struct Process {
  std::string name;
  std::string executable;
  std::string unit;
};

// "0::/system.slice/ssh.service"
std::string UnitOf(std::string_view control_groups) {
  std::string unit;
  ForEachLine(control_groups, [&](std::string_view line) {
    const std::size_t slash = line.rfind('/');
    const std::string_view last =
        slash == std::string_view::npos ? std::string_view() : line.substr(slash + 1);
    if (last.ends_with(".service")) unit = std::string(last);
  });
  return unit;
}

Process Describe(const Root& root, const std::string& folder) {
  Process process;
  process.name = OneLine(root.Read(folder + "/comm").value_or(""));
  process.name.erase(process.name.find_last_not_of(' ') + 1);
  std::error_code error;
  process.executable = std::filesystem::read_symlink(root.Path(folder + "/exe"), error).string();
  constexpr std::string_view kDeleted = " (deleted)";  // updated since it was started
  if (process.executable.ends_with(kDeleted)) {
    process.executable.resize(process.executable.size() - kDeleted.size());
  }
  process.unit = UnitOf(root.Read(folder + "/cgroup").value_or(""));
  return process;
}

bool IsNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Fills in the process of each socket whose inode one of the open files of a process names.
void FindProcesses(const Root& root, std::vector<Socket>& sockets) {
  absl::flat_hash_map<std::string, std::vector<Socket*>> wanted;
  for (Socket& socket : sockets) {
    if (socket.inode != 0) wanted[absl::StrFormat("socket:[%d]", socket.inode)].push_back(&socket);
  }
  for (const std::string& pid : root.List("/proc")) {
    if (wanted.empty()) return;
    if (!IsNumber(pid)) continue;
    const std::string folder = "/proc/" + pid;
    std::optional<Process> process;
    for (const std::string& file : root.List(folder + "/fd")) {
      std::error_code error;
      const std::string target =
          std::filesystem::read_symlink(root.Path(folder + "/fd/" + file), error).string();
      const auto found = wanted.find(target);
      if (error || found == wanted.end()) continue;
      if (!process.has_value()) process = Describe(root, folder);
      for (Socket* const socket : found->second) {
        socket->process = process->name;
        socket->executable = process->executable;
        socket->unit = process->unit;
      }
      wanted.erase(found);
    }
  }
}

}  // namespace

std::vector<Socket> ParseSockets(std::string_view text, std::string_view protocol) {
  const bool tcp = protocol == "tcp";
  const std::string_view state = tcp ? "0A" : "07";  // listening; bound
  std::vector<Socket> sockets;
  ForEachLine(text, [&](std::string_view line) {
    const std::vector<std::string_view> words = Words(line);
    constexpr std::size_t kInode = 9;
    if (words.size() <= kInode || words[3] != state) return;
    const std::size_t colon = words[1].find(':');
    if (colon == std::string_view::npos) return;
    Socket socket;
    socket.protocol = std::string(protocol);
    socket.address = AddressOf(words[1].substr(0, colon));
    const bool numbers = ReadNumber(words[1].substr(colon + 1), 16, socket.port) &&
                         ReadNumber(words[7], 10, socket.user) &&
                         ReadNumber(words[kInode], 10, socket.inode);
    if (numbers && !socket.address.empty()) sockets.push_back(std::move(socket));
  });
  return sockets;
}

std::vector<Socket> ReadSockets(const Root& root) {
  // Several processes may share one address: one record is enough.
  std::map<std::string, Socket> known;
  for (const char* const table : {"tcp", "tcp6", "udp", "udp6"}) {
    const std::string protocol = std::string(table).substr(0, 3);
    const std::string text = root.Read(absl::StrFormat("/proc/net/%s", table)).value_or("");
    for (Socket& socket : ParseSockets(text, protocol)) {
      const std::string name = absl::StrFormat("%s/%s:%d", protocol, socket.address, socket.port);
      known.emplace(name, std::move(socket));
    }
  }
  std::vector<Socket> sockets;
  for (auto& [name, socket] : known) sockets.push_back(std::move(socket));
  FindProcesses(root, sockets);
  return sockets;
}

}  // namespace kosei::cli::debian
