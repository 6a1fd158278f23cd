// What the query language calls the records of a class.
#include <string>
#include <string_view>
#include <vector>

#include "kosei/model/comparison.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kEstate = R"(
classes:
  - {name: Item, abstract: true, label: {en: I, ja: i}}
  - {name: Node, parent: Item, label: {en: N, ja: n}}
  - {name: Server, parent: Node, label: {en: S, ja: s}}
  - {name: Rack, parent: Item, labels: [Cabinet, Place], renamed_from: Shelf, label: {en: R, ja: r}}
  - {name: SmallRack, parent: Rack, label: {en: SR, ja: sr}}
  - {name: Room, parent: Rack, labels: [], label: {en: RO, ja: ro}}
  - {name: Host, parent: Node, labels: [Server], renamed_from: Box, label: {en: H, ja: h}}
)";

std::vector<std::string> LabelsOf(const Schema& schema, std::string_view name) {
  const auto labels = schema.LabelsOf(schema.FindClass(name)->number);
  return {labels.begin(), labels.end()};
}

std::vector<std::string> Carriers(const Schema& schema, std::string_view label) {
  std::vector<std::string> names;
  for (const ClassNumber number : schema.ClassesWithLabel(label))
    names.emplace_back(schema.ClassName(number));
  return names;
}

TEST(Labels, AreTheNamesFromTheClassUpwardsUnlessItSaysOthers) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  EXPECT_THAT(LabelsOf(*schema, "Server"), ElementsAre("Server", "Node", "Item"));
  EXPECT_THAT(LabelsOf(*schema, "Rack"), ElementsAre("Cabinet", "Place"));
  EXPECT_THAT(LabelsOf(*schema, "SmallRack"), ElementsAre("Cabinet", "Place")) << "inherited";
  EXPECT_THAT(LabelsOf(*schema, "Room"), IsEmpty());
  EXPECT_THAT(LabelsOf(*schema, "Host"), ElementsAre("Server"));
  EXPECT_THAT(schema->LabelsOf(ClassNumber{0}), IsEmpty());
  EXPECT_THAT(schema->LabelsOf(ClassNumber{99}), IsEmpty());
}

TEST(Labels, LeadToTheConcreteClassesThatCarryThem) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  EXPECT_THAT(Carriers(*schema, "Item"), ElementsAre("Node", "Server"));
  EXPECT_THAT(Carriers(*schema, "Node"), ElementsAre("Node", "Server"));
  EXPECT_THAT(Carriers(*schema, "Server"), ElementsAre("Server", "Host"));
  EXPECT_THAT(Carriers(*schema, "Cabinet"), ElementsAre("Rack", "SmallRack"));
  EXPECT_THAT(Carriers(*schema, "Rack"), IsEmpty()) << "its labels stand in the name's place";
  EXPECT_THAT(Carriers(*schema, "Shelf"), IsEmpty());
  EXPECT_THAT(Carriers(*schema, "nothing"), IsEmpty());
  EXPECT_THAT(schema->labels(), ElementsAre("Cabinet", "Item", "Node", "Place", "Server"));
}

TEST(Labels, AFormerNameFindsWhatThePresentOneDoes) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(R"(
classes:
  - {name: Server, renamed_from: Machine, label: {en: S, ja: s}}
  - {name: Blade, parent: Server, label: {en: B, ja: b}}
)"));
  EXPECT_THAT(Carriers(*schema, "Machine"), ElementsAre("Server", "Blade"));
  EXPECT_THAT(schema->labels(), ElementsAre("Blade", "Server"));
}

TEST(Labels, AreReadBackFromTheTextOfAModel) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(kEstate, "m.yaml"));
  ASSERT_OK_AND_ASSIGN(const ModelDefinition again, ReadModelText(ModelText(model), "text"));
  EXPECT_EQ(CanonicalText(again), CanonicalText(model));
  NameBook book;
  ASSERT_OK_AND_ASSIGN(const auto schema, Schema::Build(again, book));
  EXPECT_THAT(LabelsOf(*schema, "Room"), IsEmpty());
  EXPECT_THAT(LabelsOf(*schema, "Rack"), ElementsAre("Cabinet", "Place"));
}

TEST(Labels, AChangeOfThemIsSafeAndNamed) {
  std::string after(kEstate);
  after.replace(after.find("[Cabinet, Place]"), 16, "[Place]");
  NameBook book;
  ASSERT_OK_AND_ASSIGN(ModelDefinition old, ParseModel(kEstate, "m.yaml"));
  ASSERT_OK_AND_ASSIGN(ModelDefinition now, ParseModel(after, "m.yaml"));
  ASSERT_OK_AND_ASSIGN(const auto first, Schema::Build(std::move(old), book));
  ASSERT_OK_AND_ASSIGN(const auto second, Schema::Build(std::move(now), book));
  const ModelComparison comparison = Compare(*first, *second);
  ASSERT_EQ(comparison.changes.size(), 1U);
  EXPECT_EQ(comparison.changes[0].subject, "class Rack");
  EXPECT_EQ(comparison.changes[0].detail, "labels [Cabinet, Place] -> [Place]");
  EXPECT_EQ(comparison.safety(), ChangeSafety::kSafe);
}

TEST(Labels, AreNamesEachOnce) {
  const auto build = [](std::string_view labels) {
    std::string yaml = "classes:\n  - {name: A, label: {en: A, ja: a}, labels: ";
    yaml += labels;
    return BuildYaml(yaml + "}\n");
  };
  EXPECT_OK(build("[a_B9, _x, KNOWS]"));
  EXPECT_THAT(build("[a b]"), IsError(ErrorCode::kModelInvalid, "label \"a b\" is not a name"));
  EXPECT_THAT(build("['9a']"), IsError(ErrorCode::kModelInvalid, "not a name"));
  EXPECT_THAT(build("['']"), IsError(ErrorCode::kModelInvalid, "not a name"));
  EXPECT_THAT(build("[B, B]"), IsError(ErrorCode::kModelInvalid, "label B is defined twice"));
  EXPECT_THAT(build("B"), IsError(ErrorCode::kModelInvalid, "list"));
}

}  // namespace
}  // namespace kosei::model
