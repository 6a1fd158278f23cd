// Points of failure as the client reads them: columns, groups and sets, and answers that do not fit
// together.
#include <functional>

#include "kosei/base/error.h"
#include "kosei/client/client.h"
#include "kosei/protocol/causes_generated.h"
#include "scripted_peer.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;
using testing::AnswerBytes;
using ::testing::ElementsAre;
using testing::Reaction;
using testing::ScriptedPeer;
using testing::SentFrame;

// Two points, two groups, a pair of them; each column as long as it should be, unless told.
struct Columns {
  std::vector<std::string> keys = {"a", "b"};
  std::vector<std::uint8_t> outcomes = {2, 1};
  std::vector<std::uint8_t> since_kinds = {};
  std::vector<std::uint32_t> group_sizes = {2, 1};
  std::vector<std::uint32_t> set_groups = {0, 1};
};

std::string BodyOf(const Columns& columns) {
  flatbuffers::FlatBufferBuilder b;
  const auto key = b.CreateString("svc");
  const auto keys = b.CreateVectorOfStrings(columns.keys);
  const auto classes = b.CreateVector(std::vector<std::uint16_t>{2, 2});
  const auto outcomes = b.CreateVector(columns.outcomes);
  const auto distances = b.CreateVector(std::vector<std::uint32_t>{1, 2});
  const auto by_gate = b.CreateVector(std::vector<std::uint8_t>{0, 1});
  const auto kinds = b.CreateVector(columns.since_kinds);
  const auto commits = b.CreateVector(std::vector<std::uint64_t>(columns.since_kinds.size(), 7));
  const auto group_keys = b.CreateVectorOfStrings(std::vector<std::string>{"c", "d", "e"});
  const auto group_sizes = b.CreateVector(columns.group_sizes);
  const auto group_counts = b.CreateVector(std::vector<std::uint32_t>{5, 1});
  const auto sizes = b.CreateVector(std::vector<std::uint8_t>{2});
  const auto set_groups = b.CreateVector(columns.set_groups);
  fb::ServicePointsBuilder service(b);
  service.add_key(key);
  service.add_classes(classes);
  service.add_outcomes(outcomes);
  service.add_distances(distances);
  service.add_by_gate(by_gate);
  service.add_since_kinds(kinds);
  service.add_since_commits(commits);
  service.add_group_sizes(group_sizes);
  service.add_group_counts(group_counts);
  service.add_set_sizes(sizes);
  service.add_set_groups(set_groups);
  const auto services =
      b.CreateVector(std::vector<flatbuffers::Offset<fb::ServicePoints>>{service.Finish()});
  const fb::ViewInfo view(42, 5);
  return testing::Body(b, fb::CreatePointsReply(b, &view, 0, services, keys, group_keys));
}

absl::StatusOr<ServicePoints> Ask(const Columns& columns) {
  ScriptedPeer peer([&](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, BodyOf(columns), 0, protocol::kEndOfStream)};
  });
  Options options;
  options.server = peer.address();
  auto client = Client::Connect(options);
  EXPECT_OK(client);
  ServicePoints answer;
  const auto summary = (*client)->PointsOfFailure({}, [&](const ServicePoints& service) {
    answer = service;
    return true;
  });
  if (!summary.ok()) return summary.status();
  EXPECT_EQ(summary->services, 1U);
  EXPECT_EQ(summary->view.commit, 42U);
  return answer;
}

TEST(PointsOfFailure, GivesPointsGroupsAndSets) {
  ASSERT_OK_AND_ASSIGN(const ServicePoints answer, Ask({.since_kinds = {1, 3}}));
  ASSERT_EQ(answer.points.size(), 2U);
  EXPECT_EQ(answer.points[0].outcome, State::kFailed);
  EXPECT_EQ(answer.points[1].outcome, State::kDegraded);
  EXPECT_TRUE(answer.points[1].by_gate);
  EXPECT_EQ(answer.points[1].since->kind, SinceKind::kRetired);
  EXPECT_EQ(answer.points[1].since->commit, 7U);
  ASSERT_EQ(answer.groups.size(), 2U);
  EXPECT_THAT(answer.groups[0].keys, ElementsAre("c", "d"));
  EXPECT_EQ(answer.groups[0].count, 5U);
  EXPECT_THAT(answer.sets, ElementsAre(ElementsAre(0, 1)));
}

TEST(PointsOfFailure, RefusesWhatDoesNotFitTogether) {
  const Columns cases[] = {
      {.outcomes = {2}},       {.since_kinds = {1}}, {.keys = {"a"}},        {.group_sizes = {2}},
      {.group_sizes = {2, 9}}, {.set_groups = {0}},  {.set_groups = {0, 2}},
  };
  for (const Columns& columns : cases) {
    SCOPED_TRACE(&columns - cases);
    EXPECT_THAT(Ask(columns).status(), HasErrorCode(ErrorCode::kMalformedFrame));
  }
}

}  // namespace
}  // namespace kosei::client
