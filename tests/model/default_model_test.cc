// The model that kosei ships: it builds, speaks both languages, and says what users count on.
#include <set>

#include "kosei/base/record.h"
#include "kosei/model/schema.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

class DefaultModel : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(definition_, ReadModel(KOSEI_DEFAULT_MODEL_FOLDER));
    ASSERT_OK_AND_ASSIGN(schema_, Schema::Build(definition_, book_));
  }

  // Names of the enum's values as declared.
  std::vector<std::string> ValuesOf(std::string_view attribute) const {
    std::vector<std::string> names;
    const Class& root = *schema_->FindClass("ConfigurationItem");
    for (const EnumValue& value : schema_->FindAttribute(root, attribute)->definition.values)
      names.push_back(value.name);
    return names;
  }

  bool IsProcessRecord(const Class& known) const {
    return schema_->IsA(known.number, schema_->FindClass("ProcessRecord")->number);
  }

  ModelDefinition definition_;
  NameBook book_;
  std::shared_ptr<const Schema> schema_;
};

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

TEST_F(DefaultModel, HasTheClassesOfTheField) {
  for (const std::string_view name : {"BusinessService",
                                      "TechnicalService",
                                      "Application",
                                      "ApplicationInstance",
                                      "Database",
                                      "Middleware",
                                      "VirtualMachine",
                                      "Hypervisor",
                                      "Cluster",
                                      "Server",
                                      "OperatingSystem",
                                      "SoftwarePackage",
                                      "StorageSystem",
                                      "NetworkSwitch",
                                      "Router",
                                      "Firewall",
                                      "LoadBalancer",
                                      "Rack",
                                      "Site",
                                      "PowerFeed",
                                      "Certificate",
                                      "Document",
                                      "Person",
                                      "Team",
                                      "Organisation",
                                      "Contract",
                                      "SoftwareInstallation",
                                      "SystemdService",
                                      "ListeningSocket"}) {
    SCOPED_TRACE(name);
    const Class* found = schema_->FindClass(name);
    ASSERT_NE(found, nullptr);
    EXPECT_FALSE(found->definition.is_abstract);
    EXPECT_TRUE(schema_->IsA(found->number, schema_->FindClass("ConfigurationItem")->number));
  }
}

// Beside it stand what processes write: records, and what is kept along with them.
TEST_F(DefaultModel, HasOneRootWithTheAttributesOfEveryItem) {
  std::set<std::string> roots;
  for (const Class& known : schema_->classes())
    if (known.parent.value == 0) roots.insert(known.definition.name);
  EXPECT_EQ(roots,
            (std::set<std::string>{"ConfigurationItem", "ProcessRecord", "ProcessEntry",
                                   "ProcessDefinition", "AttachmentContent", "AttachmentPart"}));
  const Class& root = *schema_->FindClass("ConfigurationItem");
  EXPECT_TRUE(root.definition.is_abstract);
  std::set<std::string> names;
  for (const Attribute& attribute : root.attributes) names.insert(attribute.definition.name);
  EXPECT_EQ(names, (std::set<std::string>{"name", "description", "status", "environment", "owner",
                                          "serial_number", "asset_tag", "criticality",
                                          "operational_status", "impact_gate"}));
  EXPECT_TRUE(schema_->FindAttribute(root, "serial_number")->definition.unique);
  EXPECT_NE(schema_->well_known().name.value, 0);
  EXPECT_NE(schema_->well_known().description.value, 0);
  EXPECT_NE(schema_->well_known().status.value, 0);
  EXPECT_EQ(ValuesOf("status"),
            (std::vector<std::string>{"planned", "ordered", "in_stock", "in_build", "live",
                                      "retired", "disposed"}));
  EXPECT_EQ(ValuesOf("environment"),
            (std::vector<std::string>{"production", "staging", "test", "development",
                                      "disaster_recovery"}));
  EXPECT_EQ(ValuesOf("criticality"),
            (std::vector<std::string>{"critical", "high", "medium", "low"}));
  EXPECT_EQ(ValuesOf("operational_status"), (std::vector<std::string>{"up", "degraded", "down"}));
}

TEST_F(DefaultModel, TakesARecordOfClassAndKeyAlone) {
  for (const Class& known : schema_->classes()) {
    if (known.definition.is_abstract || schema_->IsProcess(known.number)) continue;
    Record record;
    record.class_number = known.number;
    record.key = "x";
    EXPECT_OK(schema_->Canonicalise(record, Schema::Defaults::kFill)) << known.definition.name;
    EXPECT_TRUE(record.attributes.empty()) << known.definition.name;
  }
}

TEST_F(DefaultModel, LetsProcessesAloneWriteTheirRecordsAndAsksForATitle) {
  const ClassNumber entry = schema_->FindClass("ProcessEntry")->number;
  const ClassNumber definition = schema_->FindClass("ProcessDefinition")->number;
  for (const Class& known : schema_->classes()) {
    const bool record = IsProcessRecord(known);
    const bool content =
        known.definition.name == "AttachmentContent" || known.definition.name == "AttachmentPart";
    EXPECT_EQ(schema_->IsProcess(known.number),
              record || schema_->IsA(known.number, entry) || known.number == definition || content)
        << known.definition.name;
    if (!record || known.definition.is_abstract) continue;
    EXPECT_TRUE(schema_->FindAttribute(known, "name")->definition.required);
    const Attribute* state = schema_->FindAttribute(known, "state");
    ASSERT_NE(state, nullptr) << known.definition.name;
    EXPECT_TRUE(state->definition.type == AttributeType::kEnum && state->definition.indexed)
        << known.definition.name;
    Record untitled;
    untitled.class_number = known.number;
    untitled.key = "x";
    EXPECT_FALSE(schema_->Canonicalise(untitled, Schema::Defaults::kFill).ok())
        << known.definition.name;
  }
}

TEST_F(DefaultModel, SpeaksEnglishAndJapanese) {
  const auto expect_label = [](const Label& label, const std::string& what) {
    EXPECT_FALSE(label.en.empty()) << what;
    EXPECT_TRUE(IsAscii(label.en)) << what;
    EXPECT_FALSE(label.ja.empty()) << what;
    // URL is the one word that is the same in both.
    EXPECT_TRUE(!IsAscii(label.ja) || label.ja == "URL") << what << ": " << label.ja;
  };
  for (const Class& known : schema_->classes()) {
    expect_label(known.definition.label, known.definition.name);
    for (const AttributeDefinition& attribute : known.definition.attributes) {
      const std::string what = known.definition.name + "." + attribute.name;
      expect_label(attribute.label, what);
      for (const EnumValue& value : attribute.values)
        expect_label(value.label, what + "=" + value.name);
    }
  }
  for (const RelationshipType& type : schema_->relationship_types()) {
    expect_label(type.definition.label, type.definition.name);
    expect_label(type.definition.inverse_label, type.definition.name + ", inverse");
  }
  for (const ImpactContext& context : schema_->impact_contexts())
    expect_label(context.definition.label, context.definition.name);
}

TEST_F(DefaultModel, SaysWhichWayFailureTravels) {
  struct Case {
    std::string_view name;
    ImpactDirection impact;
  };
  const Case cases[] = {
      {"depends_on", ImpactDirection::kTargetToSource},
      {"runs_on", ImpactDirection::kTargetToSource},
      {"hosted_on", ImpactDirection::kTargetToSource},
      {"connects_to", ImpactDirection::kTargetToSource},
      {"member_of", ImpactDirection::kTargetToSource},
      {"located_in", ImpactDirection::kTargetToSource},
      {"powered_by", ImpactDirection::kTargetToSource},
      {"uses", ImpactDirection::kTargetToSource},
      {"provides", ImpactDirection::kSourceToTarget},
      {"supports", ImpactDirection::kSourceToTarget},
      {"owned_by", ImpactDirection::kNone},
      {"consumed_by", ImpactDirection::kNone},
      {"covered_by", ImpactDirection::kNone},
      {"supported_by_team", ImpactDirection::kNone},
  };
  std::set<std::string_view> named;
  for (const Case& c : cases) {
    const RelationshipType* type = schema_->FindRelationshipType(c.name);
    ASSERT_NE(type, nullptr) << c.name;
    EXPECT_EQ(type->definition.impact, c.impact) << c.name;
    named.insert(c.name);
  }
  for (const RelationshipType& type : schema_->relationship_types()) {
    if (named.contains(type.definition.name)) continue;
    EXPECT_EQ(type.definition.impact, ImpactDirection::kNone)
        << type.definition.name << ", a link of processes";
  }
  EXPECT_EQ(schema_->FindRelationshipType("hosted_on")->definition.cardinality,
            Cardinality::kManyToOne);
  // To a cluster its members give; a team or a site gives to its own.
  const RelationshipTypeNumber member_of = schema_->FindRelationshipType("member_of")->number;
  const auto towards = [&](std::string_view target) {
    return schema_
        ->ImpactRuleOf(member_of, schema_->FindClass("Server")->number,
                       schema_->FindClass(target)->number)
        .impact;
  };
  EXPECT_EQ(towards("Cluster"), ImpactDirection::kSourceToTarget);
  EXPECT_EQ(towards("Team"), ImpactDirection::kTargetToSource);
}

TEST_F(DefaultModel, KnowsReservesAndWhoIsOutOfService) {
  const auto number = [&](std::string_view name) { return schema_->FindClass(name)->number; };
  const GatePart* cluster = schema_->GateOf(number("Cluster"));
  ASSERT_NE(cluster, nullptr);
  EXPECT_EQ(GateText(*cluster), "at_least(min_members, member_of)");
  EXPECT_EQ(schema_->GateOf(number("Server")), nullptr);
  EXPECT_NE(schema_->FindAttribute(*schema_->FindClass("Cluster"), "members_needed"), nullptr)
      << "the name that it had";
  for (const Class& known : schema_->classes()) {
    if (!schema_->IsA(known.number, number("ConfigurationItem"))) continue;
    EXPECT_EQ(schema_->AttributeName(schema_->GateAttributeOf(known.number)), "impact_gate");
    const OutOfService* out = schema_->OutOfServiceOf(known.number);
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(schema_->AttributeName(out->attribute), "status");
    EXPECT_EQ(out->values, (std::vector<std::string>{"planned", "ordered", "in_stock", "in_build",
                                                     "retired", "disposed"}));
    EXPECT_EQ(schema_->IsService(known.number), schema_->IsA(known.number, number("Service")));
  }
  const std::pair<std::string_view, State> contexts[] = {
      {"down", State::kFailed},
      {"degraded", State::kDegraded},
      {"incident_down", State::kFailed},
      {"incident_degraded", State::kDegraded},
      {"change_in_progress", State::kFailed},
      {"change_scheduled", State::kFailed},
  };
  ASSERT_EQ(schema_->impact_contexts().size(), std::size(contexts));
  for (std::size_t i = 0; i < std::size(contexts); ++i) {
    EXPECT_EQ(schema_->impact_contexts()[i].definition.name, contexts[i].first);
    EXPECT_EQ(schema_->impact_contexts()[i].definition.state, contexts[i].second);
  }
}

TEST_F(DefaultModel, KnowsTheParties) {
  struct Case {
    std::string_view type;
    PartyRole role;
  };
  const Case cases[] = {{"owned_by", PartyRole::kOwner},
                        {"consumed_by", PartyRole::kCustomer},
                        {"covered_by", PartyRole::kAgreement},
                        {"supported_by_team", PartyRole::kSupport}};
  for (const Case& c : cases)
    EXPECT_EQ(schema_->FindRelationshipType(c.type)->definition.role, c.role) << c.type;
}

TEST_F(DefaultModel, LinksWhatTheFieldLinks) {
  struct Case {
    std::string_view source;
    std::string_view type;
    std::string_view target;
    bool allowed;
  };
  const Case cases[] = {
      {"BusinessService", "depends_on", "Application", true},
      {"SoftwarePackage", "depends_on", "SoftwarePackage", true},
      {"SoftwarePackage", "provides", "SoftwarePackage", true},
      {"Application", "runs_on", "Server", true},
      {"ListeningSocket", "runs_on", "SystemdService", true},
      {"ApplicationInstance", "hosted_on", "VirtualMachine", true},
      {"VirtualMachine", "hosted_on", "Hypervisor", true},
      {"Hypervisor", "hosted_on", "Server", true},
      {"SoftwareInstallation", "hosted_on", "Server", true},
      {"Application", "hosted_on", "Middleware", true},
      {"Server", "hosted_on", "Person", false},
      {"Server", "connects_to", "NetworkSwitch", true},
      {"Server", "member_of", "Cluster", true},
      {"Person", "member_of", "Team", true},
      {"Server", "located_in", "Rack", true},
      {"Rack", "located_in", "Site", true},
      {"Server", "located_in", "Server", false},
      {"Rack", "powered_by", "PowerFeed", true},
      {"Server", "powered_by", "Contract", false},
      {"Server", "uses", "StorageSystem", true},
      {"Team", "supports", "BusinessService", true},
      {"Contract", "supports", "Server", true},
      {"Server", "owned_by", "Team", true},
      {"Server", "owned_by", "Server", false},
      {"BusinessService", "consumed_by", "Organisation", true},
      {"Server", "consumed_by", "Organisation", false},
      {"TechnicalService", "covered_by", "Contract", true},
      {"Server", "supported_by_team", "Team", true},
      {"Incident", "affects", "Server", true},
      {"Server", "affects", "Incident", false},
      {"Incident", "concerns", "BusinessService", true},
      {"Incident", "depends_on", "Server", false},
      {"Incident", "caused_by", "Change", true},
      {"Incident", "matched_to", "KnownError", true},
      {"Change", "targets", "Server", true},
      {"Change", "part_of", "Release", true},
      {"Change", "decided_in", "CabMeeting", true},
      {"Task", "part_of", "ServiceRequest", true},
      {"Deployment", "deploys", "Release", true},
      {"ServiceRequest", "asks", "CatalogueItem", true},
      {"Person", "watches", "Problem", true},
      {"Vote", "vote_of", "Approval", true},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(schema_->EndpointsAllowed(*schema_->FindRelationshipType(c.type),
                                        schema_->FindClass(c.source)->number,
                                        schema_->FindClass(c.target)->number),
              c.allowed)
        << c.source << " " << c.type << " " << c.target;
  }
}

TEST_F(DefaultModel, TakesPackagesAsTheirArchiveHasThem) {
  const Class& package = *schema_->FindClass("SoftwarePackage");
  const std::pair<std::string_view, Value> values[] = {
      {"version", "1:2.0~rc1+dfsg-3+b1"},
      {"architecture", "all"},
      {"section", "non-free/libs"},
      {"priority", "optional"},
      {"maintainer", "\xC3\x81\x64\xC3\xA1m <a@b>, Team"},
      {"homepage", "see http://example.com (old)"},
      {"installed_size", "123456"},
      {"source_package", "openssl (3.0.1)"},
      {"description", "One line\n more\n .\n\tlines"},
  };
  for (const auto& [name, value] : values)
    EXPECT_OK(schema_->Coerce(**schema_->GetAttribute(package, name), value)) << name;
}

TEST_F(DefaultModel, HasOneCanonicalText) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition again, ReadModel(KOSEI_DEFAULT_MODEL_FOLDER));
  EXPECT_EQ(CanonicalText(again), CanonicalText(definition_));
  const NameBook before = book_;
  ASSERT_OK(Schema::Build(again, book_));
  EXPECT_EQ(book_, before);
}

}  // namespace
}  // namespace kosei::model
