// Statements of the query language through a client, where a scripted server would not do.
#include <chrono>
#include <memory>
#include <thread>

#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using kosei::testing::HasErrorCode;

class OneWorker : public Estate {
 protected:
  OneWorker() : Estate(std::vector<std::string>{"--workers", "1"}) {}

  // A client that waits so long for an answer.
  std::unique_ptr<client::Client> Patient(std::chrono::milliseconds patience) {
    client::Options options;
    options.server = server.address();
    options.token = server.admin_token();
    options.request_timeout = patience;
    auto connected = client::Client::Connect(options);
    EXPECT_OK(connected);
    return connected.ok() ? *std::move(connected) : nullptr;
  }
  static absl::Status Ask(client::Client& client, std::string text,
                          std::shared_ptr<client::Cancellation> cancellation = nullptr) {
    client::StatementRequest request;
    request.text = std::move(text);
    request.cancellation = std::move(cancellation);
    return client
        .Query(request,
               [](const std::vector<std::string>&, const client::QueryRow&) { return true; })
        .status();
  }
};

TEST_F(OneWorker, ACancelledStatementLeavesItsWorkerToTheNext) {
  const auto hasty = Patient(std::chrono::milliseconds(500));
  // Less than the server gives a statement that nobody ends.
  const auto patient = Patient(std::chrono::seconds(20));
  ASSERT_TRUE(hasty != nullptr && patient != nullptr);
  const auto cancellation = std::make_shared<client::Cancellation>();
  absl::Status ended;
  std::thread asks([&] {
    ended = Ask(*client,
                "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b "
                "RETURN sum(a * b % 7)",
                cancellation);
  });
  // Until the worker is busy with it.
  while (Ask(*hasty, "RETURN 1 AS n").ok()) continue;
  cancellation->Cancel();
  asks.join();
  EXPECT_THAT(ended, HasErrorCode(ErrorCode::kCancelled));
  EXPECT_OK(Ask(*patient, "RETURN 1 AS n"));
}

}  // namespace
}  // namespace kosei::e2e
