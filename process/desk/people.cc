#include "desk/people.h"

#include <utility>

#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {

using language::Datum;
using language::DatumKind;

std::optional<Actor> Accounts::Find(const storage::View& view, std::string_view account) const {
  Known known;
  {
    const MutexLock lock(mutex_);
    const auto found = known_.find(std::string(account));
    if (found == known_.end()) return std::nullopt;
    known = found->second;
  }
  const auto version = reader_.Get(known.person, view);
  if (!version.ok() || version->begin != known.begin) return std::nullopt;
  return std::move(known.actor);
}

void Accounts::Keep(const storage::View& view, std::string_view account, const Actor& actor) {
  const std::optional<RecordId> person = reader_.IdOf(actor.key);
  if (!person.has_value()) return;
  const auto version = reader_.Get(*person, view);
  if (!version.ok()) return;
  const MutexLock lock(mutex_);
  if (known_.size() >= kKnownMax) known_.clear();
  known_[std::string(account)] = {*person, version->begin, actor};
}

namespace {

// The person with the login, if there is one.
absl::StatusOr<std::optional<Actor>> PersonOf(const Asking& asking, std::string_view account,
                                              const Definitions& definitions) {
  std::optional<Actor> actor;
  const model::Class* const person = definitions.schema().FindClass("Person");
  if (person == nullptr || definitions.schema().FindAttribute(*person, "login") == nullptr)
    return actor;
  KOSEI_RETURN_IF_ERROR(asking.Ask("MATCH (p:Person {login: $login}) RETURN key(p), p.roles",
                                   {{"login", Datum::String(std::string(account))}},
                                   [&](std::span<const Datum> row) {
                                     actor.emplace().key = row[0].string();
                                     if (row[1].kind() != DatumKind::kList) return false;
                                     for (const Datum& role : row[1].list())
                                       actor->roles.push_back(role.string());
                                     return false;
                                   }));
  return actor;
}

// The same without a statement, as a login is one person's alone. Two optionals: whether it can be
// told so, and whether there is one.
absl::StatusOr<std::optional<std::optional<Actor>>> HolderOf(const storage::Reader& reader,
                                                             const storage::View& view,
                                                             std::string_view account,
                                                             const Definitions& definitions) {
  const model::Schema& schema = definitions.schema();
  const model::Class* const person = schema.FindClass("Person");
  const model::Attribute* const login =
      person == nullptr ? nullptr : schema.FindAttribute(*person, "login");
  if (login == nullptr || !login->definition.unique || view.plan != kNoPlan) return std::nullopt;
  KOSEI_ASSIGN_OR_RETURN(const std::optional<RecordId> holder,
                         reader.HolderOf(*login, Value(std::string(account)), view.commit));
  if (!holder.has_value()) return std::optional<Actor>();
  const absl::StatusOr<storage::RecordVersion> version = reader.Get(*holder, view);
  if (!version.ok()) return std::nullopt;
  const Datum attributes = Datum::Map(query::AttributesOf(schema, version->record()));
  const Datum known = attributes.At("login");
  if (known.kind() != DatumKind::kString || known.string() != account) return std::nullopt;
  Actor actor;
  actor.key = reader.KeyOf(*holder);
  if (const Datum roles = attributes.At("roles"); roles.kind() == DatumKind::kList) {
    for (const Datum& role : roles.list()) actor.roles.push_back(role.string());
  }
  return std::optional<Actor>(std::move(actor));
}

Actor WithRoles(std::optional<Actor> person, const Caller& caller, const Definitions& definitions) {
  Actor actor;
  actor.key = caller.account;
  if (person.has_value()) actor = *std::move(person);
  if (!caller.is_administrator) return actor;
  actor.roles.clear();
  for (const RoleDefinition& role : definitions.roles()) actor.roles.push_back(role.name);
  return actor;
}

}  // namespace

absl::StatusOr<Actor> ActorOf(const Asking& asking, const Caller& caller,
                              const Definitions& definitions) {
  KOSEI_ASSIGN_OR_RETURN(std::optional<Actor> person,
                         PersonOf(asking, caller.account, definitions));
  return WithRoles(std::move(person), caller, definitions);
}

absl::StatusOr<Actor> ActorOf(const Asking& asking, const Caller& caller,
                              const Definitions& definitions, Accounts& accounts) {
  std::optional<Actor> person = accounts.Find(asking.view(), caller.account);
  if (!person.has_value()) {
    KOSEI_ASSIGN_OR_RETURN(std::optional<std::optional<Actor>> told,
                           HolderOf(accounts.reader(), asking.view(), caller.account, definitions));
    if (!told.has_value()) {
      KOSEI_ASSIGN_OR_RETURN(told, PersonOf(asking, caller.account, definitions));
    }
    person = *std::move(told);
    if (person.has_value()) accounts.Keep(asking.view(), caller.account, *person);
  }
  return WithRoles(std::move(person), caller, definitions);
}

}  // namespace kosei::process
