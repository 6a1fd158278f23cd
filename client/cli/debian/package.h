// One Debian package as apt or dpkg describes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "debian/control_file.h"
#include "debian/dependency.h"
#include "debian/estate.h"

namespace kosei::cli::debian {

struct Package {
  std::string name;
  std::string version;
  std::string architecture;
  std::string section;
  std::string priority;
  std::string maintainer;
  std::string homepage;
  std::string source;
  std::string description;
  std::string installed_size;  // KiB, digits only
  bool essential = false;
  std::string state;                // of dpkg: "installed", "half-configured", ...; empty from apt
  std::vector<Alternatives> needs;  // Pre-Depends, then Depends
  std::vector<std::string> provides;
};

// Empty name: the stanza is no package.
Package ParsePackage(const Stanza& stanza);

// "NAME", or "NAME:ARCH" for a package of another architecture than the machine's own.
std::string QualifiedName(const Package& package, std::string_view native);
// Attributes that SoftwarePackage and SoftwareInstallation have in common.
void DescribePackage(const Package& package, Item& item);

}  // namespace kosei::cli::debian
