// Definitions of processes as files, on the way to the server.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/client/client.h"

namespace kosei::cli {

// The *.yaml files of a folder, in name order, called by their place in it; or one file. kNotFound.
absl::StatusOr<std::vector<client::ProcessFile>> ReadProcessFiles(const std::string& path);

}  // namespace kosei::cli
