// The made-up estate that benches load: the same for the same seed, in the shape it promises, and
// nothing in it that the shipped model would refuse.
#include "kosei/estate/estate.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kosei/base/record.h"
#include "kosei/model/schema.h"
#include "status_matchers.h"

namespace kosei::estate {
namespace {

constexpr Options kSmall{.items = 20'000, .seed = 7};

std::vector<Link> LinksOf(const Estate& estate) {
  std::vector<Link> all;
  std::vector<Link> links;
  for (std::uint32_t position = 0; position < estate.item_count(); ++position) {
    estate.LinksOf(position, links);
    all.insert(all.end(), links.begin(), links.end());
  }
  return all;
}

std::vector<Item> ItemsOf(const Estate& estate) {
  std::vector<Item> items(estate.item_count());
  for (std::uint32_t position = 0; position < estate.item_count(); ++position) {
    estate.ItemAt(position, items[position]);
  }
  return items;
}

bool Same(const Item& a, const Item& b) {
  return a.class_index == b.class_index && a.key == b.key && a.attributes == b.attributes;
}

TEST(Estate, FollowsFromSizeAndSeedAlone) {
  const Estate one(kSmall);
  const Estate same(kSmall);
  const Estate other({.items = kSmall.items, .seed = kSmall.seed + 1});
  const std::vector<Item> items = ItemsOf(one);
  EXPECT_TRUE(std::ranges::equal(items, ItemsOf(same), Same));
  EXPECT_EQ(LinksOf(one), LinksOf(same));
  EXPECT_FALSE(std::ranges::equal(items, ItemsOf(other), Same));
  EXPECT_NE(LinksOf(one), LinksOf(other));

  // Any item, without those before it and into an item that was used before.
  Item item = items[3];
  for (const std::uint32_t position : {kSmall.items - 1, 0U, kSmall.items / 2}) {
    same.ItemAt(position, item);
    EXPECT_TRUE(Same(item, items[position])) << position;
    std::string key = "key of ";
    same.AppendKey(position, key);
    EXPECT_EQ(key, "key of " + items[position].key);
  }
}

TEST(Estate, HasAsManyItemsAsAskedAndNeverFewerThanAllItsLayersNeed) {
  for (const std::uint32_t items : {kItemsMin, kItemsMin + 1, 4'321U, 1'000'000U}) {
    EXPECT_EQ(Estate({.items = items}).item_count(), items);
  }
  EXPECT_EQ(Estate({.items = 1}).item_count(), kItemsMin);
}

TEST(Estate, StandsInLayersFromTheGroundUp) {
  const Estate estate({.items = 100'000});
  std::map<std::string_view, std::uint32_t> counts;
  std::size_t before = 0;
  Item item;
  for (std::uint32_t position = 0; position < estate.item_count(); ++position) {
    estate.ItemAt(position, item);
    ASSERT_GE(item.class_index, before) << position;
    before = item.class_index;
    ++counts[ClassNames()[item.class_index]];
  }
  EXPECT_EQ(counts.size(), ClassNames().size()) << "a layer is empty";
  EXPECT_EQ(ClassNames().front(), "Site");
  EXPECT_EQ(ClassNames().back(), "BusinessService");
  EXPECT_LT(counts["Site"], counts["Rack"]);
  EXPECT_LT(counts["Rack"], counts["Server"]);
  EXPECT_LT(counts["Server"], counts["VirtualMachine"]);
  EXPECT_LT(counts["BusinessService"], counts["Application"]);
  EXPECT_LT(counts["Application"], counts["ApplicationInstance"]);
}

TEST(Estate, KeysNamesAndSerialNumbersAreUnique) {
  const Estate estate(kSmall);
  for (const std::string_view unique : {"name", "serial_number"}) {
    const auto names = AttributeNames();
    const auto attribute = std::ranges::find(names, unique) - names.begin();
    std::set<std::string> keys;
    std::set<std::string> values;
    for (const Item& item : ItemsOf(estate)) {
      EXPECT_TRUE(keys.insert(item.key).second) << item.key;
      for (const auto& [number, value] : item.attributes) {
        if (number == attribute) {
          EXPECT_TRUE(values.insert(value.text()).second) << value.text();
        }
      }
    }
    EXPECT_EQ(values.size(), estate.item_count()) << unique;
  }
}

TEST(Estate, ItemsHaveFourToFiveLinksAndNoneTwice) {
  for (const std::uint32_t items : {2'000U, 20'000U, 100'000U}) {
    SCOPED_TRACE(items);
    const Estate estate({.items = items});
    std::vector<Link> links;
    std::size_t count = 0;
    for (std::uint32_t position = 0; position < items; ++position) {
      estate.LinksOf(position, links);
      count += links.size();
      for (std::size_t i = 0; i < links.size(); ++i) {
        ASSERT_EQ(links[i].source, position);
        ASSERT_LT(links[i].target, items);
        ASSERT_NE(links[i].target, position);
        ASSERT_LT(links[i].type_index, RelationshipTypeNames().size());
        ASSERT_EQ(std::count(links.begin(), links.end(), links[i]), 1) << position;
      }
    }
    EXPECT_GE(count, std::size_t{4} * items);
    EXPECT_LE(count, std::size_t{5} * items);
  }
}

// Links that end at each item, most first.
std::vector<std::uint32_t> FanIn(const Estate& estate) {
  std::vector<std::uint32_t> ends(estate.item_count());
  for (const Link& link : LinksOf(estate)) ++ends[link.target];
  std::ranges::sort(ends, std::greater<>());
  return ends;
}

TEST(Estate, AFewItemsCarryVeryManyAndMostCarryFew) {
  const Estate estate({.items = 100'000});
  const std::vector<std::uint32_t> fan_in = FanIn(estate);
  EXPECT_GT(fan_in.front(), 10'000U);
  EXPECT_LE(fan_in[fan_in.size() / 2], 10U);
  std::uint64_t all = 0;
  std::uint64_t hottest = 0;
  for (std::size_t i = 0; i < fan_in.size(); ++i) {
    all += fan_in[i];
    if (i < fan_in.size() / 100) hottest += fan_in[i];
  }
  EXPECT_GT(hottest * 4, all) << "one item in a hundred carries less than a quarter of the links";
}

class EstateInTheDefaultModel : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(const model::ModelDefinition definition,
                         model::ReadModel(KOSEI_DEFAULT_MODEL_FOLDER));
    ASSERT_OK_AND_ASSIGN(schema_, model::Schema::Build(definition, book_));
  }

  model::NameBook book_;
  std::shared_ptr<const model::Schema> schema_;
};

TEST_F(EstateInTheDefaultModel, EveryItemIsARecordOfItsClass) {
  for (const Item& item : ItemsOf(Estate(kSmall))) {
    ASSERT_OK_AND_ASSIGN(const model::Class* const owner,
                         schema_->GetClass(ClassNames()[item.class_index]));
    Record record;
    record.class_number = owner->number;
    record.key = item.key;
    for (const auto& [attribute, value] : item.attributes) {
      ASSERT_OK_AND_ASSIGN(const model::Attribute* const known,
                           schema_->GetAttribute(*owner, AttributeNames()[attribute]));
      record.attributes.emplace_back(known->number, value);
    }
    std::ranges::sort(record.attributes, {}, [](const auto& entry) { return entry.first; });
    ASSERT_OK(schema_->Canonicalise(record, model::Schema::Defaults::kFill));
  }
}

TEST_F(EstateInTheDefaultModel, EveryLinkJoinsClassesThatItsTypeJoins) {
  const Estate estate(kSmall);
  const std::vector<Item> items = ItemsOf(estate);
  // Each kind of link once: source's class, type, target's class.
  std::map<std::array<std::size_t, 3>, Link> kinds;
  std::set<std::size_t> types;
  for (const Link& link : LinksOf(estate)) {
    const std::size_t source = items[link.source].class_index;
    kinds.try_emplace({source, link.type_index, items[link.target].class_index}, link);
    types.insert(link.type_index);
  }
  EXPECT_EQ(types.size(), RelationshipTypeNames().size()) << "a type is never used";
  for (const auto& [kind, link] : kinds) {
    const model::Class* const source = schema_->FindClass(ClassNames()[kind[0]]);
    const model::Class* const target = schema_->FindClass(ClassNames()[kind[2]]);
    ASSERT_OK_AND_ASSIGN(const model::RelationshipType* const type,
                         schema_->GetRelationshipType(RelationshipTypeNames()[kind[1]]));
    EXPECT_TRUE(schema_->EndpointsAllowed(*type, source->number, target->number))
        << source->definition.name << " " << type->definition.name << " "
        << target->definition.name;
  }
}

TEST_F(EstateInTheDefaultModel, NoItemHasMoreLinksOfATypeThanItsCardinalityAllows) {
  const std::vector<Link> links = LinksOf(Estate(kSmall));
  for (std::size_t i = 0; i < RelationshipTypeNames().size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const model::RelationshipType* const type,
                         schema_->GetRelationshipType(RelationshipTypeNames()[i]));
    const model::Cardinality cardinality = type->definition.cardinality;
    const bool one_target = cardinality == model::Cardinality::kManyToOne ||
                            cardinality == model::Cardinality::kOneToOne;
    const bool one_source = cardinality == model::Cardinality::kOneToMany ||
                            cardinality == model::Cardinality::kOneToOne;
    std::set<std::uint32_t> sources;
    std::set<std::uint32_t> targets;
    for (const Link& link : links) {
      if (link.type_index != i) continue;
      EXPECT_TRUE(sources.insert(link.source).second || !one_target) << link.source;
      EXPECT_TRUE(targets.insert(link.target).second || !one_source) << link.target;
    }
  }
}

}  // namespace
}  // namespace kosei::estate
