#include "import/reject_file.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "import/row_conversion.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::cli {
namespace {

using kosei::testing::TempFolder;
using ::testing::ElementsAre;

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

struct Written {
  std::string text;
  std::vector<std::string> reports;
};

// Rejects the rows that are bad by themselves and those of `ordinals`.
Written Reject(const std::string& path, const std::string& to, std::vector<Rejection> rejections) {
  RowFile file(path);
  EXPECT_OK(file.Open(RecordHeader()));
  Row row;
  for (;;) {
    const absl::StatusOr<bool> found = file.rows().Next(row);
    if (!found.ok() || !*found) break;
    if (row.error) rejections.push_back({row.ordinal, *row.error});
  }
  Written written;
  EXPECT_OK(WriteRejectFile(file, RecordHeader(), rejections, to,
                            [&](const std::string& line) { written.reports.push_back(line); }));
  written.text = ReadFile(to);
  return written;
}

TEST(RejectFile, KeepsCsvRowsAsTheyWereBehindLineAndReason) {
  const TempFolder folder;
  const std::string input = folder / "in.csv";
  std::ofstream(input) << "class,key,name\r\n"
                          "Server,a,\"x,\r\ny\"\r\n"
                          "Server,b\r\n"
                          "Server,c,ok\r\n"
                          "Sever,d,z\r\n";
  const RowError wrong{
      .line = 0, .column = 0, .field = "class", .reason = "no class 'Sever'; use \"Server\""};
  const Written written = Reject(input, folder / "out.csv", {{4, wrong}, {1, wrong}});
  EXPECT_EQ(written.text,
            "#line,#reason,class,key,name\n"
            "2,\"class: no class 'Sever'; use \"\"Server\"\"\",Server,a,\"x,\r\ny\"\n"
            "4,\"name: 2 columns found, the header has 3\",Server,b\n"
            "6,\"class: no class 'Sever'; use \"\"Server\"\"\",Sever,d,z\n");
  EXPECT_THAT(written.reports, ElementsAre(input + ":2: class: no class 'Sever'; use \"Server\"",
                                           input + ":4:9: name: 2 columns found, the header has 3",
                                           input + ":6: class: no class 'Sever'; use \"Server\""));
}

TEST(RejectFile, MendedAndRejectedAgainCarriesOnlyTheNewNotes) {
  const TempFolder folder;
  std::ofstream(folder / "in.csv") << "class,key\nServer\n";
  Reject(folder / "in.csv", folder / "once.csv", {});
  const Written twice = Reject(folder / "once.csv", folder / "twice.csv", {});
  EXPECT_EQ(twice.text,
            "#line,#reason,class,key\n"
            "2,\"key: 3 columns found, the header has 4\",Server\n");
}

TEST(RejectFile, KeepsJsonLinesUnderALineOfNotes) {
  const TempFolder folder;
  const std::string input = folder / "in.jsonl";
  std::ofstream(input) << "{\"class\":\"Server\",\"key\":\"a\"}\n"
                          "{\"class\": \"Server\", broken\n";
  const Written written =
      Reject(input, folder / "out.jsonl",
             {{1, {.line = 0, .column = 0, .field = "key", .reason = "taken"}}});
  const std::string first = written.text.substr(0, written.text.find("}\n{\"class\": ") + 2);
  EXPECT_EQ(first.substr(0, first.find('\n', first.find('\n') + 1) + 1),
            "{\"#file\": \"" + input +
                "\", \"#line\": 1, \"#field\": \"key\", \"#reason\": \"taken\"}\n"
                "{\"class\":\"Server\",\"key\":\"a\"}\n");
  EXPECT_TRUE(written.text.ends_with("\n{\"class\": \"Server\", broken\n")) << written.text;
  // What was written is read as the same two rows.
  const Written again = Reject(folder / "out.jsonl", folder / "again.jsonl", {});
  EXPECT_EQ(again.reports.size(), 1U);
}

TEST(RejectFile, StandsBesideItsInput) {
  using Form = RowReader::Form;
  EXPECT_EQ(DefaultRejectPath("d/in.csv", Form::kCsv), "d/in.rejected.csv");
  EXPECT_EQ(DefaultRejectPath("in.csv.gz", Form::kCsv), "in.rejected.csv");
  EXPECT_EQ(DefaultRejectPath("in.jsonl.zst", Form::kJsonLines), "in.rejected.jsonl");
  EXPECT_EQ(DefaultRejectPath("in.rejected.csv", Form::kCsv), "in.rejected.csv");
  EXPECT_EQ(DefaultRejectPath("-", Form::kJsonLines), "stdin.rejected.jsonl");
  EXPECT_EQ(WithLinksSuffix("bad.csv"), "bad.links.csv");
}

}  // namespace
}  // namespace kosei::cli
