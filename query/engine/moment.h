// Moment: one of the Views that a statement reads, with what reading it takes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/type_set.h"
#include "kosei/base/ids.h"
#include "kosei/model/schema.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/view.h"

namespace kosei::query {

struct Moment {
  storage::View view;
  storage::GraphView graph;
  std::shared_ptr<const model::Schema> schema;
  std::optional<ClassSet> shown = std::nullopt;  // the classes that may be seen; nullopt: all

  // Whether the record may be seen, if there is one. Everything that brings a record into a row
  // asks it: scans, look-ups, links and keys in expressions.
  bool Shows(storage::NodeIndex node) const {
    return !shown.has_value() || shown->Has(graph.ClassOf(node));
  }
};

// `classes` as in StatementRequest.
absl::StatusOr<Moment> OpenMoment(const storage::Reader& reader, const storage::View& view,
                                  std::span<const ClassNumber> classes);

// The attribute of that name in any class: one name is one attribute in all of a model. Null: none.
inline const model::Attribute* AttributeNamed(const model::Schema& schema, std::string_view name) {
  for (const model::Class& each : schema.classes()) {
    const model::Attribute* attribute = schema.FindAttribute(each, name);
    if (attribute != nullptr) return attribute;
  }
  return nullptr;
}

// More may come while a statement runs; those that are there stay where they are.
using Moments = std::deque<Moment>;

}  // namespace kosei::query
