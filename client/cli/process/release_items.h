// What a release works on.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/client/client.h"

namespace kosei::cli {

// The targets of its changes and of its deployments, by key.
absl::StatusOr<std::vector<std::string>> ItemsOfRelease(client::Client& client,
                                                        const std::string& key);

}  // namespace kosei::cli
