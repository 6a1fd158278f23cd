// The project's own files, as the tidy rules see them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kosei::tidy {

struct SourceFile {
  std::string path;                // from the project's root, with forward slashes
  std::vector<std::string> lines;  // without line ends
  std::vector<std::string> code;   // C++ only: comments and the insides of literals are blanks

  bool is_header() const { return path.ends_with(".h"); }
  bool is_cpp() const { return path.ends_with(".cc") || is_header(); }
  // All of `code`, joined with line feeds.
  std::string JoinedCode() const;
};

struct SourceTree {
  std::vector<SourceFile> files;   // text files only, ascending by path
  std::vector<std::string> paths;  // every file, binary ones too

  const SourceFile* Find(std::string_view path) const;
};

// What went against a rule, where, and the rule as a sentence.
struct Finding {
  std::string path;
  std::size_t line = 0;  // from 1 on; 0: the whole file
  std::string rule;
};
using Findings = std::vector<Finding>;

SourceFile MakeSourceFile(std::string path, std::string_view text);

// Everything below `root` that git tracks or would track; without git, everything but build/, data/
// and hidden folders.
SourceTree ReadTree(const std::string& root);

// The line (from 1 on) of a position in JoinedCode().
std::size_t LineOf(std::string_view joined, std::size_t position);

// Which layer a file belongs to: "storage", "cli" for client/cli, "examples" for client/examples,
// "tests", "bench"; empty for files outside every layer.
std::string LayerOf(std::string_view path);

// The layer when `path` is one of its public headers (<layer>/include/...), else nothing.
std::optional<std::string> PublicHeaderLayer(std::string_view path);

}  // namespace kosei::tidy
