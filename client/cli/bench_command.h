// kosei bench: usage.
#pragma once

#include "app.h"

namespace kosei::cli {

void AddBenchCommand(CLI::App& root, Invocation& invocation);

}  // namespace kosei::cli
