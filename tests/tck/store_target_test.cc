// How one store serves many scenarios.
#include "store_target.h"

#include <algorithm>
#include <set>

#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Keeps the keys that are there.
class KeptTarget final : public StoreTarget {
 public:
  absl::StatusOr<Answer> Run(const std::string& /*query*/,
                             const std::map<std::string, Cell>& /*parameters*/) override {
    return Answer{};
  }
  std::set<std::string> present;
  std::set<std::string> ever;
  std::vector<std::string> links;
  int stores = 0;
  std::size_t largest = 0;
  absl::Status refusal;

 private:
  absl::Status NewStore(const Names& /*names*/) override {
    ++stores;
    present.clear();
    return refusal;
  }
  absl::Status Commit(const Batch& batch) override {
    largest = std::max({largest, batch.ended.size(), batch.records.size(), batch.links.size()});
    for (const std::string& key : batch.ended) EXPECT_EQ(present.erase(key), 1U) << key;
    for (const NewRecord& record : batch.records) {
      EXPECT_TRUE(ever.insert(record.key).second) << record.key << " was there before";
      present.insert(record.key);
    }
    for (const NewLink& link : batch.links) {
      EXPECT_TRUE(present.contains(link.source) && present.contains(link.target));
      links.push_back(link.source + " " + link.type + " " + link.target);
    }
    return absl::OkStatus();
  }
};

Content Nodes(std::size_t count) {
  Content content;
  for (std::size_t i = 0; i < count; ++i)
    content.records.push_back({{}, "n" + std::to_string(i), {}});
  return content;
}

TEST(StoreTarget, LeavesNothingOfTheScenarioBefore) {
  KeptTarget target;
  Names names;
  names.types = {"T"};
  Content content = Nodes(2);
  content.links = {{"n0", "T", "n1"}};
  ASSERT_OK(target.Prepare(names, content));
  EXPECT_EQ(target.present.size(), 2U);
  ASSERT_OK(target.Prepare(names, content));
  EXPECT_EQ(target.present.size(), 2U) << "under new keys";
  EXPECT_THAT(target.links, ElementsAre("s1-n0 T s1-n1", "s2-n0 T s2-n1"));
  ASSERT_OK(target.Prepare(names, {}));
  EXPECT_THAT(target.present, IsEmpty());
  EXPECT_EQ(target.stores, 1);
  Names more = names;
  more.labels = {"A"};
  ASSERT_OK(target.Prepare(more, Nodes(1)));
  EXPECT_EQ(target.stores, 2);
}

TEST(StoreTarget, CutsWhatIsTooMuchForOneCommit) {
  KeptTarget target;
  ASSERT_OK(target.Prepare({}, Nodes(7'251)));
  EXPECT_EQ(target.present.size(), 7'251U);
  ASSERT_OK(target.Prepare({}, Nodes(1'000)));
  EXPECT_EQ(target.present.size(), 1'000U);
  EXPECT_EQ(target.largest, 1'000U);
}

TEST(StoreTarget, AStoreThatCannotBeMadeServesNobody) {
  KeptTarget target;
  target.refusal = MakeError(ErrorCode::kModelInvalid, "no model");
  EXPECT_THAT(target.Prepare({}, Nodes(1)), HasErrorCode(ErrorCode::kModelInvalid));
  target.refusal = absl::OkStatus();
  EXPECT_THAT(target.Prepare({}, Nodes(1)), HasErrorCode(ErrorCode::kModelInvalid));
  EXPECT_EQ(target.stores, 1);
  Names other;
  other.types = {"T"};
  EXPECT_OK(target.Prepare(other, Nodes(1)));
}

}  // namespace
}  // namespace kosei::tck
