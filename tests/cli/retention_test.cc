// kosei admin retention and hold against a real server.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Retention : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    first_ = std::to_string(
        Json(Out({"set", "web-1", "--class", "Server", "name=one"})).Number("/commit"));
    second_ = std::to_string(Json(Out({"set", "web-1", "name=two"})).Number("/commit"));
  }
  std::string first_;
  std::string second_;
};

TEST_F(Retention, AnOldVersionGoesUnlessAHoldKeepsIt) {
  const Json set(Out({"admin", "retention", "set", "Server", "--keep-versions", "1", "--after-end",
                      "P5Y", "--reason", "policy 7"}));
  EXPECT_GT(set.Number("/commit"), 0);
  const Json policies(Out({"admin", "retention", "list"}));
  EXPECT_THAT(policies.Names("/0"),
              ElementsAre("class", "keep_for", "keep_versions", "after_end", "set"));
  EXPECT_EQ(policies.Text("/0/class"), "Server");
  EXPECT_TRUE(policies.IsNull("/0/keep_for"));
  EXPECT_EQ(policies.Number("/0/keep_versions"), 1);
  EXPECT_EQ(policies.Text("/0/after_end"), "P5Y");
  EXPECT_EQ(policies.Text("/0/set/actor"), "admin");
  EXPECT_EQ(policies.Text("/0/set/reason"), "policy 7");

  Out({"admin", "hold", "add", "case-7", "--key", "web-1", "--reason", "lawsuit"});
  const Json kept(Out({"admin", "retention", "run"}));
  EXPECT_EQ(kept.Number("/classes/0/kept/hold"), 1);
  EXPECT_EQ(kept.Number("/classes/0/retired"), 0);
  EXPECT_TRUE(kept.IsNull("/commit"));
  EXPECT_EQ(Kosei({"admin", "erase", "web-1", "--attribute", "name", "--reason", "x"}).code, 6);
  EXPECT_EQ(Json(Out({"get", "web-1", "--as-of", first_})).Text("/attributes/name"), "one");

  Out({"admin", "hold", "drop", "case-7", "--reason", "settled"});
  EXPECT_EQ(Json(Out({"admin", "hold", "list"})).Count(""), 0U);
  const Json holds(Out({"admin", "hold", "list", "--all"}));
  EXPECT_EQ(holds.Text("/0/name"), "case-7");
  EXPECT_EQ(holds.Text("/0/keys/0"), "web-1");
  EXPECT_EQ(holds.Text("/0/dropped/actor"), "admin");
  EXPECT_EQ(holds.Text("/0/dropped/reason"), "settled");

  EXPECT_EQ(Json(Out({"admin", "retention", "run", "--dry-run"})).Number("/classes/0/retired"), 1);
  const Json run(Out({"admin", "retention", "run", "--reason", "spring"}));
  EXPECT_EQ(run.Number("/classes/0/retired"), 1);
  EXPECT_GT(run.Number("/commit"), 0);
  const Outcome past = Kosei({"get", "web-1", "--as-of", first_});
  EXPECT_EQ(past.code, 7);
  EXPECT_THAT(past.notes, HasSubstr("was retired; it is whole from commit"));
  EXPECT_EQ(Json(Out({"get", "web-1"})).Text("/attributes/name"), "two");
  EXPECT_EQ(Kosei({"diff", "web-1", first_, second_}).code, 7);
  EXPECT_THAT(Out({"history", "web-1"}), HasSubstr("\"retired\": true"));
  // What it was before nobody knows, so no change of a value is told.
  const std::string events = Out({"history", "web-1", "--output", "csv"});
  EXPECT_THAT(events, HasSubstr("retired"));
  EXPECT_THAT(events, ::testing::Not(HasSubstr("-> two")));
}

TEST_F(Retention, ASearchOfThePastSaysWhatNobodyKnowsAnyMore) {
  Out({"admin", "retention", "set", "Server", "--keep-versions", "1", "--reason", "policy"});
  Out({"admin", "retention", "run"});
  const Outcome all = Kosei({"search", "--class", "Server", "--as-of", first_});
  EXPECT_EQ(all.code, 0) << all.notes;
  EXPECT_THAT(all.out, HasSubstr("web-1"));
  const Outcome some = Kosei({"search", "--where", "name=one", "--as-of", first_});
  EXPECT_EQ(some.code, 1) << some.notes;
  EXPECT_THAT(some.notes, HasSubstr("of 1 record nobody knows any more"));
  EXPECT_EQ(Kosei({"impact", "web-1", "--as-of", first_}).code, 0);
}

TEST_F(Retention, RefusesWhatMeansNothing) {
  const auto code = [this](std::vector<std::string> words) {
    words.insert(words.begin(), "admin");
    return Kosei(words).code;
  };
  EXPECT_EQ(code({"retention", "set", "Server", "--keep-for", "2Y", "--reason", "x"}), 2);
  EXPECT_EQ(code({"retention", "set", "Server", "--reason", "x"}), 2);
  EXPECT_EQ(code({"retention", "set", "Sever", "--keep-for", "P2Y", "--reason", "x"}), 2);
  EXPECT_EQ(code({"retention", "set", "Server", "--keep-for", "P2Y"}), 2);
  EXPECT_EQ(code({"retention", "clear", "Server", "--reason", "x"}), 7);
  EXPECT_EQ(code({"hold", "add", "h", "--reason", "x"}), 2);
  EXPECT_EQ(code({"hold", "add", "h", "--key", "nobody", "--reason", "x"}), 7);
  EXPECT_EQ(code({"hold", "drop", "h", "--reason", "x"}), 7);
}

}  // namespace
}  // namespace kosei::cli
