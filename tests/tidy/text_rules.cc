// Size and alphabet of files, and what no tracked text may contain. The forbidden words are put
// together from parts here, so that this file does not contain them either.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "rules.h"

namespace kosei::tidy {
namespace {

constexpr std::size_t kColumnsMax = 100;

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Characters, not bytes, so that Japanese string data counts as people see it.
std::size_t ColumnsOf(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Findings LinesWithAny(const SourceFile& file, const std::vector<std::string>& words,
                      const std::string& rule) {
  Findings findings;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    for (const std::string& word : words) {
      if (file.lines[i].find(word) != std::string::npos) {
        findings.push_back({file.path, i + 1, rule + " (" + word + ")"});
      }
    }
  }
  return findings;
}

bool IsLicence(const SourceFile& file) { return file.path == "LICENSE"; }

}  // namespace

Findings LongFiles(const SourceFile& file) {
  if (!file.is_cpp()) return {};
  const std::size_t lines_max = LayerOf(file.path) == "tests" ? 800 : 500;
  if (file.lines.size() <= lines_max) return {};
  return {{file.path, 0,
           "a file has at most " + std::to_string(lines_max) + " lines; this one has " +
               std::to_string(file.lines.size()) + ": split it by responsibility"}};
}

Findings LongLines(const SourceFile& file) {
  Findings findings;
  if (!file.is_cpp()) return findings;
  bool table = false;  // a table of data keeps one row a line
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (line.find("// clang-format off") != std::string::npos) table = true;
    if (line.find("// clang-format on") != std::string::npos) table = false;
    // What stands inside a raw string cannot be broken.
    const bool comment = line.find_first_not_of(' ') == line.find("//");
    const bool blank = file.code[i].find_first_not_of(' ') == std::string::npos;
    const bool raw_string = (blank && !comment) || line.find("R\"") != std::string::npos;
    if (ColumnsOf(line) > kColumnsMax && !raw_string && !table) {
      findings.push_back({file.path, i + 1, "a line has at most 100 columns"});
    }
  }
  return findings;
}

Findings NonAscii(const SourceFile& file) {
  Findings findings;
  if (!file.is_cpp()) return findings;
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::size_t comment = file.lines[i].find("//");
    const bool in_comment = comment != std::string::npos &&
                            file.code[i].find("//") == std::string::npos &&
                            file.lines[i].find('"') == std::string::npos &&
                            !std::ranges::all_of(file.lines[i].substr(comment), ascii);
    if (in_comment || !std::ranges::all_of(file.code[i], ascii)) {
      findings.push_back(
          {file.path, i + 1,
           "code and comments are ASCII; other letters belong into string literals"});
    }
  }
  return findings;
}

Findings LeftoverMarkers(const SourceFile& file) {
  Findings findings;
  const std::array<std::string, 4> markers = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                              std::string("XX") + "X", std::string("HA") + "CK"};
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    for (const std::string& marker : markers) {
      const std::size_t at = line.find(marker);
      if (at == std::string::npos || (at > 0 && IsWordCharacter(line[at - 1]))) continue;
      const std::size_t end = at + marker.size();
      if (end < line.size() && IsWordCharacter(line[end])) continue;
      findings.push_back(
          {file.path, i + 1, "finish it, or write an issue: no " + marker + " stays"});
    }
  }
  return findings;
}

Findings RegistryHosts(const SourceFile& file) {
  if (IsLicence(file)) return {};
  const std::string dot = ".";
  const std::vector<std::string> hosts = {"pypi" + dot + "org",
                                          "pythonhosted" + dot + "org",
                                          "npmjs" + dot + "org",
                                          "npmjs" + dot + "com",
                                          "yarnpkg" + dot + "com",
                                          "crates" + dot + "io",
                                          "rubygems" + dot + "org",
                                          "maven" + dot + "org",
                                          "maven.apache" + dot + "org",
                                          "golang" + dot + "org",
                                          "deb.debian" + dot + "org",
                                          "security.debian" + dot + "org",
                                          "snapshot.debian" + dot + "org",
                                          "archive.ubuntu" + dot + "com",
                                          "apt.llvm" + dot + "org",
                                          "docker" + dot + "io",
                                          "docker" + dot + "com",
                                          "ghcr" + dot + "io",
                                          "quay" + dot + "io",
                                          "nuget" + dot + "org",
                                          "conan" + dot + "io"};
  return LinesWithAny(
      file, hosts,
      "no package registry's host in the tree: packages come from the machine's own "
      "configuration");
}

Findings MachinePaths(const SourceFile& file) {
  Findings findings;
  if (IsLicence(file)) return findings;
  const std::string slash = "/";
  const std::array<std::string, 8> roots = {slash + "home",   slash + "root",  slash + "work",
                                            slash + "farm",   slash + "Users", slash + "workspace",
                                            slash + "builds", slash + "mnt"};
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    for (const std::string& root : roots) {
      for (std::size_t at = line.find(root); at != std::string::npos;
           at = line.find(root, at + 1)) {
        const char before = at == 0 ? ' ' : line[at - 1];
        const bool starts = !IsWordCharacter(before) && before != '.' && before != '~' &&
                            before != '}' && before != ')' && before != '-' && before != '*';
        const std::size_t end = at + root.size();
        const bool ends = end == line.size() || !IsWordCharacter(line[end]);
        const bool slash_only = end + 1 < line.size() && line[end] == '/';
        if (!starts || !ends || !slash_only) continue;
        findings.push_back(
            {file.path, i + 1,
             "no path of one machine in the tree (" + root +
                 "/...): write it relative to the project, or take it as an option"});
      }
    }
  }
  return findings;
}

}  // namespace kosei::tidy
