// The README's example, as a user gets it: built against the installed library (the ctest
// install_client does that before), run against a real server with an estate from the CLI.
#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;

class Example : public Terminal {
 protected:
  Outcome RunExample(const std::vector<std::string>& keys) {
    std::vector<std::string> words = {KOSEI_EXAMPLE, server_.address(),
                                      server_.data() + "/admin.token"};
    words.insert(words.end(), keys.begin(), keys.end());
    return RunProgram(folder_.path(), std::move(words), {"LANG=C.UTF-8"}, "");
  }
};

TEST_F(Example, PrintsWhatIsAffectedNearestFirst) {
  const std::string records = Put("records.csv",
                                  "class,key,name\n"
                                  "Server,host,Host\n"
                                  "Application,app,App\n"
                                  "BusinessService,shop,Shop\n"
                                  "Person,owner,Owner\n");
  const std::string links = Put("links.csv",
                                "source,type,target\n"
                                "app,runs_on,host\n"
                                "shop,depends_on,app\n"
                                "host,owned_by,owner\n");
  const Json loaded(Out({"import", "--records", records, "--links", links}));
  const std::string commit = std::to_string(loaded.Number("/commit"));

  const Outcome host = RunExample({"host"});
  EXPECT_EQ(host.code, 0) << host.notes;
  EXPECT_EQ(host.out, "1\tApplication\tapp\n2\tBusinessService\tshop\n2 affected as of commit " +
                          commit + "\n");
  EXPECT_EQ(host.notes, "");
  EXPECT_EQ(RunExample({"host", "app"}).out,
            "1\tBusinessService\tshop\n1 affected as of commit " + commit + "\n");
}

TEST_F(Example, SaysWhatIsWrong) {
  const Outcome nothing = RunExample({});
  EXPECT_EQ(nothing.code, 2);
  EXPECT_THAT(nothing.notes, HasSubstr("usage: impact HOST:PORT TOKEN_FILE KEY..."));

  const Outcome unknown = RunExample({"nowhere"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.notes, HasSubstr("nowhere"));

  ASSERT_OK(server_.Stop());
  const Outcome gone = RunExample({"host"});
  EXPECT_EQ(gone.code, 3);
  EXPECT_THAT(gone.notes, HasSubstr("is koseid running there?"));
}

}  // namespace
}  // namespace kosei::cli
