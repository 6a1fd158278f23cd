#include "source_tree.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

namespace kosei::tidy {
namespace {

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

// Blanks comments and the insides of string and character literals, keeping every position.
class CodeMask {
 public:
  explicit CodeMask(std::string_view text) : text_(text), masked_(text) {}

  std::string Run() {
    while (at_ < text_.size()) Step();
    return std::move(masked_);
  }

 private:
  bool Here(std::string_view expected) const { return text_.substr(at_).starts_with(expected); }
  void BlankUntil(std::size_t end) {
    for (; at_ < std::min(end, text_.size()); ++at_) {
      if (masked_[at_] != '\n') masked_[at_] = ' ';
    }
  }
  static std::size_t After(std::size_t found, std::size_t length) {
    return found == std::string_view::npos ? found : found + length;
  }
  // A digit separator (1'000) is no literal.
  bool AfterDigitOrLetter() const {
    return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0;
  }
  void SkipRawString() {
    const std::size_t open = text_.find('(', at_);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const std::size_t end = text_.find(close, open);
    at_ = open + 1;
    BlankUntil(end);
    at_ = std::min(After(end, close.size()), text_.size());
  }
  void SkipLiteral(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    BlankUntil(end);
    ++at_;
  }
  void Step() {
    if (Here("//")) return BlankUntil(text_.find('\n', at_));
    if (Here("/*")) return BlankUntil(After(text_.find("*/", at_ + 2), 2));
    if (Here("R\"") && !AfterDigitOrLetter()) return SkipRawString();
    if (Here("#include")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return;
    }
    if (text_[at_] == '"') return SkipLiteral('"');
    if (text_[at_] == '\'' && !AfterDigitOrLetter()) return SkipLiteral('\'');
    ++at_;
  }

  std::string_view text_;
  std::string masked_;
  std::size_t at_ = 0;
};

// Standard output of a command; empty when it fails.
std::string OutputOf(const std::string& command) {
  const auto close = [](std::FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  std::string output;
  if (pipe == nullptr) return output;
  std::array<char, 4096> block{};
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), pipe.get())) {
    output.append(block.data(), count);
  }
  return output;
}

std::vector<std::string> PathsFromGit(const std::string& root) {
  const std::string output =
      OutputOf("git -C '" + root + "' ls-files -z --cached --others --exclude-standard 2>&-");
  std::vector<std::string> paths;
  std::istringstream in(output);
  for (std::string path; std::getline(in, path, '\0');) {
    if (std::filesystem::is_regular_file(root + "/" + path)) paths.push_back(path);
  }
  return paths;
}

std::vector<std::string> PathsFromWalk(const std::string& root) {
  std::vector<std::string> paths;
  auto walk = std::filesystem::recursive_directory_iterator(root);
  for (const auto& entry : walk) {
    const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
    const bool hidden = path.starts_with(".") && !path.starts_with(".c") && path != ".editorconfig";
    if (entry.is_directory() && (hidden || path == "build" || path == "data")) {
      walk.disable_recursion_pending();
    } else if (entry.is_regular_file() && !hidden) {
      paths.push_back(path);
    }
  }
  return paths;
}

}  // namespace

std::string SourceFile::JoinedCode() const {
  std::string joined;
  for (const std::string& line : code) joined += line + "\n";
  return joined;
}

const SourceFile* SourceTree::Find(std::string_view path) const {
  const auto found = std::ranges::find(files, path, &SourceFile::path);
  return found == files.end() ? nullptr : &*found;
}

SourceFile MakeSourceFile(std::string path, std::string_view text) {
  SourceFile file{.path = std::move(path), .lines = SplitLines(text), .code = {}};
  if (file.is_cpp()) file.code = SplitLines(CodeMask(text).Run());
  return file;
}

SourceTree ReadTree(const std::string& root) {
  SourceTree tree;
  tree.paths = PathsFromGit(root);
  if (tree.paths.empty()) tree.paths = PathsFromWalk(root);
  std::ranges::sort(tree.paths);
  for (const std::string& path : tree.paths) {
    std::ifstream in(root + "/" + path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const bool binary = text.view().find('\0') != std::string_view::npos;
    if (!binary) tree.files.push_back(MakeSourceFile(path, text.view()));
  }
  return tree;
}

std::size_t LineOf(std::string_view joined, std::size_t position) {
  const std::string_view before = joined.substr(0, position);
  return static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1;
}

std::string LayerOf(std::string_view path) {
  if (path.starts_with("client/cli/")) return "cli";
  if (path.starts_with("client/examples/")) return "examples";
  if (path.starts_with("bench/estate/")) return "estate";
  const std::string folder(path.substr(0, path.find('/')));
  constexpr std::array<std::string_view, 11> kFolders = {
      "base",    "protocol", "model",  "storage", "language", "query",
      "process", "server",   "client", "bench",   "tests"};
  return std::ranges::find(kFolders, folder) == kFolders.end() ? std::string() : folder;
}

std::optional<std::string> PublicHeaderLayer(std::string_view path) {
  std::string layer = LayerOf(path);
  const std::string folder = layer == "estate" ? "bench/estate" : layer;
  if (!path.ends_with(".h") || !path.starts_with(folder + "/include/")) return std::nullopt;
  return layer;
}

}  // namespace kosei::tidy
