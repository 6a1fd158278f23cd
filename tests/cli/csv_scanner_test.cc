#include "import/csv_scanner.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kosei::cli {
namespace {

using State = CsvRow::State;
using ::testing::ElementsAreArray;

std::vector<std::string> Fields(std::string_view text, const CsvRow& row) {
  std::vector<std::string> fields;
  for (const CsvField& field : row.fields) fields.push_back(CsvFieldText(text, field));
  return fields;
}

TEST(CsvScanner, ReadsOneRowAsRfc4180SaysIt) {
  struct Case {
    std::string_view name, text;
    std::vector<std::string> fields;
    std::size_t row_bytes, with_end;
  };
  const Case cases[] = {
      {"plain fields", "a,b,c\nnext", {"a", "b", "c"}, 5, 6},
      {"CRLF", "a,b\r\nnext", {"a", "b"}, 3, 5},
      {"no line end at the end of the file", "a,b", {"a", "b"}, 3, 3},
      {"empty fields", ",,\n", {"", "", ""}, 2, 3},
      {"quotes", "\"a\",\"b,c\"\n", {"a", "b,c"}, 9, 10},
      {"a quote within quotes", "\"a\"\"b\",c\n", {"a\"b", "c"}, 8, 9},
      {"only quotes", "\"\"\"\"\n", {"\""}, 4, 5},
      {"a line feed within quotes", "\"a\nb\",c\r\n", {"a\nb", "c"}, 7, 9},
      {"a CRLF within quotes", "\"a\r\nb\"\r\n", {"a\r\nb"}, 6, 8},
      {"an empty quoted field", "\"\",x\n", {"", "x"}, 4, 5},
      {"a quote inside a plain field stands for itself", "5\" disk,x\n", {"5\" disk", "x"}, 9, 10},
      {"a carriage return alone is data", "a\rb,c\n", {"a\rb", "c"}, 5, 6},
      {"Japanese", "\u6771\u4eac,\u5927\u962a\n", {"\u6771\u4eac", "\u5927\u962a"}, 13, 14},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    CsvRow row;
    ScanCsvRow(c.text, true, row);
    EXPECT_EQ(row.state, State::kComplete);
    EXPECT_THAT(Fields(c.text, row), ElementsAreArray(c.fields));
    EXPECT_EQ(row.row_bytes, c.row_bytes);
    EXPECT_EQ(row.with_end, c.with_end);
  }
}

TEST(CsvScanner, AsksForMoreWhereverTheTextIsCut) {
  const std::string text = "\"a\"\"\r\nb\",c,\"\"\r\n";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    SCOPED_TRACE(cut);
    CsvRow row;
    ScanCsvRow(std::string_view(text).substr(0, cut), false, row);
    EXPECT_EQ(row.state, State::kNeedsMore);
    ScanCsvRow(text, false, row);
    ASSERT_EQ(row.state, State::kComplete);
    EXPECT_THAT(Fields(text, row), ::testing::ElementsAre("a\"\r\nb", "c", ""));
  }
}

TEST(CsvScanner, SaysWhereQuotesAreWrong) {
  CsvRow row;
  ScanCsvRow("a,\"b\nc,d\n", true, row);
  EXPECT_EQ(row.state, State::kUnclosedQuote);
  EXPECT_EQ(row.error_at, 2U);
  ScanCsvRow("a,\"b\"x,c\nnext", true, row);
  EXPECT_EQ(row.state, State::kTextAfterQuote);
  EXPECT_EQ(row.error_at, 5U);
  EXPECT_EQ(row.row_bytes, 8U);
  EXPECT_EQ(row.with_end, 9U);
}

}  // namespace
}  // namespace kosei::cli
