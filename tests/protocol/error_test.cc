// Errors across the wire: what the server meant is what the client's caller gets.
#include "kosei/base/error.h"

#include <set>

#include "kosei/base/value.h"
#include "kosei/protocol/session_generated.h"
#include "sample_frames.h"
#include "status_matchers.h"

namespace kosei::protocol {
namespace {

using testing::HasErrorCode;

TEST(WireError, CarriesEveryErrorOfTheTableThereAndBack) {
  for (const ErrorInfo& info : ErrorTable()) {
    SCOPED_TRACE(std::string(info.symbol));
    const absl::Status sent = MakeError(info.code, "put record web-1: found 3, expected 2", "name");
    const std::string body = EncodeError(sent);
    const absl::Status received = DecodeError(body);
    EXPECT_EQ(received, sent);
    EXPECT_EQ(CodeOf(received), info.code);
    EXPECT_EQ(FieldOf(received), "name");

    ASSERT_OK_AND_ASSIGN(const fb::Error* error, Open<fb::Error>(body));
    EXPECT_EQ(TextOf(error->symbol()), info.symbol);
    EXPECT_EQ(error->category(), static_cast<std::uint8_t>(info.category));
    EXPECT_EQ(error->retryable(), info.retryable);
    EXPECT_EQ(TextOf(error->message()), "put record web-1: found 3, expected 2");
    EXPECT_EQ(TextOf(error->message_ja()),
              std::string(info.title_ja) + ": put record web-1: found 3, expected 2");
  }
}

TEST(WireError, EveryErrorHasBothTitlesAndAnOwnSymbol) {
  std::set<std::string_view> symbols;
  for (const ErrorInfo& info : ErrorTable()) {
    SCOPED_TRACE(std::string(info.symbol));
    EXPECT_FALSE(info.title_en.empty());
    EXPECT_FALSE(info.title_ja.empty());
    EXPECT_NE(info.title_en, info.title_ja);
    EXPECT_TRUE(IsValidUtf8(info.title_ja));
    EXPECT_TRUE(symbols.insert(info.symbol).second);
  }
}

TEST(WireError, AnErrorMadeElsewhereTravelsAsTheNearestOfOurs) {
  EXPECT_THAT(DecodeError(EncodeError(absl::NotFoundError("no such key"))),
              testing::IsError(ErrorCode::kNotFound, "no such key"));
}

TEST(WireError, AnErrorWithoutAMessageSaysItsTitle) {
  const std::string body = EncodeError(MakeError(ErrorCode::kOverloaded, ""));
  EXPECT_THAT(DecodeError(body),
              testing::IsError(ErrorCode::kOverloaded,
                               std::string(InfoOf(ErrorCode::kOverloaded).title_en)));
  ASSERT_OK_AND_ASSIGN(const fb::Error* error, Open<fb::Error>(body));
  EXPECT_EQ(TextOf(error->message_ja()), InfoOf(ErrorCode::kOverloaded).title_ja);
}

TEST(WireError, ACodeOfTheFutureIsTreatedByItsCategory) {
  struct Case {
    ErrorCategory category;
    bool retryable;
    ErrorCode treated_as;
  };
  const Case cases[] = {
      {ErrorCategory::kClient, false, ErrorCode::kInvalidArgument},
      {ErrorCategory::kAuth, false, ErrorCode::kUnauthenticated},
      {ErrorCategory::kDenied, false, ErrorCode::kPermissionDenied},
      {ErrorCategory::kNotFound, false, ErrorCode::kNotFound},
      {ErrorCategory::kConflict, false, ErrorCode::kVersionConflict},
      {ErrorCategory::kLimit, false, ErrorCode::kRowBudget},
      {ErrorCategory::kLimit, true, ErrorCode::kDeadlineExceeded},
      {ErrorCategory::kTransient, true, ErrorCode::kOverloaded},
      {ErrorCategory::kInternal, false, ErrorCode::kInternal},
      {static_cast<ErrorCategory>(0), false, ErrorCode::kInternal},
      {static_cast<ErrorCategory>(200), false, ErrorCode::kInternal},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(static_cast<int>(c.category));
    flatbuffers::FlatBufferBuilder builder;
    const auto symbol = builder.CreateString("LEASE_LOST");
    const auto message = builder.CreateString("read page: the lease is gone");
    fb::ErrorBuilder error(builder);
    error.add_code(88'001);
    error.add_symbol(symbol);
    error.add_category(static_cast<std::uint8_t>(c.category));
    error.add_retryable(c.retryable);
    error.add_message(message);
    const absl::Status status = DecodeError(FinishBody(builder, error.Finish()));
    EXPECT_THAT(status, HasErrorCode(c.treated_as));
    EXPECT_EQ(MessageOf(status), "LEASE_LOST (error 88001): read page: the lease is gone");
    EXPECT_EQ(InfoOf(c.treated_as).retryable, c.retryable);
  }
}

TEST(WireError, ABodyThatIsNoErrorIsMalformedAndNeverOk) {
  EXPECT_THAT(DecodeError(""), HasErrorCode(ErrorCode::kMalformedFrame));
  EXPECT_THAT(DecodeError(std::string(40, '\xFF')), HasErrorCode(ErrorCode::kMalformedFrame));
  flatbuffers::FlatBufferBuilder builder;
  const absl::Status empty = DecodeError(FinishBody(builder, fb::ErrorBuilder(builder).Finish()));
  EXPECT_THAT(empty, HasErrorCode(ErrorCode::kInternal));
}

TEST(WireError, ALongMessageIsCutAtACharacterAndFitsAFrameBeforeHello) {
  std::string message = "x";
  while (message.size() < 1U << 20) message += "\xE6\xA7\x8B";  // one character of three bytes
  const std::string body =
      EncodeError(MakeError(ErrorCode::kInvalidArgument, message, std::string(100'000, 'f')));
  EXPECT_LT(body.size(), kBodyMaxBeforeHello);
  const absl::Status received = DecodeError(body);
  EXPECT_TRUE(IsValidUtf8(MessageOf(received)));
  EXPECT_GT(MessageOf(received).size(), kErrorMessageMax - 3);
  EXPECT_LE(MessageOf(received).size(), kErrorMessageMax);
}

TEST(WireError, AnswersItsRequest) {
  const std::string frame = testing::ErrorReplyFrame();
  const FrameHeader header = DecodeHeader(frame.data());
  EXPECT_EQ(header.opcode, ReplyOpcodeOf(Operation::kGet));
  EXPECT_EQ(header.request_id, 1U);
  EXPECT_EQ(header.flags, kErrorFlag | kEndOfStream);
  const std::string body = frame.substr(kFrameHeaderSize);
  EXPECT_THAT(DecodeError(body), testing::IsError(ErrorCode::kUnknownBaseline, "no baseline Q3"));
}

}  // namespace
}  // namespace kosei::protocol
