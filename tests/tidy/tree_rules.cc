// Rules about files together: documents that nobody finds, links that lead nowhere, sources that no
// target builds, headers that nothing includes.
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rules.h"

namespace kosei::tidy {
namespace {

bool IsDocument(const SourceFile& file) { return file.path.ends_with(".md"); }

struct Link {
  std::size_t line;
  std::string target;  // from the project's root
};

// Relative links of a Markdown file: [text](target) outside of code fences.
std::vector<Link> LinksOf(const SourceFile& file) {
  std::vector<Link> links;
  const std::filesystem::path folder = std::filesystem::path(file.path).parent_path();
  bool fenced = false;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (line.starts_with("```")) fenced = !fenced;
    if (fenced) continue;
    for (std::size_t at = line.find("]("); at != std::string::npos; at = line.find("](", at + 1)) {
      std::string target = line.substr(at + 2, line.find(')', at) - at - 2);
      target = target.substr(0, target.find_first_of("# "));
      if (target.empty() || target.find("://") != std::string::npos) continue;
      links.push_back({i + 1, (folder / target).lexically_normal().generic_string()});
    }
  }
  return links;
}

// Whether `cmake` (in `folder`) names the source: by its path, or by its stem where the name is put
// together from a loop's variable.
bool Lists(const SourceFile& cmake, const std::string& relative) {
  const std::string stem = std::filesystem::path(relative).stem().string();
  bool loop = false;
  for (const std::string& line : cmake.lines) {
    if (line.find("}.cc") != std::string::npos) loop = true;
  }
  const std::string separators = " \t()\"";
  for (const std::string& line : cmake.lines) {
    for (const std::string& name : {relative, loop ? stem : relative}) {
      for (std::size_t at = line.find(name); at != std::string::npos;
           at = line.find(name, at + 1)) {
        const bool starts = at == 0 || separators.find(line[at - 1]) != std::string::npos ||
                            line.substr(0, at).ends_with("_SOURCE_DIR}/");
        const std::size_t end = at + name.size();
        const bool ends = end == line.size() || separators.find(line[end]) != std::string::npos;
        if (starts && ends) return true;
      }
    }
  }
  return false;
}

using CMakeFiles = std::map<std::string, const SourceFile*>;  // by folder

CMakeFiles CMakeFilesOf(const SourceTree& tree) {
  CMakeFiles result;
  for (const SourceFile& file : tree.files) {
    const std::filesystem::path path(file.path);
    if (path.filename() == "CMakeLists.txt") result[path.parent_path().generic_string()] = &file;
  }
  return result;
}

// Whether the CMakeLists.txt of its folder or of one above names it.
bool IsListed(const CMakeFiles& cmakes, const std::string& path) {
  for (auto folder = std::filesystem::path(path).parent_path();; folder = folder.parent_path()) {
    const auto cmake = cmakes.find(folder.generic_string());
    const std::string relative =
        std::filesystem::path(path).lexically_relative(folder).generic_string();
    const std::string from_root = folder.empty() ? path : relative;
    if (cmake != cmakes.end() && Lists(*cmake->second, from_root)) return true;
    if (folder.empty()) return false;
  }
}

}  // namespace

Findings UnlinkedDocuments(const SourceTree& tree) {
  std::set<std::string> linked;
  for (const SourceFile& file : tree.files) {
    const bool reachable = file.path == "README.md" || file.path == "CONTRIBUTING.md" ||
                           file.path.starts_with("docs/");
    if (!IsDocument(file) || !reachable) continue;
    for (const Link& link : LinksOf(file)) {
      if (link.target != file.path) linked.insert(link.target);
    }
  }
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!IsDocument(file) || !file.path.starts_with("docs/") || linked.contains(file.path))
      continue;
    findings.push_back({file.path, 0,
                        "nobody finds a document that nothing links to: link it from README.md or "
                        "from another document"});
  }
  return findings;
}

Findings DeadLinks(const SourceTree& tree) {
  std::set<std::string> known(tree.paths.begin(), tree.paths.end());
  for (const std::string& path : tree.paths) {
    for (auto folder = std::filesystem::path(path).parent_path(); !folder.empty();
         folder = folder.parent_path()) {
      known.insert(folder.generic_string());
      known.insert(folder.generic_string() + "/");
    }
  }
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!IsDocument(file)) continue;
    for (const Link& link : LinksOf(file)) {
      if (known.contains(link.target)) continue;
      findings.push_back({file.path, link.line, "this link leads nowhere: " + link.target});
    }
  }
  return findings;
}

Findings TitlesOfDocuments(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!IsDocument(file)) continue;
    std::size_t titles = 0;
    bool fenced = false;
    for (const std::string& line : file.lines) {
      if (line.starts_with("```")) fenced = !fenced;
      if (!fenced && line.starts_with("# ")) ++titles;
    }
    if (titles != 1) {
      findings.push_back(
          {file.path, 1,
           "a document has one title (a line with one #); this one has " + std::to_string(titles)});
    }
  }
  return findings;
}

Findings UnlistedSources(const SourceTree& tree) {
  const CMakeFiles cmakes = CMakeFilesOf(tree);
  Findings findings;
  for (const SourceFile& file : tree.files) {
    const bool wanted = file.path.ends_with(".cc") || PublicHeaderLayer(file.path);
    if (wanted && !IsListed(cmakes, file.path)) {
      findings.push_back(
          {file.path, 0, "no CMakeLists.txt names this file, so nothing builds or checks it"});
    }
  }
  return findings;
}

Findings UnusedHeaders(const SourceTree& tree) {
  constexpr std::string_view kInclude = "#include \"";
  const CMakeFiles cmakes = CMakeFilesOf(tree);
  std::set<std::string> included;  // as written
  for (const SourceFile& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (const std::string& line : file.lines) {
      if (!line.starts_with(kInclude)) continue;
      const std::string rest = line.substr(kInclude.size());
      included.insert(rest.substr(0, rest.find('"')));
    }
  }
  Findings findings;
  for (const SourceFile& file : tree.files) {
    if (!file.is_header() || PublicHeaderLayer(file.path)) continue;
    bool used = included.contains(file.path);
    for (std::size_t at = file.path.find('/'); !used && at != std::string::npos;
         at = file.path.find('/', at + 1)) {
      used = included.contains(file.path.substr(at + 1));
    }
    // What a CMakeLists.txt names is precompiled.
    used = used || IsListed(cmakes, file.path);
    if (!used) findings.push_back({file.path, 0, "nothing includes this header: remove it"});
  }
  return findings;
}

}  // namespace kosei::tidy
