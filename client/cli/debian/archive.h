// Every package that apt knows: from `apt-cache dumpavail` on this machine, from the files of
// var/lib/apt/lists below another root.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "debian/estate.h"
#include "debian/package.h"
#include "debian/text_file.h"

namespace kosei::cli::debian {

// The key of a package's record: "deb:NAME".
std::string ArchiveKey(std::string_view qualified_name);

class Archive {
 public:
  explicit Archive(std::string native) : native_(std::move(native)) {}

  // Adds what apt knows below `root`. A list that cannot be read is told in `notes`.
  absl::Status Read(const Root& root, std::vector<std::string>& notes);
  // The newest version of a name stays.
  void Add(Package package);
  // Items of all packages and, after them, of virtual names: those that are only provided.
  // A dependency goes to the first alternative that is a package, else to the first that is
  // provided; one that nothing offers is left out.
  void AppendTo(Estate& estate) const;
  std::size_t size() const { return packages_.size(); }

 private:
  absl::Status ReadStream(ControlReader reader);
  std::string Resolve(const Alternatives& alternatives, const Package& from) const;
  std::string Known(const std::string& name, const Package& from) const;

  const std::string native_;
  std::vector<Package> packages_;
  absl::flat_hash_map<std::string, std::size_t> by_name_;  // qualified
};

}  // namespace kosei::cli::debian
