// What the service clock is told of a record: its versions as events, also when they were written
// down late, and on random histories against a reading of each minute alone.
#include "desk/clock_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "clock_support.h"
#include "kosei/query/attribute_values.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// No guards, no model: what a clock asks of a life cycle is its states.
constexpr std::string_view kLifeCycle = R"(life_cycles:
  - name: ticket
    class: Ticket
    attribute: state
    label: {en: Ticket, ja: チケット}
    initial: new
    states:
      - {name: new, label: {en: n, ja: n}}
      - {name: at_work, label: {en: w, ja: w}, renamed_from: [working]}
      - {name: for_customer, label: {en: c, ja: c}, kind: waiting, waits_for: customer}
      - {name: for_supplier, label: {en: s, ja: s}, kind: waiting, waits_for: supplier}
      - {name: for_change, label: {en: x, ja: x}, kind: waiting, waits_for: change}
      - {name: for_approval, label: {en: a, ja: a}, kind: waiting, waits_for: approver}
      - {name: solved, label: {en: d, ja: d}, kind: done}
      - {name: confirmed, label: {en: f, ja: f}, kind: done}
      - {name: closed, label: {en: z, ja: z}, final: true}
    transitions:
      - {name: go, label: {en: g, ja: g}, from: any, to: at_work}
      - {name: ask, label: {en: g, ja: g}, from: any, to: for_customer}
      - {name: order, label: {en: g, ja: g}, from: any, to: for_supplier}
      - {name: change, label: {en: g, ja: g}, from: any, to: for_change}
      - {name: approve, label: {en: g, ja: g}, from: any, to: for_approval}
      - {name: solve, label: {en: g, ja: g}, from: any, to: solved}
      - {name: confirm, label: {en: g, ja: g}, from: any, to: confirmed}
      - {name: close, label: {en: g, ja: g}, from: any, to: closed}
)";

// A model with this class alone.
class TicketFacts final : public ModelFacts {
 public:
  bool HasClass(std::string_view name) const override { return name == "Ticket"; }
  std::optional<AttributeFacts> FindAttribute(std::string_view,
                                              std::string_view attribute) const override {
    if (attribute != "state") return std::nullopt;
    AttributeFacts facts;
    facts.type = model::AttributeType::kEnum;
    facts.values = {"new",          "at_work", "for_customer", "for_supplier", "for_change",
                    "for_approval", "solved",  "confirmed",    "closed"};
    facts.label = {"State", "状態"};
    return facts;
  }
  bool HasRelationshipType(std::string_view) const override { return false; }
  std::vector<std::string> ClassNames() const override { return {"Ticket"}; }
  std::vector<std::string> AttributeNames(std::string_view) const override { return {"state"}; }
  std::vector<std::string> RelationshipTypeNames() const override { return {}; }
};

const LifeCycle& Cycle() {
  static const std::shared_ptr<const LifeCycle> made = [] {
    auto parsed = ParseLifeCycles(kLifeCycle, "t.yaml");
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    static const TicketFacts facts;
    Vocabulary vocabulary;
    vocabulary.model = &facts;
    auto life_cycle = LifeCycle::Make(std::move(parsed->front()), vocabulary);
    EXPECT_TRUE(life_cycle.ok()) << life_cycle.status();
    return *life_cycle;
  }();
  return *made;
}

constexpr Timestamp kStart{1'800'000'000'000'000};
Timestamp Minute(std::int64_t minute) { return {kStart.micros + minute * kMinute}; }

RecordStatement Said(std::int64_t minute, std::string state, DatumMap more = {}) {
  more.emplace_back("state", Datum::String(std::move(state)));
  return {.from = Minute(minute), .attributes = std::move(more)};
}
DatumMap With(std::string name, std::string value) {
  return {{std::move(name), Datum::String(std::move(value))}};
}

std::string Word(const TicketEvent& event) {
  std::string text = std::to_string((event.at.micros - kStart.micros) / kMinute) + " ";
  switch (event.kind) {
    case EventKind::kOpened:
      return text + "opened " + event.state + " " + event.priority + event.request_type;
    case EventKind::kStateChanged:
      return text + event.state;
    case EventKind::kPriorityChanged:
      return text + "priority " + event.priority;
    case EventKind::kTypeChanged:
      return text + "type " + event.request_type;
    case EventKind::kPaused:
      return text + "paused " + std::to_string(static_cast<int>(event.owner)) + " " + event.reason;
    case EventKind::kResumed:
      return text + "resumed";
    case EventKind::kAssigned:
      return text + "assigned " + event.party;
    case EventKind::kResolved:
      return text + "resolved " + event.state;
    case EventKind::kReopened:
      return text + "reopened " + event.state;
    case EventKind::kClosed:
      return text + "closed " + event.state;
    case EventKind::kAgreementAttached:
      return text + "attached";
  }
  return text;
}
std::vector<std::string> Words(const std::vector<RecordStatement>& statements) {
  std::vector<std::string> words;
  for (const TicketEvent& event : TicketOf("T-1", statements, Cycle()).events)
    words.push_back(Word(event));
  return words;
}

TEST(ClockEventsTest, ALifeFromItsOpeningToItsEnd) {
  EXPECT_THAT(
      Words(
          {Said(0, "new"), Said(5, "new", With("priority", "p2")),
           Said(10, "at_work",
                {{"priority", Datum::String("p1")}, {"assignment_group", Datum::String("team:a")}}),
           Said(20, "for_customer",
                {{"priority", Datum::String("p1")},
                 {"assignment_group", Datum::String("team:a")},
                 {"pending_reason", Datum::String("logs")}}),
           Said(30, "at_work", With("priority", "p1")), Said(40, "solved"), Said(50, "at_work"),
           Said(60, "solved"), Said(70, "confirmed"), Said(80, "closed")}),
      ElementsAre("0 opened new ", "5 priority p2", "10 priority p1", "10 at_work",
                  "10 assigned team:a", "20 for_customer", "20 paused 1 logs", "30 at_work",
                  "30 resumed", "30 assigned ", "40 resolved solved", "50 reopened at_work",
                  "60 resolved solved", "70 confirmed", "80 closed closed"));
}

TEST(ClockEventsTest, WhoIsWaitedForIsWhoseTimeItIs) {
  EXPECT_THAT(Words({Said(0, "for_customer"), Said(1, "for_supplier", With("pending_reason", "x")),
                     Said(2, "for_change"), Said(3, "for_approval", With("pending_reason", "y"))}),
              ElementsAre("0 opened for_customer ", "0 paused 1 ", "1 for_supplier", "1 paused 2 x",
                          "2 for_change", "2 paused 4 ", "3 for_approval", "3 paused 3 approver"));
}

TEST(ClockEventsTest, WhatIsWrittenDownLateCountsFromWhenItHappened) {
  RecordStatement late = Said(10, "for_customer");
  late.to = Minute(20);
  EXPECT_THAT(Words({Said(0, "new"), Said(30, "at_work"), late}),
              ElementsAre("0 opened new ", "10 for_customer", "10 paused 1 ", "20 new",
                          "20 resumed", "30 at_work"));
  // It may come before all that was known.
  EXPECT_THAT(Words({Said(30, "at_work"), late}),
              ElementsAre("10 opened for_customer ", "10 paused 1 ", "30 at_work", "30 resumed"));
}

TEST(ClockEventsTest, WhatIsSaidAnewOfAnInstantCounts) {
  EXPECT_THAT(Words({Said(0, "new"), Said(10, "at_work"), Said(20, "closed"), Said(10, "solved")}),
              ElementsAre("0 opened new ", "10 resolved solved"));
}

TEST(ClockEventsTest, TheOpeningIsMovedToTheFrontAndNeverBack) {
  const auto at = [](std::int64_t minute) {
    return DatumMap{{"opened_at", query::DatumOf(Minute(minute))},
                    {"assignment_group", Datum::String("a")}};
  };
  EXPECT_THAT(Words({Said(10, "new", at(4))}), ElementsAre("4 opened new ", "10 assigned a"));
  EXPECT_THAT(Words({Said(10, "new", at(4)), Said(12, "new", at(11))}),
              ElementsAre("10 opened new ", "10 assigned a"));
}

TEST(ClockEventsTest, ARenamedStateIsWhatItIsCalledNow) {
  EXPECT_THAT(Words({Said(0, "working"), Said(1, "at_work"), Said(2, "unheard_of")}),
              ElementsAre("0 opened at_work ", "2 unheard_of"));
}

TEST(ClockEventsTest, ARecordThatEndsIsClosed) {
  RecordStatement end = Said(9, "at_work");
  end.ended = true;
  EXPECT_THAT(Words({Said(0, "at_work"), end}),
              ElementsAre("0 opened at_work ", "9 closed at_work"));
  EXPECT_THAT(Words({}), IsEmpty());
}

// What a clock knows of a minute.
struct Minutely {
  std::string state, priority, party;
  bool stopped = false;
  std::string paused = {};  // by whom and why; empty: not
  friend bool operator==(const Minutely&, const Minutely&) = default;
};
std::ostream& operator<<(std::ostream& out, const Minutely& it) {
  return out << it.state << " " << it.priority << " " << it.party << " " << it.stopped << " "
             << it.paused;
}

std::string TextIn(const RecordStatement& statement, std::string_view name) {
  const Datum value = Datum::Map(statement.attributes).At(name);
  return value.is_null() ? std::string() : std::string(value.string());
}

// Read from the statements: of those that speak of the minute the last one.
std::optional<Minutely> Read(const std::vector<RecordStatement>& statements, std::int64_t minute,
                             const std::optional<Minutely>& before) {
  std::optional<Minutely> now;
  for (const RecordStatement& each : statements) {
    if (each.from > Minute(minute) || each.to <= Minute(minute)) continue;
    Minutely is{TextIn(each, "state"), TextIn(each, "priority"), TextIn(each, "assignment_group")};
    is.stopped = is.state == "solved" || is.state == "confirmed" || is.state == "closed";
    const std::string reason = TextIn(each, "pending_reason");
    if (is.state == "for_customer") is.paused = "1" + reason;
    if (is.state == "for_supplier") is.paused = "2" + reason;
    if (is.state == "for_change") is.paused = "4" + reason;
    if (is.state == "for_approval") is.paused = "3approver";
    now = is;
  }
  if (!now.has_value()) return before;
  if (now->priority.empty() && before.has_value()) now->priority = before->priority;
  return now;
}

// Told by the events.
std::optional<Minutely> Told(const Ticket& ticket, std::int64_t minute) {
  std::optional<Minutely> now;
  for (const TicketEvent& event : ticket.events) {
    if (event.at > Minute(minute)) continue;
    if (event.kind == EventKind::kOpened) now.emplace();
    EXPECT_TRUE(now.has_value());
    if (!event.state.empty()) now->state = event.state;
    if (!event.priority.empty()) now->priority = event.priority;
    if (event.kind == EventKind::kAssigned) now->party = event.party;
    const bool stops = event.kind == EventKind::kResolved || event.kind == EventKind::kClosed;
    if (stops) EXPECT_FALSE(now->stopped && event.kind == EventKind::kResolved);
    if (event.kind == EventKind::kReopened) EXPECT_TRUE(now->stopped);
    if (stops) now->stopped = true;
    if (event.kind == EventKind::kReopened) now->stopped = false;
    if (stops || event.kind == EventKind::kReopened || event.kind == EventKind::kResumed)
      now->paused.clear();
    if (event.kind == EventKind::kPaused)
      now->paused = std::to_string(static_cast<int>(event.owner)) + event.reason;
  }
  return now;
}

TEST(ClockEventsTest, EveryMinuteOfARandomHistoryIsToldAsItWas) {
  constexpr std::int64_t kMinutes = 60;
  const std::vector<std::string> states = {"new",        "at_work",      "for_customer",
                                           "for_change", "for_supplier", "for_approval",
                                           "solved",     "confirmed",    "closed"};
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::int64_t bound) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(bound));
    };
    std::vector<RecordStatement> statements;
    const std::int64_t count = 1 + below(12);
    for (std::int64_t i = 0; i < count; ++i) {
      DatumMap more;
      if (below(3) > 0) more = With("priority", below(2) == 0 ? "p1" : "p2");
      if (below(2) == 0) more.emplace_back("assignment_group", Datum::String("team"));
      if (below(2) == 0) more.emplace_back("pending_reason", Datum::String("logs"));
      statements.push_back(
          Said(below(kMinutes), states[static_cast<std::size_t>(below(std::ssize(states)))], more));
      // Some say for how long, also for no time at all.
      if (below(3) == 0)
        statements.back().to = {statements.back().from.micros + below(20) * kMinute};
    }
    const Ticket ticket = TicketOf("T-1", statements, Cycle());
    for (std::size_t i = 1; i < ticket.events.size(); ++i)
      EXPECT_LE(ticket.events[i - 1].at, ticket.events[i].at);
    std::optional<Minutely> read;
    for (std::int64_t minute = 0; minute < kMinutes + 20; ++minute) {
      read = Read(statements, minute, read);
      EXPECT_EQ(Told(ticket, minute), read) << minute;
    }
  }
}

}  // namespace
}  // namespace kosei::process
