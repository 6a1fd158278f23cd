#include "debian/archive.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "debian/child_process.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli::debian {
namespace {

constexpr std::string_view kLists = "/var/lib/apt/lists";

// Formats that apt may keep its lists in and we do not unpack ourselves go through apt's own
// helper.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenList(const std::string& path) {
  for (const std::string_view extension : {".lz4", ".xz", ".bz2", ".lzma"}) {
    if (path.ends_with(extension)) {
      return OpenProgram({"/usr/lib/apt/apt-helper", "cat-file", path});
    }
  }
  return OpenInput(path);
}

bool IsPackageList(const std::string& name) {
  const std::size_t at = name.rfind("_Packages");
  return at != std::string::npos && name.find_first_of("_/", at + 1) == std::string::npos;
}

}  // namespace

std::string ArchiveKey(std::string_view qualified_name) {
  return "deb:" + std::string(qualified_name);
}

absl::Status Archive::ReadStream(ControlReader reader) {
  Stanza stanza;
  for (;;) {
    KOSEI_ASSIGN_OR_RETURN(const bool found, reader.Next(stanza));
    if (!found) return absl::OkStatus();
    Package package = ParsePackage(stanza);
    if (!package.name.empty()) Add(std::move(package));
  }
}

absl::Status Archive::Read(const Root& root, std::vector<std::string>& notes) {
  if (root.is_this_machine()) {
    absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenProgram({"apt-cache", "dumpavail"});
    const absl::Status read =
        source.ok() ? ReadStream(ControlReader(*std::move(source))) : source.status();
    if (read.ok()) return read;
    notes.push_back(absl::StrFormat("packages known to apt were not read: %s", MessageOf(read)));
    return absl::OkStatus();
  }
  for (const std::string& name : root.List(kLists)) {
    if (!IsPackageList(name)) continue;
    const std::string path = root.Path(absl::StrFormat("%s/%s", kLists, name));
    absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenList(path);
    const absl::Status read =
        source.ok() ? ReadStream(ControlReader(*std::move(source))) : source.status();
    if (!read.ok()) {
      notes.push_back(absl::StrFormat("list %s was not read: %s", path, MessageOf(read)));
    }
  }
  return absl::OkStatus();
}

void Archive::Add(Package package) {
  const std::string name = QualifiedName(package, native_);
  const auto [entry, is_new] = by_name_.emplace(name, packages_.size());
  if (is_new) {
    packages_.push_back(std::move(package));
  } else if (CompareVersions(packages_[entry->second].version, package.version) < 0) {
    packages_[entry->second] = std::move(package);
  }
}

// The qualified name of a package that is called `name` as `from` sees it; empty when there is
// none.
std::string Archive::Known(const std::string& name, const Package& from) const {
  const bool foreign =
      from.architecture != "all" && from.architecture != native_ && !from.architecture.empty();
  if (foreign) {
    const std::string qualified = absl::StrFormat("%s:%s", name, from.architecture);
    if (by_name_.contains(qualified)) return qualified;
  }
  return by_name_.contains(name) ? name : std::string();
}

std::string Archive::Resolve(const Alternatives& alternatives, const Package& from) const {
  for (const std::string& name : alternatives) {
    std::string known = Known(name, from);
    if (!known.empty()) return known;
  }
  return "";
}

void Archive::AppendTo(Estate& estate) const {
  absl::flat_hash_set<std::string> provided;
  for (const Package& package : packages_) {
    for (const std::string& name : package.provides) provided.insert(name);
  }
  std::set<std::string> virtual_names;  // sorted, so that two runs load in the same order
  for (const Package& package : packages_) {
    Item item{.class_name = "SoftwarePackage",
              .key = ArchiveKey(QualifiedName(package, native_)),
              .attributes = {},
              .links = {}};
    DescribePackage(package, item);
    item.Set("section", package.section);
    item.Set("priority", package.priority);
    item.Set("maintainer", package.maintainer);
    item.Set("homepage", package.homepage);
    item.Set("source_package", package.source.empty() ? package.name : package.source);
    item.Set("installed_size", package.installed_size);
    if (package.essential) item.attributes.emplace_back("essential", Value(true));
    for (const Alternatives& alternatives : package.needs) {
      std::string target = Resolve(alternatives, package);
      for (std::size_t i = 0; target.empty() && i < alternatives.size(); ++i) {
        if (provided.contains(alternatives[i])) target = alternatives[i];
      }
      if (!target.empty()) item.Link(Relation::kDependsOn, ArchiveKey(target));
    }
    for (const std::string& name : package.provides) {
      const std::string known = Known(name, package);
      if (known.empty()) virtual_names.insert(name);
      item.Link(Relation::kProvides, ArchiveKey(known.empty() ? name : known));
    }
    estate.items.push_back(std::move(item));
  }
  for (const std::string& name : virtual_names) {
    Item item{
        .class_name = "SoftwarePackage", .key = ArchiveKey(name), .attributes = {}, .links = {}};
    item.Set("name", name);
    item.Set("description", "virtual package: a name that other packages provide");
    item.Set("section", "virtual");
    estate.items.push_back(std::move(item));
  }
}

}  // namespace kosei::cli::debian
