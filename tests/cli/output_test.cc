// What people and programs read: widths, tables, JSON, CSV, values, paths, progress.
#include <string>
#include <string_view>
#include <vector>

#include "csv_writer.h"
#include "exit_code.h"
#include "gtest/gtest.h"
#include "impact_answer.h"
#include "import/progress_bar.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "record_text.h"
#include "status_matchers.h"
#include "step_text.h"
#include "suggest.h"
#include "table.h"
#include "value_parser.h"
#include "value_text.h"

namespace kosei::cli {
namespace {

TEST(Table, StaysInColumnsWithJapaneseText) {
  Table table({{"KEY"}, {"COUNT", Table::Align::kRight}, {"NAME"}});
  table.AddRow({"host:web-1", "7", "\u30a6\u30a7\u30d6"});
  table.AddRow({"\u6771\u4eac", "1,234", "x"});
  EXPECT_EQ(table.Render(Table::Style::kPlain),
            "KEY         COUNT  NAME\n"
            "host:web-1      7  \u30a6\u30a7\u30d6\n"
            "\u6771\u4eac        1,234  x\n");
}

TEST(Table, IsNotBrokenByTextWithLineFeeds) {
  Table table({{"A"}, {"B"}});
  table.AddRow({"x\ny", "z"});
  EXPECT_EQ(table.Render(Table::Style::kPlain), "A     B\nx\\ny  z\n");
}

TEST(JsonWriter, EscapesWhatJsonCannotHold) {
  std::string out;
  AppendJsonText(out, std::string_view("a\"b\\c\n\t\x01\x7f\0\u6771", 13));
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\\u0000\u6771\"");
  out.clear();
  AppendJsonText(out, "\xff!");
  EXPECT_EQ(out, "\"\xef\xbf\xbd!\"");
}

void WriteSample(JsonWriter& json) {
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("n", std::uint64_t{18446744073709551615U});
  json.Key("list");
  json.BeginArray(JsonWriter::Layout::kLines);
  json.BeginObject();
  json.Key("a");
  json.Boolean(true);
  json.Key("b");
  json.Null();
  json.End();
  json.Integer(-3);
  json.End();
  json.Key("none");
  json.BeginArray(JsonWriter::Layout::kLines);
  json.End();
  json.End();
}

TEST(JsonWriter, LaysOutLinesOrEverythingOnOne) {
  std::string lines;
  JsonWriter over_lines(lines);
  WriteSample(over_lines);
  EXPECT_EQ(lines,
            "{\n"
            "  \"n\": 18446744073709551615,\n"
            "  \"list\": [\n"
            "    {\"a\": true, \"b\": null},\n"
            "    -3\n"
            "  ],\n"
            "  \"none\": []\n"
            "}");
  std::string line;
  JsonWriter on_one(line, JsonWriter::Layout::kInline);
  WriteSample(on_one);
  EXPECT_EQ(line,
            "{\"n\": 18446744073709551615, \"list\": [{\"a\": true, \"b\": null}, -3], "
            "\"none\": []}");
}

TEST(CsvWriter, QuotesWhatNeedsIt) {
  std::string out;
  AppendCsvRow(out, {"plain", "a,b", "say \"hi\"", "two\nlines", ""});
  AppendCsvRow(out, {""});
  EXPECT_EQ(out, "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\n\"\"\n");
}

TEST(ValueText, ShowsEachTypeInItsOwnForm) {
  struct Case {
    std::string_view name;
    Value value;
    ValueType type;
    std::string_view text, json;
  };
  const ValueType integer{AttributeType::kInteger, {}};
  const Case cases[] = {
      {"integer", Value(-5), integer, "-5", "-5"},
      {"boolean", Value(true), {AttributeType::kBoolean, {}}, "true", "true"},
      {"decimal", Value(Decimal{-125, 1}), {AttributeType::kDecimal, {}}, "-12.5", "-12.5"},
      {"text", Value("a\"b"), {AttributeType::kString, {}}, "a\"b", "\"a\\\"b\""},
      {"date", Value(20'000), {AttributeType::kDate, {}}, "2024-10-04", "\"2024-10-04\""},
      {"timestamp",
       Value(1'700'000'000'000'000),
       {AttributeType::kTimestamp, {}},
       "2023-11-14T22:13:20Z",
       "\"2023-11-14T22:13:20Z\""},
      {"duration", Value(5'400'000'000), {AttributeType::kDuration, {}}, "PT1H30M", "\"PT1H30M\""},
      {"list",
       Value(ValueList{Value("a"), Value("b")}),
       {AttributeType::kList, AttributeType::kString},
       "a;b",
       "[\"a\", \"b\"]"},
      {"list of dates",
       Value(ValueList{Value(0)}),
       {AttributeType::kList, AttributeType::kDate},
       "1970-01-01",
       "[\"1970-01-01\"]"},
      {"null", Value(), integer, "", "null"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(FormatValue(c.value, c.type), c.text);
    std::string out;
    JsonWriter json(out);
    WriteValue(json, c.value, c.type);
    EXPECT_EQ(out, c.json);
  }
}

TEST(ValueText, WritesDurationsAsIso8601) {
  EXPECT_EQ(FormatDuration(0), "PT0S");
  EXPECT_EQ(FormatDuration(86'400'000'000), "P1D");
  EXPECT_EQ(FormatDuration(90'061'000'001), "P1DT1H1M1.000001S");
  EXPECT_EQ(FormatDuration(-1'500'000), "-PT1.5S");
  EXPECT_EQ(FormatDuration(INT64_MIN), "-P106751991DT4H54.775808S");
}

TEST(ValueParser, SplitsListsAtSemicolons) {
  client::ModelAttribute list;
  list.type = static_cast<std::uint8_t>(AttributeType::kList);
  EXPECT_EQ(ValueOfText(" a ;b;;c ", list), Value(ValueList{Value("a"), Value("b"), Value("c")}));
  client::ModelAttribute text;
  text.type = static_cast<std::uint8_t>(AttributeType::kString);
  EXPECT_EQ(ValueOfText("a;b", text), Value("a;b"));
}

TEST(Suggest, FindsTheNearestWordOrNone) {
  const std::vector<std::string> words = {"--depth", "--direction", "--limit", "--as-of"};
  EXPECT_EQ(Nearest("--dpeth", words), "--depth");
  EXPECT_EQ(Nearest("--limti", words), "--limit");
  EXPECT_EQ(Nearest("--zzzzzzzz", words), "");
  EXPECT_EQ(DidYouMean("SERVER", {"Server"}), "; did you mean 'Server'?");
}

TEST(ExitCode, FollowsTheTableOfTheManual) {
  struct Case {
    ErrorCode error;
    ExitCode exit;
  };
  const Case cases[] = {
      {ErrorCode::kInvalidArgument, ExitCode::kUsage},
      {ErrorCode::kFutureTime, ExitCode::kUsage},
      {ErrorCode::kConnectFailed, ExitCode::kConnect},
      {ErrorCode::kTlsRequired, ExitCode::kConnect},
      {ErrorCode::kUnauthenticated, ExitCode::kAuth},
      {ErrorCode::kPermissionDenied, ExitCode::kDenied},
      {ErrorCode::kVersionConflict, ExitCode::kConflict},
      {ErrorCode::kNotFound, ExitCode::kNotFound},
      {ErrorCode::kUnknownBaseline, ExitCode::kNotFound},
      {ErrorCode::kDeadlineExceeded, ExitCode::kLimit},
      {ErrorCode::kInternal, ExitCode::kInternal},
      {ErrorCode::kStorageIo, ExitCode::kInternal},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(InfoOf(c.error).symbol);
    EXPECT_EQ(ExitCodeOf(MakeError(c.error, "x")), c.exit);
  }
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kOk);
}

TEST(RecordText, RefusesATimeThatIsNone) {
  EXPECT_THAT(ParseView("2026-13-40"),
              kosei::testing::IsError(ErrorCode::kInvalidArgument, "RFC 3339"));
  EXPECT_OK(ParseView("2026-11-22T10:00:00+09:00"));
  EXPECT_EQ(ParseView("17")->kind, client::ViewName::Kind::kCommit);
  EXPECT_EQ(ParseView("before-migration")->kind, client::ViewName::Kind::kBaseline);
}

client::Model TwoTypes() {
  client::Model model;
  model.relationship_type_names = {"depends_on", "provides"};
  model.relationship_types.push_back({.number = RelationshipTypeNumber{1},
                                      .name = "depends_on",
                                      .label = {},
                                      .inverse = {},
                                      .impact = 1,
                                      .renamed_from = {},
                                      .capacities = {},
                                      .places = {}});
  model.relationship_types.push_back({.number = RelationshipTypeNumber{2},
                                      .name = "provides",
                                      .label = {},
                                      .inverse = {},
                                      .impact = 2,
                                      .renamed_from = {},
                                      .capacities = {},
                                      .places = {}});
  return model;
}

TEST(ImpactAnswer, RebuildsPathsOverAllBatches) {
  ImpactAnswer answer;
  client::ImpactBatch batch;
  batch.keys = {"a", "b"};
  batch.classes = {ClassNumber{1}, ClassNumber{1}};
  batch.distances = {1, 1};
  batch.predecessors = {1, 0};
  batch.vias = {RelationshipTypeNumber{1}, RelationshipTypeNumber{2}};
  answer.Add(batch);
  batch.keys = {"c"};
  batch.classes = {ClassNumber{2}};
  batch.distances = {2};
  batch.predecessors = {3};  // two roots, a, then b
  batch.vias = {RelationshipTypeNumber{1}};
  answer.Add(batch);
  answer.SetRoots({"r0", "r1"});

  const client::Model model = TwoTypes();
  const std::vector<client::PathStep> path = answer.PathTo(2, model, client::Direction::kDown);
  ASSERT_EQ(path.size(), answer.distance(2));
  EXPECT_EQ(path[0].from, "r0");
  EXPECT_EQ(path[0].to, "b");
  EXPECT_EQ(path[1].from, "b");
  EXPECT_EQ(path[1].to, "c");
  EXPECT_EQ(StepsText(path, model, 0), "r0 -provides-> b <-depends_on- c");
  EXPECT_EQ(StepsText(answer.PathTo(2, model, client::Direction::kUp), model, 0),
            "r0 <-provides- b -depends_on-> c");
}

// Where the direction of a link does not follow from its type, the server says which end is which.
TEST(ImpactAnswer, ArrowsFollowWhatTheServerSays) {
  ImpactAnswer answer;
  client::ImpactBatch batch;
  batch.keys = {"a", "b"};
  batch.classes = {ClassNumber{1}, ClassNumber{1}};
  batch.distances = {1, 2};
  batch.predecessors = {0, 1};
  batch.vias = {RelationshipTypeNumber{1}, RelationshipTypeNumber{1}};
  batch.is_source = {true, false};
  answer.Add(batch);
  answer.SetRoots({"r"});
  EXPECT_EQ(StepsText(answer.PathTo(1, TwoTypes(), client::Direction::kDown), TwoTypes(), 0),
            "r <-depends_on- a -depends_on-> b");
}

TEST(PathText, LeavesOutTheMiddleToFit) {
  std::vector<client::PathStep> path;
  for (int i = 0; i < 5; ++i) {
    path.push_back({.from = "n" + std::to_string(i),
                    .type = RelationshipTypeNumber{1},
                    .to = "n" + std::to_string(i + 1),
                    .inverse = true});
  }
  EXPECT_EQ(StepsText(path, TwoTypes(), 60), "n0 <-depends_on- n1 .. (3 more) .. <-depends_on- n5");
}

TEST(ProgressLine, ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine("records",
                         {.bytes_read = 250, .bytes_total = 1'000, .rows = 5'000, .rejected = 2},
                         std::chrono::seconds{5}, 100),
            "records  [######..................]  25%  5,000  1,000/s  0:15 left  2 rejected");
  EXPECT_EQ(ProgressLine("records", {.bytes_read = 1, .bytes_total = 0, .rows = 10, .rejected = 0},
                         std::chrono::seconds{70}, 100),
            "records  10  0/s  1:10");
}

}  // namespace
}  // namespace kosei::cli
