// Holds the whole tree against the rules. A failure names file, line and the rule as a sentence.
#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "rules.h"
#include "source_tree.h"

namespace kosei::tidy {
namespace {

const SourceTree& Tree() {
  static const SourceTree& tree = *new SourceTree(ReadTree(KOSEI_SOURCE_DIR));
  return tree;
}

const LayerTable& Layers() {
  static const LayerTable& layers =
      *new LayerTable(ReadLayerTable(*Tree().Find("cmake/kosei_library.cmake")));
  return layers;
}

std::string Report(const Findings& findings) {
  std::string report;
  for (const Finding& finding : findings) {
    report += finding.path + ":" + std::to_string(finding.line) + ": " + finding.rule + "\n";
  }
  return report;
}

std::string InEveryFile(const std::function<Findings(const SourceFile&)>& rule) {
  std::string report;
  for (const SourceFile& file : Tree().files) report += Report(rule(file));
  return report;
}

void ExpectNone(const std::string& report) { EXPECT_TRUE(report.empty()) << "\n" << report; }

TEST(Tree, IsRead) {
  ASSERT_NE(Tree().Find("CMakeLists.txt"), nullptr) << KOSEI_SOURCE_DIR;
  EXPECT_GT(Tree().files.size(), 50U);
  for (const std::string& path : Tree().paths) EXPECT_FALSE(path.starts_with("build/")) << path;
}

TEST(Tree, LayersIncludeOnlyWhatTheyMay) {
  ExpectNone(InEveryFile([](const SourceFile& file) { return LayerIncludes(file, Layers()); }));
}
TEST(Tree, LayersUseOnlyTheirLibraries) { ExpectNone(InEveryFile(ThirdPartyIncludes)); }
TEST(Tree, PublicHeadersShowNoThirdParty) { ExpectNone(InEveryFile(PublicHeaderIncludes)); }
TEST(Tree, NoUmbrellaHeaders) { ExpectNone(InEveryFile(UmbrellaHeaders)); }
TEST(Tree, LocksAreThoseOfBase) { ExpectNone(InEveryFile(UninstrumentedLocks)); }
TEST(Tree, NoAwaitInsideACondition) { ExpectNone(InEveryFile(AwaitInCondition)); }
TEST(Tree, NoCapturingLambdaWithAwait) { ExpectNone(InEveryFile(CapturingLambdaWithAwait)); }
TEST(Tree, NothingThrows) { ExpectNone(InEveryFile(Throw)); }
TEST(Tree, HeadersForceNoNamespace) { ExpectNone(InEveryFile(UsingNamespaceInHeader)); }
TEST(Tree, NoOwningNew) { ExpectNone(InEveryFile(OwningNew)); }
TEST(Tree, NothingSleeps) { ExpectNone(InEveryFile(Sleep)); }
TEST(Tree, NoStdRegex) { ExpectNone(InEveryFile(StdRegex)); }
TEST(Tree, FunctionsAreShort) { ExpectNone(InEveryFile(LongFunctions)); }
TEST(Tree, HeadersHavePragmaOnce) { ExpectNone(InEveryFile(MissingPragmaOnce)); }
TEST(Tree, FilesAreShort) { ExpectNone(InEveryFile(LongFiles)); }
TEST(Tree, LinesAreShort) { ExpectNone(InEveryFile(LongLines)); }
TEST(Tree, CodeIsAscii) { ExpectNone(InEveryFile(NonAscii)); }
TEST(Tree, NothingIsLeftForLater) { ExpectNone(InEveryFile(LeftoverMarkers)); }
TEST(Tree, NoRegistryHosts) { ExpectNone(InEveryFile(RegistryHosts)); }
TEST(Tree, NoMachinePaths) { ExpectNone(InEveryFile(MachinePaths)); }

TEST(Tree, EveryDocumentIsLinked) { ExpectNone(Report(UnlinkedDocuments(Tree()))); }
TEST(Tree, EveryLinkLeadsSomewhere) { ExpectNone(Report(DeadLinks(Tree()))); }
TEST(Tree, EveryDocumentHasOneTitle) { ExpectNone(Report(TitlesOfDocuments(Tree()))); }
TEST(Tree, EverySourceIsInATarget) { ExpectNone(Report(UnlistedSources(Tree()))); }
TEST(Tree, EveryHeaderIsIncluded) { ExpectNone(Report(UnusedHeaders(Tree()))); }

// client/examples/impact.cc is compiled and run by a test; README.md shows exactly that.
TEST(Readme, ShowsTheExampleThatIsTested) {
  const SourceFile* const example = Tree().Find("client/examples/impact.cc");
  const SourceFile* const readme = Tree().Find("README.md");
  ASSERT_NE(example, nullptr);
  ASSERT_NE(readme, nullptr);
  std::string shown;
  bool inside = false;
  for (const std::string& line : readme->lines) {
    if (line == "```") inside = false;
    if (inside) shown += line + "\n";
    if (line == "```cpp") inside = true;
  }
  std::string code;
  for (const std::string& line : example->lines) {
    if (code.empty() && !line.starts_with("#include")) continue;  // its comment is for its readers
    code += line + "\n";
  }
  EXPECT_EQ(shown, code) << "copy client/examples/impact.cc into README.md";
}

// The table may grow, but these edges would undo the architecture (docs/architecture.md).
TEST(LayerTable, KeepsTheEdgesThatMatterApart) {
  const std::vector<std::pair<std::string, std::string>> never = {
      {"client", "storage"},   {"client", "server"},  {"cli", "storage"},   {"cli", "server"},
      {"storage", "protocol"}, {"storage", "query"},  {"query", "process"}, {"query", "server"},
      {"protocol", "storage"}, {"process", "server"}, {"model", "storage"}, {"base", "model"},
      {"process", "protocol"}, {"query", "protocol"}, {"server", "client"}, {"language", "storage"},
      {"language", "model"}};
  for (const auto& [from, to] : never) {
    ASSERT_TRUE(Layers().contains(from)) << from;
    EXPECT_FALSE(Layers().at(from).contains(to)) << from << " -> " << to;
  }
}

}  // namespace
}  // namespace kosei::tidy
