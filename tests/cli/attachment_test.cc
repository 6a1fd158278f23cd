// kosei incident attach, watch; kosei attachment; kosei notification: against a real server.
#include <filesystem>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Attachment : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    Out({"set", "svc:mail", "--class", "BusinessService", "name=Mail"});
    Out({"set", "hanako", "--class", "Person", "login=admin"});
    EXPECT_EQ(
        Json(Out({"incident", "new", "Mail is slow", "--link", "concerns=svc:mail"})).Text("/key"),
        "INC-000001");
  }
};

TEST_F(Attachment, FilesGoInAndComeOutAsTheyWere) {
  const std::string bytes("\0one\xFF\n", 6);
  const std::string log = Put("app.log", bytes);
  const std::string picture = Put("画面.PNG", std::string(2'500'000, 'p'));
  const Outcome attached = Kosei({"incident", "attach", "INC-000001", log, picture, "-o", "table"});
  EXPECT_EQ(attached.code, 0) << attached.notes;
  EXPECT_THAT(attached.out, HasSubstr("INC-000001/a-1  " + log));
  const Json again(Out({"incident", "attach", "INC-000001", log}));
  EXPECT_EQ(again.Text("/key"), "INC-000001/a-1");
  EXPECT_EQ(again.Number("/commit"), 0);
  const Json list(Out({"attachment", "list", "INC-000001"}));
  EXPECT_EQ(list.Count("/rows"), 2U);
  EXPECT_EQ(list.Text("/rows/0/name"), "app.log");
  EXPECT_EQ(list.Text("/rows/0/type"), "text/plain");
  EXPECT_EQ(list.Text("/rows/0/by"), "hanako");
  EXPECT_EQ(list.Text("/rows/1/type"), "image/png");
  EXPECT_EQ(list.Number("/rows/1/bytes"), 2'500'000);
  EXPECT_EQ(Out({"attachment", "get", "INC-000001", "app.log", "--write", "-"}), bytes);
  const std::string copy = Path("copy.png");
  const Json got(Out({"attachment", "get", "INC-000001", "画面.PNG", "--write", copy}));
  EXPECT_EQ(got.Text("/file"), copy);
  EXPECT_EQ(ReadWhole(copy), std::string(2'500'000, 'p'));
  EXPECT_THAT(Out({"incident", "show", "INC-000001"}), HasSubstr("\"app.log\""));
  // By its own key and hash.
  EXPECT_EQ(Out({"attachment", "get", "INC-000001/a-1", "--write", "-"}), bytes);
  EXPECT_EQ(Out({"attachment", "get", "INC-000001", list.Text("/rows/0/sha256"), "--write", "-"}),
            bytes);
}

TEST_F(Attachment, AFileThatIsThereIsLeftAlone) {
  Out({"incident", "attach", "INC-000001", Put("app.log", "new")});
  const std::string mine = Put("mine.log", "mine");
  const Outcome refused = Kosei({"attachment", "get", "INC-000001", "app.log", "--write", mine});
  EXPECT_EQ(refused.code, 6);
  EXPECT_THAT(refused.notes, HasSubstr("is there already"));
  EXPECT_EQ(ReadWhole(mine), "mine");
  EXPECT_FALSE(std::filesystem::exists(mine + ".part"));
  EXPECT_EQ(Kosei({"attachment", "get", "INC-000001", "none", "--write", Path("x")}).code, 7);
  EXPECT_FALSE(std::filesystem::exists(Path("x")));
  EXPECT_FALSE(std::filesystem::exists(Path("x.part")));
}

TEST_F(Attachment, WhatIsTooLargeOrNoFileIsRefusedWithTheReason) {
  const std::string large = Path("large.bin");
  WriteWhole(large, "");
  std::filesystem::resize_file(large, (10U << 20) + 1);
  const Outcome refused = Kosei({"incident", "attach", "INC-000001", large});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.notes, HasSubstr("at most 10485760"));
  EXPECT_THAT(refused.notes, HasSubstr("attachment_bytes_max"));
  EXPECT_EQ(Kosei({"incident", "attach", "INC-000001", Path("nothing")}).code, 7);
  EXPECT_EQ(Kosei({"incident", "attach", "INC-000001", folder_.path()}).code, 7);
  EXPECT_EQ(Kosei({"incident", "attach", "INC-000001", Put("a", "a"), "--type", "text"}).code, 2);
  EXPECT_EQ(Kosei({"attachment", "list", "INC-000001"}).code, 1);  // there is none
}

TEST_F(Attachment, NotificationsAreListedAndSentAgain) {
  Out({"set", "team:desk", "--class", "Team", "name=Desk"});
  Out({"set", "svc:mail", "--class", "BusinessService", "name=Mail"});
  Out({"incident", "set", "INC-000001", "--link", "concerns=svc:mail", "--link",
       "reported_by=hanako"});
  Out({"incident", "watch", "INC-000001"});
  EXPECT_THAT(Out({"incident", "show", "INC-000001"}), HasSubstr("<-watches"));
  EXPECT_EQ(Kosei({"incident", "do", "INC-000001", "triage", "category=mail", "impact=high",
                   "urgency=high", "assignment_group=team:desk"})
                .code,
            0);
  const Json list(Out({"notification", "list"}));
  EXPECT_EQ(list.Count("/rows"), 1U);
  EXPECT_EQ(list.Text("/rows/0/key"), "INC-000001/n-1");
  EXPECT_EQ(list.Text("/rows/0/state"), "waiting");
  EXPECT_EQ(list.Text("/rows/0/template"), "assigned");
  EXPECT_EQ(Kosei({"notification", "list", "--about", "INC-000009"}).code, 1);
  EXPECT_EQ(Kosei({"notification", "list", "--state", "sent"}).code, 1);
  EXPECT_EQ(Json(Out({"notification", "retry", "INC-000001/n-1"})).Number("/count"), 1);
  EXPECT_EQ(Json(Out({"notification", "retry", "--failed"})).Number("/count"), 0);
  EXPECT_EQ(Kosei({"notification", "retry"}).code, 2);
  EXPECT_EQ(Kosei({"notification", "retry", "INC-000001/n-9"}).code, 7);
  EXPECT_EQ(Json(Out({"status"})).Number("/notifications_waiting"), 1);
  Out({"incident", "unwatch", "INC-000001"});
  EXPECT_THAT(Out({"incident", "show", "INC-000001"}), Not(HasSubstr("<-watches")));
}

}  // namespace
}  // namespace kosei::cli
