// A stock driver against the real server: every case of tests/bolt/cases.mjs. Without Node.js or
// the driver (npm ci in tests/bolt) they are skipped.
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "certificate.h"
#include "estate.h"

namespace kosei::e2e {
namespace {

constexpr int kNoDriver = 77;
constexpr int kNoNode = 127;

class Driver : public Estate {
 protected:
  Driver() : Estate(std::vector<std::string>{"--bolt-listen", "127.0.0.1:0"}) {}
  void SetUp() override {
    Estate::SetUp();
    ASSERT_GT(Put({MakeRecord("Server", "web-1", {{"name", "ウェブサーバー 一号"}}),
                   MakeRecord("Server", "db-1", {{"name", "𠮷野家データベース"}})},
                  {MakeLink("web-1", "depends_on", "db-1")}),
              0U);
  }
};

// One case in a process of its own. `when` of its output says that it waits; then `act` is done.
class NodeCase {
 public:
  NodeCase(const kosei::testing::TempFolder& folder, const std::string& name,
           const std::string& bolt_address, const std::string& token,
           const std::string& certificate = "") {
    const std::string fifo = folder / ("input-" + name);
    if (mkfifo(fifo.c_str(), S_IRUSR | S_IWUSR) != 0) return;
    // By the environment: everybody can see the words of a command.
    setenv("KOSEI_BOLT", bolt_address.c_str(), 1);
    setenv("KOSEI_TOKEN", token.c_str(), 1);
    setenv("KOSEI_CA", certificate.c_str(), 1);
    const std::string command =
        "timeout 300 node " KOSEI_BOLT_CASES "/run.mjs " + name + " <>" + fifo + " 2>&1";
    output_ = popen(command.c_str(), "r");
    input_ = fopen(fifo.c_str(), "r+");
  }
  ~NodeCase() {
    if (input_ != nullptr) fclose(input_);
    if (output_ != nullptr) pclose(output_);
  }
  NodeCase(const NodeCase&) = delete;
  NodeCase& operator=(const NodeCase&) = delete;

  // False at the end.
  bool AwaitLine(const std::string& line) {
    while (ReadLine()) {
      if (said_.ends_with(line + "\n")) return true;
    }
    return false;
  }
  void Tell(const char* line) {
    fputs(line, input_);
    fflush(input_);
  }
  // Reads to the end.
  int ExitCode() {
    while (ReadLine()) continue;
    const int status = pclose(std::exchange(output_, nullptr));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& said() const { return said_; }

 private:
  bool ReadLine() {
    std::array<char, 4'096> line{};
    if (output_ == nullptr || fgets(line.data(), line.size(), output_) == nullptr) return false;
    said_ += line.data();
    return true;
  }

  FILE* output_ = nullptr;
  FILE* input_ = nullptr;
  std::string said_;
};

void ExpectCase(NodeCase& node) {
  const int code = node.ExitCode();
  if (code == kNoNode || code == kNoDriver)
    GTEST_SKIP() << "no Node.js, or not the driver (npm ci in tests/bolt): " << node.said();
  EXPECT_EQ(code, 0) << node.said();
}

class DriverCase : public Driver, public ::testing::WithParamInterface<const char*> {};

TEST_P(DriverCase, IsAsADriverExpects) {
  NodeCase node(folder, GetParam(), server.bolt_address(), server.admin_token());
  ExpectCase(node);
}

INSTANTIATE_TEST_SUITE_P(Of, DriverCase,
                         ::testing::Values("schemes", "authentication", "values", "numbers",
                                           "errors", "streaming", "leaving", "plans", "bookmarks"),
                         [](const auto& each) { return std::string(each.param); });

TEST_F(Driver, ATransactionReadsOneCommitWhateverIsWritten) {
  NodeCase node(folder, "pinning", server.bolt_address(), server.admin_token());
  if (node.AwaitLine("begun")) {
    Put({MakeRecord("Server", "web-2")});
    node.Tell("written\n");
  }
  ExpectCase(node);
}

TEST(TlsDriver, SpeaksToAServerWithACertificate) {
  const kosei::testing::TempFolder folder;
  kosei::testing::WriteCertificate(folder / "cert.pem", folder / "key.pem", "IP:127.0.0.1");
  kosei::testing::ServerProcess server(
      {.binary = KOSEI_SERVER_BINARY,
       .data = folder / "data",
       .arguments = {"--tls-cert", folder / "cert.pem", "--tls-key", folder / "key.pem",
                     "--bolt-listen", "127.0.0.1:0"}});
  ASSERT_OK(server.Start());
  NodeCase node(folder, "tls", server.bolt_address(), server.admin_token(), folder / "cert.pem");
  ExpectCase(node);
}

}  // namespace
}  // namespace kosei::e2e
