#include "impact_rules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"
#include "table_lookup.h"
#include "yaml_map.h"

namespace kosei::model {
namespace {

// "{source: Application, target: Database}".
std::string PairText(std::string_view source, std::string_view target) {
  std::string text = "{";
  if (!source.empty()) text += absl::StrFormat("source: %s", source);
  if (!source.empty() && !target.empty()) text += ", ";
  if (!target.empty()) text += absl::StrFormat("target: %s", target);
  return text + "}";
}

std::string_view NameOfClass(const Class* one) {
  return one == nullptr ? std::string_view() : std::string_view(one->definition.name);
}

// One end of the rules: what class each names, nullptr for any, and the groups that come of it.
class End {
 public:
  void Add(const Class* named) {
    of_rule_.push_back(named);
    if (named != nullptr && std::find(named_.begin(), named_.end(), named) == named_.end())
      named_.push_back(named);
  }
  // Group 0 has no class above that a rule names.
  std::size_t groups() const { return named_.size() + 1; }
  const Class* OfGroup(std::size_t group) const { return group == 0 ? nullptr : named_[group - 1]; }
  // Whether a rule names this class here and `far` at the other end.
  bool Has(const Class* near, const End& other, const Class* far) const {
    for (std::size_t rule = 0; rule < of_rule_.size(); ++rule) {
      if (of_rule_[rule] == near && other.of_rule_[rule] == far) return true;
    }
    return false;
  }

  std::uint16_t GroupOf(const Class& one) const {
    for (const ClassNumber above : one.ancestors) {
      for (std::size_t i = 0; i < named_.size(); ++i) {
        if (named_[i]->number == above) return static_cast<std::uint16_t>(i + 1);
      }
    }
    return 0;
  }
  bool Matches(std::size_t rule, std::size_t group) const {
    const Class* const wanted = of_rule_[rule];
    if (wanted == nullptr) return true;
    if (group == 0) return false;
    const std::vector<ClassNumber>& above = named_[group - 1]->ancestors;
    return std::find(above.begin(), above.end(), wanted->number) != above.end();
  }
  // Steps below what is above the root: the deeper a rule's class, the nearer it is.
  std::size_t DepthOf(std::size_t rule) const {
    return of_rule_[rule] == nullptr ? 0 : of_rule_[rule]->ancestors.size();
  }

 private:
  std::vector<const Class*> of_rule_;
  std::vector<const Class*> named_;
};

class RuleCompiler {
 public:
  RuleCompiler(const SchemaTables& tables, const RelationshipType& type, ImpactTable& table)
      : tables_(tables), type_(type), definition_(type.definition), table_(table) {}

  absl::Status Run() {
    KOSEI_RETURN_IF_ERROR(AddRules());
    if (definition_.impact_rules.empty()) return absl::OkStatus();
    FillGroups(source_, table_.source_group);
    FillGroups(target_, table_.target_group);
    table_.target_groups = target_.groups();
    table_.nearest.assign(source_.groups() * target_.groups(), 0);
    for (std::size_t from = 0; from < source_.groups(); ++from) {
      for (std::size_t to = 0; to < target_.groups(); ++to)
        KOSEI_RETURN_IF_ERROR(ChooseNearest(from, to));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Error(std::string_view origin, const std::string& problem) const {
    return ModelError(origin.empty() ? std::string_view(definition_.origin) : origin,
                      absl::StrFormat("relationship type %s: %s", definition_.name, problem));
  }

  absl::Status AddRule(std::string_view origin, ImpactRule rule) {
    const State degraded = rule.effect[static_cast<std::size_t>(State::kDegraded)];
    const State failed = rule.effect[static_cast<std::size_t>(State::kFailed)];
    table_.rules.push_back(rule);
    if (degraded <= failed) return absl::OkStatus();
    return Error(origin, absl::StrFormat(
                             "the effect of degraded is %s and that of failed %s, expected at "
                             "least as much of what failed; lower the former or raise the latter",
                             NameOf(degraded), NameOf(failed)));
  }

  absl::Status AddRules();
  void FillGroups(const End& end, std::vector<std::uint16_t>& group_of) const;
  absl::Status ChooseNearest(std::size_t from, std::size_t to);
  absl::Status CheckTie(std::size_t from, std::size_t to, std::size_t one, std::size_t other) const;
  const Class* SomeConcrete(const End& end, std::size_t group, ClassNumber below) const;

  const SchemaTables& tables_;
  const RelationshipType& type_;
  const RelationshipTypeDefinition& definition_;
  ImpactTable& table_;
  End source_;
  End target_;
};

absl::Status RuleCompiler::AddRules() {
  KOSEI_RETURN_IF_ERROR(
      AddRule({}, {definition_.impact,
                   {State::kUp, definition_.effect_of_degraded, definition_.effect_of_failed},
                   0}));
  if (definition_.impact_rules.size() > kImpactRulesMax) {
    return Error({}, absl::StrFormat("found %d impact rules, expected at most %d; name classes "
                                     "further up",
                                     definition_.impact_rules.size(), kImpactRulesMax));
  }
  for (const ImpactRuleDefinition& rule : definition_.impact_rules) {
    if (rule.source.empty() && rule.target.empty()) {
      return Error(rule.origin,
                   "an impact rule names neither source nor target; name one of them, or say it "
                   "as impact and effect of the relationship type itself");
    }
    const auto named = [&](std::string_view end,
                           const std::string& name) -> absl::StatusOr<const Class*> {
      if (name.empty()) return nullptr;
      return ClassNamed(tables_,
                        {rule.origin, absl::StrFormat("relationship type %s: %s of an impact rule",
                                                      definition_.name, end)},
                        name);
    };
    KOSEI_ASSIGN_OR_RETURN(const Class* source, named("source", rule.source));
    KOSEI_ASSIGN_OR_RETURN(const Class* target, named("target", rule.target));
    if (source_.Has(source, target_, target)) {
      return Error(rule.origin, absl::StrFormat("there are two impact rules %s; keep one",
                                                PairText(rule.source, rule.target)));
    }
    source_.Add(source);
    target_.Add(target);
    KOSEI_RETURN_IF_ERROR(
        AddRule(rule.origin, {rule.impact.value_or(definition_.impact),
                              {State::kUp, rule.degraded.value_or(definition_.effect_of_degraded),
                               rule.failed.value_or(definition_.effect_of_failed)},
                              static_cast<std::uint16_t>(table_.rules.size())}));
  }
  return absl::OkStatus();
}

void RuleCompiler::FillGroups(const End& end, std::vector<std::uint16_t>& group_of) const {
  group_of.assign(tables_.book.classes.size() + 1, kNoGroup);
  for (const Class& one : tables_.classes) group_of[one.number.value] = end.GroupOf(one);
}

absl::Status RuleCompiler::ChooseNearest(std::size_t from, std::size_t to) {
  std::size_t nearest = table_.rules.size();
  std::size_t tied = nearest;
  std::size_t depth = 0;
  for (std::size_t rule = 0; rule + 1 < table_.rules.size(); ++rule) {
    if (!source_.Matches(rule, from) || !target_.Matches(rule, to)) continue;
    const std::size_t its = source_.DepthOf(rule) + target_.DepthOf(rule);
    if (nearest == table_.rules.size() || its > depth) {
      nearest = rule;
      tied = table_.rules.size();
      depth = its;
    } else if (its == depth && tied == table_.rules.size()) {
      tied = rule;
    }
  }
  if (nearest == table_.rules.size()) return absl::OkStatus();  // the type's own
  table_.nearest[from * table_.target_groups + to] = static_cast<std::uint16_t>(nearest + 1);
  return tied == table_.rules.size() ? absl::OkStatus() : CheckTie(from, to, nearest, tied);
}

// A class of the group that has records, of `below` or under it.
const Class* RuleCompiler::SomeConcrete(const End& end, std::size_t group,
                                        ClassNumber below) const {
  for (const Class& one : tables_.classes) {
    if (one.definition.is_abstract || end.GroupOf(one) != group) continue;
    const auto above = std::find(one.ancestors.begin(), one.ancestors.end(), below);
    if (above != one.ancestors.end()) return &one;
  }
  return nullptr;
}

// Two rules as near are an error where there may be a link that both are for.
absl::Status RuleCompiler::CheckTie(std::size_t from, std::size_t to, std::size_t one,
                                    std::size_t other) const {
  const ImpactRuleDefinition& first = definition_.impact_rules[one];
  const ImpactRuleDefinition& second = definition_.impact_rules[other];
  const std::string first_text = PairText(first.source, first.target);
  const std::string second_text = PairText(second.source, second.target);
  for (const auto& [source_end, target_end] :
       tables_.endpoints_by_number[type_.number.value - 1U]) {
    const Class* const source = SomeConcrete(source_, from, source_end);
    const Class* const target = SomeConcrete(target_, to, target_end);
    if (source == nullptr || target == nullptr) continue;
    return Error(
        second.origin,
        absl::StrFormat(
            "the impact rules %s and %s are as near to a link from %s to %s, expected "
            "one that is nearer; add a rule %s that decides, or drop one of the two",
            first_text, second_text, source->definition.name, target->definition.name,
            PairText(NameOfClass(source_.OfGroup(from)), NameOfClass(target_.OfGroup(to)))));
  }
  return absl::OkStatus();
}

}  // namespace

bool CarriesFailure(const RelationshipTypeDefinition& type) {
  return type.impact != ImpactDirection::kNone ||
         std::any_of(type.impact_rules.begin(), type.impact_rules.end(),
                     [](const ImpactRuleDefinition& rule) {
                       return rule.impact && *rule.impact != ImpactDirection::kNone;
                     });
}

absl::Status CompileImpactRules(const SchemaTables& tables, const RelationshipType& type,
                                ImpactTable& table) {
  return RuleCompiler(tables, type, table).Run();
}

}  // namespace kosei::model
