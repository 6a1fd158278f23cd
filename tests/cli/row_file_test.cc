// Import files as rows: CSV and JSON Lines, packed and not, good and bad.
#include "import/row_file.h"

#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "import/row_conversion.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::cli {
namespace {

using kosei::testing::IsError;
using kosei::testing::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string TextOf(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBoolean:
      return value.boolean() ? "true" : "false";
    case ValueKind::kInteger:
      return std::to_string(value.integer());
    case ValueKind::kDecimal:
      return FormatDecimal(value.decimal()) + "d";
    case ValueKind::kText:
      return "'" + value.text() + "'";
    case ValueKind::kList: {
      std::string out = "[";
      for (const Value& item : value.list()) out += TextOf(item) + " ";
      return out + "]";
    }
  }
  return "";
}

// "line: name=value ..." or "line:column field reason" for each row.
std::vector<std::string> Read(RowFile& file, const HeaderRules& rules = RecordHeader()) {
  std::vector<std::string> rows;
  if (const absl::Status opened = file.Open(rules); !opened.ok()) {
    return {std::string(MessageOf(opened))};
  }
  Row row;
  for (;;) {
    const absl::StatusOr<bool> found = file.rows().Next(row);
    if (!found.ok()) {
      rows.emplace_back(MessageOf(found.status()));
      return rows;
    }
    if (!*found) return rows;
    std::string text = std::to_string(row.line) + ":";
    for (const Member& member : row.members) {
      if (!row.error) text += " " + std::string(member.name) + "=" + TextOf(member.value);
    }
    if (row.error) {
      text = std::to_string(row.error->line == 0 ? row.line : row.error->line) + ":" +
             std::to_string(row.error->column) + " [" + row.error->field + "] " + row.error->reason;
    }
    rows.push_back(text);
  }
}

std::vector<std::string> ReadText(const std::string& name, std::string_view bytes,
                                  const HeaderRules& rules = RecordHeader()) {
  const TempFolder folder;
  WriteFile(folder / name, bytes);
  RowFile file(folder / name);
  return Read(file, rules);
}

TEST(CsvFile, GivesMembersByTheHeaderAndLeavesEmptyCellsOut) {
  EXPECT_THAT(ReadText("a.csv",
                       "class,key,name,cpu_count\r\n"
                       "Server,web-1,\"Web, 1\",8\r\n"
                       "\r\n"
                       "Server,web-2,,\r\n"),
              ElementsAre("2: class='Server' key='web-1' name='Web, 1' cpu_count='8'",
                          "4: class='Server' key='web-2'"));
}

TEST(CsvFile, TakesAByteOrderMarkAndColumnsInAnyOrder) {
  EXPECT_THAT(ReadText("a.csv", "\xef\xbb\xbfkey,class\nweb-1,Server\n"),
              ElementsAre("2: key='web-1' class='Server'"));
}

TEST(CsvFile, NamesLineColumnAndFieldOfABadRowAndGoesOn) {
  const std::vector<std::string> rows = ReadText("a.csv",
                                                 "class,key,name\n"
                                                 "Server,web-1\n"
                                                 "Server,web-2,a,b\n"
                                                 "Server,web-3,\xe6\x9d\xb1\xff\n"
                                                 "Server,web-4,\"two\nlines \xff\"\n"
                                                 "Server,web-5,\"x\"y\n"
                                                 "Server,web-6,\"never closed\n"
                                                 "Server,web-7,good\n");
  ASSERT_EQ(rows.size(), 7U);
  EXPECT_THAT(rows[0], HasSubstr("2:13 [name] 2 columns found, the header has 3"));
  EXPECT_THAT(rows[1], HasSubstr("3:16 [] 4 columns found, the header has 3"));
  EXPECT_THAT(rows[2], HasSubstr("4:15 [name] byte 0xFF is not UTF-8"));
  EXPECT_THAT(rows[3], HasSubstr("6:7 [name] byte 0xFF is not UTF-8"));
  EXPECT_THAT(rows[4], HasSubstr("7:17 [name] text follows the closing quote"));
  EXPECT_THAT(rows[5], HasSubstr("8:14 [name] the quote that opens here is never closed"));
  EXPECT_EQ(rows[6], "9: class='Server' key='web-7' name='good'");
}

TEST(CsvFile, RefusesAWrongHeaderWithLineAndColumn) {
  struct Case {
    std::string_view name, header, message;
  };
  const Case cases[] = {
      {"missing", "class,name\n", ":1:11: header: column 'key' is missing"},
      {"twice", "class,key,name,name\n", ":1:16: header: column 'name' is there twice"},
      {"no name", "class,key,,x\n", ":1:11: header: column 3 has no name"},
      {"empty file", "", "the file is empty"},
      {"bad UTF-8", "class,key,\x83\x54\n", ":1:11: header: byte 0x83 is not UTF-8"},
      {"UTF-16",
       std::string_view("\xff\xfe"
                        "c\0",
                        4),
       ":1:1: the file is UTF-16"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::vector<std::string> rows = ReadText("a.csv", c.header);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_THAT(rows[0], HasSubstr(std::string(c.message)));
  }
  EXPECT_THAT(ReadText("a.csv", "source,type,taget,target\n", LinkHeader())[0],
              HasSubstr(":1:13: header: column 'taget' is not known here; expected "
                        "source,type,target; did you mean 'target'?"));
}

TEST(CsvFile, PassesOverColumnsOfNotes) {
  EXPECT_THAT(ReadText("a.csv", "#line,#reason,class,key\n7,\"bad, really\",Server,web-1\n"),
              ElementsAre("2: class='Server' key='web-1'"));
}

TEST(CsvFile, ReadsRowsLongerThanItsBuffer) {
  const std::string large(3'000'000, 'x');
  const std::vector<std::string> rows =
      ReadText("a.csv", "class,key,name\nA,1,\"" + large + "\"\nB,2,b\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], "2: class='A' key='1' name='" + large + "'");
  EXPECT_EQ(rows[1], "3: class='B' key='2' name='b'");
}

TEST(JsonLinesFile, GivesTypedMembers) {
  EXPECT_THAT(ReadText("a.jsonl",
                       "{\"class\":\"Server\",\"key\":\"web-1\",\"n\":8,\"d\":-1.50,\"b\":true,"
                       "\"gone\":null,\"l\":[\"a\",2]}\n"
                       "\n"
                       "{\"class\":\"Server\",\"key\":\"\\u6771\",\"t\":\"a\\nb\"}\r\n"),
              ElementsAre("1: class='Server' key='web-1' n=8 d=-1.5d b=true gone=null l=['a' 2 ]",
                          "3: class='Server' key='\u6771' t='a\nb'"));
}

TEST(JsonLinesFile, NamesWhatIsWrongAndGoesOn) {
  const std::vector<std::string> rows = ReadText("a.jsonl",
                                                 "{\"class\":\"A\",\"key\":\n"
                                                 "[1,2]\n"
                                                 "{\"key\":{\"a\":1}}\n"
                                                 "{\"key\":\"\xff\"}\n"
                                                 "{\"a\":1,\"a\":2}\n"
                                                 "{\"a\":[[1]]}\n"
                                                 "{\"a\":1e400}\n"
                                                 "{\"a\":1} {\"b\":2}\n"
                                                 "not json\n"
                                                 "{\"class\":\"B\",\"key\":\"2\"}\n");
  ASSERT_EQ(rows.size(), 10U);
  EXPECT_THAT(rows[0], HasSubstr("1:"));
  EXPECT_THAT(rows[0], HasSubstr("not JSON"));
  EXPECT_THAT(rows[1], HasSubstr("2:1 [] expected one JSON object a line"));
  EXPECT_THAT(rows[2], HasSubstr("[key] an object found"));
  EXPECT_THAT(rows[3], HasSubstr("4:9 [] byte 0xFF is not UTF-8"));
  EXPECT_THAT(rows[4], HasSubstr("[a] this member is there twice"));
  EXPECT_THAT(rows[5], HasSubstr("[a] a list within a list"));
  EXPECT_THAT(rows[6], HasSubstr("[a] "));
  EXPECT_THAT(rows[7], HasSubstr("one object a line"));
  EXPECT_THAT(rows[8], HasSubstr("9:1 []"));
  EXPECT_EQ(rows[9], "10: class='B' key='2'");
}

TEST(JsonLinesFile, PassesOverLinesAndMembersOfNotes) {
  EXPECT_THAT(ReadText("a.jsonl",
                       "{\"#line\":3,\"#reason\":\"bad\"}\n"
                       "{\"class\":\"A\",\"key\":\"1\",\"#note\":{\"any\":[]}}\n"),
              ElementsAre("2: class='A' key='1'"));
}

TEST(RowFile, TellsTheFormByExtensionOrContent) {
  struct Case {
    std::string_view path, beginning;
    RowReader::Form form;
  };
  const Case cases[] = {
      {"a.csv", "{", RowReader::Form::kCsv},
      {"a.csv.gz", "", RowReader::Form::kCsv},
      {"a.jsonl", "class,key", RowReader::Form::kJsonLines},
      {"a.ndjson.zst", "", RowReader::Form::kJsonLines},
      {"a.json", "", RowReader::Form::kJsonLines},
      {"-", "  {\"class\"", RowReader::Form::kJsonLines},
      {"-", "class,key", RowReader::Form::kCsv},
      {"export", "", RowReader::Form::kCsv},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.path);
    EXPECT_EQ(FormOf(std::string(c.path), c.beginning), c.form);
  }
}

std::string Gzip(std::string_view text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}
std::string Zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string ManyRows() {
  std::string text = "class,key\n";
  for (int i = 0; i < 200'000; ++i) text += "Server,web-" + std::to_string(i) + "\n";
  return text;
}

TEST(RowFile, UnpacksGzipAndZstdByTheirContent) {
  const std::string text = ManyRows();
  const std::size_t half = text.size() / 2;
  const std::pair<std::string_view, std::string> cases[] = {
      {"gzip", Gzip(text)},
      {"zstd", Zstd(text)},
      {"two gzip members", Gzip(text.substr(0, half)) + Gzip(text.substr(half))},
      {"two zstd frames", Zstd(text.substr(0, half)) + Zstd(text.substr(half))},
  };
  for (const auto& [name, bytes] : cases) {
    SCOPED_TRACE(name);
    // The name says nothing about the packing.
    const std::vector<std::string> rows = ReadText("rows", bytes);
    ASSERT_EQ(rows.size(), 200'000U);
    EXPECT_EQ(rows.back(), "200001: class='Server' key='web-199999'");
  }
}

TEST(RowFile, SaysThatAPackedFileIsNotWhole) {
  const std::string text = ManyRows();
  for (const std::string& packed : {Gzip(text), Zstd(text)}) {
    EXPECT_THAT(ReadText("rows.csv.gz", packed.substr(0, packed.size() / 2)).back(),
                HasSubstr("ends early"));
  }
}

TEST(RowFile, SaysWhatIsNoFile) {
  const TempFolder folder;
  RowFile missing(folder / "none.csv");
  EXPECT_THAT(missing.Open(RecordHeader()), IsError(ErrorCode::kNotFound, "none.csv"));
  RowFile directory(folder.path());
  EXPECT_THAT(directory.Open(RecordHeader()), IsError(ErrorCode::kInvalidArgument, "a folder"));
}

TEST(RowFile, ReadsTheSameRowsAgain) {
  const TempFolder folder;
  WriteFile(folder / "a.csv", "class,key\nA,1\nB,2\n");
  RowFile file(folder / "a.csv");
  const std::vector<std::string> first = Read(file);
  EXPECT_EQ(first.size(), 2U);
  EXPECT_EQ(Read(file), first);
}

}  // namespace
}  // namespace kosei::cli
