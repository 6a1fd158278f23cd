#include <array>

#include "people_at_work.h"

namespace kosei::simulation {
namespace {

void Again(World& world, const std::string& key) {
  world.Plan(world.dice.Between(kHour, 4 * kDay), [&world, key] { WorkOnProblem(world, key); });
}

std::string ChangeOf(const World& world, const Booked& problem) {
  const auto changes = world.books.Targets(problem.key, "resolved_by");
  return changes.empty() ? std::string() : changes.back();
}

std::string KnownErrorOf(const World& world, const Booked& problem) {
  for (const std::string& key : world.books.Sources(problem.key, "follows_from")) {
    if (world.books.At(key).class_name == "KnownError") return key;
  }
  return {};
}

void Classify(World& world, Booked& problem) {
  const std::string service(problem.text("service"));
  const std::string impact =
      problem.text("impact").empty() ? "medium" : std::string(problem.text("impact"));
  problem.texts["priority"] = PriorityOf(impact, "medium", CriticalityOf(service));
  Texts given = {{"impact", impact}, {"urgency", "medium"}};
  if (problem.text("category").empty()) given.emplace_back("category", "software");
  world.Do(world.Anyone("support"), problem, {.event = "classify", .attributes = given});
}

void FindRootCause(World& world, Booked& problem) {
  const std::string known = world.books.NextKey("KE");
  if (!world.Do("sup2", problem,
                {.event = "find_root_cause",
                 .attributes = {{"root_cause", "a full disk"}, {"root_cause_code", "capacity"}},
                 .brings = {{"follows_from", known, true}},
                 .creates = {"KnownError"}}))
    return;
  problem.times["root_cause_found_at"] = world.now();
  world.books.At(known).texts["category"] = std::string(problem.text("category"));
  world.books.At(known).texts["root_cause"] = "a full disk";
  world.Plan(world.dice.Between(kHour, kDay), [&world, known] { WorkOnKnownError(world, known); });
}

void RaiseChange(World& world, Booked& problem) {
  const std::string change = world.books.NextKey("CHG");
  if (!world.Do(
          "sup2", problem,
          {.event = "raise_change", .brings = {{"resolved_by", change}}, .creates = {"Change"}}))
    return;
  Booked& made = world.books.At(change);
  made.texts["scope"] = "a larger disk";
  made.texts["reason"] = "a full disk";
  made.texts["service"] = std::string(problem.text("service"));
  TakeUpChange(world, change);
}

void Resolve(World& world, Booked& problem, const Texts& more) {
  Texts given = {{"resolution", "a larger disk"}};
  given.insert(given.end(), more.begin(), more.end());
  if (world.Do("sup2", problem, {.event = "resolve", .attributes = given}))
    problem.times["resolved_at"] = world.now();
}

void AwaitChange(World& world, Booked& problem) {
  const Booked& change = world.books.At(ChangeOf(world, problem));
  if (change.state == "rejected" || change.state == "cancelled" || change.state == "reversed") {
    // What the change of before did not do, another one may.
    world.Do("sup1", problem, {.event = "rethink", .inputs = {{"reason", "it was not done"}}});
  } else if (Names("implemented in_review closed", change.state)) {
    Resolve(world, problem, {});
  }
}

bool MayClose(const World& world, const Booked& problem) {
  for (const std::string& change : world.books.Targets(problem.key, "resolved_by")) {
    if (!Names("closed rejected cancelled", world.books.At(change).state)) return false;
  }
  for (const char* type : {"matched_to", "follows_from"}) {
    std::vector<std::string> others = world.books.Sources(problem.key, type);
    for (const std::string& other : world.books.Targets(problem.key, type)) others.push_back(other);
    for (const std::string& other : others) {
      const Booked& record = world.books.At(other);
      const bool open = record.class_name == "Incident" && record.state != "resolved" &&
                        record.state != "confirmed" && !IsFinal("incident", record.state);
      if (open) return false;
    }
  }
  const std::string known = KnownErrorOf(world, problem);
  return known.empty() || Names("resolved archived", world.books.At(known).state);
}

void Close(World& world, Booked& problem) {
  const std::string known = KnownErrorOf(world, problem);
  if (!known.empty() && Names("draft published", world.books.At(known).state)) {
    Booked& error = world.books.At(known);
    if (world.Do("sup3", error, {.event = "resolve", .attributes = {{"resolution", "replaced"}}}))
      error.times["resolved_at"] = world.now();
    return;
  }
  if (!MayClose(world, problem)) return;
  if (world.Do("pm1", problem,
               {.event = "close",
                .attributes = {{"closure_code", "solved"},
                               {"effectiveness", "effective"},
                               {"review_result", "it stayed away"}}}))
    problem.times["closed_at"] = world.now();
}

void TakeOn(World& world, Booked& problem) {
  if (problem.state == "identified") {
    world.Do(world.Anyone("support"), problem,
             {.event = "record", .attributes = {{"description", "again and again"}}});
  } else if (problem.state == "recorded") {
    // A guard sees what is there before, and no link that comes along.
    if (world.books.Targets(problem.key, "concerns").empty()) {
      const std::string service(problem.text("service"));
      const std::string impact =
          problem.text("impact").empty() ? "medium" : std::string(problem.text("impact"));
      world.Do("pm1", problem,
               {.attributes = {{"impact", impact},
                               {"urgency", "medium"},
                               {"priority", PriorityOf(impact, "medium", CriticalityOf(service))}},
                .links = {{"concerns", service}}});
    } else {
      Classify(world, problem);
    }
  } else if (problem.state == "classified") {
    world.Do("sup2", problem,
             {.event = "investigate",
              .attributes = {{"assignment_group", "team:servers"}, {"assigned_to", "sup2"}}});
  } else if (problem.state == "investigating") {
    FindRootCause(world, problem);
  } else if (problem.state == "root_cause_known") {
    world.Do("sup2", problem, {.event = "propose", .attributes = {{"solution", "a larger disk"}}});
  } else if (problem.state == "solution_proposed") {
    if (world.dice.Chance(65)) {
      RaiseChange(world, problem);
    } else {
      Resolve(world, problem, {{"no_change_reason", "it was emptied"}});
    }
  } else if (problem.state == "change_pending") {
    AwaitChange(world, problem);
  } else if (problem.state == "resolved" && world.dice.Chance(50)) {
    world.Do("pm1", problem, {.event = "monitor"});
  } else if (problem.state == "resolved" || problem.state == "monitored") {
    Close(world, problem);
  }
}

}  // namespace

void LookForTrends(World& world) {
  const std::string service(world.dice.OneOf(Services()).key);
  Booked* const problem = world.Open(
      "pm1", "Problem",
      {{"name", "again: " + service}, {"category", "disk"}, {"problem_source", "trend_analysis"}},
      {{"concerns", service}});
  if (problem == nullptr) return;
  problem->texts["service"] = service;
  Again(world, problem->key);
}

void WorkOnProblem(World& world, const std::string& key) {
  Booked& problem = world.books.At(key);
  if (IsFinal("problem", problem.state)) return;
  TakeOn(world, problem);
  Again(world, key);
}

void WorkOnKnownError(World& world, const std::string& key) {
  Booked& error = world.books.At(key);
  if (error.state == "draft") {
    world.Do(world.Anyone("support"), error,
             {.event = "publish",
              .attributes = {{"symptom", "writing fails"}, {"workaround", "empty the folder"}}});
  } else if (error.state == "published" && world.dice.Chance(10)) {
    world.Do("sup1", error, {.event = "revise"});
  } else if (error.state == "resolved") {
    if (world.Do("pm1", error, {.event = "archive"})) error.times["closed_at"] = world.now();
    return;
  }
  world.Plan(world.dice.Between(kDay, 6 * kDay), [&world, key] { WorkOnKnownError(world, key); });
}

}  // namespace kosei::simulation
