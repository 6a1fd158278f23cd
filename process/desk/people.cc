#include "desk/people.h"

#include "kosei/base/status_macros.h"

namespace kosei::process {

using language::Datum;
using language::DatumKind;

absl::StatusOr<Actor> ActorOf(const Asking& asking, const Caller& caller,
                              const Definitions& definitions) {
  Actor actor;
  actor.key = caller.account;
  const model::Class* const person = definitions.schema().FindClass("Person");
  if (person != nullptr && definitions.schema().FindAttribute(*person, "login") != nullptr) {
    KOSEI_RETURN_IF_ERROR(asking.Ask("MATCH (p:Person {login: $login}) RETURN key(p), p.roles",
                                     {{"login", Datum::String(caller.account)}},
                                     [&](std::span<const Datum> row) {
                                       actor.key = row[0].string();
                                       if (row[1].kind() != DatumKind::kList) return false;
                                       for (const Datum& role : row[1].list())
                                         actor.roles.push_back(role.string());
                                       return false;
                                     }));
  }
  if (!caller.is_administrator) return actor;
  actor.roles.clear();
  for (const RoleDefinition& role : definitions.roles()) actor.roles.push_back(role.name);
  return actor;
}

}  // namespace kosei::process
