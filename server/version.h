// What this server calls itself.
#pragma once

#include <string_view>

namespace kosei::server {

inline constexpr std::string_view kServerVersion = "koseid/" KOSEI_VERSION;

}  // namespace kosei::server
