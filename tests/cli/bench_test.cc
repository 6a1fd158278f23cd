// kosei bench from end to end with a small estate: what it says, never how fast it was.
#include <algorithm>
#include <filesystem>

#include "kosei_process.h"

namespace kosei::cli {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Bench = Terminal;

// Programs know the figures by these names, in this order.
struct Expected {
  std::string name;
  std::string unit;
  std::string limit_name;
  std::string goal;
};
const Expected kFigures[] = {
    {"load_seconds", "s", "", ""},
    {"load_generation_seconds", "s", "", ""},
    {"load_records_per_second", "1/s", "", ""},
    {"load_links_per_second", "1/s", "", ""},
    {"index_seconds", "s", "", ""},
    {"server_resident_mib", "MiB", "", "<= 2048"},
    {"get_p50", "us", "loopback ping-pong", "<= 1.5"},
    {"get_p99", "us", "loopback ping-pong", ""},
    {"get_pipelined", "1/s", "", ">= 200000"},
    {"statement_p50", "us", "point read", "<= 3"},
    {"impact_small", "us", "point read", "<= 1.5"},
    {"impact_hot_count", "ms", "plain breadth-first search", "<= 1.5"},
    {"impact_hot_stream", "ms", "plain breadth-first search", "<= 3"},
    {"impact_random_count", "ms", "plain breadth-first search", "<= 1.5"},
    {"impact_random_stream", "ms", "plain breadth-first search", "<= 3"},
    {"impact_random_p50", "us", "", ""},
    {"impact_random_p99", "us", "plain breadth-first search", "<= 3"},
    {"impact_depth_3", "ms", "no depth limit", "<= 1"},
    {"impact_depth_6", "ms", "no depth limit", "<= 1"},
    {"impact_depth_deepest", "ms", "no depth limit", "<= 1"},
    {"commit_1", "1/s", "synced append of as many bytes", ""},
    {"commit_64", "1/s", "one at a time", ">= 15"},
    {"past_get_p50", "us", "point read now", "<= 1.5"},
    {"past_impact", "ms", "impact now", "<= 2"},
    {"board_hypervisor", "ms", "", "<= 10"},
    {"boards_p99", "ms", "the same without a load", "<= 3"},
    {"process_transitions", "1/s", "", ">= 10000"},
    {"process_writes", "1/s", "", ""},
    {"process_change", "ms", "", "<= 20"},
};

double Positive(const Json& json, const std::string& pointer) {
  double number = -1;
  EXPECT_EQ(json.At(pointer).get(number), simdjson::SUCCESS) << pointer;
  EXPECT_GT(number, 0) << pointer;
  return number;
}

void CheckFigure(const Json& json, const std::string& at, const Expected& expected) {
  SCOPED_TRACE(expected.name);
  EXPECT_EQ(json.Text(at + "/name"), expected.name);
  EXPECT_EQ(json.Text(at + "/unit"), expected.unit);
  EXPECT_NE(json.Text(at + "/what"), "");
  const double value = Positive(json, at + "/value");
  if (expected.limit_name.empty()) {
    for (const char* const member : {"/limit_name", "/limit", "/ratio"}) {
      EXPECT_TRUE(json.IsNull(at + member)) << member;
    }
  } else {
    EXPECT_EQ(json.Text(at + "/limit_name"), expected.limit_name);
    const double limit = Positive(json, at + "/limit");
    EXPECT_NEAR(Positive(json, at + "/ratio") * limit, value, value / 1'000);
  }
  if (expected.goal.empty()) {
    EXPECT_TRUE(json.IsNull(at + "/goal"));
    EXPECT_TRUE(json.IsNull(at + "/met"));
  } else {
    EXPECT_EQ(json.Text(at + "/goal"), expected.goal);
    EXPECT_TRUE(json.At(at + "/met").is_bool());
  }
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(Bench, MeasuresEveryStepBesideItsLimit) {
  const Outcome outcome = Kosei({"bench", "--cis", "600", "--seed", "3", "--output", "json"});
  ASSERT_EQ(outcome.code, 0) << outcome.notes;
  for (const char* const step : {"load: ", "get: ", "pipeline: ", "impact: ", "commit: ", "past: ",
                                 "boards: ", "process: "}) {
    EXPECT_THAT(outcome.notes, HasSubstr(step));
  }
  const Json json(outcome.out);
  EXPECT_EQ(json.Number("/items"), 600);
  EXPECT_EQ(json.Number("/seed"), 3);
  EXPECT_THAT(json.Text("/server"), StartsWith("koseid/"));
  ASSERT_EQ(json.Count("/figures"), std::size(kFigures));
  for (std::size_t i = 0; i < std::size(kFigures); ++i) {
    CheckFigure(json, "/figures/" + std::to_string(i), kFigures[i]);
  }
  // What was loaded is in the store, beside what processes have left in it.
  const Json items(Out({"query",
                        "MATCH (r) WHERE NOT (r:ProcessRecord OR r:ProcessEntry OR "
                        "r:ProcessDefinition) RETURN count(r) AS count"}));
  EXPECT_EQ(items.Number("/rows/0/count"), 600);

  // Once filled, the store is not filled again; a step alone goes on with it.
  const Outcome again = Kosei({"bench", "--cis", "600", "--seed", "3"});
  EXPECT_EQ(again.code, 6);
  EXPECT_THAT(again.notes, HasSubstr("records; it takes an empty one"));
  const Outcome other = Kosei({"bench", "--cis", "700", "--only", "get"});
  EXPECT_EQ(other.code, 7);
  EXPECT_THAT(other.notes, HasSubstr("the store holds 600 records, expected the estate of 700"));

  const std::vector<std::string> one_step = {"bench",  "--cis", "600",      "--seed", "3",
                                             "--only", "get",   "--output", "jsonl"};
  const std::vector<std::string> lines = LinesOf(Out(one_step));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(Json(lines[0]).Number("/items"), 600);
  CheckFigure(Json(lines[1]), "", kFigures[6]);
  CheckFigure(Json(lines[2]), "", kFigures[7]);

  std::vector<std::string> as_csv = one_step;
  as_csv.back() = "csv";
  const std::vector<std::string> rows = LinesOf(Out(as_csv));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], "name,value,unit,limit_name,limit,ratio,goal,met");
  EXPECT_THAT(rows[1], AllOf(StartsWith("get_p50,"), HasSubstr(",us,loopback ping-pong,")));
  EXPECT_THAT(rows, Each(::testing::ResultOf(
                        [](const std::string& row) { return std::ranges::count(row, ','); }, 7)));

  std::vector<std::string> as_table = one_step;
  as_table.back() = "table";
  EXPECT_THAT(Out(as_table), AllOf(StartsWith("FIGURE "), HasSubstr("\nPoint read, p50 ")));
}

TEST_F(Bench, WhatItExportsIsWhatImportLoads) {
  const std::string folder = Path("made/estate");
  const Outcome exported = Kosei({"bench", "--cis", "1500", "--export", folder});
  ASSERT_EQ(exported.code, 0) << exported.notes;
  EXPECT_EQ(exported.out, "");
  EXPECT_THAT(exported.notes, StartsWith("wrote 1,500 records and "));

  const std::vector<std::string> records = LinesOf(ReadWhole(folder + "/records.csv"));
  const std::vector<std::string> links = LinesOf(ReadWhole(folder + "/links.csv"));
  ASSERT_EQ(records.size(), 1'501U);
  EXPECT_THAT(records[0], StartsWith("class,key,name,"));
  ASSERT_GT(links.size(), 4 * 1'500U);
  EXPECT_EQ(links[0], "source,type,target");
  const auto link_count = static_cast<std::int64_t>(links.size() - 1);

  const Json summary(
      Out({"import", "--records", folder + "/records.csv", "--links", folder + "/links.csv"}));
  EXPECT_EQ(summary.Number("/records/created"), 1'500);
  EXPECT_EQ(summary.Number("/links/created"), link_count);
  EXPECT_EQ(summary.Number("/records/rejected"), 0);
  EXPECT_EQ(summary.Number("/links/rejected"), 0);

  // The same estate as the load makes: measuring goes on with it, and the same seed writes it
  // again.
  EXPECT_EQ(Kosei({"bench", "--cis", "1500", "--only", "impact"}).code, 0);
  const std::string again = Path("again");
  Out({"bench", "--cis", "1500", "--export", again});
  EXPECT_EQ(ReadWhole(again + "/records.csv"), ReadWhole(folder + "/records.csv"));
  EXPECT_EQ(ReadWhole(again + "/links.csv"), ReadWhole(folder + "/links.csv"));
}

TEST_F(Bench, SaysWhyItCannotExport) {
  const Outcome no_folder = Kosei({"bench", "--cis", "500", "--export", "/dev/null/estate"});
  EXPECT_EQ(no_folder.code, 70);
  EXPECT_THAT(no_folder.notes, HasSubstr("/dev/null: Not a directory"));
  // A device that is full.
  std::filesystem::create_directory(Path("full"));
  std::filesystem::create_symlink("/dev/full", Path("full/records.csv"));
  const Outcome full = Kosei({"bench", "--cis", "500", "--export", Path("full")});
  EXPECT_EQ(full.code, 70);
  EXPECT_THAT(full.notes, HasSubstr("export " + Path("full/records.csv") + ": No space left"));
  EXPECT_THAT(
      Kosei({"bench", "--only", "lod"}).notes,
      HasSubstr("'lod' found, expected one of load, get, pipeline, query, impact, commit, past"));
}

}  // namespace
}  // namespace kosei::cli
