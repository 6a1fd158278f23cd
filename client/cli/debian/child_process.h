// The output of another program as a source of bytes, within bounds of time and size.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "import/byte_source.h"

namespace kosei::cli::debian {

// Starts `arguments` (the first is looked up in PATH) in the C locale, with nothing to read and its
// messages thrown away. An error when there is no such program. Reading is an error when the
// program fails, takes longer than two minutes or writes more than 4 GiB. Destroying the source
// ends the program.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenProgram(const std::vector<std::string>& arguments);

}  // namespace kosei::cli::debian
