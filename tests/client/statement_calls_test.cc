// Statements against a scripted peer: their rows, and what a Cancellation does before, while and
// after they are answered.
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/client/client.h"
#include "kosei/protocol/statement_generated.h"
#include "scripted_peer.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::HasErrorCode;
using protocol::Operation;
using testing::AnswerBytes;
using testing::Reaction;
using testing::ScriptedPeer;
using testing::SentFrame;

constexpr std::uint8_t kMore = 0;
constexpr std::uint8_t kLast = protocol::kEndOfStream;

// Rows of one column, n.
std::string Rows(const std::vector<std::int64_t>& numbers) {
  std::string packed;
  for (const std::int64_t number : numbers) {
    language::PackWriter writer(packed, language::PackForm::kBolt5);
    writer.ListHead(1);
    writer.Integer(number);
  }
  flatbuffers::FlatBufferBuilder b;
  const std::vector<std::string> columns = {"n"};
  const auto column_vector = b.CreateVectorOfStrings(columns);
  const auto rows =
      b.CreateVector(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size());
  const fb::ViewInfo view(42, 5);
  fb::StatementReplyBuilder out(b);
  out.add_view(&view);
  out.add_columns(column_vector);
  out.add_rows(rows);
  out.add_row_count(static_cast<std::uint32_t>(numbers.size()));
  out.add_total(numbers.size());
  return testing::Body(b, out.Finish());
}

// A peer that answers statements as it is told, counts them, and knows which was cancelled.
class StatementCalls : public ::testing::Test {
 protected:
  using Answer = std::function<std::string(const SentFrame&)>;

  void SetUp() override {
    Options options;
    options.server = peer_.address();
    options.request_timeout = std::chrono::seconds(60);
    auto client = Client::Connect(options);
    ASSERT_OK(client);
    client_ = *std::move(client);
  }
  void Answers(Answer answer) {
    MutexLock lock(mutex_);
    answer_ = std::move(answer);
  }
  absl::StatusOr<StatementSummary> Ask(const std::shared_ptr<Cancellation>& cancellation,
                                       const std::function<void()>& on_row = nullptr) {
    StatementRequest request;
    request.text = "RETURN 1 AS n";
    request.cancellation = cancellation;
    rows_ = 0;
    return client_->Query(request, [&](const std::vector<std::string>&, const QueryRow&) {
      ++rows_;
      if (on_row) on_row();
      return true;
    });
  }
  // What was sent before has reached the peer when this returns.
  void Settle() { EXPECT_OK(client_->Get({"x"})); }
  std::uint64_t asked() const { return asked_.load(); }          // request id of the last
  std::uint64_t cancelled() const { return cancelled_.load(); }  // target of the last
  int statements() const { return statements_.load(); }
  int rows() const { return rows_; }

 private:
  Reaction React(const SentFrame& frame) {
    const auto operation = static_cast<Operation>(frame.header.opcode);
    if (operation == Operation::kQuery) {
      ++statements_;
      asked_ = frame.header.request_id;
      MutexLock lock(mutex_);
      return Reaction{answer_(frame)};
    }
    if (operation == Operation::kCancel) {
      const auto cancel = protocol::Open<fb::Cancel>(frame.body);
      EXPECT_OK(cancel);
      cancelled_ = (*cancel)->target();
      return Reaction{
          testing::ErrorBytes(protocol::RequestHeader(Operation::kQuery, cancelled_.load()),
                              MakeError(ErrorCode::kCancelled, "query: stopped"), 1)};
    }
    return Reaction{AnswerBytes(frame.header, testing::GetReplyBody({"x"}))};
  }

  std::atomic<std::uint64_t> asked_{0};
  std::atomic<std::uint64_t> cancelled_{0};
  std::atomic<int> statements_{0};
  int rows_ = 0;
  Mutex mutex_;
  Answer answer_ ABSL_GUARDED_BY(mutex_);
  ScriptedPeer peer_{[this](int, const SentFrame& frame) { return React(frame); }};
  std::unique_ptr<Client> client_;
};

TEST_F(StatementCalls, RowsOfAllFramesAreVisitedInOrder) {
  Answers([](const SentFrame& frame) {
    return AnswerBytes(frame.header, Rows({1, 2}), 0, kMore) +
           AnswerBytes(frame.header, Rows({3}), 1, kLast);
  });
  ASSERT_OK_AND_ASSIGN(const StatementSummary summary, Ask(nullptr));
  EXPECT_EQ(rows(), 3);
  EXPECT_EQ(summary.columns, std::vector<std::string>{"n"});
  EXPECT_EQ(summary.view.commit, 42U);
}

TEST_F(StatementCalls, WhatWasCancelledBeforehandIsNotSent) {
  const auto cancellation = std::make_shared<Cancellation>();
  cancellation->Cancel();
  EXPECT_TRUE(cancellation->cancelled());
  EXPECT_THAT(Ask(cancellation), HasErrorCode(ErrorCode::kCancelled));
  Settle();
  EXPECT_EQ(statements(), 0);
}

TEST_F(StatementCalls, AnotherThreadEndsAWaitAndTheServerHearsOfIt) {
  const auto cancellation = std::make_shared<Cancellation>();
  std::promise<void> came;
  std::thread cancels([&] {
    came.get_future().wait();
    cancellation->Cancel();
  });
  // Never answered.
  Answers([&](const SentFrame&) {
    came.set_value();
    return std::string();
  });
  EXPECT_THAT(Ask(cancellation), HasErrorCode(ErrorCode::kCancelled));
  cancels.join();
  Settle();
  EXPECT_EQ(cancelled(), asked());
}

TEST_F(StatementCalls, NoRowIsVisitedAfterACancellation) {
  for (const std::uint8_t end : {kMore, kLast}) {
    SCOPED_TRACE(int{end});
    Answers([end](const SentFrame& frame) {
      return AnswerBytes(frame.header, Rows({1, 2, 3}), 0, end);
    });
    const auto cancellation = std::make_shared<Cancellation>();
    EXPECT_THAT(Ask(cancellation, [&] { cancellation->Cancel(); }),
                HasErrorCode(ErrorCode::kCancelled));
    EXPECT_EQ(rows(), 1);
    Settle();
    // A server that has said all need not be told.
    EXPECT_EQ(cancelled() == asked(), end == kMore);
  }
}

TEST_F(StatementCalls, ACancellationThatComesTooLateHarmsNobody) {
  Answers([](const SentFrame& frame) { return AnswerBytes(frame.header, Rows({1}), 0, kLast); });
  const auto cancellation = std::make_shared<Cancellation>();
  EXPECT_OK(Ask(cancellation));
  cancellation->Cancel();
  EXPECT_OK(Ask(std::make_shared<Cancellation>()));
  EXPECT_EQ(statements(), 2);
  // For good: a later call of the same is over before it begins.
  EXPECT_THAT(Ask(cancellation), HasErrorCode(ErrorCode::kCancelled));
  EXPECT_EQ(statements(), 2);
}

TEST_F(StatementCalls, CancellingMeetsTheAnswerAtAnyMoment) {
  Answers([](const SentFrame& frame) { return AnswerBytes(frame.header, Rows({1}), 0, kLast); });
  for (int round = 0; round < 200; ++round) {
    const auto cancellation = std::make_shared<Cancellation>();
    std::thread cancels([&] { cancellation->Cancel(); });
    const absl::Status status = Ask(cancellation).status();
    cancels.join();
    EXPECT_TRUE(status.ok() || HasCode(status, ErrorCode::kCancelled)) << status;
  }
  EXPECT_OK(Ask(nullptr));
}

}  // namespace
}  // namespace kosei::client
