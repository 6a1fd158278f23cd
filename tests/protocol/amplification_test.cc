// Small frames that cost their reader much: shared offsets, deep nesting, many tables. Refused by
// what they are, not by how long they take.
#include <numeric>

#include "every_message.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/record/record_generated.h"
#include "status_matchers.h"

namespace kosei::protocol {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using testing::HasErrorCode;
using testing::IsError;

constexpr char kTooMuchReached[] = "reaches more than 4 times";

// `count` keys that are all the same string of `size` bytes.
std::string SharedKeys(std::size_t count, std::size_t size) {
  FlatBufferBuilder builder;
  const auto key = builder.CreateString(std::string(size, 'k'));
  const std::vector<Offset<flatbuffers::String>> keys(count, key);
  const auto root = fb::CreateGetRequest(builder, builder.CreateVector(keys));
  return std::string(FinishBody(builder, root));
}

TEST(Amplification, OneStringForAllKeysIsRefused) {
  EXPECT_THAT(Open<fb::GetRequest>(SharedKeys(10'000, 40'000)),
              IsError(ErrorCode::kMalformedFrame, kTooMuchReached));
  EXPECT_THAT(Open<fb::GetRequest>(SharedKeys(6, 1'000)),
              IsError(ErrorCode::kMalformedFrame, kTooMuchReached));
}

TEST(Amplification, ALittleSharingIsFine) {
  EXPECT_OK(Open<fb::GetRequest>(SharedKeys(3, 1'000)));
  EXPECT_OK(Open<fb::GetRequest>(SharedKeys(1'000, 0)));
}

// The frame of the reliability study: 866 KB that read as 25 GB.
TEST(Amplification, OneRecordForThousandsOfPutsIsRefused) {
  FlatBufferBuilder builder;
  const std::string record(800'000, 'r');
  const auto put = fb::CreatePutRecord(builder, CreateRecordBytes(builder, record));
  const std::vector<Offset<fb::PutRecord>> puts(9'000, put);
  const auto vector = builder.CreateVector(puts);
  fb::MutateRequestBuilder mutate(builder);
  mutate.add_put_records(vector);
  const std::string body(FinishBody(builder, mutate.Finish()));
  EXPECT_LT(body.size(), 900'000U);
  EXPECT_THAT(Open<fb::MutateRequest>(body), IsError(ErrorCode::kMalformedFrame, kTooMuchReached));
}

// Tables that differ but whose vectors are one and the same.
TEST(Amplification, OneVectorForManyTablesIsRefused) {
  FlatBufferBuilder builder;
  const std::vector<std::uint8_t> hash(5'000);
  const auto shared = builder.CreateVector(hash);
  std::vector<Offset<fb::CommitSummary>> commits;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    fb::CommitSummaryBuilder commit(builder);
    commit.add_number(number);
    commit.add_hash(shared);
    commits.push_back(commit.Finish());
  }
  const auto vector = builder.CreateVector(commits);
  fb::HistoryReplyBuilder reply(builder);
  reply.add_commits(vector);
  const std::string body(FinishBody(builder, reply.Finish()));
  EXPECT_THAT(Open<fb::HistoryReply>(body), IsError(ErrorCode::kMalformedFrame, kTooMuchReached));
}

std::string EndRecords(std::size_t count) {
  FlatBufferBuilder builder;
  const auto key = builder.CreateString("k");
  const auto end = fb::CreateEndRecord(builder, key);
  const std::vector<Offset<fb::EndRecord>> ends(count, end);
  const auto vector = builder.CreateVector(ends);
  fb::MutateRequestBuilder mutate(builder);
  mutate.add_end_records(vector);
  return std::string(FinishBody(builder, mutate.Finish()));
}

TEST(Amplification, MoreTablesThanAMessageMayHoldAreRefused) {
  EXPECT_THAT(Open<fb::MutateRequest>(EndRecords(kVerifierTablesMax)),
              IsError(ErrorCode::kMalformedFrame, "split too far"));
}

TEST(Amplification, AnswersThatListEverythingMayHoldMoreTables) {
  FlatBufferBuilder builder;
  std::vector<Offset<fb::LinkSpan>> links;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const auto source = builder.CreateString("source-" + std::to_string(i));
    links.push_back(fb::CreateLinkSpan(builder, source, 1, builder.CreateString("target"), i));
  }
  const auto vector = builder.CreateVector(links);
  fb::DiffReplyBuilder reply(builder);
  reply.add_links_added(vector);
  EXPECT_OK(Open<fb::DiffReply>(FinishBody(builder, reply.Finish())));
}

// `width` items in each of `depth` levels, all levels sharing one vector of one shared item: the
// number of paths is width to the power of depth, the bytes are a few hundred.
std::string NestedAttributes(std::size_t depth, std::size_t width) {
  FlatBufferBuilder builder;
  fb::AttributeBuilder leaf(builder);
  leaf.add_number(1);
  Offset<fb::Attribute> item = leaf.Finish();
  for (std::size_t level = 0; level < depth; ++level) {
    const auto items = builder.CreateVector(std::vector<Offset<fb::Attribute>>(width, item));
    fb::AttributeBuilder outer(builder);
    outer.add_attribute(1);
    outer.add_kind(5);
    outer.add_items(items);
    item = outer.Finish();
  }
  const auto key = builder.CreateString("k");
  const auto attributes = builder.CreateVector(std::vector<Offset<fb::Attribute>>(width, item));
  const auto root = fb::CreateRecord(builder, 1, key, attributes);
  builder.TrackMinAlign(8);
  builder.Finish(root, fb::RecordIdentifier());
  return std::string(BytesOf(builder));
}

TEST(Amplification, DeepNestingIsRefused) {
  EXPECT_OK(Open<fb::Record>(NestedAttributes(kVerifierDepthMax - 2, 1)));
  EXPECT_THAT(Open<fb::Record>(NestedAttributes(kVerifierDepthMax - 1, 1)),
              IsError(ErrorCode::kMalformedFrame, "nested"));
  EXPECT_THAT(Open<fb::Record>(NestedAttributes(100, 1)), HasErrorCode(ErrorCode::kMalformedFrame));
}

TEST(Amplification, AFewHundredBytesThatMeanBillionsOfTablesAreRefused) {
  const std::string body = NestedAttributes(10, 10);
  EXPECT_LT(body.size(), 1'000U);
  EXPECT_THAT(Open<fb::Record>(body), HasErrorCode(ErrorCode::kMalformedFrame));
  EXPECT_THAT(RecordView::Verify(body), HasErrorCode(ErrorCode::kMalformedFrame));
  EXPECT_THAT(RecordView::Verify(NestedAttributes(2, 20)),
              HasErrorCode(ErrorCode::kMalformedFrame));
}

// Nothing that a builder writes without sharing comes near the budget, however it is shaped.
TEST(Amplification, UnsharedMessagesOfAnyShapeAreTaken) {
  FlatBufferBuilder builder;
  std::vector<Offset<flatbuffers::String>> keys;
  for (int i = 0; i < 100'000; ++i) keys.push_back(builder.CreateString(""));
  EXPECT_OK(Open<fb::GetRequest>(
      FinishBody(builder, fb::CreateGetRequest(builder, builder.CreateVector(keys)))));

  builder.Clear();
  std::vector<Offset<fb::ChangedRecord>> records;
  for (int i = 0; i < 9'000; ++i) records.push_back(fb::ChangedRecordBuilder(builder).Finish());
  const auto vector = builder.CreateVector(records);
  fb::WatchEventBuilder event(builder);
  event.add_records(vector);
  EXPECT_OK(Open<fb::WatchEvent>(FinishBody(builder, event.Finish())));

  builder.Clear();
  std::vector<std::uint32_t> columns(200'000);
  std::iota(columns.begin(), columns.end(), 0U);
  const auto distances = builder.CreateVector(columns);
  const auto predecessors = builder.CreateVector(columns);
  fb::ImpactReplyBuilder impact(builder);
  impact.add_distances(distances);
  impact.add_predecessors(predecessors);
  EXPECT_OK(Open<fb::ImpactReply>(FinishBody(builder, impact.Finish())));
}

// The verifier counts tables but not the strings of vectors. Were such a vector inside a repeated
// table, 10,000 tables could share one vector of millions and the verifier itself would be slow.
void CheckNoRepeatedLists(const flatbuffers::TypeTable& type, bool repeated, int depth) {
  ASSERT_LT(depth, 8) << "messages do not contain themselves";
  for (std::size_t i = 0; i < type.num_elems; ++i) {
    const flatbuffers::TypeCode& code = type.type_codes[i];
    const bool list = code.is_repeating != 0;
    EXPECT_FALSE(repeated && list && code.base_type == flatbuffers::ET_STRING);
    EXPECT_NE(code.base_type, flatbuffers::ET_UTYPE) << "the walk does not know unions";
    if (code.base_type != flatbuffers::ET_SEQUENCE) continue;
    const flatbuffers::TypeTable& inner = *type.type_refs[code.sequence_ref]();
    if (inner.st == flatbuffers::ST_TABLE) CheckNoRepeatedLists(inner, repeated || list, depth + 1);
  }
}

TEST(Amplification, NoMessageHasAListOfStringsInsideARepeatedTable) {
  for (const testing::MessageKind& kind : testing::kEveryMessage) {
    SCOPED_TRACE(std::string(kind.name));
    CheckNoRepeatedLists(*kind.type(), false, 0);
  }
}

}  // namespace
}  // namespace kosei::protocol
