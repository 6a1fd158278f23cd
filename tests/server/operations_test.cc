// Each operation once over the wire: what it answers, and how it refuses.
#include "kosei/protocol/admin_generated.h"
#include "kosei/protocol/causes_generated.h"
#include "kosei/protocol/index_generated.h"
#include "kosei/protocol/write_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using Builder = flatbuffers::FlatBufferBuilder;

// app-1 needs db-1 needs srv-1.
Estate Chain() {
  Estate estate;
  estate.servers = {"srv-1"};
  estate.applications = {"app-1", "db-1"};
  estate.depends_on = {{"app-1", "db-1"}, {"db-1", "srv-1"}};
  return estate;
}

class Operations : public ServerFixture {
 protected:
  // The one frame of an answer as its message; fails the test when it is an error.
  template <typename Table, typename Make>
  WireReply Ask(WirePeer& peer, Operation operation, Make make) {
    auto reply = peer.Call(operation, 8, Body(make));
    EXPECT_TRUE(reply.ok());
    EXPECT_OK(reply->error());
    EXPECT_NE(reply->template As<Table>(), nullptr);
    EXPECT_TRUE(reply->is_last());
    return *std::move(reply);
  }
  template <typename Make>
  absl::Status Refused(WirePeer& peer, Operation operation, Make make) {
    auto reply = peer.Call(operation, 8, Body(make));
    return reply.ok() ? reply->error() : reply.status();
  }
};

TEST_F(Operations, MutateCommitsAndGetReadsItBackInBothViews) {
  Serve();
  WirePeer peer = Admin();
  for (const char* name : {"one", "two"}) {
    ASSERT_OK_AND_ASSIGN(const WireReply done,
                         peer.Call(Operation::kMutate, 2, PutBody("srv-1", name)));
    ASSERT_OK(done.error());
  }
  for (const std::uint64_t commit : {1U, 2U}) {
    const WireReply reply = Ask<fb::GetReply>(peer, Operation::kGet, [&](Builder& builder) {
      const auto keys = builder.CreateVectorOfStrings({"srv-1"});
      return fb::CreateGetRequest(builder, keys,
                                  fb::CreateViewSpec(builder, fb::ViewKind::commit, commit));
    });
    const auto* get = reply.As<fb::GetReply>();
    EXPECT_EQ(get->view()->commit(), commit);
    EXPECT_EQ(get->records()->Get(0)->begin(), commit);
  }
  EXPECT_THAT(Refused(peer, Operation::kGet,
                      [](Builder& builder) {
                        return fb::CreateGetRequest(
                            builder, 0, fb::CreateViewSpec(builder, fb::ViewKind::commit, 99));
                      }),
              HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Refused(peer, Operation::kGet,
                      [](Builder& builder) {
                        return fb::CreateGetRequest(
                            builder, 0,
                            fb::CreateViewSpec(builder, fb::ViewKind::time, 0, INT64_MAX - 1));
                      }),
              HasErrorCode(ErrorCode::kFutureTime));
}

TEST_F(Operations, MutateRefusesWhatTheModelRefusesAndVersionsThatMovedOn) {
  Serve(Chain());
  WirePeer peer = Admin();
  const auto put = [&](Record record, std::uint64_t expected) {
    return Refused(peer, Operation::kMutate, [&](Builder& builder) {
      const auto bytes = protocol::CreateRecordBytes(builder, EncodeRecord(record));
      const auto one = fb::CreatePutRecord(builder, bytes, expected);
      return fb::CreateMutateRequest(builder, 0, 0, 0, builder.CreateVector(std::vector{one}));
    });
  };
  EXPECT_THAT(put(EmptyRecord(ClassNumber{77}, "x"), UINT64_MAX),
              HasErrorCode(ErrorCode::kUnknownClass));
  const Record known = EmptyRecord(class_number("Server"), "srv-1");
  EXPECT_THAT(put(known, 0), HasErrorCode(ErrorCode::kAlreadyExists));
  EXPECT_THAT(put(known, 99), HasErrorCode(ErrorCode::kVersionConflict));
  const absl::Status no_end = Refused(peer, Operation::kMutate, [&](Builder& builder) {
    const auto link = fb::CreateLinkRefDirect(builder, "app-1", depends_on().value, "srv-nowhere");
    return fb::CreateMutateRequest(builder, 0, 0, 0, 0, 0, builder.CreateVector(std::vector{link}));
  });
  EXPECT_THAT(no_end, HasErrorCode(ErrorCode::kLinkEndMissing));
  const std::string novel(5'000, 'r');
  EXPECT_THAT(Refused(peer, Operation::kMutate,
                      [&](Builder& builder) {
                        return fb::CreateMutateRequest(builder, builder.CreateString(novel));
                      }),
              HasErrorCode(ErrorCode::kInvalidText));
}

TEST_F(Operations, AMutationTooLargeForTheIoThreadIsDoneAllTheSame) {
  Serve();
  WirePeer peer = Admin();
  const std::string name(200'000, 'n');
  ASSERT_OK_AND_ASSIGN(const WireReply done,
                       peer.Call(Operation::kMutate, 2, PutBody("srv-1", name)));
  ASSERT_NE(done.As<fb::MutateReply>(), nullptr) << done.error().ToString();
  EXPECT_EQ(done.As<fb::MutateReply>()->counts()->records_created(), 1U);
}

TEST_F(Operations, HistoryListsVersionsLinksAndTheirCommits) {
  Serve(Chain());
  WirePeer peer = Admin();
  ASSERT_OK(peer.Call(Operation::kMutate, 2, PutBody("srv-1", "renamed")));
  const auto ask = [](const char* key) {
    return [key](Builder& builder) { return fb::CreateHistoryRequestDirect(builder, key); };
  };
  const WireReply reply = Ask<fb::HistoryReply>(peer, Operation::kHistory, ask("srv-1"));
  const auto* history = reply.As<fb::HistoryReply>();
  ASSERT_EQ(history->versions()->size(), 2U);
  EXPECT_EQ(history->versions()->Get(0)->begin(), 2U);
  EXPECT_EQ(history->versions()->Get(1)->end(), 2U);
  ASSERT_EQ(history->links()->size(), 1U);
  EXPECT_EQ(protocol::TextOf(history->links()->Get(0)->source()), "db-1");
  ASSERT_EQ(history->commits()->size(), 2U);
  EXPECT_EQ(protocol::TextOf(history->commits()->Get(0)->reason()), "estate");
  EXPECT_THAT(Refused(peer, Operation::kHistory, ask("nobody")),
              HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Operations, DiffTellsWhatChangedBetweenTwoViews) {
  Serve(Chain());
  WirePeer peer = Admin();
  ASSERT_OK(peer.Call(Operation::kMutate, 2, Body([&](Builder& builder) {
                        const auto gone =
                            fb::CreateLinkRefDirect(builder, "app-1", depends_on().value, "db-1");
                        const auto come =
                            fb::CreateLinkRefDirect(builder, "app-1", depends_on().value, "srv-1");
                        const auto ends = builder.CreateVector(std::vector{gone});
                        const auto puts = builder.CreateVector(std::vector{come});
                        return fb::CreateMutateRequest(builder, 0, 0, 0, 0, ends, puts);
                      })));
  const WireReply reply = Ask<fb::DiffReply>(peer, Operation::kDiff, [](Builder& builder) {
    const auto key = builder.CreateString("app-1");
    const auto from = fb::CreateViewSpec(builder, fb::ViewKind::commit, 1);
    const auto to = fb::CreateViewSpec(builder, fb::ViewKind::commit, 2);
    return fb::CreateDiffRequest(builder, key, from, to);
  });
  const auto* diff = reply.As<fb::DiffReply>();
  ASSERT_EQ(diff->links_added()->size(), 1U);
  EXPECT_EQ(protocol::TextOf(diff->links_added()->Get(0)->target()), "srv-1");
  ASSERT_EQ(diff->links_removed()->size(), 1U);
  EXPECT_EQ(protocol::TextOf(diff->links_removed()->Get(0)->target()), "db-1");
  EXPECT_NE(diff->before(), nullptr);
  EXPECT_NE(diff->after(), nullptr);
}

TEST_F(Operations, TheScrubberIsShownStartedAndPaused) {
  Serve();
  WirePeer peer = Admin();
  const auto scrub = [&](fb::ScrubAction action) {
    const WireReply reply = Ask<fb::ScrubReply>(peer, Operation::kScrub, [&](Builder& builder) {
      return fb::CreateScrubRequest(builder, action);
    });
    return reply.As<fb::ScrubReply>()->state();
  };
  EXPECT_EQ(scrub(fb::ScrubAction::show), fb::ScrubState::off);
  EXPECT_EQ(scrub(fb::ScrubAction::pause), fb::ScrubState::paused);
  EXPECT_NE(scrub(fb::ScrubAction::start), fb::ScrubState::paused);
  EXPECT_EQ(scrub(fb::ScrubAction::pause), fb::ScrubState::paused);
  EXPECT_NE(scrub(fb::ScrubAction::resume), fb::ScrubState::paused);
  EXPECT_THAT(Refused(peer, Operation::kScrub,
                      [](Builder& builder) {
                        return fb::CreateScrubRequest(builder, static_cast<fb::ScrubAction>(9));
                      }),
              HasErrorCode(ErrorCode::kInvalidArgument));
}

TEST_F(Operations, IndexesAreListedBuiltAndDropped) {
  Serve();
  WirePeer peer = Admin();
  const auto list = [&] {
    return Ask<fb::IndexListReply>(peer, Operation::kIndexList, [](Builder& builder) {
      return fb::CreateIndexListRequest(builder);
    });
  };
  const auto named = [](const WireReply& reply, std::string_view name) -> const fb::IndexInfo* {
    for (const fb::IndexInfo* index : *reply.As<fb::IndexListReply>()->indexes()) {
      if (protocol::TextOf(index->name()) == name) return index;
    }
    return nullptr;
  };
  const WireReply before = list();
  ASSERT_NE(named(before, "full-text"), nullptr);
  EXPECT_EQ(named(before, "name"), nullptr);
  const auto build = [](const char* name) {
    return [name](Builder& builder) { return fb::CreateIndexBuildRequestDirect(builder, name); };
  };
  Ask<fb::IndexBuildReply>(peer, Operation::kIndexBuild, build("name"));
  const WireReply after = list();
  ASSERT_NE(named(after, "name"), nullptr);
  EXPECT_EQ(named(after, "name")->origin(), fb::IndexOrigin::administrator);
  Ask<fb::IndexBuildReply>(peer, Operation::kIndexBuild, build(""));
  EXPECT_THAT(Refused(peer, Operation::kIndexBuild, build("nmae")),
              HasErrorCode(ErrorCode::kUnknownAttribute));
  const auto drop = [](Builder& builder) {
    return fb::CreateIndexDropRequestDirect(builder, "name");
  };
  Ask<fb::IndexDropReply>(peer, Operation::kIndexDrop, drop);
  EXPECT_EQ(named(list(), "name"), nullptr);
  EXPECT_THAT(Refused(peer, Operation::kIndexDrop, drop), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(Operations, AComparisonThatIsNotKnownIsRefused) {
  Serve();
  WirePeer peer = Admin();
  EXPECT_THAT(Refused(peer, Operation::kSearch,
                      [](Builder& builder) {
                        const auto attribute = builder.CreateString("name");
                        const auto value = builder.CreateString("x");
                        const std::vector<flatbuffers::Offset<fb::AttributeEquals>> equals = {
                            fb::CreateAttributeEquals(builder, attribute, value,
                                                      static_cast<fb::Comparison>(6))};
                        return fb::CreateSearchRequest(builder, 0, 0, builder.CreateVector(equals));
                      }),
              IsError(ErrorCode::kInvalidArgument, "comparison 6"));
}

TEST_F(Operations, SearchFindsByTextAndClass) {
  Serve(Chain());
  WirePeer peer = Admin();
  const WireReply reply = Ask<fb::SearchReply>(peer, Operation::kSearch, [](Builder& builder) {
    return fb::CreateSearchRequestDirect(builder, "-1", "Application");
  });
  const auto* search = reply.As<fb::SearchReply>();
  EXPECT_EQ(search->records()->size(), 2U);
  EXPECT_EQ(search->matched(), 2U);
  EXPECT_FALSE(search->cut());
  EXPECT_THAT(Refused(peer, Operation::kSearch,
                      [](Builder& builder) {
                        return fb::CreateSearchRequestDirect(builder, "", "Aplication");
                      }),
              IsError(ErrorCode::kUnknownClass, "Application"));
}

TEST_F(Operations, ImpactRefusesUnknownRootsAndEmptyOnes) {
  Serve(Chain());
  WirePeer peer = Admin();
  const auto roots = [](const std::vector<std::string>& keys) {
    return [keys](Builder& builder) {
      return fb::CreateImpactRequest(builder, builder.CreateVectorOfStrings(keys));
    };
  };
  EXPECT_THAT(Refused(peer, Operation::kImpact, roots({})),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Refused(peer, Operation::kImpact, roots({"srv-1", "nobody"})),
              IsError(ErrorCode::kNotFound, "nobody"));
}

TEST_F(Operations, PointsAreTheChainAndBadQuestionsAreRefused) {
  Serve(Chain());
  WirePeer peer = Admin();
  const auto points = [](const std::vector<std::string>& keys, std::uint8_t size,
                         std::uint32_t limit = 10) {
    return [keys, size, limit](Builder& builder) {
      const auto services = builder.CreateVectorOfStrings(keys);
      fb::PointsRequestBuilder request(builder);
      request.add_services(services);
      request.add_size(size);
      request.add_limit(limit);
      return request.Finish();
    };
  };
  const WireReply reply = Ask<fb::PointsReply>(peer, Operation::kPoints, points({"app-1"}, 2));
  const auto* answer = reply.As<fb::PointsReply>();
  const auto* service = answer->services()->Get(0);
  EXPECT_EQ(service->failing(), 2U);
  EXPECT_EQ(protocol::TextOf(answer->point_keys()->Get(1)), "srv-1");
  EXPECT_EQ(service->sets_whole_to(), 2U);
  EXPECT_THAT(Refused(peer, Operation::kPoints, points({"nobody"}, 1)),
              IsError(ErrorCode::kNotFound, "nobody"));
  EXPECT_THAT(Refused(peer, Operation::kPoints, points({"app-1"}, 0)),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Refused(peer, Operation::kPoints, points({"app-1"}, 1, 100'001)),
              HasErrorCode(ErrorCode::kRowBudget));
  EXPECT_THAT(
      Refused(peer, Operation::kPoints, points(std::vector<std::string>(1'001, "app-1"), 1)),
      HasErrorCode(ErrorCode::kRowBudget));
}

TEST_F(Operations, RootCausesAreRankedAndBadQuestionsAreRefused) {
  Serve(Chain());
  WirePeer peer = Admin();
  const auto causes = [](const std::vector<std::string>& keys, std::uint64_t within,
                         std::uint32_t limit) {
    return [keys, within, limit](Builder& builder) {
      return fb::CreateRootCauseRequest(builder, builder.CreateVectorOfStrings(keys), 0, within,
                                        limit);
    };
  };
  const WireReply reply =
      Ask<fb::RootCauseReply>(peer, Operation::kRootCause, causes({"app-1"}, 1'000'000, 2));
  const auto* answer = reply.As<fb::RootCauseReply>();
  EXPECT_EQ(answer->candidate_count(), 3U);
  EXPECT_EQ(answer->candidates()->size(), 2U);
  EXPECT_THAT(Refused(peer, Operation::kRootCause, causes({}, 1, 2)),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Refused(peer, Operation::kRootCause, causes({"app-1"}, 0, 2)),
              IsError(ErrorCode::kInvalidArgument, "how far back"));
  EXPECT_THAT(Refused(peer, Operation::kRootCause, causes({"app-1"}, 1, 1'001)),
              HasErrorCode(ErrorCode::kRowBudget));
}

TEST_F(Operations, PathNamesEachStep) {
  Serve(Chain());
  WirePeer peer = Admin();
  const WireReply reply = Ask<fb::PathReply>(peer, Operation::kPath, [](Builder& builder) {
    return fb::CreatePathRequestDirect(builder, "srv-1", "app-1");
  });
  const auto* path = reply.As<fb::PathReply>();
  EXPECT_TRUE(path->found());
  ASSERT_EQ(path->steps()->size(), 2U);
  EXPECT_EQ(protocol::TextOf(path->steps()->Get(0)->from()), "srv-1");
  EXPECT_EQ(protocol::TextOf(path->steps()->Get(1)->to()), "app-1");
  const WireReply none = Ask<fb::PathReply>(peer, Operation::kPath, [](Builder& builder) {
    return fb::CreatePathRequestDirect(builder, "app-1", "srv-1");
  });
  EXPECT_FALSE(none.As<fb::PathReply>()->found());
}

TEST_F(Operations, ModelIsSentOnceAndThenOnlyItsVersion) {
  Serve();
  WirePeer peer = Admin();
  const WireReply reply = Ask<fb::ModelReply>(
      peer, Operation::kModel, [](Builder& builder) { return fb::CreateModelRequest(builder); });
  const auto* model = reply.As<fb::ModelReply>();
  EXPECT_EQ(model->classes()->size(), 3U);
  EXPECT_EQ(model->relationship_types()->size(), 1U);
  const std::uint16_t server = class_number("Server").value;
  EXPECT_EQ(protocol::TextOf(model->class_names()->Get(server - 1U)), "Server");
  const WireReply again = Ask<fb::ModelReply>(peer, Operation::kModel, [&](Builder& builder) {
    return fb::CreateModelRequest(builder, model->version());
  });
  EXPECT_EQ(again.As<fb::ModelReply>()->classes(), nullptr);
  EXPECT_EQ(again.As<fb::ModelReply>()->version(), model->version());
}

TEST_F(Operations, StatusCounts) {
  Serve(Chain());
  WirePeer peer = Admin();
  const WireReply reply = Ask<fb::StatusReply>(
      peer, Operation::kStatus, [](Builder& builder) { return fb::CreateStatusRequest(builder); });
  const auto* status = reply.As<fb::StatusReply>();
  EXPECT_EQ(status->records(), 3U);
  EXPECT_EQ(status->links(), 2U);
  EXPECT_EQ(status->newest_commit(), 1U);
  EXPECT_EQ(status->connections(), 1U);
  EXPECT_GE(status->requests(), 2U);
  EXPECT_GT(status->resident_bytes(), 0U);
}

TEST_F(Operations, BaselinesNameViewsAndAreNeverMoved) {
  Serve(Chain());
  WirePeer peer = Admin();
  const auto create = [](const char* name) {
    return [name](Builder& builder) {
      return fb::CreateBaselineCreateRequestDirect(builder, name, "before the move");
    };
  };
  Ask<fb::BaselineCreateReply>(peer, Operation::kBaselineCreate, create("before-move"));
  EXPECT_THAT(Refused(peer, Operation::kBaselineCreate, create("before-move")),
              HasErrorCode(ErrorCode::kAlreadyExists));
  for (const char* name : {"", "1234", "2026-11-22T10:00:00Z", "a\nb"}) {
    EXPECT_THAT(Refused(peer, Operation::kBaselineCreate, create(name)),
                HasErrorCode(ErrorCode::kInvalidArgument));
  }
  const WireReply reply = Ask<fb::BaselineListReply>(
      peer, Operation::kBaselineList,
      [](Builder& builder) { return fb::CreateBaselineListRequest(builder); });
  ASSERT_EQ(reply.As<fb::BaselineListReply>()->baselines()->size(), 1U);
  const WireReply get = Ask<fb::GetReply>(peer, Operation::kGet, [](Builder& builder) {
    const auto keys = builder.CreateVectorOfStrings({"srv-1"});
    const auto view =
        fb::CreateViewSpecDirect(builder, fb::ViewKind::baseline, 0, 0, "before-move");
    return fb::CreateGetRequest(builder, keys, view);
  });
  EXPECT_EQ(get.As<fb::GetReply>()->view()->commit(), 1U);
  EXPECT_NE(get.As<fb::GetReply>()->records()->Get(0)->id(), 0U);
}

TEST_F(Operations, AnAnswerIsNeverLargerThanItsReaderTakes) {
  Estate estate;
  for (int i = 0; i < 100; ++i) estate.servers.push_back(std::string(200, 'k') + std::to_string(i));
  Serve(estate);
  WirePeer peer;
  ASSERT_OK(peer.Connect(port()));
  protocol::ClientPreface preface;
  preface.body_max = 8'192;
  ASSERT_OK(peer.SendBytes(protocol::EncodePreface(preface)));
  ASSERT_OK(peer.ReadBytes(protocol::kPrefaceSize));
  ASSERT_OK(peer.Hello(admin_token()));
  ASSERT_OK_AND_ASSIGN(const WireReply few,
                       peer.Call(Operation::kGet, 2, GetBody({estate.servers[0]})));
  EXPECT_OK(few.error());
  for (const std::size_t count : {50U, 100U}) {  // on the I/O thread, and on a worker
    const std::vector<std::string> keys(estate.servers.begin(),
                                        estate.servers.begin() + static_cast<int>(count));
    ASSERT_OK_AND_ASSIGN(const WireReply many, peer.Call(Operation::kGet, 3, GetBody(keys)));
    EXPECT_THAT(many.error(), HasErrorCode(ErrorCode::kRowBudget));
  }
}

}  // namespace
}  // namespace kosei::testing
