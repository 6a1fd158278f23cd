// A server whose disk fills up: it says so, goes on answering, and loses nothing it acknowledged.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>

#include "estate.h"

namespace kosei::e2e {
namespace {

using kosei::testing::HasErrorCode;
using kosei::testing::IsError;

class DiskFull : public Estate {
 protected:
  DiskFull() : Estate(std::string(KOSEI_FULL_DISK_LIBRARY)) {}

  void Say(const std::string& word) { std::ofstream(server.data() + "." + word) << "yes"; }
  void TakeBack(const std::string& word) { std::filesystem::remove(server.data() + "." + word); }
  // One commit of one new record.
  absl::Status Write() {
    client::Mutation mutation;
    mutation.put_records.push_back(
        {MakeRecord("Server", "host-" + std::to_string(++written_), {{"name", "Host"}}), {}});
    const auto counts = client->Mutate(mutation);
    if (counts.ok()) acknowledged_.push_back(mutation.put_records[0].record.key);
    return counts.status();
  }
  // Writes until the outcome is what the caller waits for; the server looks at its disk by itself.
  absl::Status WriteUntil(const std::function<bool(const absl::Status&)>& is_it) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (std::chrono::steady_clock::now() < end) {
      const absl::Status status = Write();
      if (is_it(status)) return status;
    }
    return absl::DeadlineExceededError("the outcome did not come");
  }
  void ExpectAllAcknowledged() {
    for (const std::string& key : acknowledged_) EXPECT_TRUE(Find(key).has_value()) << key;
  }
  void Restart() {
    client.reset();
    ASSERT_OK(server.Stop());
    ASSERT_OK(server.Start());
    client = Connect(server.admin_token());
    ASSERT_NE(client, nullptr);
  }

  int written_ = 0;
  std::vector<std::string> acknowledged_;
};

const auto kFails = [](const absl::Status& status) { return !status.ok(); };
const auto kSucceeds = [](const absl::Status& status) { return status.ok(); };

TEST_F(DiskFull, WritesWaitForSpaceBeforeNoneIsLeftAndReadsGoOn) {
  ASSERT_OK(Write());
  Say("low");
  EXPECT_THAT(WriteUntil(kFails), IsError(ErrorCode::kStorageLow, "free some space and try again"));
  ExpectAllAcknowledged();
  TakeBack("low");
  // Without a restart.
  EXPECT_OK(WriteUntil(kSucceeds));
  ExpectAllAcknowledged();
}

TEST_F(DiskFull, AWriteThatFindsNoSpaceStopsWritingAndLosesNothing) {
  for (int i = 0; i < 10; ++i) ASSERT_OK(Write());
  Say("full");
  EXPECT_THAT(WriteUntil(kFails), IsError(ErrorCode::kStorageLow, "No space left on device"));
  // Whether that one is on the disk nobody knows until it is read again, so nothing follows it.
  TakeBack("full");
  EXPECT_THAT(Write(), IsError(ErrorCode::kStorageReadOnly, "restart koseid"));
  ExpectAllAcknowledged();

  Restart();
  EXPECT_NE(server.Log().find("store is read-only from now on"), std::string::npos);
  ExpectAllAcknowledged();
  EXPECT_OK(Write());
}

TEST_F(DiskFull, AFirstLoadThatFindsNoSpaceLeavesNothingAndMayBeDoneAgain) {
  const auto load = [&]() -> absl::Status {
    auto loader = client->BeginBulk({});
    if (!loader.ok()) return loader.status();
    for (int i = 0; i < 20'000; ++i) {
      const absl::Status added =
          (*loader)->AddRecord(MakeRecord("Server", "bulk-" + std::to_string(i)));
      if (!added.ok()) return added;
    }
    return (*loader)->Finish().status();
  };
  Say("full");
  EXPECT_THAT(load(), HasErrorCode(ErrorCode::kStorageLow));
  EXPECT_FALSE(Find("bulk-1").has_value());
  TakeBack("full");
  Restart();
  EXPECT_FALSE(Find("bulk-1").has_value());
  EXPECT_OK(load());
  EXPECT_TRUE(Find("bulk-19999").has_value());
}

}  // namespace
}  // namespace kosei::e2e
