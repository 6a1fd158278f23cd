// Who may do what: every operation of the table against every role, and tokens that end.
#include "kosei/protocol/admin_generated.h"
#include "server_fixture.h"

namespace kosei::testing {
namespace {

using protocol::Operation;
using protocol::Role;

class Permission : public ServerFixture {};

TEST_F(Permission, EveryOperationIsRefusedBelowItsRoleAndReachedAtIt) {
  Serve();
  const std::string tokens[] = {"", MakeToken("r", "reader"), MakeToken("w", "writer"),
                                admin_token()};
  for (const protocol::OperationInfo& operation : protocol::OperationTable()) {
    if (operation.one_way || operation.operation == Operation::kHello) continue;
    for (int role = 0; role < 4; ++role) {
      SCOPED_TRACE(std::string(operation.name) + " as " +
                   std::string(NameOf(static_cast<Role>(role))));
      WirePeer peer;
      ASSERT_OK(peer.Open(port(), tokens[role]));
      // Nothing verifies as no bytes at all: what passes the gate fails behind it.
      ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Call(operation.operation, 5, ""));
      const ErrorCode expected = static_cast<Role>(role) >= operation.needs
                                     ? ErrorCode::kMalformedFrame
                                 : role == 0 ? ErrorCode::kUnauthenticated
                                             : ErrorCode::kPermissionDenied;
      EXPECT_THAT(reply.error(), HasErrorCode(expected));
    }
  }
}

TEST_F(Permission, ATokenThatIsLimitedToClassesMayOnlyAskWhatKeepsToThem) {
  Serve();
  const std::string token = MakeToken("sites", "reader", {"Application"});
  for (const protocol::OperationInfo& operation : protocol::OperationTable()) {
    if (operation.one_way || operation.operation == Operation::kHello) continue;
    SCOPED_TRACE(std::string(operation.name));
    WirePeer peer;
    ASSERT_OK(peer.Open(port(), token));
    ASSERT_OK_AND_ASSIGN(const WireReply reply, peer.Call(operation.operation, 5, ""));
    const bool allowed = operation.operation == Operation::kPing ||
                         operation.operation == Operation::kModel ||
                         operation.operation == Operation::kQuery ||
                         operation.operation == Operation::kAttachmentRead;
    EXPECT_THAT(reply.error(),
                HasErrorCode(allowed ? ErrorCode::kMalformedFrame : ErrorCode::kPermissionDenied));
  }
}

TEST_F(Permission, ALimitIsListedByTheNamesOfItsClasses) {
  Serve();
  const std::string token = MakeToken("sites", "reader", {"Application", "Server", "Application"});
  WirePeer limited;
  ASSERT_OK(limited.Open(port(), token));
  ASSERT_OK_AND_ASSIGN(const WireReply refused, limited.Call(Operation::kGet, 2, GetBody({"x"})));
  EXPECT_THAT(refused.error(), IsError(ErrorCode::kPermissionDenied, "limited to classes"));
  WirePeer admin = Admin();
  ASSERT_OK_AND_ASSIGN(
      const WireReply reply,
      admin.Call(Operation::kTokenList, 2, Body([](flatbuffers::FlatBufferBuilder& builder) {
                   return fb::CreateTokenListRequest(builder);
                 })));
  const auto* tokens = reply.As<fb::TokenListReply>()->tokens();
  ASSERT_EQ(tokens->size(), 2U);
  EXPECT_EQ(protocol::TextOf(tokens->Get(0)->classes()), "");
  EXPECT_EQ(protocol::TextOf(tokens->Get(1)->classes()), "Application\nServer");
}

TEST_F(Permission, ALimitThatCannotBeIsRefused) {
  Serve();
  WirePeer admin = Admin();
  struct Case {
    std::string role;
    std::vector<std::string> classes;
    ErrorCode code;
    std::string message;
  };
  for (const Case& c : {Case{"writer", {"Server"}, ErrorCode::kInvalidArgument, "only a reader"},
                        Case{"reader", {"Aplication"}, ErrorCode::kUnknownClass, "did you mean"},
                        Case{"reader", std::vector<std::string>(101, "Server"),
                             ErrorCode::kOutOfRange, "at most 100"}}) {
    SCOPED_TRACE(c.message);
    ASSERT_OK_AND_ASSIGN(
        const WireReply reply,
        admin.Call(Operation::kTokenCreate, 2, Body([&](flatbuffers::FlatBufferBuilder& builder) {
                     const auto classes = builder.CreateVectorOfStrings(c.classes);
                     return fb::CreateTokenCreateRequest(builder, builder.CreateString("x"),
                                                         builder.CreateString(c.role), 1, classes);
                   })));
    EXPECT_THAT(reply.error(), IsError(c.code, c.message));
  }
}

TEST_F(Permission, ARefusedWriteChangesNothing) {
  Serve();
  WirePeer reader;
  ASSERT_OK(reader.Open(port(), MakeToken("r", "reader")));
  ASSERT_OK_AND_ASSIGN(const WireReply refused,
                       reader.Call(Operation::kMutate, 2, PutBody("srv-1", "one")));
  EXPECT_THAT(refused.error(), IsError(ErrorCode::kPermissionDenied, "needs writer"));
  ASSERT_OK_AND_ASSIGN(const WireReply get, reader.Call(Operation::kGet, 3, GetBody({"srv-1"})));
  EXPECT_EQ(get.As<fb::GetReply>()->records()->Get(0)->id(), 0U);
}

std::string RevokeBody(const std::string& name) {
  return Body([&](flatbuffers::FlatBufferBuilder& builder) {
    return fb::CreateTokenRevokeRequestDirect(builder, name.c_str());
  });
}

TEST_F(Permission, RevocationEndsOpenConnectionsAtOnce) {
  Serve();
  const std::string token = MakeToken("leaked", "reader");
  WirePeer idle;
  ASSERT_OK(idle.Open(port(), token));
  WirePeer watching;
  ASSERT_OK(watching.Open(port(), token));
  ASSERT_OK_AND_ASSIGN(
      const WireReply beat,
      watching.Call(Operation::kWatch, 9, Body([](flatbuffers::FlatBufferBuilder& builder) {
                      return fb::CreateWatchRequest(builder);
                    })));
  EXPECT_OK(beat.error());
  WirePeer admin = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply revoked,
                       admin.Call(Operation::kTokenRevoke, 2, RevokeBody("leaked")));
  EXPECT_OK(revoked.error());
  for (WirePeer* peer : {&idle, &watching}) {
    ASSERT_OK_AND_ASSIGN(const WireReply last, peer->Read());
    EXPECT_TRUE(last.is_connection_error());
    EXPECT_THAT(last.error(), HasErrorCode(ErrorCode::kUnauthenticated));
    EXPECT_OK(peer->AwaitEnd());
  }
  WirePeer again;
  EXPECT_THAT(again.Open(port(), token), HasErrorCode(ErrorCode::kUnauthenticated));
  // Others are not disturbed.
  ASSERT_OK_AND_ASSIGN(const WireReply pong, admin.Call(Operation::kPing, 3, PingBody(1)));
  EXPECT_OK(pong.error());
}

TEST_F(Permission, TokensAreListedWithoutTheirSecrets) {
  Serve();
  const std::string token = MakeToken("scanner", "writer");
  WirePeer admin = Admin();
  ASSERT_OK_AND_ASSIGN(
      const WireReply reply,
      admin.Call(Operation::kTokenList, 2, Body([](flatbuffers::FlatBufferBuilder& builder) {
                   return fb::CreateTokenListRequest(builder);
                 })));
  const auto* list = reply.As<fb::TokenListReply>();
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(list->tokens()->size(), 2U);
  EXPECT_EQ(protocol::TextOf(list->tokens()->Get(1)->name()), "scanner");
  EXPECT_EQ(protocol::TextOf(list->tokens()->Get(1)->role()), "writer");
  EXPECT_EQ(reply.body.find(token.substr(4, 20)), std::string::npos);
}

TEST_F(Permission, UnknownTokensAndNamesThatAreTakenAreErrors) {
  Serve();
  WirePeer admin = Admin();
  ASSERT_OK_AND_ASSIGN(const WireReply unknown,
                       admin.Call(Operation::kTokenRevoke, 2, RevokeBody("nobody")));
  EXPECT_THAT(unknown.error(), HasErrorCode(ErrorCode::kNotFound));
  struct Case {
    std::string name;
    std::string role;
    std::uint32_t days;
    ErrorCode code;
  };
  for (const Case& c : {Case{"admin", "reader", 1, ErrorCode::kAlreadyExists},
                        Case{"a b", "reader", 1, ErrorCode::kInvalidArgument},
                        Case{"", "reader", 1, ErrorCode::kInvalidArgument},
                        Case{"x", "emperor", 1, ErrorCode::kInvalidArgument},
                        Case{"x", "reader", 0, ErrorCode::kOutOfRange},
                        Case{"x", "reader", 91, ErrorCode::kOutOfRange}}) {
    SCOPED_TRACE(c.name + " " + c.role + " " + std::to_string(c.days));
    ASSERT_OK_AND_ASSIGN(
        const WireReply reply,
        admin.Call(Operation::kTokenCreate, 2, Body([&](flatbuffers::FlatBufferBuilder& builder) {
                     return fb::CreateTokenCreateRequestDirect(builder, c.name.c_str(),
                                                               c.role.c_str(), c.days);
                   })));
    EXPECT_THAT(reply.error(), HasErrorCode(c.code));
  }
}

}  // namespace
}  // namespace kosei::testing
