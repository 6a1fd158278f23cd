// Names that one part of a definition says of another, looked up once the tables have them.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "schema_tables.h"

namespace kosei::model {

// Who names something, for messages: `origin` is "file:line" or empty, `where` "relationship type
// uses: source of an impact rule".
struct NamedBy {
  std::string_view origin;
  std::string where;
};

// kModelInvalid with the nearest known name when there is none.
absl::StatusOr<const Class*> ClassNamed(const SchemaTables& tables, const NamedBy& by,
                                        std::string_view name);
absl::StatusOr<const RelationshipType*> TypeNamed(const SchemaTables& tables, const NamedBy& by,
                                                  std::string_view name);
// An attribute of the class, of this type.
absl::StatusOr<const Attribute*> AttributeNamed(const SchemaTables& tables, const NamedBy& by,
                                                const Class& owner, std::string_view name,
                                                AttributeType type);
// The enum, none of whose values is called otherwise.
absl::StatusOr<const Attribute*> EnumNamed(const SchemaTables& tables, const NamedBy& by,
                                           const Class& owner, std::string_view name,
                                           const std::vector<std::string>& values);

}  // namespace kosei::model
