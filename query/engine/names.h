// Names of a statement against the model: a property, label or type that no class knows is an error
// with the nearest known name, never an empty answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/planning.h"
#include "kosei/language/ast.h"

namespace kosei::query {

// The expression with every property of a record checked, and references walked: of `n.site.name`,
// where `site` is an attribute of type reference, `n.site` becomes the record that it names.
// kUnknownAttribute, kUnknownClass.
absl::StatusOr<language::ExpressionPtr> ResolveNames(const Planning& planning,
                                                     const language::Expression& expression,
                                                     const language::Scope& scope);

// kUnknownClass when no class carries the label and none is called so, in the model of the moment;
// nullopt: in those of all moments of the statement.
absl::Status CheckLabel(const Planning& planning, const std::string& label,
                        std::optional<std::uint16_t> moment, language::Span span);

}  // namespace kosei::query
