#include "desk/plan_owner.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;

constexpr std::string_view kPlan = "plan";

// States in which the word is allowed, as people see them.
std::string StatesThatAllow(const LifeCycle& life_cycle, std::string_view word) {
  std::string names;
  for (const StateDefinition& state : life_cycle.definition().states) {
    if (std::ranges::count(state.allows, word) == 0) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", state.label.en);
  }
  return names.empty() ? "never" : "when it is " + names;
}

// Roles of those who may take the record on from the state; nullopt: anybody.
std::optional<std::set<std::string>> RolesFrom(const LifeCycle& life_cycle,
                                               std::string_view state) {
  std::set<std::string> roles;
  for (const TransitionDefinition& each : life_cycle.definition().transitions) {
    const bool leaves = each.from.empty() || std::ranges::count(each.from, state) > 0;
    if (!leaves) continue;
    if (each.roles.empty()) {
      if (!each.automatic.has_value()) return std::nullopt;
      continue;
    }
    roles.insert(each.roles.begin(), each.roles.end());
  }
  return roles;
}

}  // namespace

std::string OwnedPlan(const language::DatumMap& attributes) {
  for (const auto& [name, value] : attributes) {
    if (name == kPlan && value.kind() == DatumKind::kString) return value.string();
  }
  return {};
}

absl::StatusOr<std::string> OwnerOf(const Asking& asking, const Definitions& definitions,
                                    std::string_view plan) {
  std::string owner;
  const model::Schema& schema = definitions.schema();
  for (const model::Class& each : schema.classes()) {
    if (each.definition.is_abstract || !definitions.HasLifeCycle(each.number)) continue;
    if (schema.FindAttribute(each, kPlan) == nullptr) continue;
    KOSEI_RETURN_IF_ERROR(asking.Ask(
        absl::StrFormat("MATCH (r:%s {plan: $plan}) RETURN key(r) ORDER BY key(r) LIMIT 1",
                        each.definition.name),
        {{"plan", Datum::String(std::string(plan))}}, [&](std::span<const Datum> row) {
          owner = row[0].string();
          return false;
        }));
    if (!owner.empty()) break;
  }
  return owner;
}

absl::Status CheckNamedPlan(const DeskParts& parts, const Definitions& definitions,
                            const Asking& asking, std::string_view key,
                            const language::DatumMap& attributes) {
  const std::string plan = OwnedPlan(attributes);
  if (plan.empty() || parts.options.plans == nullptr) return absl::OkStatus();
  KOSEI_RETURN_IF_ERROR(parts.options.plans->Find(plan).status());
  KOSEI_ASSIGN_OR_RETURN(const std::string owner, OwnerOf(asking, definitions, plan));
  if (owner.empty() || owner == key) return absl::OkStatus();
  return MakeError(ErrorCode::kAlreadyExists,
                   absl::StrFormat("plan %s: %s owns it already; open one of its own with `kosei "
                                   "change plan open`",
                                   plan, owner),
                   "plan");
}

absl::Status MayWork(const FoundRecord& found, std::string_view key, const Actor& actor,
                     std::string_view word) {
  const StateDefinition* const state = found.life_cycle->FindState(found.state);
  if (state == nullptr || std::ranges::count(state->allows, word) == 0) {
    return MakeError(
        ErrorCode::kGuardRefused,
        absl::StrFormat("plan of %s: it is %s, and its plan can be %s only %s", std::string(key),
                        state == nullptr ? found.state : state->label.en,
                        word == "implement" ? "carried out" : "edited",
                        StatesThatAllow(*found.life_cycle, word)),
        "state");
  }
  if (actor.is_system) return absl::OkStatus();
  const std::optional<std::set<std::string>> roles = RolesFrom(*found.life_cycle, found.state);
  if (!roles.has_value()) return absl::OkStatus();
  for (const std::string& role : actor.roles) {
    if (roles->contains(role)) return absl::OkStatus();
  }
  return MakeError(ErrorCode::kGuardRefused,
                   absl::StrFormat("plan of %s: working on it needs one of the roles %s; %s has %s",
                                   std::string(key), Joined(*roles), actor.key,
                                   actor.roles.empty() ? "none" : Joined(actor.roles)),
                   "roles");
}

}  // namespace kosei::process
