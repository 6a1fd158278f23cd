// What the bulk loader sends, against a scripted peer: chunks, windows, cuts, and whose fault is
// whose.
#include "kosei/base/error.h"
#include "kosei/client/client.h"
#include "kosei/protocol/write_generated.h"
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

struct SeenChunk {
  std::uint64_t load = 0, number = 0;
  std::size_t bytes = 0;
  std::vector<Record> records;
  std::vector<std::string> keys;
  std::vector<Link> links;
  std::vector<std::uint16_t> complete_types;
};

SeenChunk Decode(const std::string& body) {
  SeenChunk out;
  const auto opened = protocol::Open<fb::BulkChunkRequest>(body);
  EXPECT_OK(opened);
  if (!opened.ok()) return out;
  const fb::BulkChunkRequest& request = **opened;
  out.load = request.load();
  out.number = request.number();
  out.bytes = body.size();
  const auto bytes = protocol::RecordBytes(request.record_bytes());
  EXPECT_OK(bytes);
  std::size_t at = 0;
  for (const std::uint32_t length : *request.record_lengths()) {
    const auto view = RecordView::Verify(bytes->substr(at, length));
    EXPECT_OK(view);
    if (view.ok()) out.records.push_back(view->Decode());
    at += (length + 7) / 8 * 8;
  }
  EXPECT_EQ(at, bytes->size());
  for (const flatbuffers::String* key : *request.keys()) out.keys.push_back(key->str());
  for (flatbuffers::uoffset_t i = 0; i < request.link_sources()->size(); ++i) {
    out.links.push_back({out.keys.at(request.link_sources()->Get(i)),
                         RelationshipTypeNumber{request.link_types()->Get(i)},
                         out.keys.at(request.link_targets()->Get(i))});
  }
  for (const std::uint16_t type : *request.complete_types()) out.complete_types.push_back(type);
  return out;
}

struct Refusal {
  bool is_link;
  std::uint32_t index;
};

std::string ChunkAnswer(const SentFrame& frame, std::uint64_t number,
                        const std::vector<Refusal>& refusals = {}) {
  flatbuffers::FlatBufferBuilder b;
  std::vector<flatbuffers::Offset<fb::Rejected>> rejected;
  for (const Refusal& refusal : refusals) {
    fb::ErrorBuilder error(b);
    error.add_code(static_cast<std::uint32_t>(ErrorCode::kUnknownAttribute));
    rejected.push_back(fb::CreateRejected(b, refusal.is_link, refusal.index, error.Finish()));
  }
  const auto counts = fb::CreateWriteCounts(b, number, 0, 1);
  const auto offset = b.CreateVector(rejected);
  return AnswerBytes(frame.header,
                     testing::Body(b, fb::CreateBulkChunkReply(b, number, offset, counts)));
}

// A server of one load that takes everything and remembers it.
class BulkPeer {
 public:
  explicit BulkPeer(std::uint32_t window = 4) : window_(window) {}
  virtual ~BulkPeer() = default;

  Reaction React(const SentFrame& frame) {
    flatbuffers::FlatBufferBuilder b;
    const auto operation = static_cast<Operation>(frame.header.opcode);
    if (operation == Operation::kBulkBegin) {
      return {
          AnswerBytes(frame.header, testing::Body(b, fb::CreateBulkBeginReply(b, 77, window_)))};
    }
    if (operation == Operation::kBulkEnd) {
      const auto counts = fb::CreateWriteCounts(b, 99, 5, chunks.size());
      return {AnswerBytes(frame.header, testing::Body(b, fb::CreateBulkEndReply(b, counts)))};
    }
    if (operation != Operation::kBulkChunk) return {};
    chunks.push_back(Decode(frame.body));
    return OnChunk(frame, chunks.back().number);
  }

  std::vector<SeenChunk> chunks;  // to be looked at when the load has ended

 protected:
  virtual Reaction OnChunk(const SentFrame& frame, std::uint64_t number) {
    return {ChunkAnswer(frame, number)};
  }

 private:
  const std::uint32_t window_;
};

struct Loading {
  explicit Loading(BulkPeer& bulk)
      : peer([&bulk](int, const SentFrame& frame) { return bulk.React(frame); }) {
    Options options;
    options.server = peer.address();
    auto connected = Client::Connect(options);
    EXPECT_OK(connected);
    client = *std::move(connected);
    auto begun = client->BeginBulk({"test", "", "unit"});
    EXPECT_OK(begun);
    loader = *std::move(begun);
    loader->OnRejected([this](const RejectedItem& item) { rejected.push_back(item); });
  }
  ScriptedPeer peer;
  std::unique_ptr<Client> client;
  std::unique_ptr<BulkLoader> loader;
  std::vector<RejectedItem> rejected;
};

Record MakeRecord(int i, std::size_t text = 10) {
  Record record;
  record.class_number = ClassNumber{2};
  record.key = "ci-" + std::to_string(i);
  record.Set(AttributeNumber{1}, std::string(text, 'x'));
  return record;
}
Link MakeLink(int from, int to) {
  return {"ci-" + std::to_string(from), RelationshipTypeNumber{1}, "ci-" + std::to_string(to)};
}

TEST(BulkLoader, SendsEverythingOnceAndInOrder) {
  BulkPeer bulk;
  Loading s(bulk);
  constexpr int kRecords = 30'000;
  for (int i = 0; i < kRecords; ++i) ASSERT_OK(s.loader->AddRecord(MakeRecord(i)));
  for (int i = 0; i < kRecords; ++i) ASSERT_OK(s.loader->AddLink(MakeLink(i, i / 2)));
  ASSERT_OK_AND_ASSIGN(const BulkSummary summary, s.loader->Finish());
  EXPECT_EQ(summary.counts.commit, 99U);
  EXPECT_EQ(summary.counts.records_created, bulk.chunks.size());
  EXPECT_EQ(summary.rejected, 0U);

  int records = 0;
  int links = 0;
  std::uint64_t number = 0;
  for (const SeenChunk& chunk : bulk.chunks) {
    EXPECT_EQ(chunk.load, 77U);
    EXPECT_EQ(chunk.number, ++number);
    EXPECT_LE(chunk.bytes, (1U << 20) + 4'096);
    EXPECT_TRUE(chunk.complete_types.empty());
    for (const Record& record : chunk.records) ASSERT_EQ(record, MakeRecord(records++));
    for (const Link& link : chunk.links) {
      EXPECT_EQ(records, kRecords);  // All records stand before the links.
      const Link expected = MakeLink(links, links / 2);
      ASSERT_EQ(link.source, expected.source);
      ASSERT_EQ(link.target, expected.target);
      ++links;
    }
    std::vector<std::string> keys = chunk.keys;
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end()) << "a key twice";
  }
  EXPECT_EQ(records, kRecords);
  EXPECT_EQ(links, kRecords);
}

TEST(BulkLoader, CutsChunksByBytes) {
  BulkPeer bulk;
  Loading s(bulk);
  for (int i = 0; i < 50; ++i) ASSERT_OK(s.loader->AddRecord(MakeRecord(i, 100'000)));
  ASSERT_OK(s.loader->Finish());
  EXPECT_GE(bulk.chunks.size(), 4U);
  for (const SeenChunk& chunk : bulk.chunks) EXPECT_LE(chunk.bytes, (1U << 20) + 110'000);
}

// Answers only when the window is full, or all is there.
class SlowPeer : public BulkPeer {
 public:
  SlowPeer(std::uint32_t window, std::uint64_t total)
      : BulkPeer(window), window_(window), total_(total) {}
  std::size_t unanswered_max = 0;

 private:
  Reaction OnChunk(const SentFrame& frame, std::uint64_t number) override {
    unanswered_.emplace_back(frame, number);
    unanswered_max = std::max(unanswered_max, unanswered_.size());
    Reaction out;
    while (!unanswered_.empty() && (unanswered_.size() >= window_ || number == total_)) {
      out.bytes += ChunkAnswer(unanswered_.front().first, unanswered_.front().second);
      unanswered_.erase(unanswered_.begin());
    }
    return out;
  }
  const std::uint32_t window_;
  const std::uint64_t total_;
  std::vector<std::pair<SentFrame, std::uint64_t>> unanswered_;
};

TEST(BulkLoader, KeepsTheWindowFullButNeverMore) {
  SlowPeer bulk(3, 20);
  Loading s(bulk);
  ASSERT_OK(s.loader->CutComplete({}));
  for (int i = 0; i < 20; ++i) {
    ASSERT_OK(s.loader->AddRecord(MakeRecord(i)));
    ASSERT_OK(s.loader->CutComplete({}));
  }
  ASSERT_OK(s.loader->Finish());
  EXPECT_EQ(bulk.chunks.size(), 20U);
  EXPECT_EQ(bulk.unanswered_max, 3U);
}

TEST(BulkLoader, ACutGroupTravelsAsOneChunk) {
  BulkPeer bulk;
  Loading s(bulk);
  ASSERT_OK(s.loader->CutComplete({RelationshipTypeNumber{1}}));
  EXPECT_TRUE(bulk.chunks.empty());
  for (int group = 0; group < 2; ++group) {
    for (int i = 0; i < 20'000; ++i) ASSERT_OK(s.loader->AddRecord(MakeRecord(i)));
    ASSERT_OK(s.loader->AddLink(MakeLink(0, 1)));
    ASSERT_OK(s.loader->CutComplete({RelationshipTypeNumber{1}, RelationshipTypeNumber{5}}));
  }
  ASSERT_OK(s.loader->AddRecord(MakeRecord(7)));
  ASSERT_OK(s.loader->Finish());
  ASSERT_EQ(bulk.chunks.size(), 3U);
  for (int group = 0; group < 2; ++group) {
    const SeenChunk& chunk = bulk.chunks[static_cast<std::size_t>(group)];
    EXPECT_EQ(chunk.records.size(), 20'000U);
    EXPECT_EQ(chunk.links.size(), 1U);
    EXPECT_EQ(chunk.complete_types, (std::vector<std::uint16_t>{1, 5}));
  }
  EXPECT_TRUE(bulk.chunks[2].complete_types.empty());
}

TEST(BulkLoader, RefusesACutThatCannotBeTrue) {
  BulkPeer bulk;
  Loading s(bulk);
  for (int i = 0; i < 20'000; ++i) ASSERT_OK(s.loader->AddRecord(MakeRecord(i)));
  EXPECT_THAT(s.loader->CutComplete({RelationshipTypeNumber{1}}),
              IsError(ErrorCode::kInvalidArgument, "cut once before the first item"));
}

TEST(BulkLoader, RefusesAGroupBeyondItsBound) {
  BulkPeer bulk;
  Loading s(bulk);
  ASSERT_OK(s.loader->CutComplete({}));
  absl::Status status;
  std::size_t added = 0;
  while (status.ok() && added < 2 * BulkLoader::kGroupItemsMax) {
    ++added;
    status = s.loader->AddLink(MakeLink(1, 2));
  }
  EXPECT_EQ(added, BulkLoader::kGroupItemsMax + 1);
  EXPECT_THAT(status, IsError(ErrorCode::kOutOfRange, "cut more often"));
  EXPECT_THAT(s.loader->AddLink(MakeLink(1, 2)), HasErrorCode(ErrorCode::kOutOfRange));
  EXPECT_THAT(s.loader->Finish(), HasErrorCode(ErrorCode::kOutOfRange));
}

class RefusingPeer : public BulkPeer {
 public:
  explicit RefusingPeer(std::vector<Refusal> refusals) : refusals_(std::move(refusals)) {}

 private:
  Reaction OnChunk(const SentFrame& frame, std::uint64_t number) override {
    return {ChunkAnswer(frame, number, refusals_)};
  }
  const std::vector<Refusal> refusals_;
};

TEST(BulkLoader, NamesRejectedItemsByTheirTags) {
  RefusingPeer bulk({{false, 1}, {true, 0}});
  Loading s(bulk);
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(s.loader->AddRecord(MakeRecord(i), 100 + static_cast<std::uint64_t>(i)));
    ASSERT_OK(s.loader->AddLink(MakeLink(i, 0), 200 + static_cast<std::uint64_t>(i)));
  }
  ASSERT_OK_AND_ASSIGN(const BulkSummary summary, s.loader->Finish());
  EXPECT_EQ(summary.rejected, 2U);
  ASSERT_EQ(s.rejected.size(), 2U);
  EXPECT_FALSE(s.rejected[0].is_link);
  EXPECT_EQ(s.rejected[0].tag, 101U);
  EXPECT_THAT(s.rejected[0].status, HasErrorCode(ErrorCode::kUnknownAttribute));
  EXPECT_TRUE(s.rejected[1].is_link);
  EXPECT_EQ(s.rejected[1].tag, 200U);
}

TEST(BulkLoader, ARejectionOfAnItemThatWasNotSentIsTheServersError) {
  RefusingPeer bulk({{false, 3}});
  Loading s(bulk);
  for (int i = 0; i < 3; ++i) ASSERT_OK(s.loader->AddRecord(MakeRecord(i)));
  EXPECT_THAT(s.loader->Finish(), HasErrorCode(ErrorCode::kMalformedFrame));
}

TEST(BulkLoader, RejectsARecordThatNoServerTakesWithoutSendingIt) {
  BulkPeer bulk;
  Loading s(bulk);
  ASSERT_OK(s.loader->AddRecord(MakeRecord(1, kRecordBytesMax), 11));
  ASSERT_OK(s.loader->AddRecord(MakeRecord(2), 12));
  ASSERT_OK_AND_ASSIGN(const BulkSummary summary, s.loader->Finish());
  EXPECT_EQ(summary.rejected, 1U);
  ASSERT_EQ(s.rejected.size(), 1U);
  EXPECT_EQ(s.rejected[0].tag, 11U);
  ASSERT_EQ(bulk.chunks.size(), 1U);
  EXPECT_EQ(bulk.chunks[0].records.size(), 1U);
}

// Loses the connection with the first `losses` chunks that come.
class LosingPeer : public BulkPeer {
 public:
  explicit LosingPeer(std::size_t losses) : losses_(losses) {}

 private:
  Reaction OnChunk(const SentFrame& frame, std::uint64_t number) override {
    if (chunks.size() <= losses_) return {"", true};
    return BulkPeer::OnChunk(frame, number);
  }
  const std::size_t losses_;
};

TEST(BulkLoader, AChunkWhoseConnectionIsLostIsSentAgain) {
  LosingPeer bulk(3);
  Loading s(bulk);
  ASSERT_OK(s.loader->AddRecord(MakeRecord(1), 11));
  ASSERT_OK_AND_ASSIGN(const BulkSummary summary, s.loader->Finish());
  EXPECT_EQ(summary.counts.commit, 99U);
  ASSERT_EQ(bulk.chunks.size(), 4U);
  for (const SeenChunk& chunk : bulk.chunks) {
    EXPECT_EQ(chunk.number, 1U);
    EXPECT_EQ(chunk.records, bulk.chunks[0].records);
  }
}

TEST(BulkLoader, AChunkThatNoServerSurvivesEndsTheLoad) {
  LosingPeer bulk(1'000);
  Loading s(bulk);
  ASSERT_OK(s.loader->AddRecord(MakeRecord(1)));
  EXPECT_THAT(s.loader->Finish(), HasErrorCode(ErrorCode::kConnectionLost));
  EXPECT_THAT(s.loader->AddRecord(MakeRecord(2)), HasErrorCode(ErrorCode::kConnectionLost));
  EXPECT_EQ(bulk.chunks.size(), 6U);
}

TEST(BulkLoader, IsOverAfterFinish) {
  BulkPeer bulk;
  Loading s(bulk);
  ASSERT_OK(s.loader->Finish());
  EXPECT_TRUE(bulk.chunks.empty());
  EXPECT_THAT(s.loader->AddRecord(MakeRecord(1)), HasErrorCode(ErrorCode::kProtocolOrder));
  EXPECT_THAT(s.loader->Finish(), HasErrorCode(ErrorCode::kProtocolOrder));
}

}  // namespace
}  // namespace kosei::client
