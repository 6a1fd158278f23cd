// Planned work as people write it: JSON and CSV, good and bad.
#include "work_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::cli {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kJson = R"({
  "changes": [
    {"id": "CHG-1", "from": "2026-12-05T21:00:00Z", "to": "2026-12-06T00:00:00Z", "changes": ["db-1"]},
    {"id": "CHG-2", "from": "2026-12-05T22:00:00Z", "to": "2026-12-06T01:00:00Z", "changes": ["db-2"], "down": []},
    {"id": "CHG-3", "from": "2026-12-05T21:00:00Z", "to": "2026-12-05T22:00:00Z", "plan": "move-db", "degraded": ["san-1"]}],
  "windows": [
    {"id": "year-end", "kind": "freeze", "from": "2026-12-20T00:00:00Z", "to": "2027-01-04T00:00:00Z", "services": ["payroll"]},
    {"id": "sat", "kind": "maintenance", "from": "2026-12-05T20:00:00Z", "to": "2026-12-06T04:00:00Z",
     "every": "7d", "until": "2026-12-26T00:00:00Z", "classes": ["Database"], "records": ["x"]}],
  "contexts": ["down"], "blocked": ["host-7"]})";

TEST(WorkFile, JsonSaysChangesAndWindows) {
  ASSERT_OK_AND_ASSIGN(const client::PlannedWork work, ParseWorkJson(kJson, "w.json"));
  ASSERT_EQ(work.changes.size(), 3U);
  EXPECT_EQ(work.changes[0].id, "CHG-1");
  EXPECT_EQ(FormatTimestamp(work.changes[0].window.to), "2026-12-06T00:00:00Z");
  EXPECT_TRUE(work.changes[0].change_is_failure);
  EXPECT_FALSE(work.changes[1].change_is_failure);
  EXPECT_THAT(work.changes[1].failed, IsEmpty());
  EXPECT_FALSE(work.changes[2].change_is_failure);
  EXPECT_THAT(work.changes[2].degraded, ElementsAre("san-1"));
  EXPECT_EQ(work.changes[2].plan, "move-db");
  ASSERT_EQ(work.windows.size(), 4U);
  EXPECT_EQ(work.windows[0].kind, client::CalendarKind::kFreeze);
  EXPECT_THAT(work.windows[0].services, ElementsAre("payroll"));
  EXPECT_EQ(work.windows[3].id, "sat#3");
  EXPECT_EQ(FormatTimestamp(work.windows[3].window.from), "2026-12-19T20:00:00Z");
  EXPECT_THAT(work.windows[3].classes, ElementsAre("Database"));
  EXPECT_THAT(work.contexts, ElementsAre("down"));
  EXPECT_THAT(work.blocked, ElementsAre("host-7"));
}

TEST(WorkFile, CsvSaysTheSame) {
  ASSERT_OK_AND_ASSIGN(
      const client::PlannedWork work,
      ParseWorkCsv("id,from,to,changes,down,kind,services\r\n"
                   "CHG-1,2026-12-05T21:00:00Z,2026-12-06T00:00:00Z,db-1;db-2,,,\r\n"
                   "\r\n"
                   "CHG-2,2026-12-05T21:00:00Z,2026-12-06T00:00:00Z,\"db-1\",-,change,\r\n"
                   "end,2026-12-20T00:00:00Z,2027-01-04T00:00:00Z,,,freeze,payroll\r\n",
                   "w.csv"));
  ASSERT_EQ(work.changes.size(), 2U);
  EXPECT_THAT(work.changes[0].changes, ElementsAre("db-1", "db-2"));
  EXPECT_TRUE(work.changes[0].change_is_failure);
  EXPECT_FALSE(work.changes[1].change_is_failure);
  ASSERT_EQ(work.windows.size(), 1U);
  EXPECT_THAT(work.windows[0].services, ElementsAre("payroll"));
}

TEST(WorkFile, WhatIsWrongIsSaidWithItsPlaceAndHowToMendIt) {
  const std::string change =
      R"("id": "A", "from": "2026-12-05T21:00:00Z", "to": "2026-12-06T00:00:00Z")";
  struct Case {
    std::string text;
    std::string said;
  };
  const Case cases[] = {
      {"{", "w.json: not JSON"},
      {"[]", "expected an object with changes"},
      {R"({"chages": []})", "did you mean 'changes'"},
      {R"({"changes": {}})", "w.json: changes: expected a list"},
      {R"({"changes": [3]})", "changes[0]: expected an object"},
      {R"({"changes": [{"from": "x"}]})", "changes[0], id: there is none"},
      {R"({"changes": [{"id": "A"}]})", "changes[0] (A), from: there is none"},
      {R"({"changes": [{"id": "A", "from": "tomorrow"}]})", "(A), from: 'tomorrow'"},
      {R"({"changes": [{"id": "A", "from": "2026-12-06T00:00:00Z", "to": "2026-12-06T00:00:00Z"}]})",
       "(A), to: it ends at"},
      {"{\"changes\": [{" + change + "}]}", "(A), changes: there is nothing"},
      {"{\"changes\": [{" + change + ", \"change\": \"x\"}]}", "did you mean 'changes'"},
      {"{\"changes\": [{" + change + ", \"down\": \"x\"}]}", "down: expected a list"},
      {"{\"changes\": [{" + change + ", \"down\": [\"x\"]}, {" + change + ", \"down\": [\"x\"]}]}",
       "changes[1] (A), id: another change has it"},
      {"{\"windows\": [{" + change + "}]}", "(A), kind: '' found, expected freeze or maintenance"},
      {"{\"windows\": [{" + change +
           ", \"kind\": \"freeze\", \"every\": \"1h\", \"until\": \"2027-01-01T00:00:00Z\"}]}",
       "shorter than the window"},
      {"{\"windows\": [{" + change + ", \"kind\": \"freeze\", \"every\": \"7d\"}]}",
       "until: there is none"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_THAT(ParseWorkJson(c.text, "w.json").status(),
                IsError(ErrorCode::kInvalidArgument, c.said));
  }
  const Case rows[] = {
      {"id,from\nA,x\n", "w.csv:1: there is no column 'to'"},
      {"id,from,to,chnages\n", "did you mean 'changes'"},
      {"id,from,to,id\n", "is there twice"},
      {"id,from,to\nA,x\n", "w.csv:2: 2 cells, the header has 3"},
      {"id,from,to\n\n\nA,x,y\n", "w.csv:4 (A), from: 'x'"},
      {"id,from,to\n\"A,x,y\n", "w.csv:2: a quote is not closed"},
  };
  for (const Case& c : rows) {
    SCOPED_TRACE(c.text);
    EXPECT_THAT(ParseWorkCsv(c.text, "w.csv").status(),
                IsError(ErrorCode::kInvalidArgument, c.said));
  }
  EXPECT_THAT(ReadWork("/nowhere/w.json").status(), HasErrorCode(ErrorCode::kNotFound));
}

TEST(WorkFile, LengthsAreShort) {
  constexpr std::int64_t kHour = 3'600'000'000;
  for (const auto& [text, length] : {std::pair{"90m", 3 * kHour / 2},
                                     {"4h", 4 * kHour},
                                     {"30d", 720 * kHour},
                                     {"2w", 336 * kHour},
                                     {"3600s", kHour},
                                     {"PT4H", 4 * kHour},
                                     {"P1D", 24 * kHour}}) {
    ASSERT_OK_AND_ASSIGN(const std::int64_t found, ParseLength(text, "--within"));
    EXPECT_EQ(found, length) << text;
  }
  for (const char* text :
       {"", "d", "4", "0h", "-4h", "4.5h", "4y", "P1M", "99999999h", "9999999d"}) {
    EXPECT_THAT(ParseLength(text, "--within").status(),
                IsError(ErrorCode::kInvalidArgument, "--within"))
        << text;
  }
  EXPECT_OK(ParseSpan("2026-12-01T20:00:00Z/2026-12-01T23:00:00+01:00", "--window").status());
  for (const char* text :
       {"", "/", "2026-12-01T20:00:00Z", "2026-12-01T20:00:00Z/2026-12-01T20:00:00Z"}) {
    EXPECT_THAT(ParseSpan(text, "--window").status(), HasErrorCode(ErrorCode::kInvalidArgument))
        << text;
  }
}

}  // namespace
}  // namespace kosei::cli
