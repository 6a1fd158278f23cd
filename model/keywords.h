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

// All words of a kind, joined by ", ", for messages.
std::string AttributeTypeWords();
std::string CardinalityWords();
std::string ImpactDirectionWords();

}  // namespace kosei::model
