// Which records have a gate of their own. Few do, so a query that meets thousands of records looks
// at a mark first (GraphView::MayHaveGate) and reads a record only where there is one.
#pragma once

#include "kosei/base/record.h"
#include "kosei/model/schema.h"

namespace kosei::storage {

// `schema`: of the commit that wrote the version.
inline bool HasOwnGate(const model::Schema& schema, const RecordView& version) {
  const AttributeNumber gate = schema.GateAttributeOf(version.class_number());
  return gate.value != 0 && !version.ended() && !version.Text(gate).empty();
}

}  // namespace kosei::storage
