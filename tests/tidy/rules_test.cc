// Each rule on a bad example that it must find, and on the good one beside it that it must not.
#include "rules.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "source_tree.h"

namespace kosei::tidy {
namespace {

using Rule = std::function<Findings(const SourceFile&)>;

struct Example {
  std::string_view name;
  std::string path;
  std::string text;
  std::size_t line;  // where the rule must find it; 0: it must find nothing
};

void Expect(const Rule& rule, const std::vector<Example>& examples) {
  for (const Example& example : examples) {
    SCOPED_TRACE(example.name);
    const Findings findings = rule(MakeSourceFile(example.path, example.text));
    if (example.line == 0) {
      EXPECT_TRUE(findings.empty()) << findings.front().rule;
      continue;
    }
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings.front().path, example.path);
    EXPECT_EQ(findings.front().line, example.line);
    EXPECT_GT(findings.front().rule.size(), 20U) << "a rule is a sentence";
  }
}

std::string Lines(std::size_t count, const std::string& line = "int x;") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += line + "\n";
  return text;
}

SourceTree TreeOf(std::vector<SourceFile> files) {
  SourceTree tree;
  for (const SourceFile& file : files) tree.paths.push_back(file.path);
  tree.files = std::move(files);
  return tree;
}

TEST(LayerIncludes, FollowsTheTableInCMake) {
  const LayerTable table = ReadLayerTable(
      MakeSourceFile("cmake/kosei_library.cmake",
                     "set(KOSEI_MAY_USE_base \"\")\nset(KOSEI_MAY_USE_client base protocol)\n"));
  EXPECT_TRUE(table.at("base").empty());
  EXPECT_EQ(table.at("client"), (std::set<std::string>{"base", "protocol"}));
  Expect([&](const SourceFile& file) { return LayerIncludes(file, table); },
         {{"not in the table", "client/a.cc", "\n#include \"kosei/storage/engine.h\"\n", 2},
          {"in the table", "client/a.cc", "#include \"kosei/base/ids.h\"\n", 0},
          {"its own", "client/a.cc", "#include \"kosei/client/client.h\"\n", 0},
          {"base knows nobody", "base/a.h", "#include \"kosei/model/schema.h\"\n", 1},
          {"generated, of a schema of base", "client/a.cc",
           "#include \"kosei/record/record_generated.h\"\n", 0},
          {"tests may look everywhere", "tests/x/a.cc", "#include \"kosei/storage/engine.h\"\n", 0},
          {"in a comment", "client/a.cc", "// #include \"kosei/storage/engine.h\"\n", 0}});
}

TEST(ThirdPartyIncludes, FollowsTheTableOfLibraries) {
  Expect(ThirdPartyIncludes,
         {{"rocksdb above storage", "query/a.cc", "#include <rocksdb/slice.h>\n", 1},
          {"rocksdb in storage", "storage/a.cc", "#include \"rocksdb/db.h\"\n", 0},
          {"asio outside server and client", "storage/a.cc", "#include <boost/asio/post.hpp>\n", 1},
          {"without a folder", "query/a.cc", "#include <zstd.h>\n", 1},
          {"standard", "base/a.cc", "#include <vector>\n#include <sys/stat.h>\n", 0},
          {"nobody knows it", "base/a.cc", "#include <vector>\n#include <curl/curl.h>\n", 2},
          {"private header", "base/a.cc", "#include \"openssl_hash.h\"\n", 0}});
}

TEST(PublicHeaderIncludes, AllowsOnlyAbsl) {
  const std::string path = "storage/include/kosei/storage/a.h";
  Expect(PublicHeaderIncludes,
         {{"rocksdb", path, "#pragma once\n#include <rocksdb/db.h>\n", 2},
          {"generated", path, "#include \"kosei/record/record_generated.h\"\n", 1},
          {"absl", path, "#include \"absl/status/status.h\"\n#include <string>\n", 0},
          {"private header", "storage/a.h", "#include <rocksdb/db.h>\n", 0},
          {"messages show FlatBuffers", "protocol/include/kosei/protocol/messages.h",
           "#include \"flatbuffers/flatbuffers.h\"\n", 0}});
}

TEST(UmbrellaHeaders, AreRefused) {
  Expect(UmbrellaHeaders, {{"all of asio", "server/a.cc", "#include <boost/asio.hpp>\n", 1},
                           {"one header", "server/a.cc", "#include <boost/asio/post.hpp>\n", 0}});
}

TEST(UninstrumentedLocks, AreRefusedEverywhere) {
  Expect(UninstrumentedLocks,
         {{"in a layer", "storage/a.h", "\n#include \"absl/synchronization/mutex.h\"\n", 2},
          {"in a test", "tests/a.cc", "#include \"absl/synchronization/notification.h\"\n", 1},
          {"ours", "storage/a.h", "#include \"kosei/base/mutex.h\"\n", 0},
          {"annotations", "base/a.h", "#include \"absl/base/thread_annotations.h\"\n", 0}});
}

TEST(AwaitInCondition, NeedsAnInitStatement) {
  Expect(AwaitInCondition,
         {{"if", "server/a.cc", "int a;\nif (co_await f()) {\n", 2},
          {"over two lines", "server/a.cc", "if (ready &&\n    co_await f()) {\n", 1},
          {"while", "server/a.cc", "while (!co_await f(x)) {\n", 1},
          {"switch", "server/a.cc", "switch (co_await f()) {\n", 1},
          {"init statement", "server/a.cc", "if (auto x = co_await f(); x) {\n", 0},
          {"before", "server/a.cc", "const bool x = co_await f();\nif (x) {\n", 0},
          {"in the branch", "server/a.cc", "if (x) co_await f();\n", 0},
          {"in a comment", "server/a.cc", "// if (co_await f())\n", 0},
          {"in a string", "server/a.cc", "auto s = \"if (co_await f())\";\n", 0}});
}

TEST(CapturingLambdaWithAwait, IsRefused) {
  Expect(CapturingLambdaWithAwait,
         {{"argument", "server/a.cc", "co_await f([x] { return x; });\n", 1},
          {"by reference, next line", "server/a.cc", "int a;\nco_await f(1,\n    [&]() {});\n", 2},
          {"no capture", "server/a.cc", "co_await f([](int x) { return x; });\n", 0},
          {"named before", "server/a.cc", "auto g = [x] { return x; };\nco_await f(g);\n", 0},
          {"index", "server/a.cc", "co_await f(table[x]);\n", 0},
          {"binding", "server/a.cc", "const auto [e, n] = co_await f(x);\n", 0},
          {"coroutine lambda", "server/a.cc",
           "spawn([self]() -> asio::awaitable<void> { co_return; });\n", 1},
          {"coroutine lambda without captures", "server/a.cc",
           "spawn([](int x) -> asio::awaitable<void> { co_return; });\n", 0}});
}

TEST(CodeRules, FindWhatOurCodeDoesNotDo) {
  Expect(Throw, {{"throws", "base/a.cc", "\nthrow std::runtime_error(\"x\");\n", 2},
                 {"speaks of it", "base/a.cc", "// never throw\nauto s = \"throw\";\n", 0},
                 {"a longer word", "base/a.cc", "int throw_count;\n", 0}});
  Expect(UsingNamespaceInHeader, {{"header", "base/a.h", "using namespace std;\n", 1},
                                  {"source", "base/a.cc", "using namespace std::literals;\n", 0}});
  Expect(OwningNew, {{"raw", "base/a.cc", "int a;\nauto* p = new Thing(1);\n", 2},
                     {"handed over", "base/a.cc", "return std::unique_ptr<A>(new A(1));\n", 0},
                     {"lives for ever", "base/a.cc", "static const A& a = *new A(1);\n", 0},
                     {"in a comment", "base/a.cc", "// a new one\n/* new */ int newer;\n", 0}});
  Expect(Sleep, {{"production", "server/a.cc", "std::this_thread::sleep_for(1s);\n", 1},
                 {"test", "tests/a.cc", "usleep(3);\n", 1},
                 {"bench", "bench/a.cc", "usleep(3);\n", 0}});
  Expect(StdRegex, {{"use", "base/a.cc", "std::regex r(\"x\");\n", 1},
                    {"include", "base/a.cc", "#include <regex>\n", 1},
                    {"RE2", "model/a.cc", "re2::RE2 r(\"std::regex\");\n", 0}});
  Expect(MissingPragmaOnce, {{"missing", "base/a.h", "int a;\n", 1},
                             {"there", "base/a.h", "// why\n#pragma once\n", 0}});
}

TEST(LongFunctions, CountsFromSignatureToBracket) {
  const std::string body = Lines(69, "  f();");
  Expect(LongFunctions,
         {{"71 lines", "base/a.cc", "int a;\n\nvoid F() {\n" + body + "}\n", 3},
          {"70 lines", "base/a.cc", "void F() {\n" + Lines(68, "  f();") + "}\n", 0},
          {"a class", "base/a.h", "class A {\n" + body + "};\n", 0},
          {"a namespace", "base/a.cc", "namespace a {\n" + body + "}  // namespace a\n", 0},
          {"a test", "tests/a.cc", "void F() {\n" + body + "}\n", 0}});
}

TEST(TextRules, FindSizeAndAlphabet) {
  const auto whole_file = [](const SourceFile& file) { return LongFiles(file).size(); };
  EXPECT_EQ(whole_file(MakeSourceFile("base/a.cc", Lines(501))), 1U);
  EXPECT_EQ(whole_file(MakeSourceFile("base/a.cc", Lines(500))), 0U);
  EXPECT_EQ(whole_file(MakeSourceFile("tests/a.cc", Lines(801))), 1U);
  EXPECT_EQ(whole_file(MakeSourceFile("tests/a.cc", Lines(800))), 0U);
  EXPECT_EQ(whole_file(MakeSourceFile("docs/a.md", Lines(2000))), 0U);
  Expect(LongLines,
         {{"101", "base/a.cc", "int a;\n" + std::string(101, 'x') + "\n", 2},
          {"100", "base/a.cc", std::string(100, 'x') + "\n", 0},
          {"101 in a comment", "base/a.cc", "// " + std::string(98, 'x') + "\n", 1},
          {"101 in a table", "base/a.cc",
           "// clang-format off\n" + std::string(101, 'x') + "\n// clang-format on\n", 0},
          {"101 after a table", "base/a.cc",
           "// clang-format off\n// clang-format on\n" + std::string(101, 'x') + "\n", 3},
          {"101 in a raw string", "base/a.cc",
           "auto a = R\"(\n" + std::string(101, 'x') + "\n)\";\n", 0},
          {"101 of documents", "docs/a.md", std::string(101, 'x') + "\n", 0}});
  Expect(NonAscii, {{"a name", "base/a.cc", "\nint caf\xC3\xA9;\n", 2},
                    {"a comment", "base/a.cc", "int a;  // caf\xC3\xA9\n", 1},
                    {"a string", "base/a.cc", "auto a = \"\xE6\xA7\x8B\";\n", 0}});
}

TEST(TextRules, FindWhatNoTextMayContain) {
  const std::string later = std::string("TO") + "DO";
  Expect(LeftoverMarkers, {{"marker", "docs/a.md", "x\n" + later + ": y\n", 2},
                           {"part of a word", "docs/a.md", "a" + later + "b\n", 0}});
  const std::string host = std::string("https://registry.npm") + "js.org/left-pad";
  Expect(RegistryHosts, {{"host", "console/package-lock.json", "{\n\"x\": \"" + host + "\"\n", 2},
                         {"another host", "docs/a.md", "https://www.rfc-editor.org/\n", 0}});
  const std::string person = std::string("/ho") + "me/anna/kosei";
  const std::string machine = std::string("(/wo") + "rk/main)";
  Expect(MachinePaths, {{"a person's", "docs/a.md", "cd " + person + "\n", 1},
                        {"a build machine's", "docs/a.md", "\n" + machine + "\n", 2},
                        {"relative", "docs/a.md", "see team" + person + "\n", 0},
                        {"a convention", "docs/a.md", "/var/lib/kosei and /etc/kosei\n", 0}});
}

TEST(TreeRules, FindDocumentsThatNobodyFinds) {
  const SourceFile readme = MakeSourceFile("README.md", "# R\n[a](docs/a.md) [b](docs/none.md)\n");
  const SourceFile linked = MakeSourceFile("docs/a.md", "# A\n");
  const SourceFile lonely = MakeSourceFile("docs/b.md", "# B\n# B again\n[self](b.md)\n");
  const SourceTree tree = TreeOf({readme, linked, lonely});
  const Findings unlinked = UnlinkedDocuments(tree);
  ASSERT_EQ(unlinked.size(), 1U);
  EXPECT_EQ(unlinked[0].path, "docs/b.md");
  const Findings dead = DeadLinks(tree);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].path, "README.md");
  EXPECT_EQ(dead[0].line, 2U);
  const Findings titles = TitlesOfDocuments(tree);
  ASSERT_EQ(titles.size(), 1U);
  EXPECT_EQ(titles[0].path, "docs/b.md");
}

TEST(TreeRules, FindSourcesThatNothingBuilds) {
  const SourceTree tree = TreeOf({
      MakeSourceFile("base/CMakeLists.txt",
                     "kosei_library(base\n  HEADERS include/kosei/base/a.h\n"
                     "  SOURCES a.cc sub/b.cc)\n"),
      MakeSourceFile("base/a.cc", ""),
      MakeSourceFile("base/sub/b.cc", ""),
      MakeSourceFile("base/aa.cc", ""),
      MakeSourceFile("base/include/kosei/base/a.h", ""),
      MakeSourceFile("base/include/kosei/base/b.h", ""),
      MakeSourceFile("bench/CMakeLists.txt",
                     "foreach(name key_codec)\n add_executable(b ${name}.cc)\n"),
      MakeSourceFile("bench/key_codec.cc", ""),
  });
  const Findings findings = UnlistedSources(tree);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].path, "base/aa.cc");
  EXPECT_EQ(findings[1].path, "base/include/kosei/base/b.h");
}

TEST(UnusedHeaders, HasThoseThatNothingIncludes) {
  const SourceTree tree = TreeOf({
      MakeSourceFile("base/a.h", ""),
      MakeSourceFile("base/b.h", ""),
      MakeSourceFile("base/within/c.h", ""),
      MakeSourceFile("base/precompiled.h", ""),
      MakeSourceFile("base/CMakeLists.txt", "kosei_library(base PRECOMPILE precompiled.h)\n"),
      MakeSourceFile("base/include/kosei/base/b.h", ""),
      MakeSourceFile("base/a.cc",
                     "#include \"a.h\"\n#include \"kosei/base/b.h\"\n"
                     "#include \"within/c.h\"\n"),
  });
  const Findings findings = UnusedHeaders(tree);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].path, "base/b.h");
}

TEST(CodeMask, KeepsPositionsAndBlanksLiterals) {
  const SourceFile file = MakeSourceFile(
      "a.cc", "a = \"x // y\"; // c\nb = R\"(\n\"q\" )\"; c = '\"'; n = 1'000; /* d */ e\n");
  EXPECT_EQ(file.code[0], "a = \"      \";     ");
  EXPECT_EQ(file.code[1], "b = R\"(");
  EXPECT_EQ(file.code[2], "    )\"; c = ' '; n = 1'000;         e");
}

}  // namespace
}  // namespace kosei::tidy
