// Who may include what: our layers, and third-party headers, which the compiler finds anywhere.
#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "rules.h"

namespace kosei::tidy {
namespace {

struct Include {
  std::size_t line;
  std::string header;
  bool angle;
};

std::vector<Include> IncludesOf(const SourceFile& file) {
  std::vector<Include> includes;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    std::string_view line = file.code[i];
    if (!line.starts_with("#include")) continue;
    const std::size_t open = line.find_first_of("<\"");
    const std::size_t close = line.find_last_of(">\"");
    if (open == std::string_view::npos || close <= open) continue;
    includes.push_back({.line = i + 1,
                        .header = std::string(line.substr(open + 1, close - open - 1)),
                        .angle = line[open] == '<'});
  }
  return includes;
}

// Generated headers (cmake/kosei_flatbuffers.cmake) belong to the layer that owns their schema.
std::string LayerOfHeader(std::string_view header) {
  header.remove_prefix(std::string_view("kosei/").size());
  const std::string folder(header.substr(0, header.find('/')));
  if (folder == "record") return "base";
  if (folder == "wire") return "protocol";
  return folder;
}
bool IsGenerated(std::string_view header) { return header.ends_with("_generated.h"); }
bool IsOurs(std::string_view header) { return header.starts_with("kosei/"); }

struct Library {
  std::string_view name;
  std::string_view prefix;  // of its headers
};
constexpr std::array kLibraries = {
    Library{"absl", "absl/"},         Library{"boost", "boost/"},
    Library{"cli11", "CLI/"},         Library{"flatbuffers", "flatbuffers/"},
    Library{"openssl", "openssl/"},   Library{"re2", "re2/"},
    Library{"rocksdb", "rocksdb/"},   Library{"simdjson", "simdjson.h"},
    Library{"spdlog", "spdlog/"},     Library{"fmt", "fmt/"},
    Library{"toml++", "toml++/"},     Library{"utf8proc", "utf8proc.h"},
    Library{"icu", "unicode/"},       Library{"xxhash", "xxhash.h"},
    Library{"yaml-cpp", "yaml-cpp/"}, Library{"zlib", "zlib.h"},
    Library{"zstd", "zstd.h"},        Library{"libedit", "histedit.h"},
    Library{"libical", "libical/"},   Library{"curl", "curl/"},
};

// Headers of the C library and the kernel that are not C++ standard headers.
constexpr std::array<std::string_view, 24> kSystem = {
    "sys/",      "netinet/",   "arpa/",       "linux/",      "net/",     "sched.h",
    "unistd.h",  "fcntl.h",    "signal.h",    "poll.h",      "dirent.h", "pwd.h",
    "grp.h",     "netdb.h",    "spawn.h",     "malloc.h",    "time.h",   "termios.h",
    "pthread.h", "langinfo.h", "immintrin.h", "nmmintrin.h", "getopt.h", "ifaddrs.h"};

// Nothing for a standard or system header; "unknown" for one that no table knows.
std::optional<std::string> LibraryOf(const Include& include) {
  for (const Library& library : kLibraries) {
    if (include.header.starts_with(library.prefix)) return std::string(library.name);
  }
  if (!include.angle) return std::nullopt;  // a private header of the layer itself
  if (include.header.find_first_of("./") == std::string::npos) return std::nullopt;
  for (const std::string_view prefix : kSystem) {
    if (include.header.starts_with(prefix)) return std::nullopt;
  }
  return "unknown";
}

struct Permission {
  std::string_view layer;
  std::string_view libraries;  // separated by blanks
};
constexpr std::array kPermissions = {
    Permission{"base", "absl openssl flatbuffers utf8proc"},
    Permission{"protocol", "absl flatbuffers"},
    Permission{"model", "absl yaml-cpp re2"},
    Permission{"storage", "absl rocksdb xxhash flatbuffers simdjson icu"},
    Permission{"language", "absl re2"},
    Permission{"query", "absl"},
    Permission{"process", "absl yaml-cpp libical"},
    Permission{"server", "absl boost openssl flatbuffers spdlog cli11 toml++ curl"},
    Permission{"client", "absl boost openssl flatbuffers"},
    Permission{"cli", "absl cli11 libedit simdjson zlib zstd utf8proc"},
    Permission{"examples", "absl"},
    Permission{"estate", "absl"},
};

const Permission* PermissionOf(std::string_view layer) {
  const auto found = std::ranges::find(kPermissions, layer, &Permission::layer);
  return found == kPermissions.end() ? nullptr : &*found;
}
bool Names(std::string_view list, std::string_view word) {
  const std::string padded = " " + std::string(list) + " ";
  return padded.find(" " + std::string(word) + " ") != std::string::npos;
}

}  // namespace

LayerTable ReadLayerTable(const SourceFile& cmake) {
  LayerTable table;
  const std::string_view start = "set(KOSEI_MAY_USE_";
  for (std::string line : cmake.lines) {
    if (!line.starts_with(start) || line.find(')') == std::string::npos) continue;
    line = line.substr(start.size(), line.find(')') - start.size());
    std::erase(line, '"');
    std::istringstream words(line);
    std::string layer;
    words >> layer;
    std::set<std::string>& allowed = table[layer];
    for (std::string word; words >> word;) allowed.insert(word);
  }
  table["examples"] = {"base", "client"};
  return table;
}

Findings LayerIncludes(const SourceFile& file, const LayerTable& table) {
  Findings findings;
  const std::string layer = LayerOf(file.path);
  if (!file.is_cpp() || !table.contains(layer)) return findings;
  const std::set<std::string>& allowed = table.at(layer);
  for (const Include& include : IncludesOf(file)) {
    if (!IsOurs(include.header)) continue;
    const std::string used = LayerOfHeader(include.header);
    if (used == layer || allowed.contains(used)) continue;
    std::string list;
    for (const std::string& name : allowed) list += (list.empty() ? "" : ", ") + name;
    findings.push_back({file.path, include.line,
                        "layer '" + layer + "' may include " + (list.empty() ? "no layer" : list) +
                            ", not '" + used + "' (" + include.header +
                            "); the table is in cmake/kosei_library.cmake"});
  }
  return findings;
}

Findings ThirdPartyIncludes(const SourceFile& file) {
  Findings findings;
  const std::string layer = LayerOf(file.path);
  const Permission* permission = PermissionOf(layer);
  if (!file.is_cpp() || permission == nullptr) return findings;
  for (const Include& include : IncludesOf(file)) {
    if (IsOurs(include.header)) continue;
    const std::optional<std::string> library = LibraryOf(include);
    if (!library || Names(permission->libraries, *library)) continue;
    findings.push_back({file.path, include.line,
                        "layer '" + layer + "' may use the libraries " +
                            std::string(permission->libraries) + ", not " + *library + " (" +
                            include.header + "); the table is in tests/tidy/include_rules.cc"});
  }
  return findings;
}

Findings PublicHeaderIncludes(const SourceFile& file) {
  Findings findings;
  if (!PublicHeaderLayer(file.path)) return findings;
  // Opening a message is a template over generated tables, so this one header shows FlatBuffers.
  const bool shows_flatbuffers = file.path == "protocol/include/kosei/protocol/messages.h";
  for (const Include& include : IncludesOf(file)) {
    std::optional<std::string> library = LibraryOf(include);
    if (IsOurs(include.header)) {
      library =
          IsGenerated(include.header) ? std::optional<std::string>("flatbuffers") : std::nullopt;
    }
    if (!library || *library == "absl") continue;
    if (shows_flatbuffers && *library == "flatbuffers") continue;
    findings.push_back({file.path, include.line,
                        "a public header may include third-party headers of absl only, not " +
                            include.header + "; move it into a .cc or a private header"});
  }
  return findings;
}

Findings UmbrellaHeaders(const SourceFile& file) {
  Findings findings;
  for (const Include& include : IncludesOf(file)) {
    if (include.header != "boost/asio.hpp" && include.header != "boost/asio/ssl.hpp") continue;
    findings.push_back({file.path, include.line,
                        include.header + " is an umbrella of more than 100,000 lines; include the "
                                         "single headers that are used"});
  }
  return findings;
}

Findings UninstrumentedLocks(const SourceFile& file) {
  Findings findings;
  for (const Include& include : IncludesOf(file)) {
    if (!include.header.starts_with("absl/synchronization/")) continue;
    findings.push_back({file.path, include.line,
                        "use the locks of kosei/base/mutex.h, not " + include.header +
                            ": Abseil's library was built without ThreadSanitizer, which then "
                            "reports races where there are none"});
  }
  return findings;
}

}  // namespace kosei::tidy
