// Which zones of the IANA database are one since 1970.
//
// Before 1970 the database has two forms: in its main form such zones share one history, in the
// other ("backzone") each has its own. Distributions differ in which they build, and answers must
// not differ between machines: zones are read in the main form.
#pragma once

#include <string>

namespace kosei::language {

// The folder of compiled zones: TZDIR, or where Linux keeps them.
std::string ZoneFolder();

// The zone whose rules this one has in the main form: most often itself. Told by the database's
// tables zone.tab (a zone for each country) and zone1970.tab (zones that differ since 1970);
// without these files every zone is itself.
std::string MainZoneOf(const std::string& name);

}  // namespace kosei::language
