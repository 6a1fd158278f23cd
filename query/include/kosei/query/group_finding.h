// GroupFinding: how a group behind a gate stands.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/model/state.h"

namespace kosei::query {

struct GroupFinding {
  RecordId record;
  std::string gate;
  bool of_record = false;  // else of its class
  // With every member up there is less than the gate asks for; the next loss is then the last.
  bool below_quorum = false;
  std::vector<std::string> missing;  // keys that the gate names and that do not feed the record
  std::uint32_t members = 0;
  std::uint32_t in_service = 0;
  // Of those in service; before: with what is down already; after: with the assumptions.
  std::uint32_t up_before = 0;
  std::uint32_t up_after = 0;
  model::State before = model::State::kUp;  // what the gate lets through
  model::State after = model::State::kUp;
  bool reserve_before = true;  // the failure of any one member would change nothing
  bool reserve_after = true;
};

}  // namespace kosei::query
