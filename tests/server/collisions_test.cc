// Planned work over the wire: what is answered, and how a request is refused.
#include "kosei/protocol/collisions_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using Builder = flatbuffers::FlatBufferBuilder;

struct Change {
  std::string id;
  std::int64_t from = 0;
  std::int64_t to = 10;
  std::vector<std::string> changes = {};
  std::string plan = {};
};
struct Window {
  std::string id;
  int kind = 1;
  std::vector<std::string> classes = {};
};

flatbuffers::Offset<fb::PlannedWork> Work(Builder& builder, const std::vector<Change>& changes,
                                          const std::vector<Window>& windows) {
  std::vector<std::string> names;
  const auto positions_of = [&](const std::vector<std::string>& all) {
    std::vector<std::uint32_t> positions;
    for (const std::string& name : all) {
      positions.push_back(static_cast<std::uint32_t>(names.size()));
      names.push_back(name);
    }
    return builder.CreateVector(positions);
  };
  std::vector<flatbuffers::Offset<fb::PlannedChange>> offsets;
  for (const Change& change : changes) {
    const auto id = builder.CreateString(change.id);
    const auto keys = positions_of(change.changes);
    const auto plan = builder.CreateString(change.plan);
    offsets.push_back(
        fb::CreatePlannedChange(builder, id, change.from, change.to, 0, 0, keys, plan, true));
  }
  std::vector<flatbuffers::Offset<fb::CalendarWindow>> window_offsets;
  for (const Window& window : windows) {
    const auto id = builder.CreateString(window.id);
    const auto classes = positions_of(window.classes);
    window_offsets.push_back(fb::CreateCalendarWindow(
        builder, id, static_cast<fb::CalendarKind>(window.kind), 5, 20, classes));
  }
  const auto change_vector = builder.CreateVector(offsets);
  const auto window_vector = builder.CreateVector(window_offsets);
  const auto name_vector = builder.CreateVectorOfStrings(names);
  return fb::CreatePlannedWork(builder, change_vector, window_vector, 0, 0, name_vector);
}

std::string CollisionsBody(const std::vector<Change>& changes,
                           const std::vector<Window>& windows = {}) {
  return Body([&](Builder& builder) {
    return fb::CreateCollisionsRequest(builder, Work(builder, changes, windows));
  });
}

std::string SlotsBody(const std::vector<Change>& changes, const std::string& id,
                      std::int64_t length, std::uint32_t count) {
  return Body([&](Builder& builder) {
    const auto work = Work(builder, changes, {});
    const auto change = builder.CreateString(id);
    return fb::CreateFreeSlotsRequest(builder, work, 0, change, 0, 100, length, count);
  });
}

// app-1 needs db-1 needs srv-1.
class PlannedWorkOverTheWire : public ServerFixture {
 protected:
  void SetUp() override {
    Estate estate;
    estate.servers = {"srv-1"};
    estate.applications = {"app-1", "db-1"};
    estate.depends_on = {{"app-1", "db-1"}, {"db-1", "srv-1"}};
    Serve(estate);
    peer_ = std::make_unique<WirePeer>(Admin());
  }
  absl::Status Refused(Operation operation, const std::string& body) {
    const auto reply = peer_->Call(operation, 8, body);
    return reply.ok() ? reply->error() : reply.status();
  }
  std::unique_ptr<WirePeer> peer_;
};

TEST_F(PlannedWorkOverTheWire, IsToldWithRecordsCountsAndChanges) {
  ASSERT_OK_AND_ASSIGN(const WireReply reply,
                       peer_->Call(Operation::kCollisions, 2,
                                   CollisionsBody({{"A", 0, 10, {"srv-1"}}, {"B", 4, 12, {"db-1"}}},
                                                  {{"w", 1, {"Application"}}})));
  ASSERT_OK(reply.error());
  const auto* told = reply.As<fb::CollisionsReply>();
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->total(), 3U);
  EXPECT_EQ(told->counts()->Get(static_cast<std::uint32_t>(fb::CollisionKind::freeze)), 2U);
  const fb::Collision* last = told->collisions()->Get(2);
  EXPECT_EQ(last->kind(), fb::CollisionKind::reach);
  EXPECT_EQ(last->record_count(), 2U);
  EXPECT_EQ(last->from(), 4);
  EXPECT_EQ(last->to(), 10);
  EXPECT_EQ(protocol::TextOf(last->records()->Get(0)->key()), "app-1");
  EXPECT_EQ(told->changes()->Get(0)->affected(), 2U);
  EXPECT_EQ(told->changes()->Get(1)->collisions(), 2U);
}

TEST_F(PlannedWorkOverTheWire, SlotsAreAsLongAsTheWindowOrAsAsked) {
  const std::vector<Change> changes = {{"A", 10, 30, {"srv-1"}}, {"B", 0, 8, {"db-1"}}};
  for (const auto& [length, first, latest] : {std::array{0, 0, 2}, {12, 30, 88}}) {
    ASSERT_OK_AND_ASSIGN(const WireReply reply,
                         peer_->Call(Operation::kFreeSlots, 2, SlotsBody(changes, "B", length, 1)));
    ASSERT_OK(reply.error());
    const auto* slots = reply.As<fb::FreeSlotsReply>()->slots();
    ASSERT_EQ(slots->size(), 1U);
    EXPECT_EQ(slots->Get(0)->from(), first);
    EXPECT_EQ(slots->Get(0)->latest(), latest);
  }
}

TEST_F(PlannedWorkOverTheWire, WhatIsWrongIsRefused) {
  const Change good{"A", 0, 10, {"srv-1"}};
  struct Case {
    std::string body;
    ErrorCode code;
    std::string said;
  };
  for (const Case& c : {
           Case{CollisionsBody({}), ErrorCode::kInvalidArgument, "no changes"},
           Case{CollisionsBody({good, good}), ErrorCode::kInvalidArgument, "two changes"},
           Case{CollisionsBody({{"A", 10, 10, {"srv-1"}}}), ErrorCode::kInvalidArgument, "\"A\""},
           Case{CollisionsBody({{"", 0, 10, {"srv-1"}}}), ErrorCode::kInvalidArgument, "no id"},
           Case{CollisionsBody({{"A", 0, 10, {"srv-7"}}}), ErrorCode::kNotFound, "srv-7"},
           Case{CollisionsBody({{"A", 0, 10, {}, "p"}}), ErrorCode::kUnknownPlan, "\"p\""},
           Case{CollisionsBody({good}, {{"w", 3}}), ErrorCode::kInvalidArgument, "kind 3"},
           Case{CollisionsBody({good}, {{"w"}, {"w"}}), ErrorCode::kInvalidArgument, "two windows"},
           Case{CollisionsBody({good}, {{"w", 1, {"Aplication"}}}), ErrorCode::kUnknownClass,
                "Application"},
       }) {
    SCOPED_TRACE(c.said);
    EXPECT_THAT(Refused(Operation::kCollisions, c.body), IsError(c.code, c.said));
  }
  const std::string stray = Body([](Builder& builder) {
    const auto id = builder.CreateString("A");
    const auto changes = builder.CreateVector(std::vector<std::uint32_t>{7});
    const auto change = fb::CreatePlannedChange(builder, id, 0, 10, 0, 0, changes);
    const auto vector = builder.CreateVector(&change, 1);
    return fb::CreateCollisionsRequest(builder, fb::CreatePlannedWork(builder, vector));
  });
  EXPECT_THAT(Refused(Operation::kCollisions, stray),
              IsError(ErrorCode::kInvalidArgument, "name 7"));
  EXPECT_THAT(Refused(Operation::kFreeSlots, SlotsBody({good}, "B", 0, 1)),
              IsError(ErrorCode::kNotFound, "\"B\""));
  EXPECT_THAT(Refused(Operation::kFreeSlots, SlotsBody({good}, "A", -1, 1)),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Refused(Operation::kFreeSlots, SlotsBody({good}, "A", 0, 101)),
              HasErrorCode(ErrorCode::kInvalidArgument));
}

}  // namespace
}  // namespace kosei::testing
