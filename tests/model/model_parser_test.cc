// ParseModel: the grammar, and what it says about text that does not follow it.
#include "kosei/model/definition.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::IsError;

TEST(ParseModel, ReadsEverythingAClassCanSay) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(R"(
# A comment, and a key order that nobody would choose.
classes:
  - attributes:
      - name: port
        type: integer
        label: {en: Port, ja: p}
        required: true
        unique: true
        default: 443
        minimum: 0
        maximum: 65535.5
      - {name: tags, type: list, item_type: string, pattern: '[a-z]+', default: [a, b]}
      - name: state
        type: enum
        values:
          - {name: "yes", label: {en: Yes, ja: y}}
          - {name: no}
      - {name: lead, type: reference, reference_class: Thing}
    name: Thing
    abstract: true
    parent: Root
    description: >-
      Two lines
      in one.
    label:
      en: Thing
      ja: t
  - name: Root
)",
                                                               "m.yaml"));
  ASSERT_EQ(model.classes.size(), 2U);
  const ClassDefinition& thing = model.classes[0];
  EXPECT_EQ(thing.name, "Thing");
  EXPECT_EQ(thing.parent, "Root");
  EXPECT_TRUE(thing.is_abstract);
  EXPECT_EQ(thing.label.en, "Thing");
  EXPECT_EQ(thing.label.ja, "t");
  EXPECT_EQ(thing.description, "Two lines in one.");
  EXPECT_EQ(thing.origin, "m.yaml:4");
  ASSERT_EQ(thing.attributes.size(), 4U);
  const AttributeDefinition& port = thing.attributes[0];
  EXPECT_EQ(port.name, "port");
  EXPECT_EQ(port.type, AttributeType::kInteger);
  EXPECT_TRUE(port.required);
  EXPECT_TRUE(port.unique);
  EXPECT_EQ(port.default_value, Value("443"));
  EXPECT_EQ(port.minimum, (Decimal{0, 0}));
  EXPECT_EQ(port.maximum, (Decimal{655'355, 1}));
  EXPECT_EQ(port.origin, "m.yaml:5");
  const AttributeDefinition& tags = thing.attributes[1];
  EXPECT_EQ(tags.type, AttributeType::kList);
  EXPECT_EQ(tags.item_type, AttributeType::kString);
  EXPECT_EQ(tags.pattern, "[a-z]+");
  EXPECT_EQ(tags.default_value, Value(ValueList{"a", "b"}));
  const AttributeDefinition& state = thing.attributes[2];
  ASSERT_EQ(state.values.size(), 2U);
  EXPECT_EQ(state.values[0].name, "yes");
  EXPECT_EQ(state.values[0].label.ja, "y");
  EXPECT_EQ(state.values[1].name, "no") << "YAML's idea of a boolean must not get in the way";
  EXPECT_EQ(thing.attributes[3].reference_class, "Thing");
  EXPECT_FALSE(model.classes[1].is_abstract);
}

TEST(ParseModel, ReadsRelationshipTypes) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(R"(
relationship_types:
  - name: located_in
    label: {en: Located in, ja: l}
    inverse_label: {en: Houses, ja: h}
    endpoints:
      - {source: [Server, Rack], target: [Site, Room]}
      - {source: Desk, target: Room}
    cardinality: many_to_one
    impact: target_to_source
  - {name: likes, impact: none}
  - {name: feeds, impact: source_to_target, cardinality: one_to_one}
)",
                                                               "m.yaml"));
  ASSERT_EQ(model.relationship_types.size(), 3U);
  const RelationshipTypeDefinition& located = model.relationship_types[0];
  EXPECT_EQ(located.inverse_label.en, "Houses");
  EXPECT_EQ(located.cardinality, Cardinality::kManyToOne);
  EXPECT_EQ(located.impact, ImpactDirection::kTargetToSource);
  ASSERT_EQ(located.endpoints.size(), 5U);
  EXPECT_EQ(located.endpoints[1].source_class, "Server");
  EXPECT_EQ(located.endpoints[1].target_class, "Room");
  EXPECT_EQ(located.endpoints[4].source_class, "Desk");
  EXPECT_EQ(located.origin, "m.yaml:3");
  EXPECT_EQ(model.relationship_types[1].impact, ImpactDirection::kNone);
  EXPECT_EQ(model.relationship_types[1].cardinality, Cardinality::kManyToMany);
  EXPECT_EQ(model.relationship_types[2].impact, ImpactDirection::kSourceToTarget);
}

constexpr std::string_view kSharing = R"(
relationship_types:
  - name: located_in
    label: {en: Located in, ja: l}
    inverse_label: {en: Houses, ja: h}
    impact: target_to_source
    endpoints: [{source: Server, target: Rack}]
    capacity:
      - {target: Rack, limit: power_capacity, load: power}
      - {limit: height, load: height}
    places:
      - {target: Rack, position: unit, extent: height}
      - {position: port}
)";

TEST(ParseModel, ReadsWhatSourcesOfATargetShare) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(kSharing, "m.yaml"));
  const RelationshipTypeDefinition& located = model.relationship_types.at(0);
  ASSERT_EQ(located.capacities.size(), 2U);
  EXPECT_EQ(located.capacities[0].target, "Rack");
  EXPECT_EQ(located.capacities[0].limit, "power_capacity");
  EXPECT_EQ(located.capacities[0].load, "power");
  EXPECT_EQ(located.capacities[1].target, "");
  ASSERT_EQ(located.places.size(), 2U);
  EXPECT_EQ(located.places[0].position, "unit");
  EXPECT_EQ(located.places[0].extent, "height");
  EXPECT_EQ(located.places[1].extent, "");
}

TEST(ModelText, ReadsBackAsTheSameModel) {
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(kSharing, "m.yaml"));
  const std::string text = ModelText(model);
  ASSERT_OK_AND_ASSIGN(const ModelDefinition again, ReadModelText(text, "text"));
  EXPECT_EQ(ModelText(again), text);
  EXPECT_EQ(CanonicalText(again), CanonicalText(model));
}

TEST(ParseModel, KnowsEveryTypeByName) {
  for (const std::string_view name :
       {"string", "text", "integer", "decimal", "boolean", "timestamp", "date", "duration", "enum",
        "ip_address", "ip_network", "mac", "url", "reference", "list", "gate", "any"}) {
    const std::optional<AttributeType> type = AttributeTypeOf(name);
    ASSERT_TRUE(type.has_value()) << name;
    EXPECT_EQ(NameOf(*type), name);
  }
  EXPECT_EQ(AttributeTypeOf("number"), std::nullopt);
}

TEST(ParseModel, TakesEmptyFilesAndAliases) {
  for (const std::string_view yaml : {"", "# only a comment\n", "---\n", "{}", "classes: []"}) {
    ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ParseModel(yaml, "m.yaml"));
    EXPECT_TRUE(model.classes.empty()) << yaml;
  }
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model,
                       ParseModel("classes:\n"
                                  "  - {name: A, attributes: &shared [{name: x, type: mac}]}\n"
                                  "  - {name: B, attributes: *shared}\n",
                                  "m.yaml"));
  EXPECT_EQ(model.classes[1].attributes[0].name, "x");
}

struct BadModel {
  std::string_view yaml;
  std::string message_part;
};

TEST(ParseModel, SaysWhereAndWhatIsWrong) {
  const BadModel cases[] = {
      // Not YAML, or not text.
      {"classes:\n  - {name: A\n", "m.yaml:"},
      {"classes: [\n", "not YAML"},
      {"\tclasses: []", "not YAML"},
      {"a: b: c", "not YAML"},
      {"classes: *nothing", "not YAML"},
      {"# \xFF", "m.yaml: the file is not UTF-8 text"},
      {std::string_view("# \0", 3), "the file is not UTF-8 text"},
      // Wrong kinds.
      {"- classes", "m.yaml:1: a model file is a list, expected a mapping with the keys classes"},
      {"classes", "a model file is a single value"},
      {"classes: {A: 1}", "m.yaml:1: classes is a mapping, expected a list"},
      {"classes:\n  - A", "m.yaml:2: a class is a single value, expected a mapping"},
      {"classes:\n  - name: [A]", "m.yaml:2: name of a class is a list, expected text"},
      {"classes:\n  - name: ~", "name of a class is nothing, expected text"},
      {"classes:\n  - name: ''", "name of a class is empty"},
      {"classes:\n  - {name: A, label: A}", "label of a class is a single value"},
      {"classes:\n  - {name: A, label: {en: A}}", "label of a class has no ja; add \"ja: ...\""},
      {"classes:\n  - {name: A, label: {en: A, ja: ''}}", "ja of label of a class is empty"},
      {"classes:\n  - {name: A, abstract: maybe}",
       "abstract of a class is \"maybe\", expected true or false"},
      {"classes:\n  - {name: A, attributes: x}",
       "attributes of a class is a single value, expected a list"},
      // Unknown, missing and repeated keys.
      {"clases: []", "unknown key \"clases\" of a model file; did you mean \"classes\"?"},
      {"classes:\n  - name: A\n    colour: red",
       "m.yaml:3: unknown key \"colour\" of a class; expected one of name, parent"},
      {"classes:\n  - name: A\n    name: B",
       "m.yaml:3: key \"name\" of a class is given twice, first at m.yaml:2"},
      {"classes:\n  - {parent: A}", "a class has no name; add \"name: ...\""},
      {"classes:\n  - {<<: {name: A}}", "unknown key \"<<\" of a class"},
      {"classes:\n  - {[a]: b}", "a key of a class is a list"},
      {"classes:\n  - {name: A, label: {en: A, ja: a, fr: a}}",
       "unknown key \"fr\" of label of a class"},
      // Attributes.
      {"classes:\n  - name: A\n    attributes:\n      - {type: mac}",
       "m.yaml:4: an attribute has no name"},
      {"classes:\n  - {name: A, attributes: [{name: x}]}",
       "attribute x has no type; add \"type: ...\", one of string, text"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: number}]}",
       "unknown type \"number\"; expected one of string"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: list}]}",
       "attribute x is a list without item_type"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: list, item_type: y}]}",
       "unknown item_type \"y\""},
      {"classes:\n  - {name: A, attributes: [{name: x, type: mac, item_type: mac}]}",
       "only a list has items"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: mac, minimum: low}]}",
       "minimum of an attribute is \"low\", expected a number"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: mac, maximum: [1]}]}",
       "maximum of an attribute is a list"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: mac, default: {a: b}}]}",
       "default of an attribute is a mapping"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: mac, default: [[a]]}]}",
       "default of an attribute is a list"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: mac, requird: true}]}",
       "did you mean \"required\"?"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: enum, values: [a]}]}",
       "an enum value is a single value"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: enum, values: [{label: {en: A, ja: "
       "a}}]}]}",
       "an enum value has no name"},
      // Relationship types.
      {"relationship_types:\n  - {impact: none}", "m.yaml:2: a relationship type has no name"},
      {"relationship_types:\n  - {name: r}", "a relationship type has no impact"},
      {"relationship_types:\n  - {name: r, impact: sideways}",
       "unknown impact \"sideways\"; expected one of none, target_to_source, source_to_target, "
       "both"},
      {"relationship_types:\n  - {name: r, impact: none, cardinality: few}",
       "unknown cardinality \"few\"; expected one of many_to_many"},
      {"relationship_types:\n  - {name: r, impact: none, endpoints: A}",
       "endpoints of a relationship type is a single value"},
      {"relationship_types:\n  - {name: r, impact: none, endpoints: [{source: A}]}",
       "an endpoint has no target"},
      {"relationship_types:\n  - {name: r, impact: none, endpoints: [{source: [[A]], target: A}]}",
       "source of an endpoint is a list"},
      // Duplicate names.
      {"classes:\n  - {name: A}\n  - {name: A}",
       "m.yaml:3: class A is defined twice, first at m.yaml:2; keep one"},
      {"classes:\n  - name: A\n    attributes:\n      - {name: x, type: mac}\n      - {name: x, "
       "type: mac}",
       "m.yaml:5: class A: attribute x is defined twice, first at m.yaml:4"},
      {"classes:\n  - {name: A, attributes: [{name: x, type: enum, values: [{name: v}, {name: "
       "v}]}]}",
       "class A, attribute x: value v is defined twice"},
      {"relationship_types:\n  - {name: r, impact: none}\n  - {name: r, impact: none}",
       "m.yaml:3: relationship type r is defined twice"},
  };
  for (const BadModel& c : cases) {
    SCOPED_TRACE(c.yaml);
    EXPECT_THAT(ParseModel(c.yaml, "m.yaml"), IsError(ErrorCode::kModelInvalid, c.message_part));
  }
}

TEST(ParseModel, BoundsWhatItReads) {
  const std::string huge(std::size_t{2} << 20, '#');
  EXPECT_THAT(ParseModel(huge, "m.yaml"), IsError(ErrorCode::kModelInvalid, "at most 1048576"));
  const std::string long_name = "classes: [{name: " + std::string(5'000, 'A') + "}]";
  EXPECT_THAT(ParseModel(long_name, "m.yaml"), IsError(ErrorCode::kModelInvalid, "has 5000 bytes"));
  const std::string deep = "classes: " + std::string(100'000, '[');
  EXPECT_THAT(ParseModel(deep, "m.yaml"), IsError(ErrorCode::kModelInvalid, "not YAML"));
  // A small file whose aliases multiply: 1,000 classes with 1,000 attributes each.
  std::string bomb = "classes:\n  - name: A\n    attributes: &many\n";
  for (int i = 0; i < 1'000; ++i) bomb += "      - {name: x" + std::to_string(i) + ", type: mac}\n";
  for (int i = 0; i < 1'000; ++i)
    bomb += "  - {name: B" + std::to_string(i) + ", attributes: *many}\n";
  EXPECT_THAT(ParseModel(bomb, "m.yaml"), IsError(ErrorCode::kModelInvalid, "aliases counted"));
}

TEST(CanonicalText, DoesNotDependOnOrderOrPlace) {
  constexpr std::string_view kOne =
      "classes:\n"
      "  - {name: A, attributes: [{name: x, type: mac}, {name: y, type: integer, default: 5}]}\n"
      "  - {name: B, parent: A}\n"
      "relationship_types:\n"
      "  - {name: r, impact: none, endpoints: [{source: A, target: [A, B]}]}\n"
      "  - {name: s, impact: none}\n";
  constexpr std::string_view kOther =
      "relationship_types:\n\n"
      "  - {impact: none, name: s}\n"
      "  - {name: r, impact: none, endpoints: [{source: A, target: B}, {source: A, target: A}]}\n"
      "classes:\n"
      "  - {parent: A, name: B}\n"
      "  - {name: A, attributes: [{name: y, type: integer, default: '5'}, {name: x, type: mac}]}\n";
  ASSERT_OK_AND_ASSIGN(const ModelDefinition one, ParseModel(kOne, "one.yaml"));
  ASSERT_OK_AND_ASSIGN(const ModelDefinition other, ParseModel(kOther, "other.yaml"));
  EXPECT_EQ(CanonicalText(one), CanonicalText(other));
}

TEST(CanonicalText, ChangesWithWhateverTheModelSays) {
  constexpr std::string_view kBase =
      "classes:\n"
      "  - {name: A, label: {en: A, ja: a}, attributes: [{name: x, type: string}]}\n"
      "relationship_types:\n"
      "  - {name: r, impact: none, endpoints: [{source: A, target: A}]}\n";
  ASSERT_OK_AND_ASSIGN(const ModelDefinition base, ParseModel(kBase, "m.yaml"));
  const std::pair<std::string_view, std::string_view> edits[] = {
      {"ja: a", "ja: b"},
      {"en: A,", "en: B,"},
      {"type: string", "type: text"},
      {"type: string", "type: string, required: true"},
      {"type: string", "type: string, unique: true"},
      {"type: string", "type: string, default: x"},
      {"type: string", "type: string, default: ''"},
      {"type: string", "type: string, pattern: x"},
      {"type: string", "type: string, minimum: 1"},
      {"type: string", "type: string, maximum: 1"},
      {"type: string", "type: list, item_type: string"},
      {"type: string", "type: list, item_type: text"},
      {"type: string", "type: enum, values: [{name: v}]"},
      {"type: string", "type: reference, reference_class: A"},
      {"{name: A, label", "{name: A, parent: B, label"},
      {"{name: A, label", "{name: A, abstract: true, label"},
      {"{name: A, label", "{name: A, description: d, label"},
      {"{name: A, label", "{name: A, labels: [], label"},
      {"{name: A, label", "{name: A, labels: [A], label"},
      {"impact: none", "impact: target_to_source"},
      {"impact: none", "impact: none, cardinality: one_to_one"},
      {"impact: none", "impact: none, capacity: [{limit: x, load: y}]"},
      {"impact: none", "impact: none, capacity: [{target: A, limit: x, load: y}]"},
      {"impact: none", "impact: none, places: [{position: x}]"},
      {"impact: none", "impact: none, places: [{position: x, extent: y}]"},
      {"target: A", "target: B"},
  };
  for (const auto& [from, to] : edits) {
    SCOPED_TRACE(to);
    std::string yaml(kBase);
    yaml.replace(yaml.find(from), from.size(), to);
    ASSERT_OK_AND_ASSIGN(const ModelDefinition edited, ParseModel(yaml, "m.yaml"));
    EXPECT_NE(CanonicalText(base), CanonicalText(edited));
  }
}

}  // namespace
}  // namespace kosei::model
