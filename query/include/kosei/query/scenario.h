// Scenario: what a question about impact assumes to be the case besides what the View says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/model/state.h"
#include "kosei/query/time_window.h"

namespace kosei::query {

// "This record is in that state." kUp assumes nothing.
struct Assumption {
  RecordId record;
  model::State state = model::State::kFailed;
  friend bool operator==(const Assumption&, const Assumption&) = default;
};

struct Scenario {
  // What fails. Of several for one record the worst counts; the order is that of the answer.
  std::vector<Assumption> assumptions = {};
  // "Not impacted, checked by a person": failure neither changes these records nor passes through
  // them. An assumption for one of them still holds.
  std::vector<RecordId> blocked = {};
  // Names of the model's impact contexts (open incidents, changes in progress, ...): what they find
  // is down already, before any assumption.
  std::vector<std::string> contexts = {};
  // Contexts with times of their own count when they overlap it; none: the View's instant.
  std::optional<TimeWindow> time = std::nullopt;
};

}  // namespace kosei::query
