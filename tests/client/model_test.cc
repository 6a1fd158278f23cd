#include "kosei/client/model.h"

#include "kosei/base/error.h"
#include "model_decoding.h"
#include "server_bytes.h"
#include "status_matchers.h"

namespace kosei::client {
namespace {

using kosei::testing::IsError;

Model TestModel() {
  absl::StatusOr<Model> model = DecodeModel(testing::ModelReplyBody());
  EXPECT_OK(model);
  return model.ok() ? *std::move(model) : Model();
}

TEST(Model, TranslatesNamesAndNumbers) {
  const Model model = TestModel();
  EXPECT_EQ(model.AttributeOf("cpus"), AttributeNumber{4});
  EXPECT_EQ(model.AttributeOf("colour"), AttributeNumber{0});
  EXPECT_EQ(model.AttributeOf(""), AttributeNumber{0});
  EXPECT_EQ(model.RelationshipTypeOf("runs_on"), RelationshipTypeNumber{1});
  EXPECT_EQ(model.ClassName(ClassNumber{2}), "Server");
  EXPECT_EQ(model.ClassName(ClassNumber{0}), "");
  EXPECT_EQ(model.ClassName(ClassNumber{3}), "");
  EXPECT_EQ(model.AttributeName(AttributeNumber{1}), "name");
  EXPECT_EQ(model.RelationshipTypeName(RelationshipTypeNumber{1}), "runs_on");
}

TEST(Model, FindsInheritedAttributesAndPrefersTheRefined) {
  const Model model = TestModel();
  const ModelClass* server = model.FindClass("Server");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(model.FindClass(server->number), server);
  const ModelAttribute* status = model.FindAttribute(*server, "status");
  ASSERT_NE(status, nullptr);
  ASSERT_EQ(status->values.size(), 1U);
  EXPECT_EQ(status->values[0].label.ja, "稼働中");
  const ModelAttribute* name = model.FindAttribute(*server, "name");
  ASSERT_NE(name, nullptr);
  EXPECT_TRUE(name->unique);  // as Server refines it
  EXPECT_EQ(model.FindAttribute(*model.FindClass("ConfigurationItem"), "cpus"), nullptr);
  EXPECT_EQ(model.FindClass("server"), nullptr);
}

TEST(Model, SuggestsTheNearestName) {
  const Model model = TestModel();
  const ModelClass& server = *model.FindClass("Server");
  EXPECT_EQ(model.NearestAttribute(server, "hostnam"), "hostname");
  EXPECT_EQ(model.NearestAttribute(server, "host_name"), "hostname");
  EXPECT_EQ(model.NearestAttribute(server, "satus"), "status");
  EXPECT_EQ(model.NearestAttribute(server, "cpu"), "cpus");
  EXPECT_EQ(model.NearestAttribute(server, "colour"), "");
}

TEST(Model, LabelsAreThoseOfTheNearestThatDeclaresSome) {
  const auto model_of = [](const char* of_root, const char* of_server) {
    flatbuffers::FlatBufferBuilder b;
    const auto class_of = [&b](std::uint16_t number, const char* name, const char* labels) {
      const auto text = b.CreateString(name);
      flatbuffers::Offset<flatbuffers::String> declared;
      if (labels != nullptr) declared = b.CreateString(labels);
      fb::ModelClassBuilder one(b);
      one.add_number(number);
      one.add_name(text);
      one.add_parent(static_cast<std::uint16_t>(number - 1));
      one.add_labels(declared);
      return one.Finish();
    };
    const std::vector<flatbuffers::Offset<fb::ModelClass>> classes = {
        class_of(1, "Item", of_root), class_of(2, "Server", of_server),
        class_of(3, "Host", nullptr)};
    const auto vector = b.CreateVector(classes);
    fb::ModelReplyBuilder reply(b);
    reply.add_version(7);
    reply.add_classes(vector);
    return DecodeModel(testing::Body(b, reply.Finish()));
  };
  const auto labels_of_host = [](const absl::StatusOr<Model>& model) {
    EXPECT_OK(model);
    return model.ok() ? model->LabelsOf(*model->FindClass("Host")) : std::vector<std::string>();
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(labels_of_host(model_of(nullptr, nullptr)), (Names{"Host", "Server", "Item"}));
  EXPECT_EQ(labels_of_host(model_of("Thing", nullptr)), Names{"Thing"});
  EXPECT_EQ(labels_of_host(model_of("Thing", "Box Machine")), (Names{"Box", "Machine"}));
  EXPECT_EQ(labels_of_host(model_of("Thing", "")), Names{});
}

TEST(Model, KnowsWhatIsSaidOfImpact) {
  flatbuffers::FlatBufferBuilder b;
  const std::vector<flatbuffers::Offset<fb::ModelClass>> classes = {
      fb::CreateModelClassDirect(b, 1, "Service", 0, true, "Service", "サービス", nullptr, false,
                                 "", "any(powered_by)", "status", "planned retired", 1)};
  const std::vector<flatbuffers::Offset<fb::ModelImpactRule>> rules = {
      fb::CreateModelImpactRuleDirect(b, "Application", "", 3, 0),
      fb::CreateModelImpactRuleDirect(b, "", "Cluster")};
  fb::ModelRelationshipTypeBuilder plain(b);
  plain.add_number(2);
  const auto usual = plain.Finish();
  const std::vector<flatbuffers::Offset<fb::ModelRelationshipType>> types = {
      fb::CreateModelRelationshipTypeDirect(b, 1, "uses", "", "", "", "", 1, 0, false, "", nullptr,
                                            nullptr, 0, 1, &rules, 2),
      usual};
  const std::vector<flatbuffers::Offset<fb::ModelImpactContext>> contexts = {
      fb::CreateModelImpactContextDirect(b, "down", "Down", "停止", "Service", "status", "a b", 2,
                                         "affects", "begin", "end")};
  const auto body = testing::Body(
      b, fb::CreateModelReplyDirect(b, 1, &classes, &types, nullptr, nullptr, nullptr, &contexts));
  const absl::StatusOr<Model> model = DecodeModel(body);
  ASSERT_OK(model);
  const ModelClass& service = model->classes.at(0);
  EXPECT_EQ(service.gate, "any(powered_by)");
  EXPECT_EQ(service.out_of_service, "status");
  EXPECT_EQ(service.out_of_service_values, (std::vector<std::string>{"planned", "retired"}));
  EXPECT_EQ(service.role, 1);
  const ModelRelationshipType& uses = model->relationship_types.at(0);
  EXPECT_EQ(uses.effect_of_degraded, 0);
  EXPECT_EQ(uses.effect_of_failed, 1);
  EXPECT_EQ(uses.role, 2);
  ASSERT_EQ(uses.impact_rules.size(), 2U);
  EXPECT_EQ(uses.impact_rules[0].source, "Application");
  EXPECT_EQ(uses.impact_rules[0].impact, 3);
  EXPECT_EQ(uses.impact_rules[0].degraded, 0);
  EXPECT_EQ(uses.impact_rules[0].failed, ModelImpactRule::kAsTheType);
  EXPECT_EQ(uses.impact_rules[1].target, "Cluster");
  EXPECT_EQ(uses.impact_rules[1].impact, ModelImpactRule::kAsTheType);
  EXPECT_EQ(model->relationship_types.at(1).effect_of_degraded, 1) << "of a server that says none";
  EXPECT_EQ(model->relationship_types.at(1).effect_of_failed, 2);
  const ModelImpactContext& down = model->impact_contexts.at(0);
  EXPECT_EQ(down.label.ja, "停止");
  EXPECT_EQ(down.class_name, "Service");
  EXPECT_EQ(down.values, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(down.state, 2);
  EXPECT_EQ(down.over, "affects");
  EXPECT_EQ(down.to, "end");
}

TEST(Model, RefusesParentsThatGoRound) {
  struct Case {
    const char* name;
    std::uint16_t parent_of_first, parent_of_second;
    bool good;
  };
  const Case cases[] = {{"a root and its child", 0, 1, true},
                        {"its own parent", 1, 0, false},
                        {"a circle of two", 2, 1, false},
                        {"an unknown parent", 0, 9, false}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    flatbuffers::FlatBufferBuilder b;
    const std::vector<flatbuffers::Offset<fb::ModelClass>> classes = {
        fb::CreateModelClassDirect(b, 1, "A", one.parent_of_first),
        fb::CreateModelClassDirect(b, 2, "B", one.parent_of_second)};
    const auto offset = b.CreateVector(classes);
    const auto model = DecodeModel(testing::Body(b, fb::CreateModelReply(b, 1, offset)));
    if (one.good) {
      EXPECT_OK(model);
    } else {
      EXPECT_THAT(model, IsError(ErrorCode::kMalformedFrame, "root"));
    }
  }
}

}  // namespace
}  // namespace kosei::client
