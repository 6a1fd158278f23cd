// Whether a relationship type may join two classes, remembered: the schema's answer takes a walk up
// two class trees. Not thread-safe.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "kosei/base/error.h"
#include "kosei/model/schema.h"

namespace kosei::storage {

class EndpointRules {
 public:
  explicit EndpointRules(const model::Schema& schema) : schema_(&schema) {}
  // From here on another model's answers. The schema must outlive this.
  void Follow(const model::Schema& schema) {
    if (schema_ == &schema) return;
    schema_ = &schema;
    allowed_.clear();
  }
  // kRetired when no link of the type is made any more.
  static absl::Status CheckInUse(const model::RelationshipType& type) {
    if (!type.definition.retired) return absl::OkStatus();
    return MakeError(ErrorCode::kRetired,
                     "relationship type " + type.definition.name +
                         " is retired: its links are read and none is made; choose another type",
                     "type");
  }
  bool Allowed(const model::RelationshipType& type, ClassNumber source, ClassNumber target) {
    const std::uint64_t name =
        std::uint64_t{type.number.value} << 32 | std::uint64_t{source.value} << 16 | target.value;
    const auto [known, inserted] = allowed_.try_emplace(name, false);
    if (inserted) known->second = schema_->EndpointsAllowed(type, source, target);
    return known->second;
  }

 private:
  const model::Schema* schema_;
  absl::flat_hash_map<std::uint64_t, bool> allowed_;
};

}  // namespace kosei::storage
