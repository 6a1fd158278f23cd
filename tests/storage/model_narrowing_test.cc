// Models that allow less than the one before: taken by a store that they fit, refused with the list
// of what stands in their way by any other.
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "model_change_fixture.h"

namespace kosei::testing {
namespace {

using model::AttributeDefinition;
using model::AttributeType;
using model::ModelDefinition;
using storage::ModelChangeMode;
using storage::ModelChangeResult;
using storage::ModelOutcome;

// One narrowing each, and what of the estate below stands in its way.
struct Narrowing {
  const char* name;
  std::function<void(ModelDefinition&)> change;
  std::vector<std::string> keys;  // of the findings
  std::string subject;
};

std::vector<Narrowing> Narrowings() {
  return {
      {"required",
       [](ModelDefinition& m) { AttributeIn(m, "ConfigurationItem", "name").required = true; },
       {"app-1", "app-2", "bob", "web-2"},
       "name"},
      {"minimum",
       [](ModelDefinition& m) {
         AttributeIn(m, "ConfigurationItem", "memory").minimum = Decimal{9, 0};
       },
       {"web-1"},
       "memory"},
      {"maximum",
       [](ModelDefinition& m) {
         AttributeIn(m, "ConfigurationItem", "memory").maximum = Decimal{9, 0};
       },
       {"web-2"},
       "memory"},
      {"pattern",
       [](ModelDefinition& m) { AttributeIn(m, "ConfigurationItem", "name").pattern = "[a-z]+"; },
       {"web-1"},
       "name"},
      {"unique",
       [](ModelDefinition& m) { AttributeIn(m, "ConfigurationItem", "status").unique = true; },
       {"web-2"},
       "status"},
      {"attribute retired",
       [](ModelDefinition& m) { AttributeIn(m, "ConfigurationItem", "memory").retired = true; },
       {"web-1", "web-2"},
       "memory"},
      {"attribute removed",
       [](ModelDefinition& m) { ClassIn(m, "Server").attributes.clear(); },
       {"web-2"},
       "backup_of"},
      {"class retired",
       [](ModelDefinition& m) { ClassIn(m, "Person").retired = true; },
       {"bob"},
       ""},
      {"class abstract",
       [](ModelDefinition& m) { ClassIn(m, "Person").is_abstract = true; },
       {"bob"},
       ""},
      {"class removed",
       [](ModelDefinition& m) {
         std::erase_if(m.classes, [](const auto& one) { return one.name == "Person"; });
         TypeIn(m, "owned_by").endpoints = {{"ConfigurationItem", "ConfigurationItem"}};
       },
       {"app-2", "bob"},
       ""},
      {"endpoint removed",
       [](ModelDefinition& m) { TypeIn(m, "depends_on").endpoints = {{"Server", "Server"}}; },
       {"app-1"},
       "depends_on"},
      {"cardinality out",
       [](ModelDefinition& m) {
         TypeIn(m, "depends_on").cardinality = model::Cardinality::kManyToOne;
       },
       {"app-1"},
       "depends_on"},
      {"cardinality in",
       [](ModelDefinition& m) {
         TypeIn(m, "depends_on").cardinality = model::Cardinality::kOneToMany;
       },
       {"web-1"},
       "depends_on"},
      {"type retired",
       [](ModelDefinition& m) { TypeIn(m, "hosted_on").retired = true; },
       {"app-1"},
       "hosted_on"},
      {"type removed",
       [](ModelDefinition& m) {
         std::erase_if(m.relationship_types,
                       [](const auto& one) { return one.name == "hosted_on"; });
       },
       {"app-1"},
       "hosted_on"},
      {"reference narrowed",
       [](ModelDefinition& m) {
         m.classes.push_back(NewClass("BackupServer", "Server"));
         AttributeIn(m, "Server", "backup_of").reference_class = "BackupServer";
       },
       {"web-2"},
       "backup_of"},
      {"re-parented",
       [](ModelDefinition& m) { ClassIn(m, "Application").parent = ""; },
       {"app-1", "app-2"},
       ""},
  };
}

class Narrowed : public ModelChangeTest {
 protected:
  void FillEstate() {
    ASSERT_OK(
        Put("Server", "web-1", {{"name", "Web 1"}, {"memory", 8}, {"status", "live"}}).status());
    ASSERT_OK(Put("Server", "web-2", {{"memory", 16}, {"status", "live"}, {"backup_of", "web-1"}})
                  .status());
    ASSERT_OK(Put("Application", "app-1", {}).status());
    ASSERT_OK(Put("Application", "app-2", {}).status());
    ASSERT_OK(Put("Person", "bob", {}).status());
    ASSERT_OK(Link("app-1", "depends_on", "web-1").status());
    ASSERT_OK(Link("app-1", "depends_on", "web-2").status());
    ASSERT_OK(Link("web-2", "depends_on", "web-1").status());
    ASSERT_OK(Link("app-1", "hosted_on", "web-1").status());
    ASSERT_OK(Link("app-2", "owned_by", "bob").status());
    ASSERT_OK(Put("Server", "gone", {{"memory", 1}}).status());
    ASSERT_OK(End("gone").status());
  }
  static std::vector<std::string> KeysOf(const ModelChangeResult& result) {
    std::set<std::string> keys;
    for (const storage::ModelFinding& finding : result.findings) keys.insert(finding.key);
    return {keys.begin(), keys.end()};
  }
};

TEST_F(Narrowed, IsTakenByAnEmptyStore) {
  for (const Narrowing& one : Narrowings()) {
    SCOPED_TRACE(one.name);
    ModelDefinition next = SmallModel();
    one.change(next);
    ASSERT_OK_AND_ASSIGN(const ModelChangeResult result, Change(next, ModelChangeMode::kDryRun));
    EXPECT_EQ(result.outcome, ModelOutcome::kFits);
    EXPECT_FALSE(result.changes.empty());
  }
}

TEST_F(Narrowed, IsRefusedWithTheListOfWhatStandsInItsWay) {
  FillEstate();
  const CommitNumber newest = reader().Newest().commit;
  for (const Narrowing& one : Narrowings()) {
    SCOPED_TRACE(one.name);
    ModelDefinition next = SmallModel();
    one.change(next);
    ASSERT_OK_AND_ASSIGN(const ModelChangeResult result, Change(next));
    EXPECT_EQ(result.outcome, ModelOutcome::kRefused);
    EXPECT_EQ(result.finding_count, result.findings.size());
    EXPECT_EQ(KeysOf(result), one.keys);
    if (!one.subject.empty()) {
      for (const auto& finding : result.findings) EXPECT_EQ(finding.subject, one.subject);
    }
  }
  EXPECT_EQ(reader().Newest().commit, newest);
  EXPECT_EQ(reader().ModelVersions().size(), 1U);
}

TEST_F(Narrowed, IsTakenWhenTheDataWasMended) {
  FillEstate();
  for (const char* key : {"app-1", "app-2", "bob", "web-2"})
    ASSERT_OK(Put("", key, {{"name", key}}).status());
  const ModelChangeResult result = Apply([](ModelDefinition& model) {
    AttributeIn(model, "ConfigurationItem", "name").required = true;
  });
  EXPECT_EQ(result.outcome, ModelOutcome::kApplied);
  EXPECT_THAT(Put("Person", "eve").status(), HasErrorCode(ErrorCode::kRequiredMissing));
  Restart();
  EXPECT_THAT(Put("Person", "eve").status(), HasErrorCode(ErrorCode::kRequiredMissing));
  ExpectSound();
}

TEST_F(ModelChangeTest, PlannedFactsAreLookedAtToo) {
  storage::Transaction planned;
  planned.put_records.push_back({MakeRecord("Server", "web-1", {{"memory", 8}}), std::nullopt});
  planned.put_records.back().record.valid_from = Timestamp{clock_.Now().micros + 3'600'000'000'000};
  ASSERT_OK(writer().Commit(planned).status());
  const ModelChangeResult result = Apply([](ModelDefinition& model) {
    AttributeIn(model, "ConfigurationItem", "memory").maximum = Decimal{4, 0};
  });
  EXPECT_EQ(result.outcome, ModelOutcome::kRefused);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings[0].key, "web-1");
  EXPECT_EQ(result.findings[0].value, "8");
}

TEST_F(ModelChangeTest, ATypeChangeThatIsNoWideningIsNeverTaken) {
  const ModelChangeResult result = Apply([](ModelDefinition& model) {
    AttributeDefinition& memory = AttributeIn(model, "ConfigurationItem", "memory");
    memory.type = AttributeType::kBoolean;
    memory.minimum.reset();
  });
  EXPECT_EQ(result.outcome, ModelOutcome::kRefused);
  ASSERT_FALSE(result.changes.empty());
  bool never = false;
  for (const auto& change : result.changes)
    never = never || (change.safety == model::ChangeSafety::kNever &&
                      change.detail == "type integer -> boolean");
  EXPECT_TRUE(never);
}

}  // namespace
}  // namespace kosei::testing
