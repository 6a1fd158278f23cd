// Search with conditions: ranges and beginnings; and the same answer with indexes, with some, with
// lagging ones and with none.
#include <algorithm>
#include <random>

#include "absl/strings/str_format.h"
#include "kosei/query/search.h"
#include "search_store.h"
#include "status_matchers.h"

namespace kosei::query {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kModel = R"(
classes:
  - name: Device
    label: {en: Device, ja: Device}
    attributes:
      - {name: name, type: string, index: true, label: {en: Name, ja: Name}}
      - {name: description, type: text, label: {en: Description, ja: Description}}
      - {name: tags, type: list, item_type: string, index: true, search: true, label: {en: T, ja: T}}
      - {name: port, type: integer, minimum: 0, index: true, label: {en: Port, ja: Port}}
      - {name: cost, type: decimal, index: true, label: {en: Cost, ja: Cost}}
      - {name: due, type: date, label: {en: Due, ja: Due}}
      - {name: address, type: ip_address, index: true, label: {en: IP, ja: IP}}
      - {name: spare, type: boolean, label: {en: Spare, ja: Spare}}
      - name: state
        type: enum
        index: true
        label: {en: State, ja: State}
        values: [{name: live, label: {en: L, ja: L}}, {name: dead, label: {en: D, ja: D}}]
  - {name: Server, parent: Device, label: {en: Server, ja: Server}}
)";

class SearchIndexTest : public ::testing::Test {
 protected:
  std::vector<std::string> Find(const SearchRequest& request) {
    return store_.Find(request, store_.store().Newest());
  }
  absl::Status Refusal(const Condition& condition) {
    return store_.Search({.where = {condition}}, store_.store().Newest(), Limits{}).status();
  }
  SearchStore store_{kModel};
};

TEST_F(SearchIndexTest, ConditionsCompareAsTheTypeDoes) {
  store_.Put("Server", "a", {{"port", "80"}, {"cost", "1.5"}, {"due", "2026-03-01"}});
  store_.Put("Server", "b", {{"port", "443"}, {"cost", "12"}, {"due", "2026-11-22"}});
  store_.Put("Device", "c", {{"port", "8080"}, {"address", "10.0.0.9"}, {"name", "web-1"}});
  store_.Put("Device", "d", {{"address", "10.0.0.10"}, {"name", "web-2"}, {"tags", "x;web"}});
  store_.Put("Device", "e", {{"address", "2001:db8::1"}, {"name", "Web"}, {"state", "live"}});
  struct Case {
    Condition condition;
    std::vector<std::string> keys;
  };
  const Case kCases[] = {
      {{"port", "443", Comparison::kLess}, {"a"}},
      {{"port", "443", Comparison::kLessOrEqual}, {"a", "b"}},
      {{"port", "443", Comparison::kGreater}, {"c"}},
      {{"port", "443", Comparison::kGreaterOrEqual}, {"b", "c"}},
      {{"port", "-1", Comparison::kGreater}, {"a", "b", "c"}},  // what no port could be
      {{"cost", "1.50", Comparison::kLessOrEqual}, {"a"}},
      {{"cost", "2", Comparison::kGreater}, {"b"}},
      {{"due", "2026-06-01", Comparison::kLess}, {"a"}},  // no index
      {{"address", "10.0.0.9", Comparison::kGreater}, {"d"}},
      {{"address", "10.0.0.0/28", Comparison::kPrefix}, {"c", "d"}},
      {{"address", "2001:db8::/32", Comparison::kPrefix}, {"e"}},
      {{"name", "web", Comparison::kPrefix}, {"c", "d"}},
      {{"name", "web-2", Comparison::kLess}, {"c", "e"}},
      {{"tags", "we", Comparison::kPrefix}, {"d"}},
      {{"state", "li", Comparison::kPrefix}, {"e"}},
      {{"tags", "x;web", Comparison::kEqual}, {"d"}},
  };
  for (const bool whole : {false, true}) {
    if (whole) ASSERT_OK(store_.store().engine().indexes().CatchUp());
    for (const Case& c : kCases) {
      SCOPED_TRACE(c.condition.attribute + std::string(storage::NameOf(c.condition.comparison)) +
                   c.condition.value);
      EXPECT_EQ(Find({.where = {c.condition}}), c.keys);
    }
  }
  EXPECT_THAT(
      Find({.where = {{"port", "80", Comparison::kGreater}, {"port", "8080", Comparison::kLess}}}),
      ElementsAre("b"));
  EXPECT_THAT(Find({.text = "web", .class_name = "Server"}), IsEmpty());
}

TEST_F(SearchIndexTest, WhatDoesNotCompareIsRefused) {
  EXPECT_THAT(Refusal({"state", "live", Comparison::kLess}), HasErrorCode(ErrorCode::kWrongType));
  EXPECT_THAT(Refusal({"spare", "true", Comparison::kGreater}),
              HasErrorCode(ErrorCode::kWrongType));
  EXPECT_THAT(Refusal({"port", "4", Comparison::kPrefix}), HasErrorCode(ErrorCode::kWrongType));
  EXPECT_THAT(Refusal({"port", "many", Comparison::kLess}), HasErrorCode(ErrorCode::kWrongType));
  EXPECT_THAT(Refusal({"address", "10.", Comparison::kPrefix}),
              HasErrorCode(ErrorCode::kWrongType));
  EXPECT_THAT(Refusal({"key", "a", Comparison::kPrefix}),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Refusal({"prot", "4", Comparison::kLess}),
              HasErrorCode(ErrorCode::kUnknownAttribute));
}

// The same questions of the same Views with indexes whole, lagging, half gone and gone.
TEST_F(SearchIndexTest, TheAnswerIsTheSameWithoutIndexes) {
  std::mt19937_64 random(23);
  const auto below = [&random](std::uint64_t limit) { return random() % limit; };
  constexpr std::string_view kWords[] = {"web", "ＷＥＢ", "サーバー", "基幹", "db", "1", "東京"};
  const auto word = [&] { return std::string(kWords[below(std::size(kWords))]); };
  std::vector<storage::View> views;
  const auto write = [&] {
    const std::string key = absl::StrFormat("r%d", below(60));
    std::vector<std::pair<std::string, std::string>> attributes = {
        {"name", word() + word()}, {"port", std::to_string(below(20))}};
    if (below(2) == 0) attributes.emplace_back("tags", word() + ";" + word());
    if (below(2) == 0) attributes.emplace_back("state", below(2) == 0 ? "live" : "dead");
    if (below(2) == 0) attributes.emplace_back("address", absl::StrFormat("10.0.0.%d", below(9)));
    store_.Put("Server", key, attributes);
  };
  struct Question {
    SearchRequest request;
    storage::View view;
    std::vector<std::string> answer;
  };
  std::vector<Question> questions;
  const auto ask = [&] {
    SearchRequest request;
    if (below(2) == 0) request.text = word();
    if (below(2) == 0) {
      request.where.push_back(
          {"port", std::to_string(below(20)), static_cast<Comparison>(below(5))});
    }
    if (below(3) == 0) request.where.push_back({"state", "live"});
    if (below(3) == 0) request.where.push_back({"name", word(), Comparison::kPrefix});
    if (below(3) == 0) request.where.push_back({"tags", word()});
    if (below(2) == 0) request.order = SearchOrder::kById;
    const storage::View view = views[below(views.size())];
    questions.push_back({request, view, store_.Find(request, view)});
  };
  const auto repeat = [&](std::string_view state) {
    SCOPED_TRACE(state);
    for (const Question& question : questions) {
      EXPECT_EQ(store_.Find(question.request, question.view), question.answer);
    }
  };
  storage::IndexAdmin& indexes = store_.store().engine().indexes();
  for (int i = 0; i < 200; ++i) {
    write();
    if (i % 10 == 0) views.push_back(store_.store().Newest());
    ask();
    if (i % 50 == 49) ASSERT_OK(indexes.CatchUp());
  }
  repeat("lagging");
  ASSERT_OK(indexes.CatchUp());
  repeat("whole");
  ASSERT_OK(indexes.BuildAll());
  repeat("being built");
  ASSERT_OK(indexes.CatchUp());
  repeat("built anew");
  for (const std::string_view name : {"port", "full-text"}) ASSERT_OK(indexes.Drop(name));
  repeat("half gone");
  for (const std::string_view name : {"name", "tags", "state", "address", "cost"}) {
    ASSERT_OK(indexes.Drop(name));
  }
  repeat("gone");
}

}  // namespace
}  // namespace kosei::query
