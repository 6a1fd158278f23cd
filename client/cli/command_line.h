// Runs the program: parses its arguments, runs the command, says errors, answers the exit code.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "exit_code.h"

namespace kosei::cli {

// `arguments` without the program's name. Data goes to `out`, everything else to `notes`.
ExitCode RunCommandLine(std::vector<std::string> arguments, std::FILE* out, std::FILE* notes);

}  // namespace kosei::cli
