// Reading a Debian machine, from a small tree of files.
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "debian/child_process.h"
#include "debian/control_file.h"
#include "debian/dependency.h"
#include "debian/host.h"
#include "debian/sockets.h"
#include "debian/units.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::cli::debian {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::TempFolder;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void Put(const TempFolder& root, const std::string& path, std::string_view text) {
  const std::filesystem::path full = root.path() + path;
  std::filesystem::create_directories(full.parent_path());
  std::ofstream(full, std::ios::binary) << text;
}

TEST(ParseRelations, KeepsNamesOnly) {
  EXPECT_THAT(ParseRelations("libc6 (>= 2.34), a:any | b [amd64] <!nocheck>,\n c,, "),
              ElementsAre(ElementsAre("libc6"), ElementsAre("a", "b"), ElementsAre("c")));
  EXPECT_THAT(ParseRelations(""), IsEmpty());
}

TEST(CompareVersions, OrdersAsDpkgDoes) {
  const std::vector<std::string_view> ascending = {
      "1.0~beta1~svn1-1", "1.0~beta1", "1.0", "1.0-1", "1.0-1+deb12u1", "1.0-2", "1.0-10",
      "1.0a-1",           "1.0+b-1",   "1.1", "1.09",  "1.10",          "1:0.1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      SCOPED_TRACE(std::string(ascending[i]) + " and " + std::string(ascending[j]));
      const int order = CompareVersions(ascending[i], ascending[j]);
      EXPECT_EQ(order < 0, i < j);
      EXPECT_EQ(order == 0, i == j);
    }
  }
  EXPECT_EQ(CompareVersions("1.0", "0:1.0-0"), 0);
  EXPECT_EQ(CompareVersions("1.01", "1.1"), 0);
}

TEST(ControlReader, JoinsContinuedLinesAndPassesOverEmptyOnes) {
  const TempFolder root;
  Put(root, "/list", "\n\nPackage: a\nDepends: b,\n c\nDescription: one\n two\n\n\npackage:  d \n");
  absl::StatusOr<std::unique_ptr<ByteSource>> source = OpenInput(root / "list");
  ASSERT_OK(source);
  ControlReader reader(*std::move(source));
  Stanza stanza;
  ASSERT_TRUE(*reader.Next(stanza));
  EXPECT_EQ(stanza.Find("package"), "a");
  EXPECT_EQ(stanza.Find("Depends"), "b,\n c");
  EXPECT_EQ(stanza.FirstLine("Description"), "one");
  ASSERT_TRUE(*reader.Next(stanza));
  EXPECT_EQ(stanza.Find("Package"), "d");
  EXPECT_FALSE(*reader.Next(stanza));
}

TEST(ParseSockets, ReadsAddressesOfTheKernel) {
  const std::string_view tcp =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
      "4711 1 0000000000000000 100 0 0 10 0\n"
      "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 "
      "4712 1 0000000000000000 20 4 30 10 -1\n";
  const std::vector<Socket> sockets = ParseSockets(tcp, "tcp");
  ASSERT_EQ(sockets.size(), 1U);
  EXPECT_EQ(sockets[0].address, "127.0.0.1");
  EXPECT_EQ(sockets[0].port, 8080);
  EXPECT_EQ(sockets[0].user, 1000U);
  EXPECT_EQ(sockets[0].inode, 4711U);
  const std::string_view tcp6 =
      "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A "
      "00000000:00000000 00:00000000 00000000     0        0 5 1 0 100 0 0 10 0\n";
  ASSERT_EQ(ParseSockets(tcp6, "tcp").size(), 1U);
  EXPECT_EQ(ParseSockets(tcp6, "tcp")[0].address, "[::1]");
  EXPECT_THAT(ParseSockets("nonsense\n0: zz:zz 0 0A 1 2 3 4 5 6\n", "tcp"), IsEmpty());
}

TEST(ParseUnitLine, ReadsWhatSystemctlSays) {
  const Unit unit =
      ParseUnitLine("  ssh.service  loaded active running OpenBSD Secure Shell server");
  EXPECT_EQ(unit.name, "ssh.service");
  EXPECT_EQ(unit.load_state, "loaded");
  EXPECT_EQ(unit.active_state, "active");
  EXPECT_EQ(unit.sub_state, "running");
  EXPECT_EQ(unit.description, "OpenBSD Secure Shell server");
  EXPECT_EQ(ParseUnitLine("no unit here").name, "");
}

TEST(OpenProgram, TellsFailureFromSuccess) {
  char bytes[16];
  absl::StatusOr<std::unique_ptr<ByteSource>> echo = OpenProgram({"echo", "hello"});
  ASSERT_OK(echo);
  EXPECT_EQ(*(*echo)->Read(bytes, sizeof bytes), 6U);
  EXPECT_EQ(*(*echo)->Read(bytes, sizeof bytes), 0U);
  absl::StatusOr<std::unique_ptr<ByteSource>> fails = OpenProgram({"false"});
  ASSERT_OK(fails);
  EXPECT_THAT((*fails)->Read(bytes, sizeof bytes), HasErrorCode(ErrorCode::kStorageIo));
  EXPECT_THAT(OpenProgram({"no-such-program-at-all"}), HasErrorCode(ErrorCode::kNotFound));
}

// A machine with two architectures, a virtual package, an alternative, a service and a socket.
class SmallMachine : public ::testing::Test {
 protected:
  SmallMachine() {
    Put(root_, "/etc/hostname", "web-1\n");
    Put(root_, "/etc/os-release",
        "PRETTY_NAME=\"Debian GNU/Linux 12\"\nVERSION_ID=\"12\"\nID=debian\n");
    Put(root_, "/etc/passwd", "root:x:0:0:root:/root:/bin/bash\nwww:x:33:33::/:/bin/sh\n");
    Put(root_, "/proc/cpuinfo", "processor\t: 0\nmodel name\t: Fast CPU\n\nprocessor\t: 1\n");
    Put(root_, "/proc/meminfo", "MemTotal:       16384000 kB\n");
    Put(root_, "/var/lib/apt/lists/mirror_dists_stable_main_binary-amd64_Packages",
        "Package: libssl3\nVersion: 3.0.9-1\nArchitecture: amd64\nInstalled-Size: 6000\n"
        "Source: openssl\nHomepage: https://www.openssl.org/\nDescription: TLS library\n more\n\n"
        "Package: nginx\nVersion: 1.22-9\nArchitecture: amd64\n"
        "Depends: libssl3 (>= 3.0), missing | httpd-data, gone\nPre-Depends: libssl3\n"
        "Provides: httpd, httpd-cgi (= 1)\n\n"
        "Package: data\nVersion: 1\nArchitecture: all\nProvides: httpd-data\nEssential: yes\n\n"
        "Package: site\nVersion: 1\nArchitecture: all\nDepends: httpd | apache2\n");
    Put(root_, "/var/lib/apt/lists/mirror_dists_security_main_binary-amd64_Packages",
        "Package: libssl3\nVersion: 3.0.15-1~deb12u1\nArchitecture: amd64\n");
    Put(root_, "/var/lib/apt/lists/mirror_dists_stable_InRelease", "not a list\n");
    Put(root_, "/var/lib/dpkg/status",
        "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21\n\n"
        "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.9-1\n\n"
        "Package: libssl3\nStatus: install ok installed\nArchitecture: i386\nVersion: 3.0.9-1\n\n"
        "Package: old\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
        "Package: data\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
        "Provides: httpd-data\n\n"
        "Package: nginx\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.22-9\n"
        "Depends: libssl3 (>= 3.0), missing | httpd-data, gone\n\n");
    Put(root_, "/var/lib/dpkg/info/nginx.list",
        "/.\n/lib/systemd/system/nginx.service\n/usr/sbin/nginx\n");
    Put(root_, "/usr/lib/systemd/system/nginx.service",
        "[Unit]\nDescription=A web server\n[Service]\nUser=www\n[Install]\nWantedBy=x\n");
    Put(root_, "/usr/lib/systemd/system/getty@.service", "[Unit]\nDescription=Getty\n");
    Put(root_, "/etc/systemd/system/own.service", "[Unit]\nDescription=Own\n");
    std::filesystem::create_symlink("/dev/null", root_.path() + "/etc/systemd/system/off.service");
    std::filesystem::create_symlink("/usr/lib/systemd/system/nginx.service",
                                    root_.path() + "/etc/systemd/system/www.service");
    std::filesystem::create_directories(root_.path() +
                                        "/etc/systemd/system/multi-user.target.wants");
    std::filesystem::create_symlink(
        "/usr/lib/systemd/system/nginx.service",
        root_.path() + "/etc/systemd/system/multi-user.target.wants/nginx.service");
    Put(root_, "/proc/net/tcp",
        "   0: 00000000:01BB 00000000:0000 0A 0:0 00:0 0 33 0 99 1 0 100 0 0 10 0\n");
    Put(root_, "/proc/42/comm", "nginx\n");
    Put(root_, "/proc/42/cgroup", "0::/system.slice/nginx.service\n");
    std::filesystem::create_directories(root_.path() + "/proc/42/fd");
    std::filesystem::create_symlink("socket:[99]", root_.path() + "/proc/42/fd/3");
    std::filesystem::create_symlink("/usr/sbin/nginx", root_.path() + "/proc/42/exe");
  }

  void Read() {
    absl::StatusOr<Estate> estate = ReadEstate(Root(root_.path()), "web-1");
    ASSERT_OK(estate);
    estate_ = *std::move(estate);
  }
  const Item* Find(std::string_view key) const {
    for (const Item& item : estate_.items) {
      if (item.key == key) return &item;
    }
    return nullptr;
  }
  std::string Attribute(std::string_view key, std::string_view name) const {
    const Item* const item = Find(key);
    if (item == nullptr) return "(no such item)";
    for (const auto& [attribute, value] : item->attributes) {
      if (attribute == name) return value.kind() == ValueKind::kText ? value.text() : "(value)";
    }
    return "(none)";
  }
  std::vector<std::string> Links(std::string_view key) const {
    const Item* const item = Find(key);
    if (item == nullptr) return {"(no such item)"};
    std::vector<std::string> links;
    for (const auto& [relation, target] : item->links) {
      links.push_back(std::string(kRelationNames[static_cast<std::size_t>(relation)]) + " " +
                      target);
    }
    return links;
  }

  TempFolder root_;
  Estate estate_;
};

TEST_F(SmallMachine, HasTheArchiveWithVirtualPackages) {
  Read();
  EXPECT_EQ(Attribute("deb:libssl3", "version"), "3.0.15-1~deb12u1") << "the newest one stays";
  EXPECT_THAT(Links("deb:nginx"), ElementsAre("depends_on deb:libssl3", "depends_on deb:httpd-data",
                                              "provides deb:httpd", "provides deb:httpd-cgi"));
  EXPECT_THAT(Links("deb:data"), ElementsAre("provides deb:httpd-data"));
  EXPECT_THAT(Links("deb:site"), ElementsAre("depends_on deb:httpd"));
  EXPECT_EQ(Attribute("deb:httpd", "section"), "virtual");
  EXPECT_THAT(Links("deb:httpd"), IsEmpty());
  EXPECT_EQ(Find("deb:gone"), nullptr);
  EXPECT_EQ(Attribute("deb:data", "essential"), "(value)");
}

TEST_F(SmallMachine, HasInstallationsThatRestOnEachOther) {
  Read();
  EXPECT_THAT(Links("inst:web-1/nginx"),
              ElementsAre("runs_on host:web-1", "uses deb:nginx", "depends_on inst:web-1/libssl3",
                          "depends_on inst:web-1/data"));
  EXPECT_EQ(Attribute("inst:web-1/libssl3", "version"), "3.0.9-1");
  EXPECT_THAT(Links("inst:web-1/libssl3:i386"),
              ElementsAre("runs_on host:web-1", "uses deb:libssl3:i386"));
  EXPECT_NE(Find("deb:libssl3:i386"), nullptr) << "known to dpkg alone";
  EXPECT_EQ(Find("inst:web-1/old"), nullptr) << "only its configuration is left";
}

TEST_F(SmallMachine, HasServicesAndSocketsWithTheirOwners) {
  Read();
  EXPECT_THAT(Links("unit:web-1/nginx.service"),
              ElementsAre("runs_on host:web-1", "depends_on inst:web-1/nginx"));
  EXPECT_EQ(Attribute("unit:web-1/nginx.service", "enabled_state"), "enabled");
  EXPECT_EQ(Attribute("unit:web-1/nginx.service", "description"), "A web server");
  EXPECT_EQ(Attribute("unit:web-1/own.service", "enabled_state"), "static");
  EXPECT_EQ(Attribute("unit:web-1/off.service", "load_state"), "masked");
  EXPECT_EQ(Find("unit:web-1/getty@.service"), nullptr) << "a template is no service";
  EXPECT_EQ(Find("unit:web-1/www.service"), nullptr) << "an alias is no service of its own";
  EXPECT_THAT(Links("sock:web-1/tcp/0.0.0.0:443"),
              ElementsAre("runs_on host:web-1", "depends_on unit:web-1/nginx.service"));
  EXPECT_EQ(Attribute("sock:web-1/tcp/0.0.0.0:443", "process_name"), "nginx");
  EXPECT_EQ(Attribute("sock:web-1/tcp/0.0.0.0:443", "run_as"), "www");
}

TEST_F(SmallMachine, DescribesTheHostAndItsSystem) {
  Read();
  EXPECT_EQ(*HostName(Root(root_.path())), "web-1");
  EXPECT_EQ(estate_.host.key, "host:web-1");
  EXPECT_THAT(estate_.host.attributes,
              Contains(std::pair<std::string_view, Value>("memory_mib", Value(16'000))));
  EXPECT_THAT(estate_.host.attributes,
              Contains(std::pair<std::string_view, Value>("cpu_count", Value(2))));
  EXPECT_EQ(Attribute("os:web-1", "name"), "Debian GNU/Linux 12");
  EXPECT_THAT(Links("os:web-1"), ElementsAre("runs_on host:web-1"));
}

TEST_F(SmallMachine, EveryLinkEndsAtAnItem) {
  Read();
  for (const Item& item : estate_.items) {
    for (const auto& [relation, target] : item.links) {
      EXPECT_TRUE(target == estate_.host_key || Find(target) != nullptr)
          << item.key << " -> " << target;
    }
  }
}

TEST_F(SmallMachine, SaysWhichListItCouldNotRead) {
  Put(root_, "/var/lib/apt/lists/broken_Packages.gz", "\x1f\x8b not gzip");
  Read();
  ASSERT_EQ(estate_.notes.size(), 1U);
  EXPECT_THAT(estate_.notes[0], ::testing::HasSubstr("broken_Packages.gz was not read"));
}

TEST(ReadEstate, NeedsDpkg) {
  const TempFolder root;
  EXPECT_THAT(ReadEstate(Root(root.path()), "x"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(HostName(Root(root.path())), HasErrorCode(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace kosei::cli::debian
