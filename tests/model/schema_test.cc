// Schema: what a model must be to become one, and what it answers.
#include "kosei/model/schema.h"

#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;
using ::kosei::testing::ModelWithAttribute;

constexpr std::string_view kEstate = R"(
classes:
  - name: Item
    abstract: true
    label: {en: Item, ja: i}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: n}}
      - {name: status, type: string, label: {en: Status, ja: s}}
  - name: Node
    parent: Item
    abstract: true
    label: {en: Node, ja: n}
    attributes:
      - {name: hostname, type: string, unique: true, label: {en: Host name, ja: h}}
  - {name: Server, parent: Node, label: {en: Server, ja: s}}
  - {name: Site, parent: Item, label: {en: Site, ja: s}}
relationship_types:
  - name: located_in
    label: {en: Located in, ja: l}
    inverse_label: {en: Houses, ja: h}
    endpoints: [{source: Node, target: Site}, {source: Site, target: Site}]
    cardinality: many_to_one
    impact: target_to_source
)";

TEST(Schema, FindsByNameAndByNumber) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const Class* server = schema->FindClass("Server");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(schema->FindClass(server->number), server);
  EXPECT_EQ(schema->ClassName(server->number), "Server");
  EXPECT_EQ(schema->FindClass("server"), nullptr);
  EXPECT_EQ(schema->FindClass(ClassNumber{0}), nullptr);
  EXPECT_EQ(schema->FindClass(ClassNumber{99}), nullptr);
  EXPECT_EQ(schema->ClassName(ClassNumber{0}), "");
  EXPECT_EQ(schema->ClassName(ClassNumber{99}), "");
  EXPECT_EQ(schema->classes().size(), 4U);

  const Attribute* hostname = schema->FindAttribute(*server, "hostname");
  ASSERT_NE(hostname, nullptr);
  EXPECT_EQ(schema->FindAttribute(*server, hostname->number), hostname);
  EXPECT_EQ(schema->AttributeName(hostname->number), "hostname");
  EXPECT_EQ(hostname->declared_in, schema->FindClass("Node")->number);
  EXPECT_EQ(schema->FindAttribute(*schema->FindClass("Site"), "hostname"), nullptr);
  EXPECT_EQ(schema->FindAttribute(*schema->FindClass("Site"), hostname->number), nullptr);
  EXPECT_EQ(schema->FindAttribute(*server, "nothing"), nullptr);
  EXPECT_EQ(schema->AttributeName(AttributeNumber{77}), "");

  const RelationshipType* located = schema->FindRelationshipType("located_in");
  ASSERT_NE(located, nullptr);
  EXPECT_EQ(schema->FindRelationshipType(located->number), located);
  EXPECT_EQ(schema->RelationshipTypeName(located->number), "located_in");
  EXPECT_EQ(schema->FindRelationshipType(RelationshipTypeNumber{0}), nullptr);
  EXPECT_EQ(schema->relationship_types().size(), 1U);
}

TEST(Schema, KnowsTheAttributesThatAreWantedOften) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  EXPECT_EQ(schema->AttributeName(schema->well_known().name), "name");
  EXPECT_EQ(schema->AttributeName(schema->well_known().status), "status");
  EXPECT_EQ(schema->well_known().description.value, 0) << "this model has none";
}

TEST(Schema, InheritsDownTheTree) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const Class& item = *schema->FindClass("Item");
  const Class& node = *schema->FindClass("Node");
  const Class& server = *schema->FindClass("Server");
  const Class& site = *schema->FindClass("Site");
  EXPECT_EQ(item.parent.value, 0);
  EXPECT_EQ(server.parent, node.number);
  EXPECT_EQ(server.ancestors, (std::vector{server.number, node.number, item.number}));
  EXPECT_EQ(server.attributes.size(), 3U);
  EXPECT_EQ(site.attributes.size(), 2U);
  for (std::size_t i = 1; i < server.attributes.size(); ++i)
    EXPECT_LT(server.attributes[i - 1].number, server.attributes[i].number);

  EXPECT_TRUE(schema->IsA(server.number, server.number));
  EXPECT_TRUE(schema->IsA(server.number, node.number));
  EXPECT_TRUE(schema->IsA(server.number, item.number));
  EXPECT_FALSE(schema->IsA(node.number, server.number));
  EXPECT_FALSE(schema->IsA(site.number, node.number));
  EXPECT_FALSE(schema->IsA(ClassNumber{0}, item.number));
  EXPECT_FALSE(schema->IsA(server.number, ClassNumber{99}));
}

TEST(Schema, AllowsEndpointsOfTheDeclaredClassesAndBelow) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const RelationshipType& located = *schema->FindRelationshipType("located_in");
  const ClassNumber server = schema->FindClass("Server")->number;
  const ClassNumber site = schema->FindClass("Site")->number;
  EXPECT_TRUE(schema->EndpointsAllowed(located, server, site));
  EXPECT_TRUE(schema->EndpointsAllowed(located, site, site));
  EXPECT_FALSE(schema->EndpointsAllowed(located, site, server));
  EXPECT_FALSE(schema->EndpointsAllowed(located, server, server));
  EXPECT_FALSE(schema->EndpointsAllowed(located, server, ClassNumber{99}));
}

TEST(Schema, SuggestsTheNearestName) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const Class& server = *schema->FindClass("Server");
  EXPECT_OK(schema->GetClass("Server"));
  EXPECT_THAT(
      schema->GetClass("Sever"),
      IsError(ErrorCode::kUnknownClass, "unknown class \"Sever\"; did you mean \"Server\"?"));
  EXPECT_THAT(schema->GetClass("SERVER"), IsError(ErrorCode::kUnknownClass, "mean \"Server\"?"));
  EXPECT_THAT(schema->GetClass("Giraffe"),
              IsError(ErrorCode::kUnknownClass, "none of this or a similar name"));
  EXPECT_THAT(schema->GetClass(""), IsError(ErrorCode::kUnknownClass, "unknown class \"\""));
  EXPECT_THAT(schema->GetClass("Se\nver"), IsError(ErrorCode::kUnknownClass, "\"Se\\x0aver\""));
  EXPECT_THAT(schema->GetClass(std::string(10'000, 'S')),
              IsError(ErrorCode::kUnknownClass, "...\""));
  EXPECT_THAT(schema->GetAttribute(server, "hostnme"),
              IsError(ErrorCode::kUnknownAttribute,
                      "unknown attribute \"hostnme\" of class Server; did you mean \"hostname\"?"));
  EXPECT_EQ(FieldOf(schema->GetAttribute(server, "hostnme").status()), "hostnme");
  EXPECT_THAT(schema->GetRelationshipType("locatedin"),
              IsError(ErrorCode::kUnknownRelationshipType, "did you mean \"located_in\"?"));
}

TEST(Schema, KeepsTheNumbersThatAStoreHasGiven) {
  NameBook book;
  const auto build = [&](std::string_view yaml) {
    return Schema::Build(*ParseModel(yaml, "m.yaml"), book);
  };
  ASSERT_OK_AND_ASSIGN(const auto first, build("classes:\n"
                                               "  - {name: A, label: {en: A, ja: a}, attributes: "
                                               "[{name: x, type: mac, label: {en: X, ja: x}}]}\n"
                                               "  - {name: B, label: {en: B, ja: b}, attributes: "
                                               "[{name: y, type: mac, label: {en: Y, ja: y}}]}\n"));
  EXPECT_EQ(book.classes, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(book.attributes, (std::vector<std::string>{"x", "y"}));
  const NameBook before = book;

  // A and x leave, C and z come, in front.
  ASSERT_OK_AND_ASSIGN(const auto second,
                       build("classes:\n"
                             "  - {name: C, label: {en: C, ja: c}, attributes: [{name: z, type: "
                             "mac, label: {en: Z, ja: z}}]}\n"
                             "  - {name: B, label: {en: B, ja: b}, attributes: [{name: y, type: "
                             "mac, label: {en: Y, ja: y}}]}\n"));
  EXPECT_EQ(book.classes, (std::vector<std::string>{"A", "B", "C"}));
  EXPECT_EQ(book.attributes, (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(second->FindClass("B")->number, first->FindClass("B")->number);
  EXPECT_EQ(second->FindClass("A"), nullptr);
  EXPECT_EQ(second->FindClass(ClassNumber{1}), nullptr) << "left the model";
  EXPECT_EQ(second->ClassName(ClassNumber{1}), "A") << "but old records still name it";
  EXPECT_EQ(second->AttributeName(AttributeNumber{1}), "x");
  EXPECT_EQ(first->ClassName(ClassNumber{3}), "") << "given later";

  // A model that does not build gives no numbers.
  const NameBook kept = book;
  EXPECT_FALSE(build("classes: [{name: D, parent: E, label: {en: D, ja: d}}]").ok());
  EXPECT_EQ(book, kept);
  // Back to the first one: everything has its old number.
  ASSERT_OK_AND_ASSIGN(const auto third, build("classes:\n"
                                               "  - {name: B, label: {en: B, ja: b}, attributes: "
                                               "[{name: x, type: mac, label: {en: X, ja: x}}]}\n"
                                               "  - {name: A, label: {en: A, ja: a}}\n"));
  EXPECT_EQ(book, kept);
  EXPECT_EQ(third->FindClass("A")->number, ClassNumber{1});
  EXPECT_EQ(third->FindAttribute(*third->FindClass("B"), "x")->number, AttributeNumber{1});
}

TEST(Schema, GivesAtMost254NumbersToRelationshipTypes) {
  NameBook book;
  for (int i = 0; i < 254; ++i) book.relationship_types.push_back("type_" + std::to_string(i));
  constexpr std::string_view kModel =
      "classes: [{name: A, label: {en: A, ja: a}}]\n"
      "relationship_types: [{name: one_more, impact: none, label: {en: O, ja: o}, inverse_label: "
      "{en: O, ja: o}, endpoints: [{source: A, target: A}]}]\n";
  EXPECT_THAT(Schema::Build(*ParseModel(kModel, "m.yaml"), book),
              IsError(ErrorCode::kModelInvalid, "given all its 254 numbers"));
  book.relationship_types.back() = "one_more";
  EXPECT_OK(Schema::Build(*ParseModel(kModel, "m.yaml"), book));
}

struct BadModel {
  std::string yaml;
  std::string message_part;
};

std::string OneClass(std::string_view text) {
  return "classes:\n  - {" + std::string(text) + "}\n";
}

// A relationship type with a rule about what sources of a target share.
std::string Sharing(const std::string& rule) {
  return "classes:\n  - {name: A, label: {en: A, ja: a}, attributes: [{name: width, type: integer, "
         "label: {en: W, ja: w}}, {name: depth, type: decimal, label: {en: D, ja: d}}, {name: "
         "colour, type: string, label: {en: C, ja: c}}]}\nrelationship_types:\n  - {name: r, "
         "label: "
         "{en: R, ja: r}, inverse_label: {en: I, ja: i}, impact: none, endpoints: [{source: A, "
         "target: A}], " +
         rule + "}\n";
}

TEST(Schema, CompilesWhatSourcesOfATargetShare) {
  ASSERT_OK_AND_ASSIGN(
      const auto schema,
      BuildYaml(Sharing("capacity: [{target: A, limit: width, load: depth}], places: [{position: "
                        "colour}]")));
  const RelationshipType* type = schema->FindRelationshipType("r");
  ASSERT_NE(type, nullptr);
  const Class* owner = schema->FindClass("A");
  ASSERT_EQ(type->capacities.size(), 1U);
  EXPECT_EQ(type->capacities[0].target, owner->number);
  EXPECT_EQ(type->capacities[0].limit, schema->FindAttribute(*owner, "width")->number);
  EXPECT_EQ(type->capacities[0].load, schema->FindAttribute(*owner, "depth")->number);
  ASSERT_EQ(type->places.size(), 1U);
  EXPECT_EQ(type->places[0].target.value, 0);
  EXPECT_EQ(type->places[0].extent.value, 0);
}

TEST(Schema, RefusesAModelThatDoesNotHold) {
  const std::string r = "label: {en: R, ja: r}, inverse_label: {en: I, ja: i}, impact: none";
  const std::string a = "classes:\n  - {name: A, label: {en: A, ja: a}}\nrelationship_types:\n  - ";
  const BadModel cases[] = {
      // Classes.
      {OneClass("name: server, label: {en: A, ja: a}"),
       "m.yaml:2: class name \"server\" is not UpperCamelCase"},
      {OneClass("name: Net_Switch, label: {en: A, ja: a}"), "is not UpperCamelCase"},
      {OneClass("name: " + std::string(65, 'A') + ", label: {en: A, ja: a}"), "at most 64"},
      {OneClass("name: A"), "class A has no English label"},
      {OneClass("name: A, label: {en: \"A\\u0007\", ja: a}"),
       "class A: label \"A\\x07\" is not one line"},
      {OneClass("name: A, label: {en: A, ja: a}, description: \"a\\u0007\""),
       "the description holds control"},
      {OneClass("name: A, parent: B, label: {en: A, ja: a}"),
       "parent of class A names the class \"B\", which the model does not have; define it"},
      {"classes:\n  - {name: Node, label: {en: A, ja: a}}\n  - {name: B, parent: Nodes, label: "
       "{en: A, ja: a}}",
       "m.yaml:3: parent of class B names the class \"Nodes\", which the model does not have; did "
       "you mean \"Node\"?"},
      {OneClass("name: A, parent: A, label: {en: A, ja: a}"), "class A is above itself (A -> A)"},
      {"classes:\n  - {name: A, parent: B, label: {en: A, ja: a}}\n  - {name: B, parent: C, label: "
       "{en: A, ja: a}}\n  - {name: C, parent: B, label: {en: A, ja: a}}",
       "class B is above itself (B -> C -> B)"},
      // Attributes.
      {OneClass("name: A, label: {en: A, ja: a}, attributes: [{name: hostName, type: mac}]"),
       "class A: attribute name \"hostName\" is not snake_case"},
      {OneClass("name: A, label: {en: A, ja: a}, attributes: [{name: host__name, type: mac}]"),
       "is not snake_case"},
      {OneClass("name: A, label: {en: A, ja: a}, attributes: [{name: 2nd, type: mac}]"),
       "is not snake_case"},
      {OneClass("name: A, label: {en: A, ja: a}, attributes: [{name: key, type: mac}]"),
       "attribute key: every record has a field of this name"},
      {OneClass("name: A, label: {en: A, ja: a}, attributes: [{name: x, type: mac}]"),
       "class A: attribute x has no English label"},
      {ModelWithAttribute("type: list, item_type: list"), "a list of lists"},
      {ModelWithAttribute("type: enum"), "an enum without values"},
      {ModelWithAttribute("type: enum, values: [{name: v}]"),
       "attribute a, value v has no English label"},
      {ModelWithAttribute("type: enum, values: [{name: In Stock, label: {en: V, ja: v}}]"),
       "value \"In Stock\" is not snake_case"},
      {ModelWithAttribute("type: string, values: [{name: v, label: {en: V, ja: v}}]"),
       "attribute a is a string; only an enum (or a list of it) has values"},
      {ModelWithAttribute("type: reference"), "a reference without reference_class"},
      {ModelWithAttribute("type: reference, reference_class: Thin"),
       "refers to the class \"Thin\", which the model does not have; did you mean \"Thing\"?"},
      {ModelWithAttribute("type: mac, reference_class: Thing"), "only a reference"},
      {ModelWithAttribute("type: string, pattern: '['"),
       "m.yaml:5: class Thing: attribute a: pattern \"[\" is not a regular expression"},
      {ModelWithAttribute("type: string, pattern: '" + std::string(1'001, 'x') + "'"),
       "the pattern has 1001 bytes"},
      {ModelWithAttribute("type: integer, pattern: x"),
       "attribute a is an integer; only a string or text"},
      {ModelWithAttribute("type: boolean, minimum: 1"),
       "attribute a is a boolean; only an integer, decimal, string or text"},
      {ModelWithAttribute("type: list, item_type: mac, maximum: 1"),
       "attribute a is a list of mac"},
      {ModelWithAttribute("type: integer, minimum: 2, maximum: 1"), "minimum 2 is above maximum 1"},
      {ModelWithAttribute("type: string, minimum: -1"), "-1 is not a number of characters"},
      {ModelWithAttribute("type: text, maximum: 1.5"), "1.5 is not a number of characters"},
      {ModelWithAttribute("type: text, unique: true"), "a text, which cannot be unique"},
      {ModelWithAttribute("type: boolean, unique: true"), "a boolean, which cannot be unique"},
      {ModelWithAttribute("type: list, item_type: mac, unique: true"), "cannot be unique"},
      {ModelWithAttribute("type: any, unique: true"), "of type any, which cannot be unique"},
      {ModelWithAttribute("type: any, index: true"),
       "attribute a is of type any; only an attribute with another type has index and search"},
      {ModelWithAttribute("type: list, item_type: any, search: true"), "a list of any; only"},
      {ModelWithAttribute("type: any, default: 5"), "has a default"},
      {ModelWithAttribute("type: any, pattern: x"), "of type any; only a string or text"},
      {ModelWithAttribute("type: any, minimum: 1"), "of type any; only an integer"},
      {ModelWithAttribute("type: integer, default: x"),
       "class Thing: the default does not fit: attribute a: found \"x\""},
      {ModelWithAttribute("type: integer, default: 5, maximum: 4"), "the default does not fit"},
      {ModelWithAttribute("type: list, item_type: integer, default: [1, x]"), "item 2"},
      // One name, one type.
      {"classes:\n  - {name: A, label: {en: A, ja: a}, attributes: [{name: x, type: mac, label: "
       "{en: X, ja: x}}]}\n  - {name: B, label: {en: B, ja: b}, attributes: [{name: x, type: url, "
       "label: {en: X, ja: x}}]}",
       "m.yaml:3: class B: attribute x is a url here but a mac elsewhere, first at m.yaml:2"},
      {"classes:\n  - {name: A, label: {en: A, ja: a}, attributes: [{name: x, type: list, "
       "item_type: mac, label: {en: X, ja: x}}]}\n  - {name: B, label: {en: B, ja: b}, attributes: "
       "[{name: x, type: list, item_type: url, label: {en: X, ja: x}}]}",
       "attribute x is a list of url here but a list of mac elsewhere"},
      // Relationship types.
      {a + "{name: DependsOn, " + r + "}",
       "m.yaml:4: relationship type name \"DependsOn\" is not snake_case"},
      {a + "{name: r, impact: none}", "relationship type r has no English label"},
      {a + "{name: r, impact: none, label: {en: R, ja: r}}",
       "relationship type r, inverse has no English label"},
      {a + "{name: r, " + r + "}", "relationship type r has no endpoints"},
      {a + "{name: r, endpoints: [], " + r + "}", "relationship type r has no endpoints"},
      {a + "{name: r, endpoints: [{source: B, target: A}], " + r + "}",
       "relationship type r, source names the class \"B\""},
      {a + "{name: r, endpoints: [{source: A, target: B}], " + r + "}",
       "relationship type r, target names the class \"B\""},
      {Sharing("capacity: [{limit: widht, load: depth}]"),
       "m.yaml:4: relationship type r: limit of a capacity: no class has the attribute "
       "\"widht\"; did you mean \"width\"?"},
      {Sharing("capacity: [{limit: width, load: colour}]"),
       "load of a capacity: colour is of type string, expected integer or decimal"},
      {Sharing("capacity: [{target: B, limit: width, load: depth}]"),
       "target: there is no class \"B\""},
      {Sharing("places: [{position: depth}]"),
       "position of a place: depth is of type decimal, expected integer or string or enum"},
      {Sharing("places: [{position: colour, extent: width}]"),
       "position of a place: colour is of type string, expected integer"},
      {Sharing("places: [{position: width, extent: depth}]"),
       "extent of a place: depth is of type decimal, expected integer"},
  };
  for (const BadModel& c : cases) {
    SCOPED_TRACE(c.yaml);
    EXPECT_THAT(BuildYaml(c.yaml), IsError(ErrorCode::kModelInvalid, c.message_part));
  }
}

TEST(Schema, ChecksDefinitionsThatNeverWereYaml) {
  NameBook book;
  ModelDefinition model;
  model.classes.resize(2);
  model.classes[0].name = model.classes[1].name = "A";
  model.classes[0].label = model.classes[1].label = {.en = "A", .ja = "a"};
  EXPECT_THAT(Schema::Build(model, book),
              IsError(ErrorCode::kModelInvalid, "class A is defined twice; keep one"));
  model.classes.pop_back();
  EXPECT_OK(Schema::Build(model, book));
  EXPECT_OK(Schema::Build(ModelDefinition{}, book));
}

TEST(Schema, HoldsDefaultsInCanonicalForm) {
  ASSERT_OK_AND_ASSIGN(const auto schema,
                       BuildYaml(ModelWithAttribute("type: duration, default: PT1H")));
  const Attribute* attribute = schema->FindAttribute(*schema->FindClass("Thing"), "a");
  EXPECT_EQ(attribute->definition.default_value, Value(std::int64_t{3'600'000'000}));
}

}  // namespace
}  // namespace kosei::model
