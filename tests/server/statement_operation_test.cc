// The operation `query` over a socket: parameters that no honest client sends, and answers that are
// larger than anybody takes.
#include <string>

#include "bolt_peer.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/packstream.h"
#include "kosei/protocol/statement_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;

class StatementOperation : public ServerFixture {
 protected:
  static std::string StatementBody(std::string_view text, std::string_view parameters = {}) {
    flatbuffers::FlatBufferBuilder builder;
    const auto text_offset = builder.CreateString(text.data(), text.size());
    const auto packed = builder.CreateVector(
        reinterpret_cast<const std::uint8_t*>(parameters.data()), parameters.size());
    fb::StatementRequestBuilder request(builder);
    request.add_text(text_offset);
    request.add_parameters(packed);
    return std::string(protocol::FinishBody(builder, request.Finish()));
  }
  static absl::Status Ask(WirePeer& peer, std::string_view text, std::string_view parameters = {}) {
    KOSEI_RETURN_IF_ERROR(peer.Send(Operation::kQuery, 1, StatementBody(text, parameters)));
    KOSEI_ASSIGN_OR_RETURN(const std::vector<WireReply> frames, ReadStream(peer));
    return frames.back().error();
  }
};

TEST_F(StatementOperation, ParametersAreOneMapOfValues) {
  Serve();
  WirePeer peer = Admin();
  EXPECT_OK(Ask(peer, "RETURN $n AS n", PackedMapOf({{"n", Packed(1)}})));
  EXPECT_OK(Ask(peer, "RETURN 1 AS n", "\xC0"));
  const std::pair<std::string, ErrorCode> wrong[] = {
      {Packed(1), ErrorCode::kInvalidArgument},
      {NoParameters() + NoParameters(), ErrorCode::kInvalidArgument},
      {PackedMapOf({{"n", "\xCC\x01x"}}), ErrorCode::kInvalidArgument},  // bytes
      {PackedMapOf({{"n", "\x81\xFF"}}), ErrorCode::kMalformedFrame},    // no UTF-8
      {"\xA1", ErrorCode::kMalformedFrame},
  };
  for (const auto& [parameters, code] : wrong) {
    EXPECT_THAT(Ask(peer, "RETURN 1 AS n", parameters), HasErrorCode(code));
  }
}

TEST_F(StatementOperation, ParametersOfMoreValuesThanAreTakenAreRefused) {
  Serve();
  WirePeer peer = Admin();
  const auto nulls = [](std::size_t count) {
    std::string list;
    language::PackWriter(list, language::PackForm::kBolt5).ListHead(count);
    return PackedMapOf({{"list", list + std::string(count, '\xC0')}});
  };
  // The map and the list count as well.
  EXPECT_OK(Ask(peer, "RETURN size($list) AS n", nulls(language::kPackValuesMax - 2)));
  EXPECT_THAT(Ask(peer, "RETURN size($list) AS n", nulls(language::kPackValuesMax)),
              HasErrorCode(ErrorCode::kFrameTooLarge));
  EXPECT_OK(Ask(peer, "RETURN 1 AS n"));
}

TEST_F(StatementOperation, AValueThatHoldsOneOftenIsRefusedBeforeSomebodyWalksIt) {
  Serve();
  WirePeer peer = Admin();
  // Each list holds the one before twice: written out the last has 2^49 values.
  std::string doubled = "WITH [1, 1] AS l ";
  for (int i = 0; i < 48; ++i) doubled += "WITH [l, l] AS l ";
  for (const std::string_view end :
       {"RETURN l", "RETURN DISTINCT l", "RETURN l = l", "RETURN {m: l}"})
    EXPECT_THAT(Ask(peer, doubled + std::string(end)), HasErrorCode(ErrorCode::kMemoryBudget))
        << end;
  EXPECT_OK(Ask(peer, "RETURN 1 AS n"));
}

TEST_F(StatementOperation, ARowLargerThanAFrameIsRefusedBeforeItIsMade) {
  Serve();
  WirePeer peer = Admin();
  const auto often = [](int times) {
    return "WITH reduce(t = 'x', i IN range(1, 20) | t + t) AS t RETURN [i IN range(1, " +
           std::to_string(times) + ") | t] AS l";
  };
  EXPECT_OK(Ask(peer, often(3)));
  EXPECT_THAT(Ask(peer, often(100)), IsError(ErrorCode::kMemoryBudget, "as it is sent"));
  EXPECT_OK(Ask(peer, "RETURN 1 AS n"));
}

}  // namespace
}  // namespace kosei::testing
