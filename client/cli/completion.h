// Completion: what may follow on a command line that is being typed, and the scripts through which
// shells ask.
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace kosei::cli {

// Candidates for the last of `words` (the program's name is not among them), one each; none where a
// file name or a key is expected.
std::vector<std::string> Complete(CLI::App& root, const std::vector<std::string>& words);

// For "bash", "zsh" or "fish".
std::string CompletionScript(const std::string& shell);

}  // namespace kosei::cli
