// Answers in many frames, against a scripted peer: order, credit, early ends, and a watch that
// outlives its connection.
#include <atomic>

#include "kosei/base/error.h"
#include "kosei/client/client.h"
#include "scripted_peer.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;
using protocol::Operation;
using testing::AnswerBytes;
using testing::Reaction;
using testing::ScriptedPeer;
using testing::SentFrame;

constexpr std::uint8_t kMore = 0;
constexpr std::uint8_t kLast = protocol::kEndOfStream;

Operation OperationOf(const SentFrame& frame) {
  return static_cast<Operation>(frame.header.opcode);
}

std::unique_ptr<Client> ConnectTo(const ScriptedPeer& peer) {
  Options options;
  options.server = peer.address();
  auto client = Client::Connect(options);
  EXPECT_OK(client);
  return client.ok() ? *std::move(client) : nullptr;
}

std::string SearchBody(const std::vector<std::string>& keys, std::uint64_t matched = 0) {
  flatbuffers::FlatBufferBuilder b;
  std::vector<flatbuffers::Offset<fb::RecordVersion>> versions;
  for (const std::string& key : keys) {
    Record record;
    record.class_number = ClassNumber{2};
    record.key = key;
    const auto bytes = protocol::CreateRecordBytes(b, EncodeRecord(record));
    versions.push_back(fb::CreateRecordVersion(b, 1, 2, UINT64_MAX, bytes));
  }
  const auto records = b.CreateVector(versions);
  const fb::ViewInfo view(42, 5);
  return testing::Body(b, fb::CreateSearchReply(b, &view, records, matched, matched > 100));
}

std::string ImpactSummaryBody(std::uint64_t total) {
  flatbuffers::FlatBufferBuilder b;
  const std::vector<flatbuffers::Offset<fb::ClassCount>> counts = {
      fb::CreateClassCount(b, 2, total)};
  const std::vector<std::string> roots = {"root"};
  const auto counts_offset = b.CreateVector(counts);
  const auto roots_offset = b.CreateVectorOfStrings(roots);
  const fb::ViewInfo view(42, 5);
  fb::ImpactReplyBuilder out(b);
  out.add_view(&view);
  out.add_total(total);
  out.add_counts(counts_offset);
  out.add_truncated(fb::TruncationReason::depth);
  out.add_truncated_depth(3);
  out.add_truncated_frontier(17);
  out.add_roots(roots_offset);
  return testing::Body(b, out.Finish());
}

std::string ImpactBody(const std::vector<std::string>& keys, std::size_t columns) {
  flatbuffers::FlatBufferBuilder b;
  const std::vector<std::uint16_t> classes(columns, 2);
  const std::vector<std::uint32_t> distances(columns, 1);
  const std::vector<std::uint32_t> predecessors(columns, 0);
  const std::vector<std::uint16_t> vias(columns, 1);
  const auto keys_offset = b.CreateVectorOfStrings(keys);
  const auto classes_offset = b.CreateVector(classes);
  const auto distances_offset = b.CreateVector(distances);
  const auto predecessors_offset = b.CreateVector(predecessors);
  const auto vias_offset = b.CreateVector(vias);
  fb::ImpactReplyBuilder out(b);
  out.add_keys(keys_offset);
  out.add_classes(classes_offset);
  out.add_distances(distances_offset);
  out.add_predecessors(predecessors_offset);
  out.add_vias(vias_offset);
  return testing::Body(b, out.Finish());
}

std::string WatchBody(std::uint64_t commit, std::uint64_t newest) {
  flatbuffers::FlatBufferBuilder b;
  flatbuffers::Offset<fb::CommitSummary> summary;
  if (commit != 0) summary = fb::CreateCommitSummaryDirect(b, commit, 1, "actor");
  fb::WatchEventBuilder out(b);
  if (commit != 0) out.add_commit(summary);
  out.add_newest(newest);
  return testing::Body(b, out.Finish());
}

TEST(Search, VisitsEveryRecordOfEveryFrameInOrder) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, SearchBody({"a", "b"}), 0, kMore) +
                    AnswerBytes(frame.header, SearchBody({"c"}), 1, kMore) +
                    AnswerBytes(frame.header, SearchBody({}, 101), 2, kLast)};
  });
  const auto client = ConnectTo(peer);
  std::vector<std::string> keys;
  ASSERT_OK_AND_ASSIGN(const SearchSummary summary,
                       client->Search({}, [&](const RecordVersion& version) {
                         keys.push_back(version.record.key);
                         return true;
                       }));
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(summary.matched, 101U);
  EXPECT_TRUE(summary.cut);
  EXPECT_EQ(summary.view.commit, 42U);
}

TEST(Search, StopsTheServerWhenTheVisitorHasEnough) {
  std::atomic<std::uint64_t> searched{0};
  std::atomic<std::uint64_t> cancelled{0};
  ScriptedPeer peer([&](int, const SentFrame& frame) {
    if (OperationOf(frame) == Operation::kSearch) {
      searched = frame.header.request_id;
      return Reaction{AnswerBytes(frame.header, SearchBody({"a", "b"}), 0, kMore)};
    }
    if (OperationOf(frame) == Operation::kCancel) {
      const auto cancel = protocol::Open<fb::Cancel>(frame.body);
      EXPECT_OK(cancel);
      cancelled = (*cancel)->target();
      return Reaction{
          testing::ErrorBytes(protocol::RequestHeader(Operation::kSearch, cancelled.load()),
                              MakeError(ErrorCode::kCancelled, "search: stopped"), 1)};
    }
    return Reaction{AnswerBytes(frame.header, testing::GetReplyBody({"x"}))};
  });
  const auto client = ConnectTo(peer);
  int visits = 0;
  EXPECT_OK(client->Search({}, [&](const RecordVersion&) { return ++visits < 1; }));
  EXPECT_EQ(visits, 1);
  // What was asked after the cancel is answered after it.
  EXPECT_OK(client->Get({"x"}));
  EXPECT_EQ(cancelled.load(), searched.load());
  EXPECT_EQ(peer.connections(), 1);
}

TEST(Search, AnErrorInTheMiddleIsTheResult) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, SearchBody({"a"}), 0, kMore) +
                    testing::ErrorBytes(frame.header,
                                        MakeError(ErrorCode::kMemoryBudget, "search: 64 MiB"), 1)};
  });
  const auto client = ConnectTo(peer);
  EXPECT_THAT(client->Search({}, [](const RecordVersion&) { return true; }),
              IsError(ErrorCode::kMemoryBudget, "64 MiB"));
}

TEST(Search, AStreamThatBrokeOffIsNotBegunAgain) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, SearchBody({"a"}), 0, kMore), true};
  });
  const auto client = ConnectTo(peer);
  int visits = 0;
  EXPECT_THAT(client->Search({},
                             [&](const RecordVersion&) {
                               ++visits;
                               return true;
                             }),
              HasErrorCode(ErrorCode::kConnectionLost));
  EXPECT_EQ(visits, 1);
  EXPECT_EQ(peer.connections(), 1);
}

TEST(Impact, GivesTheSummaryAndTheColumns) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, ImpactSummaryBody(3), 0, kMore) +
                    AnswerBytes(frame.header, ImpactBody({"a", "b"}, 2), 1, kMore) +
                    AnswerBytes(frame.header, ImpactBody({"c"}, 1), 2, kLast)};
  });
  const auto client = ConnectTo(peer);
  std::vector<std::string> keys;
  ASSERT_OK_AND_ASSIGN(const ImpactSummary summary,
                       client->Impact({}, [&](const ImpactBatch& batch) {
                         EXPECT_EQ(batch.predecessors.size(), batch.keys.size());
                         EXPECT_EQ(batch.vias.size(), batch.keys.size());
                         keys.insert(keys.end(), batch.keys.begin(), batch.keys.end());
                         return true;
                       }));
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(summary.total, 3U);
  EXPECT_EQ(summary.roots, std::vector<std::string>{"root"});
  EXPECT_EQ(summary.truncated, TruncationReason::kDepth);
  EXPECT_EQ(summary.truncated_depth, 3U);
  EXPECT_EQ(summary.truncated_frontier, 17U);
  ASSERT_EQ(summary.by_class.size(), 1U);
  EXPECT_EQ(summary.by_class[0].second, 3U);
}

TEST(Impact, WithoutAVisitorAsksForTheCountsOnly) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    const auto request = protocol::Open<fb::ImpactRequest>(frame.body);
    EXPECT_OK(request);
    EXPECT_EQ((*request)->detail(), fb::ImpactDetail::counts);
    EXPECT_EQ((*request)->depth(), 4U);
    return Reaction{AnswerBytes(frame.header, ImpactSummaryBody(3))};
  });
  const auto client = ConnectTo(peer);
  ImpactRequest request;
  request.depth = 4;
  ASSERT_OK_AND_ASSIGN(const ImpactSummary summary, client->Impact(request));
  EXPECT_EQ(summary.total, 3U);
}

TEST(Impact, RefusesColumnsOfDifferentLengths) {
  ScriptedPeer peer([](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, ImpactSummaryBody(3), 0, kMore) +
                    AnswerBytes(frame.header, ImpactBody({"a", "b"}, 1), 1, kLast)};
  });
  const auto client = ConnectTo(peer);
  EXPECT_THAT(client->Impact({}, [](const ImpactBatch&) { return true; }),
              IsError(ErrorCode::kMalformedFrame, "columns"));
}

// The peer keeps to the credit strictly, and has far more to say than the first window allows.
TEST(Impact, GivesCreditAsItUsesTheAnswer) {
  const std::string frame_body = ImpactBody({std::string(250'000, 'k')}, 1);
  constexpr std::uint32_t kFrames = 200;
  SentFrame asked;
  std::uint32_t next = 0;
  std::int64_t credit = 0;
  const auto more = [&] {
    Reaction out;
    while (next <= kFrames && credit > 0) {
      const std::string& body = frame_body;
      credit -= static_cast<std::int64_t>(body.size());
      out.bytes += AnswerBytes(asked.header, body, next, next == kFrames ? kLast : kMore);
      ++next;
    }
    return out;
  };
  ScriptedPeer peer([&](int, const SentFrame& frame) {
    if (OperationOf(frame) == Operation::kImpact) {
      const auto request = protocol::Open<fb::ImpactRequest>(frame.body);
      EXPECT_OK(request);
      credit = static_cast<std::int64_t>((*request)->credit_bytes());
      asked = frame;
      next = 1;
      Reaction out{AnswerBytes(frame.header, ImpactSummaryBody(kFrames), 0, kMore)};
      out.bytes += more().bytes;
      return out;
    }
    EXPECT_EQ(OperationOf(frame), Operation::kCredit);
    const auto given = protocol::Open<fb::Credit>(frame.body);
    EXPECT_OK(given);
    credit += static_cast<std::int64_t>((*given)->bytes());
    EXPECT_LE(credit, static_cast<std::int64_t>(protocol::kStreamWindowBytes));
    return more();
  });
  const auto client = ConnectTo(peer);
  std::uint32_t visits = 0;
  ASSERT_OK(client->Impact({}, [&](const ImpactBatch& batch) {
    EXPECT_EQ(batch.keys.size(), 1U);
    // The same client may be used from within.
    if (++visits == 1) EXPECT_OK(client->Ping());
    return true;
  }));
  EXPECT_EQ(visits, kFrames);
}

TEST(Watch, GoesOnWhereItWasAfterALoss) {
  ScriptedPeer peer([](int connection, const SentFrame& frame) {
    if (OperationOf(frame) == Operation::kCancel) return Reaction{};
    const auto request = protocol::Open<fb::WatchRequest>(frame.body);
    EXPECT_OK(request);
    if (connection == 1) {
      EXPECT_EQ((*request)->after(), UINT64_MAX);
      return Reaction{AnswerBytes(frame.header, WatchBody(0, 10), 0, kMore) +
                          AnswerBytes(frame.header, WatchBody(11, 11), 1, kMore),
                      true};
    }
    EXPECT_EQ((*request)->after(), 11U);
    return Reaction{AnswerBytes(frame.header, WatchBody(12, 12), 0, kMore)};
  });
  const auto client = ConnectTo(peer);
  std::vector<std::uint64_t> commits;
  EXPECT_OK(client->Watch(std::nullopt, [&](const std::optional<WatchEvent>& event) {
    commits.push_back(event.has_value() ? event->commit.number : 0);
    return commits.back() != 12;
  }));
  EXPECT_EQ(commits, (std::vector<std::uint64_t>{0, 11, 12}));
  EXPECT_EQ(peer.connections(), 2);
}

TEST(Watch, GivesUpWhenNothingComesAnyMore) {
  ScriptedPeer peer([](int, const SentFrame&) { return Reaction{"", true}; });
  const auto client = ConnectTo(peer);
  EXPECT_THAT(client->Watch(5, [](const std::optional<WatchEvent>&) { return true; }),
              HasErrorCode(ErrorCode::kConnectionLost));
}

TEST(History, JoinsItsFrames) {
  const auto body = [](const std::string& key, std::uint64_t commit) {
    flatbuffers::FlatBufferBuilder b;
    Record record;
    record.class_number = ClassNumber{2};
    record.key = key;
    const auto bytes = protocol::CreateRecordBytes(b, EncodeRecord(record));
    const std::vector<flatbuffers::Offset<fb::RecordVersion>> versions = {
        fb::CreateRecordVersion(b, 1, commit, UINT64_MAX, bytes)};
    const std::vector<std::uint8_t> hash = {0xAB, 0x01};
    const std::vector<flatbuffers::Offset<fb::CommitSummary>> commits = {
        fb::CreateCommitSummaryDirect(b, commit, 1, "actor", "why", "", "", 1, 0, 0, 0, 0, &hash)};
    const std::vector<flatbuffers::Offset<fb::LinkSpan>> links = {
        fb::CreateLinkSpanDirect(b, key.c_str(), 1, "target", commit)};
    const fb::ViewInfo view(42, 5);
    return testing::Body(b, fb::CreateHistoryReplyDirect(b, &view, &versions, &commits, &links));
  };
  ScriptedPeer peer([&](int, const SentFrame& frame) {
    return Reaction{AnswerBytes(frame.header, body("a", 2), 0, kMore) +
                    AnswerBytes(frame.header, body("a", 1), 1, kLast)};
  });
  const auto client = ConnectTo(peer);
  ASSERT_OK_AND_ASSIGN(const History history, client->GetHistory("a"));
  ASSERT_EQ(history.versions.size(), 2U);
  EXPECT_EQ(history.versions[0].begin, 2U);
  EXPECT_EQ(history.links.size(), 2U);
  ASSERT_EQ(history.commits.size(), 2U);
  EXPECT_EQ(history.commits[0].hash, "ab01");
  EXPECT_EQ(history.view.commit, 42U);
}

}  // namespace
}  // namespace kosei::client
