// Writing and reading records: what a writer is told, and what a reader finds.
#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using client::Mutation;
using client::WriteCounts;
using kosei::testing::HasErrorCode;

TEST_F(Estate, WhatWasWrittenIsRead) {
  const std::uint64_t commit = Put(
      {MakeRecord("Server", "web-1",
                  {{"name", "Web 1"}, {"status", "live"}, {"cpu_count", 16}, {"owner", "運用部"}}),
       MakeRecord("Rack", "rack-7")},
      {MakeLink("web-1", "located_in", "rack-7")});
  ASSERT_NE(commit, 0U);
  ASSERT_OK_AND_ASSIGN(const client::GetResult result, client->Get({"web-1", "none", "rack-7"}));
  EXPECT_EQ(result.view.commit, commit);
  ASSERT_EQ(result.records.size(), 3U);
  ASSERT_TRUE(result.records[0].has_value());
  EXPECT_FALSE(result.records[1].has_value());
  ASSERT_TRUE(result.records[2].has_value());
  EXPECT_EQ(result.records[2]->record.key, "rack-7");
  const Record& web = result.records[0]->record;
  const auto model = client->model();
  EXPECT_EQ(model->ClassName(web.class_number), "Server");
  EXPECT_EQ(*web.Find(model->AttributeOf("cpu_count")), Value(16));
  EXPECT_EQ(*web.Find(model->AttributeOf("owner")), Value("運用部"));
  EXPECT_EQ(result.records[0]->begin, commit);
}

TEST_F(Estate, WritingTheSameAgainChangesNothing) {
  Mutation mutation;
  mutation.put_records.push_back({MakeRecord("Server", "web-1", {{"name", "Web 1"}}), {}});
  ASSERT_OK_AND_ASSIGN(const WriteCounts first, client->Mutate(mutation));
  EXPECT_EQ(first.records_created, 1U);
  ASSERT_OK_AND_ASSIGN(const WriteCounts second, client->Mutate(mutation));
  EXPECT_EQ(second.commit, 0U);
  EXPECT_EQ(second.records_unchanged, 1U);
}

TEST_F(Estate, SetsGivenAttributesAndKeepsTheOthers) {
  Put({MakeRecord("Server", "web-1", {{"name", "Web 1"}, {"owner", "a"}})});
  Put({MakeRecord("Server", "web-1", {{"owner", "b"}})});
  EXPECT_EQ(TextOf("web-1", "name"), "Web 1");
  EXPECT_EQ(TextOf("web-1", "owner"), "b");
}

TEST_F(Estate, RefusesWhatTheModelForbidsAndSaysWhich) {
  struct Case {
    const char* name;
    ErrorCode code;
    std::function<void(Mutation&)> fill;
  };
  Put({MakeRecord("Server", "taken", {{"serial_number", "SN-1"}}), MakeRecord("Site", "tokyo")});
  const Case cases[] = {
      {"unknown class", ErrorCode::kUnknownClass,
       [&](Mutation& m) {
         Record record = MakeRecord("Server", "x");
         record.class_number = ClassNumber{60'000};
         m.put_records.push_back({record, {}});
       }},
      {"unknown attribute", ErrorCode::kUnknownAttribute,
       [&](Mutation& m) {
         Record record = MakeRecord("Server", "x");
         record.Set(AttributeNumber{60'000}, "?");
         m.put_records.push_back({record, {}});
       }},
      {"unknown relationship type", ErrorCode::kUnknownRelationshipType,
       [&](Mutation& m) {
         m.put_links.push_back({"taken", RelationshipTypeNumber{60'000}, "tokyo"});
       }},
      {"wrong type", ErrorCode::kWrongType,
       [&](Mutation& m) {
         m.put_records.push_back({MakeRecord("Server", "x", {{"cpu_count", "many"}}), {}});
       }},
      {"abstract class", ErrorCode::kAbstractClass,
       [&](Mutation& m) { m.put_records.push_back({MakeRecord("Node", "x"), {}}); }},
      {"unique value twice", ErrorCode::kDuplicateValue,
       [&](Mutation& m) {
         m.put_records.push_back({MakeRecord("Server", "x", {{"serial_number", "SN-1"}}), {}});
       }},
      {"link to nothing", ErrorCode::kLinkEndMissing,
       [&](Mutation& m) { m.put_links.push_back(MakeLink("taken", "runs_on", "nowhere")); }},
      {"end that the type does not allow", ErrorCode::kEndpointNotAllowed,
       [&](Mutation& m) { m.put_links.push_back(MakeLink("tokyo", "located_in", "taken")); }},
      {"must not exist", ErrorCode::kAlreadyExists,
       [&](Mutation& m) { m.put_records.push_back({MakeRecord("Server", "taken"), 0}); }},
      {"ends what is not there", ErrorCode::kNotFound,
       [&](Mutation& m) { m.end_records.push_back({"nowhere", {}}); }},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    Mutation mutation;
    mutation.put_records.push_back({MakeRecord("Server", "beside"), {}});
    one.fill(mutation);
    EXPECT_THAT(client->Mutate(mutation), HasErrorCode(one.code));
    EXPECT_FALSE(Find("beside").has_value()) << "all or nothing";
  }
}

TEST_F(Estate, AnExpectedVersionGuardsAgainstLostUpdates) {
  const std::uint64_t first = Put({MakeRecord("Server", "web-1", {{"owner", "a"}})});
  Mutation mine;
  mine.put_records.push_back({MakeRecord("Server", "web-1", {{"owner", "b"}}), first});
  ASSERT_OK(client->Mutate(mine));
  Mutation late;
  late.put_records.push_back({MakeRecord("Server", "web-1", {{"owner", "c"}}), first});
  EXPECT_THAT(client->Mutate(late), HasErrorCode(ErrorCode::kVersionConflict));
  EXPECT_EQ(TextOf("web-1", "owner"), "b");
}

TEST_F(Estate, SearchFindsByTextClassAndValue) {
  std::vector<Record> records;
  for (int i = 0; i < 30; ++i) {
    records.push_back(MakeRecord(
        i % 2 == 0 ? "Server" : "VirtualMachine", "node-" + std::to_string(i),
        {{"name", "payroll node " + std::to_string(i)}, {"owner", i % 3 == 0 ? "hr" : "it"}}));
  }
  records.push_back(MakeRecord("Site", "大阪", {{"name", "大阪データセンター"}}));
  Put(std::move(records));
  const auto search = [this](const client::SearchRequest& request) {
    std::vector<std::string> keys;
    const auto summary = client->Search(request, [&](const client::RecordVersion& version) {
      keys.push_back(version.record.key);
      return true;
    });
    EXPECT_OK(summary);
    return keys;
  };
  EXPECT_EQ(search({.text = "payroll", .limit = 1'000}).size(), 30U);
  EXPECT_EQ(search({.text = "payroll", .class_name = "Server", .limit = 1'000}).size(), 15U);
  EXPECT_EQ(search({.class_name = "Server", .where = {{"owner", "hr"}}, .limit = 1'000}).size(),
            5U);
  EXPECT_EQ(search({.text = "データ", .limit = 1'000}), std::vector<std::string>{"大阪"});
  EXPECT_EQ(search({.text = "payroll", .limit = 7}).size(), 7U);
  EXPECT_THAT(
      client->Search({.class_name = "Sever"}, [](const client::RecordVersion&) { return true; }),
      HasErrorCode(ErrorCode::kUnknownClass));
  EXPECT_THAT(client->Search({.class_name = "Server", .where = {{"colour", "red"}}},
                             [](const client::RecordVersion&) { return true; }),
              HasErrorCode(ErrorCode::kUnknownAttribute));
}

}  // namespace
}  // namespace kosei::e2e
