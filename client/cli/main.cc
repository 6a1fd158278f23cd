// kosei: the command line client.
#include <cstdio>
#include <string>
#include <vector>

#include "command_line.h"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return static_cast<int>(kosei::cli::RunCommandLine(arguments, stdout, stderr));
}
