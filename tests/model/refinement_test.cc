// A class that declares an inherited attribute again: it may narrow it, never widen it.
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;

// Base has "a" with these fields; Derived below it declares it again with others.
std::string Refining(std::string_view inherited, std::string_view refinement) {
  std::string yaml =
      "classes:\n"
      "  - {name: Other, label: {en: O, ja: o}}\n"
      "  - {name: Sub, parent: Other, label: {en: S, ja: s}}\n"
      "  - {name: Derived, parent: Base, label: {en: D, ja: d}, attributes: [{name: a, ";
  yaml += refinement;
  yaml +=
      "}]}\n"
      "  - {name: Below, parent: Derived, label: {en: B, ja: b}}\n"
      "  - {name: Base, label: {en: B, ja: b}, attributes: [{name: a, label: {en: A, ja: ja}, ";
  yaml += inherited;
  yaml += "}]}\n";
  return yaml;
}

const Attribute& AttributeOf(const Schema& schema, std::string_view class_name) {
  return *schema.FindAttribute(*schema.FindClass(class_name), "a");
}

TEST(Refinement, KeepsWhatItDoesNotSay) {
  ASSERT_OK_AND_ASSIGN(const auto schema,
                       BuildYaml(Refining("type: string, required: true, unique: true, default: "
                                          "abc, pattern: '[a-z]+', minimum: 2, maximum: 5",
                                          "type: string")));
  for (const std::string_view name : {"Derived", "Below"}) {
    const Attribute& refined = AttributeOf(*schema, name);
    EXPECT_EQ(refined.definition.label.ja, "ja");
    EXPECT_TRUE(refined.definition.required);
    EXPECT_TRUE(refined.definition.unique);
    EXPECT_EQ(refined.definition.default_value, Value("abc"));
    EXPECT_EQ(refined.definition.pattern, "[a-z]+");
    EXPECT_EQ(refined.definition.maximum, (Decimal{5, 0}));
    EXPECT_EQ(refined.declared_in, schema->FindClass("Base")->number);
    EXPECT_EQ(refined.number, AttributeOf(*schema, "Base").number);
    EXPECT_THAT(schema->Coerce(refined, "ABC"), testing::HasErrorCode(ErrorCode::kPatternMismatch));
    EXPECT_THAT(schema->Coerce(refined, "a"), testing::HasErrorCode(ErrorCode::kOutOfRange));
  }
}

TEST(Refinement, NarrowsForItsClassAndBelowOnly) {
  ASSERT_OK_AND_ASSIGN(
      const auto schema,
      BuildYaml(Refining("type: string, pattern: '[a-z]+', maximum: 5",
                         "type: string, required: true, pattern: 'x.*', maximum: 3, default: xy, "
                         "label: {en: New, ja: new}")));
  const Attribute& base = AttributeOf(*schema, "Base");
  EXPECT_OK(schema->Coerce(base, "abcde"));
  EXPECT_FALSE(base.definition.required);
  for (const std::string_view name : {"Derived", "Below"}) {
    const Attribute& refined = AttributeOf(*schema, name);
    EXPECT_TRUE(refined.definition.required);
    EXPECT_EQ(refined.definition.label.en, "New");
    EXPECT_OK(schema->Coerce(refined, "xyz"));
    EXPECT_THAT(schema->Coerce(refined, "abc"), testing::HasErrorCode(ErrorCode::kPatternMismatch));
    EXPECT_THAT(schema->Coerce(refined, "xY"), IsError(ErrorCode::kPatternMismatch, "[a-z]+"));
    EXPECT_THAT(schema->Coerce(refined, "xyzz"), testing::HasErrorCode(ErrorCode::kOutOfRange));
  }
  // The class shows what it inherits to whoever lists its declarations.
  EXPECT_EQ(schema->FindClass("Derived")->definition.attributes[0].maximum, (Decimal{3, 0}));
}

TEST(Refinement, CountsUniquenessFromTheClassThatAsksForIt) {
  ASSERT_OK_AND_ASSIGN(const auto schema,
                       BuildYaml(Refining("type: string", "type: string, unique: true")));
  EXPECT_FALSE(AttributeOf(*schema, "Base").definition.unique);
  EXPECT_TRUE(AttributeOf(*schema, "Below").definition.unique);
  EXPECT_EQ(AttributeOf(*schema, "Below").declared_in, schema->FindClass("Derived")->number);
}

TEST(Refinement, TakesFewerValuesAndLowerClasses) {
  ASSERT_OK_AND_ASSIGN(
      const auto schema,
      BuildYaml(Refining("type: enum, values: [{name: v, label: {en: V, ja: v}}, {name: w, label: "
                         "{en: W, ja: w}}]",
                         "type: enum, values: [{name: w}]")));
  const Attribute& refined = AttributeOf(*schema, "Derived");
  ASSERT_EQ(refined.definition.values.size(), 1U);
  EXPECT_EQ(refined.definition.values[0].label.en, "W");
  EXPECT_OK(schema->Coerce(refined, "w"));
  EXPECT_THAT(schema->Coerce(refined, "v"), testing::HasErrorCode(ErrorCode::kOutOfRange));
  EXPECT_OK(schema->Coerce(AttributeOf(*schema, "Base"), "v"));
  EXPECT_OK(BuildYaml(Refining("type: reference, reference_class: Other",
                               "type: reference, reference_class: Sub")));
}

TEST(Refinement, NeverWidens) {
  struct Case {
    std::string_view inherited;
    std::string_view refinement;
    std::string message_part;
  };
  const Case cases[] = {
      {"type: integer, minimum: 1", "type: integer, minimum: 0",
       "found minimum 0, inherited minimum 1"},
      {"type: integer, maximum: 9", "type: integer, maximum: 9.5",
       "found maximum 9.5, inherited maximum 9"},
      {"type: integer, maximum: 9", "type: integer, minimum: 10", "minimum 10 is above maximum 9"},
      {"type: enum, values: [{name: v, label: {en: V, ja: v}}]",
       "type: enum, values: [{name: w, label: {en: W, ja: w}}]", "found value w"},
      {"type: reference, reference_class: Sub", "type: reference, reference_class: Other",
       "found reference_class Other, inherited reference_class Sub"},
      {"type: reference, reference_class: Sub", "type: reference, reference_class: Nothing",
       "found reference_class Nothing"},
      {"type: string", "type: text", "one name means one type"},
      {"type: string, default: abc", "type: string, maximum: 2", "the default does not fit"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.refinement);
    EXPECT_THAT(BuildYaml(Refining(c.inherited, c.refinement)),
                IsError(ErrorCode::kModelInvalid, c.message_part));
  }
}

}  // namespace
}  // namespace kosei::model
