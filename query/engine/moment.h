// Moment: one of the Views that a statement reads, with what reading it takes.
#pragma once

#include <deque>
#include <memory>

#include "kosei/model/schema.h"
#include "kosei/storage/graph.h"
#include "kosei/storage/view.h"

namespace kosei::query {

struct Moment {
  storage::View view;
  storage::GraphView graph;
  std::shared_ptr<const model::Schema> schema;
};

// More may come while a statement runs; those that are there stay where they are.
using Moments = std::deque<Moment>;

}  // namespace kosei::query
