// Releases with their deployments, and the meetings that decide on changes.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "people_at_work.h"

namespace kosei::simulation {
namespace {

constexpr std::int64_t kTwoWeeks = 14 * kDay;

std::set<std::string> SetOf(const std::vector<std::string>& people) {
  return {people.begin(), people.end()};
}

void Plan(World& world, Booked& release) {
  const Timestamp end = After(world.now(), world.dice.Between(6 * kDay, 16 * kDay));
  if (!world.Do("rm1", release,
                {.event = "plan",
                 .attributes = {{"release_type", "minor"},
                                {"version", "2.1"},
                                {"scope", "the shop"},
                                {"deliverables", "shop 2.1"},
                                {"deployment_method", "in two waves"},
                                {"problems_closed", "none"},
                                {"planned_start", TextOf(After(end, -kDay))},
                                {"planned_end", TextOf(end)},
                                {"backout_plan", "2.0 again"},
                                {"acceptance_criteria", "orders go through"},
                                {"criteria_agreed_at", TextOf(world.now())}}}))
    return;
  release.times["planned_end"] = end;
}

void AskForAcceptance(World& world, Booked& release) {
  if (!world.Do("rm1", release, {.event = "ask_approval"})) return;
  world.Ask(release, "release_acceptance",
            {{.name = "service_owner", .members = SetOf(PeopleWith("service_owner"))},
             {.name = "change_manager", .members = SetOf(PeopleWith("change_manager"))}},
            {std::string(release.text("opened_by"))}, kTwoWeeks);
}

void BuildAndTest(World& world, Booked& release) {
  if (release.state == "in_build") {
    world.Do(world.Anyone("change_implementer"), release,
             {.event = "finish_build",
              .attributes = {{"build_reference", absl::StrCat("b", world.dice.Below(1'000'000))},
                             {"content_sha256", std::string(64, 'a')}}});
  } else if (release.state == "built") {
    if (world.Do("rm1", release,
                 {.event = "test",
                  .attributes = {{"test_environment", "host:staging"}, {"test_baseline", "s1"}}}))
      ++release.counts["acceptance_attempts"];
  } else {
    const bool good = world.dice.Chance(80);
    world.Do(
        "so1", release,
        {.event = good ? "accept" : "refuse_acceptance",
         .attributes = {{"acceptance_result", good ? "orders go through" : "orders get lost"}}});
  }
}

std::vector<std::string> DeploymentsOf(const World& world, const Booked& release) {
  return world.books.Sources(release.key, "deploys");
}

void PlanDeployments(World& world, Booked& release) {
  for (int wave = 1; wave <= 2; ++wave) {
    const std::string host = world.dice.OneOf(world.provider.hosts());
    world.Open("rm1", "Deployment",
               {{"name", absl::StrCat("wave ", wave)}, {"wave", absl::StrCat(wave)}},
               {{"deploys", release.key}, {"targets", host}});
  }
}

// One step of one of them; false: all are over.
bool Deploy(World& world, Booked& release) {
  for (const std::string& key : DeploymentsOf(world, release)) {
    Booked& deployment = world.books.At(key);
    const std::string by = world.Anyone("change_implementer");
    if (release.state == "failed" && Names("scheduled baseline_taken", deployment.state)) {
      if (world.Do("rm1", deployment,
                   {.event = "cancel", .attributes = {{"cancellation_reason", "it failed"}}}))
        deployment.times["closed_at"] = world.now();
      return true;
    }
    if (deployment.state == "scheduled") {
      if (world.Do(by, deployment,
                   {.event = "take_baseline",
                    .attributes = {{"planned_start", TextOf(world.now())},
                                   {"planned_end", TextOf(After(world.now(), kDay))},
                                   {"implemented_by", by},
                                   {"backout_plan", "2.0 again"}}}))
        deployment.times["baseline_at"] = world.now();
      return true;
    }
    if (deployment.state == "baseline_taken") {
      if (world.Do(by, deployment, {.event = "run"}))
        deployment.times["actual_start"] = world.now();
      return true;
    }
    if (deployment.state == "running") {
      if (world.dice.Chance(90)) {
        world.Do(by, deployment, {.event = "verify", .attributes = {{"verification", "orders"}}});
      } else {
        world.Do(by, deployment,
                 {.event = "fail", .attributes = {{"failure_reason", "no orders"}}});
      }
      return true;
    }
    if (deployment.state == "verified" && release.state == "failed") {
      world.Do(by, deployment,
               {.event = "fail", .attributes = {{"failure_reason", "the other wave"}}});
      return true;
    }
    if (deployment.state == "failed" && release.state == "failed") {
      world.Do(by, deployment,
               {.event = "back_out", .attributes = {{"verification", "2.0 is there"}}});
      return true;
    }
  }
  return false;
}

bool AnyFailed(const World& world, const Booked& release) {
  const auto keys = DeploymentsOf(world, release);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const std::string& key) { return world.books.At(key).state == "failed"; });
}

void BringOut(World& world, Booked& release) {
  if (release.state == "deploying" && AnyFailed(world, release)) {
    if (world.Do("rm1", release, {.event = "fail", .attributes = {{"failure_reason", "a wave"}}}))
      release.texts["outcome"] = "failed";
    return;
  }
  if (Deploy(world, release)) return;
  if (release.state == "failed") {
    world.Do("rm1", release, {.event = "back_out"});
  } else if (world.Do("rm1", release, {.event = "finish_deployment"})) {
    release.times["deployed_at"] = world.now();
  }
}

void LookBack(World& world, Booked& release) {
  if (release.state == "deployed") {
    for (const std::string& key : DeploymentsOf(world, release)) {
      if (world.books.At(key).state == "verified")
        world.Do("rm1", world.books.At(key), {.event = "finish"});
    }
    const Timestamp until = After(world.now(), 3 * kDay);
    if (world.Do("rm1", release,
                 {.event = "monitor", .attributes = {{"monitored_until", TextOf(until)}}}))
      release.times["monitored_until"] = until;
  } else if (release.state == "analysed") {
    if (world.Do("rm1", release,
                 {.event = "close", .attributes = {{"improvement_decision", "none"}}}))
      release.times["closed_at"] = world.now();
  } else if (release.time("monitored_until").value_or(world.now()) <= world.now()) {
    const bool failed = release.text("outcome") == "failed";
    world.Do("rm1", release,
             {.event = "analyse",
              .attributes = {{"outcome", failed ? "failed" : "successful"},
                             {"incidents_after", "0"},
                             {"customer_impact", "none"},
                             {"analysis", "as hoped"}}});
  }
}

// Changes that are done, or have their date, and are in no release yet.
std::vector<std::string> ChangesFor(const World& world) {
  std::vector<std::string> found;
  for (const auto& [key, record] : world.books.records()) {
    const bool fits = record.life_cycle == "normal_change" &&
                      Names("implemented in_review closed", record.state) &&
                      record.text("outcome") != "failed" &&
                      world.books.Targets(key, "part_of").empty();
    if (fits) found.push_back(key);
  }
  if (found.size() > 3) found.erase(found.begin(), found.end() - 3);
  return found;
}

void Meet(World& world, const std::string& key) {
  Booked& meeting = world.books.At(key);
  if (IsFinal("cab_meeting", meeting.state)) return;
  if (meeting.state == "planned" && !meeting.is("invited")) {
    if (world.Do("cm1", meeting, {.event = "invite"})) meeting.texts["invited"] = "true";
  } else if (meeting.state == "planned") {
    world.Do("cm1", meeting,
             {.event = "open",
              .attributes = {{"chair", "cm1"}},
              .list = {"cab1", "cab2", "cab3", "cm1"}});
  } else if (world.dice.Chance(10)) {
    world.Do("cm1", meeting,
             {.event = "adjourn",
              .attributes = {{"planned_start", TextOf(After(world.now(), kDay))},
                             {"planned_end", TextOf(After(world.now(), kDay + kHour))}}});
  } else if (world.Do("cm1", meeting, {.event = "close", .attributes = {{"minutes", "agreed"}}})) {
    meeting.times["closed_at"] = world.now();
  }
  world.Plan(world.dice.Between(kHour, kDay), [&world, key] { Meet(world, key); });
}

}  // namespace

void PlanARelease(World& world) {
  const std::vector<std::string> changes = ChangesFor(world);
  if (changes.empty()) return;
  std::vector<client::ProcessLink> links;
  for (const std::string& change : changes) links.push_back({"part_of", change, true});
  Booked* const release = world.Open("rm1", "Release", {{"name", "the next release"}}, links);
  if (release == nullptr) return;
  const std::string key = release->key;
  world.Plan(kHour, [&world, key] { WorkOnRelease(world, key); });
}

void WorkOnRelease(World& world, const std::string& key) {
  Booked& release = world.books.At(key);
  if (IsFinal("release", release.state)) return;
  if (release.state == "planned") {
    Plan(world, release);
  } else if (Names("in_build built in_acceptance_test", release.state)) {
    BuildAndTest(world, release);
  } else if (release.state == "not_accepted") {
    if (world.Do("rm1", release, {.event = "rebuild"})) release.texts.erase("content_sha256");
  } else if (release.state == "accepted") {
    const Asked* const asked = world.AskedOf(key);
    if (asked == nullptr || asked->decision != Decision::kOpen) {
      AskForAcceptance(world, release);
    } else {
      world.VoteOn(release, 6);
    }
  } else if (release.state == "approved") {
    if (DeploymentsOf(world, release).empty()) {
      PlanDeployments(world, release);
    } else if (world.Do("rm1", release, {.event = "deploy"})) {
      release.times["actual_start"] = world.now();
    }
  } else if (release.state == "deploying" || release.state == "failed") {
    BringOut(world, release);
  } else {
    LookBack(world, release);
  }
  world.Plan(world.dice.Between(kHour, kDay), [&world, key] { WorkOnRelease(world, key); });
}

void HoldAMeeting(World& world) {
  std::vector<client::ProcessLink> links;
  for (const auto& [key, record] : world.books.records()) {
    const bool wants = record.life_cycle == "normal_change" && record.state == "awaiting_decision";
    if (wants) links.push_back({"decided_in", key, true});
  }
  if (links.empty()) return;
  Booked* const meeting = world.Open("cm1", "CabMeeting",
                                     {{"name", "the weekly meeting"},
                                      {"planned_start", TextOf(After(world.now(), kDay))},
                                      {"planned_end", TextOf(After(world.now(), kDay + kHour))},
                                      {"place", "room 3"},
                                      {"quorum", "3"}},
                                     links);
  if (meeting == nullptr) return;
  const std::string key = meeting->key;
  world.Plan(kHour, [&world, key] { Meet(world, key); });
}

}  // namespace kosei::simulation
