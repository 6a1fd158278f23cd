// Random walks of a model over random data, each step judged by a naive checker that knows the
// definition and a map of what is stored, and nothing of schemas and comparisons.
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "kosei/storage/verification.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

using model::AttributeDefinition;
using model::AttributeType;
using model::ClassDefinition;
using model::ModelDefinition;
using model::RelationshipTypeDefinition;
using storage::ModelOutcome;

constexpr char kWalkModel[] = R"yaml(
classes:
  - name: Top
    label: {en: Top, ja: 上}
    attributes:
      - {name: size, type: integer, label: {en: Size, ja: 大きさ}}
      - {name: mark, type: string, label: {en: Mark, ja: 印}}
      - name: state
        type: enum
        label: {en: State, ja: 状態}
        values:
          - {name: red, label: {en: Red, ja: 赤}}
          - {name: blue, label: {en: Blue, ja: 青}}
          - {name: green, label: {en: Green, ja: 緑}}
  - name: Sub
    parent: Top
    label: {en: Sub, ja: 下}
    attributes:
      - {name: depth, type: integer, label: {en: Depth, ja: 深さ}}
  - name: Other
    label: {en: Other, ja: 他}
    attributes:
      - {name: size, type: integer, label: {en: Size, ja: 大きさ}}
relationship_types:
  - name: joins
    label: {en: joins, ja: 結ぶ}
    inverse_label: {en: is joined by, ja: 結ばれる}
    endpoints:
      - {source: Top, target: Top}
      - {source: Other, target: Top}
    impact: none
)yaml";

struct Item {
  std::string class_name;
  std::map<std::string, std::string> attributes;  // as text
};
struct World {
  std::map<std::string, Item> items;
  std::set<std::pair<std::string, std::string>> links;
};

const ClassDefinition* FindClass(const ModelDefinition& model, const std::string& name) {
  for (const ClassDefinition& one : model.classes) {
    if (one.name == name) return &one;
  }
  return nullptr;
}
std::vector<const ClassDefinition*> ChainOf(const ModelDefinition& model, std::string name) {
  std::vector<const ClassDefinition*> chain;
  while (const ClassDefinition* one = FindClass(model, name)) {
    chain.push_back(one);
    name = one->parent;
  }
  return chain;
}
bool Is(const ModelDefinition& model, const std::string& name, const std::string& super) {
  for (const ClassDefinition* one : ChainOf(model, name)) {
    if (one->name == super) return true;
  }
  return false;
}

bool Fits(const AttributeDefinition& attribute, const std::string& value) {
  if (attribute.retired) return false;
  if (attribute.type == AttributeType::kEnum) {
    return std::any_of(attribute.values.begin(), attribute.values.end(),
                       [&](const model::EnumValue& one) { return one.name == value; });
  }
  if (attribute.type != AttributeType::kInteger) return true;
  const std::int64_t number = std::stoll(value);
  return (!attribute.minimum || number >= attribute.minimum->coefficient) &&
         (!attribute.maximum || number <= attribute.maximum->coefficient);
}

bool Fits(const ModelDefinition& model, const Item& item) {
  const auto chain = ChainOf(model, item.class_name);
  if (chain.empty() || chain[0]->is_abstract || chain[0]->retired) return false;
  std::set<std::string> known;
  for (const ClassDefinition* one : chain) {
    for (const AttributeDefinition& attribute : one->attributes) {
      known.insert(attribute.name);
      const auto value = item.attributes.find(attribute.name);
      if (value == item.attributes.end()) {
        if (attribute.required && !attribute.retired) return false;
      } else if (!Fits(attribute, value->second)) {
        return false;
      }
    }
  }
  return std::all_of(item.attributes.begin(), item.attributes.end(),
                     [&](const auto& entry) { return known.contains(entry.first); });
}

bool UniqueHolds(const ModelDefinition& model, const World& world) {
  for (const ClassDefinition& owner : model.classes) {
    for (const AttributeDefinition& attribute : owner.attributes) {
      std::set<std::string> seen;
      for (const auto& [key, item] : world.items) {
        const auto value = item.attributes.find(attribute.name);
        if (!attribute.unique || !Is(model, item.class_name, owner.name) ||
            value == item.attributes.end())
          continue;
        if (!seen.insert(value->second).second) return false;
      }
    }
  }
  return true;
}

bool LinksHold(const ModelDefinition& model, const World& world) {
  if (world.links.empty()) return true;
  if (model.relationship_types.empty() || model.relationship_types[0].retired) return false;
  const RelationshipTypeDefinition& type = model.relationship_types[0];
  std::map<std::string, int> out;
  std::map<std::string, int> in;
  for (const auto& [source, target] : world.links) {
    const bool allowed = std::any_of(
        type.endpoints.begin(), type.endpoints.end(), [&](const model::Endpoints& pair) {
          return Is(model, world.items.at(source).class_name, pair.source_class) &&
                 Is(model, world.items.at(target).class_name, pair.target_class);
        });
    const auto limits = static_cast<unsigned>(type.cardinality);
    if (!allowed || ((limits & 1) != 0 && ++out[source] > 1) ||
        ((limits & 2) != 0 && ++in[target] > 1))
      return false;
  }
  return true;
}

class ModelWalkTest : public StoreTest {
 protected:
  storage::EngineOptions WalkOptions() {
    storage::EngineOptions options = Options();
    options.model = {};
    return options;
  }
  void Start() {
    engine_.reset();
    auto engine = storage::Engine::Open(WalkOptions());
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }
  void SetUp() override {
    auto parsed = model::ParseModel(kWalkModel, "walk");
    ASSERT_OK(parsed.status());
    model_ = *std::move(parsed);
    storage::EngineOptions options = Options();
    options.model = model_;
    auto engine = storage::Engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  std::string KeyAt(int i) { return "k" + std::to_string(i); }

  // One random write, taken over into the world when the store takes it. Whether it should, the
  // model tests say; here the stored state is what the next model is judged by.
  void Write() {
    storage::Transaction transaction;
    World next = world_;
    const std::string key = KeyAt(Pick(12));
    const std::string other = KeyAt(Pick(12));
    const int what = Pick(10);
    if (what < 6) {
      const char* const classes[] = {"Top", "Sub", "Other"};
      const std::string name =
          world_.items.contains(key) ? world_.items[key].class_name : classes[Pick(3)];
      const model::Class* owner = reader().schema()->FindClass(name);
      if (owner == nullptr) return;
      Record record;
      record.class_number = owner->number;
      record.key = key;
      Item& item = next.items[key];
      item.class_name = name;
      const char* const values[] = {"red", "blue", "green"};
      for (const model::Attribute& attribute : owner->attributes) {
        if (Pick(2) == 0) continue;
        const std::string& called = attribute.definition.name;
        std::string value = std::to_string(Pick(8));
        if (attribute.definition.type == AttributeType::kEnum) value = values[Pick(3)];
        record.Set(attribute.number, Value(value));
        item.attributes[called] = value;
      }
      transaction.put_records.push_back({record, std::nullopt});
    } else if (what < 7) {
      transaction.end_records.push_back({key, std::nullopt});
      next.items.erase(key);
      std::erase_if(next.links,
                    [&](const auto& link) { return link.first == key || link.second == key; });
    } else {
      const auto* type = reader().schema()->FindRelationshipType("joins");
      if (type == nullptr) return;
      if (what < 9) {
        transaction.put_links.push_back({key, type->number, other});
        next.links.emplace(key, other);
      } else {
        transaction.end_links.push_back({key, type->number, other});
        next.links.erase({key, other});
      }
    }
    clock_.Advance(std::chrono::seconds(1));
    if (writer().Commit(transaction).ok()) world_ = std::move(next);
  }

  // One random change of one property.
  void Mutate(ModelDefinition& model) {
    ClassDefinition& owner = model.classes[static_cast<std::size_t>(Pick(3))];
    AttributeDefinition& attribute =
        owner.attributes[static_cast<std::size_t>(Pick(static_cast<int>(owner.attributes.size())))];
    RelationshipTypeDefinition& type = model.relationship_types[0];
    const auto bound = [this](std::optional<Decimal>& one, int from) {
      one = one ? std::nullopt : std::optional<Decimal>(Decimal{from + Pick(4), 0});
    };
    switch (Pick(10)) {
      case 0:
        attribute.required = !attribute.required;
        break;
      case 1:
        attribute.unique = !attribute.unique;
        break;
      case 2:
        attribute.retired = !attribute.retired;
        break;
      case 3:
        if (attribute.type == AttributeType::kInteger) bound(attribute.minimum, 0);
        break;
      case 4:
        if (attribute.type == AttributeType::kInteger) bound(attribute.maximum, 4);
        break;
      case 5:
        if (attribute.type == AttributeType::kEnum) {
          if (attribute.values.size() > 2) {
            attribute.values.erase(attribute.values.begin() + Pick(3));
          } else {
            attribute = model_start_.classes[0].attributes[2];
          }
        }
        break;
      case 6:
        if (owner.name != "Top") owner.is_abstract = !owner.is_abstract;
        break;
      case 7:
        if (owner.name != "Top") owner.retired = !owner.retired;
        break;
      case 8:
        type.cardinality = static_cast<model::Cardinality>(Pick(4));
        break;
      default:
        if (type.endpoints.size() > 1) {
          type.endpoints.pop_back();
        } else {
          type.endpoints = model_start_.relationship_types[0].endpoints;
        }
        break;
    }
  }

  void StepModel() {
    ModelDefinition next = model_;
    Mutate(next);
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_OK_AND_ASSIGN(
        const storage::ModelChangeResult result,
        writer().ChangeModel(next, {"walker", "", "", ""}, storage::ModelChangeMode::kApply));
    std::set<std::string> expected;
    for (const auto& [key, item] : world_.items) {
      if (!Fits(next, item)) expected.insert(key);
    }
    const bool fits = expected.empty() && UniqueHolds(next, world_) && LinksHold(next, world_);
    if (result.outcome == ModelOutcome::kUnchanged) return;
    EXPECT_EQ(result.outcome == ModelOutcome::kApplied, fits) << model::CanonicalText(next);
    std::set<std::string> found;
    for (const storage::ModelFinding& finding : result.findings) found.insert(finding.key);
    for (const std::string& key : expected) EXPECT_TRUE(found.contains(key)) << key;
    if (result.outcome == ModelOutcome::kApplied) {
      ++applied_;
      model_ = std::move(next);
    } else {
      ++refused_;
    }
  }

  std::mt19937_64 random_{7};
  ModelDefinition model_;
  ModelDefinition model_start_ = *model::ParseModel(kWalkModel, "walk");
  World world_;
  int applied_ = 0;
  int refused_ = 0;
};

TEST_F(ModelWalkTest, EveryStepIsTakenOrRefusedAsANaiveCheckerSays) {
  for (int step = 0; step < 600 && !HasFailure(); ++step) {
    SCOPED_TRACE(step);
    for (int i = Pick(5); i > 0; --i) Write();
    StepModel();
    if (step % 60 == 59) Start();
  }
  EXPECT_GT(applied_, 50);
  EXPECT_GT(refused_, 50);
  engine_.reset();
  storage::VerifyOptions options;
  options.folder = folder_ / "data";
  ASSERT_OK_AND_ASSIGN(const storage::VerifyReport report, storage::VerifyStore(options));
  EXPECT_EQ(report.findings, std::vector<std::string>());
}

}  // namespace
}  // namespace kosei::testing
