// A life cycle ready to be asked: each transition with its expressions compiled and its statements
// parsed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "definition/expression.h"
#include "kosei/language/ast.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

struct CompiledSetting {
  std::string attribute;
  CompiledExpression value;
};

struct CompiledGuard {
  const GuardDefinition* definition = nullptr;
  std::optional<language::Statement> statement;  // kQuery
  std::optional<CompiledExpression> condition;   // kExpression
};

struct CompiledEffect {
  const EffectDefinition* definition = nullptr;
  std::optional<CompiledExpression> keys;
  std::vector<CompiledSetting> set;
};

struct RequiredAttribute {
  std::string name;
  Label label;
};

struct CompiledTransition {
  const TransitionDefinition* definition = nullptr;
  std::vector<std::string_view> sources;
  std::vector<RequiredAttribute> required;
  std::vector<CompiledSetting> set;
  std::vector<CompiledGuard> guards;
  std::vector<CompiledEffect> effects;
  std::optional<CompiledExpression> when;

  bool LeadsOutOf(std::string_view state) const;
};

class LifeCycle::Impl {
 public:
  static absl::StatusOr<std::unique_ptr<const Impl>> Make(LifeCycleDefinition definition,
                                                          const Vocabulary& vocabulary);

  const StateDefinition* FindState(std::string_view name) const;
  const CompiledTransition* FindTransition(std::string_view event) const;

  LifeCycleDefinition definition;
  std::string hash;
  std::vector<CompiledTransition> transitions;  // in the order of the definition
};

}  // namespace kosei::process
