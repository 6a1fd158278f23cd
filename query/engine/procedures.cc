#include <iterator>

#include "engine/procedure.h"

namespace kosei::query {

std::span<const Procedure> Procedures() {
  static const std::vector<Procedure> procedures = [] {
    std::vector<Procedure> all = ModelProcedures();
    for (auto part : {GraphProcedures(), HistoryProcedures()})
      all.insert(all.end(), std::make_move_iterator(part.begin()),
                 std::make_move_iterator(part.end()));
    return all;
  }();
  return procedures;
}

}  // namespace kosei::query
