// koseid verify: looks at a data folder that nobody serves, and says whether it is sound.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace kosei::server {

// Of koseid verify, which scripts rely on. Everything else of koseid: exit_code.h.
inline constexpr int kVerifySound = 0;
inline constexpr int kVerifyDamaged = 1;
inline constexpr int kVerifyCouldNotRun = 2;

// `arguments` are those after "verify". The report goes to standard output, everything else to
// standard error.
int RunVerify(const std::vector<std::string>& arguments, const std::string& default_model_folder);

}  // namespace kosei::server
