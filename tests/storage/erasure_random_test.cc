// Random commits and erasures against a naive store that forgets; every View compared, every byte
// of the disk searched.
#include <map>
#include <random>
#include <set>

#include "erasure_fixture.h"
#include "pch.h"

namespace kosei::testing {
namespace {

using ::testing::IsEmpty;

constexpr const char* kAttributes[] = {"name", "description", "status", "serial_number"};

// Values by key and attribute.
using NaiveEstate = std::map<std::string, std::map<std::string, std::string>>;

class ErasureRandom : public ErasureTest {
 protected:
  std::string Key() { return "k" + std::to_string(random_() % 8); }
  // Never said twice, and not to be compressed.
  std::string Secret() {
    std::string text = "S" + std::to_string(++secrets_) + "-";
    for (int i = 0; i < 16; ++i) text += static_cast<char>('a' + random_() % 26);
    return text;
  }
  void Remember(const absl::StatusOr<storage::CommitResult>& result) {
    ASSERT_OK(result.status());
    if (result->commit != kNoCommit) past_[result->commit.value] = now_;
  }
  void PutSome() {
    const std::string key = Key();
    Attributes attributes;
    auto& known = now_[key];
    for (const char* attribute : kAttributes) {
      if (random_() % 2 == 0) continue;
      const std::string value = Secret();
      attributes.emplace_back(attribute, Value(value));
      said_[value] = {key, attribute};
      known[attribute] = value;
    }
    Remember(Put("Person", key, attributes));
  }
  void EndOne() {
    const std::string key = Key();
    if (!now_.contains(key)) return;
    now_.erase(key);
    Remember(End(key));
  }
  void PlanSome() {
    const std::string key = Key();
    if (!now_.contains(key)) return;
    const std::string attribute = kAttributes[random_() % std::size(kAttributes)];
    const std::string value = Secret();
    if (!Edit("plan", Putting("", key, {{attribute, Value(value)}})).ok()) return;
    said_[value] = {key, attribute};
  }
  void EraseSome() {
    const std::string key = Key();
    std::vector<std::string> attributes;
    for (const char* attribute : kAttributes) {
      if (random_() % 3 == 0) attributes.emplace_back(attribute);
    }
    const auto erased = Erase(key, attributes);
    if (!past_.empty() && erased.ok()) {
      if (attributes.empty()) attributes.assign(std::begin(kAttributes), std::end(kAttributes));
      const auto forget = [&](NaiveEstate& estate) {
        const auto found = estate.find(key);
        if (found == estate.end()) return;
        for (const std::string& attribute : attributes) found->second.erase(attribute);
      };
      forget(now_);
      for (auto& [commit, estate] : past_) forget(estate);
      if (erased->commit != kNoCommit) past_[erased->commit.value] = now_;
      const std::string disk = Disk();
      for (auto said = said_.begin(); said != said_.end();) {
        const auto& [of_key, of_attribute] = said->second;
        const bool gone = of_key == key && std::find(attributes.begin(), attributes.end(),
                                                     of_attribute) != attributes.end();
        if (gone) EXPECT_EQ(disk.find(said->first), std::string::npos) << said->first;
        said = gone ? said_.erase(said) : std::next(said);
      }
      return;
    }
    // Nothing of that key yet, or all of a record that is there.
    EXPECT_TRUE(HasCode(erased.status(), ErrorCode::kNotFound) ||
                (attributes.empty() && now_.contains(key)))
        << erased.status();
  }
  void ExpectEveryView() {
    for (const auto& [commit, estate] : past_) {
      SCOPED_TRACE("commit " + std::to_string(commit));
      NaiveEstate found;
      ASSERT_OK(reader().Scan(At(CommitNumber{commit}), RecordId{1},
                              [&](RecordId, CommitNumber, RecordView record) {
                                auto& values = found[std::string(record.key())];
                                for (const char* attribute : kAttributes) {
                                  const Value value = record.Find(AttributeOf(attribute));
                                  if (!value.is_null()) values[attribute] = value.text();
                                }
                                return true;
                              }));
      ASSERT_EQ(found, estate);
      for (int i = 0; i < 8; ++i) {
        const std::string key = "k" + std::to_string(i);
        const auto record = Get(key, At(CommitNumber{commit}));
        ASSERT_EQ(record.ok(), estate.contains(key));
        if (record.ok()) ASSERT_EQ(record->attributes.size(), estate.at(key).size());
      }
    }
  }

  const std::uint32_t seed_ = std::random_device()();
  std::mt19937 random_{seed_};
  int secrets_ = 0;
  NaiveEstate now_;
  std::map<std::uint64_t, NaiveEstate> past_;
  std::map<std::string, std::pair<std::string, std::string>> said_;  // and not erased yet
};

TEST_F(ErasureRandom, AgreesWithANaiveStoreThatForgets) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  ASSERT_OK(engine_->indexes().Build("status"));
  PutSome();
  OpenPlan("plan");
  int searched = 0;
  for (int step = 0; step < 250; ++step) {
    switch (random_() % 10) {
      case 0:
        EndOne();
        break;
      case 1:
      case 2:
        EraseSome();
        break;
      case 3:
        PlanSome();
        break;
      default:
        PutSome();
    }
    if (HasFatalFailure()) return;
    if (random_() % 60 == 0) {
      EXPECT_THAT(Findings(), IsEmpty());
      // What was not erased is found, so the search for the others means something.
      const std::string disk = Disk();
      for (const auto& [value, of] : said_) {
        if (disk.find(value) != std::string::npos) ++searched;
      }
    }
  }
  EXPECT_GT(searched, 0);
  ExpectEveryView();
  EXPECT_THAT(Findings(), IsEmpty());
  ExpectEveryView();
}

}  // namespace
}  // namespace kosei::testing
