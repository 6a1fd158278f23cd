// Changing the model of a store that holds something: a change is a commit, and earlier Views go on
// showing what they showed.
#include "database.h"
#include "meta_table.h"
#include "model_change_fixture.h"
#include "model_versions.h"

namespace kosei::testing {
namespace {

using model::AttributeDefinition;
using model::AttributeType;
using model::ClassDefinition;
using model::ModelDefinition;
using model::RelationshipTypeDefinition;
using storage::ModelChangeMode;
using storage::ModelChangeResult;
using storage::ModelOutcome;

TEST_F(ModelChangeTest, AModelIsACommitAndEarlierViewsKeepTheirs) {
  ASSERT_OK(Put("Server", "web-1", {{"memory", 8}}).status());
  const ModelChangeResult result = Apply([](ModelDefinition& model) {
    ClassIn(model, "Server").attributes.push_back(NewAttribute("rack", AttributeType::kString));
    model.classes.push_back(NewClass("Printer", "ConfigurationItem"));
  });
  EXPECT_EQ(result.outcome, ModelOutcome::kApplied);
  EXPECT_EQ(result.commit, CommitNumber{2});
  EXPECT_EQ(result.version, 2U);
  ASSERT_EQ(result.changes.size(), 2U);
  EXPECT_EQ(result.changes[0].subject, "attribute Server.rack");
  EXPECT_EQ(result.changes[1].subject, "class Printer");
  ASSERT_OK(Put("Server", "web-1", {{"rack", "r1"}}).status());
  ASSERT_OK(Put("Printer", "lp-1").status());

  ASSERT_OK_AND_ASSIGN(const storage::CommitInfo commit, reader().Commit(CommitNumber{2}));
  EXPECT_EQ(commit.actor, "ann");
  EXPECT_EQ(commit.cause, "CHG-7");
  EXPECT_EQ(commit.records_created + commit.records_updated + commit.records_ended, 0U);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(reader().ModelVersionAt(CommitNumber{1}), 1U);
    EXPECT_EQ(reader().ModelVersionAt(CommitNumber{2}), 2U);
    ASSERT_OK_AND_ASSIGN(const auto then, reader().SchemaAt(At(CommitNumber{1})));
    EXPECT_EQ(then->FindClass("Printer"), nullptr);
    EXPECT_NE(reader().schema()->FindClass("Printer"), nullptr);
    ASSERT_EQ(reader().ModelVersions().size(), 2U);
    EXPECT_EQ(reader().ModelVersions()[1].hash, commit.model_hash);
    ASSERT_OK_AND_ASSIGN(const std::string text, reader().ModelText(2));
    EXPECT_EQ(text, model::ModelText(model_));
    Restart();
  }
  ExpectSound();
}

TEST_F(ModelChangeTest, TheSameModelChangesNothingAndADryRunNeitherDoes) {
  ASSERT_OK_AND_ASSIGN(const ModelChangeResult same, Change(SmallModel()));
  EXPECT_EQ(same.outcome, ModelOutcome::kUnchanged);
  ModelDefinition next = SmallModel();
  next.classes.push_back(NewClass("Printer", "ConfigurationItem"));
  ASSERT_OK_AND_ASSIGN(const ModelChangeResult dry, Change(next, ModelChangeMode::kDryRun));
  EXPECT_EQ(dry.outcome, ModelOutcome::kFits);
  EXPECT_EQ(dry.changes.size(), 1U);
  EXPECT_EQ(reader().Newest().commit, kNoCommit);
  EXPECT_EQ(reader().schema()->FindClass("Printer"), nullptr);
  ClassIn(next, "Printer").parent = "Nowhere";
  EXPECT_THAT(Change(next).status(), IsError(ErrorCode::kModelInvalid, "Nowhere"));
}

TEST_F(ModelChangeTest, WhatSourcesOfATargetShareIsToldAndIsSafe) {
  const auto both = [](ModelDefinition& m) {
    TypeIn(m, "hosted_on").capacities = {{"Server", "memory", "memory"}};
    TypeIn(m, "hosted_on").places = {{"", "name", ""}};
  };
  const ModelChangeResult added = Apply(both);
  ASSERT_EQ(added.outcome, ModelOutcome::kApplied);
  ASSERT_EQ(added.changes.size(), 2U);
  EXPECT_EQ(added.changes[0].subject, "relationship type hosted_on");
  EXPECT_EQ(added.changes[0].detail, "capacity Server: memory of memory added");
  EXPECT_EQ(added.changes[1].detail, "place name added");
  EXPECT_EQ(added.changes[1].safety, model::ChangeSafety::kSafe);
  Restart();
  EXPECT_EQ(reader().schema()->FindRelationshipType("hosted_on")->capacities.size(), 1U);
  const ModelChangeResult removed =
      Apply([](ModelDefinition& m) { TypeIn(m, "hosted_on").capacities.clear(); });
  ASSERT_EQ(removed.changes.size(), 1U);
  EXPECT_EQ(removed.changes[0].detail, "capacity Server: memory of memory removed");
  ExpectSound();
}

TEST_F(ModelChangeTest, AWidenedValueIsTheSameValue) {
  ModelDefinition unique = model_;
  AttributeIn(unique, "ConfigurationItem", "memory").unique = true;
  ASSERT_OK_AND_ASSIGN(const ModelChangeResult first, Change(unique));
  ASSERT_EQ(first.outcome, ModelOutcome::kApplied);
  model_ = unique;
  ASSERT_OK(Put("Server", "web-1", {{"memory", 8}}).status());
  ASSERT_EQ(Apply([](ModelDefinition& model) {
              AttributeIn(model, "ConfigurationItem", "memory").type = AttributeType::kDecimal;
            }).outcome,
            ModelOutcome::kApplied);
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto again, Put("Server", "web-1", {{"memory", "8.0"}}));
    EXPECT_EQ(again.records_unchanged, 1U);
    EXPECT_THAT(Put("Server", "web-2", {{"memory", 8}}).status(),
                HasErrorCode(ErrorCode::kDuplicateValue));
    Restart();
  }
  ASSERT_OK(Put("Server", "web-1", {{"memory", "8.5"}}).status());
  ASSERT_OK(Put("Server", "web-2", {{"memory", 8}}).status());
  ExpectSound();
}

TEST_F(ModelChangeTest, UniqueCanBeAddedAndTakenBack) {
  ASSERT_OK(Put("Server", "web-1", {{"status", "a"}}).status());
  ASSERT_OK(Put("Server", "web-2", {{"status", "b"}}).status());
  const auto set = [this](bool unique) {
    return Apply([unique](ModelDefinition& model) {
             AttributeIn(model, "ConfigurationItem", "status").unique = unique;
           })
        .outcome;
  };
  ASSERT_EQ(set(true), ModelOutcome::kApplied);
  EXPECT_THAT(Put("Server", "web-2", {{"status", "a"}}).status(),
              HasErrorCode(ErrorCode::kDuplicateValue));
  ExpectSound();
  ASSERT_EQ(set(false), ModelOutcome::kApplied);
  ASSERT_OK(Put("Server", "web-2", {{"status", "a"}}).status());
  ExpectSound();
  EXPECT_EQ(set(true), ModelOutcome::kRefused);
}

TEST_F(ModelChangeTest, ARenamedThingKeepsItsNumberAndAnswersToItsOldName) {
  ASSERT_OK(Put("Server", "web-1", {{"memory", 8}}).status());
  const ClassNumber server = ClassOf("Server");
  const AttributeNumber memory = AttributeOf("memory");
  const ModelChangeResult result = Apply([](ModelDefinition& model) {
    ClassDefinition& computer = ClassIn(model, "Server");
    computer.name = "Computer";
    computer.renamed_from = {"Server"};
    AttributeIn(model, "Computer", "backup_of").reference_class = "Computer";
    AttributeDefinition& ram = AttributeIn(model, "ConfigurationItem", "memory");
    ram.name = "ram";
    ram.renamed_from = {"memory"};
    RelationshipTypeDefinition& on = TypeIn(model, "hosted_on");
    on.name = "runs_on";
    on.renamed_from = {"hosted_on"};
    on.endpoints = {{"Application", "Computer"}};
  });
  EXPECT_EQ(result.outcome, ModelOutcome::kApplied);
  for (const model::ModelChange& change : result.changes) EXPECT_EQ(change.what, "renamed");
  for (int round = 0; round < 2; ++round) {
    const auto schema = reader().schema();
    EXPECT_EQ(schema->ClassName(server), "Computer");
    EXPECT_EQ(schema->AttributeName(memory), "ram");
    EXPECT_EQ(schema->FindClass("Server"), schema->FindClass("Computer"));
    EXPECT_EQ(schema->FindRelationshipType("hosted_on"), schema->FindRelationshipType("runs_on"));
    const model::Class& computer = *schema->FindClass("Computer");
    EXPECT_EQ(schema->FindAttribute(computer, "memory"), schema->FindAttribute(computer, "ram"));
    ASSERT_OK_AND_ASSIGN(const auto then, reader().SchemaAt(At(CommitNumber{1})));
    EXPECT_EQ(then->ClassName(server), "Server");
    EXPECT_EQ(then->AttributeName(memory), "memory");
    Restart();
  }
  ASSERT_OK_AND_ASSIGN(const Record record, Get("web-1"));
  EXPECT_EQ(*record.Find(memory), Value(8));
  // The old name for a new thing: no more.
  ModelDefinition again = model_;
  again.classes.push_back(NewClass("Server", ""));
  EXPECT_THAT(Change(again).status(), IsError(ErrorCode::kModelInvalid, "renamed_from Server"));
}

TEST_F(ModelChangeTest, WhatIsRetiredIsReadAndNotWritten) {
  ASSERT_OK(Put("Person", "bob", {{"status", "here"}}).status());
  ASSERT_OK(End("bob").status());
  ASSERT_EQ(Apply([](ModelDefinition& model) {
              ClassIn(model, "Person").retired = true;
              AttributeIn(model, "ConfigurationItem", "memory").retired = true;
              TypeIn(model, "provides").retired = true;
            }).outcome,
            ModelOutcome::kApplied);
  ASSERT_OK(Put("Server", "web-1").status());
  ASSERT_OK(Put("Server", "web-2").status());
  EXPECT_THAT(Put("Person", "bob").status(), HasErrorCode(ErrorCode::kRetired));
  EXPECT_THAT(Put("Server", "web-1", {{"memory", 8}}).status(),
              IsError(ErrorCode::kRetired, "memory"));
  EXPECT_THAT(Link("web-1", "provides", "web-2").status(),
              IsError(ErrorCode::kRetired, "provides"));
  ASSERT_OK_AND_ASSIGN(const Record then, Get("bob", At(CommitNumber{1})));
  EXPECT_EQ(then.class_number, ClassOf("Person"));
  // Back again.
  ASSERT_EQ(Apply([](ModelDefinition& model) { ClassIn(model, "Person").retired = false; }).outcome,
            ModelOutcome::kApplied);
  ASSERT_OK(Put("Person", "bob").status());
}

TEST_F(ModelChangeTest, AModelGivenAtStartIsAppliedRefusedOrOutOfDate) {
  ASSERT_OK(Put("Server", "web-1", {{"memory", 8}}).status());
  const auto reopen = [this](const ModelDefinition& model, std::string* trouble = nullptr) {
    engine_.reset();
    storage::EngineOptions options = Options();
    options.model = model;
    if (trouble != nullptr)
      options.on_trouble = [trouble](const std::string& line) { *trouble += line; };
    auto engine = storage::Engine::Open(options);
    if (engine.ok()) engine_ = *std::move(engine);
    return engine.status();
  };
  ModelDefinition narrow = SmallModel();
  AttributeIn(narrow, "ConfigurationItem", "memory").maximum = Decimal{4, 0};
  EXPECT_THAT(reopen(narrow), IsError(ErrorCode::kModelRefused, "web-1 memory \"8\""));
  ModelDefinition wide = SmallModel();
  wide.classes.push_back(NewClass("Printer", "ConfigurationItem"));
  ASSERT_OK(reopen(wide));
  ASSERT_OK_AND_ASSIGN(const storage::CommitInfo commit, reader().Commit(CommitNumber{2}));
  EXPECT_EQ(commit.actor, "koseid");
  std::string trouble;
  ASSERT_OK(reopen(SmallModel(), &trouble));
  EXPECT_NE(trouble.find("version 1"), std::string::npos);
  EXPECT_NE(reader().schema()->FindClass("Printer"), nullptr);
  EXPECT_EQ(reader().Newest().commit, CommitNumber{2});
}

TEST_F(ModelChangeTest, AFirstLoadMayFollowAModel) {
  ASSERT_EQ(Apply([](ModelDefinition& model) {
              model.classes.push_back(NewClass("Printer", "ConfigurationItem"));
            }).outcome,
            ModelOutcome::kApplied);
  ASSERT_OK_AND_ASSIGN(auto load, writer().BeginBulk({"loader", "", "", ""}));
  storage::BulkChunk chunk;
  chunk.records.push_back(MakeRecord("Printer", "lp-1"));
  chunk.records.push_back(MakeRecord("Server", "web-1"));
  ASSERT_OK(load->Add(std::move(chunk)).status());
  ModelDefinition next = model_;
  next.classes.push_back(NewClass("Scanner", "ConfigurationItem"));
  EXPECT_THAT(Change(next).status(), HasErrorCode(ErrorCode::kOverloaded));
  ASSERT_OK_AND_ASSIGN(const storage::CommitResult loaded, load->Finish());
  EXPECT_EQ(loaded.commit, CommitNumber{2});
  load.reset();
  ASSERT_OK_AND_ASSIGN(const ModelChangeResult after, Change(next));
  EXPECT_EQ(after.commit, CommitNumber{3});
  ExpectSound();
  EXPECT_OK(Get("lp-1").status());
}

TEST_F(ModelChangeTest, AnAlteredModelIsFoundByVerification) {
  ASSERT_EQ(Apply([](ModelDefinition& model) {
              model.classes.push_back(NewClass("Printer", "ConfigurationItem"));
            }).outcome,
            ModelOutcome::kApplied);
  ASSERT_OK(Put("Server", "web-1").status());
  engine_.reset();
  {
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 8 << 20;
    options.write_buffer_bytes = 8 << 20;
    ASSERT_OK_AND_ASSIGN(const auto database, storage::Database::Open(options));
    const std::string name = storage::ModelVersionKey(2);
    ASSERT_OK_AND_ASSIGN(std::string value, database->Get(storage::Family::kMeta, name));
    const std::size_t at = value.find("ja: \"Printer\"");
    ASSERT_NE(at, std::string::npos);
    value[at + 5] = 'X';
    ASSERT_OK(storage::PutMeta(*database, name, value));
  }
  storage::VerifyOptions options;
  options.folder = folder_ / "data";
  ASSERT_OK_AND_ASSIGN(const storage::VerifyReport report, storage::VerifyStore(options));
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0],
            "commit 1: what is stored of version 2 of the model is not what it says: it was "
            "altered");
}

}  // namespace
}  // namespace kosei::testing
