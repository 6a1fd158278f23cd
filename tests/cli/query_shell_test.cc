// The shell of kosei query as somebody at a terminal has it: the real program on a pseudo-terminal.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include <chrono>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A terminal of 100 columns, and kosei on it.
class Screen {
 public:
  Screen(std::vector<std::string> words, std::vector<std::string> environment) {
    AddSanitizerSettings(environment);
    // Nothing but system calls between fork and exec.
    const std::vector<char*> arguments = PointersTo(words);
    const std::vector<char*> variables = PointersTo(environment);
    master_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    EXPECT_GE(master_, 0);
    EXPECT_EQ(grantpt(master_), 0);
    EXPECT_EQ(unlockpt(master_), 0);
    winsize size{};
    size.ws_row = 40;
    size.ws_col = 100;
    ioctl(master_, TIOCSWINSZ, &size);
    const std::string terminal = ptsname(master_);
    child_ = fork();
    if (child_ != 0) return;
    signal(SIGINT, SIG_DFL);  // whoever runs the tests may have it ignored
    setsid();                 // opening it then makes it the controlling one
    const int slave = open(terminal.c_str(), O_RDWR);
    for (const int descriptor : {0, 1, 2}) dup2(slave, descriptor);
    execve(arguments[0], arguments.data(), variables.data());
    _exit(127);
  }
  ~Screen() {
    close(master_);
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // As a person does, who types when the screen has stood still for a moment: what comes while the
  // terminal changes its mode is lost.
  void Type(const std::string& keys) {
    while (More(std::chrono::milliseconds(150))) {
    }
    ASSERT_EQ(write(master_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  // Whether `text` is shown within the time; what was shown up to there is done with.
  bool Shows(const std::string& text, std::chrono::milliseconds patience) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (true) {
      const std::size_t at = seen_.find(text);
      if (at != std::string::npos) {
        seen_.erase(0, at + text.size());
        return true;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (left.count() <= 0 || !More(left)) return false;
    }
  }
  void Until(const std::string& text) {
    EXPECT_TRUE(Shows(text, std::chrono::seconds(60)))
        << "'" << text << "' did not come; the screen has: " << seen_;
  }
  // Its exit code, once it is gone.
  int Leave() {
    while (More(std::chrono::seconds(60))) {
    }
    int status = 0;
    if (!gone_) {
      ADD_FAILURE() << "the program does not leave; the screen has: " << seen_;
      kill(child_, SIGKILL);
    }
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  bool More(std::chrono::milliseconds patience) {
    pollfd ready{.fd = master_, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return false;
    char piece[4'096];
    const ssize_t count = read(master_, piece, sizeof piece);
    gone_ = count <= 0;
    if (gone_) return false;
    seen_.append(piece, static_cast<std::size_t>(count));
    return true;
  }

  int master_ = -1;
  pid_t child_ = -1;
  bool gone_ = false;  // nothing more will come
  std::string seen_;
};

class QueryShell : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    Out({"import", "--records", KOSEI_DEMO_FOLDER "/records.jsonl", "--links",
         KOSEI_DEMO_FOLDER "/links.jsonl", "--source", "demo"});
  }
  std::vector<std::string> Environment() const {
    return {"KOSEI_SERVER=" + server_.address(),
            "KOSEI_TOKEN_FILE=" + server_.data() + "/admin.token",
            "HOME=" + folder_.path(),
            "LANG=C.UTF-8",
            "TERM=xterm",
            "PATH=/usr/bin:/bin"};
  }
  std::string HistoryPath() const { return Path(".local/state/kosei/query_history"); }
};

TEST_F(QueryShell, RunsStatementsOfSeveralLinesAndKeepsThem) {
  {
    Screen screen({KOSEI_BINARY, "query", "--no-color"}, Environment());
    screen.Until("kosei> ");
    screen.Type("MATCH (n:Site)\r");
    screen.Until("-> ");
    screen.Type("RETURN n.name ORDER BY n.key; RETURN 'a;b' AS t;\r");
    screen.Until("大阪データセンター");
    screen.Until("東京データセンター");
    screen.Until("2 rows");
    screen.Until("a;b");
    screen.Until("kosei> ");
    // An empty line ends a statement, too.
    screen.Type("RETURN 40 + 2 AS n\r\r");
    screen.Until("42");
    screen.Until("kosei> ");
    // Ctrl-C gives up what was typed.
    screen.Type("RETURN oops\x03");
    screen.Until("kosei> ");
    screen.Type("RETURN 'still here' AS s;\r");
    screen.Until("still here\r\n");
    screen.Until("kosei> ");
    screen.Type("\\q\r");
    EXPECT_EQ(screen.Leave(), 0);
  }
  EXPECT_THAT(ReadWhole(HistoryPath()),
              HasSubstr("MATCH (n:Site) RETURN n.name ORDER BY n.key;\nRETURN 'a;b' AS t;\n"));
  EXPECT_THAT(ReadWhole(HistoryPath()), Not(HasSubstr("oops")));
  struct stat facts{};
  ASSERT_EQ(stat(HistoryPath().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  // The arrow key brings back what an earlier session typed.
  Screen screen({KOSEI_BINARY, "query", "--no-color"}, Environment());
  screen.Until("kosei> ");
  screen.Type("\x1b[A\r");
  screen.Until("still here\r\n");
  screen.Type("\x04");
  EXPECT_EQ(screen.Leave(), 0);
}

TEST_F(QueryShell, CompletesWordsOfTheLanguageAndNamesOfTheModel) {
  const std::string robot =
      "---\nclasses:\n  - name: Robot\n    parent: ConfigurationItem\n"
      "    label: {en: Robot, ja: ロボット}\n    labels: [Machine]\n";
  Out({"model", "apply", Put("model.yaml", Out({"model", "text"}) + robot)});
  Out({"set", "r-1", "--class", "Robot"});
  Screen screen({KOSEI_BINARY, "query", "--no-color"}, Environment());
  screen.Until("kosei> ");
  screen.Type("MAT\t(n:BusinessS\t) RET\tcount(n) AS services;\r");
  screen.Until("services\r\n");
  screen.Until("2\r\n");
  screen.Until("kosei> ");
  // A label that is no name of a class.
  screen.Type("MATCH (n:Machi\t) RETURN count(n) AS machines;\r");
  screen.Until("machines\r\n");
  screen.Until("1\r\n");
  screen.Until("kosei> ");
  // Several: they are listed.
  screen.Type("MATCH ()-[:supp\t\t");
  screen.Until("supported_by_team");
  screen.Type("\x03");
  screen.Until("kosei> ");
}

TEST_F(QueryShell, CommandsChangeHowStatementsAreRead) {
  Out({"baseline", "create", "before"});
  Out({"set", "lb-1", "status=retired"});
  Screen screen({KOSEI_BINARY, "query", "--no-color"}, Environment());
  screen.Until("kosei> ");
  screen.Type("\\set key lb-1\r\\params\r");
  screen.Until("$key = 'lb-1'");
  screen.Type("MATCH (n {key: $key}) RETURN 'is ' + n.status AS s;\r");
  screen.Until("is retired");
  screen.Type("\\as-of before\r");
  screen.Until("kosei (as of before)> ");
  screen.Type("MATCH (n {key: $key}) RETURN 'is ' + n.status AS s;\r");
  screen.Until("is live");
  screen.Type("\\as-of nothing-of-the-kind\r");
  screen.Until("nothing-of-the-kind");
  screen.Until("kosei (as of before)> ");
  screen.Type("\\as-of now\r");
  screen.Until("kosei> ");
  screen.Type("\\output csv\rRETURN 'a,b' AS x;\r");
  screen.Until("\"a,b\"");
  screen.Type("\\output table\r\\timing\rRETURN 1 AS x;\r");
  screen.Until(" ms, commit ");
  screen.Type("\\explain\r");
  screen.Until("OPERATOR");
  screen.Until("kosei> ");
  screen.Type("\\filter class = Site order by key\r");
  screen.Until("site-osaka");
  screen.Until("kosei> ");
  screen.Type("\\limit 1;\r");
  screen.Until("\\limit: 1");
  screen.Type("RETURN $nobody;\r");
  screen.Until("\\set NAME VALUE");
  screen.Type("\\outptu csv\r");
  screen.Until("did you mean '\\output'?");
  screen.Type("RETURN oops;\r");
  screen.Until("line 1, column 8");
  screen.Until("kosei> ");
  // A text that goes on shows what ends it.
  screen.Type("RETURN 'two\r");
  screen.Until("'> ");
  screen.Type("lines' AS t;\r");
  screen.Until("kosei> ");
  screen.Type("exit;\r");
  EXPECT_EQ(screen.Leave(), 0);
}

TEST_F(QueryShell, CtrlCEndsTheStatementAndNotTheShell) {
  Screen screen({KOSEI_BINARY, "query", "--no-color"}, Environment());
  screen.Until("kosei> ");
  // Far more rows than anybody waits for. A key that comes before the line is read takes the line
  // away, as on every terminal; then it is typed again.
  bool cancelled = false;
  for (int tries = 0; tries < 20 && !cancelled; ++tries) {
    screen.Type(
        "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b % 7);\r");
    screen.Until("% 7);");
    screen.Type("\x03");
    cancelled = screen.Shows("cancelled", std::chrono::seconds(2));
  }
  EXPECT_TRUE(cancelled);
  screen.Until("kosei> ");
  screen.Type("RETURN 'still here' AS s;\r");
  screen.Until("still here\r\n");
}

}  // namespace
}  // namespace kosei::cli
