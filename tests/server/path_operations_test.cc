// paths, trace and order over the wire: what they answer, and how they refuse.
#include "kosei/protocol/paths_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using Builder = flatbuffers::FlatBufferBuilder;

class PathOperations : public ServerFixture {
 protected:
  // app-1 needs db-1 and db-2; both need srv-1.
  void SetUp() override {
    Estate estate;
    estate.servers = {"srv-1"};
    estate.applications = {"app-1", "db-1", "db-2"};
    estate.depends_on = {
        {"app-1", "db-1"}, {"app-1", "db-2"}, {"db-1", "srv-1"}, {"db-2", "srv-1"}};
    Serve(estate);
    peer_.emplace(Admin());
  }
  template <typename Make>
  WireReply Ask(Operation operation, Make make) {
    auto reply = peer_->Call(operation, 8, Body(make));
    EXPECT_TRUE(reply.ok());
    return *std::move(reply);
  }
  std::optional<WirePeer> peer_;
};

std::string KeyAt(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* keys,
                  flatbuffers::uoffset_t position) {
  return std::string(protocol::TextOf(keys->Get(position)));
}

TEST_F(PathOperations, PathsCountAndListThem) {
  const WireReply reply = Ask(Operation::kPaths, [](Builder& builder) {
    return fb::CreatePathsRequestDirect(builder, "srv-1", "app-1", 0, 1);
  });
  ASSERT_OK(reply.error());
  const auto* paths = reply.As<fb::PathsReply>();
  ASSERT_NE(paths, nullptr);
  EXPECT_EQ(paths->count(), 2U);
  EXPECT_FALSE(paths->more());
  ASSERT_EQ(paths->keys()->size(), 4U);
  EXPECT_EQ(KeyAt(paths->keys(), 0), "srv-1");
  EXPECT_EQ(KeyAt(paths->keys(), 3), "app-1");
  EXPECT_EQ(paths->through()->Get(1), 1U);
  ASSERT_EQ(paths->paths()->size(), 1U);
  const fb::PathLine* path = paths->paths()->Get(0);
  ASSERT_EQ(path->records()->size(), 3U);
  EXPECT_EQ(path->records()->Get(2), 3U);
  EXPECT_EQ(path->types()->size(), 2U);
  EXPECT_EQ(path->inverse()->Get(0), 1);
  EXPECT_EQ(paths->view()->commit(), 1U);
  EXPECT_EQ(paths->model_version(), 1U);
}

TEST_F(PathOperations, NearestPathsSayWhetherThereAreOthers) {
  const WireReply reply = Ask(Operation::kPaths, [](Builder& builder) {
    return fb::CreatePathsRequestDirect(builder, "srv-1", "app-1", 1);
  });
  ASSERT_OK(reply.error());
  EXPECT_EQ(reply.As<fb::PathsReply>()->count(), 1U);
  EXPECT_TRUE(reply.As<fb::PathsReply>()->more());
  const WireReply self = Ask(Operation::kPaths, [](Builder& builder) {
    return fb::CreatePathsRequestDirect(builder, "srv-1", "srv-1");
  });
  ASSERT_EQ(self.As<fb::PathsReply>()->paths()->size(), 1U);
  EXPECT_EQ(self.As<fb::PathsReply>()->paths()->Get(0)->records()->size(), 1U);
}

TEST_F(PathOperations, PathsRefuseWhatIsOutOfRange) {
  EXPECT_THAT(Ask(Operation::kPaths,
                  [](Builder& builder) {
                    return fb::CreatePathsRequestDirect(builder, "srv-1", "app-1", 1'001);
                  })
                  .error(),
              HasErrorCode(ErrorCode::kOutOfRange));
  EXPECT_THAT(Ask(Operation::kPaths,
                  [](Builder& builder) {
                    return fb::CreatePathsRequestDirect(builder, "srv-1", "app-1", 0, 10'001);
                  })
                  .error(),
              IsError(ErrorCode::kOutOfRange, "10000"));
  EXPECT_THAT(
      Ask(Operation::kPaths,
          [](Builder& builder) { return fb::CreatePathsRequestDirect(builder, "srv-1", "nobody"); })
          .error(),
      IsError(ErrorCode::kNotFound, "path to nobody"));
}

struct TraceCase {
  std::vector<std::string> roots = {"srv-1"};
  std::string type = "depends_on";
  fb::TraceWay way = fb::TraceWay::in;
  std::vector<std::string> classes = {};
  std::uint64_t limit = UINT64_MAX;
};
auto TraceBody(const TraceCase& asked) {
  return [asked](Builder& builder) {
    const auto roots = builder.CreateVectorOfStrings(asked.roots);
    std::vector<flatbuffers::Offset<fb::TracedType>> types;
    types.push_back(fb::CreateTracedTypeDirect(builder, asked.type.c_str(), asked.way));
    const auto over = builder.CreateVector(types);
    const auto classes = builder.CreateVectorOfStrings(asked.classes);
    return fb::CreateTraceRequest(builder, roots, over, UINT32_MAX, classes, asked.limit);
  };
}

TEST_F(PathOperations, ATraceSendsWhatIsListedAndWhatLeadsThere) {
  const WireReply whole = Ask(Operation::kTrace, TraceBody({}));
  ASSERT_OK(whole.error());
  const auto* trace = whole.As<fb::TraceReply>();
  ASSERT_NE(trace, nullptr);
  EXPECT_EQ(trace->total(), 3U);
  ASSERT_EQ(trace->keys()->size(), 3U);
  EXPECT_EQ(trace->distances()->Get(2), 2U);
  EXPECT_EQ(trace->predecessors()->Get(2), 1U);
  EXPECT_EQ(trace->inverse()->Get(2), 1);
  EXPECT_EQ(KeyAt(trace->roots(), 0), "srv-1");
  // The second record listed is the second db; the third, the application, is left out.
  const WireReply limited = Ask(Operation::kTrace, TraceBody({.limit = 2}));
  EXPECT_EQ(limited.As<fb::TraceReply>()->keys()->size(), 2U);
  EXPECT_EQ(limited.As<fb::TraceReply>()->matching(), 3U);
  const WireReply none = Ask(Operation::kTrace, TraceBody({.classes = {"Server"}}));
  EXPECT_EQ(none.As<fb::TraceReply>()->keys()->size(), 0U);
  EXPECT_EQ(none.As<fb::TraceReply>()->matching(), 0U);
  // Downwards the server is two links away, and one application stands on the way.
  const WireReply server =
      Ask(Operation::kTrace,
          TraceBody({.roots = {"app-1"}, .way = fb::TraceWay::out, .classes = {"Server"}}));
  const auto* sent = server.As<fb::TraceReply>();
  ASSERT_EQ(sent->keys()->size(), 2U);
  EXPECT_EQ(sent->listed()->Get(0), 0);
  EXPECT_EQ(sent->listed()->Get(1), 1);
  EXPECT_EQ(sent->predecessors()->Get(1), 1U);
}

TEST_F(PathOperations, ATraceRefusesUnknownTypesWaysClassesAndRoots) {
  struct Case {
    TraceCase asked;
    ErrorCode code{};
  };
  for (const Case& c :
       {Case{{.type = "depend_on"}, ErrorCode::kUnknownRelationshipType},
        Case{{.way = static_cast<fb::TraceWay>(4)}, ErrorCode::kInvalidArgument},
        Case{{.way = static_cast<fb::TraceWay>(0)}, ErrorCode::kInvalidArgument},
        Case{{.classes = {"Sever"}}, ErrorCode::kUnknownClass},
        Case{{.roots = {"nobody"}}, ErrorCode::kNotFound},
        Case{{.roots = {}}, ErrorCode::kInvalidArgument},
        Case{{.roots = std::vector<std::string>(10'001, "srv-1")}, ErrorCode::kRowBudget}}) {
    SCOPED_TRACE(c.asked.type + std::to_string(static_cast<int>(c.code)));
    EXPECT_THAT(Ask(Operation::kTrace, TraceBody(c.asked)).error(), HasErrorCode(c.code));
  }
  EXPECT_THAT(Ask(Operation::kTrace,
                  [](Builder& builder) {
                    return fb::CreateTraceRequest(builder,
                                                  builder.CreateVectorOfStrings({"srv-1"}));
                  })
                  .error(),
              IsError(ErrorCode::kInvalidArgument, "no relationship type was named"));
}

TEST_F(PathOperations, AnOrderComesInWaves) {
  const WireReply reply = Ask(Operation::kOrder, [](Builder& builder) {
    const auto keys = builder.CreateVectorOfStrings({"app-1"});
    const auto needed_by = builder.CreateVectorOfStrings({"db-1"});
    return fb::CreateOrderRequest(builder, keys, 0, needed_by);
  });
  ASSERT_OK(reply.error());
  const auto* order = reply.As<fb::OrderReply>();
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->total(), 3U);
  EXPECT_EQ(order->wave_count(), 3U);
  ASSERT_EQ(order->keys()->size(), 3U);
  EXPECT_EQ(KeyAt(order->keys(), 0), "srv-1");
  EXPECT_EQ(KeyAt(order->keys(), 2), "app-1");
  EXPECT_EQ(order->after()->Get(0), UINT32_MAX);
  EXPECT_EQ(order->after()->Get(2), 1U);
  EXPECT_EQ(order->cycles()->Get(1), UINT32_MAX);
  EXPECT_EQ(order->cycle_list()->size(), 0U);
}

TEST_F(PathOperations, AnOrderRefusesNothingAndWhatIsUnknown) {
  EXPECT_THAT(
      Ask(Operation::kOrder, [](Builder& builder) { return fb::CreateOrderRequest(builder); })
          .error(),
      IsError(ErrorCode::kInvalidArgument, "no record was named"));
  EXPECT_THAT(Ask(Operation::kOrder,
                  [](Builder& builder) {
                    return fb::CreateOrderRequest(builder,
                                                  builder.CreateVectorOfStrings({"nobody"}));
                  })
                  .error(),
              IsError(ErrorCode::kNotFound, "order of nobody"));
  EXPECT_THAT(Ask(Operation::kOrder,
                  [](Builder& builder) {
                    const auto keys = builder.CreateVectorOfStrings({"app-1"});
                    const auto classes = builder.CreateVectorOfStrings({"Sever"});
                    return fb::CreateOrderRequest(builder, keys, 0, 0, classes);
                  })
                  .error(),
              HasErrorCode(ErrorCode::kUnknownClass));
}

class LongOrders : public ServerFixture {};

// 3,000 pairs, each a cycle: the columns and then the cycles take several frames.
TEST_F(LongOrders, TakeManyFrames) {
  Estate estate;
  for (int i = 0; i < 3'000; ++i) {
    const std::string one = "a-long-key-of-an-application-" + std::to_string(2 * i);
    const std::string two = "a-long-key-of-an-application-" + std::to_string(2 * i + 1);
    estate.applications.insert(estate.applications.end(), {one, two});
    estate.depends_on.insert(estate.depends_on.end(), {{one, two}, {two, one}});
  }
  Serve(estate);
  WirePeer peer = Admin();
  ASSERT_OK_AND_ASSIGN(WireReply reply,
                       peer.Call(Operation::kOrder, 8, Body([&](Builder& builder) {
                                   return fb::CreateOrderRequest(
                                       builder, builder.CreateVectorOfStrings(estate.applications));
                                 })));
  std::size_t records = 0;
  std::size_t cycles = 0;
  int frames = 0;
  while (true) {
    ASSERT_OK(reply.error());
    const auto* order = reply.As<fb::OrderReply>();
    ASSERT_NE(order, nullptr);
    ++frames;
    EXPECT_EQ(order->total(), frames == 1 ? 6'000U : 0U);
    records += order->keys()->size();
    cycles += order->cycle_list()->size();
    if (reply.is_last()) break;
    ASSERT_OK_AND_ASSIGN(reply, peer.Read());
  }
  EXPECT_EQ(records, 6'000U);
  EXPECT_EQ(cycles, 3'000U);
  EXPECT_GT(frames, 3);
}

}  // namespace
}  // namespace kosei::testing
