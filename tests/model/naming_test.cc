// Names that other tools gave, in a file that says so.
#include <string>
#include <string_view>

#include "kosei/model/comparison.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;

constexpr std::string_view kImported = R"(
naming: free
classes:
  - name: host_v2
    label: {en: H, ja: h}
    attributes:
      - {name: id, type: any, label: {en: Id, ja: i}}
      - {name: key, type: any, label: {en: Key, ja: k}}
      - {name: class, type: any, label: {en: Class, ja: c}}
      - {name: FirstName, type: any, renamed_from: firstName, label: {en: N, ja: n}}
relationship_types:
  - name: KNOWS
    label: {en: Knows, ja: k}
    inverse_label: {en: Known by, ja: k}
    endpoints: [{source: host_v2, target: host_v2}]
    impact: none
)";

TEST(Naming, FreeTakesTheNamesOfOtherTools) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kImported));
  const Class* host = schema->FindClass("host_v2");
  ASSERT_NE(host, nullptr);
  EXPECT_NE(schema->FindAttribute(*host, "id"), nullptr);
  EXPECT_NE(schema->FindAttribute(*host, "firstName"), nullptr);
  EXPECT_NE(schema->FindRelationshipType("KNOWS"), nullptr);
  EXPECT_EQ(schema->FindRelationshipType("knows"), nullptr);
}

TEST(Naming, IsStrictWhereNothingIsSaid) {
  const std::string strict(kImported.substr(kImported.find("classes:")));
  EXPECT_THAT(BuildYaml(strict), IsError(ErrorCode::kModelInvalid, "not UpperCamelCase"));
  EXPECT_THAT(BuildYaml("naming: strict\n" + strict),
              IsError(ErrorCode::kModelInvalid, "not UpperCamelCase"));
  EXPECT_THAT(BuildYaml("naming: loose\n" + strict),
              IsError(ErrorCode::kModelInvalid, "expected one of strict, free"));
}

TEST(Naming, OfFormerNamesIsFreeSoThatThingsCanBeGivenNamesOfTheHouse) {
  constexpr std::string_view kRenamed = R"(
classes:
  - name: Host
    renamed_from: host_v2
    label: {en: H, ja: h}
    attributes:
      - {name: first_name, type: any, renamed_from: [firstName, FirstName], label: {en: N, ja: n}}
relationship_types:
  - name: knows
    renamed_from: KNOWS
    label: {en: Knows, ja: k}
    inverse_label: {en: Known by, ja: k}
    endpoints: [{source: Host, target: Host}]
    impact: none
)";
  NameBook book;
  ASSERT_OK_AND_ASSIGN(ModelDefinition before, ParseModel(kImported, "imported.yaml"));
  ASSERT_OK_AND_ASSIGN(const auto imported, Schema::Build(std::move(before), book));
  ASSERT_OK_AND_ASSIGN(ModelDefinition after, ParseModel(kRenamed, "own.yaml"));
  ASSERT_OK_AND_ASSIGN(const auto renamed, Schema::Build(std::move(after), book));
  EXPECT_EQ(renamed->FindClass("Host")->number, imported->FindClass("host_v2")->number);
  EXPECT_EQ(renamed->FindRelationshipType("knows")->number,
            imported->FindRelationshipType("KNOWS")->number);
  std::string broken(kRenamed);
  broken.replace(broken.find("host_v2"), 7, "'host v2'");
  EXPECT_THAT(BuildYaml(broken),
              IsError(ErrorCode::kModelInvalid,
                      "class Host: renamed_from \"host v2\" is not a name of at most"));
}

TEST(Naming, OfOneFileIsNotThatOfAnother) {
  constexpr std::string_view kStrictType =
      "relationship_types:\n"
      "  - {name: LIKES, label: {en: L, ja: l}, inverse_label: {en: L, ja: l},\n"
      "     endpoints: [{source: host_v2, target: host_v2}], impact: none}\n";
  ASSERT_OK_AND_ASSIGN(ModelDefinition both,
                       ParseModelFiles({{"free.yaml", std::string(kImported)},
                                        {"own.yaml", std::string(kStrictType)}}));
  NameBook book;
  EXPECT_THAT(Schema::Build(std::move(both), book),
              IsError(ErrorCode::kModelInvalid, "own.yaml:2: relationship type name \"LIKES\""));
}

TEST(Naming, FreeNamesAreNamesAllTheSame) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string yaml(kImported);
    for (std::size_t at = 0; (at = yaml.find(from, at)) != std::string::npos; at += to.size())
      yaml.replace(at, from.size(), to);
    return BuildYaml(yaml);
  };
  const std::string rule = "letters, digits and underscores that begins with no digit";
  EXPECT_THAT(with("host_v2", "'2host'"), IsError(ErrorCode::kModelInvalid, rule));
  EXPECT_THAT(with("KNOWS", "'KNOWS WELL'"), IsError(ErrorCode::kModelInvalid, rule));
  EXPECT_THAT(with("FirstName", "first-name"), IsError(ErrorCode::kModelInvalid, rule));
  EXPECT_THAT(with("KNOWS", std::string(65, 'K')), IsError(ErrorCode::kModelInvalid, rule));
}

TEST(Naming, IsReadBackFromTheTextOfAModel) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(kImported, "m.yaml"));
  ASSERT_OK_AND_ASSIGN(ModelDefinition again, ReadModelText(ModelText(model), "text"));
  EXPECT_EQ(CanonicalText(again), CanonicalText(model));
  NameBook book;
  EXPECT_OK(Schema::Build(std::move(again), book));
}

// What a store keeps of a model, and the hash over it, must not change with the program.
TEST(Naming, OfAStrictModelIsNotInItsTexts) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model,
                       ParseModel("classes:\n  - {name: A, label: {en: A, ja: a}}\n", "m.yaml"));
  EXPECT_EQ(CanonicalText(model),
            "kosei model 1\nclass \"A\" parent \"\" abstract false label \"A\" \"a\" "
            "description \"\"\n");
  EXPECT_EQ(ModelText(model), "classes:\n  - name: \"A\"\n    label: {en: \"A\", ja: \"a\"}\n");
}

}  // namespace
}  // namespace kosei::model
