#include "keywords.h"

#include <array>
#include <span>

namespace kosei::model {
namespace {

template <typename Enum>
struct Word {
  Enum value;
  std::string_view name;
};

constexpr std::array kTypes = {
    Word{AttributeType::kString, "string"},
    Word{AttributeType::kText, "text"},
    Word{AttributeType::kInteger, "integer"},
    Word{AttributeType::kDecimal, "decimal"},
    Word{AttributeType::kBoolean, "boolean"},
    Word{AttributeType::kTimestamp, "timestamp"},
    Word{AttributeType::kDate, "date"},
    Word{AttributeType::kDuration, "duration"},
    Word{AttributeType::kEnum, "enum"},
    Word{AttributeType::kIpAddress, "ip_address"},
    Word{AttributeType::kIpNetwork, "ip_network"},
    Word{AttributeType::kMac, "mac"},
    Word{AttributeType::kUrl, "url"},
    Word{AttributeType::kReference, "reference"},
    Word{AttributeType::kList, "list"},
    Word{AttributeType::kGate, "gate"},
    Word{AttributeType::kAny, "any"},
};
constexpr std::array kCardinalities = {
    Word{Cardinality::kManyToMany, "many_to_many"},
    Word{Cardinality::kManyToOne, "many_to_one"},
    Word{Cardinality::kOneToMany, "one_to_many"},
    Word{Cardinality::kOneToOne, "one_to_one"},
};
constexpr std::array kImpacts = {
    Word{ImpactDirection::kNone, "none"},
    Word{ImpactDirection::kTargetToSource, "target_to_source"},
    Word{ImpactDirection::kSourceToTarget, "source_to_target"},
    Word{ImpactDirection::kBoth, "both"},
};
constexpr std::array kStates = {
    Word{State::kUp, "up"},
    Word{State::kDegraded, "degraded"},
    Word{State::kFailed, "failed"},
};
constexpr std::array kNamings = {
    Word{Naming::kStrict, "strict"},
    Word{Naming::kFree, "free"},
};
constexpr std::array kClassRoles = {
    Word{ClassRole::kService, "service"},
    Word{ClassRole::kProcess, "process"},
};
constexpr std::array kPartyRoles = {
    Word{PartyRole::kOwner, "owner"},         Word{PartyRole::kCustomer, "customer"},
    Word{PartyRole::kAgreement, "agreement"}, Word{PartyRole::kSupport, "support"},
    Word{PartyRole::kContact, "contact"},
};

template <typename Enum>
std::string_view NameIn(std::span<const Word<Enum>> words, Enum value) {
  for (const Word<Enum>& word : words) {
    if (word.value == value) return word.name;
  }
  return {};
}

template <typename Enum>
std::optional<Enum> ValueIn(std::span<const Word<Enum>> words, std::string_view name) {
  for (const Word<Enum>& word : words) {
    if (word.name == name) return word.value;
  }
  return std::nullopt;
}

template <typename Enum>
std::string Join(std::span<const Word<Enum>> words) {
  std::string joined;
  for (const Word<Enum>& word : words) {
    if (!joined.empty()) joined += ", ";
    joined += word.name;
  }
  return joined;
}

}  // namespace

std::string_view NameOf(AttributeType type) { return NameIn<AttributeType>(kTypes, type); }
std::optional<AttributeType> AttributeTypeOf(std::string_view name) {
  return ValueIn<AttributeType>(kTypes, name);
}
std::string AttributeTypeWords() { return Join<AttributeType>(kTypes); }

std::string_view NameOf(Cardinality cardinality) {
  return NameIn<Cardinality>(kCardinalities, cardinality);
}
std::optional<Cardinality> CardinalityOf(std::string_view name) {
  return ValueIn<Cardinality>(kCardinalities, name);
}
std::string CardinalityWords() { return Join<Cardinality>(kCardinalities); }

std::string_view NameOf(ImpactDirection impact) {
  return NameIn<ImpactDirection>(kImpacts, impact);
}
std::optional<ImpactDirection> ImpactDirectionOf(std::string_view name) {
  return ValueIn<ImpactDirection>(kImpacts, name);
}
std::string ImpactDirectionWords() { return Join<ImpactDirection>(kImpacts); }

std::string_view NameOf(State state) { return NameIn<State>(kStates, state); }
std::optional<State> StateOf(std::string_view name) { return ValueIn<State>(kStates, name); }
std::string StateWords() { return Join<State>(kStates); }

std::string_view NameOf(Naming naming) { return NameIn<Naming>(kNamings, naming); }
std::optional<Naming> NamingOf(std::string_view name) { return ValueIn<Naming>(kNamings, name); }
std::string NamingWords() { return Join<Naming>(kNamings); }

std::string_view NameOf(ClassRole role) { return NameIn<ClassRole>(kClassRoles, role); }
std::optional<ClassRole> ClassRoleOf(std::string_view name) {
  return ValueIn<ClassRole>(kClassRoles, name);
}
std::string ClassRoleWords() { return Join<ClassRole>(kClassRoles); }

std::string_view NameOf(PartyRole role) { return NameIn<PartyRole>(kPartyRoles, role); }
std::optional<PartyRole> PartyRoleOf(std::string_view name) {
  return ValueIn<PartyRole>(kPartyRoles, name);
}
std::string PartyRoleWords() { return Join<PartyRole>(kPartyRoles); }

}  // namespace kosei::model
