// Plans and reverts through the real programs: what each prints, and how it ends.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PlanCommands : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    Out({"set", "web-1", "--class", "Server", "name=One", "cpu_count=8"});
    Out({"set", "shop", "--class", "Application", "name=Shop"});
    Out({"link", "shop", "runs_on", "web-1"});
  }
};

TEST_F(PlanCommands, APlanIsEditedReadComparedAndMerged) {
  const Json opened(Out({"plan", "open", "grow", "--description", "bigger", "--cause", "CHG-1"}));
  EXPECT_THAT(opened.Names(""), ElementsAre("name", "state", "base", "steps", "edits", "created",
                                            "actor", "cause", "description"));
  EXPECT_EQ(Kosei({"plan", "open", "grow"}).code, 6);
  Out({"plan", "edit", "grow", "set", "web-1", "cpu_count=16", "--reason", "more"});
  Out({"plan", "edit", "grow", "set", "web-2", "--class", "Server", "name=Two"});
  Out({"plan", "edit", "grow", "unlink", "shop", "runs_on", "web-1"});
  Out({"plan", "edit", "grow", "link", "shop", "runs_on", "web-2"});
  Out({"plan", "edit", "grow", "set", "web-2", "cpu_count=4"});
  // The present is as it was; the plan is read like it.
  EXPECT_EQ(Json(Out({"get", "web-1"})).Number("/attributes/cpu_count"), 8);
  EXPECT_EQ(Kosei({"get", "web-2"}).code, 7);
  EXPECT_EQ(Json(Out({"get", "web-1", "--plan", "grow"})).Number("/attributes/cpu_count"), 16);
  EXPECT_EQ(Json(Out({"get", "web-2", "--plan", "grow"})).Number("/attributes/cpu_count"), 4);
  EXPECT_EQ(Json(Out({"search", "Two", "--plan", "grow"})).Text("/records/0/key"), "web-2");
  EXPECT_EQ(Json(Out({"impact", "web-1", "--plan", "grow"})).Number("/counts/total"), 0);
  EXPECT_EQ(Json(Out({"impact", "web-2", "--plan", "grow"})).Text("/affected/0/key"), "shop");
  EXPECT_EQ(Json(Out({"impact", "web-1"})).Number("/counts/total"), 1);
  EXPECT_EQ(Kosei({"path", "web-2", "shop", "--plan", "grow"}).code, 0);
  const Outcome differs = Kosei({"diff", "shop", "now", "plan:grow"});
  EXPECT_EQ(differs.code, 1);
  EXPECT_EQ(Json(differs.out).Text("/links/added/0/target"), "web-2");
  EXPECT_EQ(Json(differs.out).Text("/links/removed/0/target"), "web-1");
  const Outcome diff = Kosei({"plan", "diff", "grow"});
  EXPECT_EQ(diff.code, 1);
  EXPECT_EQ(Json(diff.out).Number("/record_count"), 2);
  EXPECT_EQ(Json(diff.out).Number("/link_count"), 2);
  const Json shown(Out({"plan", "show", "grow"}));
  EXPECT_EQ(shown.Count("/steps"), 5U);
  EXPECT_EQ(shown.Text("/steps/0/reason"), "more");
  EXPECT_EQ(Json(Out({"plan", "list"})).Text("/0/name"), "grow");
  const Json merged(Out({"plan", "merge", "grow"}));
  EXPECT_EQ(merged.Text("/plan/state"), "merged");
  EXPECT_EQ(merged.Count("/commits"), 1U);
  EXPECT_EQ(Json(Out({"get", "web-1"})).Number("/attributes/cpu_count"), 16);
  EXPECT_EQ(Json(Out({"impact", "web-2"})).Number("/counts/total"), 1);
  // Commits say which plan they carry out, to people and to programs.
  EXPECT_THAT(Out({"history", "web-1"}), HasSubstr("\"plan\": \"grow\""));
  EXPECT_THAT(Out({"history", "web-1", "-o", "table"}), HasSubstr("bigger (CHG-1, plan grow)"));
}

TEST_F(PlanCommands, ConflictsAreListedAndEndWithSix) {
  Out({"plan", "open", "grow"});
  Out({"plan", "edit", "grow", "set", "web-1", "cpu_count=16"});
  Out({"set", "web-1", "cpu_count=32"});
  const Outcome refused = Kosei({"plan", "merge", "grow"});
  EXPECT_EQ(refused.code, 6);
  const Json conflicts(refused.out);
  EXPECT_EQ(conflicts.Text("/conflicts/0/kind"), "attribute");
  EXPECT_EQ(conflicts.Text("/conflicts/0/planned"), "16");
  EXPECT_EQ(conflicts.Text("/conflicts/0/present"), "32");
  EXPECT_THAT(Kosei({"plan", "merge", "grow", "-o", "table"}).notes, HasSubstr("cpu_count"));
  EXPECT_EQ(Kosei({"plan", "rebase", "grow"}).code, 6);
  Out({"plan", "rebase", "grow", "--take", "plan"});
  Out({"plan", "merge", "grow", "--keep-steps"});
  EXPECT_EQ(Json(Out({"get", "web-1"})).Number("/attributes/cpu_count"), 16);
}

TEST_F(PlanCommands, WhatARackCannotCarryIsAConflictUntilItIsAccepted) {
  Out({"set", "rack-1", "--class", "Rack", "power_capacity_w=1000", "height_units=42"});
  Out({"set", "web-1", "rated_power_w=700", "rack_unit=10", "height_units=2"});
  Out({"link", "web-1", "located_in", "rack-1"});
  Out({"plan", "open", "grow"});
  Out({"plan", "edit", "grow", "set", "web-2", "--class", "Server", "rated_power_w=400",
       "rack_unit=11", "height_units=1"});
  Out({"plan", "edit", "grow", "link", "web-2", "located_in", "rack-1"});
  const Json conflicts(Kosei({"plan", "diff", "grow"}).out);
  ASSERT_EQ(conflicts.Count("/conflicts"), 2U);
  EXPECT_EQ(conflicts.Text("/conflicts/0/kind"), "capacity");
  EXPECT_EQ(conflicts.Text("/conflicts/0/other"), "rack-1");
  EXPECT_EQ(conflicts.Text("/conflicts/0/planned"), "1100");
  EXPECT_EQ(conflicts.Text("/conflicts/1/kind"), "place");
  EXPECT_EQ(conflicts.Text("/conflicts/1/other"), "web-1");
  EXPECT_EQ(Kosei({"plan", "merge", "grow"}).code, 6);
  Out({"plan", "merge", "grow", "--take", "plan"});
  // The model says what it holds plans against.
  EXPECT_THAT(Out({"model"}), HasSubstr("\"load\":"));
  EXPECT_THAT(Out({"model", "-o", "table"}), HasSubstr("Rack power_capacity_w >= rated_power_w"));
}

TEST_F(PlanCommands, EditsComeFromAFileToo) {
  Out({"plan", "open", "file"});
  const std::string file =
      Put("edits.jsonl",
          "{\"class\": \"Server\", \"key\": \"web-3\", \"cpu_count\": 2}\n"
          "{\"source\": \"shop\", \"type\": \"runs_on\", \"target\": \"web-3\"}\n"
          "{\"edit\": \"unlink\", \"source\": \"shop\", \"type\": \"runs_on\", \"target\": "
          "\"web-1\"}\n"
          "{\"edit\": \"end\", \"key\": \"web-1\"}\n");
  EXPECT_EQ(Json(Out({"plan", "edit", "file", "--file", file})).Number("/edits"), 4);
  EXPECT_EQ(Kosei({"get", "web-1", "--plan", "file"}).code, 7);
  const std::string bad = Put("bad.jsonl", "{\"edit\": \"move\", \"key\": \"web-1\"}\n");
  const Outcome wrong = Kosei({"plan", "edit", "file", "--file", bad});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.notes, HasSubstr("bad.jsonl:1: expected set, link, unlink or end"));
  EXPECT_EQ(Kosei({"plan", "edit", "file"}).code, 2);
  Out({"plan", "drop", "file"});
  EXPECT_EQ(Kosei({"plan", "show", "file"}).code, 7);
  EXPECT_EQ(Kosei({"get", "web-1", "--plan", "file"}).code, 7);
  EXPECT_EQ(Kosei({"plan", "list"}).code, 1);
}

TEST_F(PlanCommands, ACommitIsRevertedByANewOne) {
  const std::int64_t commit = Json(Out({"set", "web-1", "cpu_count=64"})).Number("/commit");
  const Json reverted(Out({"revert", std::to_string(commit)}));
  EXPECT_EQ(reverted.Number("/commits/0/commit"), commit + 1);
  EXPECT_EQ(Json(Out({"get", "web-1"})).Number("/attributes/cpu_count"), 8);
  Out({"set", "web-1", "cpu_count=128"});
  EXPECT_EQ(Kosei({"revert", std::to_string(commit + 1)}).code, 6);
  EXPECT_EQ(Kosei({"revert", "999"}).code, 7);
}

}  // namespace
}  // namespace kosei::cli
