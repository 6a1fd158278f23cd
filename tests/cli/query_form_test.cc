// What `kosei query` takes and prints, without a server: statements as text, parameters, values,
// tables, plans, completion.
#include <cstdint>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kosei/base/error.h"
#include "kosei/language/temporal_text.h"
#include "query/completion.h"
#include "query/parameters.h"
#include "query/result_table.h"
#include "query/result_writer.h"
#include "query/saved_query.h"
#include "query/statement_text.h"
#include "query/value_form.h"
#include "status_matchers.h"

namespace kosei::cli {
namespace {

using client::QueryRow;
using client::QueryValue;
using language::PackedList;
using language::PackedMap;
using language::PackedNode;
using language::PackedPath;
using language::PackedRelationship;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(StatementText, SplitsAtSemicolonsThatStandFree) {
  const SplitText split = SplitStatements(
      "RETURN ';' AS a; RETURN \"x\\\";\" ;\n MATCH (`n;`) // no; end\n RETURN 1 /* ; */;;RETURN "
      "2");
  EXPECT_THAT(split.statements, ElementsAre("RETURN ';' AS a", "RETURN \"x\\\";\"",
                                            "MATCH (`n;`) // no; end\n RETURN 1 /* ; */"));
  EXPECT_EQ(split.rest, "RETURN 2");
  EXPECT_FALSE(split.open);
}

TEST(StatementText, KnowsWhenATextOrACommentGoesOn) {
  EXPECT_EQ(SplitStatements("RETURN 'a;").open, '\'');
  EXPECT_EQ(SplitStatements("RETURN 1 /* more").open, '/');
  EXPECT_EQ(SplitStatements("RETURN `a").open, '`');
  EXPECT_FALSE(SplitStatements("RETURN 1 // more").open);
  EXPECT_TRUE(IsBlank(" \n // nothing\n /* here */ "));
  EXPECT_FALSE(IsBlank(" 1 "));
}

TEST(StatementText, OneLineMeansTheSame) {
  EXPECT_EQ(OneLine("MATCH (n) // all\n  WHERE n.name = 'a  b'\nRETURN n\n"),
            "MATCH (n) WHERE n.name = 'a  b' RETURN n");
  EXPECT_EQ(OneLine("RETURN 'a\nb'"), "RETURN 'a\\nb'");
}

TEST(Parameters, WordsAreWhatTheyLookLike) {
  EXPECT_EQ(*ValueOfWord("5").As<std::int64_t>(), 5);
  EXPECT_EQ(*ValueOfWord("-2.5").As<double>(), -2.5);
  EXPECT_EQ(*ValueOfWord("true").As<bool>(), true);
  EXPECT_TRUE(IsNull(ValueOfWord("null")));
  EXPECT_EQ(language::TextOf(*ValueOfWord("2026-01-31").As<language::Date>()), "2026-01-31");
  EXPECT_NE(ValueOfWord("2026-01-31T09:00:00Z").As<language::DateTime>(), nullptr);
  EXPECT_NE(ValueOfWord("2026-01-31T09:00").As<language::LocalDateTime>(), nullptr);
  for (const char* const text : {"web-1", "2026-99-99", "0x10", "inf", "nan", "1.2.3", "", "-"}) {
    SCOPED_TRACE(text);
    const auto value = ValueOfWord(text);
    ASSERT_NE(value.As<std::string>(), nullptr);
    EXPECT_EQ(*value.As<std::string>(), text);
  }
  EXPECT_EQ(*ValueOfWord("'5'").As<std::string>(), "5");
}

TEST(Parameters, JsonKeepsItsTypes) {
  const auto value = ValueOfJson(R"({"a": [1, 2.0, "\u6771", null, true], "b": {}})");
  ASSERT_OK(value);
  EXPECT_EQ(CellText(*value, ""), "{a: [1, 2.0, '\u6771', null, true], b: {}}");
  EXPECT_THAT(ValueOfJson("{a: 1}"), kosei::testing::IsError(ErrorCode::kInvalidArgument, "JSON"));
  EXPECT_FALSE(ValueOfJson(std::string(200, '[') + std::string(200, ']')).ok());
}

TEST(Parameters, TheLaterOfOneNameCounts) {
  PackedMap parameters;
  ASSERT_OK(AddParameters({"a=1", "$b=x=y"}, {"a=[2]"}, parameters));
  EXPECT_EQ(CellText(*FindParameter(parameters, "a"), ""), "[2]");
  EXPECT_EQ(CellText(*FindParameter(parameters, "b"), ""), "x=y");
  EXPECT_FALSE(AddParameters({"a"}, {}, parameters).ok());
  EXPECT_FALSE(AddParameters({"=1"}, {}, parameters).ok());
}

PackedNode Server() {
  return {.id = 1,
          .labels = {"Server", "ConfigurationItem"},
          .properties = {{"cpu_count", {std::int64_t{8}}}, {"name", {std::string("\u6771\u4eac")}}},
          .element_id = "web-1"};
}
PackedRelationship Link() {
  return {.id = 1,
          .start = 2,
          .end = 1,
          .type = "runs_on",
          .properties = {},
          .element_id = "2-3-1",
          .start_element_id = "shop",
          .end_element_id = "web-1"};
}
PackedPath Walk() {
  PackedNode shop{.id = 2, .labels = {"Application"}, .properties = {}, .element_id = "shop"};
  return {.nodes = {Server(), shop},
          .relationships = {Link()},
          .steps = {{.relationship = 0, .node = 1, .forward = false}}};
}

TEST(Values, AreTextForPeople) {
  EXPECT_EQ(CellText({std::string("a 'b'")}, ""), "a 'b'");
  EXPECT_EQ(CellText({PackedList{{std::string("a 'b'")}, {}}}, ""), "['a \\'b\\'', null]");
  EXPECT_EQ(CellText({1.0}, ""), "1.0");
  EXPECT_EQ(CellText({}, "null"), "null");
  EXPECT_EQ(CellText({Server()}, ""), "(web-1:Server {cpu_count: 8, name: '\u6771\u4eac'})");
  EXPECT_EQ(CellText({Link()}, ""), "(shop)-[:runs_on]->(web-1)");
  EXPECT_EQ(CellText({Walk()}, ""), "(web-1:Server)<-[:runs_on]-(shop:Application)");
  EXPECT_EQ(CellText({language::Date{0}}, ""), "1970-01-01");
  EXPECT_EQ(CellText({PackedMap{{"a`b", {}}}}, ""), "{`a``b`: null}");
}

std::string Json(const QueryValue& value) {
  std::string out;
  JsonWriter json(out);
  WriteQueryValue(json, value);
  return out;
}

TEST(Values, AreJsonForPrograms) {
  EXPECT_EQ(Json({Server()}), R"({"key": "web-1", "labels": ["Server", "ConfigurationItem"], )"
                              "\"properties\": {\"cpu_count\": 8, \"name\": \"\u6771\u4eac\"}}");
  EXPECT_EQ(Json({Link()}), R"({"type": "runs_on", "start": "shop", "end": "web-1"})");
  EXPECT_THAT(Json({Walk()}), HasSubstr(R"("relationships": [{"type": "runs_on", "start": "shop", )"
                                        R"("end": "web-1"}], "length": 1})"));
  EXPECT_EQ(Json({language::Duration{.days = 1}}), "\"P1D\"");
  EXPECT_EQ(Json({0.5}), "0.5");
  EXPECT_EQ(Json({std::numeric_limits<double>::infinity()}), "\"Infinity\"");
}

TEST(ResultTable, ShortensTheWidestUntilTheTerminalHolds) {
  ResultTable table({"key", "text", "n"});
  table.AddRow({{std::string("web-1")}, {std::string(60, 'x')}, {std::int64_t{5}}});
  table.AddRow({{}, {std::string("\u6771\u4eac")}, {std::int64_t{10}}});
  EXPECT_EQ(table.Render(30, Table::Style::kPlain),
            "key    text                  n\n"
            "web-1  xxxxxxxxxxxxxxxx...   5\n"
            "null   \u6771\u4eac                 10\n");
  // Nothing is cut where nobody said how wide it is.
  EXPECT_THAT(table.Render(0, Table::Style::kPlain), HasSubstr(std::string(60, 'x')));
}

TEST(ResultTable, WidthsFitAndNoColumnGoesBelowTheLeast) {
  EXPECT_THAT(FitWidths({50, 10, 50}, 64, 2, 8), ElementsAre(25, 10, 25));
  EXPECT_THAT(FitWidths({50, 50}, 10, 2, 8), ElementsAre(8, 8));
  EXPECT_THAT(FitWidths({3, 4}, 80, 2, 8), ElementsAre(3, 4));
  EXPECT_THAT(FitWidths({}, 80, 2, 8), IsEmpty());
}

TEST(ResultTable, APlanIsATree) {
  const std::vector<client::PlanLine> plan = {
      {.depth = 0, .name = "Results", .details = "n", .rows = 3},
      {.depth = 1, .name = "Filter", .details = "n.name = 'x'", .rows = 3},
      {.depth = 2, .name = "ByClass", .details = "Server", .rows = 1'000}};
  EXPECT_EQ(RenderPlan(plan, false, 0, Table::Style::kPlain),
            "OPERATOR       DETAILS\n"
            "Results        n\n"
            "+- Filter      n.name = 'x'\n"
            "   +- ByClass  Server\n");
  EXPECT_THAT(RenderPlan(plan, true, 0, Table::Style::kPlain), HasSubstr("1,000"));
}

class Writer : public ::testing::Test {
 protected:
  std::string Write(OutputFormat format, bool several, bool filter) {
    std::FILE* const file = std::tmpfile();
    Context context({}, file, file);
    ResultWriter writer(context, {.format = format, .several = several, .filter = filter});
    const std::vector<std::string> columns =
        filter ? std::vector<std::string>{"n"} : std::vector<std::string>{"k", "n"};
    const QueryRow row =
        filter ? QueryRow{{Server()}} : QueryRow{{std::string("a,b")}, {std::int64_t{1}}};
    for (int i = 0; i < (several ? 2 : 1); ++i) {
      writer.Row(columns, row);
      client::StatementSummary summary;
      summary.columns = columns;
      summary.rows = 1;
      writer.End(summary);
    }
    writer.Finish();
    EXPECT_OK(context.Flush());
    std::string text;
    std::rewind(file);
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
    std::fclose(file);
    return text;
  }
};

TEST_F(Writer, WritesRowsInEveryForm) {
  EXPECT_EQ(Write(OutputFormat::kCsv, false, false), "k,n\n\"a,b\",1\n");
  EXPECT_EQ(Write(OutputFormat::kCsv, true, false), "k,n\n\"a,b\",1\n\nk,n\n\"a,b\",1\n");
  EXPECT_EQ(Write(OutputFormat::kJsonl, false, false), "{\"k\": \"a,b\", \"n\": 1}\n");
  EXPECT_EQ(Write(OutputFormat::kTable, false, false), "k    n\na,b  1\n");
  const std::string json = Write(OutputFormat::kJson, false, false);
  EXPECT_TRUE(json.starts_with("{\n  \"columns\": [\"k\", \"n\"],\n  \"rows\": [\n    {\"k\": "));
  EXPECT_THAT(json, HasSubstr("\"row_count\": 1,\n  \"cut\": false\n}\n"));
  EXPECT_TRUE(Write(OutputFormat::kJson, true, false).starts_with("[\n  {\n"));
}

TEST_F(Writer, AFilterShowsRecordsAsASearchDoes) {
  EXPECT_EQ(Write(OutputFormat::kCsv, false, true),
            "key,class,status,name\nweb-1,Server,,\u6771\u4eac\n");
}

QueryVocabulary Vocabulary() {
  return {.labels = {{"Server", {"name", "status"}}, {"Service", {"name", "priority"}}},
          .relationship_types = {"runs_on", "member_of"},
          .attributes = {"status", "name", "operational_status", "priority"},
          .parameters = {"site"},
          .plans = {"move-db"},
          .commands = {"\\plan", "\\params", "\\output"}};
}
std::vector<std::string> Offered(std::string_view before) {
  return CompleteQuery(before, Vocabulary()).words;
}

TEST(QueryCompletion, OffersWhatFitsThePlace) {
  EXPECT_THAT(Offered("MATCH (n:Ser"), ElementsAre("Server", "Service"));
  EXPECT_THAT(Offered("MATCH (n)-[:"), ElementsAre("member_of", "runs_on"));
  EXPECT_THAT(Offered("MATCH (n)-[:runs_on|me"), ElementsAre("member_of"));
  EXPECT_THAT(Offered("RETURN [x IN xs | colle"), ElementsAre("collect("));
  EXPECT_THAT(Offered("MATCH (n)-[:runs_on]->(m:serv"), ElementsAre("Server", "Service"));
  EXPECT_THAT(Offered("MATCH (n) WHERE n.st"), ElementsAre("status"));
  EXPECT_THAT(Offered("RETURN n.k"), ElementsAre("key"));
  // Of what is known of the name.
  EXPECT_THAT(Offered("MATCH (m), (n:Server) RETURN n."), ElementsAre("key", "name", "status"));
  EXPECT_THAT(Offered("MATCH (n:Server)--( n :Service) RETURN n."),
              ElementsAre("key", "name", "priority", "status"));
  EXPECT_THAT(Offered("MATCH (n:Server|Nothing)\nWHERE n.st"), ElementsAre("status"));
  EXPECT_THAT(Offered("MATCH (n:Nothing) RETURN n.st"), ElementsAre("status"));
  EXPECT_THAT(Offered("MATCH (x:Server) RETURN n.prio"), ElementsAre("priority"));
  EXPECT_THAT(Offered("MATCH (:Server)-[:runs_on]->(:Service {"),
              ElementsAre("key", "name", "priority"));
  EXPECT_THAT(Offered("MATCH (n:Server {name: 'x', st"), ElementsAre("status"));
  EXPECT_THAT(Offered("MATCH (n:Server {name: toUp"), ElementsAre("toUpper("));
  EXPECT_THAT(Offered("MATCH (n {site: $"), ElementsAre("site"));
  EXPECT_THAT(Offered("CALL kosei.im"), ElementsAre("kosei.impact("));
  EXPECT_THAT(Offered("CALL db.l"), ElementsAre("db.labels("));
  EXPECT_THAT(Offered("OPT"), ElementsAre("OPTIONAL"));
  EXPECT_THAT(Offered("opt"), ElementsAre("optional"));
  EXPECT_THAT(Offered("RETURN colle"), ElementsAre("collect("));
  EXPECT_THAT(Offered("\\pl"), ElementsAre("\\plan"));
  EXPECT_THAT(Offered("\\plan m"), ElementsAre("move-db"));
  EXPECT_THAT(Offered("\\explain MATCH (n:Serve"), ElementsAre("Server"));
  EXPECT_THAT(Offered("RETURN 'Ser"), IsEmpty());
  EXPECT_EQ(CompleteQuery("MATCH (n:Ser", Vocabulary()).typed, 3U);
}

TEST(QueryCompletion, NamesOfTheModelAreThoseThatRecordsCanHave) {
  client::Model model;
  const auto add = [&model](std::uint16_t number, const std::string& name) -> client::ModelClass& {
    client::ModelClass& one = model.classes.emplace_back();
    one.number = ClassNumber{number};
    one.parent = ClassNumber{static_cast<std::uint16_t>(number == 1 ? 0 : 1)};
    one.name = name;
    one.attributes.emplace_back().name = name + "_id";
    return one;
  };
  add(1, "Item").is_abstract = true;
  client::ModelAttribute& gone = add(2, "Server").attributes.emplace_back();
  gone.name = "gone";
  gone.retired = true;
  add(3, "Robot").labels = {{"Machine"}};
  add(4, "Old").retired = true;
  QueryVocabulary vocabulary;
  vocabulary.relationship_types = {"of_an_earlier_model"};
  vocabulary.parameters = {"site"};
  TakeNames(model, vocabulary);
  using Names = std::vector<std::string>;
  EXPECT_EQ(vocabulary.labels,
            (std::map<std::string, Names>{{"Item", {"Item_id", "Server_id"}},
                                          {"Machine", {"Item_id", "Robot_id"}},
                                          {"Server", {"Item_id", "Server_id"}}}));
  EXPECT_EQ(vocabulary.attributes, (Names{"Item_id", "Robot_id", "Server_id"}));
  EXPECT_THAT(vocabulary.relationship_types, IsEmpty());
  EXPECT_EQ(vocabulary.parameters, Names{"site"});
}

TEST(QueryCompletion, TheCommonBeginningEndsAtACharacter) {
  EXPECT_EQ(CommonBeginning({"Server", "Service"}), "Serv");
  EXPECT_EQ(CommonBeginning({"\u6771\u4eac", "\u6771\u4eb0"}), "\u6771");
  EXPECT_EQ(CommonBeginning({}), "");
}

TEST(SavedQuery, DefaultsStandInForValuesThatAreNotGiven) {
  const SavedQuery query{.name = "q", .parameters = {"status=live", "site"}};
  PackedMap parameters;
  EXPECT_THAT(FillParameters(query, parameters),
              kosei::testing::IsError(ErrorCode::kQueryParameter, "'site' has no value"));
  parameters = {{"site", {std::string("tokyo")}}};
  ASSERT_OK(FillParameters(query, parameters));
  EXPECT_EQ(CellText(*FindParameter(parameters, "status"), ""), "live");
  parameters.push_back({"stie", {}});
  EXPECT_THAT(FillParameters(query, parameters),
              kosei::testing::IsError(ErrorCode::kQueryParameter, "did you mean 'site'"));
}

}  // namespace
}  // namespace kosei::cli
