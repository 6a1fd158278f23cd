#include "impact_comparison.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "impact_rules.h"
#include "keywords.h"

namespace kosei::model {
namespace {

std::string OutOfServiceText(const ClassDefinition& definition) {
  if (!definition.out_of_service) return {};
  return absl::StrFormat("%s %s", definition.out_of_service->attribute,
                         absl::StrJoin(definition.out_of_service->values, "|"));
}

// By number, so that a class that was renamed is the same. Names are those of `names`.
std::vector<std::string> RuleTexts(const TypeOfSchema& of, const Schema& names) {
  const auto end = [&](const std::string& name) -> std::string_view {
    const Class* known = of.schema.FindClass(name);
    return known == nullptr ? "any" : names.ClassName(known->number);
  };
  std::vector<std::string> texts;
  for (const ImpactRuleDefinition& rule : of.type.definition.impact_rules) {
    std::string& text = texts.emplace_back(
        absl::StrFormat("impact rule %s -> %s", end(rule.source), end(rule.target)));
    if (rule.impact) text += absl::StrFormat(" impact %s", NameOf(*rule.impact));
    if (rule.degraded) text += absl::StrFormat(" degraded %s", NameOf(*rule.degraded));
    if (rule.failed) text += absl::StrFormat(" failed %s", NameOf(*rule.failed));
  }
  return texts;
}

const ImpactContextDefinition* FindContext(const Schema& schema, std::string_view name) {
  for (const ImpactContext& context : schema.impact_contexts()) {
    if (context.definition.name == name) return &context.definition;
  }
  return nullptr;
}

Aspects CompareContext(const ImpactContextDefinition& old, const ImpactContextDefinition& now) {
  Aspects out;
  CompareLabels("label", old.label, now.label, out);
  CompareText("class", old.class_name, now.class_name, out);
  const auto when = [](const ImpactContextDefinition& one) {
    return absl::StrFormat("%s %s", one.attribute, absl::StrJoin(one.values, "|"));
  };
  CompareText("when", when(old), when(now), out);
  CompareText("state", NameOf(old.state), NameOf(now.state), out);
  CompareText("over", old.over, now.over, out);
  CompareText("from", old.from, now.from, out);
  CompareText("to", old.to, now.to, out);
  return out;
}

// Every name that a gate could be checked with, former ones too.
std::set<std::string_view> NamesForGates(const Schema& schema) {
  std::set<std::string_view> names;
  const auto add = [&names](const std::string& name, const std::vector<std::string>& former) {
    names.insert(name);
    names.insert(former.begin(), former.end());
  };
  for (const Class& owner : schema.classes()) {
    add(owner.definition.name, owner.definition.renamed_from);
    for (const AttributeDefinition& attribute : owner.definition.attributes)
      add(attribute.name, attribute.renamed_from);
  }
  for (const RelationshipType& type : schema.relationship_types())
    add(type.definition.name, type.definition.renamed_from);
  return names;
}

}  // namespace

void CompareImpactOfClasses(const Class& before, const Class& after, Aspects& out) {
  CompareText("gate", before.definition.gate, after.definition.gate, out);
  CompareText("out_of_service", OutOfServiceText(before.definition),
              OutOfServiceText(after.definition), out);
  CompareText("role", NameOf(before.definition.role), NameOf(after.definition.role), out);
}

void CompareImpactOfTypes(const TypeOfSchema& before, const TypeOfSchema& after, Aspects& out) {
  const RelationshipTypeDefinition& old = before.type.definition;
  const RelationshipTypeDefinition& now = after.type.definition;
  CompareText("impact", NameOf(old.impact), NameOf(now.impact), out);
  CompareText("effect of degraded", NameOf(old.effect_of_degraded), NameOf(now.effect_of_degraded),
              out);
  CompareText("effect of failed", NameOf(old.effect_of_failed), NameOf(now.effect_of_failed), out);
  CompareTexts(RuleTexts(before, after.schema), RuleTexts(after, after.schema), out);
  CompareText("role", NameOf(old.role), NameOf(now.role), out);
}

std::vector<ContextChange> CompareContexts(const Schema& before, const Schema& after) {
  std::vector<ContextChange> changes;
  for (const ImpactContext& context : before.impact_contexts()) {
    const std::string& name = context.definition.name;
    const ImpactContextDefinition* now = FindContext(after, name);
    if (now == nullptr) {
      changes.push_back({name, {ChangeSafety::kSafe, "removed", ""}});
      continue;
    }
    for (Aspect& aspect : CompareContext(context.definition, *now))
      changes.push_back({name, std::move(aspect)});
  }
  for (const ImpactContext& context : after.impact_contexts()) {
    if (FindContext(before, context.definition.name) == nullptr)
      changes.push_back({context.definition.name, {ChangeSafety::kSafe, "added", ""}});
  }
  return changes;
}

bool GatesMayNameNoMore(const Schema& before, const Schema& after) {
  const std::set<std::string_view> old = NamesForGates(before);
  const std::set<std::string_view> now = NamesForGates(after);
  if (!std::includes(now.begin(), now.end(), old.begin(), old.end())) return true;
  // An attribute that a class has no more, though another has it still.
  for (const Class& owner : before.classes()) {
    const Class* kept = after.FindClass(owner.number);
    if (kept == nullptr) return true;
    for (const Attribute& attribute : owner.attributes) {
      if (after.FindAttribute(*kept, attribute.number) == nullptr) return true;
    }
  }
  return std::any_of(before.relationship_types().begin(), before.relationship_types().end(),
                     [&after](const RelationshipType& type) {
                       const RelationshipType* kept = after.FindRelationshipType(type.number);
                       return kept == nullptr || (CarriesFailure(type.definition) &&
                                                  !CarriesFailure(kept->definition));
                     });
}

}  // namespace kosei::model
