// What the kit is run against.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "expected_value.h"
#include "scenario_model.h"

namespace kosei::tck {

struct Answer {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

class Target {
 public:
  virtual ~Target() = default;
  // From now on the newest View has exactly this. `names` have all that `content` has, and are the
  // same for many calls one after another; when they change, a new store may be made. An error ends
  // the run of these names, not of the kit.
  virtual absl::Status Prepare(const Names& names, const Content& content) = 0;
  virtual absl::StatusOr<Answer> Run(const std::string& query,
                                     const std::map<std::string, Cell>& parameters) = 0;
};

}  // namespace kosei::tck
