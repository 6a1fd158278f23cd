// kosei model apply, history, diff, text and show against a real server.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ModelCommands : public Terminal {
 protected:
  // The model as the server tells it, with one text replaced.
  std::string Edited(const std::string& from, const std::string& to) {
    std::string text = Out({"model", "text"});
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return Put("model.yaml", text);
  }
  // A class below the root, as one more document.
  std::string WithClass(const std::string& name, const std::string& more = "") {
    return Put("model.yaml", Out({"model", "text"}) + "---\nclasses:\n  - name: " + name +
                                 "\n    parent: ConfigurationItem\n    label: {en: " + name +
                                 ", ja: " + name + "}\n" + more);
  }
};

TEST_F(ModelCommands, ANewClassIsThereAtOnceAndTheStoreKeepsIt) {
  const std::string model = WithClass("Robot");
  const Json dry(Out({"model", "apply", model, "--dry-run"}));
  EXPECT_EQ(dry.Text("/outcome"), "fits");
  EXPECT_TRUE(dry.IsNull("/commit"));
  EXPECT_THAT(Kosei({"set", "r-1", "--class", "Robot"}).notes, HasSubstr("Robot"));
  const Json applied(Out({"model", "apply", model, "--reason", "robots", "--cause", "CHG-7"}));
  EXPECT_EQ(applied.Text("/outcome"), "applied");
  EXPECT_EQ(applied.Number("/version"), 2);
  EXPECT_EQ(applied.Text("/changes/0/subject"), "class Robot");
  EXPECT_EQ(applied.Text("/changes/0/safety"), "safe");
  Out({"set", "r-1", "--class", "Robot"});
  EXPECT_EQ(Json(Out({"model", "apply", model})).Text("/outcome"), "unchanged");

  ASSERT_OK(server_.Stop());
  ASSERT_OK(server_.Start());
  EXPECT_EQ(Json(Out({"get", "r-1"})).Text("/class"), "Robot");
  const Json history(Out({"model", "history"}));
  ASSERT_EQ(history.Count(""), 2U);
  EXPECT_TRUE(history.IsNull("/0/commit"));
  EXPECT_EQ(history.Text("/1/reason"), "robots");
  EXPECT_EQ(history.Text("/1/cause"), "CHG-7");
  EXPECT_EQ(history.Text("/1/hash").size(), 64U);
  EXPECT_EQ(Kosei({"model", "show", "Robot", "--as-of", "0"}).code, 7);
  Out({"model", "show", "Robot", "--as-of", "1"});
  const Outcome diff = Kosei({"model", "diff", "0", "--output", "csv"});
  EXPECT_EQ(diff.code, 1);
  EXPECT_EQ(diff.out, "subject,what,detail,safety\nclass Robot,added,,safe\n");
  EXPECT_EQ(Kosei({"model", "diff", "1", "2"}).code, 0);
}

TEST_F(ModelCommands, LabelsAreShownAsQueriesUseThem) {
  Out({"model", "apply", WithClass("Robot", "    labels: [Machine, Arm]\n")});
  Out({"set", "r-1", "--class", "Robot"});
  const Json shown(Out({"model", "show", "Robot"}));
  EXPECT_EQ(shown.Count("/labels"), 2U);
  EXPECT_EQ(shown.Text("/labels/1"), "Arm");
  EXPECT_EQ(Json(Out({"model", "show", "Server"})).Text("/labels/0"), "Server");
  EXPECT_THAT(Out({"model", "show", "Robot", "-o", "table"}), HasSubstr("\nlabels Machine, Arm\n"));
  EXPECT_THAT(Out({"model", "show", "-o", "table"}), HasSubstr("labels Machine, Arm"));
  const Outcome found = Kosei({"query", "MATCH (n:Machine) RETURN n.key", "-o", "csv"});
  EXPECT_EQ(found.out, "n.key\nr-1\n");
}

TEST_F(ModelCommands, ARefusalListsWhatStandsInTheWay) {
  Out({"set", "web-1", "--class", "Server", "cpu_count=4"});
  const std::string model =
      Edited("name: \"cpu_count\"\n        type: integer\n",
             "name: \"cpu_count\"\n        type: integer\n        maximum: 2\n");
  const Outcome refused = Kosei({"model", "apply", model, "--output", "csv"});
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.out, HasSubstr("key,class,subject,value,problem\nweb-1,Server,cpu_count,4,"));
  EXPECT_THAT(refused.notes, HasSubstr("1 stored record or link would not be valid"));
  const Outcome table = Kosei({"model", "apply", model, "--output", "table"});
  EXPECT_THAT(table.out, HasSubstr("maximum"));
  EXPECT_THAT(table.out, HasSubstr("checked"));
  EXPECT_THAT(table.out, HasSubstr("web-1"));
  const Json json(Kosei({"model", "apply", model}).out);
  EXPECT_EQ(json.Text("/outcome"), "refused");
  EXPECT_EQ(json.Number("/finding_count"), 1);
  Out({"set", "web-1", "cpu_count=2"});
  Out({"model", "apply", model});
  EXPECT_EQ(Kosei({"set", "web-1", "cpu_count=4"}).code, 2);
}

TEST_F(ModelCommands, ARenameAnswersToBothNamesAndThePastKeepsItsOwn) {
  Out({"set", "web-1", "--class", "Server", "serial_number=S1"});
  const std::string model = Edited("name: \"serial_number\"\n",
                                   "name: \"serial\"\n        renamed_from: serial_number\n");
  Out({"model", "apply", model});
  EXPECT_EQ(Json(Out({"get", "web-1"})).Text("/attributes/serial"), "S1");
  EXPECT_EQ(Json(Out({"get", "web-1", "--as-of", "1"})).Text("/attributes/serial_number"), "S1");
  Out({"set", "web-1", "serial_number=S2"});
  for (const char* name : {"serial", "serial_number"}) {
    const Json found(Out({"search", "--where", std::string(name) + "=S2"}));
    EXPECT_EQ(found.Text("/records/0/key"), "web-1") << name;
  }
}

TEST_F(ModelCommands, WhatIsRetiredIsLeftOutOfTheList) {
  Out({"model", "apply", WithClass("Robot")});
  std::string text = Out({"model", "text"});
  const std::string name = "name: \"Robot\"\n";
  text.replace(text.find(name), name.size(), name + "    retired: true\n");
  Out({"model", "apply", Put("model.yaml", text)});
  EXPECT_THAT(Out({"model", "--output", "csv"}), Not(HasSubstr("Robot")));
  EXPECT_THAT(Out({"model", "--output", "csv", "--all"}),
              HasSubstr("Robot,ConfigurationItem,Robot,retired"));
  const Outcome refused = Kosei({"set", "r-1", "--class", "Robot"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.notes, HasSubstr("retired"));
}

TEST_F(ModelCommands, MistakesSayWhereTheyAre) {
  const Outcome wrong = Kosei({"model", "apply", Put("bad.yaml", "classes: 3\n")});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.notes, HasSubstr("bad.yaml:1"));
  EXPECT_EQ(Kosei({"model", "apply", Path("nowhere.yaml")}).code, 2);
  Out({"admin", "token", "create", "eve", "--role", "writer", "--write", Path("eve.token")});
  const Outcome denied =
      Kosei({"model", "apply", WithClass("Robot"), "--token-file", Path("eve.token")});
  EXPECT_EQ(denied.code, 5);
}

}  // namespace
}  // namespace kosei::cli
