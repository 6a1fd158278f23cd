// The real program: its words, its exit codes, its locks, its death and what survives it.
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "kosei/base/record.h"
#include "kosei/protocol/write_generated.h"
#include "server_process.h"
#include "status_matchers.h"
#include "temp_folder.h"
#include "wire_peer.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ran {
  int code = -1;
  std::string out;  // both outputs
};

// Runs koseid to its end.
Ran Koseid(const std::string& arguments, const std::string& program = KOSEI_SERVER_BINARY) {
  Ran ran;
  const std::string command = program + " " + arguments + " 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4'096> bytes{};
  for (std::size_t count = 1; count > 0;) {
    count = fread(bytes.data(), 1, bytes.size(), pipe);
    ran.out.append(bytes.data(), count);
  }
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  return ran;
}

std::uint16_t PortOf(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

// Puts a record with this key and class 2 (any class that is not abstract will do).
std::string PutBody(std::uint16_t class_number, const std::string& key) {
  Record record;
  record.class_number = ClassNumber{class_number};
  record.key = key;
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    const auto put =
        fb::CreatePutRecord(builder, protocol::CreateRecordBytes(builder, EncodeRecord(record)));
    return fb::CreateMutateRequest(builder, 0, 0, 0, builder.CreateVector(std::vector{put}));
  });
}

constexpr char kModel[] = R"yaml(
classes:
  - name: Thing
    label: {en: Thing, ja: もの}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名称}}
relationship_types:
  - name: depends_on
    label: {en: depends on, ja: 依存する}
    inverse_label: {en: is needed by, ja: 依存される}
    endpoints: [{source: Thing, target: Thing}]
    impact: target_to_source
)yaml";

class Daemon : public ::testing::Test {
 protected:
  void SetUp() override {
    mkdir((folder_ / "model").c_str(), S_IRWXU);
    std::ofstream(folder_ / "model/model.yaml") << kModel;
  }
  std::string Model() const { return " --model " + (folder_ / "model"); }
  std::unique_ptr<ServerProcess> Start(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"--model", folder_ / "model"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto server = std::make_unique<ServerProcess>(ServerProcess::Settings{
        .binary = KOSEI_SERVER_BINARY, .data = folder_ / "data", .arguments = arguments});
    EXPECT_OK(server->Start());
    return server;
  }
  // A key and a certificate for a throwaway name, valid for a day.
  void MakeCertificate() {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 "
        "-subj /CN=localhost -keyout " +
        (folder_ / "key.pem") + " -out " + (folder_ / "cert.pem") + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  TempFolder folder_;
};

TEST_F(Daemon, TheFirstStartWritesAnAdministratorTokenForItsOwnerAlone) {
  auto server = Start();
  struct stat info{};
  ASSERT_EQ(stat((folder_ / "data/admin.token").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const std::string token = server->admin_token();
  WirePeer peer;
  EXPECT_OK(peer.Open(PortOf(server->address()), token));
  EXPECT_THAT(server->Log(), Not(HasSubstr(token)));

  ASSERT_OK(server->Stop());
  ASSERT_OK(server->Start());
  EXPECT_EQ(server->admin_token(), token) << "a second start keeps what is valid";
  ASSERT_OK(server->Stop());
  auto renewed = Start({"--renew-admin-token"});
  EXPECT_NE(renewed->admin_token(), token);
  WirePeer old;
  EXPECT_THAT(old.Open(PortOf(renewed->address()), token),
              HasErrorCode(ErrorCode::kUnauthenticated));
  WirePeer fresh;
  EXPECT_OK(fresh.Open(PortOf(renewed->address()), renewed->admin_token()));
}

TEST_F(Daemon, ASecondServerOnTheFolderIsRefused) {
  auto server = Start();
  const Ran second = Koseid("--listen 127.0.0.1:0 --data " + server->data() + Model());
  EXPECT_EQ(second.code, 73);
  EXPECT_THAT(second.out, HasSubstr("another koseid has it open"));
  WirePeer peer;
  EXPECT_OK(peer.Open(PortOf(server->address()), server->admin_token()));
}

TEST_F(Daemon, AFolderOfANewerFormatIsRefusedUntouched) {
  auto server = Start();
  ASSERT_OK(server->Stop());
  const std::string format = server->data() + "/FORMAT";
  std::ofstream(format) << "kosei store format 99\n";
  const Ran older = Koseid("--listen 127.0.0.1:0 --data " + server->data() + Model());
  EXPECT_EQ(older.code, 76);
  EXPECT_THAT(older.out, HasSubstr("99"));
  std::ofstream(format) << "kosei store format 2\n";
  EXPECT_OK(server->Start());
}

TEST_F(Daemon, VerifySaysWhetherAStoreIsSound) {
  auto server = Start();
  WirePeer peer;
  ASSERT_OK(peer.Open(PortOf(server->address()), server->admin_token()));
  ASSERT_OK_AND_ASSIGN(const WireReply put, peer.Call(Operation::kMutate, 2, PutBody(1, "one")));
  ASSERT_OK(put.error());
  const std::string verify = "verify --data " + server->data() + Model();
  const Ran busy = Koseid(verify);
  EXPECT_EQ(busy.code, 2);
  EXPECT_THAT(busy.out, HasSubstr("another koseid has it open"));
  ASSERT_OK(server->Stop());
  const Ran sound = Koseid(verify);
  EXPECT_EQ(sound.code, 0) << sound.out;
  EXPECT_THAT(sound.out, HasSubstr("sound; newest commit 1"));

  // One byte of the proof of what was acknowledged, in both of its slots.
  std::fstream watermark(server->data() + "/watermark",
                         std::ios::binary | std::ios::in | std::ios::out);
  for (const std::streamoff slot : {0, 4'096}) {
    watermark.seekp(slot + 20);
    watermark.put('x');
  }
  watermark.close();
  const Ran damaged = Koseid(verify);
  EXPECT_EQ(damaged.code, 1);
  EXPECT_THAT(damaged.out, HasSubstr("damaged: watermark: "));
  const Ran json = Koseid(verify + " --output json");
  EXPECT_EQ(json.code, 1);
  EXPECT_THAT(json.out, HasSubstr("{\"sound\": false, \"newest_commit\": 1"));
  EXPECT_EQ(Koseid("verify --data /nowhere" + Model()).code, 2);
  EXPECT_EQ(Koseid("verify").code, 2);
}

TEST_F(Daemon, AProgramWithoutItsModelSaysWhyANewStoreHasNone) {
  const std::string alone = folder_ / "alone";
  std::filesystem::copy_file(KOSEI_SERVER_BINARY, alone);
  const Ran ran = Koseid("--data " + (folder_ / "new") + " --listen 127.0.0.1:0", alone);
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.out, HasSubstr("name a folder with one (--model); the one that came with the "
                                 "program cannot be read: "));
}

TEST_F(Daemon, APortThatIsTakenIsNamed) {
  auto server = Start();
  const Ran second =
      Koseid("--listen " + server->address() + " --data " + (folder_ / "other") + Model());
  EXPECT_EQ(second.code, 69);
  EXPECT_THAT(second.out, HasSubstr(server->address() + ": another program has this port"));
}

TEST_F(Daemon, AStopByASignalEndsInPeace) {
  auto server = Start();
  WirePeer idle;
  ASSERT_OK(idle.Open(PortOf(server->address()), server->admin_token()));
  ASSERT_OK(server->Stop());
  ASSERT_OK_AND_ASSIGN(const WireReply away, idle.Read());
  EXPECT_EQ(away.header.opcode, protocol::OpcodeOf(Operation::kGoAway));
  EXPECT_THAT(server->Log(), HasSubstr("event=stopped"));
}

TEST_F(Daemon, WhatWasAcknowledgedSurvivesKillNine) {
  auto server = Start();
  constexpr int kRounds = 3;
  constexpr int kCommits = 20;
  for (int round = 0; round < kRounds; ++round) {
    WirePeer peer;
    ASSERT_OK(peer.Open(PortOf(server->address()), server->admin_token()));
    for (int i = 0; i < kCommits; ++i) {
      const std::string key = "thing-" + std::to_string(round) + "-" + std::to_string(i);
      ASSERT_OK_AND_ASSIGN(const WireReply done, peer.Call(Operation::kMutate, 2, PutBody(1, key)));
      ASSERT_OK(done.error());
    }
    // More are under way when it dies; of those nothing is promised.
    for (std::uint64_t id = 10; id < 20; ++id) {
      ASSERT_OK(peer.Send(Operation::kMutate, id, PutBody(1, "unsure-" + std::to_string(id))));
    }
    server->Kill();
    ASSERT_OK(server->Start());
  }
  WirePeer peer;
  ASSERT_OK(peer.Open(PortOf(server->address()), server->admin_token()));
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kCommits; ++i) {
      const std::string key = "thing-" + std::to_string(round) + "-" + std::to_string(i);
      ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Call(Operation::kGet, 3, GetBody({key})));
      ASSERT_NE(reply.As<fb::GetReply>(), nullptr);
      EXPECT_NE(reply.As<fb::GetReply>()->records()->Get(0)->id(), 0U) << key;
    }
  }
}

TEST_F(Daemon, CheckConfigSaysOkOrEveryFaultWithItsPlace) {
  const std::string file = folder_ / "koseid.toml";
  std::ofstream(file) << "model = \"" << (folder_ / "model") << "\"\n";
  const Ran good = Koseid("--check-config --config " + file);
  EXPECT_EQ(good.code, 0);
  EXPECT_EQ(good.out, "OK\n");

  std::ofstream(file) << "modl = \"x\"\nworkers = 0\n";
  const Ran faults = Koseid("--check-config --config " + file);
  EXPECT_EQ(faults.code, 2);
  EXPECT_THAT(faults.out, HasSubstr(file + ":1:1: unknown key \"modl\"; did you mean \"model\"?"));
  EXPECT_THAT(faults.out, HasSubstr(file + ":2:"));

  std::ofstream(folder_ / "model/model.yaml", std::ios::app) << "  - name: depends_on\n";
  const Ran model = Koseid("--check-config" + Model());
  EXPECT_EQ(model.code, 2);
  EXPECT_THAT(model.out, HasSubstr("model.yaml:"));
  const Ran serve = Koseid("--listen 127.0.0.1:0 --data " + (folder_ / "data") + Model());
  EXPECT_EQ(serve.code, 2);
  EXPECT_THAT(serve.out, HasSubstr("model.yaml:"));
}

TEST_F(Daemon, OptionsThatMakeNoSenseAreRefusedBeforeAnythingIsTouched) {
  MakeCertificate();
  struct Case {
    std::string arguments;
    std::string says;
  };
  const std::string data = " --data " + (folder_ / "untouched");
  for (const Case& c :
       {Case{Model(), "no data folder"}, Case{data + Model() + " --listen 0.0.0.0:0", "plain text"},
        Case{data + Model() + " --tls-cert " + (folder_ / "cert.pem"), "only one of them"},
        Case{data + Model() + " --tls-cert /nowhere.pem --tls-key /nowhere.pem", "/nowhere.pem"},
        Case{data + Model() + " --tls-cert " + (folder_ / "cert.pem") + " --tls-key " +
                 (folder_ / "model/model.yaml"),
             "private key"},
        Case{data + Model() + " --workrs 3", "did you mean \"--workers\""},
        Case{data + " --model /nowhere", "/nowhere"}}) {
    SCOPED_TRACE(c.arguments);
    const Ran ran = Koseid(c.arguments);
    EXPECT_EQ(ran.code, 2);
    EXPECT_THAT(ran.out, HasSubstr(c.says));
  }
  struct stat info{};
  EXPECT_NE(stat((folder_ / "untouched").c_str(), &info), 0);
}

// A TLS client of OpenSSL's, with this newest version; what came back of a ping after the preface.
std::string PingOverTls(std::uint16_t port, int version) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                            SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), version);
  std::unique_ptr<BIO, decltype(&BIO_free_all)> connection(BIO_new_ssl_connect(context.get()),
                                                           BIO_free_all);
  BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  if (BIO_do_connect(connection.get()) != 1) return "";
  std::string bytes = protocol::EncodePreface(protocol::ClientPreface{});
  protocol::AppendFrame(bytes, protocol::RequestHeader(Operation::kPing, 3), PingBody(1));
  if (BIO_write(connection.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) return "";
  const std::size_t expected = protocol::kPrefaceSize + protocol::kFrameHeaderSize;
  std::string answer;
  std::array<char, 4'096> more{};
  while (answer.size() < expected) {
    const int count = BIO_read(connection.get(), more.data(), static_cast<int>(more.size()));
    if (count <= 0) return "";
    answer.append(more.data(), static_cast<std::size_t>(count));
  }
  return answer;
}

TEST_F(Daemon, TlsIsOnePointThreeOrNothing) {
  MakeCertificate();
  auto server = Start({"--tls-cert", folder_ / "cert.pem", "--tls-key", folder_ / "key.pem"});
  const std::uint16_t port = PortOf(server->address());
  const std::string answer = PingOverTls(port, TLS1_3_VERSION);
  ASSERT_GE(answer.size(), protocol::kPrefaceSize + protocol::kFrameHeaderSize);
  EXPECT_OK(protocol::DecodeServerPreface(answer.substr(0, protocol::kPrefaceSize)));
  const auto header = protocol::DecodeHeader(answer.data() + protocol::kPrefaceSize);
  EXPECT_EQ(header.opcode, protocol::ReplyOpcodeOf(Operation::kPing));
  EXPECT_EQ(header.request_id, 3U);
  EXPECT_EQ(PingOverTls(port, TLS1_2_VERSION), "");
  // Plain text on a TLS port gets nothing that it could take for an answer.
  WirePeer plain;
  EXPECT_FALSE(plain.Open(port, server->admin_token()).ok());
  ASSERT_OK(server->Stop());
  EXPECT_THAT(server->Log(), HasSubstr("event=tls_handshake_failed"));
}

}  // namespace
}  // namespace kosei::testing
