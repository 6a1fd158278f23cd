// What people do with records, step by step: each of these looks at the state in which a record is,
// makes the next step, and plans the one behind it.
#pragma once

#include <string>

#include "world.h"

namespace kosei::simulation {

// Begin one of each, as it comes up in the life of a provider.
void ReportIncident(World& world);
void AskForSomething(World& world);
void LookForTrends(World& world);  // a problem that nobody has reported
void WishForAChange(World& world);
void PlanARelease(World& world);
void HoldAMeeting(World& world);

void WorkOnIncident(World& world, const std::string& key);
void WorkOnRequest(World& world, const std::string& key);
void WorkOnProblem(World& world, const std::string& key);
void WorkOnKnownError(World& world, const std::string& key);
void WorkOnNormalChange(World& world, const std::string& key);
void WorkOnStandardChange(World& world, const std::string& key);
void WorkOnEmergencyChange(World& world, const std::string& key);
void WorkOnRelease(World& world, const std::string& key);

// An incident that a change has caused.
void ReportIncidentOf(World& world, const std::string& change);
// A change that came out of a problem begins its life.
void TakeUpChange(World& world, const std::string& key);
// The steps of the work itself, which changes of all kinds share. False: the record is elsewhere.
bool CarryOut(World& world, Booked& record);

// Whoever tries to do what may not be done is refused, and nothing changes.
void TryMisuse(World& world);

}  // namespace kosei::simulation
