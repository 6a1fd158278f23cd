// The life cycles as the simulation knows them: written down once more, by hand, from what the
// pages of docs/processes promise, so that the server is not asked whether the server is right.
#pragma once

#include <span>
#include <string_view>

namespace kosei::simulation {

struct Rule {
  std::string_view event;
  std::string_view from;   // states, separated by spaces
  std::string_view to;     // "same": it stays
  std::string_view roles;  // any of them; empty: the system alone
  bool writes = true;      // the record gets a new version, also when nothing is given along
};

// Of a life cycle: "incident", "normal_change". Aborts when there is none.
std::span<const Rule> RulesOf(std::string_view life_cycle);
// nullptr when there is none.
const Rule* FindRule(std::string_view life_cycle, std::string_view event);
// Whether a word is one of those in a list.
bool Names(std::string_view list, std::string_view word);
bool IsFinal(std::string_view life_cycle, std::string_view state);
std::string_view InitialOf(std::string_view life_cycle);
// Of a class; `kind` of a change.
std::string_view LifeCycleOf(std::string_view class_name, std::string_view kind);
std::string_view PrefixOf(std::string_view class_name);

}  // namespace kosei::simulation
