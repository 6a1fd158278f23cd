// What must hold on every day of the simulation, asked of the server and compared with the books.
#pragma once

#include <set>
#include <string>

#include "naive_clock.h"
#include "world.h"

namespace kosei::simulation {

// Tells all that differs, but not more than can be read.
void ExpectSame(const std::set<std::string>& told, const std::set<std::string>& booked,
                const std::string& what);

// Every record in its state, in the version in which it has to be.
void CheckStates(World& world);
// Numbers come without gaps; votes are those that were given, and nobody has decided on what is his
// or her own; what was not reviewed is not closed.
void CheckPromises(World& world);
// A past day, as it was then: states, links, and that each link leads to something that was there.
void CheckPast(World& world, const SimulatedDay& day);
// The clocks of some records.
void CheckClocks(World& world, const NaiveClock& clock, std::size_t count);
// Which verdicts change when some days of the last weeks turn out to have been holidays.
void CheckReview(World& world);
// The figures of model/process/kpis.yaml, of a period.
void CheckFigures(World& world, Timestamp from, Timestamp to);

}  // namespace kosei::simulation
