// The whole estate of one machine: archive, host, operating system, installations, services,
// sockets.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "debian/estate.h"
#include "debian/text_file.h"

namespace kosei::cli::debian {

// The machine's name: etc/hostname below a root, the kernel's word on this machine.
absl::StatusOr<std::string> HostName(const Root& root);

// An error only when dpkg's status cannot be read; what else is missing is told in the notes.
absl::StatusOr<Estate> ReadEstate(const Root& root, const std::string& host);

}  // namespace kosei::cli::debian
