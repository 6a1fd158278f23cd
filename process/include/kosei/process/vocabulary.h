// The names that definitions of processes may use: given in when they are loaded, so that a name
// that nobody knows is found then, and not on the night it is needed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/model/definition.h"
#include "kosei/model/schema.h"

namespace kosei::process {

// What is asked of a model. Thread-safe.
class ModelFacts {
 public:
  struct AttributeFacts {
    model::AttributeType type = model::AttributeType::kString;
    model::AttributeType item_type = model::AttributeType::kString;  // kList
    std::vector<std::string> values;  // kEnum, or the items of a list of it
    model::Label label;
  };
  virtual ~ModelFacts() = default;
  virtual bool HasClass(std::string_view class_name) const = 0;
  // Its own or inherited; none: the class has no such attribute.
  virtual std::optional<AttributeFacts> FindAttribute(std::string_view class_name,
                                                      std::string_view attribute) const = 0;
  virtual bool HasRelationshipType(std::string_view name) const = 0;
  // For suggestions.
  virtual std::vector<std::string> ClassNames() const = 0;
  virtual std::vector<std::string> AttributeNames(std::string_view class_name) const = 0;
  virtual std::vector<std::string> RelationshipTypeNames() const = 0;
};
std::unique_ptr<const ModelFacts> FactsOf(std::shared_ptr<const model::Schema> schema);

// A named check's arguments.
struct CheckSignature {
  std::set<std::string, std::less<>> required;
  std::set<std::string, std::less<>> optional;
};

using NameSet = std::set<std::string, std::less<>>;

struct Vocabulary {
  const ModelFacts* model = nullptr;  // needed; not owned
  NameSet roles;
  std::map<std::string, CheckSignature, std::less<>> checks;
  // None: any name is taken.
  std::optional<NameSet> audiences;      // of `notify`
  std::optional<NameSet> notifications;  // templates
  std::optional<NameSet> policies;       // of approvals
  std::optional<NameSet> calendars;
  std::optional<NameSet> signals;     // of `automatic: {on: ...}`
  std::optional<NameSet> allowances;  // of a state's `allows`
  std::optional<NameSet> parties;     // of a state's `waits_for`
};

}  // namespace kosei::process
