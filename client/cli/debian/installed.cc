#include "debian/installed.h"

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "debian/control_file.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"

namespace kosei::cli::debian {
namespace {

constexpr std::string_view kInfo = "/var/lib/dpkg/info";

bool IsOnTheMachine(const std::string& state) {
  return !state.empty() && state != "not-installed" && state != "config-files";
}

// dpkg qualifies the names of files of packages that may be installed for several architectures.
std::string ListPath(const Root& root, const Package& package) {
  const std::string plain = root.Path(absl::StrFormat("%s/%s.list", kInfo, package.name));
  struct stat facts{};
  if (stat(plain.c_str(), &facts) == 0) return plain;
  return root.Path(absl::StrFormat("%s/%s:%s.list", kInfo, package.name, package.architecture));
}

std::string InstalledAt(const Root& root, const Package& package) {
  struct stat facts{};
  if (stat(ListPath(root, package).c_str(), &facts) != 0) return "";
  return FormatTimestamp(Timestamp{std::int64_t{facts.st_mtim.tv_sec} * 1'000'000});
}

std::string WithoutUsr(std::string_view path) {
  for (const std::string_view folder : {"/usr/lib/", "/usr/bin/", "/usr/sbin/"}) {
    if (path.starts_with(folder)) {
      path.remove_prefix(std::string_view("/usr").size());
      break;
    }
  }
  return std::string(path);
}

}  // namespace

std::string NativeArchitecture(const std::vector<Package>& installed) {
  for (const Package& package : installed) {
    if (package.name == "dpkg") return package.architecture;
  }
  return "amd64";
}

absl::StatusOr<std::vector<Package>> ReadInstalled(const Root& root) {
  KOSEI_ASSIGN_OR_RETURN(std::unique_ptr<ByteSource> source,
                         OpenInput(root.Path("/var/lib/dpkg/status")));
  ControlReader reader(std::move(source));
  std::vector<Package> packages;
  Stanza stanza;
  for (;;) {
    KOSEI_ASSIGN_OR_RETURN(const bool found, reader.Next(stanza));
    if (!found) return packages;
    Package package = ParsePackage(stanza);
    if (!package.name.empty() && IsOnTheMachine(package.state)) {
      packages.push_back(std::move(package));
    }
  }
}

Installations::Installations(std::string host, std::string native, std::vector<Package> packages)
    : host_(std::move(host)), native_(std::move(native)), packages_(std::move(packages)) {
  for (const Package& package : packages_) {
    const bool own = QualifiedName(package, native_) == package.name;
    if (own || !keys_.contains(package.name)) keys_[package.name] = KeyOf(package);
    for (const std::string& name : package.provides) providers_.emplace(name, KeyOf(package));
  }
}

std::string Installations::KeyOf(const Package& package) const {
  return absl::StrFormat("inst:%s/%s", host_, QualifiedName(package, native_));
}

std::string Installations::Resolve(const Alternatives& alternatives) const {
  for (const std::string& name : alternatives) {
    const auto installed = keys_.find(name);
    if (installed != keys_.end()) return installed->second;
    const auto provider = providers_.find(name);
    if (provider != providers_.end()) return provider->second;
  }
  return "";
}

void Installations::AppendTo(const Root& root, Estate& estate) const {
  for (const Package& package : packages_) {
    Item item{
        .class_name = "SoftwareInstallation", .key = KeyOf(package), .attributes = {}, .links = {}};
    DescribePackage(package, item);
    item.Set("package", QualifiedName(package, native_));
    item.Set("install_state", package.state);
    item.Set("installed_at", InstalledAt(root, package));
    item.Link(Relation::kRunsOn, estate.host_key);
    item.Link(Relation::kUses, ArchiveKey(QualifiedName(package, native_)));
    for (const Alternatives& alternatives : package.needs) {
      std::string target = Resolve(alternatives);
      if (!target.empty()) item.Link(Relation::kDependsOn, std::move(target));
    }
    estate.items.push_back(std::move(item));
  }
}

void FileOwners::Want(std::string_view path) { owners_.emplace(WithoutUsr(path), std::string()); }

void FileOwners::Look(const Root& root, const Installations& installations) {
  if (owners_.empty()) return;
  for (const Package& package : installations.packages()) {
    std::optional<std::string> list = root.Read(absl::StrFormat("%s/%s.list", kInfo, package.name));
    if (!list.has_value()) {
      list = root.Read(absl::StrFormat("%s/%s:%s.list", kInfo, package.name, package.architecture));
    }
    if (!list.has_value()) continue;
    ForEachLine(*list, [&](std::string_view path) {
      const auto wanted = owners_.find(WithoutUsr(path));
      if (wanted != owners_.end()) wanted->second = installations.KeyOf(package);
    });
  }
}

std::string FileOwners::OwnerOf(std::string_view path) const {
  const auto found = owners_.find(WithoutUsr(path));
  return found == owners_.end() ? std::string() : found->second;
}

}  // namespace kosei::cli::debian
