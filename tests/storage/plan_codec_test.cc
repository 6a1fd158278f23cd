// Plans on disk: golden keys, and every field read back.
#include "plan_codec.h"

#include "keys.h"
#include "kosei/base/bytes.h"
#include "pch.h"
#include "status_matchers.h"

namespace kosei::storage {
namespace {

using testing::HasErrorCode;

PlanInfo SomePlan() {
  PlanInfo plan;
  plan.number = PlanNumber{7};
  plan.name = "move-db";
  plan.description = "ラック7へ";
  plan.actor = "佐藤";
  plan.cause = "CHG-1";
  plan.created = Timestamp{1'700'000'000'000'000};
  plan.base = CommitNumber{12};
  plan.state = PlanState::kMerged;
  plan.steps = 3;
  plan.edits = 9;
  plan.merged_from = CommitNumber{20};
  plan.merged = CommitNumber{22};
  plan.merged_by = "board";
  return plan;
}

PlanStep SomeStep() {
  PlanStep step;
  step.number = 2;
  step.known = CommitNumber{12};
  step.time = Timestamp{1'700'000'000'000'001};
  step.edits.provenance.actor = "a";
  step.edits.provenance.reason = "b";
  step.edits.provenance.cause = "c";
  step.edits.provenance.source = "d";
  Record record;
  record.key = "web-1";
  record.attributes = {{AttributeNumber{1}, Value("one")}, {AttributeNumber{2}, Value()}};
  step.edits.put_records.push_back({record, std::nullopt});
  step.edits.end_links.push_back({"a", RelationshipTypeNumber{3}, "b"});
  step.edits.put_links.push_back({"b", RelationshipTypeNumber{4}, "c"});
  step.edits.end_records.push_back({"gone", std::nullopt});
  return step;
}

TEST(PlanCodec, KeysHaveTheseBytesForEver) {
  EXPECT_EQ(ToHex(keys::PlanKey(PlanNumber{2}, 3)), "000000000000000200000003");
}

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

TEST(PlanCodec, TheseBytesAreAPlanForEver) {
  const std::string bytes = FromHex(
      "200000004b504c4e18003000100004000000080000001800200000000c0028001800000034000000"
      "2800000001000000010000000000000000401e18240a060002000000000000000300000000000000"
      "01000000610000000100000070000000");
  ASSERT_OK_AND_ASSIGN(const PlanInfo plan, DecodePlan(bytes));
  EXPECT_EQ(plan.number, PlanNumber{1});
  EXPECT_EQ(plan.name, "p");
  EXPECT_EQ(plan.actor, "a");
  EXPECT_EQ(plan.created, Timestamp{1'700'000'000'000'000});
  EXPECT_EQ(plan.base, CommitNumber{2});
  EXPECT_EQ(plan.state, PlanState::kOpen);
  EXPECT_EQ(plan.steps, 1U);
  EXPECT_EQ(plan.edits, 3U);
}

TEST(PlanCodec, TheseBytesAreAStepForEver) {
  const std::string bytes = FromHex(
      "2000000000001a002c00040018002000080000000000000000000c00100014001a00000001000000"
      "a0000000680000003c00000018000000020000000000000005000000000000000000000001000000"
      "0c00000000000600080004000600000004000000010000007a0000000100000004000000d6ffffff"
      "00000400100000000400000001000000780000000100000079000000010000001000000000000a00"
      "1000080006000c000a00000000000300100000000400000001000000790000000100000078000000"
      "0100000061000000");
  ASSERT_OK_AND_ASSIGN(const PlanStep step, DecodeStep(bytes));
  EXPECT_EQ(step.number, 1U);
  EXPECT_EQ(step.known, CommitNumber{2});
  EXPECT_EQ(step.time, Timestamp{5});
  EXPECT_EQ(step.edits.provenance.actor, "a");
  ASSERT_EQ(step.edits.end_links.size(), 1U);
  EXPECT_EQ(step.edits.end_links[0].source, "x");
  EXPECT_EQ(step.edits.end_links[0].type, RelationshipTypeNumber{3});
  ASSERT_EQ(step.edits.put_links.size(), 1U);
  EXPECT_EQ(step.edits.put_links[0].target, "x");
  ASSERT_EQ(step.edits.end_records.size(), 1U);
  EXPECT_EQ(step.edits.end_records[0].key, "z");
}

TEST(PlanCodec, APlanReadsBack) {
  const PlanInfo plan = SomePlan();
  ASSERT_OK_AND_ASSIGN(const PlanInfo read, DecodePlan(EncodePlan(plan)));
  EXPECT_EQ(read.number, plan.number);
  EXPECT_EQ(read.name, plan.name);
  EXPECT_EQ(read.description, plan.description);
  EXPECT_EQ(read.actor, plan.actor);
  EXPECT_EQ(read.cause, plan.cause);
  EXPECT_EQ(read.created, plan.created);
  EXPECT_EQ(read.base, plan.base);
  EXPECT_EQ(read.state, plan.state);
  EXPECT_EQ(read.steps, plan.steps);
  EXPECT_EQ(read.edits, plan.edits);
  EXPECT_EQ(read.merged_from, plan.merged_from);
  EXPECT_EQ(read.merged, plan.merged);
  EXPECT_EQ(read.merged_by, plan.merged_by);
}

TEST(PlanCodec, AStepReadsBack) {
  const PlanStep step = SomeStep();
  ASSERT_OK_AND_ASSIGN(const PlanStep read, DecodeStep(EncodeStep(step)));
  EXPECT_EQ(read.number, step.number);
  EXPECT_EQ(read.known, step.known);
  EXPECT_EQ(read.time, step.time);
  EXPECT_EQ(read.edits.provenance.actor, "a");
  EXPECT_EQ(read.edits.provenance.reason, "b");
  EXPECT_EQ(read.edits.provenance.cause, "c");
  EXPECT_EQ(read.edits.provenance.source, "d");
  ASSERT_EQ(read.edits.put_records.size(), 1U);
  EXPECT_EQ(read.edits.put_records[0].record, step.edits.put_records[0].record);
  ASSERT_EQ(read.edits.end_links.size(), 1U);
  EXPECT_EQ(read.edits.end_links[0].source, "a");
  EXPECT_EQ(read.edits.end_links[0].type, RelationshipTypeNumber{3});
  ASSERT_EQ(read.edits.put_links.size(), 1U);
  EXPECT_EQ(read.edits.put_links[0].target, "c");
  ASSERT_EQ(read.edits.end_records.size(), 1U);
  EXPECT_EQ(read.edits.end_records[0].key, "gone");
}

TEST(PlanCodec, DamageIsSeen) {
  const std::string plan = EncodePlan(SomePlan());
  const std::string step = EncodeStep(SomeStep());
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, plan.size() / 2}) {
    EXPECT_THAT(DecodePlan(plan.substr(0, size)), HasErrorCode(ErrorCode::kStorageCorrupt));
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, step.size() / 2}) {
    EXPECT_THAT(DecodeStep(step.substr(0, size)), HasErrorCode(ErrorCode::kStorageCorrupt));
  }
}

}  // namespace
}  // namespace kosei::storage
