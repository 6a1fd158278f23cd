// A service provider lives for some weeks, or with KOSEI_LONG_TESTS=1 for a year: people report,
// ask, decide and work, by the client library against a server whose clock is the simulation's. On
// every day server and books agree.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/str_cat.h"
#include "checks.h"
#include "people_at_work.h"
#include "status_matchers.h"

namespace kosei::simulation {
namespace {

constexpr Timestamp kStart{1'775'001'600'000'000};  // 2026-04-01T00:00:00Z
constexpr std::uint64_t kSeed = 20'000;
constexpr int kDaysOfTokens = 80;

void At(World& world, std::size_t times, void (*what)(World&)) {
  for (std::size_t i = 0; i < times; ++i)
    world.Plan(world.dice.Between(0, kDay - 1), [&world, what] { what(world); });
}

// Some who decide are away for some days, most of them with a deputy.
void PlanAbsences(World& world) {
  constexpr std::array<const char*, 4> kRoles = {"cab_member", "cab_member", "service_owner",
                                                 "change_manager"};
  constexpr std::array<const char*, 4> kDeputies = {"im1", "im2", "po1", "eb2"};
  for (const char* role : kRoles) {
    Away away;
    away.person = world.Anyone(role);
    away.from = After(world.now(), world.dice.Between(kHour, 3 * kDay));
    away.to = After(away.from, world.dice.Between(kDay, 6 * kDay));
    if (world.dice.Chance(60)) away.deputy = world.dice.OneOf(kDeputies);
    world.Tick();
    world.provider.SendAway(away.person, away.deputy, away.from, away.to);
    // The system looks within the hour whether an absence decides something.
    world.PlanAt(After(away.from, 61 * kMinute), [&world] { world.NoticeDecisions(true); });
    world.ballots.Add(std::move(away));
  }
}

bool IsWorkedOn(const World& world, const std::string& host) {
  for (const std::string& key : world.books.Sources(host, "targets")) {
    const Booked& record = world.books.At(key);
    if (!IsFinal(record.life_cycle, record.state)) return true;
  }
  return false;
}

// A host of a service on which nobody works is taken away, and another one comes.
void ReplaceAHost(World& world) {
  for (const std::string& host : world.provider.hosts()) {
    bool busy = false;
    for (const std::string& other : world.provider.hosts()) {
      const bool same = world.provider.ServiceOn(other) == world.provider.ServiceOn(host);
      busy = busy || (same && IsWorkedOn(world, other));
    }
    if (busy) continue;
    const std::string gone = host;
    world.Tick();
    world.provider.Replace(gone);
    world.Tick();
    world.books.EndLinksOf(gone, world.provider.Scrap(gone));
    world.scrapped.push_back(gone);
    ++world.done["host replaced"];
    return;
  }
}

void PlanTheDay(World& world, int day) {
  At(world, 8 + world.dice.Below(12), ReportIncident);
  At(world, 4 + world.dice.Below(8), AskForSomething);
  At(world, 1 + world.dice.Below(3), WishForAChange);
  At(world, 20, TryMisuse);
  if (day % 6 == 2) At(world, 1, LookForTrends);
  if (day % 7 == 3) At(world, 1, HoldAMeeting);
  if (day % 10 == 9) At(world, 1, PlanARelease);
  if (day % 9 == 4) At(world, 1, ReplaceAHost);
  if (day % 10 == 0) At(world, 1, PlanAbsences);
  if (day % kDaysOfTokens == kDaysOfTokens - 1) world.provider.RenewTokens();
}

void EndTheDay(World& world, const NaiveClock& clock, int day) {
  CheckStates(world);
  world.days.push_back({world.provider.NewestCommit(), world.now()});
  CheckPast(world, world.dice.OneOf(world.days));
  CheckClocks(world, clock, 10);
  if (day % 7 != 6) return;
  CheckPromises(world);
  CheckReview(world);
  CheckFigures(world, After(world.now(), -28 * kDay), world.now());
}

void Live(World& world, int days) {
  const NaiveClock clock(
      ReadHolidays(std::string(KOSEI_PROCESS_FOLDER) + "/calendars/japan_holidays.yaml"));
  const Timestamp start = world.now();
  for (int day = 0; day < days && !::testing::Test::HasFailure(); ++day) {
    PlanTheDay(world, day);
    world.LiveUntil(After(start, (day + 1) * kDay));
    if (!::testing::Test::HasFailure()) EndTheDay(world, clock, day);
  }
  if (::testing::Test::HasFailure()) return;
  CheckPromises(world);
  CheckReview(world);
  CheckFigures(world, start, world.now());
}

int DaysWanted() {
  const char* const wanted = std::getenv("KOSEI_LONG_TESTS");
  return wanted != nullptr && std::string_view(wanted) == "1" ? 365 : KOSEI_SIMULATED_DAYS;
}

TEST(Simulation, ServerAndBooksAgreeOnEveryDay) {
  const int days = DaysWanted();
  World world(kStart, kSeed);
  ASSERT_FALSE(HasFailure());
  Live(world, days);
  for (const auto& [what, times] : world.done)
    std::printf("%8llu %s\n", static_cast<unsigned long long>(times), what.c_str());
  std::printf("%8zu records in %d days, %llu commits\n", world.books.records().size(), days,
              static_cast<unsigned long long>(world.provider.NewestCommit()));
  if (days < 28) return;
  // What has to come up in so long a time.
  for (const char* what : {"incident mark_duplicate",
                           "incident reopen",
                           "incident declare_major",
                           "incident close_unanswered",
                           "incident wait_for_customer",
                           "incident open_problem",
                           "service_request grant",
                           "service_request refuse",
                           "normal_change grant",
                           "normal_change refuse",
                           "emergency_change close",
                           "standard_change close",
                           "problem find_root_cause",
                           "vote of a deputy",
                           "host replaced",
                           "verdict changed by a mended calendar",
                           "refused: a transition out of order",
                           "refused: a missing role",
                           "refused: a vote of those who are involved",
                           "refused: a vote on a changed record",
                           "refused: a link to what is gone"})
    EXPECT_GT(world.done[what], 0U) << what;
}

// The hash of the last commit says all that was before it.
std::string HashAfter(int days) {
  World world(kStart, kSeed + 1);
  if (!::testing::Test::HasFailure()) Live(world, days);
  return world.provider.ChainHash();
}

TEST(Simulation, TheSameSeedGivesTheSameCommits) {
  const int days = KOSEI_SIMULATED_DAYS < 28 ? 2 : 5;
  const std::string first = HashAfter(days);
  ASSERT_FALSE(HasFailure());
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(HashAfter(days), first);
}

}  // namespace
}  // namespace kosei::simulation
