// A whole store out of one server and into another, with the real programs.
#include <filesystem>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HistoryTransfer : public Terminal {
 protected:
  Outcome KoseiAt(const kosei::testing::ServerProcess& server, std::vector<std::string> words) {
    words.insert(words.begin(), KOSEI_BINARY);
    return RunProgram(
        folder_.path(), std::move(words),
        {"KOSEI_SERVER=" + server.address(), "KOSEI_TOKEN_FILE=" + server.data() + "/admin.token",
         "LANG=C.UTF-8", "PATH=/usr/bin:/bin"},
        "");
  }
  void Fill() {
    Put("records.csv",
        "class,key,name,cpu_count\nServer,web-1,\"Web \"\"one\"\"\",8\nServer,web-2,ウェブ,4\n");
    Out({"import", "--records", Path("records.csv")});
    Out({"link", "web-1", "depends_on", "web-2", "--reason", "理由"});
    Out({"set", "web-1", "cpu_count=16", "--valid-from", "2020-01-01T00:00:00Z"});
    Out({"baseline", "create", "audit", "--description", "監査"});
    Out({"end", "web-2"});
  }
};

TEST_F(HistoryTransfer, AStoreGoesThroughAFileAndIsTheSame) {
  Fill();
  Out({"export", "--history", Path("a.jsonl")});
  Out({"export", "--history", Path("a.jsonl.gz")});
  Out({"export", "--history", Path("a.jsonl.zst")});
  const std::string text = ReadWhole(Path("a.jsonl"));
  EXPECT_THAT(text, StartsWith("{\"kosei_history\":1,"));
  EXPECT_EQ(Kosei({"export", "--history", "-"}).out, text);
  EXPECT_EQ(Kosei({"export", "--history", Path("a.jsonl")}).code, 6);  // never overwritten
  int number = 0;
  for (const std::string name : {"a.jsonl", "a.jsonl.gz", "a.jsonl.zst"}) {
    SCOPED_TRACE(name);
    kosei::testing::ServerProcess other(
        {.binary = KOSEI_SERVER_BINARY, .data = folder_ / ("other" + std::to_string(++number))});
    ASSERT_OK(other.Start());
    const Outcome imported =
        KoseiAt(other, {"import", "--history", Path(name), "--output", "json"});
    ASSERT_EQ(imported.code, 0) << imported.notes;
    const Json report(imported.out);
    EXPECT_EQ(report.Number("/commits"), report.Number("/newest_commit"));
    EXPECT_EQ(report.Number("/baselines"), 1);
    EXPECT_EQ(KoseiAt(other, {"export", "--history", "-"}).out, text);
    EXPECT_EQ(KoseiAt(other, {"get", "web-1", "--as-of", "audit", "--output", "json"}).out,
              Out({"get", "web-1", "--as-of", "audit", "--output", "json"}));
    // Done again it changes nothing; and the new store goes on by itself.
    const Outcome again = KoseiAt(other, {"import", "--history", Path(name), "--output", "json"});
    ASSERT_EQ(again.code, 0) << again.notes;
    EXPECT_EQ(Json(again.out).Number("/commits"), 0);
    EXPECT_EQ(KoseiAt(other, {"set", "web-1", "cpu_count=32"}).code, 0);
    ASSERT_OK(other.Stop());
    const Outcome verified =
        RunProgram(folder_.path(), {KOSEI_SERVER_BINARY, "verify", "--data", other.data()}, {}, "");
    EXPECT_EQ(verified.code, 0) << verified.out << verified.notes;
  }
}

TEST_F(HistoryTransfer, WhatIsWrongIsSaidWithItsLine) {
  Fill();
  Out({"export", "--history", Path("a.jsonl")});
  std::string text = ReadWhole(Path("a.jsonl"));
  const std::size_t at = text.find("ウェブ", text.find("{\"record\":"));
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 3, "ヱ");
  kosei::testing::ServerProcess other({.binary = KOSEI_SERVER_BINARY, .data = folder_ / "other"});
  ASSERT_OK(other.Start());
  const Outcome altered = KoseiAt(other, {"import", "--history", Put("altered.jsonl", text)});
  EXPECT_EQ(altered.code, 2);
  EXPECT_THAT(altered.notes, HasSubstr("import history, line "));
  EXPECT_THAT(altered.notes, HasSubstr("its content hash"));
  // The store is still empty, and takes the right one.
  EXPECT_EQ(KoseiAt(other, {"import", "--history", Path("a.jsonl")}).code, 0);
  EXPECT_EQ(KoseiAt(other, {"import", "--history", Path("none.jsonl")}).code, 7);
  EXPECT_EQ(Kosei({"import", "--history", "x", "--records", "y"}).code, 2);
}

TEST_F(HistoryTransfer, IsForAdministrators) {
  Out({"admin", "token", "create", "w", "--role", "writer", "--write", Path("writer.token")});
  EXPECT_EQ(Kosei({"--token-file", Path("writer.token"), "export", "--history", "-"}).code, 5);
  EXPECT_EQ(
      Kosei({"--token-file", Path("writer.token"), "import", "--history", Put("x.jsonl", "{}\n")})
          .code,
      5);
}

}  // namespace
}  // namespace kosei::cli
