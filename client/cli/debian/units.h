// systemd's services: unit files, and what systemctl says where systemd runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "debian/text_file.h"

namespace kosei::cli::debian {

struct Unit {
  std::string name;  // "ssh.service"
  std::string description;
  std::string path;  // of the unit file, without the root; may be empty
  std::string user;
  std::string load_state;  // loaded, masked, not-found, ...
  std::string active_state;
  std::string sub_state;
  std::string enabled_state;  // enabled, disabled, static, masked
};

// Services with a file of their own (no templates, no aliases), and instances that systemctl knows,
// sorted by name.
std::vector<Unit> ReadUnits(const Root& root, std::vector<std::string>& notes);
// One line of `systemctl list-units --plain --no-legend`; empty name when it is none.
Unit ParseUnitLine(std::string_view line);

}  // namespace kosei::cli::debian
