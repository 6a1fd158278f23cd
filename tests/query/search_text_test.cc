// Search by text: case and width make no difference, in English and in Japanese.
#include <random>

#include "absl/strings/str_format.h"
#include "folded_text.h"
#include "reference_walk.h"
#include "search_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

// The same words as people write them, and as they are compared.
struct Word {
  std::string_view written;
  std::string_view folded;
};
constexpr Word kWords[] = {
    {"web", "web"},
    {"Web", "web"},
    {"ＷＥＢ", "web"},
    {"DB-01", "db-01"},
    {"ＤＢ－０１", "db-01"},
    {"サーバー", "サーバー"},
    {"ｻｰﾊﾞｰ", "サーバー"},
    {"ひらがな", "ひらがな"},
    {"データ", "データ"},
    {"ﾃﾞｰﾀ", "データ"},
    {"基幹系", "基幹系"},
    {"㈱", "(株)"},
    {"①", "1"},
    {"Ⅳ", "iv"},
    {"Straße", "strasse"},
    {"STRASSE", "strasse"},
    {"Ünal", "ünal"},
    {" ", " "},
    {"　", " "},
};

TEST(FoldedText, FindsWhatDiffersInCaseAndWidthOnly) {
  struct Case {
    std::string_view needle, text;
    bool found;
  };
  constexpr Case kCases[] = {
      {"", "anything", true},
      {"", "", true},
      {"web", "", false},
      {"WEB", "my web server", true},
      {"ｗｅｂ", "My Web Server", true},
      {"web", "ＷＥＢサーバー", true},
      {"ｻｰﾊﾞｰ", "Webサーバー1号機", true},
      {"サーバー", "ﾌｧｲﾙｻｰﾊﾞｰ", true},
      {"ハ", "ｻｰﾊﾞｰ", false},           // a voiced sound is another letter
      {"さーばー", "サーバー", false},  // so is hiragana
      {"ひらがな", "これはひらがなです", true},
      {"株", "㈱構成", true},
      {"サーバー", "plain ascii text, long enough", false},
      {"strasse", "Hauptstraße 4", true},
      {"a longer needle", "a longer", false},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(absl::StrFormat("'%s' in '%s'", c.needle, c.text));
    ASSERT_OK_AND_ASSIGN(FoldedText needle, FoldedText::Of(c.needle));
    EXPECT_EQ(needle.IsPartOf(c.text), c.found);
  }
}

TEST(FoldedText, NotUtf8IsRefused) {
  EXPECT_THAT(FoldedText::Of("abc\xf0"), testing::HasErrorCode(ErrorCode::kInvalidText));
}

TEST(SearchText, LooksAtKeyNameAndDescription) {
  SearchStore store;
  store.Put("Server", "srv-tokyo", {{"name", "one"}});
  store.Put("Server", "srv-2", {{"name", "東京 TOKYO"}});
  store.Put("Server", "srv-3", {{"description", "moved from ｔｏｋｙｏ"}});
  store.Put("Server", "srv-4", {{"tags", "tokyo"}});
  EXPECT_THAT(store.Find({.text = "Tokyo"}, store.store().Newest()),
              ::testing::ElementsAre("srv-tokyo", "srv-2", "srv-3"));
  EXPECT_THAT(store.Find({.text = "東京"}, store.store().Newest()),
              ::testing::ElementsAre("srv-2"));
}

TEST(SearchText, TheBestComesFirst) {
  SearchStore store;
  store.Put("Server", "srv-1", {{"description", "webs of wires"}});
  store.Put("Server", "srv-2", {{"description", "for the Web team"}});
  store.Put("Server", "srv-3", {{"name", "intraweb"}});
  store.Put("Server", "srv-4", {{"name", "the web"}});
  store.Put("Server", "srv-5", {{"name", "webshop"}});
  store.Put("Server", "web-1", {});
  store.Put("Server", "srv-6", {{"name", "ＷＥＢ"}});
  store.Put("Server", "Web", {{"name", "unlike"}});
  store.Put("Server", "srv-7", {{"name", "none of it"}});
  const auto best = store.Search({.text = "web"}, store.store().Newest(), Limits{});
  ASSERT_OK(best.status());
  EXPECT_THAT(best->keys, ::testing::ElementsAre("Web", "srv-6", "srv-5", "web-1", "srv-2", "srv-4",
                                                 "srv-1", "srv-3"));
  EXPECT_FALSE(best->summary.cut);
  const auto few = store.Search({.text = "web"}, store.store().Newest(), {.rows = 3});
  ASSERT_OK(few.status());
  EXPECT_THAT(few->keys, ::testing::ElementsAre("Web", "srv-6", "srv-5"));
  EXPECT_TRUE(few->summary.cut);
  EXPECT_THAT(
      store.Find({.text = "web", .order = SearchOrder::kById}, store.store().Newest()),
      ::testing::ElementsAre("srv-1", "srv-2", "srv-3", "srv-4", "srv-5", "web-1", "srv-6", "Web"));
}

TEST(SearchText, TheBestComesFirstInJapaneseToo) {
  SearchStore store;
  store.Put("Server", "srv-1", {{"name", "新基幹系サーバー"}});
  store.Put("Server", "srv-2", {{"name", "基幹系DB"}});
  store.Put("Server", "srv-3", {{"name", "基幹系"}});
  store.Put("Server", "srv-4", {{"description", "旧 基幹系 の控え"}});
  store.Put("Server", "srv-5", {{"name", "基"}});
  EXPECT_THAT(store.Find({.text = "基幹系"}, store.store().Newest()),
              ::testing::ElementsAre("srv-3", "srv-2", "srv-4", "srv-1"));
  EXPECT_THAT(store.Find({.text = "基"}, store.store().Newest()),
              ::testing::ElementsAre("srv-5", "srv-2", "srv-3", "srv-1", "srv-4"));
}

// Random names of random words; each text must find exactly the names whose folded form has it.
TEST(SearchText, FindsWhatANaiveFilterFinds) {
  SCOPED_TRACE(absl::StrFormat("KOSEI_TEST_SEED=%d", TestSeed()));
  std::mt19937_64 random(TestSeed());
  const auto words = [&random](std::size_t count) {
    std::pair<std::string, std::string> text;
    for (std::size_t i = 0; i < count; ++i) {
      const Word& word = kWords[random() % std::size(kWords)];
      text.first += word.written;
      text.second += word.folded;
    }
    return text;
  };
  SearchStore store;
  std::vector<std::pair<std::string, std::string>> folded;  // key, name and description
  for (int i = 0; i < 150; ++i) {
    const std::string key = absl::StrFormat("r%d", i);
    const auto [name, folded_name] = words(1 + random() % 4);
    const auto [text, folded_text] = words(1 + random() % 4);
    store.Put(i % 3 == 0 ? "Person" : "Server", key,
              {{"name", "x" + name + "x"}, {"description", "x" + text + "x"}});
    folded.emplace_back(key, "x" + folded_name + "x\n" + "x" + folded_text + "x");
  }
  for (int i = 0; i < 300; ++i) {
    const auto [needle, folded_needle] = words(1 + random() % 2);
    const bool servers = random() % 2 == 0;
    SCOPED_TRACE(needle);
    std::vector<std::string> expected;
    for (std::size_t k = 0; k < folded.size(); ++k) {
      if (servers && k % 3 == 0) continue;
      const bool found = folded[k].first.find(folded_needle) != std::string::npos ||
                         folded[k].second.find(folded_needle) != std::string::npos;
      if (found) expected.push_back(folded[k].first);
    }
    SearchRequest request{.text = needle, .class_name = servers ? "Server" : ""};
    std::vector<std::string> best = store.Find(request, store.store().Newest());
    EXPECT_THAT(best, ::testing::UnorderedElementsAreArray(expected));
    request.order = SearchOrder::kById;
    EXPECT_EQ(store.Find(request, store.store().Newest()), expected);
  }
}

}  // namespace
}  // namespace kosei::query
