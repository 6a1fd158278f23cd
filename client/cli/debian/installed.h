// What dpkg has installed, and which installation owns a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "debian/archive.h"
#include "debian/estate.h"
#include "debian/package.h"
#include "debian/text_file.h"

namespace kosei::cli::debian {

// The architecture of the dpkg package itself, which is the machine's.
std::string NativeArchitecture(const std::vector<Package>& installed);
// Packages that are on the machine, whole or in part.
absl::StatusOr<std::vector<Package>> ReadInstalled(const Root& root);

class Installations {
 public:
  Installations(std::string host, std::string native, std::vector<Package> packages);
  const std::vector<Package>& packages() const { return packages_; }
  // runs_on the host, uses the archive's package, depends_on other installations: of each
  // dependency the first alternative that is installed, else the first package that provides it.
  void AppendTo(const Root& root, Estate& estate) const;
  // "inst:HOST/NAME"
  std::string KeyOf(const Package& package) const;

 private:
  std::string Resolve(const Alternatives& alternatives) const;

  const std::string host_;
  const std::string native_;
  const std::vector<Package> packages_;
  absl::flat_hash_map<std::string, std::string> keys_;       // by plain name
  absl::flat_hash_map<std::string, std::string> providers_;  // by provided name
};

// Finds the installations that ship given files (dpkg's lists). /usr/lib and /lib are the same.
class FileOwners {
 public:
  // Ask for everything first: the lists are read once.
  void Want(std::string_view path);
  void Look(const Root& root, const Installations& installations);
  // The key of the installation; empty when none ships the file.
  std::string OwnerOf(std::string_view path) const;

 private:
  absl::flat_hash_map<std::string, std::string> owners_;
};

}  // namespace kosei::cli::debian
