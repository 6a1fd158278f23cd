// kosei import against a real server: files in, rejects out, mended and in again.
#include <algorithm>
#include <filesystem>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Import = Terminal;

TEST_F(Import, LoadsRecordsAndLinksAndTheSecondTimeChangesNothing) {
  const std::string records = Put("records.csv",
                                  "\xef\xbb\xbf"
                                  "class,key,name,cpu_count,additional_ip_addresses\r\n"
                                  "Server,web-1,\"Web, one\",8,10.0.0.1;10.0.0.2\r\n"
                                  "Server,web-2,\u30a6\u30a7\u30d6,,\r\n"
                                  "Application,shop,Shop,,\r\n");
  const std::string links = Put("links.csv", "source,type,target\nshop,runs_on,web-1\n");
  const Outcome first = Kosei({"import", "--records", records, "--links", links});
  ASSERT_EQ(first.code, 0) << first.notes;
  const Json summary(first.out);
  EXPECT_EQ(summary.Number("/records/created"), 3);
  EXPECT_EQ(summary.Number("/links/created"), 1);
  EXPECT_EQ(summary.Number("/records/rejected"), 0);
  EXPECT_GT(summary.Number("/commit"), 0);

  const Json got(Out({"get", "web-1"}));
  EXPECT_EQ(got.Text("/attributes/name"), "Web, one");
  EXPECT_EQ(got.Number("/attributes/cpu_count"), 8);
  EXPECT_EQ(got.Text("/attributes/additional_ip_addresses/1"), "10.0.0.2");

  const Outcome second = Kosei({"import", "--records", records, "--links", links});
  EXPECT_EQ(second.code, 0);
  const Json again(second.out);
  EXPECT_EQ(again.Number("/records/unchanged"), 3);
  EXPECT_EQ(again.Number("/links/unchanged"), 1);
  EXPECT_TRUE(again.IsNull("/commit"));
  EXPECT_THAT(second.notes, HasSubstr("nothing changed"));
}

TEST_F(Import, ABatchThatIsThereIsNotSentAgainAndOtherInputUnderItsNameIsRefused) {
  Out({"set", "there", "--class", "Server"});
  const std::string records =
      Put("records.csv", "class,key,name\nServer,web-1,Web\nServer,web-2,Other\n");
  const auto import = [this](const std::string& file, const std::string& source) {
    return Kosei({"import", "--records", file, "--source", source, "--batch", "monday"});
  };
  EXPECT_EQ(Json(import(records, "csv").out).Number("/records/created"), 2);
  Out({"set", "web-1", "name=Changed since"});
  const Outcome again = import(records, "csv");
  EXPECT_EQ(again.code, 0) << again.notes;
  EXPECT_EQ(Json(again.out).Number("/records/created"), 2) << "the counts of the whole batch";
  EXPECT_THAT(again.notes, HasSubstr("a part of this batch was there already"));
  EXPECT_EQ(Json(Out({"get", "web-1"})).Text("/attributes/name"), "Changed since");
  const std::string other = Put("other.csv", "class,key,name\nServer,web-3,Third\n");
  const Outcome refused = import(other, "csv");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.notes, HasSubstr("batch monday was begun with other items"));
  // A batch belongs to its source.
  EXPECT_EQ(Json(import(other, "sheet").out).Number("/records/created"), 1);
}

TEST_F(Import, BadRowsAreKeptMendedAndImportedWhileGoodOnesGoIn) {
  const std::string records = Put("records.csv",
                                  "class,key,name,cpu_count\n"
                                  "Server,good-1,Good,4\n"
                                  "Server,short\n"
                                  "Sever,misspelt,x,\n"
                                  "Server,bytes,\xff,\n"
                                  "Server,many,x,a lot\n"
                                  "Application,app,App,4\n"
                                  "Server,good-2,Good,8\n");
  const std::string links = Put("links.csv",
                                "source,type,target\n"
                                "good-1,depends_on,good-2\n"
                                "good-1,dependson,good-2\n"
                                "good-1,depends_on,nobody\n");
  const std::string rejected = Path("bad.csv");
  const Outcome outcome =
      Kosei({"import", "--records", records, "--links", links, "--reject", rejected});
  EXPECT_EQ(outcome.code, 1);
  const Json summary(outcome.out);
  EXPECT_EQ(summary.Number("/records/created"), 2);
  EXPECT_EQ(summary.Number("/records/rejected"), 5);
  EXPECT_EQ(summary.Number("/links/created"), 1);
  EXPECT_EQ(summary.Number("/links/rejected"), 2);
  EXPECT_THAT(outcome.notes, HasSubstr(records + ":3:13: name: 2 columns found"));
  EXPECT_THAT(outcome.notes, HasSubstr(records + ":4: class: the model has no class 'Sever'; did "
                                                 "you mean 'Server'?"));
  EXPECT_THAT(outcome.notes, HasSubstr(records + ":5:14: name: byte 0xFF is not UTF-8"));
  EXPECT_THAT(outcome.notes, HasSubstr(records + ":6: cpu_count: "));
  EXPECT_THAT(outcome.notes, HasSubstr(records + ":7: cpu_count: class Application has no "));
  EXPECT_THAT(outcome.notes, HasSubstr(links + ":3: type: the model has no relationship type "
                                               "'dependson'; did you mean 'depends_on'?"));
  EXPECT_THAT(outcome.notes, HasSubstr(links + ":4: "));
  EXPECT_THAT(outcome.notes, HasSubstr("nobody"));

  std::string mended = ReadWhole(rejected);
  EXPECT_THAT(mended, StartsWith("#line,#reason,class,key,name,cpu_count\n3,"));
  const auto replace = [&](const std::string& from, const std::string& to) {
    const std::size_t at = mended.rfind(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << mended;
    mended.replace(at, from.size(), to);
  };
  replace("Server,short\n", "Server,short,Short,2\n");
  replace("Sever,misspelt", "Server,misspelt");
  replace("\xff", "bytes");
  replace("a lot", "64");
  replace("Application,app,App,4", "Application,app,App,");
  WriteWhole(rejected, mended);
  const Outcome again = Kosei({"import", "--records", rejected, "--reject", rejected});
  EXPECT_EQ(again.code, 0) << again.notes;
  EXPECT_EQ(Json(again.out).Number("/records/created"), 5);
  EXPECT_THAT(ReadWhole(Path("bad.links.csv")), HasSubstr("good-1,depends_on,nobody\n"));
}

TEST_F(Import, TakesJsonLinesFromStandardInput) {
  const std::string input =
      Put("in.jsonl",
          "{\"class\":\"Server\",\"key\":\"a\",\"name\":\"A\",\"cpu_count\":2,\"owner\":\"x\"}\n"
          "{\"class\":\"Server\",\"key\":\"b\",\"cpu_count\":\"many\"}\n");
  const std::string rejected = Path("r.jsonl");
  const Outcome outcome = Kosei({"import", "--records", "-", "--reject", rejected}, input);
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.notes, HasSubstr("standard input:2: cpu_count: "));
  EXPECT_EQ(Json(outcome.out).Number("/records/created"), 1);
  EXPECT_THAT(ReadWhole(rejected),
              HasSubstr("\n{\"class\":\"Server\",\"key\":\"b\",\"cpu_count\":\"many\"}\n"));
  // null takes an attribute away, an absent one stays.
  Put("more.jsonl", "{\"class\":\"Server\",\"key\":\"a\",\"owner\":null}\n");
  const Outcome more = Kosei({"import", "--records", Path("more.jsonl")});
  EXPECT_EQ(more.code, 0) << more.notes;
  EXPECT_EQ(Json(more.out).Number("/records/updated"), 1);
  EXPECT_THAT(Json(Out({"get", "a"})).Names("/attributes"), Not(::testing::Contains("owner")));
  EXPECT_EQ(Json(Out({"get", "a"})).Number("/attributes/cpu_count"), 2);
}

TEST_F(Import, AWrongHeaderStopsItBeforeAnythingIsSent) {
  const std::string records = Put("records.csv", "class,key\nServer,web-1\n");
  const std::string links = Put("links.csv", "source,target\nweb-1,web-1\n");
  const Outcome outcome = Kosei({"import", "--records", records, "--links", links});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.notes, HasSubstr(links + ":1:14: header: column 'type' is missing"));
  EXPECT_EQ(Kosei({"get", "web-1"}).code, 7);
}

TEST_F(Import, KeepsManyRowsAndManyRejects) {
  std::string text = "class,key,cpu_count\n";
  for (int i = 0; i < 30'000; ++i) {
    text += "Server,host-" + std::to_string(i) + "," + (i % 3 == 0 ? "x" : "4") + "\n";
  }
  const Outcome outcome = Kosei({"import", "--records", Put("many.csv", text)});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(Json(outcome.out).Number("/records/created"), 20'000);
  EXPECT_EQ(Json(outcome.out).Number("/records/rejected"), 10'000);
  const std::string rejected = ReadWhole(Path("many.rejected.csv"));
  EXPECT_EQ(std::count(rejected.begin(), rejected.end(), '\n'), 10'001);
  EXPECT_THAT(rejected, HasSubstr("\n29999,"));
  // Twenty lines, and one that says where the rest is.
  EXPECT_EQ(std::count(outcome.notes.begin(), outcome.notes.end(), '\n'), 21);
}

TEST_F(Import, DebianTwiceChangesNothingAndFollowsWhatIsGone) {
  const auto status = [&](bool nginx) {
    std::string text =
        "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.21\n\n"
        "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0\n\n";
    if (nginx) {
      text +=
          "Package: nginx\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
          "Depends: libssl3\n\n";
    }
    std::filesystem::create_directories(Path("root/var/lib/dpkg"));
    WriteWhole(Path("root/var/lib/dpkg/status"), text);
  };
  const auto list = [&](const std::string& depends) {
    std::filesystem::create_directories(Path("root/var/lib/apt/lists"));
    WriteWhole(Path("root/var/lib/apt/lists/x_Packages"),
               "Package: libssl3\nVersion: 3.0\nArchitecture: amd64\nProvides: tls\n\n"
               "Package: nginx\nVersion: 1\nArchitecture: amd64\nDepends: " +
                   depends + "\n");
  };
  const std::vector<std::string> import = {"import",     "debian", "--root",
                                           Path("root"), "--host", "web-1"};
  status(true);
  list("libssl3, tls");
  const Json first(Out(import));
  EXPECT_EQ(first.Number("/records/rejected"), 0);
  EXPECT_EQ(first.Number("/links/rejected"), 0);
  EXPECT_EQ(first.Number("/records/unchanged"), 0);
  EXPECT_EQ(Json(Out({"path", "deb:libssl3", "inst:web-1/nginx"})).Count("/path"), 2U);

  const Json second(Out(import));
  EXPECT_TRUE(second.IsNull("/commit"));
  EXPECT_EQ(second.Number("/records/unchanged"), second.Number("/records/read"));
  EXPECT_EQ(second.Number("/links/unchanged"), second.Number("/links/read"));

  status(false);
  list("tls");
  const Json third(Out(import));
  EXPECT_EQ(third.Number("/records/ended"), 1);
  EXPECT_GE(third.Number("/links/ended"), 1);
  EXPECT_EQ(Kosei({"get", "inst:web-1/nginx"}).code, 7);
  EXPECT_EQ(Json(Out({"impact", "deb:libssl3"})).Text("/affected/0/path/0/type"), "provides");
}

}  // namespace
}  // namespace kosei::cli
