// Parts that need no socket: tokens, the worker pool, options, log lines.
#include <atomic>
#include <fstream>
#include <thread>

#include "config.h"
#include "exit_code.h"
#include "kosei/base/bytes.h"
#include "kosei/base/mutex.h"
#include "kosei/server/log.h"
#include "kosei/server/tokens.h"
#include "manual_clock.h"
#include "server_fixture.h"
#include "worker_pool.h"

namespace kosei::server {
namespace {

using testing::HasErrorCode;
using testing::IsError;
using testing::ManualClock;
using testing::TempFolder;

class Tokens : public ::testing::Test {
 protected:
  void SetUp() override {
    storage::EngineOptions options;
    options.folder = folder_ / "data";
    options.model = *model::ParseModel(testing::kServerTestModel, "test.yaml");
    options.free_bytes_min = 0;
    auto engine = storage::Engine::Open(std::move(options));
    ASSERT_TRUE(engine.ok()) << engine.status().ToString();
    engine_ = *std::move(engine);
    Reopen();
  }
  void Reopen() {
    auto book = TokenBook::Open(engine_->writer(), SystemRandom(), clock_);
    ASSERT_TRUE(book.ok()) << book.status().ToString();
    book_ = *std::move(book);
  }

  TempFolder folder_;
  ManualClock clock_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<TokenBook> book_;
};

TEST_F(Tokens, HaveAFormThatScannersRecognise) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
  const std::string token = MakeTokenText(SystemRandom());
  EXPECT_EQ(token.size(), 62U);
  EXPECT_TRUE(token.starts_with("kos_"));
  EXPECT_TRUE(LooksLikeToken(token));
  // Every letter, because the last one carries two bits that no byte is made of.
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char letter : kLetters) {
      if (letter == token[i]) continue;
      std::string altered = token;
      altered[i] = letter;
      EXPECT_FALSE(LooksLikeToken(altered)) << altered << " at " << i;
    }
  }
  EXPECT_FALSE(LooksLikeToken(""));
  EXPECT_FALSE(LooksLikeToken(token + "a"));
}

TEST_F(Tokens, OutliveARestartAndAreStoredOnlyAsAHash) {
  ASSERT_OK_AND_ASSIGN(const NewToken made, book_->Create("cli", protocol::Role::kWriter, 30));
  ASSERT_OK_AND_ASSIGN(const auto settings, engine_->writer().Settings("token/"));
  ASSERT_EQ(settings.size(), 1U);
  EXPECT_EQ(settings[0].second.find(made.token), std::string::npos);
  EXPECT_NE(settings[0].second.find(ToHex(Sha256::Of(made.token))), std::string::npos);
  Reopen();
  ASSERT_OK_AND_ASSIGN(const Principal who, book_->Authenticate(made.token));
  EXPECT_EQ(who.name, "cli");
  EXPECT_EQ(who.role, protocol::Role::kWriter);
}

TEST_F(Tokens, KeepTheClassesThatTheyAreLimitedTo) {
  const std::vector<ClassNumber> classes = {ClassNumber{3}, ClassNumber{65'535}};
  ASSERT_OK_AND_ASSIGN(const NewToken made,
                       book_->Create("sites", protocol::Role::kReader, 30, classes));
  Reopen();
  ASSERT_OK_AND_ASSIGN(const Principal who, book_->Authenticate(made.token));
  EXPECT_EQ(who.classes, classes);
  EXPECT_EQ(book_->List().at(0).classes, classes);
}

TEST_F(Tokens, EndWithTheirTimeGiveOrTakeAMinute) {
  ASSERT_OK_AND_ASSIGN(const NewToken made, book_->Create("cli", protocol::Role::kReader, 1));
  ASSERT_OK_AND_ASSIGN(Principal who, book_->Authenticate(made.token));
  clock_.Advance(std::chrono::hours(24) + std::chrono::seconds(59));
  EXPECT_OK(book_->Authenticate(made.token));
  EXPECT_OK(book_->Recheck(who));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_THAT(book_->Authenticate(made.token), IsError(ErrorCode::kUnauthenticated, "expired at"));
  EXPECT_THAT(book_->Recheck(who), HasErrorCode(ErrorCode::kUnauthenticated));
  clock_.JumpTo(Timestamp{made.info.created.micros - 61'000'000});
  EXPECT_THAT(book_->Authenticate(made.token),
              IsError(ErrorCode::kUnauthenticated, "the server's clock"));
}

TEST_F(Tokens, ThatAreRevokedAreNoticedByWhoHoldsThem) {
  ASSERT_OK_AND_ASSIGN(const NewToken made, book_->Create("cli", protocol::Role::kReader, 1));
  ASSERT_OK_AND_ASSIGN(Principal who, book_->Authenticate(made.token));
  EXPECT_TRUE(book_->Unchanged(who));
  ASSERT_OK(book_->Revoke("cli"));
  EXPECT_FALSE(book_->Unchanged(who));
  EXPECT_THAT(book_->Recheck(who), HasErrorCode(ErrorCode::kUnauthenticated));
  EXPECT_THAT(book_->Authenticate(made.token), HasErrorCode(ErrorCode::kUnauthenticated));
  EXPECT_THAT(book_->Revoke("cli"), HasErrorCode(ErrorCode::kNotFound));
  Reopen();
  EXPECT_TRUE(book_->List().empty());
}

TEST_F(Tokens, AnAdministratorThatHasExpiredDoesNotCount) {
  EXPECT_FALSE(book_->HasAdministrator());
  ASSERT_OK(book_->Create("boss", protocol::Role::kAdministrator, 1));
  EXPECT_TRUE(book_->HasAdministrator());
  clock_.Advance(std::chrono::hours(25));
  EXPECT_FALSE(book_->HasAdministrator());
}

TEST_F(Tokens, ThatCannotBeReadAreAnError) {
  const std::string digest(64, 'a');
  for (const std::string& odd :
       {std::string("9 from the future"), "2 " + digest + " reader 1 2",
        "2 " + digest + " reader 1 2 3,x", "2 " + digest + " reader 1 2 0",
        "2 " + digest + " reader 1 2 65536", "1 " + digest + " reader 1 2 3"}) {
    SCOPED_TRACE(odd);
    ASSERT_OK(engine_->writer().PutSetting("token/odd", odd));
    EXPECT_THAT(TokenBook::Open(engine_->writer(), SystemRandom(), clock_).status(),
                HasErrorCode(ErrorCode::kStorageCorrupt));
  }
}

TEST(WorkerPoolTest, ABulkLaneThatIsFullLeavesRoomForReads) {
  // Before the pool: its threads are in them until it has stopped.
  Notification release;
  Notification read_done;
  WorkerPool pool({.threads = 2, .interactive_max = 10, .bulk_max = 10});
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(pool.Submit(Lane::kBulk, [&] { release.Wait(); }));
  }
  ASSERT_TRUE(pool.Submit(Lane::kInteractive, [&] { read_done.Notify(); }));
  read_done.Wait();  // while every bulk task still waits
  release.Notify();
}

TEST(WorkerPoolTest, AFullQueueRefusesAndContinuationsAreTaken) {
  Notification begun;
  Notification release;
  std::atomic<int> done{0};
  WorkerPool pool({.threads = 1, .interactive_max = 2, .bulk_max = 2});
  ASSERT_TRUE(pool.Submit(Lane::kInteractive, [&] {
    begun.Notify();
    release.Wait();
  }));
  begun.Wait();
  EXPECT_TRUE(pool.Submit(Lane::kInteractive, [&] { ++done; }));
  EXPECT_TRUE(pool.Submit(Lane::kInteractive, [&] { ++done; }));
  EXPECT_FALSE(pool.Submit(Lane::kInteractive, [&] { ++done; }));
  EXPECT_TRUE(pool.SubmitContinuation(Lane::kInteractive, [&] { ++done; }));
  release.Notify();
  pool.Stop();
  EXPECT_EQ(done.load(), 3);
  EXPECT_FALSE(pool.SubmitContinuation(Lane::kBulk, [] {}));
}

// A wake-up that were lost would leave a round unfinished for ever.
TEST(WorkerPoolTest, EveryTaskRunsWhateverTheMixture) {
  constexpr int kTasks = 12;
  WorkerPool pool({.threads = 3, .interactive_max = 100, .bulk_max = 100});
  for (int round = 0; round < 500; ++round) {
    std::atomic<int> open{2 * kTasks};
    Notification all_done;
    const auto submit = [&](int seed) {
      for (int i = 0; i < kTasks; ++i) {
        const Lane lane = (round + seed + i) % 3 == 0 ? Lane::kInteractive : Lane::kBulk;
        EXPECT_TRUE(pool.Submit(lane, [&] {
          if (--open == 0) all_done.Notify();
        }));
      }
    };
    std::thread other(submit, 1);
    submit(0);
    other.join();
    all_done.Wait();
  }
}

TEST(ConfigTest, AFlagBeatsAVariableBeatsTheFileBeatsTheDefault) {
  TempFolder folder;
  const std::string path = folder / "koseid.toml";
  std::ofstream(path) << "data = \"from-file\"\nio_threads = 3\nworkers = 5\n";
  Config config;
  std::vector<std::string> faults;
  ApplyFile(path, config, faults);
  ApplyEnvironment(
      [](const std::string& name) -> std::optional<std::string> {
        if (name == "KOSEI_IO_THREADS") return "6";
        if (name == "KOSEI_WORKERS") return "7";
        return std::nullopt;
      },
      config, faults);
  ApplyCommandLine(ParseCommandLine({"--workers", "8"}), config, faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(config.data, "from-file");
  EXPECT_EQ(config.io_threads, 6U);
  EXPECT_EQ(config.workers, 8U);
  EXPECT_EQ(config.listen, "127.0.0.1:7421");
}

TEST(ConfigTest, ThePeriodOfTheScrubberIsDaysAndHours) {
  const std::pair<std::string, std::chrono::hours> good[] = {{"P7D", std::chrono::hours(7 * 24)},
                                                             {"PT12H", std::chrono::hours(12)},
                                                             {"P1DT6H", std::chrono::hours(30)},
                                                             {"0", std::chrono::hours(0)}};
  for (const auto& [text, period] : good) {
    Config config;
    EXPECT_OK(FindOption("scrub_period")->apply(config, text)) << text;
    EXPECT_EQ(config.scrub_period, period) << text;
  }
  for (const std::string text :
       {"", "7", "P", "PT", "P0D", "PT5M", "P1H", "PT1D", "P-1D", "P7Dx"}) {
    Config config;
    EXPECT_THAT(FindOption("scrub_period")->apply(config, text),
                IsError(ErrorCode::kInvalidArgument, "or 0 for never"))
        << text;
  }
}

TEST(ConfigTest, FreeSpaceIsANumberOfBytes) {
  Config config;
  EXPECT_EQ(config.free_bytes_min, 268'435'456U);
  EXPECT_OK(FindOption("free_bytes_min")->apply(config, "10000000000"));
  EXPECT_EQ(config.free_bytes_min, 10'000'000'000U);
  for (const std::string text : {"", "1GiB", "-1", "1125899906842625"}) {
    EXPECT_THAT(FindOption("free_bytes_min")->apply(config, text),
                IsError(ErrorCode::kInvalidArgument, "a number of bytes"))
        << text;
  }
}

TEST(ConfigTest, EveryFaultOfTheFileIsNamedWithItsPlace) {
  TempFolder folder;
  const std::string path = folder / "koseid.toml";
  std::ofstream(path) << "data = \"d\"\n"
                         "lisen = \"127.0.0.1:1\"\n"
                         "workers = \"many\"\n"
                         "io_threads = 0\n"
                         "watermark = \"lax\"\n";
  Config config;
  std::vector<std::string> faults;
  ApplyFile(path, config, faults);
  EXPECT_THAT(faults, ::testing::UnorderedElementsAre(
                          ::testing::AllOf(::testing::HasSubstr("koseid.toml:2:1"),
                                           ::testing::HasSubstr("did you mean \"listen\"")),
                          ::testing::AllOf(::testing::HasSubstr("koseid.toml:3:"),
                                           ::testing::HasSubstr("expected a whole number")),
                          ::testing::AllOf(::testing::HasSubstr("koseid.toml:4:"),
                                           ::testing::HasSubstr("from 1 to 256")),
                          ::testing::AllOf(::testing::HasSubstr("koseid.toml:5:"),
                                           ::testing::HasSubstr("relaxed or strict"))));
  faults.clear();
  std::ofstream(path) << "data = \"d\"\nlisten = \n";
  ApplyFile(path, config, faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0], ::testing::HasSubstr("koseid.toml:2:"));
  faults.clear();
  ApplyFile(folder / "absent.toml", config, faults);
  EXPECT_EQ(faults.size(), 1U);
}

TEST(ConfigTest, UnknownFlagsAreRefusedWithASuggestion) {
  const CommandLine line = ParseCommandLine({"--data", "d", "--io-thread=2"});
  EXPECT_EQ(line.action, CommandLine::Action::kRefuse);
  EXPECT_THAT(line.text, ::testing::HasSubstr("did you mean \"--io-threads\""));
  EXPECT_EQ(ParseCommandLine({"serve"}).action, CommandLine::Action::kRefuse);
  EXPECT_EQ(ParseCommandLine({"--data"}).action, CommandLine::Action::kRefuse);
  EXPECT_THAT(ParseCommandLine({"--help"}).text, ::testing::HasSubstr("Examples:"));
}

TEST(ConfigTest, PlainTextStaysOnLoopback) {
  for (const auto& [address, code] : std::vector<std::pair<std::string, std::optional<ErrorCode>>>{
           {"127.0.0.1:0", std::nullopt},
           {"[::1]:7421", std::nullopt},
           {"localhost:7421", std::nullopt},
           {"0.0.0.0:7421", ErrorCode::kTlsRequired},
           {"*:7421", ErrorCode::kTlsRequired},
           {"192.0.2.1:7421", ErrorCode::kTlsRequired},
           {"127.0.0.1", ErrorCode::kInvalidArgument},
           {"127.0.0.1:99999", ErrorCode::kInvalidArgument},
           {"::1:7421", ErrorCode::kInvalidArgument},
           {"example.org:7421", ErrorCode::kInvalidArgument}}) {
    SCOPED_TRACE(address);
    ServerOptions options;
    options.listen = address;
    const absl::Status status = CheckServerOptions(options);
    if (code.has_value()) {
      EXPECT_THAT(status, HasErrorCode(*code));
    } else {
      EXPECT_OK(status);
    }
  }
}

TEST(LogTest, OneEventIsOneLineWhateverIsInIt) {
  EXPECT_EQ(FormatLogLine(LogFormat::kLogfmt, "x", {{"a", "plain"}, {"b", "two words"}}),
            "event=x a=plain b=\"two words\"");
  EXPECT_EQ(FormatLogLine(LogFormat::kLogfmt, "x", {{"a", "line\nbreak \"quoted\""}, {"b", ""}}),
            "event=x a=\"line\\nbreak \\\"quoted\\\"\" b=\"\"");
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, "x", {{"a", "back\\slash\x01"}}),
            "\"event\":\"x\",\"a\":\"back\\\\slash\\u0001\"");
}

}  // namespace
}  // namespace kosei::server
