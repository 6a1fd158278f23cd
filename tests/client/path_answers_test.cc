// Answers to paths, trace and order as values; what does not fit together is refused, for a client
// must outlive any server.
#include "kosei/base/error.h"
#include "kosei/protocol/paths_generated.h"
#include "reply_decoding.h"
#include "server_bytes.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;
using testing::Body;

constexpr auto kMalformed = ErrorCode::kMalformedFrame;

std::string PathsBody(const std::vector<std::uint16_t>& classes,
                      const std::vector<std::uint32_t>& records,
                      const std::vector<std::uint16_t>& types) {
  flatbuffers::FlatBufferBuilder builder;
  const fb::ViewInfo view(3, 4);
  const std::vector<std::uint64_t> through(2, 1);
  const std::vector<std::uint8_t> inverse(types.size(), 1);
  const std::vector<flatbuffers::Offset<flatbuffers::String>> keys = {builder.CreateString("a"),
                                                                      builder.CreateString("b")};
  const std::vector<flatbuffers::Offset<fb::PathLine>> paths = {
      fb::CreatePathLineDirect(builder, &records, &types, &inverse)};
  return Body(builder, fb::CreatePathsReplyDirect(builder, &view, 1, false, &keys, &classes,
                                                  &through, &paths, 7));
}

TEST(PathAnswers, PathsAreStepsBetweenTheirRecords) {
  ASSERT_OK_AND_ASSIGN(const PathsResult result, DecodePaths(PathsBody({5, 6}, {0, 1}, {9})));
  EXPECT_EQ(result.view.commit, 3U);
  EXPECT_EQ(result.view.model_version, 7U);
  ASSERT_EQ(result.paths.size(), 1U);
  ASSERT_EQ(result.paths[0].size(), 1U);
  EXPECT_EQ(result.paths[0][0].from, "a");
  EXPECT_EQ(result.paths[0][0].to, "b");
  EXPECT_EQ(result.paths[0][0].type.value, 9U);
  EXPECT_TRUE(result.paths[0][0].inverse);
  EXPECT_EQ(result.records[1].class_number.value, 6U);
}

TEST(PathAnswers, PathsThatDoNotFitTogetherAreRefused) {
  EXPECT_THAT(DecodePaths(PathsBody({5}, {0, 1}, {9})), HasErrorCode(kMalformed));
  EXPECT_THAT(DecodePaths(PathsBody({5, 6}, {0, 2}, {9})), HasErrorCode(kMalformed));
  EXPECT_THAT(DecodePaths(PathsBody({5, 6}, {0}, {9})), HasErrorCode(kMalformed));
  EXPECT_THAT(DecodePaths(PathsBody({5, 6}, {}, {})), HasErrorCode(kMalformed));
  EXPECT_THAT(DecodePaths("garbage!"), HasErrorCode(kMalformed));
}

std::string TraceBody(const std::vector<std::uint32_t>& predecessors, bool first) {
  flatbuffers::FlatBufferBuilder builder;
  const fb::ViewInfo view(3, 4);
  const auto roots = builder.CreateVectorOfStrings(std::vector<std::string>{"root"});
  const auto keys = builder.CreateVectorOfStrings(std::vector<std::string>{"a", "b"});
  const auto classes = builder.CreateVector(std::vector<std::uint16_t>(2, 5));
  const auto distances = builder.CreateVector(std::vector<std::uint32_t>{1, 2});
  const auto before = builder.CreateVector(predecessors);
  const auto vias = builder.CreateVector(std::vector<std::uint16_t>{8, 9});
  const auto inverse = builder.CreateVector(std::vector<std::uint8_t>{0, 1});
  const auto listed = builder.CreateVector(std::vector<std::uint8_t>{0, 1});
  fb::TraceReplyBuilder reply(builder);
  if (first) {
    reply.add_view(&view);
    reply.add_roots(roots);
    reply.add_total(2);
  }
  reply.add_keys(keys);
  reply.add_classes(classes);
  reply.add_distances(distances);
  reply.add_predecessors(before);
  reply.add_vias(vias);
  reply.add_inverse(inverse);
  reply.add_listed(listed);
  return Body(builder, reply.Finish());
}

TEST(PathAnswers, ATraceIsReadOverItsFrames) {
  TraceResult result;
  ASSERT_OK(AddTrace(TraceBody({0, 1}, true), result));
  ASSERT_OK(AddTrace(TraceBody({2, 3}, false), result));
  EXPECT_EQ(result.total, 2U);
  ASSERT_EQ(result.records.size(), 5U);
  EXPECT_FALSE(result.records[1].listed);
  EXPECT_TRUE(result.records[2].listed);
  const std::vector<PathStep> steps = StepsTo(result, 2);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].from, "root");
  EXPECT_EQ(steps[0].to, "a");
  EXPECT_EQ(steps[1].type.value, 9U);
  EXPECT_TRUE(steps[1].inverse);
  EXPECT_TRUE(StepsTo(result, 0).empty());
}

TEST(PathAnswers, ATraceWhoseRecordsComeBeforeWhatLeadsThereIsRefused) {
  TraceResult result;
  EXPECT_THAT(AddTrace(TraceBody({0, 2}, true), result), HasErrorCode(kMalformed));
  TraceResult short_one;
  EXPECT_THAT(AddTrace(TraceBody({0}, true), short_one), HasErrorCode(kMalformed));
}

std::string OrderBody(const std::vector<std::uint32_t>& after,
                      const std::vector<std::uint32_t>& records, std::uint64_t cycle_length = 2) {
  flatbuffers::FlatBufferBuilder builder;
  const fb::ViewInfo view(3, 4);
  const std::vector<flatbuffers::Offset<flatbuffers::String>> keys = {builder.CreateString("a"),
                                                                      builder.CreateString("b")};
  const std::vector<std::uint16_t> classes(2, 5);
  const std::vector<std::uint32_t> waves = {1, 2};
  const std::vector<std::uint32_t> cycles = {UINT32_MAX, 0};
  const std::vector<std::uint16_t> types(2, 9);
  const std::vector<std::uint8_t> inverse(2, 1);
  const std::vector<flatbuffers::Offset<fb::OrderCycle>> list = {
      fb::CreateOrderCycleDirect(builder, 2, 2, cycle_length, &records, &types, &inverse)};
  return Body(builder, fb::CreateOrderReplyDirect(builder, &view, 2, 2, &keys, &classes, &waves,
                                                  &cycles, &after, &list, 7, &keys));
}

TEST(PathAnswers, AnOrderNamesWhatComesBeforeAndItsCycles) {
  OrderResult result;
  ASSERT_OK(AddOrder(OrderBody({UINT32_MAX, 0}, {0, 1, 0}), result));
  EXPECT_EQ(result.waves, 2U);
  EXPECT_FALSE(result.records[0].after.has_value());
  EXPECT_EQ(result.records[1].after, 0U);
  EXPECT_FALSE(result.records[0].cycle.has_value());
  EXPECT_EQ(result.records[1].cycle, 0U);
  ASSERT_EQ(result.cycles.size(), 1U);
  ASSERT_EQ(result.cycles[0].steps.size(), 2U);
  EXPECT_EQ(result.cycles[0].steps[0].to, "b");
  EXPECT_EQ(result.cycles[0].steps[1].to, "a");
  OrderResult cut;
  ASSERT_OK(AddOrder(OrderBody({UINT32_MAX, 0}, {0, 1, 1}, 5'000), cut));
  EXPECT_EQ(cut.cycles[0].length, 5'000U);
}

TEST(PathAnswers, AnOrderThatDoesNotFitTogetherIsRefused) {
  OrderResult result;
  EXPECT_THAT(AddOrder(OrderBody({1, 0}, {0, 1, 0}), result), HasErrorCode(kMalformed));
  EXPECT_THAT(AddOrder(OrderBody({UINT32_MAX}, {0, 1, 0}), result), HasErrorCode(kMalformed));
  EXPECT_THAT(AddOrder(OrderBody({UINT32_MAX, 0}, {0, 1}), result), HasErrorCode(kMalformed));
  EXPECT_THAT(AddOrder(OrderBody({UINT32_MAX, 0}, {0, 2, 0}), result), HasErrorCode(kMalformed));
}

}  // namespace
}  // namespace kosei::client
