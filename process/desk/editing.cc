#include "desk/editing.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "desk/store_calendar.h"
#include "kosei/language/compare.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

constexpr std::string_view kWatches = "watches";

bool HasOne(const Actor& actor, const std::vector<std::string>& roles) {
  return std::ranges::any_of(
      roles, [&](const std::string& role) { return std::ranges::count(actor.roles, role) > 0; });
}

// `en`, `ja`: what is done.
Refusal MissingRole(const std::vector<std::string>& roles, const Actor& actor, std::string_view en,
                    std::string_view ja) {
  const std::string needed = absl::StrJoin(roles, ", ");
  const bool one = roles.size() == 1;
  const std::string has = actor.roles.empty() ? "none" : absl::StrJoin(actor.roles, ", ");
  const std::string has_ja = actor.roles.empty() ? "なし" : absl::StrJoin(actor.roles, ", ");
  return {RefusalKind::kRole,
          needed,
          {absl::StrFormat("%s needs %s %s; the roles of %s: %s", en,
                           one ? "the role" : "one of the roles", needed, actor.key, has),
           absl::StrFormat("%sには%s %s が必要です。%s のロール: %s", ja,
                           one ? "ロール" : "次のいずれかのロール", needed, actor.key, has_ja)}};
}

bool OnlyWatches(const Change& change) {
  if (!change.attributes.empty()) return false;
  const auto watches = [](const RecordLink& link) { return link.type == kWatches; };
  return std::ranges::all_of(change.links, watches) &&
         std::ranges::all_of(change.end_links, watches);
}

bool HasOpened(const Actor& actor, const DatumMap& attributes) {
  const Datum opener = Datum::Map(attributes).At("opened_by");
  return opener.kind() == language::DatumKind::kString && opener.string() == actor.key;
}

void CheckEditors(const FoundRecord& found, const StateDefinition& state, const Actor& actor,
                  std::vector<Refusal>& refusals) {
  const LifeCycleDefinition& life_cycle = found.life_cycle->definition();
  const auto& editors = state.edited_by ? state.edited_by : life_cycle.edited_by;
  if (!editors || actor.is_system || HasOne(actor, *editors)) return;
  // As long as nothing was done with it, it is the business of whoever opened it.
  const bool is_new = state.name == life_cycle.initial && !editors->empty();
  if (is_new && HasOpened(actor, found.attributes)) return;
  if (editors->empty()) {
    refusals.push_back(
        {RefusalKind::kWrongState,
         state.name,
         {absl::StrFormat("while it is %s it changes by transitions alone; `next` lists them",
                          state.label.en),
          absl::StrFormat("「%s」の間は遷移でのみ変更できます (`next` で一覧表示)",
                          state.label.ja)}});
    return;
  }
  refusals.push_back(MissingRole(*editors, actor,
                                 absl::StrFormat("editing it while it is %s", state.label.en),
                                 absl::StrFormat("「%s」の間の編集", state.label.ja)));
}

}  // namespace

std::vector<Refusal> RefusalsToOpen(const LifeCycleDefinition& life_cycle, const Actor& actor) {
  if (!life_cycle.opened_by || actor.is_system || HasOne(actor, *life_cycle.opened_by)) return {};
  if (life_cycle.opened_by->empty()) {
    return {{RefusalKind::kSystemOnly,
             life_cycle.name,
             {absl::StrFormat("%s: the system alone opens such records", life_cycle.label.en),
              absl::StrFormat("「%s」はシステムのみが起票します", life_cycle.label.ja)}}};
  }
  return {MissingRole(*life_cycle.opened_by, actor,
                      absl::StrFormat("opening a record (%s)", life_cycle.label.en),
                      absl::StrFormat("「%s」の起票", life_cycle.label.ja))};
}

std::vector<Refusal> RefusalsToEdit(const Definitions& definitions, const FoundRecord& found,
                                    const Change& change, const Actor& actor) {
  std::vector<Refusal> refusals;
  const StateDefinition* const state = found.life_cycle->FindState(found.state);
  if (state != nullptr && state->final) {
    refusals.push_back(
        {RefusalKind::kWrongState,
         found.state,
         {absl::StrFormat("it is %s, which is final, so that nothing of it changes any more",
                          state->label.en),
          absl::StrFormat("「%s」は最終状態のため変更できません", state->label.ja)}});
  }
  const LifeCycleDefinition& definition = found.life_cycle->definition();
  for (const auto& [name, value] : change.attributes) {
    if (name != definition.attribute) continue;
    refusals.push_back({RefusalKind::kStateWritten,
                        name,
                        {"the state is changed by a transition, as in `kosei do`",
                         "状態は遷移によってのみ変わります (`kosei do`)"}});
  }
  if (IsCalendarEntry(definitions, *found.owner) && found.state == "in_force") {
    if (const std::string moved = MovedByEdit(change); !moved.empty()) {
      refusals.push_back(
          {RefusalKind::kGuard,
           moved,
           {absl::StrFormat("it is in force: %s is changed by the transition `move`, which looks "
                            "at what it overlaps",
                            moved),
            absl::StrFormat("有効な登録の %s は、重複を確認する遷移 `move` で変更してください",
                            moved)}});
    }
  }
  if (state != nullptr && !state->final && !change.kept_by_desk && !OnlyWatches(change))
    CheckEditors(found, *state, actor, refusals);
  return refusals;
}

std::vector<Refusal> RefusalsToPut(const FoundRecord& found, const DatumMap& values) {
  std::vector<Refusal> refusals;
  const LifeCycleDefinition& definition = found.life_cycle->definition();
  for (const auto& [name, value] : values) {
    if (!definition.applies || name != definition.applies->attribute) continue;
    if (language::Equivalent(Datum::Map(found.attributes).At(name), value)) continue;
    refusals.push_back(
        {RefusalKind::kStateWritten,
         name,
         {absl::StrFormat("%s says which life cycle holds, and stays as it was opened; open "
                          "another record",
                          name),
          absl::StrFormat(
              "%s はライフサイクルを決める属性のため変更できません。新しく起票してください",
              name)}});
  }
  return refusals;
}

}  // namespace kosei::process
