// A model that changes under a client that stays connected, and under kill -9.
#include <atomic>
#include <thread>

#include "estate.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using client::ModelApplied;
using client::ModelOutcome;
using kosei::testing::HasErrorCode;

class ModelChange : public Estate {
 protected:
  // The model in force with one more class.
  std::vector<client::ModelFile> WithClass(client::Client& by, const std::string& name) {
    auto text = by.GetModelText({});
    EXPECT_OK(text);
    return {{"model.yaml", text->text + "---\nclasses:\n  - name: " + name +
                               "\n    parent: ConfigurationItem\n    label: {en: " + name +
                               ", ja: " + name + "}\n"}};
  }
};

TEST_F(ModelChange, AConnectedClientLearnsOfTheNewModelFromAnyAnswer) {
  const auto other = Connect(server.admin_token());
  ASSERT_NE(other, nullptr);
  ASSERT_OK_AND_ASSIGN(const ModelApplied applied,
                       client->ApplyModel(WithClass(*client, "Robot"), false, {"robots", "", ""}));
  EXPECT_EQ(applied.outcome, ModelOutcome::kApplied);
  EXPECT_NE(client->model()->FindClass("Robot"), nullptr);
  EXPECT_EQ(other->model()->FindClass("Robot"), nullptr);
  Put({MakeRecord("Robot", "r-1")}, {});
  ASSERT_OK_AND_ASSIGN(const client::GetResult got, other->Get({"r-1"}));
  EXPECT_EQ(got.view.model_version, applied.version);
  ASSERT_NE(other->model()->FindClass("Robot"), nullptr);
  EXPECT_EQ(other->model()->ClassName(got.records[0]->record.class_number), "Robot");
  // The day before still has the model of before.
  client::ViewName before;
  before.kind = client::ViewName::Kind::kCommit;
  ASSERT_OK_AND_ASSIGN(const auto then, other->ModelAt(before));
  EXPECT_EQ(then->FindClass("Robot"), nullptr);
  EXPECT_THAT(other->ModelNumber(99), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(ModelChange, WritersAndModelsTakeTurnsAndKillingLosesNeither) {
  for (int round = 1; round <= 3; ++round) {
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> written{0};
    std::thread writer([&] {
      const auto own = Connect(server.admin_token());
      for (int i = 0; own != nullptr && !stop.load(); ++i) {
        client::Mutation mutation;
        mutation.put_records.push_back(
            {MakeRecord("Server", "s-" + std::to_string(round) + "-" + std::to_string(i)), {}});
        const auto counts = own->Mutate(mutation);
        if (!counts.ok()) return;
        written.store(counts->commit);
      }
    });
    const auto applied =
        client->ApplyModel(WithClass(*client, "Robot" + std::to_string(round)), false, {});
    EXPECT_OK(applied);
    server.Kill();
    stop.store(true);
    writer.join();
    ASSERT_OK(server.Start());
    client = Connect(server.admin_token());
    ASSERT_NE(client, nullptr);
    EXPECT_GE(client->server().newest_commit, std::max(applied->commit, written.load()));
    EXPECT_NE(client->model()->FindClass("Robot" + std::to_string(round)), nullptr);
    ASSERT_OK_AND_ASSIGN(const auto versions, client->ModelHistory());
    EXPECT_EQ(versions.size(), static_cast<std::size_t>(round) + 1);
  }
}

}  // namespace
}  // namespace kosei::e2e
