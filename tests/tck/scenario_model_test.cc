// Graphs of the kit as models, records and links.
#include "scenario_model.h"

#include <cmath>

#include "kosei/model/schema.h"
#include "status_matchers.h"

namespace kosei::tck {
namespace {

using ::kosei::testing::IsError;
using language::Datum;
using ::testing::ElementsAre;

absl::StatusOr<std::shared_ptr<const model::Schema>> SchemaOf(const Names& names) {
  auto definition = model::ParseModel(ModelYaml(names), "tck.yaml");
  if (!definition.ok()) return definition.status();
  model::NameBook book;
  return model::Schema::Build(*std::move(definition), book);
}

std::vector<std::string> LabelsOf(const model::Schema& schema, std::string_view name) {
  const auto labels = schema.LabelsOf(schema.FindClass(name)->number);
  return {labels.begin(), labels.end()};
}

TEST(StoreOf, MakesRecordsAndLinksAndTheirModel) {
  MemoryGraph graph;
  graph.AddNode({{"B", "A"}, {{"id", Datum::Integer(1)}, {"k", Datum::Float(1)}}});
  graph.AddNode({{}, {{"k", Datum::List({Datum::String("x"), Datum::Boolean(true)})}}});
  graph.AddNode({{"Gone"}, {}, true});
  graph.AddLink({0, 1, "KNOWS", {}});
  graph.AddLink({0, 0, "GONE", {}, true});
  ASSERT_OK_AND_ASSIGN(ScenarioStore store, StoreOf(graph));
  ASSERT_EQ(store.content.records.size(), 2U);
  const NewRecord& first = store.content.records[0];
  EXPECT_THAT(first.labels, ElementsAre("A", "B"));
  ASSERT_EQ(first.attributes.size(), 2U);
  EXPECT_EQ(first.attributes[0].second, Value(1));
  EXPECT_EQ(first.attributes[1].second, Value(Decimal{1, 0})) << "a float stays apart from 1";
  EXPECT_EQ(store.content.records[1].attributes[0].second, Value(ValueList{"x", true}));
  ASSERT_EQ(store.content.links.size(), 1U);
  EXPECT_EQ(store.content.links[0].source, first.key);
  EXPECT_EQ(store.content.links[0].target, store.content.records[1].key);

  ASSERT_OK_AND_ASSIGN(const auto schema, SchemaOf(store.names));
  const std::string with_labels = ClassOf(store.names, {"A", "B"});
  const std::string without = ClassOf(store.names, {});
  EXPECT_THAT(LabelsOf(*schema, with_labels), ElementsAre("A", "B"));
  EXPECT_TRUE(LabelsOf(*schema, without).empty());
  EXPECT_NE(schema->FindAttribute(*schema->FindClass(without), "id"), nullptr);
  const auto* knows = schema->FindRelationshipType("KNOWS");
  ASSERT_NE(knows, nullptr);
  EXPECT_EQ(schema->FindRelationshipType("GONE"), nullptr);
  EXPECT_TRUE(schema->EndpointsAllowed(*knows, schema->FindClass(with_labels)->number,
                                       schema->FindClass(without)->number));
}

TEST(StoreOf, GivesTimesTheirTypes) {
  MemoryGraph graph;
  language::Duration duration;
  duration.seconds = 90;
  graph.AddNode({{}, {{"d", Datum::Of(language::Date{3})}, {"u", Datum::Of(duration)}}});
  graph.AddNode({{}, {{"d", Datum::Of(language::Date{4})}}});
  ASSERT_OK_AND_ASSIGN(const ScenarioStore store, StoreOf(graph));
  EXPECT_EQ(store.names.attributes.at("d"), "type: date");
  EXPECT_EQ(store.names.attributes.at("u"), "type: duration");
  EXPECT_EQ(store.content.records[0].attributes[1].second, Value(std::int64_t{90'000'000}));
  EXPECT_OK(SchemaOf(store.names));
}

TEST(StoreOf, SaysWhatKoseiCannotHold) {
  const auto status_of = [](MemoryNode node, std::vector<MemoryLink> links = {}) {
    MemoryGraph graph;
    graph.AddNode(std::move(node));
    for (MemoryLink& link : links) graph.AddLink(std::move(link));
    return StoreOf(graph).status();
  };
  const auto code = ErrorCode::kQueryUnsupported;
  const auto with = [](Datum value) { return MemoryNode{{}, {{"p", std::move(value)}}}; };
  EXPECT_THAT(status_of({}, {{0, 0, "T", {{"p", Datum::Integer(1)}}}}),
              IsError(code, "a relationship with properties"));
  EXPECT_THAT(status_of({}, {{0, 0, "T", {}}, {0, 0, "T", {}}}), IsError(code, "two relation"));
  EXPECT_OK(status_of({}, {{0, 0, "T", {}}, {0, 0, "S", {}}}));
  EXPECT_THAT(status_of({{"A B"}, {}}), IsError(code, "label 'A B' is no name"));
  EXPECT_THAT(status_of(with(Datum::Float(1e300))), IsError(code, "more digits"));
  EXPECT_THAT(status_of(with(Datum::Float(std::nan("")))), IsError(code, "more digits"));
  EXPECT_THAT(status_of(with(Datum::Of(language::LocalTime{1}))), IsError(code, "LOCAL TIME"));
  EXPECT_THAT(status_of(with(Datum::List({Datum::List({})}))), IsError(code, "LIST"));
  EXPECT_THAT(status_of(with(Datum::List({Datum::Integer(1), Datum::Of(language::Date{1})}))),
              IsError(code, "different types"));
}

TEST(Names, AreJoinedWhereTheyAgree) {
  Names group;
  Names more;
  more.attributes = {{"a", "type: any"}};
  more.label_sets = {{"A"}};
  more.types = {"T"};
  EXPECT_TRUE(group.Add(more));
  Names other;
  other.attributes = {{"a", "type: date"}, {"b", "type: any"}};
  EXPECT_FALSE(group.Add(other));
  EXPECT_FALSE(group.attributes.contains("b")) << "nothing is taken when not all is";
  Names many;
  for (int i = 0; i < 254; ++i) many.types.insert("T" + std::to_string(i));
  EXPECT_FALSE(group.Add(many));
  EXPECT_TRUE(Names().Add(many));
}

TEST(AddNamesOf, DeclaresWhatAStatementMayName) {
  Names names;
  names.attributes = {{"when", "type: date"}};
  AddNamesOf("MATCH (a:A {p: 1})-[r:T|:S]->(b) WHERE a.q = b.when AND b: B RETURN {m : 1}, a.`z`",
             names);
  EXPECT_THAT(names.labels, ElementsAre("A", "B", "S", "T"));
  EXPECT_THAT(names.types, ElementsAre("A", "B", "S", "T"));
  EXPECT_EQ(names.attributes.at("when"), "type: date");
  for (const char* property : {"p", "q", "m", "z"})
    EXPECT_TRUE(names.attributes.contains(property)) << property;
  EXPECT_FALSE(names.attributes.contains("RETURN"));
  ASSERT_OK_AND_ASSIGN(const auto schema, SchemaOf(names));
  EXPECT_EQ(schema->ClassesWithLabel("B").size(), 1U) << "a class of its own, without records";
  EXPECT_NE(schema->FindRelationshipType("S"), nullptr);
}

}  // namespace
}  // namespace kosei::tck
