// The service clock through the real programs: what was promised, what is left, and why.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ClockCommand : public Terminal {
 protected:
  // Opened on a Friday at 17:00 in Tokyo; the Monday behind it is a holiday.
  void SetUp() override {
    Terminal::SetUp();
    Out({"set", "svc:mail", "--class", "BusinessService", "name=Mail"});
    Out({"incident", "new", "Mail is slow", "opened_at=2024-11-01T17:00:00+09:00", "priority=p3",
         "--link", "concerns=svc:mail"});
  }
};

TEST_F(ClockCommand, SaysWhatIsLeftAtAnyTime) {
  const Json json(Out({"incident", "clock", "INC-000001", "--at", "2024-11-05T10:00:00+09:00"}));
  EXPECT_THAT(json.Names(""), ElementsAre("key", "at", "targets"));
  EXPECT_EQ(json.Text("/at"), "2024-11-05T01:00:00Z");
  EXPECT_EQ(json.Count("/targets"), 2U);
  EXPECT_EQ(json.Text("/targets/0/target"), "respond");
  EXPECT_EQ(json.Text("/targets/1/agreement"), "incidents");
  EXPECT_EQ(json.Text("/targets/1/target"), "resolve");
  EXPECT_EQ(json.Text("/targets/1/state"), "running");
  EXPECT_EQ(json.Text("/targets/1/due"), "2024-11-06T06:00:00Z");
  EXPECT_EQ(json.Number("/targets/1/given_seconds"), 16 * 3600);
  EXPECT_EQ(json.Number("/targets/1/elapsed_seconds"), 2 * 3600);
  EXPECT_EQ(json.Number("/targets/1/remaining_seconds"), 14 * 3600);
  const Outcome table = Kosei(
      {"incident", "clock", "INC-000001", "--at", "2024-11-05T10:00:00+09:00", "-o", "table"});
  EXPECT_THAT(table.out, HasSubstr("2:00      14:00"));
  // Long behind it, and nobody has answered.
  const Json now(Out({"incident", "clock", "INC-000001"}));
  EXPECT_EQ(now.Text("/targets/1/state"), "missed");
  EXPECT_LT(now.Number("/targets/1/remaining_seconds"), 0);
}

TEST_F(ClockCommand, SaysOfEachHourWhyItCounts) {
  const std::vector<std::string> words = {
      "incident",  "clock",    "INC-000001", "--at", "2024-11-05T10:00:00+09:00",
      "--explain", "--target", "resolve"};
  const Json json(Out(words));
  EXPECT_EQ(json.Count("/explanations"), 1U);
  EXPECT_EQ(json.Text("/explanations/0/intervals/0/from"), "2024-11-01T08:00:00Z");
  EXPECT_EQ(json.Text("/explanations/0/intervals/0/to"), "2024-11-01T09:00:00Z");
  std::vector<std::string> table = words;
  table.insert(table.end(), {"-o", "table"});
  EXPECT_THAT(Out(table), HasSubstr("Culture Day"));
  table.insert(table.begin(), {"--locale", "ja"});
  EXPECT_THAT(Out(table), HasSubstr("文化の日"));
  std::vector<std::string> csv = words;
  csv.insert(csv.end(), {"-o", "csv"});
  EXPECT_THAT(Out(csv), HasSubstr("agreement,target,from,to,counted,state,party,why\n"
                                  "incidents,resolve,2024-11-01T08:00:00Z"));
  EXPECT_EQ(Json(Out({"incident", "clock", "INC-000001", "--explain"})).Count("/explanations"), 2U);
}

TEST_F(ClockCommand, MistakesAreToldWithWhatToDo) {
  const Outcome other =
      Kosei({"incident", "clock", "INC-000001", "--explain", "--agreement", "gold"});
  EXPECT_EQ(other.code, 7);
  EXPECT_THAT(other.notes, HasSubstr("no target of gold governs it; `kosei incident clock"));
  EXPECT_EQ(Kosei({"incident", "clock", "INC-000009"}).code, 7);
  const Outcome time = Kosei({"incident", "clock", "INC-000001", "--at", "noon"});
  EXPECT_EQ(time.code, 2);
  EXPECT_THAT(time.notes, HasSubstr("--at 'noon'"));
  // Nothing is promised for problems, and nothing was before it was opened.
  Out({"problem", "new", "Pool leaks"});
  const Outcome none = Kosei({"problem", "clock", "PRB-000001"});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.notes, HasSubstr("no agreement on time"));
  EXPECT_EQ(Kosei({"incident", "clock", "INC-000001", "--at", "2020-01-01T00:00:00Z"}).code, 1);
}

TEST_F(ClockCommand, SaysWhichVerdictsAMendedCalendarChanges) {
  // It is resolved on Wednesday at 14:00, an hour in time.
  Out({"set", "team:desk", "--class", "Team", "name=Desk"});
  const std::string file = Path("default.yaml");
  std::string text =
      ReadWhole(std::string(KOSEI_SOURCE_DIR) + "/model/process/calendars/default.yaml");
  const std::string line = "    holidays: [japan]\n";
  for (std::size_t at = 0; (at = text.find(line)) != std::string::npos;)
    text.erase(at, line.size());
  WriteWhole(file, text);
  const std::vector<std::string> words = {"process", "verdicts", file, "--at",
                                          "2024-11-06T14:00:00+09:00"};
  // Without the holiday the sixteen hours are over on Tuesday.
  const Outcome flips = Kosei(words);
  EXPECT_EQ(flips.code, 1) << flips.notes;
  const Json json(flips.out);
  EXPECT_EQ(json.Count(""), 1U);
  EXPECT_EQ(json.Text("/0/key"), "INC-000001");
  EXPECT_EQ(json.Text("/0/before"), "running");
  EXPECT_EQ(json.Text("/0/after"), "missed");
  EXPECT_EQ(json.Text("/0/due_after"), "2024-11-05T06:00:00Z");
  std::vector<std::string> table = words;
  table.insert(table.end(), {"-o", "table"});
  EXPECT_THAT(Kosei(table).notes, HasSubstr("1 record looked at, 1 verdict changes"));
  table.insert(table.begin(), {"--locale", "ja"});
  EXPECT_THAT(Kosei(table).notes, HasSubstr("判定が変わるものは 1 件"));
  // Nothing was mended so far.
  EXPECT_EQ(Kosei({"process", "verdicts", "--since", "1"}).code, 0);
  EXPECT_EQ(Kosei({"process", "verdicts"}).code, 2);
  EXPECT_EQ(Kosei({"process", "verdicts", file, "--since", "1"}).code, 2);
  EXPECT_EQ(Kosei({"process", "verdicts", Path("no.yaml")}).code, 7);
  WriteWhole(file, "calendars:\n  - nme: x\n");
  const Outcome broken = Kosei(words);
  EXPECT_EQ(broken.code, 2) << broken.notes;
  EXPECT_THAT(broken.notes, HasSubstr("default.yaml:2"));
}

}  // namespace
}  // namespace kosei::cli
