#include "engine/moment.h"

#include <algorithm>
#include <utility>

#include "kosei/base/status_macros.h"

namespace kosei::query {

absl::StatusOr<Moment> OpenMoment(const storage::Reader& reader, const storage::View& view,
                                  std::span<const ClassNumber> classes) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const model::Schema> schema, reader.SchemaAt(view));
  Moment moment{view, graph, std::move(schema)};
  if (classes.empty()) return moment;
  moment.shown.emplace();
  for (const model::Class& each : moment.schema->classes()) {
    if (std::any_of(each.ancestors.begin(), each.ancestors.end(), [&](ClassNumber above) {
          return std::find(classes.begin(), classes.end(), above) != classes.end();
        }))
      moment.shown->Add(each.number);
  }
  return moment;
}

}  // namespace kosei::query
