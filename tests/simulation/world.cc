#include "world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "status_matchers.h"

namespace kosei::simulation {
namespace {

constexpr std::int64_t kUnanswered = 5 * kDay;
constexpr std::int64_t kTriedAgain = kHour;

language::PackedMap Packed(const Texts& texts) {
  language::PackedMap map;
  for (const auto& [name, text] : texts) {
    if (text.empty()) {
      map.push_back({name, {}});
    } else {
      map.push_back({name, {text}});
    }
  }
  return map;
}

// What the waiting rule asks besides time.
bool MayCloseUnanswered(const Booked& record) {
  return !record.is("is_major") || record.time("reviewed_at").has_value();
}

}  // namespace

std::string TextOf(Timestamp at) { return FormatTimestamp(at); }

client::ProcessStep StepOf(const std::string& key, const Deed& deed) {
  client::ProcessStep step;
  step.key = key;
  step.event = deed.event;
  step.attributes = Packed(deed.attributes);
  if (!deed.list.empty()) {
    language::PackedList list;
    for (const std::string& text : deed.list) list.push_back({text});
    step.attributes.push_back({"attendees", {std::move(list)}});
  }
  step.inputs = Packed(deed.inputs);
  step.links = deed.links;
  return step;
}

std::string Told(const client::ProcessOutcome& outcome) {
  std::string told;
  for (const client::ProcessRefusal& refusal : outcome.refusals)
    absl::StrAppend(&told, static_cast<int>(refusal.kind), " ", refusal.name, ": ", refusal.en,
                    "\n");
  return told;
}

std::string PriorityOf(std::string_view impact, std::string_view urgency,
                       std::string_view criticality) {
  const auto rank = [](std::string_view word) {
    return word == "high" ? 0 : word == "medium" ? 1 : 2;
  };
  // From p1 where both are high to p5 where both are low, moved by one where the service is
  // critical or of little importance.
  int priority = 1 + rank(impact) + rank(urgency);
  if (criticality == "critical") --priority;
  if (criticality == "low") ++priority;
  return absl::StrCat("p", std::clamp(priority, 1, 5));
}

void World::Plan(std::int64_t in_micros, std::function<void()> what) {
  PlanAt(After(now_, in_micros), std::move(what));
}

void World::PlanAt(Timestamp at, std::function<void()> what) {
  agenda_.emplace(When(at, planned_++), std::move(what));
}

void World::LiveUntil(Timestamp end) {
  while (!agenda_.empty() && agenda_.begin()->first.first < end) {
    auto entry = agenda_.extract(agenda_.begin());
    MoveTo(std::max(now_, entry.key().first));
    DoWhatIsDue();
    if (!::testing::Test::HasFailure()) entry.mapped()();
    if (::testing::Test::HasFailure()) return;
  }
  MoveTo(std::max(now_, end));
  DoWhatIsDue();
}

// One by one, so that the commits come in the same order every time.
void World::DoWhatIsDue() {
  bool any = false;
  while (provider.desk().RunDue(1) > 0) {
    provider.desk().AwaitDue();
    any = true;
  }
  if (any) NoticeDecisions(false);
  while (!due_.empty() && due_.begin()->first <= now_ && !::testing::Test::HasFailure()) {
    Booked& record = books.At(due_.begin()->second);
    EXPECT_TRUE(any) << record.key << " is due and nothing was done";
    if (!MayCloseUnanswered(record)) {
      SetDue(record, After(now_, kTriedAgain));
      continue;
    }
    FollowSystem(record, "close_unanswered");
    record.times["closed_at"] = now_;
    if (record.class_name == "Incident" && record.text("closure_code").empty())
      record.texts["closure_code"] = "solved";
  }
}

void World::SetDue(Booked& record) {
  const bool waits = (record.life_cycle == "incident" && record.state == "resolved") ||
                     (record.life_cycle == "service_request" && record.state == "fulfilled");
  SetDue(record,
         waits ? std::optional(After(*record.time("state_since"), kUnanswered)) : std::nullopt);
}

void World::SetDue(Booked& record, std::optional<Timestamp> due) {
  if (record.due.has_value()) due_.erase({*record.due, record.key});
  record.due = due;
  if (due.has_value()) due_.insert({*due, record.key});
}

void World::Enter(Booked& record, std::string_view state, std::uint64_t commit, Timestamp at) {
  if (record.state != state) record.times["state_since"] = now_;
  record.state = state;
  record.commit = commit;
  record.past.push_back({at, commit, record.state, std::string(record.text("priority")),
                         std::string(record.text("assignment_group"))});
}

Booked* World::Open(const std::string& person, const std::string& class_name,
                    const Texts& attributes, const std::vector<client::ProcessLink>& links) {
  Tick();
  Booked record;
  record.class_name = class_name;
  for (const auto& [name, text] : attributes) record.texts[name] = text;
  record.life_cycle = LifeCycleOf(class_name, record.text("kind"));
  record.key = books.NextKey(PrefixOf(class_name));
  const auto outcome = provider.As(person).OpenProcess(
      {.class_name = class_name, .attributes = Packed(attributes), .links = links});
  EXPECT_OK(outcome);
  if (!outcome.ok()) return nullptr;
  EXPECT_TRUE(outcome->done()) << Told(*outcome);
  EXPECT_EQ(outcome->key, record.key);
  EXPECT_EQ(outcome->to, InitialOf(record.life_cycle));
  if (!outcome->done() || outcome->key != record.key) return nullptr;
  record.texts["opened_by"] = person;
  record.times["opened_at"] = now_;
  ++done[absl::StrCat("open ", record.life_cycle)];
  Booked& booked = books.Add(std::move(record));
  Enter(booked, outcome->to, outcome->commit, outcome->time);
  for (const client::ProcessLink& link : links) {
    if (link.incoming) {
      books.Link(link.other, link.type, booked.key, outcome->commit);
    } else {
      books.Link(booked.key, link.type, link.other, outcome->commit);
    }
  }
  return &booked;
}

bool World::Do(const std::string& person, Booked& record, const Deed& deed) {
  Tick();
  const Rule* const rule = deed.event.empty() ? nullptr : FindRule(record.life_cycle, deed.event);
  const std::string to(rule == nullptr || rule->to == "same" ? std::string_view(record.state)
                                                             : rule->to);
  const auto outcome = provider.As(person).DoProcess(StepOf(record.key, deed));
  const std::string what =
      absl::StrCat(person, " ", deed.event, " ", record.key, " which is ", record.state, "\n");
  EXPECT_OK(outcome) << what;
  if (!outcome.ok()) return false;
  EXPECT_TRUE(outcome->done()) << what << Told(*outcome);
  if (!outcome->done()) return false;
  EXPECT_EQ(outcome->from, record.state) << what;
  EXPECT_EQ(outcome->to, to) << what;
  EXPECT_TRUE(outcome->followed.empty()) << what << outcome->followed.front();
  ++done[absl::StrCat(record.life_cycle, " ", deed.event.empty() ? "edit" : deed.event)];
  bool writes = to != record.state || !deed.list.empty() || (rule != nullptr && rule->writes);
  for (const auto& [name, text] : deed.attributes) {
    writes = writes || record.text(name) != text;
    record.texts[name] = text;
  }
  if (writes) Enter(record, to, outcome->commit, outcome->time);
  if (rule != nullptr || writes) SetDue(record);
  std::vector<client::ProcessLink> links = deed.links;
  links.insert(links.end(), deed.brings.begin(), deed.brings.end());
  for (const client::ProcessLink& link : links) {
    if (link.incoming) {
      books.Link(link.other, link.type, record.key, outcome->commit);
    } else {
      books.Link(record.key, link.type, link.other, outcome->commit);
    }
  }
  for (const std::string& class_name : deed.creates) {
    Booked made;
    made.class_name = class_name;
    made.key = books.NextKey(PrefixOf(class_name));
    const bool there = std::find(outcome->created.begin(), outcome->created.end(), made.key) !=
                       outcome->created.end();
    EXPECT_TRUE(there) << what << "it had to create " << made.key;
    if (class_name == "Change") made.texts["kind"] = "normal";
    made.life_cycle = LifeCycleOf(class_name, made.text("kind"));
    made.texts["opened_by"] = person;
    made.times["opened_at"] = now_;
    Enter(books.Add(std::move(made)),
          InitialOf(LifeCycleOf(class_name, class_name == "Change" ? "normal" : "")),
          outcome->commit, outcome->time);
  }
  return !::testing::Test::HasFailure();
}

void World::Note(const std::string& person, const Booked& record, bool work) {
  Tick();
  ++done[work ? "work log" : "comment"];
  EXPECT_OK(provider.As(person).NoteProcess(
      {.key = record.key, .text = "as far as we know", .work = work, .minutes = work ? 10U : 0U}));
}

bool World::Assess(const std::string& person, Booked& change) {
  Tick();
  const auto assessed = provider.As(person).AssessChange(change.key, true);
  EXPECT_OK(assessed);
  if (!assessed.ok()) return false;
  EXPECT_EQ(assessed->items.size(), books.Targets(change.key, "targets").size());
  EXPECT_FALSE(assessed->risk_level.empty());
  ++done["change assessed"];
  Enter(change, change.state, assessed->kept, now_);
  return !::testing::Test::HasFailure();
}

void World::FollowSystem(Booked& record, std::string_view event) {
  const Rule* const rule = FindRule(record.life_cycle, event);
  const auto outlook = provider.admin().LookAtProcess(record.key);
  EXPECT_OK(outlook);
  if (!outlook.ok()) return;
  EXPECT_EQ(outlook->state, rule->to)
      << "the system had to " << event << " " << record.key << " by " << TextOf(now_);
  const auto rows = provider.Ask("MATCH (r:ProcessRecord {key: $key}) RETURN kosei.changed_at(r)",
                                 {{"key", {record.key}}});
  std::string told = rows.empty() ? std::string() : rows[0][0];
  // The query language leaves seconds out where there are none.
  if (told.size() == std::string_view("2026-06-03T00:00Z").size()) told.insert(16, ":00");
  const auto at = ParseTimestamp(told);
  EXPECT_OK(at);
  if (!at.ok()) return;
  ++done[absl::StrCat(record.life_cycle, " ", std::string(event))];
  Enter(record, rule->to, outlook->begin, *at);
  SetDue(record);
}

std::string World::AnyoneBut(std::string_view role, std::string_view other) {
  std::vector<std::string> people = PeopleWith(role);
  std::erase(people, other);
  return dice.OneOf(people);
}

}  // namespace kosei::simulation
