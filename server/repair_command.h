// koseid repair: says what is wrong with a data folder that nobody serves, and mends it.
#pragma once

#include <string>
#include <vector>

namespace kosei::server {

// Of koseid repair, which scripts rely on. Everything else of koseid: exit_code.h.
inline constexpr int kRepairDone = 0;  // sound, or mended
inline constexpr int kRepairDamaged = 1;
inline constexpr int kRepairCouldNotRun = 2;

// `arguments` are those after "repair". The report goes to standard output, everything else to
// standard error.
int RunRepair(const std::vector<std::string>& arguments, const std::string& default_model_folder);

}  // namespace kosei::server
