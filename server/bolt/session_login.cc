// Who speaks: HELLO, LOGON, LOGOFF; and where clients are to connect to: ROUTE.
#include <utility>

#include "absl/strings/str_format.h"
#include "bolt/failure.h"
#include "bolt/limits.h"
#include "bolt/session.h"
#include "kosei/base/error.h"
#include "kosei/protocol/messages.h"
#include "version.h"

namespace kosei::server::bolt {
namespace {

// While a statement is carried out a sign of life comes every limits.heartbeat; a client that has
// seen none for so many of them may give up.
constexpr int kSignsMissed = 4;
constexpr std::chrono::seconds kRouteKept{300};

// Drivers of some languages refuse a server that does not begin so, and read a number behind it.
std::string Agent() {
  return "Neo4j/5.4.0-kosei-" + std::string(kServerVersion.substr(kServerVersion.find('/') + 1));
}

}  // namespace

void Session::OnLogin(Tag tag, const std::string& message) {
  absl::StatusOr<Login> login = DecodeLogin(message);
  if (!login.ok()) return FailConnection(login.status());
  if (tag == Tag::kLogon) return Admit(*login);
  if (!login->address.empty()) address_ = login->address;
  user_agent_ = protocol::CutAtCharacter(login->user_agent, kAgentShown);
  if (version_ < kLogonSince) return Admit(*login);
  state_ = State::kLogon;
  SayHello();
}

void Session::SayHello() {
  Metadata hints;
  hints.Integer(
      "connection.recv_timeout_seconds",
      std::chrono::ceil<std::chrono::seconds>(kSignsMissed * services_.limits.heartbeat).count());
  Metadata hello;
  hello.Text("server", Agent());
  hello.Text("connection_id", "bolt-" + number_);
  hello.AddPacked("hints", hints.Packed());
  Succeed(hello);
}

void Session::Admit(const Login& login) {
  absl::Status refused;
  if (login.scheme == "bearer" || login.scheme == "basic") {
    absl::StatusOr<Principal> principal = services_.tokens.Authenticate(login.credentials);
    refused = principal.status();
    if (principal.ok()) principal_ = std::make_shared<Principal>(*std::move(principal));
  } else {
    refused = MakeError(ErrorCode::kUnauthenticated,
                        absl::StrFormat("sign in: \"%s\" is no way to; use \"bearer\" with a token "
                                        "of kosei, or \"basic\" with any name and the token as "
                                        "password",
                                        protocol::CutAtCharacter(login.scheme, kAgentShown)));
  }
  if (principal_ == nullptr) {
    services_.log.Write(LogLevel::kWarning, "authentication_failed",
                        {{"connection", number_}, {"peer", peer_.address}});
    outbox_.Bytes(Failure(NeoCodeOf(refused), MessageOf(refused)));
    return Close("authentication_failed");
  }
  const bool greets = state_ == State::kGreeting;
  state_ = State::kServing;
  reader_.set_message_max(kMessageBytesMax);
  services_.log.Write(LogLevel::kInfo, "session_opened",
                      {{"connection", number_},
                       {"peer", peer_.address},
                       {"user", principal_->name},
                       {"role", std::string(NameOf(principal_->role))},
                       {"agent", user_agent_},
                       {"bolt", FormatVersion(version_)}});
  if (greets) return SayHello();
  Succeed();
}

void Session::OnLogoff() {
  if (version_ < kLogonSince || transaction_.has_value() || !results_.empty())
    return OutOfPlace(Tag::kLogoff);
  services_.log.Write(LogLevel::kInfo, "session_signed_off",
                      {{"connection", number_}, {"user", principal_->name}});
  principal_.reset();
  state_ = State::kLogon;
  guest_since_ = services_.clock.Monotonic();
  reader_.set_message_max(kMessageBytesMaxBeforeLogon);
  Succeed();
}

// One server does everything.
void Session::OnRoute(const std::string& message) {
  if (transaction_.has_value() || !results_.empty()) return OutOfPlace(Tag::kRoute);
  const absl::StatusOr<Route> route = DecodeRoute(message);
  if (!route.ok()) return Refuse(route.status());
  if (!AcceptDatabase(route->database, route->impersonated)) return;
  const std::string& address = route->address.empty() ? address_ : route->address;
  std::string servers;
  language::PackWriter writer(servers, language::PackForm::kBolt5);
  writer.ListHead(3);
  for (const std::string_view role : {"ROUTE", "READ", "WRITE"}) {
    writer.MapHead(2);
    writer.String("addresses");
    writer.ListHead(1);
    writer.String(address);
    writer.String("role");
    writer.String(role);
  }
  Metadata table;
  table.Integer("ttl", kRouteKept.count());
  table.Text("db", kDatabase);
  table.AddPacked("servers", servers);
  Metadata answer;
  answer.AddPacked("rt", table.Packed());
  Succeed(answer);
}

}  // namespace kosei::server::bolt
