// The words of the grammar that stand for enumerators.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kosei/model/definition.h"

namespace kosei::model {

std::string_view NameOf(Cardinality cardinality);
std::optional<Cardinality> CardinalityOf(std::string_view name);
std::string_view NameOf(ImpactDirection impact);
std::optional<ImpactDirection> ImpactDirectionOf(std::string_view name);
std::string_view NameOf(Naming naming);
std::optional<Naming> NamingOf(std::string_view name);
// Without a word for none.
std::string_view NameOf(ClassRole role);
std::optional<ClassRole> ClassRoleOf(std::string_view name);
std::string_view NameOf(PartyRole role);
std::optional<PartyRole> PartyRoleOf(std::string_view name);

// All words of a kind, joined by ", ", for messages.
std::string AttributeTypeWords();
std::string CardinalityWords();
std::string ImpactDirectionWords();
std::string StateWords();
std::string NamingWords();
std::string ClassRoleWords();
std::string PartyRoleWords();

}  // namespace kosei::model
