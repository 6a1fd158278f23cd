#include <array>

#include "people_at_work.h"

namespace kosei::simulation {
namespace {

constexpr std::array<const char*, 3> kLevels = {"high", "medium", "low"};
constexpr std::array<const char*, 3> kItems = {"cat:laptop", "cat:password", "cat:disk"};
constexpr std::int64_t kTwoWeeks = 14 * kDay;

std::set<std::string> SetOf(const std::vector<std::string>& people) {
  return {people.begin(), people.end()};
}

void Classify(World& world, Booked& request) {
  const std::string impact = world.dice.OneOf(kLevels);
  const std::string urgency = world.dice.OneOf(kLevels);
  request.texts["priority"] =
      PriorityOf(impact, urgency, CriticalityOf(world.books.Targets(request.key, "concerns")[0]));
  world.Do(world.Anyone("service_desk"), request,
           {.event = "classify",
            .attributes = {{"category", "equipment"}, {"impact", impact}, {"urgency", urgency}}});
}

void AskForApproval(World& world, Booked& request) {
  const std::string by = world.Anyone("service_desk");
  if (!world.Do(by, request, {.event = "ask_approval"})) return;
  std::vector<AskedStep> steps = {
      {.name = "service_owner", .members = SetOf(PeopleWith("service_owner"))}};
  // What costs a good deal is decided by the budget too.
  if (request.text("cost") == "200000")
    steps.push_back({.name = "budget", .members = SetOf(PeopleWith("process_owner"))});
  world.Ask(request, "service_request", std::move(steps),
            {std::string(request.text("opened_by")), by}, kTwoWeeks);
}

void Fulfil(World& world, Booked& request) {
  const std::size_t thrown = world.dice.Below(100);
  if (thrown < 15) {
    world.Do(world.Anyone("support"), request,
             {.event = "wait_for_customer", .attributes = {{"pending_reason", "which size"}}});
  } else if (thrown < 25) {
    const bool first = !request.time("first_assigned_at").has_value();
    if (!world.Do(world.Anyone("service_desk"), request,
                  {.event = "assign", .attributes = {{"assignment_group", "team:servers"}}}))
      return;
    if (first) request.times["first_assigned_at"] = world.now();
  } else if (world.Do(world.Anyone("support"), request,
                      {.event = "fulfil", .attributes = {{"fulfilment", "handed over"}}})) {
    request.times["fulfilled_at"] = world.now();
  }
}

void End(World& world, Booked& request, const std::string& who, const Deed& deed) {
  if (world.Do(who, request, deed)) request.times["closed_at"] = world.now();
}

void AfterFulfilment(World& world, Booked& request) {
  const std::size_t thrown = world.dice.Below(100);
  if (thrown < 45) {
    world.Do(world.Anyone("user"), request, {.event = "confirm"});
  } else if (thrown < 52) {
    world.Do(world.Anyone("user"), request,
             {.event = "reopen", .inputs = {{"reason", "the wrong one"}}});
  }
}

void TakeOn(World& world, Booked& request) {
  const std::size_t thrown = world.dice.Below(100);
  if (request.state == "recorded") {
    if (thrown < 4) {
      End(world, request, world.Anyone("service_desk"),
          {.event = "reject", .attributes = {{"rejection_reason", "not on offer"}}});
    } else if (thrown < 7) {
      End(world, request, std::string(request.text("opened_by")),
          {.event = "cancel", .attributes = {{"cancellation_reason", "no need any more"}}});
    } else {
      Classify(world, request);
    }
  } else if (request.state == "classified") {
    if (request.text("item") == "cat:laptop") {
      AskForApproval(world, request);
    } else if (world.Do(world.Anyone("support"), request,
                        {.event = "begin", .attributes = {{"assignment_group", "team:desk"}}})) {
      request.times["first_assigned_at"] = world.now();
    }
  } else if (request.state == "awaiting_approval") {
    // Some are never decided.
    if (!request.is("forgotten")) world.VoteOn(request, 12);
  } else if (request.state == "in_fulfilment") {
    Fulfil(world, request);
  } else if (request.state == "pending_customer") {
    world.Do(world.Anyone("user"), request, {.event = "resume"});
  } else if (request.state == "fulfilled") {
    AfterFulfilment(world, request);
  } else if (request.state == "confirmed") {
    End(world, request, world.Anyone("service_desk"), {.event = "close"});
  }
}

}  // namespace

void AskForSomething(World& world) {
  const std::string user = world.Anyone("user");
  const std::string item = world.dice.OneOf(kItems);
  const std::string service(world.dice.OneOf(Services()).key);
  Texts given = {{"name", "one " + item}};
  if (item == "cat:laptop") given.emplace_back("cost", world.dice.Chance(40) ? "200000" : "50000");
  Booked* const request =
      world.Open(user, "ServiceRequest", given,
                 {{"asks", item}, {"reported_by", user}, {"concerns", service}});
  if (request == nullptr) return;
  request->texts["item"] = item;
  if (world.dice.Chance(4)) request->texts["forgotten"] = "true";
  const std::string key = request->key;
  world.Plan(world.dice.Between(kMinute, kHour), [&world, key] { WorkOnRequest(world, key); });
}

void WorkOnRequest(World& world, const std::string& key) {
  Booked& request = world.books.At(key);
  if (IsFinal("service_request", request.state)) return;
  TakeOn(world, request);
  world.Plan(world.dice.Between(10 * kMinute, 2 * kDay),
             [&world, key] { WorkOnRequest(world, key); });
}

}  // namespace kosei::simulation
