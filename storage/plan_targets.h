// SharedTargets: what the sources of one target share (model::Capacity, model::Place), on the graph
// as it is and as it would be. A commit is not judged by it; a plan is, by what it makes worse.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/storage/plans.h"
#include "plan_overlay.h"
#include "staging.h"
#include "store.h"

namespace kosei::storage {

class SharedTargets {
 public:
  struct Finding {
    Conflict conflict;  // without the names of the sides
    EditOrigin origin;  // of the edit that leads to it
    CommitNumber commit;
  };

  // All must outlive this. `before` and `after`: nothing and everything is staged.
  SharedTargets(const Store& store, const Staging& before, const Staging& after)
      : store_(store), before_(before), after_(after) {}

  // What the plan changes.
  void TouchLink(const PutLink& link, const EditOrigin& origin);
  void TouchRecord(const Record& changed, const EditOrigin& origin);

  // In order of relationship type and target.
  absl::StatusOr<std::vector<Finding>> Check() const;

 private:
  // An edit that may overload a target. `source` empty: an edit of the target.
  struct Touch {
    std::string source;
    EditOrigin origin;
  };
  using Target = std::pair<RelationshipTypeNumber, std::string>;
  using Touches = std::vector<Touch>;

  absl::Status CheckCapacity(const model::RelationshipType& type, const model::Capacity& rule,
                             const CurrentRecord& target, const std::string& key,
                             const Touches& touches, std::vector<Finding>& findings) const;
  absl::Status CheckPlaces(const model::RelationshipType& type, const model::Place& rule,
                           const std::string& key, const Touches& touches,
                           std::vector<Finding>& findings) const;
  CommitNumber LinkedSince(const std::string& target, RelationshipTypeNumber type,
                           CommitNumber known) const;

  const Store& store_;
  const Staging& before_;
  const Staging& after_;
  absl::btree_map<Target, Touches> touched_;
};

}  // namespace kosei::storage
