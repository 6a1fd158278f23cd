#include <array>

#include "people_at_work.h"

namespace kosei::simulation {
namespace {

constexpr std::array<const char*, 3> kLevels = {"high", "medium", "low"};
constexpr std::array<const char*, 4> kCategories = {"network", "disk", "software", "access"};
constexpr std::array<const char*, 3> kTeams = {"team:servers", "team:network", "team:software"};
constexpr std::int64_t kLookedAt = 30 * kMinute;

void Again(World& world, const std::string& key, std::int64_t from, std::int64_t to) {
  world.Plan(world.dice.Between(from, to), [&world, key] { WorkOnIncident(world, key); });
}

std::string CriticalityFor(const World& world, const Booked& incident) {
  const auto services = world.books.Targets(incident.key, "concerns");
  return services.empty() ? "" : std::string(CriticalityOf(services.front()));
}

Texts Weighed(World& world, Booked& incident) {
  const std::string impact = world.dice.OneOf(kLevels);
  const std::string urgency = world.dice.OneOf(kLevels);
  incident.texts["priority"] = PriorityOf(impact, urgency, CriticalityFor(world, incident));
  return {{"impact", impact}, {"urgency", urgency}};
}

// As promised for the priority, by the clock on the wall.
Timestamp PromisedBy(const Booked& incident) {
  constexpr std::array<std::int64_t, 5> kHours = {4, 8, 24, 72, 120};
  const auto priority = static_cast<std::size_t>(incident.text("priority")[1] - '1');
  return After(*incident.time("opened_at"), kHours.at(priority) * kHour);
}

void Triage(World& world, Booked& incident) {
  Texts given = Weighed(world, incident);
  given.emplace_back("assignment_group", world.dice.OneOf(kTeams));
  const Timestamp by = PromisedBy(incident);
  given.emplace_back("resolve_by", TextOf(by));
  if (!world.Do(world.Anyone("service_desk"), incident, {.event = "triage", .attributes = given}))
    return;
  incident.times["resolve_by"] = by;
  incident.times["first_assigned_at"] = world.now();
}

void AssignTo(World& world, Booked& incident, const char* team) {
  const bool first = !incident.time("first_assigned_at").has_value();
  if (!world.Do(world.Anyone("service_desk"), incident,
                {.event = "assign", .attributes = {{"assignment_group", team}}}))
    return;
  if (first) incident.times["first_assigned_at"] = world.now();
  incident.counts["reassignment_count"] = first ? 0 : incident.count("reassignment_count") + 1;
}

// The original is open, or was solved lately, and about the same.
bool MarkDuplicate(World& world, Booked& incident) {
  const auto services = world.books.Targets(incident.key, "concerns");
  std::string original;
  for (const std::string& other : world.books.Sources(services.front(), "concerns")) {
    const Booked& known = world.books.At(other);
    const bool stands = known.class_name == "Incident" && other != incident.key &&
                        known.state != "duplicate" && known.state != "cancelled" &&
                        known.text("category") == incident.text("category");
    if (stands) original = other;
  }
  if (original.empty()) return false;
  if (world.Do(world.Anyone("support"), incident,
               {.event = "mark_duplicate",
                .inputs = {{"original", original}},
                .brings = {{"duplicate_of", original}}}))
    incident.times["closed_at"] = world.now();
  return true;
}

// What is known of the same category already.
void Match(World& world, Booked& incident) {
  std::string match;
  for (const auto& [key, record] : world.books.records()) {
    const bool known = (record.class_name == "Problem" && record.state != "closed") ||
                       (record.class_name == "KnownError" && record.state == "published");
    if (known && record.text("category") == incident.text("category")) match = key;
  }
  if (match.empty()) return;
  world.Do(world.Anyone("service_desk"), incident,
           {.event = "match", .inputs = {{"match", match}}, .brings = {{"matched_to", match}}});
}

void OpenProblem(World& world, Booked& incident) {
  const std::string problem = world.books.NextKey("PRB");
  if (!world.Do(world.Anyone("support"), incident,
                {.event = "open_problem",
                 .brings = {{"follows_from", problem, true}},
                 .creates = {"Problem"}}))
    return;
  incident.texts["problem_decision"] = "problem";
  Booked& made = world.books.At(problem);
  for (const char* name : {"category", "impact", "urgency"})
    made.texts[name] = std::string(incident.text(name));
  made.texts["problem_source"] = incident.is("is_major") ? "major_incident" : "incident";
  made.texts["service"] = world.books.Targets(incident.key, "concerns").front();
  world.Plan(world.dice.Between(kHour, kDay), [&world, problem] { WorkOnProblem(world, problem); });
}

void DeclareMajor(World& world, Booked& incident) {
  if (!world.Do(world.Anyone("service_desk"), incident,
                {.event = "declare_major", .attributes = {{"major_manager", "im1"}}}))
    return;
  incident.texts["is_major"] = "true";
}

void Resolve(World& world, Booked& incident) {
  if (incident.is("is_major") && !incident.time("management_informed_at").has_value()) {
    if (world.Do(world.Anyone("incident_manager"), incident, {.event = "inform_management"}))
      incident.times["management_informed_at"] = world.now();
  }
  if (!world.Do(
          world.Anyone("support"), incident,
          {.event = "resolve",
           .attributes = {{"resolution", "switched over"}, {"resolution_code", "workaround"}}}))
    return;
  incident.times["resolved_at"] = world.now();
}

void Reopen(World& world, Booked& incident) {
  if (!world.Do(world.Anyone("user"), incident,
                {.event = "reopen", .inputs = {{"reason", "it is back"}}}))
    return;
  incident.times.erase("resolved_at");
  incident.texts["pending_reason"] = "it is back";
  ++incident.counts["reopen_count"];
}

void Progress(World& world, Booked& incident) {
  const std::size_t thrown = world.dice.Below(100);
  const std::string by = world.Anyone("support");
  if (thrown < 12) {
    world.Do(by, incident,
             {.event = "wait_for_customer", .attributes = {{"pending_reason", "which account"}}});
  } else if (thrown < 17) {
    world.Do(by, incident,
             {.event = "wait_for_supplier", .attributes = {{"pending_reason", "a part"}}});
  } else if (thrown < 20 && world.books.Has("CHG-000001")) {
    world.Do(by, incident,
             {.event = "wait_for_change",
              .attributes = {{"pending_reason", "the next window"}},
              .inputs = {{"change", "CHG-000001"}},
              .brings = {{"resolved_by", "CHG-000001"}}});
  } else if (thrown < 24 && !incident.is("is_major") && incident.text("priority") < "p3") {
    DeclareMajor(world, incident);
  } else if (thrown < 32) {
    AssignTo(world, incident, world.dice.OneOf(kTeams));
  } else if (thrown < 40) {
    Match(world, incident);
  } else if (thrown < 46) {
    world.Do(world.Anyone("service_desk"), incident,
             {.event = "reprioritise", .attributes = Weighed(world, incident)});
  } else if (thrown < 49 && incident.text("problem_decision").empty()) {
    OpenProblem(world, incident);
  } else if (thrown < 55) {
    world.Note(by, incident, world.dice.Chance(50));
  } else {
    Resolve(world, incident);
  }
}

bool NeedsReview(const Booked& incident) {
  return incident.is("is_major") && !incident.time("reviewed_at").has_value();
}

void Review(World& world, Booked& incident) {
  Texts given = {{"review_result", "the alarm came late"}, {"improvement_decision", "earlier"}};
  if (incident.text("problem_decision").empty())
    given.emplace_back("problem_decision", "no_problem");
  if (world.Do(world.Anyone("incident_manager"), incident,
               {.event = "review", .attributes = given}))
    incident.times["reviewed_at"] = world.now();
}

void AfterResolution(World& world, Booked& incident) {
  if (NeedsReview(incident) && world.dice.Chance(60)) return Review(world, incident);
  const std::size_t thrown = world.dice.Below(100);
  if (thrown < 55) {
    world.Do(world.Anyone("user"), incident, {.event = "confirm"});
  } else if (thrown < 63) {
    Reopen(world, incident);
  }
  // Others say nothing, and the waiting rule closes it.
}

}  // namespace

void ReportIncident(World& world) {
  const std::string host = world.dice.OneOf(world.provider.hosts());
  const std::string& service = world.provider.ServiceOn(host);
  std::vector<client::ProcessLink> links = {{"concerns", service},
                                            {"reported_by", world.Anyone("user")}};
  if (world.dice.Chance(80)) links.push_back({"affects", host});
  const std::string category = world.dice.OneOf(kCategories);
  Booked* const incident =
      world.Open(world.Anyone("service_desk"), "Incident",
                 {{"name", category + " of " + service}, {"category", category}}, links);
  if (incident != nullptr) Again(world, incident->key, kMinute, kLookedAt);
}

void ReportIncidentOf(World& world, const std::string& change) {
  const auto hosts = world.books.Targets(change, "targets");
  if (hosts.empty()) return;
  Booked* const incident = world.Open(world.Anyone("service_desk"), "Incident",
                                      {{"name", "after " + change}, {"category", "software"}},
                                      {{"concerns", world.provider.ServiceOn(hosts.front())},
                                       {"reported_by", world.Anyone("user")},
                                       {"affects", hosts.front()},
                                       {"caused_by", change}});
  if (incident != nullptr) Again(world, incident->key, kMinute, kLookedAt);
}

void WorkOnIncident(World& world, const std::string& key) {
  Booked& incident = world.books.At(key);
  if (IsFinal("incident", incident.state)) return;
  const std::size_t thrown = world.dice.Below(100);
  if (incident.state == "recorded") {
    if (thrown < 4) {
      world.Do(world.Anyone("service_desk"), incident,
               {.event = "cancel", .attributes = {{"cancellation_reason", "by mistake"}}});
      incident.times["closed_at"] = world.now();
    } else if (thrown >= 10 || !MarkDuplicate(world, incident)) {
      if (thrown < 35) {
        world.Do(world.Anyone("support"), incident, {.event = "classify"});
      } else {
        Triage(world, incident);
      }
    }
  } else if (incident.state == "classified") {
    world.Do(world.Anyone("service_desk"), incident,
             {.event = "prioritise", .attributes = Weighed(world, incident)});
  } else if (incident.state == "prioritised") {
    AssignTo(world, incident, world.dice.OneOf(kTeams));
  } else if (incident.state == "assigned") {
    if (thrown < 85) {
      world.Do("sup1", incident, {.event = "start", .attributes = {{"assigned_to", "sup1"}}});
    } else {
      Resolve(world, incident);
    }
  } else if (incident.state == "in_progress") {
    Progress(world, incident);
  } else if (incident.state.starts_with("pending")) {
    world.Do(world.Anyone("support"), incident, {.event = "resume"});
    if (incident.state != "in_progress") return;
    incident.texts.erase("pending_reason");
  } else if (incident.state == "resolved") {
    AfterResolution(world, incident);
  } else if (incident.state == "confirmed") {
    if (thrown < 4) {
      Reopen(world, incident);
    } else if (NeedsReview(incident)) {
      Review(world, incident);
    } else if (world.Do(world.Anyone("service_desk"), incident,
                        {.event = "close", .attributes = {{"closure_code", "solved"}}})) {
      incident.times["closed_at"] = world.now();
    }
  }
  const bool waits = incident.state == "resolved" || incident.state.starts_with("pending");
  Again(world, key, 5 * kMinute, waits ? 3 * kDay : 8 * kHour);
}

}  // namespace kosei::simulation
