// Random versions, policies, holds, baselines and plans under a clock that jumps, against a naive
// list of what may go.
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "pch.h"
#include "retention_fixture.h"

namespace kosei::testing {
namespace {

using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400'000'000;

struct NaiveVersion {
  std::uint64_t commit = 0;
  Timestamp time;
  std::optional<std::string> name;  // nullopt: it says that the record is no more
  bool retired = false;
};
struct NaivePolicy {
  int keep_days = -1;
  std::uint32_t keep_versions = 0;
  int after_end_days = -1;
};

class RetentionRandom : public RetentionTest {
 protected:
  static std::string ClassOfKey(const std::string& key) {
    return key[0] == 'p' ? "Person" : "Server";
  }
  std::string Key() { return (random_() % 2 == 0 ? "p" : "s") + std::to_string(random_() % 4); }
  bool Lives(const std::string& key) {
    const auto found = past_.find(key);
    return found != past_.end() && found->second.back().name.has_value();
  }
  void Say(const std::string& key, const absl::StatusOr<storage::CommitResult>& result,
           std::optional<std::string> name) {
    ASSERT_OK(result.status());
    past_[key].push_back({result->commit.value, result->time, std::move(name)});
  }
  void Change() {
    const std::string key = Key();
    if (random_() % 5 == 0 && Lives(key)) return Say(key, End(key), std::nullopt);
    const std::string name = "n" + std::to_string(++names_);
    Say(key, Put(ClassOfKey(key), key, {{"name", Value(name)}}), name);
  }
  void ChangePolicy() {
    const std::string name =
        std::vector<std::string>{"Person", "Server", "ConfigurationItem"}[random_() % 3];
    if (policies_.contains(name) && random_() % 3 == 0) {
      ASSERT_OK(retention().ClearPolicy(ClassOf(name), Why("x")).status());
      policies_.erase(name);
      return;
    }
    NaivePolicy policy;
    if (random_() % 3 != 0) policy.keep_days = static_cast<int>(random_() % 60) + 1;
    if (random_() % 3 == 0) policy.keep_versions = static_cast<std::uint32_t>(random_() % 4) + 1;
    if (random_() % 2 == 0) policy.after_end_days = static_cast<int>(random_() % 90) + 1;
    if (policy.keep_days < 0 && policy.keep_versions == 0 && policy.after_end_days < 0) return;
    const auto days = [](int count) {
      return count < 0 ? std::string() : "P" + std::to_string(count) + "D";
    };
    SetPolicy(name, days(policy.keep_days), policy.keep_versions, days(policy.after_end_days));
    policies_[name] = policy;
  }
  void ChangeHold() {
    if (!holds_.empty() && random_() % 2 == 0) {
      const auto hold = holds_.begin();
      ASSERT_OK(retention().DropHold(hold->first, Why("x")).status());
      holds_.erase(hold);
      return;
    }
    const std::string key = Key();
    if (!past_.contains(key)) return;
    const std::string name = "h" + std::to_string(++names_);
    Hold(name, {key});
    holds_[name] = key;
  }
  void ChangeBaseline() {
    if (!baselines_.empty() && random_() % 3 == 0) {
      ASSERT_OK(writer().DropBaseline(baselines_.begin()->first));
      baselines_.erase(baselines_.begin());
      return;
    }
    const CommitNumber commit{1 + random_() % reader().Newest().commit.value};
    const std::string name = "b" + std::to_string(++names_);
    ASSERT_OK(writer().CreateBaseline({name, At(commit), "", "ann", clock_.Now()}));
    baselines_[name] = commit.value;
  }
  void ChangePlan() {
    if (!plans_.empty() && random_() % 3 == 0) {
      ASSERT_OK(plans().Drop(plans_.begin()->first));
      plans_.erase(plans_.begin());
      return;
    }
    const std::string key = Key();
    if (!Lives(key)) return;
    const std::string name = "plan" + std::to_string(++names_);
    OpenPlan(name);
    const std::uint64_t known = reader().Newest().commit.value;
    ASSERT_OK(Edit(name, Putting("", key, {{"status", Value(name)}})));
    plans_[name] = {key, known};
  }

  const NaivePolicy* PolicyOf(const std::string& key) {
    for (const std::string& name : {ClassOfKey(key), std::string("ConfigurationItem")}) {
      const auto found = policies_.find(name);
      if (found != policies_.end()) return &found->second;
    }
    return nullptr;
  }
  // The version that was the newest at a commit.
  static bool Shown(const std::vector<NaiveVersion>& versions, std::size_t i,
                    std::uint64_t commit) {
    return versions[i].commit <= commit &&
           (i + 1 == versions.size() || versions[i + 1].commit > commit);
  }
  bool MayGo(const std::string& key, const std::vector<NaiveVersion>& versions, std::size_t i) {
    const NaivePolicy* const policy = PolicyOf(key);
    if (policy == nullptr || !versions[i].name) return false;
    const auto before = [this](Timestamp time, int days) {
      return time.micros < clock_.Now().micros - days * kDay;
    };
    const bool ended = !versions.back().name;
    const bool over = policy->after_end_days >= 0 && ended &&
                      before(versions.back().time, policy->after_end_days);
    if (!over) {
      if (i + 1 == versions.size()) return false;
      if (policy->keep_days < 0 && policy->keep_versions == 0) return false;
      if (policy->keep_days >= 0 && !before(versions[i + 1].time, policy->keep_days)) return false;
      if (versions.size() - 1 - i < policy->keep_versions) return false;
    }
    for (const auto& [name, held] : holds_) {
      if (held == key) return false;
    }
    for (const auto& [name, commit] : baselines_) {
      if (Shown(versions, i, commit)) return false;
    }
    for (const auto& [name, plan] : plans_) {
      if (plan.first == key && Shown(versions, i, plan.second)) return false;
    }
    return true;
  }
  void RunBoth() {
    std::uint64_t expected = 0;
    for (auto& [key, versions] : past_) {
      for (std::size_t i = 0; i < versions.size(); ++i) {
        if (versions[i].retired || !MayGo(key, versions, i)) continue;
        versions[i].retired = true;
        ++expected;
      }
    }
    ASSERT_EQ(Run(true).retired, expected);
    ASSERT_EQ(Run().retired, expected);
    retired_ += expected;
  }
  void Compare() {
    for (const auto& [key, versions] : past_) {
      std::vector<std::uint64_t> expected;
      for (const NaiveVersion& version : versions) {
        if (version.retired) expected.push_back(version.commit);
      }
      ASSERT_EQ(RetiredOf(key), expected) << key;
      for (std::size_t i = 0; i < versions.size(); ++i) {
        const auto record = Get(key, At(CommitNumber{versions[i].commit}));
        if (versions[i].retired) {
          ASSERT_THAT(record, HasErrorCode(ErrorCode::kHistoryRetired));
        } else if (!versions[i].name) {
          ASSERT_THAT(record, HasErrorCode(ErrorCode::kNotFound));
        } else {
          ASSERT_OK(record.status());
          ASSERT_EQ(*record->Find(AttributeOf("name")), Value(*versions[i].name));
        }
      }
    }
  }

  const std::uint32_t seed_ = std::random_device()();
  std::mt19937 random_{seed_};
  int names_ = 0;
  std::uint64_t retired_ = 0;
  std::map<std::string, std::vector<NaiveVersion>> past_;
  std::map<std::string, NaivePolicy> policies_;
  std::map<std::string, std::string> holds_;                            // name -> key
  std::map<std::string, std::uint64_t> baselines_;                      // name -> commit
  std::map<std::string, std::pair<std::string, std::uint64_t>> plans_;  // name -> key, commit
};

TEST_F(RetentionRandom, RetiresWhatANaiveListLetsGo) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  ASSERT_OK(engine_->indexes().Build("name"));
  Change();
  for (int step = 0; step < 600; ++step) {
    Days(static_cast<int>(random_() % 8));
    switch (random_() % 16) {
      case 0:
        ChangePolicy();
        break;
      case 1:
        ChangeHold();
        break;
      case 2:
        ChangeBaseline();
        break;
      case 3:
        ChangePlan();
        break;
      case 4:
        RunBoth();
        break;
      default:
        Change();
    }
    if (HasFatalFailure()) return;
    if (random_() % 100 == 0) {
      EXPECT_THAT(Findings(), IsEmpty());
      Compare();
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(retired_, 0U);
  EXPECT_THAT(Findings(), IsEmpty());
  Compare();
}

}  // namespace
}  // namespace kosei::testing
