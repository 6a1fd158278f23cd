// The words that gates are written with.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "kosei/model/gate.h"
#include "rule.h"

namespace kosei::model {

inline constexpr std::array<std::string_view, 6> kGroupWords = {"all",      "any",      "at_least",
                                                                "capacity", "weighted", "primary"};

// "at_least"; of groups only.
std::string_view NameOf(GateKind kind);
std::optional<GateKind> GroupOf(std::string_view word);
// A gate of this kind, for messages.
std::string_view ExampleOf(GateKind kind);
// "2", "50%", "min_members".
std::string AmountText(const Amount& amount);

}  // namespace kosei::model
